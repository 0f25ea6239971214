"""Conditions made ready: comparisons with their operands parsed, lists filled in. Both forms of scoring read these."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from accord.agreement.conditions import Condition
from accord.tables.times import DAY

__all__ = [
    "ACCOUNT_SIZE",
    "Combination",
    "Comparison",
    "Logic",
    "among",
    "asks_for_presence",
    "comparisons",
    "prepared",
]

ACCOUNT_SIZE = "account_size"
"""The one field that is not a column: it follows from ``employees``."""

_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_TRUTHS = {"true": True, "false": False}


@dataclass(frozen=True)
class Comparison:
    """One comparison of one field.

    ``among``: the cell is one of ``texts`` (text), ``numbers`` (a number) or ``truths`` (true and false); a time never
    is. ``between``: it is a number from ``low`` to ``high`` (None: no bound); what is no number is unknown. ``exists``:
    it has a value, or has none, as ``present`` says. ``within``: it is a time of the last ``span`` microseconds; what
    is no time is unknown. But for ``exists``, a missing cell is unknown.
    """

    field: str
    form: Literal["among", "between", "exists", "within"]
    texts: frozenset[str] = frozenset()
    numbers: frozenset[float] = frozenset()
    truths: frozenset[bool] = frozenset()
    low: float | None = None
    high: float | None = None
    present: bool = True
    span: int = 0

    @property
    def needs(self) -> str:
        """The column that decides it."""
        return "employees" if self.field == ACCOUNT_SIZE else self.field


@dataclass(frozen=True)
class Combination:
    """``all`` or ``any`` of several conditions, or ``not`` of one, by Kleene's logic."""

    form: Literal["all", "any", "not"]
    parts: tuple[Logic, ...]


Logic = Comparison | Combination


def prepared(condition: Condition, lists: Mapping[str, tuple[str, ...]]) -> Logic:
    """``condition`` made ready; ``lists``: the agreement's, by name."""
    if condition.field is not None:
        return _comparison(condition, condition.field, lists)
    parts = tuple(prepared(part, lists) for part in condition.parts)
    if condition.negated is not None:
        return Combination("not", parts)
    return Combination("all" if condition.all_of is not None else "any", parts)


def _comparison(condition: Condition, field: str, lists: Mapping[str, tuple[str, ...]]) -> Comparison:
    if condition.exists is not None:
        return Comparison(field, "exists", present=condition.exists)
    if condition.within_days is not None:
        return Comparison(field, "within", span=condition.within_days * DAY)
    if condition.one_of is not None or condition.equal_to is not None:
        return among(field, condition.one_of or (condition.equal_to or "",))
    if condition.in_list is not None:
        return among(field, lists[condition.in_list])
    low, high = condition.between or (condition.at_least, condition.at_most)
    return Comparison(field, "between", low=low, high=high)


def among(field: str, words: tuple[str, ...]) -> Comparison:
    """The comparison with each of ``words``, as text, as a number where it is one, as true and false."""
    numbers = frozenset(float(word) for word in words if _NUMBER.fullmatch(word))
    truths = frozenset(_TRUTHS[word] for word in words if word in _TRUTHS)
    return Comparison(field, "among", texts=frozenset(words), numbers=numbers, truths=truths)


def asks_for_presence(logic: Logic) -> bool:
    """Whether any part of it asks if a cell is filled: then it is decided where a cell is missing, too."""
    return any(each.form == "exists" for each in comparisons(logic))


def comparisons(logic: Logic) -> Iterator[Comparison]:
    """Every comparison in it, in the order of the agreement."""
    if isinstance(logic, Comparison):
        yield logic
    else:
        for part in logic.parts:
            yield from comparisons(part)
