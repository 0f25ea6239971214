"""Open hours of a sales team: business time forward and back, local time to UTC, for whole arrays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from accord.clock.public_holidays import public_holidays
from accord.demo.chance import Booleans, Seconds

__all__ = ["DAY", "HOUR", "OpenHours", "open_hours", "open_hours_of"]

HOUR = 3600
DAY = 24 * HOUR
_OPENS = 9 * HOUR
_CLOSES = 18 * HOUR
_OPEN = _CLOSES - _OPENS


@dataclass(frozen=True)
class OpenHours:
    """Monday to Friday 09:00-18:00 less public holidays, in one time zone, over a range of days.

    Local seconds count from 1970-01-01 00:00 on the local clock. ``first_day`` is the first day known;
    ``opened_before[i]`` is the open time before day ``i``; ``change_at`` (local) and ``offsets`` say what to take from
    local time to get UTC.
    """

    first_day: int
    is_open: Booleans
    opened_before: Seconds
    change_at: Seconds
    offsets: Seconds

    def elapsed(self, local: Seconds) -> Seconds:
        """Open seconds between the start of the range and each local time."""
        day, second = np.divmod(local, DAY)
        place = day - self.first_day
        within = np.where(self.is_open[place], np.clip(second - _OPENS, 0, _OPEN), 0)
        return np.asarray(self.opened_before[place] + within)

    def after(self, local: Seconds, delay: NDArray[np.floating]) -> Seconds:
        """The local time at which ``delay`` (> 0) open seconds have passed since ``local``; the range's end at most."""
        due = self.elapsed(local) + np.maximum(delay, 1).astype(np.int64)
        due = np.minimum(due, self.opened_before[-1] + _OPEN * int(self.is_open[-1]))
        place = np.searchsorted(self.opened_before, due, side="left") - 1
        return np.asarray((place + self.first_day) * DAY + _OPENS + due - self.opened_before[place])

    def open_at(self, local: Seconds) -> Booleans:
        """Whether the team is at work."""
        day, second = np.divmod(local, DAY)
        return np.asarray(self.is_open[day - self.first_day] & (second >= _OPENS) & (second < _CLOSES))

    def next_open_day(self, local: Seconds) -> Seconds:
        """Local midnight of the same day where it is open, else of the next open day."""
        place = local // DAY - self.first_day
        opens = np.flatnonzero(self.is_open)
        return np.asarray((opens[np.minimum(np.searchsorted(opens, place), opens.size - 1)] + self.first_day) * DAY)

    def to_utc(self, local: Seconds) -> Seconds:
        """UTC seconds of local times.

        In the hour that a spring night skips, of the time an hour later; in the hour that an autumn night has twice, of
        the earlier.
        """
        return np.asarray(local - self.offsets[np.searchsorted(self.change_at, local, side="right")])

    def to_local(self, utc: Seconds) -> Seconds:
        """Local seconds of UTC times."""
        return np.asarray(utc + self.offsets[np.searchsorted(self.change_at - self.offsets[:-1], utc, side="right")])


def open_hours(zone: str, country: str, first: date, last: date) -> OpenHours:
    """The open hours of ``zone`` with ``country``'s public holidays, from ``first`` to ``last``, both included."""
    start = (first - date(1970, 1, 1)).days
    days = np.arange(start, (last - date(1970, 1, 1)).days + 1)
    closed = [day for year in range(first.year, last.year + 1) for day in public_holidays(country, None, year)]
    closed_days = np.array([(day - date(1970, 1, 1)).days for day in closed], dtype=np.int64)
    weekday = (days + 3) % 7  # 1970-01-01 was a Thursday
    is_open = (weekday < 5) & ~np.isin(days, closed_days)
    opened_before = np.concatenate(([0], np.cumsum(is_open * _OPEN)))[:-1]
    change_at, offsets = _zone_changes(zone, first, last)
    return OpenHours(start, is_open, opened_before, change_at, offsets)


def open_hours_of(teams: tuple[tuple[str, str, str], ...], first: date, last: date) -> tuple[OpenHours, ...]:
    """The open hours of each ``(team, country, zone)``."""
    return tuple(open_hours(zone, country, first, last) for _, country, zone in teams)


def _zone_changes(zone: str, first: date, last: date) -> tuple[Seconds, Seconds]:
    """Local times, on the clock of before, at which the offset from UTC changes; the offsets before and after each."""
    info = ZoneInfo(zone)
    changes: list[int] = []
    moment = datetime(first.year, first.month, first.day, tzinfo=UTC)
    end = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1)
    offset = _offset(moment, info)
    offsets = [offset]
    while moment < end:
        moment += timedelta(hours=1)
        now = _offset(moment, info)
        if now != offset:
            changes.append(int(moment.timestamp()) + offset)
            offsets.append(now)
            offset = now
    return np.array(changes, dtype=np.int64), np.array(offsets, dtype=np.int64)


def _offset(moment: datetime, zone: ZoneInfo) -> int:
    shift = moment.astimezone(zone).utcoffset()
    assert shift is not None  # a zone always has one
    return int(shift.total_seconds())
