"""The agreement's time zone as whole numbers, for one lead at a time; engines read the same pairs."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import pairwise

from accord.tables.times import DAY, microseconds, offsets_between

__all__ = ["Zone", "zone_of"]

FIRST, LAST = datetime(1970, 1, 1), datetime(2070, 1, 1)  # noqa: DTZ001 - naive UTC; touches lie between


@dataclass(frozen=True)
class Zone:
    """``(from, offset)`` pairs of a time zone (:func:`accord.tables.times.offsets_between`), ready to be looked up."""

    offsets: tuple[tuple[int, int], ...]
    starts: tuple[int, ...]
    local_starts: tuple[int, ...]

    def local_day(self, microsecond: int) -> int:
        """Number of the local calendar day (days since 1970-01-01) on which an instant falls."""
        place = max(bisect_right(self.starts, microsecond) - 1, 0)
        return (microsecond + self.offsets[place][1]) // DAY

    def instant(self, time: date, *, is_date: bool) -> int:
        """Microseconds since 1970 of a stored time (naive UTC); a date without a time is its local midnight."""
        if not isinstance(time, datetime):
            time, is_date = datetime(time.year, time.month, time.day), True  # noqa: DTZ001 - a local date
        stored = microseconds(time)
        if not is_date:
            return stored
        place = max(bisect_right(self.local_starts, stored) - 1, 0)
        return stored - self.offsets[place][1]

    def around(self, first: int, last: int) -> Sequence[tuple[int, int]]:
        """The pairs that matter from ``first`` to ``last``: engines compare every row with each of them."""
        begin = max(bisect_right(self.starts, first - 2 * DAY) - 1, 0)
        return self.offsets[begin : max(bisect_right(self.starts, last + 2 * DAY), begin + 1)]

    def years(self, moment: datetime, before: int) -> Sequence[tuple[int, int]]:
        """The pairs that matter in the year of ``moment`` and so many years before: the same all through the year."""
        first, after = (datetime(moment.year + years, 1, 1) for years in (-before, 1))  # noqa: DTZ001 - naive UTC
        return self.around(microseconds(first), microseconds(after))


@cache
def zone_of(timezone: str) -> Zone:
    """The zone of that IANA name."""
    pairs = tuple(offsets_between(timezone, FIRST, LAST))
    local = [pairs[0][0] + pairs[0][1]]
    local += [change + max(before, after) for (_start, before), (change, after) in pairwise(pairs)]
    return Zone(pairs, tuple(start for start, _offset in pairs), tuple(local))
