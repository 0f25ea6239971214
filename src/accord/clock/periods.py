"""Cohort periods: ISO weeks, months and quarters of local dates, and how they are written."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Literal, get_args

from accord.clock.written import days_written
from accord.errors import UsageError
from accord.language import gettext as _

__all__ = [
    "PERIOD_UNITS",
    "PeriodUnit",
    "not_in_the_calendar",
    "one_day",
    "parse_day",
    "period_bounds",
    "period_label",
    "period_start",
]

PeriodUnit = Literal["week", "month", "quarter"]
PERIOD_UNITS: tuple[PeriodUnit, ...] = get_args(PeriodUnit)

_WEEK = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_QUARTER = re.compile(r"(\d{4})-Q([1-4])", re.ASCII)
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)


def period_label(day: date, unit: PeriodUnit) -> str:
    """The period that ``day`` falls in: ``2026-W31`` (ISO 8601 week), ``2026-07`` or ``2026-Q3``.

    The year of a week is the ISO year: 1 January 2027 is a Friday, so it belongs to ``2026-W53``.
    """
    if unit == "week":
        year, week, _weekday = day.isocalendar()
        return f"{year:04d}-W{week:02d}"
    if unit == "month":
        return f"{day.year:04d}-{day.month:02d}"
    return f"{day.year:04d}-Q{(day.month + 2) // 3}"


def period_start(day: date, unit: PeriodUnit) -> date:
    """The first day of the period that ``day`` falls in."""
    if unit == "week":
        return day - timedelta(days=day.weekday())
    if unit == "month":
        return day.replace(day=1)
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def period_bounds(label: str) -> tuple[date, date]:
    """First day and first day after the period written ``2026-W31``, ``2026-07`` or ``2026-Q3``.

    ``ValueError`` when there is no such period (week 53 of a year of 52, month 13).
    """
    if match := _WEEK.fullmatch(label):
        start = date.fromisocalendar(int(match[1]), int(match[2]), 1)
        return start, start + timedelta(days=7)
    if match := _QUARTER.fullmatch(label):
        return _months(int(match[1]), int(match[2]) * 3 - 2, 3)
    if match := _MONTH.fullmatch(label):
        return _months(int(match[1]), int(match[2]), 1)
    raise ValueError(f"{label!r} is not a week, a month or a quarter")


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    start = date(year, month, 1)
    after = year * 12 + month - 1 + count
    return start, date(after // 12, after % 12 + 1, 1)


def parse_day(text: str, option: str) -> date:
    """The day that ``--from`` or ``--to`` names: a date, or the first day of a week, a month or a quarter.

    A date may be written by hand too (31/12/2025) where it can only mean one day (:mod:`accord.clock.written`).
    ``--to`` is exclusive, so ``--from 2026-Q3 --to 2026-Q4`` is the third quarter. ``option`` is named in the
    ``UsageError`` that anything else raises.
    """
    written = text.strip().upper()
    if (by_hand := one_day(written, option)) is not None:
        return by_hand
    try:
        return date.fromisoformat(written) if _DAY.fullmatch(written) else period_bounds(written)[0]
    except (ValueError, OverflowError) as error:
        if impossible := not_in_the_calendar(written) or _no_such_period(written):
            raise UsageError(f"{option}: {impossible}") from error
        raise UsageError(
            _(
                "{option} {text!r} is not a day. Write a date (2026-08-01), an ISO week (2026-W31), a month (2026-08) "
                "or a quarter (2026-Q3): a period stands for its first day."
            ).format(option=option, text=text)
        ) from error


def one_day(written: str, option: str = "") -> date | None:
    """The day of a date written by hand (31/12/2025); ``None`` where it is none.

    ``UsageError`` where it could be two days, naming both as they are to be written.
    """
    days = days_written(written)
    if len(days) > 1:
        one, other = (day.isoformat() for day in days)
        raise UsageError(
            _("{text} may be {one} or {other}: write the one that is meant, the year first.").format(
                text=f"{option} {written}".lstrip(), one=one, other=other
            )
        )
    return days[0] if days else None


def not_in_the_calendar(written: str) -> str:
    """What to say of text that begins with a date as it is written and never was, as 31 February; empty otherwise."""
    match = _DAY.match(written)
    if match is None:
        return ""
    year, month, day = (int(part) for part in match.groups())
    if not (1 <= month <= 12 and year):
        return _("{day} is not in the calendar.").format(day=match[0])
    days = monthrange(year, month)[1]
    if 1 <= day <= days:
        return ""
    return _("{day} is not in the calendar: {month} has {days} days.").format(
        day=match[0], month=match[0][:7], days=days
    )


def _no_such_period(written: str) -> str:
    if any(shape.fullmatch(written) for shape in (_WEEK, _MONTH)):
        return _("{day} is not in the calendar.").format(day=written)
    return ""
