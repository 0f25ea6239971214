"""Conditions on one lead: whether they hold, which fields decided that, and which are missing to decide it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import TypeGuard

from accord.scoring.logic import ACCOUNT_SIZE, Comparison, Logic, asks_for_presence
from accord.scoring.zone import Zone

__all__ = ["IS_DATE", "Lead", "Reading", "Test"]

IS_DATE = "_is_date"
"""What the companion of a time column ends with: whether the time is a date without an hour."""

Lead = Mapping[str, object]
"""A lead by its columns: text, numbers, true and false, naive UTC times, dates; None or absent where there is none."""

Test = Callable[[Lead, int], bool | None]
"""Whether a condition holds for a lead at a moment (microseconds): true, false, or unknown."""


class Reading:
    """Reads leads by the sizes and the time zone of an agreement."""

    def __init__(self, sizes: Sequence[tuple[str, int | None]], zone: Zone) -> None:
        self.sizes = sizes
        self.zone = zone
        self._tests: dict[tuple[int, bool], tuple[Logic, Test]] = {}

    def value(self, lead: Lead, field: str) -> object:
        """What a field holds; the account size follows from the employees."""
        if field != ACCOUNT_SIZE:
            return lead.get(field)
        employees = lead.get("employees")
        if not _is_number(employees):
            return None
        return next((name for name, below in self.sizes if below is None or employees < below), None)

    def test(self, logic: Logic) -> Test:
        """The condition as a function, made once: what scoring one lead calls for every criterion."""
        return self._made(logic, filled_only=False)

    def settled(self, logic: Logic) -> Test:
        """The same for whether filling in what is empty could change it: a cell that is not there is unknown even to
        the question whether it is there."""
        return self._made(logic, filled_only=asks_for_presence(logic))

    def _made(self, logic: Logic, *, filled_only: bool) -> Test:
        known = self._tests.get((id(logic), filled_only))
        if known is not None:
            return known[1]
        if isinstance(logic, Comparison):
            made = self._comparison(logic, filled_only=filled_only)
        else:
            parts = [self._made(part, filled_only=filled_only) for part in logic.parts]
            made = {"all": _all, "any": _any, "not": _not}[logic.form](parts)
        # The condition is kept too, or another could take its place in memory.
        self._tests[id(logic), filled_only] = (logic, made)
        return made

    def decided_by(self, logic: Logic, lead: Lead, moment: int) -> tuple[str, ...]:
        """The fields that make the condition what it is for this lead; each once, in the agreement's order."""
        if isinstance(logic, Comparison):
            return (logic.field,)
        return tuple(dict.fromkeys(self._deciding(logic, lead, moment)))

    def missing_for(self, logic: Logic, lead: Lead, moment: int) -> tuple[str, ...]:
        """The empty columns that could change the condition if they were filled in; nothing where none could."""
        return tuple(dict.fromkeys(self._missing(logic, lead, moment)))

    def _deciding(self, logic: Logic, lead: Lead, moment: int) -> Iterator[str]:
        if isinstance(logic, Comparison):
            yield logic.field
            return
        outcome = self.test(logic)(lead, moment)
        wanted = (not outcome) if logic.form == "not" and outcome is not None else outcome
        for part in logic.parts:
            if self.test(part)(lead, moment) is wanted:
                yield from self._deciding(part, lead, moment)

    def _missing(self, logic: Logic, lead: Lead, moment: int) -> Iterator[str]:
        if self.settled(logic)(lead, moment) is not None:
            return
        if isinstance(logic, Comparison):
            yield logic.needs
            return
        for part in logic.parts:
            yield from self._missing(part, lead, moment)

    def _comparison(self, logic: Comparison, *, filled_only: bool) -> Test:
        field = logic.field
        if logic.form == "exists":
            present = logic.present
            if filled_only:
                return lambda lead, _moment: None if self.value(lead, field) is None else present
            return lambda lead, _moment: (self.value(lead, field) is not None) is present
        if logic.form == "within":
            return self._within(field, logic.span)
        if logic.form == "between":
            return self._between(field, logic.low, logic.high)
        return self._among(logic)

    def _among(self, logic: Comparison) -> Test:
        field, texts, numbers, truths = logic.field, logic.texts, logic.numbers, logic.truths

        def test(lead: Lead, _moment: int) -> bool | None:
            cell = lead.get(field)
            if cell is None:
                return None
            if isinstance(cell, str):
                return cell in texts
            if isinstance(cell, bool):
                return cell in truths
            return isinstance(cell, (int, float)) and cell in numbers

        def of_size(lead: Lead, _moment: int) -> bool | None:
            size = self.value(lead, field)
            return None if size is None else size in texts

        return of_size if field == ACCOUNT_SIZE else test

    def _between(self, field: str, low: float | None, high: float | None) -> Test:
        def test(lead: Lead, _moment: int) -> bool | None:
            cell = self.value(lead, field)
            if not _is_number(cell):
                return None
            number = float(cell)  # bounds are doubles, and engines compare doubles with them
            return (low is None or number >= low) and (high is None or number <= high)

        return test

    def _within(self, field: str, span: int) -> Test:
        companion, zone = field + IS_DATE, self.zone

        def test(lead: Lead, moment: int) -> bool | None:
            cell = lead.get(field)
            if not isinstance(cell, date):
                return None
            return 0 <= moment - zone.instant(cell, is_date=bool(lead.get(companion))) < span

        return test


def _is_number(cell: object) -> TypeGuard[int | float]:
    return isinstance(cell, (int, float)) and not isinstance(cell, bool)


def _all(parts: Sequence[Test]) -> Test:
    def test(lead: Lead, moment: int) -> bool | None:
        outcome: bool | None = True
        for part in parts:
            held = part(lead, moment)
            if held is False:
                return False
            if held is None:
                outcome = None
        return outcome

    return test


def _any(parts: Sequence[Test]) -> Test:
    def test(lead: Lead, moment: int) -> bool | None:
        outcome: bool | None = False
        for part in parts:
            held = part(lead, moment)
            if held:
                return True
            if held is None:
                outcome = None
        return outcome

    return test


def _not(parts: Sequence[Test]) -> Test:
    (part,) = parts

    def test(lead: Lead, moment: int) -> bool | None:
        held = part(lead, moment)
        return None if held is None else not held

    return test
