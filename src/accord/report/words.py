"""What things are called: definitions, figures, dimensions, values, reasons. Translated when they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from accord.agreement.model import Definition
from accord.language import gettext as _
from accord.language import mark
from accord.tables.dimensions import DIMENSION_LABELS
from accord.values import Reason

__all__ = [
    "CHECKS",
    "DEFINITIONS",
    "GLOSSARY",
    "OUTCOMES",
    "CheckWords",
    "definition_meaning",
    "definition_name",
    "dimension_heading",
    "dimension_name",
    "value_name",
    "why_unknown",
]


@dataclass(frozen=True, slots=True)
class CheckWords:
    """How a figure that tells whether acceptance is real is shown: its label, its technical name, what it means."""

    figure: Literal["ghost", "silent", "token", "never_worked"]
    label: str
    name: str
    meaning: str


CHECKS: tuple[CheckWords, ...] = (
    CheckWords(
        "ghost",
        mark("Accepted, then left alone"),
        mark("ghost"),
        mark("Acceptances that no real action followed in the days agreed, of all acceptances at least that old."),
    ),
    CheckWords(
        "token",
        mark("Accepted with one token call"),
        mark("token"),
        mark("Acceptances whose only effort was one call, short or unanswered, of those with any activity recorded."),
    ),
    CheckWords(
        "silent",
        mark("Worked but never decided"),
        mark("silent"),
        mark("Leads that sales really worked without ever saying yes or no, of all leads worked whose time is over."),
    ),
    CheckWords(
        "never_worked",
        mark("Never touched by sales"),
        mark("never worked"),
        mark("Leads without any activity of sales at all, of all leads whose time is over."),
    ),
)
"""The figures that tell whether acceptance is real, in the order in which they are shown."""

OUTCOMES: tuple[tuple[Literal["accepted", "rejected", "expired", "open"], str], ...] = (
    ("accepted", mark("accepted")),
    ("rejected", mark("rejected")),
    ("expired", mark("expired")),
    ("open", mark("still open")),
)
"""What can become of a lead that was handed over; the four add up to all of them."""

DEFINITIONS: Mapping[Definition, tuple[str, str]] = {
    "explicit": (mark("explicit"), mark("the first decision that sales recorded is “accepted”")),
    "action": (
        mark("action"),
        mark("sales took a first real action: a call, an e-mail, a meeting, a message or a visit"),
    ),
    "worked": (mark("worked"), mark("sales said “accepted” and then really worked the lead")),
    "tacit": (mark("tacit"), mark("sales did not refuse the lead within the time agreed")),
}
"""Name and meaning of each definition of acceptance."""

GLOSSARY: tuple[tuple[str, str, str], ...] = (
    (
        "rate",
        mark("Acceptance rate"),
        mark(
            "The share of leads handed over that sales accepts by the end of the window. Leads that are still open are "
            "followed for as long as they have been there, so that recent weeks neither drag the rate down nor lift it."
        ),
    ),
    (
        "raw",
        mark("Raw rate"),
        mark("Accepted divided by handed over, today. It can only grow while leads are open; its range says how far."),
    ),
    (
        "interval",
        mark("95% interval"),
        mark(
            "Where the true figure lies, as far as so many leads can tell: of a hundred such intervals, about "
            "ninety-five hold it. Two figures whose intervals overlap widely may well be equal."
        ),
    ),
    ("n", mark("n"), mark("The number of leads a figure rests on. Below ten, no figure is given.")),
    (
        "shrunk",
        mark("Smoothed rate"),
        mark(
            "The rate of a small segment drawn towards the other segments of its dimension, as much as its size calls "
            "for: the better guess for what it will do next."
        ),
    ),
    (
        "expired",
        mark("Expired"),
        mark("The window ended, or the lead was handed over again, without an answer from sales."),
    ),
    (
        "open",
        mark("Still open"),
        mark("Not answered yet, and still within its window: the figures of such a row can change."),
    ),
)
"""Anchor, term and meaning, for whoever reads a report for the first time."""

_VALUES: Mapping[tuple[str, str], str] = {
    ("account_size", "micro"): mark("micro"),
    ("account_size", "small"): mark("small"),
    ("account_size", "medium"): mark("medium"),
    ("account_size", "large"): mark("large"),
    ("account_size", "enterprise"): mark("enterprise"),
    ("need", "none"): mark("no need"),
    ("need", "exploring"): mark("exploring"),
    ("need", "defined"): mark("defined"),
    ("need", "urgent"): mark("urgent"),
    ("decision_maker", "true"): mark("yes"),
    ("decision_maker", "false"): mark("no"),
}

_RECORDS_NEEDED: Mapping[str, str] = {
    "ghost": mark("it takes decisions and activities of sales, and they are not both recorded"),
    "token": mark("it takes decisions and activities of sales, and they are not both recorded"),
    "silent": mark("it takes decisions and activities of sales, and they are not both recorded"),
    "never_worked": mark("no activity of sales is recorded"),
    "weighted_delay_hours": mark("no score band and no need is recorded"),
}


def definition_name(definition: Definition) -> str:
    """What a definition of acceptance is called."""
    return _(DEFINITIONS[definition][0])


def definition_meaning(definition: Definition) -> str:
    """What has to happen for a lead to be accepted; the continuation of "accepted means that …"."""
    return _(DEFINITIONS[definition][1])


def dimension_name(dimension: str) -> str:
    """What a dimension is called within a sentence; a column of the company's own keeps the name it has there."""
    label = DIMENSION_LABELS.get(dimension)
    return _(label) if label else dimension


def dimension_heading(dimension: str) -> str:
    """What a dimension is called at the head of a column."""
    name = dimension_name(dimension)
    return name[:1].upper() + name[1:] if dimension in DIMENSION_LABELS else name


def value_name(dimension: str, value: str) -> str:
    """What a stored value is called on a page; the company's own values stay as they are."""
    if value == "(none)":
        return _("(none)")
    label = _VALUES.get((dimension, value))
    return _(label) if label else value


def why_unknown(figure: str, reason: Reason, need: int | None) -> str:
    """A clause that says why there is no figure and what would give one."""
    if reason is Reason.TOO_FEW:
        return _("too few cases to say; {need} are needed").format(need=need or 10)
    if reason is Reason.NOT_RECORDED:
        return _(_RECORDS_NEEDED[figure]) if figure in _RECORDS_NEEDED else _("the data do not record what it needs")
    if reason is Reason.NOT_MATURE:
        return _("the leads have not been followed for long enough yet")
    return _("the data cannot tell it apart from something else")
