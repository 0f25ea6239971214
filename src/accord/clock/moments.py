"""Instants and local days. Every instant in Accord is a naive ``datetime`` in UTC."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accord.clock.periods import not_in_the_calendar, one_day
from accord.errors import UsageError
from accord.language import gettext as _

__all__ = ["EARLIEST", "local_date", "parse_as_of", "utc_of_local_midnight"]

EARLIEST = datetime(1970, 1, 1)  # noqa: DTZ001 - naive UTC
"""The moment of data in which nothing has a time."""

_SECOND = timedelta(seconds=1)
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}(?P<time>[T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,6})?)?(Z|[+-]\d{2}(:?\d{2})?)?)?", re.ASCII
)


def local_date(instant: datetime, timezone: str) -> date:
    """The calendar date in ``timezone`` at a naive UTC ``instant``: the day a handoff's cohort period is taken from."""
    return instant.replace(tzinfo=UTC).astimezone(ZoneInfo(timezone)).date()


def utc_of_local_midnight(day: date, timezone: str) -> datetime:
    """The naive UTC instant at which ``day`` begins in ``timezone``.

    Where midnight does not exist because clocks go forward over it, the first instant of that day; where it comes
    twice, the earlier.
    """
    midnight = datetime.combine(day, time.min, ZoneInfo(timezone))
    instant = midnight.astimezone(UTC).replace(tzinfo=None)
    if local_date(instant - _SECOND, timezone) < day:
        return instant
    # Clocks jump over this midnight (or, in Samoa on 30 December 2011, over the whole day): the day begins at the jump,
    # which lies between the readings of the missing time with the offset after it and with the offset before it.
    before = midnight.replace(fold=1).astimezone(UTC).replace(tzinfo=None)
    while instant - before > _SECOND:
        middle = before + (instant - before) // 2
        middle = middle.replace(microsecond=0)
        before, instant = (middle, instant) if local_date(middle, timezone) < day else (before, middle)
    return instant


def parse_as_of(text: str, timezone: str) -> datetime:
    """The naive UTC instant that ``text`` names: ISO 8601, with an offset or ``Z``, or else local time in ``timezone``.

    A date alone is the moment that day begins, as ``--to`` has it: nothing of that day is seen. ``UsageError`` for
    anything else.
    """
    written = text.strip().upper()
    if (by_hand := one_day(written)) is not None:
        return utc_of_local_midnight(by_hand, timezone)
    try:
        shape = _MOMENT.fullmatch(written)
        if shape is None:
            raise ValueError(f"{text!r} is not laid out as ISO 8601 says")
        if shape["time"] is None:
            return utc_of_local_midnight(date.fromisoformat(written), timezone)
        moment = datetime.fromisoformat(written)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(timezone))
        return moment.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        if impossible := not_in_the_calendar(written):
            raise UsageError(impossible) from error
        raise UsageError(
            _(
                "{text!r} is not a moment. Write a date (2026-08-01, its first instant in {timezone}), or a date and "
                "a time: 2026-08-01T18:00 ({timezone}), 2026-08-01T18:00Z, 2026-08-01T18:00+02:00."
            ).format(text=text, timezone=timezone)
        ) from error
