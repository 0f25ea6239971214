"""Columns that a qualification speaks of and the leads do not have, and comparisons that no cell can meet."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from math import isfinite

from accord.agreement.coherence import conditions_of
from accord.agreement.conditions import Condition
from accord.agreement.findings import nearest, shown
from accord.agreement.load import AgreementFile
from accord.agreement.qualification import Qualification
from accord.agreement.source import KeyPath
from accord.errors import Fault
from accord.language import gettext as _

__all__ = ["field_faults", "unknown_column"]

NUMBERS = ("integer", "number")
TIMES = ("time", "date")

Words = Mapping[str, Sequence[str]]
"""Columns that hold certain words and no others."""


def field_faults(file: AgreementFile, kinds: Mapping[str, str], words: Words | None = None) -> tuple[Fault, ...]:
    """Every condition of the qualification on a column that is not there, or that can never hold there.

    ``kinds``: column → what it holds: text, integer, number, boolean, time or date. ``words``: columns that hold these
    words and no others.
    """
    said = file.agreement.qualification
    if said is None:
        return ()
    known = {**kinds, "account_size": "text"}
    return tuple(
        Fault(message, str(file.path), file.line(("qualification", *path)), hint)
        for path, message, hint in _complaints(said, known, words or {})
    )


def _complaints(
    said: Qualification, kinds: Mapping[str, str], allowed: Words
) -> Iterator[tuple[KeyPath, str, str | None]]:
    for path, condition in conditions_of(said):
        for place, comparison in condition.comparisons(path):
            name = comparison.field or ""
            if name not in kinds:
                yield (*place, "field"), *unknown_column(name, kinds)
            elif complaint := _never(comparison, kinds[name], allowed):
                yield (*place, "field"), *complaint
    for number, override in enumerate(said.overrides):
        for name, words in override.where.items():
            path = ("overrides", number, "where", name)
            if name not in kinds:
                yield path, *unknown_column(name, kinds)
            elif complaint := _no_such_value(name, words, kinds[name], allowed):
                yield path, *complaint


def unknown_column(name: str, known: Collection[str]) -> tuple[str, str]:
    """What is wrong with a name that no column has, and the nearest that one has."""
    message = _("{name} is not a column of the leads.").format(name=name)
    return message, nearest(name, known) or _("Known: {words}.").format(words=", ".join(sorted(known)))


def _never(condition: Condition, kind: str, allowed: Words) -> tuple[str, str | None] | None:
    """Why a comparison never holds in a column of that kind; None where it can."""
    values = {"field": condition.field}
    if condition.within_days is not None and kind not in TIMES:
        message = _("{field} holds no times, so within_days never holds.")
        return message.format(**values), _("Compare it with is, in or between.")
    by_size = condition.between is not None or condition.at_least is not None or condition.at_most is not None
    if by_size and kind not in NUMBERS:
        message = _("{field} holds no numbers, so it is never between two.")
        return message.format(**values), _("Compare it with is or in.")
    words = condition.one_of or (() if condition.equal_to is None else (condition.equal_to,))
    if (words or condition.in_list is not None) and kind in TIMES:
        return _("{field} holds times, which is and in do not compare.").format(**values), _("Use within_days.")
    return _no_such_value(condition.field or "", words, kind, allowed)


def _no_such_value(field: str, words: Sequence[str], kind: str, allowed: Words) -> tuple[str, str | None] | None:
    """The first of the words that a column of that kind never holds, and what it does hold."""
    held = allowed.get(field, ())
    for word in words:
        values = {"field": field, "found": shown(word)}
        if kind == "boolean" and word not in ("true", "false"):
            message = _("{field} holds true and false only, never {found}.")
            return message.format(**values), _("Write true or false.")
        if kind in NUMBERS and not _is_number(word):
            return _("{field} holds numbers only, never {found}.").format(**values), _("Write a number.")
        if held and word not in held:
            message = _("{field} never holds {found}; it holds {words}.")
            return message.format(**values, words=", ".join(held)), nearest(word, held)
    return None


def _is_number(word: str) -> bool:
    try:
        return isfinite(float(word))
    except ValueError:
        return False
