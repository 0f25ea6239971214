"""The kinds of values the agreement holds: what each accepts, how it is kept, and what its JSON Schema says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, get_args
from zoneinfo import available_timezones

from babel.core import get_global
from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from accord.agreement.findings import ANY, Finding, broken, nearest, shown
from accord.clock import seconds_of_day
from accord.clock.public_holidays import known_countries
from accord.language import gettext as _

__all__ = [
    "MOST_DAYS",
    "UNIQUE",
    "WHOLE",
    "AsWritten",
    "AttributionRule",
    "ClockTime",
    "Country",
    "Currency",
    "Dates",
    "Day",
    "Days",
    "Fraction",
    "Hours",
    "OpenDay",
    "Text",
    "TimeZone",
    "Weekday",
    "Weight",
    "Where",
    "WrittenFloat",
    "WrittenInteger",
    "all_different",
    "doubles",
    "open_some_day",
]

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_WEEK: tuple[Weekday, ...] = get_args(Weekday)

MOST_DAYS = 366
_CLOCK_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00"
_INTERVAL = re.compile(r"(\S+?)\s*[-–]\s*(\S+)")
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"


class WrittenInteger(int):
    """A whole number from a file, with how it was written: ``01`` is 1, and still the department 01."""

    text: str


class WrittenFloat(float):
    """A number from a file, with how it was written: ``1.10`` is 1.1, and still the version 1.10."""

    text: str


# Numbers -----------------------------------------------------------------------------------------------------------


def _whole(value: object) -> object:
    # JSON Schema counts 30.0 among the integers, and so does whoever writes it.
    return int(value) if isinstance(value, float) and value.is_integer() else value


WHOLE = BeforeValidator(_whole)
"""Goes after the bounds of a whole number: lets 30.0 through as 30."""
Hours = Annotated[float, Field(gt=0, le=MOST_DAYS * 24, allow_inf_nan=False)]
Days = Annotated[float, Field(gt=0, le=MOST_DAYS, allow_inf_nan=False)]
Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Weight = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]


# Text --------------------------------------------------------------------------------------------------------------


def _text(value: object) -> object:
    if isinstance(value, (WrittenInteger, WrittenFloat)):
        return value.text
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def _not_blank(value: str) -> str:
    if not value.strip():
        raise broken(Finding(_("{key} is empty; it must be text.")))
    return value


Text = Annotated[
    str,
    BeforeValidator(_text),
    AfterValidator(_not_blank),
    WithJsonSchema({"type": ["string", "number"], "pattern": r"\S"}),
]
"""Text that is not blank; a number is taken as it is written."""


def _cell(value: object) -> object:
    return shown(value) if isinstance(value, bool) else value


def _as_list(value: object) -> object:
    return value if isinstance(value, (list, tuple, dict)) or value is None else (value,)


def doubles(values: Sequence[Any]) -> list[Finding]:
    """What is wrong with ``values`` that should all be different."""
    message = _("{key} is {value}, which is there already.")
    return [
        Finding(message, {"value": shown(value)}, within=(place,))
        for place, value in enumerate(values)
        if value in values[:place]
    ]


def all_different(values: Sequence[Any]) -> Sequence[Any]:
    """``values``, unless one of them is there twice."""
    if findings := doubles(values):
        raise broken(*findings)
    return values


UNIQUE = Field(json_schema_extra={"uniqueItems": True})
"""Says in the schema what :func:`all_different` checks; not where numbers are taken as text: 1 and 1.0 differ there."""

_CELL = {"type": ["string", "number", "boolean"], "pattern": r"\S"}
_Cell = Annotated[str, BeforeValidator(_cell), BeforeValidator(_text), AfterValidator(_not_blank)]
_Cells = Annotated[
    tuple[_Cell, ...],
    BeforeValidator(_as_list),
    Field(min_length=1),
    AfterValidator(all_different),
    WithJsonSchema({"anyOf": [_CELL, {"type": "array", "items": _CELL, "minItems": 1}]}),
]
Where = dict[Text, _Cells]
"""Leads selected by their columns: each column named has one of the values given, compared as text."""


# Words that others keep the list of --------------------------------------------------------------------------------


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _time_zone(value: str) -> str:
    if value not in _time_zones():
        raise broken(
            Finding(
                _("{key} is {found}, which is not a time zone."),
                {"found": shown(value)},
                nearest(value, _time_zones())
                or _("Write an IANA name, such as Europe/Paris, America/New_York or UTC."),
            )
        )
    return value


TimeZone = Annotated[str, AfterValidator(_time_zone)]
"""An IANA time zone."""


def _currency(value: str) -> str:
    known = get_global("all_currencies")
    if value not in known:
        raise broken(
            Finding(
                _("{key} is {found}, which is not a currency."),
                {"found": shown(value)},
                nearest(value, known) or _("Write its ISO 4217 code, such as EUR, USD or CHF."),
            )
        )
    return value


Currency = Annotated[str, AfterValidator(_currency), WithJsonSchema({"type": "string", "pattern": "^[A-Z]{3}$"})]
"""An ISO 4217 currency code."""


def _country(value: str) -> str:
    if value not in known_countries():
        raise broken(
            Finding(
                _("{key} is {found}, which is not a country whose public holidays are known."),
                {"found": shown(value)},
                nearest(value, known_countries()) or _("Write its two-letter ISO 3166 code, such as FR, BE or US."),
            )
        )
    return value


Country = Annotated[str, AfterValidator(_country), WithJsonSchema({"type": "string", "pattern": "^[A-Z]{2}$"})]
"""An ISO 3166-1 code of a country whose public holidays are known."""


# Days and hours ----------------------------------------------------------------------------------------------------


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
    loose = re.fullmatch(r"([0-9]{1,2}) ?(?:[h:.] ?)?([0-5][0-9])?", str(_text(value)).strip().lower())
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


# Attribution -------------------------------------------------------------------------------------------------------


def _text_or_mapping(value: object) -> object:
    if not isinstance(value, (str, dict)):
        raise broken(Finding(_("{key} is {found}; it must be text or a mapping."), {"found": shown(value)}))
    return value


def _without_writing(value: Any) -> Any:
    """Numbers without how they were written, lists as lists: what JSON would give."""
    match value:
        case dict():
            return {key: _without_writing(part) for key, part in value.items()}
        case list() | tuple():
            return [_without_writing(part) for part in value]
        case WrittenInteger():
            return int(value)
        case WrittenFloat():
            return float(value)
        case _:
            return value


AsWritten = Annotated[dict[str, Any], AfterValidator(_without_writing)]
"""A mapping that is kept, signed, and not yet read."""

AttributionRule = Annotated[
    str | dict[str, Any],
    BeforeValidator(_text_or_mapping),
    AfterValidator(_without_writing),
    WithJsonSchema({"type": ["string", "object"]}),
]
"""How money is credited to what led to it; kept as it is written, and not yet read."""
