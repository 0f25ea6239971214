"""Candidate criteria: every simple condition on a field, and every way to count touches, that enough leads meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import floor, log10
from typing import Any

import numpy as np
import numpy.typing as npt

from accord.learning.frame import Field, Frame, Touches

__all__ = ["FEWEST", "Candidate", "candidates", "column_of", "matrix_of"]

Floats32 = npt.NDArray[np.float32]
Written = Mapping[str, Any]

FEWEST = 30
"""A condition that fewer leads meet, or fewer do not meet, teaches nothing that lasts."""

_SMALLEST_SHARE = 0.005
_CUTS = 20
_WINDOWS = (30, 90)
_REPEATS = (1, 3)


@dataclass(frozen=True)
class Candidate:
    """A criterion that could be in the agreement: ``when`` (a condition) or ``touches`` (a count), as it is written.

    ``sign``: 1 where its points may not be negative, -1 where they may not be positive, 0 where either may be.
    """

    axis: str
    fields: tuple[str, ...]
    when: Written | None = None
    touches: Written | None = None
    sign: int = 0

    @property
    def key(self) -> str:
        """What tells it from every other."""
        return repr(self.when or self.touches)


def candidates(frame: Frame) -> list[Candidate]:
    """Every candidate that ``frame`` has enough leads for."""
    fewest = max(FEWEST, int(frame.size * _SMALLEST_SHARE))
    found = [each for one in frame.fields.values() for each in _of_field(one, fewest)]
    if frame.touches is not None:
        found += _of_touches(frame.touches, frame.size, fewest)
    return found


def _of_field(one: Field, fewest: int) -> Iterator[Candidate]:
    filled = int(one.filled.sum())
    if fewest <= filled <= one.size - fewest:
        sign = 1 if one.direction else 0
        yield Candidate(one.axis, (one.name,), {"field": one.name, "exists": True}, sign=sign)
    if one.kind == "number":
        for cut in _cuts(one, fewest):
            yield Candidate(one.axis, (one.name,), {"field": one.name, "at_least": cut}, sign=one.direction)
            if filled < one.size and one.direction <= 0:
                yield Candidate(one.axis, (one.name,), {"field": one.name, "at_most": cut}, sign=-one.direction)
    elif one.steps:
        for place in range(1, len(one.steps)):
            above = list(one.steps[place:])
            if fewest <= np.isin(one.codes, [one.words.index(word) for word in above]).sum() <= one.size - fewest:
                when = {"field": one.name, "is": above[0]} if len(above) == 1 else {"field": one.name, "in": above}
                yield Candidate(one.axis, (one.name,), when, sign=one.direction)
    else:
        counts = np.bincount(one.codes[one.codes >= 0], minlength=len(one.words))
        for word, count in zip(one.words, counts.tolist(), strict=True):
            if fewest <= count <= one.size - fewest:
                sign = one.direction if word is True else -one.direction if word is False else 0
                yield Candidate(one.axis, (one.name,), {"field": one.name, "is": word}, sign=sign)


def _cuts(one: Field, fewest: int) -> list[float | int]:
    """Quantiles, written with two digits where that leaves them where they are."""
    values = np.sort(one.values[one.filled])
    if values.size < 2 * fewest:
        return []
    marks = np.quantile(values, np.arange(1, _CUTS) / _CUTS, method="higher")
    cuts: list[float | int] = []
    for mark in dict.fromkeys(marks.tolist()):
        cut = _round(mark, values)
        above = int((values >= cut).sum())
        if fewest <= above <= values.size - fewest and cut not in cuts:
            cuts.append(cut)
    return cuts


def _round(mark: float, values: npt.NDArray[np.float64]) -> float | int:
    digits = 1 - floor(log10(abs(mark))) if mark else 0
    for places in (digits, digits + 1):
        rounded = round(mark, places)
        moved = abs(int((values >= rounded).sum()) - int((values >= mark).sum()))
        if moved <= values.size / (2 * _CUTS):
            return int(rounded) if float(rounded).is_integer() else rounded
    return int(mark) if float(mark).is_integer() else mark


def _of_touches(touches: Touches, size: int, fewest: int) -> Iterator[Candidate]:
    for number, kind in enumerate(touches.kinds):
        own = touches.kind == number
        for within in _WINDOWS:
            some = np.unique(touches.row[own & (touches.days < within)]).size
            if not fewest <= some <= size - fewest:
                continue
            for most in _REPEATS:
                rule = {"kind": [kind], "within_days": within, "at_most": most}
                yield Candidate("engagement", (), touches=rule, sign=1)


def column_of(candidate: Candidate, frame: Frame) -> Floats32:
    """Per lead how often the criterion's points are given: 0 or 1 for a condition, a count for touches.

    A condition on a missing cell is unknown and gives nothing.
    """
    if candidate.touches is not None:
        assert frame.touches is not None
        return _counted(frame.touches, candidate.touches, frame.size)
    assert candidate.when is not None
    return _met(candidate.when, frame).astype(np.float32)


def matrix_of(chosen: list[Candidate], frame: Frame) -> Floats32:
    """:func:`column_of` of each, side by side."""
    columns = np.empty((frame.size, len(chosen)), dtype=np.float32)
    for number, one in enumerate(chosen):
        columns[:, number] = column_of(one, frame)
    return columns


def _met(when: Written, frame: Frame) -> npt.NDArray[np.bool_]:
    true, _known = _kleene(when, frame)
    return true


def _kleene(when: Written, frame: Frame) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Whether the condition is known to be true, and whether it is known at all."""
    if "not" in when:
        true, known = _kleene(when["not"], frame)
        return known & ~true, known
    if "any" in when:
        parts = [_kleene(part, frame) for part in when["any"]]
        some = np.logical_or.reduce([true for true, _known in parts])
        return some, some | np.logical_and.reduce([known for _true, known in parts])
    one = frame.fields[when["field"]]
    filled = one.filled
    everywhere = np.ones(one.size, dtype=bool)
    if "exists" in when:
        return (filled if when["exists"] else ~filled), everywhere
    if "at_least" in when:
        return filled & (one.values >= when["at_least"]), filled
    if "at_most" in when:
        return filled & (one.values <= when["at_most"]), filled
    words = when["in"] if "in" in when else [when["is"]]
    return np.isin(one.codes, [place for place, word in enumerate(one.words) if word in words]), filled


def _counted(touches: Touches, rule: Written, size: int) -> Floats32:
    number = touches.kinds.index(rule["kind"][0])
    counted = (touches.kind == number) & (touches.days < rule["within_days"])
    counts = np.bincount(touches.row[counted], minlength=size)
    return np.minimum(counts, rule["at_most"]).astype(np.float32)
