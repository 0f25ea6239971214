"""Columns that a qualification speaks of and the leads do not have, and comparisons that no cell can meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from accord.agreement.coherence import conditions_of
from accord.agreement.conditions import Condition
from accord.agreement.findings import nearest, shown
from accord.agreement.load import AgreementFile
from accord.agreement.qualification import Qualification
from accord.agreement.source import KeyPath
from accord.errors import Fault
from accord.language import gettext as _

__all__ = ["field_faults"]

NUMBERS = ("integer", "number")
TIMES = ("time", "date")


def field_faults(file: AgreementFile, kinds: Mapping[str, str]) -> tuple[Fault, ...]:
    """Every condition of the qualification on a column that is not there, or that can never hold there.

    ``kinds``: column → what it holds: text, integer, number, boolean, time or date.
    """
    said = file.agreement.qualification
    if said is None:
        return ()
    known = {**kinds, "account_size": "text"}
    return tuple(
        Fault(message, str(file.path), file.line(("qualification", *path)), hint)
        for path, message, hint in _complaints(said, known)
    )


def _complaints(said: Qualification, kinds: Mapping[str, str]) -> Iterator[tuple[KeyPath, str, str | None]]:
    for path, condition in conditions_of(said):
        for place, comparison in condition.comparisons(path):
            name = comparison.field or ""
            if name not in kinds:
                yield (*place, "field"), *_unknown(name, kinds)
            elif complaint := _never(comparison, kinds[name]):
                yield (*place, "field"), *complaint
    for number, override in enumerate(said.overrides):
        for name in override.where:
            if name not in kinds:
                yield ("overrides", number, "where", name), *_unknown(name, kinds)


def _unknown(name: str, kinds: Mapping[str, str]) -> tuple[str, str]:
    message = _("{name} is not a column of the leads.").format(name=name)
    return message, nearest(name, kinds) or _("Known: {words}.").format(words=", ".join(sorted(kinds)))


def _never(condition: Condition, kind: str) -> tuple[str, str | None] | None:
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
    if kind == "boolean":
        for word in words:
            if word not in ("true", "false"):
                message = _("{field} holds true and false only, never {found}.")
                return message.format(**values, found=shown(word)), _("Write true or false.")
    return None
