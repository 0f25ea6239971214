"""Values of an agreement in words: with their unit, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from accord.agreement.listing import written
from accord.language import current_language, ngettext
from accord.language import gettext as _
from accord.report.agreement.keys import Unit
from accord.report.axis_names import axis_name
from accord.report.condition_words import condition_words, number, selection_words
from accord.values import Json

__all__ = ["bare", "called", "quoted", "value_words"]


def value_words(value: Json, unit: Unit) -> str:
    """20 points, 30 days, 55%, "employees from 50 to 999"; "none" where there is nothing."""
    if value is None:
        return _("as the data allow") if unit == "rule" else _("none")
    if isinstance(value, dict) and unit == "selection":
        return selection_words(value) or _("all leads")  # type: ignore[arg-type]  # its values are lists of text
    if isinstance(value, dict) and unit == "condition":
        return condition_words(value)
    count = _deciding(value) if isinstance(value, (int, float)) else 2
    patterns = {
        "days": ngettext("{n} day", "{n} days", count),
        "hours": _("{n} h"),
        "seconds": _("{n} s"),
        "points": ngettext("{n} point", "{n} points", count),
        "leads": ngettext("{n} lead", "{n} leads", count),
        "percentage_points": ngettext("{n} percentage point", "{n} percentage points", count),
    }
    return patterns.get(unit, "{n}").format(n=bare(value, unit))


def bare(value: Json, unit: Unit) -> str:
    """The value without the word of its unit, where another value beside it carries that."""
    match value:
        case bool():
            text = _("yes") if value else _("no")
        case int() | float():
            text = _("{n}%").format(n=number(round(value * 100, 6))) if unit == "share" else number(value)
        case list():
            text = ", ".join(written(part) if isinstance(part, list) else bare(part, unit) for part in value) or _(
                "none"
            )
        case {"en": english, "fr": french}:
            text = quoted(str(french if current_language() == "fr" else english))
        case {"where": dict() as where, "team": team, "rep_id": rep}:
            leads = selection_words(where) or _("all leads")
            text = _("{leads} → {whom}").format(leads=leads, whom=team or rep)
        case dict():
            text = written(value)
        case _:
            text = axis_name(str(value)) if unit == "axis" else str(value)
    return text


def quoted(text: str) -> str:
    """Somebody's own words, in the marks of the reader's language."""
    return _("“{words}”").format(words=text)


def called(name: str, labels: Mapping[str, Mapping[str, str]]) -> str:
    """What people call an item, in the reader's language; with its id where another is called the same, and by its id
    alone where it has no label.
    """
    if name not in labels:
        return name
    language = current_language()
    label = labels[name][language]
    alone = sum(other[language] == label for other in labels.values()) == 1
    return quoted(label) if alone else f"{quoted(label)} ({name})"


def _deciding(amount: float) -> int:
    """The count that decides the form: 1.5 and −3 are several in English; in French what is below two is one."""
    size = abs(amount)
    singular = size < 2 if current_language() == "fr" else size == 1
    return 1 if singular else 2
