"""A condition of the agreement in words: what must hold of a lead, said as one would say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from babel.numbers import format_decimal

from accord.language import current_language
from accord.language import gettext as _
from accord.report import formats
from accord.report.words import dimension_name, value_name

__all__ = ["cell_words", "condition_words", "fact_words", "number", "selection_words"]


def condition_words(condition: Mapping[str, Any]) -> str:
    """``{field: employees, between: [50, 999]}`` → "employees from 50 to 999"."""
    match condition:
        case {"all": parts}:
            return _joined(parts, _(" and "))
        case {"any": parts}:
            return _joined(parts, _(" or "))
        case {"not": part}:
            return _("not ({condition})").format(condition=condition_words(part))
        case {"field": field, **comparison}:
            return _compared(str(field), comparison)
        case _:
            return str(dict(condition))


def selection_words(where: Mapping[str, Sequence[str]]) -> str:
    """``{sector: [health, software]}`` → "sector health or software"."""
    return _(" and ").join(
        f"{dimension_name(field)} {_(' or ').join(value_name(field, value) for value in values)}"
        for field, values in where.items()
    )


def number(value: float) -> str:
    """A number with as many decimals as it has, as the reader's language writes it, with a real minus sign."""
    return format_decimal(value, "#,##0.######", locale=current_language()).replace("-", "−")


def _joined(parts: Sequence[Mapping[str, Any]], word: str) -> str:
    said = [condition_words(part) for part in parts]
    within = [
        f"({words})"
        if len(parts) > 1 and ("all" in part or "any" in part) and len(next(iter(part.values()))) > 1
        else words
        for part, words in zip(parts, said, strict=True)
    ]
    return word.join(within)


def _compared(field: str, comparison: Mapping[str, Any]) -> str:
    sentences = {
        "is": _("{field} is {value}"),
        "in": _("{field} is {value}"),
        "in_list": _("{field} is in the list {value}"),
        "between": _("{field} from {low} to {high}"),
        "at_least": _("{field} at least {value}"),
        "at_most": _("{field} at most {value}"),
        "exists": _("{field} is known") if comparison.get("exists") else _("{field} is not known"),
        "within_days": _("{field} within the last {value} days"),
    }
    (form, value), *_rest = comparison.items()
    said = {"field": dimension_name(field), "value": _cell(_named(field, value) if form in ("is", "in") else value)}
    if form == "between":
        low, high = value
        said |= {"low": _cell(low), "high": _cell(high)}
    return sentences[form].format(**said)


def _named(field: str, value: object) -> object:
    """Values that the reader's language has words for, in these words."""
    if isinstance(value, (list, tuple)):
        return [_named(field, each) for each in value]
    return value_name(field, value) if isinstance(value, str) else value


def _cell(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return _(" or ").join(map(str, value))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return number(value)
    return str(value)


def fact_words(field: str, value: object) -> str:
    """What a lead holds in a column, both in the reader's words where they have any: "job function: maintenance"."""
    shown = value_name(field, value) if isinstance(value, str) else cell_words(value)
    return _("{field}: {value}").format(field=dimension_name(field), value=shown)


def cell_words(value: object) -> str:
    """What a column of a lead holds, as the reader's language writes it."""
    if value is None:
        return _("empty")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, (int, float)):
        return number(value)
    if isinstance(value, date):
        return formats.day(value.date() if isinstance(value, datetime) else value)
    return str(value)
