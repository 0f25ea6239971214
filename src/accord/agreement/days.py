"""Dates, times of day and open hours as the agreement holds them: what each accepts, and what its JSON Schema says."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from accord.agreement.findings import ANY, Finding, broken, shown
from accord.agreement.kinds import UNIQUE, all_different, as_text
from accord.clock import seconds_of_day
from accord.language import gettext as _

__all__ = ["ClockTime", "Dates", "Day", "OpenDay", "Weekday", "open_some_day"]

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_WEEK: tuple[Weekday, ...] = get_args(Weekday)

_CLOCK_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00"
_INTERVAL = re.compile(r"(\S+?)\s*[-–]\s*(\S+)")
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"


def _day(value: object) -> object:
    if isinstance(value, date):
        return value
    try:
        if isinstance(value, str) and re.fullmatch(_DAY, value):
            return date.fromisoformat(value)
    except ValueError:
        raise broken(
            Finding(_("{key} is {found}: there is no such day in the calendar."), {"found": shown(value)})
        ) from None
    raise broken(
        Finding(
            _("{key} is {found}, which is not a date."),
            {"found": shown(value)},
            _("Write year, month and day: 2026-12-24."),
        )
    )


Day = Annotated[
    date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date", "pattern": f"^{_DAY}$"})
]
"""A calendar date."""

Dates = Annotated[tuple[Day, ...], UNIQUE, AfterValidator(all_different)]
"""Calendar dates, each named once."""


def _clock_time(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(_CLOCK_TIME, value):
        return value
    loose = re.fullmatch(r"([0-9]{1,2}) ?(?:[h:.] ?)?([0-5][0-9])?", str(as_text(value)).strip().lower())
    near = f"{int(loose[1]):02d}:{loose[2] or '00'}" if loose else ""
    raise broken(
        Finding(
            _("{key} is {found}; a time of day goes from 00:00 to 24:00, with two digits on each side."),
            {"found": shown(value)},
            _("Did you mean {near}?").format(near=near) if re.fullmatch(_CLOCK_TIME, near) else None,
        )
    )


ClockTime = Annotated[
    str, BeforeValidator(_clock_time), WithJsonSchema({"type": "string", "pattern": f"^(?:{_CLOCK_TIME})$"})
]
"""A local time of day, ``00:00`` to ``24:00``."""


def _opens_and_closes(value: object) -> object:
    match = _INTERVAL.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is not None:
        return match[1], match[2]
    if isinstance(value, (tuple, list)) and len(value) == 2:
        return value
    raise broken(
        Finding(
            _("{key} is {found}, which is not a stretch of open hours."),
            {"found": shown(value)},
            _("Write when it opens and when it closes: 09:00-18:00."),
            rests_on=(ANY,),
        )
    )


def _opens_before_it_closes(value: tuple[str, str]) -> tuple[str, str]:
    if seconds_of_day(value[0]) >= seconds_of_day(value[1]):
        raise broken(
            Finding(
                _("{key} closes at {closes}, not after it opens at {opens}."),
                {"opens": value[0], "closes": value[1]},
                _("Hours that go past midnight are two stretches: until 24:00, and from 00:00 on the next day."),
            )
        )
    return value


_INTERVAL_SCHEMA = {
    "anyOf": [
        {"type": "string", "pattern": rf"^\s*(?:{_CLOCK_TIME})\s*[-–]\s*(?:{_CLOCK_TIME})\s*$"},
        {
            "type": "array",
            "items": {"type": "string", "pattern": f"^(?:{_CLOCK_TIME})$"},
            "minItems": 2,
            "maxItems": 2,
        },
    ]
}
_Interval = Annotated[
    tuple[ClockTime, ClockTime],
    BeforeValidator(_opens_and_closes),
    AfterValidator(_opens_before_it_closes),
    WithJsonSchema(_INTERVAL_SCHEMA),
]


def _no_overlap(intervals: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    findings = [
        Finding(
            _("{key} is {this}, which overlaps with {other}."),
            {"this": "-".join(this), "other": "-".join(other)},
            within=(place,),
        )
        for place, this in enumerate(intervals)
        for other in intervals[:place]
        if this[0] < other[1] and other[0] < this[1]
    ]
    if findings:
        raise broken(*findings)
    return tuple(sorted(intervals))


OpenDay = Annotated[tuple[_Interval, ...], AfterValidator(_no_overlap)]
"""The open hours of one weekday: stretches that do not overlap, kept in order; none when it is closed."""


def open_some_day(hours: dict[Weekday, Any]) -> dict[Weekday, Any]:
    """``hours`` without its closed days, in the order of the week; refused when no day is open."""
    opened = {day: hours[day] for day in _WEEK if hours.get(day)}
    if not opened:
        raise broken(
            Finding(
                _("{key} opens on no day, so business time would stand still."),
                hint=_("Open at least one day."),
                rests_on=(ANY,),
            )
        )
    return opened
