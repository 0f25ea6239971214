"""What the figures, severities and grades of an audit are called, and its commands; translated when they are shown."""

from __future__ import annotations

from collections.abc import Mapping

from accord.audit.figures import Audited
from accord.audit.report import Grade, Severity
from accord.language import mark, ngettext
from accord.report import formats
from accord.typed import as_typed

__all__ = ["FIGURES", "GRADES", "SEVERITIES", "TABLES", "commands", "rows_named"]

FIGURES: Mapping[Audited, str] = {
    Audited.RAW_RATE: mark("Raw rate"),
    Audited.RATE: mark("Acceptance rate"),
    Audited.WITHIN: mark("Accepted within the promises"),
    Audited.BUSINESS_WITHIN: mark("Accepted within the promises in open hours"),
    Audited.ANSWERED_WITHIN: mark("Answered within the promises"),
    Audited.DELAY: mark("Delays"),
    Audited.BUSINESS_DELAY: mark("Delays in open hours"),
    Audited.WEIGHTED_DELAY: mark("Weighted handling delay"),
    Audited.GHOST: mark("Accepted, then left alone"),
    Audited.SILENT: mark("Worked but never decided"),
    Audited.TOKEN: mark("Accepted with one token call"),
    Audited.NEVER_WORKED: mark("Never touched by sales"),
    Audited.BY_SEGMENT: mark("Segments of leads"),
    Audited.BY_REP: mark("Figures by rep"),
    Audited.BY_TEAM: mark("Figures by team"),
    Audited.REASONS: mark("Reasons for refusal"),
    Audited.CONVERSION: mark("Conversion to customers"),
    Audited.REVENUE: mark("Revenue"),
    Audited.COST: mark("Cost"),
}

COMMANDS: Mapping[str, str] = {
    "init": "init",
    "propose": "agreement propose",
    "sign": "agreement sign",
    "recycle": "recycle",
    "quarantine": "quarantine --csv mend.csv",
    "mend": "import mend.csv",
}
"""Commands that the sentences of checks name, as they are typed after ``accord``."""

SEVERITIES: Mapping[Severity, str] = {
    Severity.CRITICAL: mark("critical"),
    Severity.MAJOR: mark("major"),
    Severity.MINOR: mark("minor"),
    Severity.NOTE: mark("note"),
}

GRADES: Mapping[Grade, str] = {
    "A": mark("sound"),
    "B": mark("good enough to decide on"),
    "C": mark("read it with what was found beside it"),
    "D": mark("do not decide on it yet"),
}

TABLES: Mapping[str, str] = {
    "leads": mark("leads"),
    "touches": mark("touches"),
    "handoffs": mark("handoffs"),
    "decisions": mark("decisions"),
    "activities": mark("activities"),
    "opportunities": mark("opportunities"),
    "orders": mark("orders"),
    "spend": mark("rows of spend"),
    "reps": mark("reps"),
    "work": mark("decisions and activities"),
}
"""The tables of the contract, and decisions and activities together, as a person calls what is in them."""


def rows_named(table: str, count: int) -> str:
    """``count`` rows of one of :data:`TABLES`, in the reader's language: 1 handoff, 2 handoffs."""
    named = {
        "leads": ngettext("{n} lead", "{n} leads", count),
        "touches": ngettext("{n} touch", "{n} touches", count),
        "handoffs": ngettext("{n} handoff", "{n} handoffs", count),
        "decisions": ngettext("{n} decision", "{n} decisions", count),
        "activities": ngettext("{n} activity", "{n} activities", count),
        "opportunities": ngettext("{n} opportunity", "{n} opportunities", count),
        "orders": ngettext("{n} order", "{n} orders", count),
        "spend": ngettext("{n} row of spend", "{n} rows of spend", count),
        "reps": ngettext("{n} rep", "{n} reps", count),
        "work": ngettext("{n} decision or activity", "{n} decisions and activities", count),
    }
    return named[table].format(n=formats.count(count))


def commands() -> dict[str, str]:
    """The commands that sentences of checks name, as one would type them here."""
    return {name: as_typed(words) for name, words in COMMANDS.items()}
