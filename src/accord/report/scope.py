"""Which leads a report is about, and as of when, in a sentence."""

from __future__ import annotations

from datetime import date, datetime

from accord.clock import EARLIEST
from accord.language import gettext as _
from accord.report import formats

__all__ = ["data_as_of", "handed_over_scope"]


def data_as_of(as_of: datetime, timezone: str) -> str:
    """The moment that the data describe, in the agreement's time zone."""
    if as_of == EARLIEST:
        return _("Nothing that is recorded has a date yet.")
    return _("Data as of {moment} ({timezone}).").format(moment=formats.moment(as_of, timezone), timezone=timezone)


def handed_over_scope(as_of: datetime, timezone: str, start: date | None, end: date | None) -> str:
    """What a report on leads handed over in ``[start, end)``, local days, says of itself."""
    moment = data_as_of(as_of, timezone)
    if start and end:
        span = _("Leads handed over from {start} until before {end}.")
    elif start:
        span = _("Leads handed over from {start} on.")
    elif end:
        span = _("Leads handed over before {end}.")
    else:
        return moment
    days = {name: formats.day(day) if day else "" for name, day in (("start", start), ("end", end))}
    return f"{moment} {span.format(**days)}"
