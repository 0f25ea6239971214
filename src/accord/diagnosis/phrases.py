"""How segments, people, numbers and days are spoken of in the sentences of a diagnosis, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from babel.dates import format_date
from babel.numbers import format_decimal

from accord.language import LANGUAGES, both, mark
from accord.metrics.cells import MISSING
from accord.tables.dimensions import DIMENSION_LABELS

__all__ = [
    "PEOPLE",
    "Said",
    "around",
    "between",
    "columns_called",
    "filled",
    "leads_of",
    "number",
    "people_of",
    "span",
    "the_day",
]

Said = Mapping[str, str]
"""One text per language."""

PEOPLE = ("rep_id", "team")

OF_LEADS: Mapping[str, str] = {
    "team": mark("of team {value}"),
    "rep_id": mark("of rep {value}"),
    "channel": mark("from channel {value}"),
    "campaign": mark("from campaign {value}"),
    "origin": mark("of origin {value}"),
    "lead_type": mark("of type {value}"),
    "sector": mark("in sector {value}"),
    "country": mark("in country {value}"),
    "territory": mark("in territory {value}"),
    "job_function": mark("with function {value}"),
    "seniority": mark("at level {value}"),
    "account_size": mark("of company size {value}"),
    "band": mark("in band {value}"),
    "need": mark("with need {value}"),
    "language": mark("in language {value}"),
}
"""How leads of a value are called, after the word leads."""

OTHERWISE = mark("with {name} {value}")
WITHOUT = mark("without {name}")
TRULY = {
    ("decision_maker", "true"): mark("with a decision maker"),
    ("decision_maker", "false"): mark("without a decision maker"),
}

ON = mark("on {day}")
AROUND = mark("around {day} (between {low} and {high})")
IN_THE_WEEK = mark("in the week of {day}")
BETWEEN = mark("between {low} and {high}")

DAYS, WEEKS, A_DAY = mark("{days} days"), mark("{weeks} weeks"), mark("one day")

A_WEEK = 7

OF_PEOPLE: Mapping[str, str] = {"rep_id": mark("rep {value}"), "team": mark("team {value}")}


def leads_of(where: Mapping[str, str]) -> Said:
    """What follows the word leads: "of type webinar, in country FR". The stored values are never translated."""
    parts = [_part(name, value) for name, value in where.items()]
    return {language: ", ".join(part[language] for part in parts) for language in LANGUAGES}


def people_of(where: Mapping[str, str]) -> Said:
    """Who it is about, and with which leads where it is about some alone: "rep R7, leads of type webinar"."""
    named = [both(OF_PEOPLE[name], value=value) for name, value in where.items() if name in PEOPLE]
    rest = {name: value for name, value in where.items() if name not in PEOPLE}
    if rest:
        told = leads_of(rest)
        named.append({language: f"leads {told[language]}" for language in LANGUAGES})
    return {language: ", ".join(part[language] for part in named) for language in LANGUAGES}


def columns_called(names: Sequence[str], *, beginning: bool = False) -> Said:
    """Columns by their names, one after the other; one of the company's own keeps the name it has there.

    ``beginning``: at the beginning of a sentence.
    """
    said: dict[str, str] = {}
    for language in LANGUAGES:
        told = [both(DIMENSION_LABELS[name])[language] if name in DIMENSION_LABELS else name for name in names]
        first = told[0][:1].upper() + told[0][1:] if beginning and names[0] in DIMENSION_LABELS else told[0]
        said[language] = ", ".join([first, *told[1:]])
    return said


def number(value: float, digits: int = 0) -> Said:
    """1,234 · 1 234."""
    pattern = f"#,##0.{'#' * digits}" if digits else "#,##0"
    return {language: format_decimal(round(value, digits), pattern, locale=language) for language in LANGUAGES}


def span(days: int) -> Said:
    """How long so many days are: 13 weeks; what is not two weeks yet, in days."""
    if days < 2 * A_WEEK:
        return both(A_DAY) if days == 1 else both(DAYS, days=days)
    return filled(WEEKS, {"weeks": number(round(days / A_WEEK))})


def the_day(day: date) -> Said:
    """20 April 2026 · 20 avril 2026."""
    texts = {language: format_date(day, "d MMMM y", locale=language) for language in LANGUAGES}
    if texts["fr"].startswith("1 "):
        texts["fr"] = f"1er{texts['fr'][1:]}"
    return texts


def around(day: date | None, low: date | None, high: date | None) -> Said:
    """On 20 April 2026; or around it, with the days between which it lies."""
    assert day is not None
    if low is None or high is None or low == high:
        return filled(ON, {"day": the_day(day)})
    return filled(AROUND, {"day": the_day(day), "low": the_day(low), "high": the_day(high)})


def between(day: date | None, low: date | None, high: date | None) -> Said:
    """Where to look for what changed: the week of ``day`` where no other may be it, else the days it lies between.

    From a Friday to the Monday after are four days, and two weeks: to name the second alone would send people past it.
    """
    assert day is not None
    if low is None or high is None or low.isocalendar()[:2] == high.isocalendar()[:2]:
        return filled(IN_THE_WEEK, {"day": the_day(day)})
    return filled(BETWEEN, {"low": the_day(low), "high": the_day(high)})


def filled(message: str, values: Mapping[str, object]) -> dict[str, str]:
    """``message`` in both languages, filled with values that may differ by language themselves."""
    texts = {}
    for language in LANGUAGES:
        here = {name: value[language] if isinstance(value, Mapping) else value for name, value in values.items()}
        texts[language] = both(message, **here)[language]
    return texts


def _part(name: str, value: str) -> Said:
    if value == MISSING:
        return both(WITHOUT, name=name)
    if (name, value) in TRULY:
        return both(TRULY[name, value])
    return both(OF_LEADS.get(name, OTHERWISE), name=name, value=value)
