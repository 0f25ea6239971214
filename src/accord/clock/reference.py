"""Business time the slow and obvious way, for single cases and as what the fast way is tested against."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from accord.clock.hours import BusinessCalendar, closed_dates, weekly_intervals

__all__ = ["business_seconds_between"]

_MINUTE = timedelta(minutes=1)


def business_seconds_between(calendar: BusinessCalendar, timezone: str, start: datetime, end: datetime) -> float:
    """Seconds between two naive UTC instants during which ``calendar`` is open.

    An instant is open when the clock on the wall shows an open time of a day that is not closed; so an hour that
    summer time skips is never open, and an hour that comes twice is open twice. Every minute is looked at by itself:
    clock times of a calendar are whole minutes, and so are the offsets of all time zones since 1972. ``timezone`` is
    the agreement's, used when the calendar names none. ``end`` before ``start`` gives the negative of the way back.
    """
    if end < start:
        return -business_seconds_between(calendar, timezone, end, start)
    zone = ZoneInfo(calendar.timezone or timezone)
    week = weekly_intervals(calendar)
    closed = closed_dates(calendar, start.date() - timedelta(days=2), end.date() + timedelta(days=2))
    open_seconds = 0.0
    minute = start.replace(second=0, microsecond=0)
    while minute < end:
        wall = minute.replace(tzinfo=UTC).astimezone(zone)
        second = wall.hour * 3600 + wall.minute * 60
        if wall.date() not in closed and any(opens <= second < closes for opens, closes in week[wall.weekday()]):
            open_seconds += (min(minute + _MINUTE, end) - max(minute, start)).total_seconds()
        minute += _MINUTE
    return open_seconds
