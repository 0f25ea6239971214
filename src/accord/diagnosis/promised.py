"""Which promise a lead was given, and whether it was missed: its class's where the agreement names one, else the first
promise to all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.clock import HOURS_OF_A_DAY, counts_days
from accord.late import Late
from accord.metrics.cells import dimension_column, segment_value
from accord.metrics.outcomes import NEVER
from accord.tables.times import DAY, HOUR

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir

    from accord.agreement.model import Acceptance, LeadClassPromise
else:
    ibis = Late("ibis")

__all__ = ["columns_promised", "longest_wait", "missed", "promise_of", "strictest_first"]

WEEK = 7 * DAY
"""Without an answer, a lead of this age is late by any promise of up to two days."""


def strictest_first(rules: Acceptance) -> tuple[LeadClassPromise, ...]:
    """Promises to classes of leads in the order in which a lead of several classes is called by one."""
    return tuple(sorted(rules.promises, key=lambda one: (one.within_hours, one.clock == "business", one.name)))


def columns_promised(seen: ir.Table, rules: Acceptance) -> list[str]:
    """The columns by which leads are of a class."""
    named = (dimension_column(seen, name) for promise in rules.promises for name in promise.where)
    return [column for column in named if column is not None]


def promise_of(seen: ir.Table, rules: Acceptance) -> ir.IntegerValue:
    """The place, from 1 on, of the first promise to a lead among :func:`strictest_first`; 0 = none of them."""
    classes = [(_within(seen, promise), place) for place, promise in enumerate(strictest_first(rules), 1)]
    return ibis.cases(*classes, else_=0) if classes else ibis.literal(0)


def missed(seen: ir.Table, rules: Acceptance) -> ir.BooleanValue:
    """Whether a lead was not answered within what its classes were promised, by the clock of each promise.

    Without a class: not within as many business days as the first promise to all has times 24 hours.
    """
    everybody = _later(seen, rules.promises_hours[0], business=True)
    found: ir.BooleanValue = everybody
    concerned: ir.BooleanValue = ibis.literal(value=False)
    broken: ir.BooleanValue = ibis.literal(value=False)
    for promise in rules.promises:
        within = _within(seen, promise)
        concerned |= within
        broken |= within & _later(seen, promise.within_hours, business=promise.clock == "business")
    if rules.promises:
        found = ibis.ifelse(concerned, broken, everybody)
    return found


def longest_wait(rules: Acceptance) -> int:
    """Age (microseconds) from which a lead without an answer is late by any promise: a business day may take two."""
    hours = max((rules.promises_hours[0], *(promise.within_hours for promise in rules.promises)))
    return max(WEEK, int(2 * hours / HOURS_OF_A_DAY * DAY) if hours > 2 * HOURS_OF_A_DAY else WEEK)


def _within(seen: ir.Table, promise: LeadClassPromise) -> ir.BooleanValue:
    """Whether a lead is of the class: every column named has one of its values; a column nobody has selects none."""
    within: ir.BooleanValue = ibis.literal(value=True)
    for name, values in promise.where.items():
        if dimension_column(seen, name) is None:
            return ibis.literal(value=False)
        within &= segment_value(seen, name).isin(list(values))
    return within


def _later(seen: ir.Table, hours: float, *, business: bool) -> ir.BooleanValue:
    """Whether the answer came after so many hours, or not at all."""
    if not business:
        later = seen.answered_us > int(hours * HOUR)
    elif not counts_days(hours):
        later = seen.business_answered_us > int(hours * HOUR)
    else:
        later = (seen.business_answered_us / seen.business_day_us) * DAY > hours / HOURS_OF_A_DAY * DAY
    return (seen.answered_us >= NEVER) | later
