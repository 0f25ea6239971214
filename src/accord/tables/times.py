"""Times as whole numbers that mean the same on every engine: microseconds since 1970-01-01 00:00 UTC.

Engines disagree on time zones, on subtracting timestamps and on week truncation. Whole numbers do not disagree, so
instants become numbers once, and a time zone becomes a short list of offsets.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from accord.clock.offsets import THREE_DAYS, constant_offsets
from accord.late import Late

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir
else:
    ibis = Late("ibis")

__all__ = [
    "DAY",
    "HOUR",
    "MINUTE",
    "day_number",
    "has_come",
    "instant",
    "local_day",
    "local_microseconds",
    "microseconds",
    "month_number",
    "offsets_between",
    "room",
]

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Offsets = Sequence[tuple[int, int]]


def offsets_between(timezone: str, start: datetime, end: datetime) -> list[tuple[int, int]]:
    """``(from, offset)`` pairs of ``timezone`` that cover ``start`` … ``end`` (naive UTC), in microseconds.

    Each offset (local minus UTC) holds from its instant until the next pair's. The first pair holds from ever.
    """
    first = (microseconds(start) - DAY) // SECOND
    last = (microseconds(end) + DAY) // SECOND + 1
    stretches = constant_offsets(timezone, first, last, THREE_DAYS)
    return [(begins * SECOND, offset * SECOND) for begins, _ends, offset in stretches]


def microseconds(moment: datetime) -> int:
    """A naive UTC (or aware) moment as microseconds since 1970."""
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return (aware - _EPOCH) // timedelta(microseconds=1)


def _pick(keys: Sequence[int], values: Sequence[int], by: ir.IntegerValue) -> ir.IntegerValue:
    """The value of the last key ≤ ``by`` (the first value below all keys), as nested conditions."""
    if len(values) == 1:
        return ibis.literal(values[0], type="int64")
    middle = len(values) // 2  # a balanced tree: at most log2(n) comparisons a row
    return ibis.ifelse(
        by < keys[middle], _pick(keys[:middle], values[:middle], by), _pick(keys[middle:], values[middle:], by)
    )


def instant(time: ir.TimestampValue, is_date: ir.BooleanValue, offsets: Offsets) -> ir.IntegerValue:
    """Microseconds of a stored time; a date without a time is its local midnight.

    Where midnight does not exist (a clock put forward at midnight) the first instant of the day stands for it.
    """
    stored = _stored(time)
    if len(offsets) == 1 and offsets[0][1] == 0:
        return stored
    return ibis.ifelse(is_date, _midnight(stored, offsets), stored)


def has_come(
    time: ir.TimestampValue, is_date: ir.BooleanValue, now: int | ir.IntegerValue, local_now: int | ir.IntegerValue
) -> ir.BooleanValue:
    """Whether a stored time is not after a moment; a date without a time has come with its local midnight.

    ``now``: :func:`microseconds` of the moment, ``local_now``: its :func:`local_microseconds`. Null where the time is.
    What has not come does not exist (contract, section 2).
    """
    return _stored(time) <= ibis.ifelse(is_date, local_now, now).cast("int64")


def local_microseconds(moment: datetime, timezone: str) -> int:
    """What the clocks of ``timezone`` show at a naive UTC moment, as microseconds since 1970.

    >>> local_microseconds(datetime(2026, 3, 1, 2), "America/New_York") - microseconds(datetime(2026, 2, 28, 21))
    0
    """
    return microseconds(moment.replace(tzinfo=UTC).astimezone(ZoneInfo(timezone)).replace(tzinfo=None))


def room(time: ir.TimestampValue, is_date: ir.BooleanValue, offsets: Offsets) -> ir.IntegerValue:
    """How much later than :func:`instant` a stored time may have been: a date may be any instant of its local day.

    A day of 24 hours, or of 23 or 25 when the clocks change on it; less a microsecond, for the next day begins then.
    """
    if len({offset for _start, offset in offsets}) == 1:
        return ibis.ifelse(is_date, DAY - 1, 0).cast("int64")
    stored = _stored(time)
    length = _midnight(stored + DAY, offsets) - _midnight(stored, offsets)
    return ibis.ifelse(is_date, length - 1, 0).cast("int64")


def _stored(time: ir.TimestampValue) -> ir.IntegerValue:
    return time.delta(ibis.timestamp("1970-01-01 00:00:00"), unit="microsecond").cast("int64")


def _midnight(stored: ir.IntegerValue, offsets: Offsets) -> ir.IntegerValue:
    """The instant at which the local day begins whose date is stored as if it were UTC."""
    # Local midnight L is the instant L - offset. A change at UTC instant c from offset a to b applies to local times
    # from c + max(a, b): inside a gap this gives the instant of the change, in an overlap the earlier of the two.
    keys = [offsets[0][0] + offsets[0][1]]
    for (_start, before), (change, after) in pairwise(offsets):
        keys.append(change + max(before, after))
    return stored - _pick(keys, [offset for _start, offset in offsets], stored)


def local_day(microsecond: ir.IntegerValue, offsets: Offsets) -> ir.IntegerValue:
    """Number of the local calendar day (days since 1970-01-01) on which an instant falls."""
    shift = _pick([start for start, _offset in offsets], [offset for _start, offset in offsets], microsecond)
    return day_number(microsecond + shift)


def day_number(microsecond: ir.IntegerValue) -> ir.IntegerValue:
    """Whole days since 1970-01-01."""
    return (microsecond / DAY).floor().cast("int64")


def month_number(day: ir.IntegerValue) -> ir.IntegerValue:
    """Months since year 0 (12 × year + month − 1) of a day number; a quarter is its third part.

    Whole-number calendar arithmetic, because engines disagree on turning numbers into dates. The year is taken to
    begin in March, so that the leap day is its last (Hinnant, chrono-compatible low-level date algorithms).
    """
    shifted = day + 719_468
    era = (shifted / 146_097).floor()
    of_era = shifted - era * 146_097
    year_of_era = (
        (of_era - (of_era / 1_460).floor() + (of_era / 36_524).floor() - (of_era / 146_096).floor()) / 365
    ).floor()
    of_year = of_era - (365 * year_of_era + (year_of_era / 4).floor() - (year_of_era / 100).floor())
    month_from_march = ((5 * of_year + 2) / 153).floor()
    return ((year_of_era + era * 400) * 12 + month_from_march + 2).cast("int64")
