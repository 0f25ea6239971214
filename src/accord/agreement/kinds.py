"""The kinds of values the agreement holds: what each accepts, how it is kept, and what its JSON Schema says."""

from __future__ import annotations

import re
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
    "MOST_POINTS",
    "MOST_WITHIN_DAYS",
    "UNIQUE",
    "WHOLE",
    "AttributionRule",
    "Cell",
    "Cells",
    "Country",
    "Currency",
    "Days",
    "Fraction",
    "Hours",
    "Identifier",
    "Number",
    "Points",
    "Text",
    "Threshold",
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
MOST_WITHIN_DAYS = 3660
"""Ten years: how far back a touch or a time of a lead can count."""


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
Number = Annotated[float, Field(allow_inf_nan=False)]
"""A number that a cell is compared with."""


def _two_decimals(value: float) -> float:
    # 0.1 + 0.2 is how a program writes 0.3, and nobody's fault.
    if abs(value * 100 - round(value * 100)) > 1e-6:
        rounded = f"{round(value, 2):g}"
        hint = _("Did you mean {near}?").format(near=rounded)
        raise broken(Finding(_("{key} is {found}; points have at most two decimals."), {"found": f"{value:g}"}, hint))
    return value


MOST_POINTS = 10_000
Points = Annotated[float, Field(ge=-MOST_POINTS, le=MOST_POINTS, allow_inf_nan=False), AfterValidator(_two_decimals)]
"""Points of a score, with at most two decimals; scores are added up in hundredths, so that all engines agree."""
Threshold = Annotated[float, Field(ge=0, le=MOST_POINTS, allow_inf_nan=False), AfterValidator(_two_decimals)]
"""Points that a score must reach: no score is below 0."""


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


_IDENTIFIER = r"^[a-z0-9_]{1,60}$"


def _identifier(value: str) -> str:
    if not re.fullmatch(_IDENTIFIER, value):
        near = re.sub(r"_+", "_", re.sub(r"[^a-z0-9]+", "_", value.casefold())).strip("_")[:60]
        hint = _("Did you mean {near}?").format(near=near) if near else None
        raise broken(
            Finding(
                _("{key} is {found}; it must be of small letters, digits and _, at most 60."),
                {"found": shown(value)},
                hint,
            )
        )
    return value


Identifier = Annotated[str, AfterValidator(_identifier), WithJsonSchema({"type": "string", "pattern": _IDENTIFIER})]
"""What programs call a part of the agreement."""


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

_CELL: dict[str, Any] = {"type": ["string", "number", "boolean"], "pattern": r"\S"}
_Cell = Annotated[str, BeforeValidator(_cell), BeforeValidator(as_text), AfterValidator(_not_blank)]
Cell = Annotated[_Cell, WithJsonSchema(_CELL)]
"""What a cell may hold, kept as text: a number as it is written, ``true`` and ``false`` as these words."""

Cells = Annotated[
    tuple[_Cell, ...],
    BeforeValidator(_as_list),
    Field(min_length=1),
    AfterValidator(all_different),
    WithJsonSchema({"anyOf": [_CELL, {"type": "array", "items": _CELL, "minItems": 1}]}),
]
"""One or several different cells."""

Where = dict[Text, Cells]
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


AttributionRule = Annotated[
    str | dict[str, Any],
    BeforeValidator(_text_or_mapping),
    AfterValidator(_without_writing),
    WithJsonSchema({"type": ["string", "object"]}),
]
"""How money is credited to what led to it; kept as it is written, see :mod:`accord.agreement.attribution`."""
