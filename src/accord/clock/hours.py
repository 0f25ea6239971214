"""Open hours as they are agreed: local times per weekday, holidays, exceptions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from accord.clock.public_holidays import public_holidays

__all__ = [
    "HOURS_OF_A_DAY",
    "WEEKDAYS",
    "BusinessCalendar",
    "business_day_seconds",
    "closed_dates",
    "counts_days",
    "seconds_of_day",
    "weekly_intervals",
]

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""The days of a week as the agreement names them; the position is that of ``date.weekday()``."""

HOURS_OF_A_DAY = 24.0
"""Promised hours that are one day on either clock: on the business clock 24 are one business day's open hours, 48 are
two (:func:`counts_days`)."""


class BusinessCalendar(Protocol):
    """What the clock needs to know of a calendar; :class:`accord.agreement.model.Calendar` is one.

    ``hours``: weekday → ``(opens, closes)`` in local time, ``HH:MM`` with ``24:00`` for midnight at the end of the
    day. ``timezone`` None: the agreement's. ``country`` and ``subdivision``: whose public holidays are closed.
    ``closed``: more closed dates. ``open``: public holidays that are worked all the same.
    """

    @property
    def timezone(self) -> str | None: ...  # noqa: D102
    @property
    def hours(self) -> Mapping[Any, Sequence[tuple[str, str]]]: ...  # noqa: D102
    @property
    def country(self) -> str | None: ...  # noqa: D102
    @property
    def subdivision(self) -> str | None: ...  # noqa: D102
    @property
    def closed(self) -> Sequence[date]: ...  # noqa: D102
    @property
    def open(self) -> Sequence[date]: ...  # noqa: D102


def seconds_of_day(clock_time: str) -> int:
    """Seconds from midnight to ``HH:MM``; ``24:00`` is 86,400."""
    hours, minutes = clock_time.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def weekly_intervals(calendar: BusinessCalendar) -> tuple[tuple[tuple[int, int], ...], ...]:
    """For Monday to Sunday, the open intervals as seconds from local midnight, in order; ``()`` where closed."""
    return tuple(
        tuple(sorted((seconds_of_day(opens), seconds_of_day(closes)) for opens, closes in calendar.hours.get(day, ())))
        for day in WEEKDAYS
    )


def counts_days(hours: float) -> bool:
    """Whether a promise of so many hours is one of whole days; on the business clock any other is one of open hours.

    >>> counts_days(48), counts_days(4)
    (True, False)
    """
    return hours % HOURS_OF_A_DAY == 0


def business_day_seconds(calendar: BusinessCalendar) -> int:
    """One business day in seconds: what "24h" means on this calendar's clock.

    The open length that most of the open weekdays share; of two lengths shared by equally many, the longer. Monday
    to Friday 09:00-18:00 gives nine hours; with a Friday that ends at 16:00 it is still nine. A calendar that never
    opens has no business day: ``ValueError`` (the agreement's validator refuses such a calendar).
    """
    lengths = Counter(
        length for day in weekly_intervals(calendar) if (length := sum(closes - opens for opens, closes in day)) > 0
    )
    if not lengths:
        raise ValueError("a calendar that never opens has no business day")
    return max(lengths, key=lambda length: (lengths[length], length))


def closed_dates(calendar: BusinessCalendar, first: date, last: date) -> frozenset[date]:
    """The dates from ``first`` to ``last``, both included, on which the calendar is closed whatever the weekday.

    Public holidays that are not listed in ``open``, and everything listed in ``closed``.
    """
    closed = {day for day in calendar.closed if first <= day <= last}
    if calendar.country is not None:
        for year in range(first.year, last.year + 1):
            closed |= public_holidays(calendar.country, calendar.subdivision, year) - set(calendar.open)
    return frozenset(closed)
