"""The kinds of values the agreement holds: what each accepts, how it is kept, and what its JSON Schema says."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any
from zoneinfo import available_timezones

from babel.core import get_global
from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from accord.agreement.findings import Finding, broken, nearest, shown
from accord.clock.public_holidays import known_countries
from accord.language import gettext as _

__all__ = [
    "MOST_DAYS",
    "UNIQUE",
    "WHOLE",
    "AsWritten",
    "AttributionRule",
    "Country",
    "Currency",
    "Days",
    "Fraction",
    "Hours",
    "Text",
    "TimeZone",
    "Weight",
    "Where",
    "WrittenFloat",
    "WrittenInteger",
    "all_different",
    "as_text",
    "doubles",
]

MOST_DAYS = 366


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


def as_text(value: object) -> object:
    """A number as it was written; anything else as it is."""
    if isinstance(value, (WrittenInteger, WrittenFloat)):
        return value.text
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def _not_blank(value: str) -> str:
    if not value.strip():
        raise broken(Finding(_("{key} is empty; it must be text.")))
    return value


Text = Annotated[
    str,
    BeforeValidator(as_text),
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
_Cell = Annotated[str, BeforeValidator(_cell), BeforeValidator(as_text), AfterValidator(_not_blank)]
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
