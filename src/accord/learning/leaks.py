"""Fields that know the outcome: filled or overwritten after it, they would teach the score what nobody knows in time.

Three signs, none of them a name:

- *tells too much*: the field alone puts good leads before bad ones better than any fact known beforehand does: the
  lower end of its area under the ROC curve is above :data:`TOO_GOOD`;
- *filled after*: that it is filled at all, or what little it holds, gives the outcome away: nearly every lead that has
  a value turned out the same way;
- *kin of a leak*: the field tells much by itself, and among leads that turned out the same way it repeats what *every*
  field found so far says. A fact known beforehand may have been copied into one later field; what is written at the
  same time by the same hand resembles all of them.

Only cells that hold something are compared: a form that was never sent leaves several fields empty, which makes no kin.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from accord.learning.discrimination import FEWEST_OF_A_KIND, auc
from accord.learning.frame import Codes, Field, Floats, Frame
from accord.stats.intervals import jeffreys
from accord.values import Estimate

__all__ = ["KIN", "MUCH", "TOO_GOOD", "Leak", "Sign", "leaks", "likeness", "tells"]

TOO_GOOD = 0.80
"""Area under the curve that no single fact known before sales speaks to the lead has been seen to reach."""

MUCH = 0.65
"""Area from which a field tells enough to matter."""

KIN = 0.05
"""Share of what could be shared, among leads of one outcome: unrelated fields show less than 0.01."""

_ONE_WAY = 0.95
_FEWEST = 30
_FOLDS = 5
_PARTS = 20
_KIN_PARTS = 5


class Sign(StrEnum):
    """Why a field is taken for a leak."""

    TELLS_TOO_MUCH = "tells_too_much"
    FILLED_AFTER = "filled_after"
    KIN = "kin"


@dataclass(frozen=True, slots=True)
class Leak:
    """One field, the sign, and the figure that shows it.

    ``evidence``: the area under the curve, or for ``filled_after`` the share of filled leads that turned out one way.
    ``of``: the leaks it is kin of; ``likeness`` the least it shares with any of them.
    """

    field: str
    sign: Sign
    evidence: Estimate
    of: tuple[str, ...] = ()
    likeness: float = 0.0


def leaks(frame: Frame) -> tuple[Leak, ...]:
    """The fields of ``frame`` that know the outcome, in the order found."""
    alone = {name: tells(one, frame.good) for name, one in frame.fields.items()}
    found = [leak for name, one in frame.fields.items() if (leak := _by_itself(one, frame.good, alone[name]))]
    seeds = tuple(leak.field for leak in found)
    for name, one in frame.fields.items():
        telling = alone[name]
        if name in seeds or not seeds or telling is None or telling.low < MUCH:
            continue
        shared = min(likeness(one, frame.fields[seed], frame.good) for seed in seeds)
        if shared >= KIN:
            found.append(Leak(name, Sign.KIN, telling, seeds, shared))
    return tuple(found)


def _by_itself(one: Field, good: npt.NDArray[np.bool_], telling: Estimate | None) -> Leak | None:
    if telling is not None and telling.low > TOO_GOOD:
        return Leak(one.name, Sign.TELLS_TOO_MUCH, telling)
    filled = one.filled
    count, empty = int(filled.sum()), int((~filled).sum())
    if count < _FEWEST or empty < _FEWEST:
        return None
    goods = int(good[filled].sum())
    most, way = max((goods, True), (count - goods, False))
    interval = jeffreys(most, count)
    elsewhere = jeffreys(int((good[~filled] == way).sum()), empty)
    if float(interval.low) > _ONE_WAY and float(elsewhere.high) < float(interval.low):
        return Leak(
            one.name,
            Sign.FILLED_AFTER,
            Estimate(most / count, float(interval.low), float(interval.high), count),
        )
    telling = _area(filled.astype(np.float64), good)
    if telling is not None and telling.low > TOO_GOOD:
        return Leak(one.name, Sign.FILLED_AFTER, telling)
    return None


def tells(one: Field, good: npt.NDArray[np.bool_]) -> Estimate | None:
    """How well the field alone, where it is filled, puts good before bad; None where too few leads have it.

    Each lead is given the outcome rate of its value among the *other* leads (five interleaved folds), so that a field
    of many values does not seem to tell what it only memorised.
    """
    filled = one.filled
    if min(int(good[filled].sum()), int((~good[filled]).sum())) < FEWEST_OF_A_KIND:
        return None
    codes, happened = _coded(one, _PARTS)[filled], good[filled].astype(np.float64)
    rate = np.empty(happened.size)
    fold = np.arange(happened.size) % _FOLDS
    size = int(codes.max()) + 1
    for number in range(_FOLDS):
        other = fold != number
        mean = float(happened[other].mean())
        goods = np.bincount(codes[other], weights=happened[other], minlength=size)
        counts = np.bincount(codes[other], minlength=size)
        rate[~other] = ((goods + 10 * mean) / (counts + 10))[codes[~other]]
    return _area(rate, good[filled])


def _area(scores: Floats, good: npt.NDArray[np.bool_]) -> Estimate | None:
    area = auc(scores, good)
    if isinstance(area, Estimate) and area.value < 0.5:
        area = auc(-scores, good)
    return area if isinstance(area, Estimate) else None


def likeness(one: Field, other: Field, good: npt.NDArray[np.bool_]) -> float:
    r"""What two fields share among leads of one outcome, of what they could share: 0 nothing, 1 one follows from the
    other.

    :math:`I(A; B \mid Y) / \min(H(A \mid Y), H(B \mid Y))` over leads where both are filled, the information corrected
    for its bias of :math:`(a-1)(b-1)/2n` (Miller 1955). Values of fewer than thirty leads count as one.
    """
    both = one.filled & other.filled
    if int(both.sum()) < _FEWEST:
        return 0.0
    first, second = _grouped(_coded(one, _KIN_PARTS)[both]), _grouped(_coded(other, _KIN_PARTS)[both])
    shared = possible = 0.0
    for way in (True, False):
        chosen = good[both] == way
        if chosen.any():
            information, least = _information(first[chosen], second[chosen])
            shared += information * int(chosen.sum())
            possible += least * int(chosen.sum())
    return max(shared, 0.0) / possible if possible > 0 else 0.0


def _information(first: Codes, second: Codes) -> tuple[float, float]:
    _values, one = np.unique(first, return_inverse=True)
    _values, other = np.unique(second, return_inverse=True)
    shape = (int(one.max()) + 1, int(other.max()) + 1)
    table = np.bincount(one * shape[1] + other, minlength=shape[0] * shape[1]).reshape(shape) / one.size
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    expected = np.outer(rows, columns)
    seen = table > 0
    information = float((table[seen] * np.log(table[seen] / expected[seen])).sum())
    bias = (shape[0] - 1) * (shape[1] - 1) / (2 * one.size)
    return information - bias, min(float(-(rows * np.log(rows)).sum()), float(-(columns * np.log(columns)).sum()))


def _coded(one: Field, parts: int) -> Codes:
    """Words as they are numbered; numbers by the quantile they fall into. Missing: -1."""
    if one.kind != "number":
        return one.codes
    filled = one.filled
    codes = np.full(one.size, -1, dtype=np.int64)
    if filled.any():
        cuts = np.unique(np.quantile(one.values[filled], np.arange(1, parts) / parts))
        codes[filled] = np.searchsorted(cuts, one.values[filled], side="right")
    return codes


def _grouped(codes: Codes) -> Codes:
    """Rare values as one."""
    counts = np.bincount(codes)
    return np.where(counts[codes] >= _FEWEST, codes, counts.size)
