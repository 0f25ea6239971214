"""Conditions on all leads at once, as Ibis expressions: the same meaning as :mod:`accord.scoring.reading`.

SQL's own AND, OR and NOT are Kleene's, so an unknown condition is NULL.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from accord.scoring.logic import ACCOUNT_SIZE, Comparison, Logic
from accord.scoring.reading import IS_DATE
from accord.tables.times import instant

__all__ = ["Conditions"]

_LARGEST_WHOLE = 2**53
"""Above it, not every whole number is a double."""


@dataclass(frozen=True)
class Conditions:
    """Conditions on the rows of ``leads`` at ``moment`` (microseconds; one for all, or a column of theirs).

    A column that is not there is missing.
    """

    leads: ir.Table
    sizes: Sequence[tuple[str, int | None]]
    offsets: Sequence[tuple[int, int]]
    moment: int | ir.IntegerValue

    def holds(self, logic: Logic) -> ir.BooleanValue:
        """True, false, or NULL where it is unknown."""
        if isinstance(logic, Comparison):
            return self._comparison(logic)
        parts = [self.holds(part) for part in logic.parts]
        if logic.form == "not":
            return ~parts[0]
        return reduce(and_ if logic.form == "all" else or_, parts)

    def value(self, field: str) -> ir.Value:
        """What a field holds; the account size follows from the employees."""
        if field != ACCOUNT_SIZE:
            return self.leads[field] if field in self.leads.columns else ibis.null("string")
        employees = self.value("employees")
        if not employees.type().is_numeric():
            return ibis.null("string")
        branches = [(employees < below, name) for name, below in self.sizes if below is not None]
        last = next((name for name, below in self.sizes if below is None), None)
        if last is not None:
            branches.append((employees.notnull(), last))
        return ibis.cases(*branches, else_=ibis.null("string"))

    def missing(self, logic: Logic) -> Iterator[tuple[str, ir.BooleanValue]]:
        """Each column a condition reads, with whether it is empty and could change the condition; never NULL."""
        # What is turned around, or stands alone, is as unknown as what it is made of; and asking whether NOT … IS NULL
        # would negate the question instead.
        while not isinstance(logic, Comparison) and len(logic.parts) == 1:
            (logic,) = logic.parts
        unknown = self._settled(logic).isnull()
        if isinstance(logic, Comparison):
            yield logic.needs, unknown
            return
        for part in logic.parts:
            for column, lacking in self.missing(part):
                yield column, unknown & lacking

    def _settled(self, logic: Logic) -> ir.BooleanValue:
        """The same as :meth:`holds`, but whether an empty cell is there is unknown as well."""
        if isinstance(logic, Comparison):
            if logic.form != "exists" or logic.needs not in self.leads.columns:
                return ibis.null("boolean") if logic.form == "exists" else self._comparison(logic)
            return ibis.ifelse(self.value(logic.field).notnull(), logic.present, ibis.null("boolean"))
        parts = [self._settled(part) for part in logic.parts]
        if logic.form == "not":
            return ~parts[0]
        return reduce(and_ if logic.form == "all" else or_, parts)

    def _comparison(self, logic: Comparison) -> ir.BooleanValue:
        if logic.needs not in self.leads.columns:
            absent = logic.form == "exists"
            return ibis.literal(not logic.present) if absent else ibis.null("boolean")
        cell = self.value(logic.field)
        if logic.form == "exists":
            return cell.notnull() if logic.present else cell.isnull()
        if logic.form == "within":
            return self._within(cell, logic)
        if logic.form == "between":
            return _between(cell, logic)
        return _among(cell, logic)

    def _within(self, cell: ir.Value, logic: Comparison) -> ir.BooleanValue:
        kind = cell.type()
        if not isinstance(kind, dt.Timestamp | dt.Date):
            return ibis.null("boolean")
        is_date: ir.BooleanValue = ibis.literal(isinstance(kind, dt.Date))
        companion = logic.field + IS_DATE
        if companion in self.leads.columns:
            is_date = ibis.coalesce(self.leads[companion], is_date)
        age = self.moment - instant(cell.cast("timestamp(6)"), is_date, self.offsets)
        return (age >= 0) & (age < ibis.literal(logic.span, type="int64"))


def _among(cell: ir.Value, logic: Comparison) -> ir.BooleanValue:
    kind = cell.type()
    known: list[str] | list[bool] | list[ir.Value] = []
    if isinstance(kind, dt.String):
        known = sorted(logic.texts)
    elif isinstance(kind, dt.Boolean):
        known = sorted(logic.truths)
    elif kind.is_integer():
        known = [_whole(each) for each in sorted(logic.numbers) if each.is_integer() and abs(each) < _LARGEST_WHOLE]
    elif kind.is_numeric():
        known = [ibis.literal(each, type="float64") for each in sorted(logic.numbers)]
    if not known:
        return ibis.ifelse(cell.notnull(), ibis.literal(value=False), ibis.null("boolean"))
    return cell.isin(known)


def _between(cell: ir.Value, logic: Comparison) -> ir.BooleanValue:
    if not cell.type().is_numeric() or isinstance(cell.type(), dt.Boolean):
        return ibis.null("boolean")
    bounds = []
    if logic.low is not None:
        bounds.append(cell >= _bound(logic.low))
    if logic.high is not None:
        bounds.append(cell <= _bound(logic.high))
    return reduce(and_, bounds)


def _bound(number: float) -> ir.Value:
    whole = number.is_integer() and abs(number) < _LARGEST_WHOLE
    return _whole(number) if whole else ibis.literal(number, type="float64")


def _whole(number: float) -> ir.Value:
    return ibis.literal(int(number), type="int64")
