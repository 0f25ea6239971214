"""The reports that a page on what leads are worth is drawn from, asked of one open source."""

from __future__ import annotations

from typing import Any

from accord.audit.figures import Audited
from accord.readmodel.source import Source
from accord.report.audit.grading import Grading
from accord.report.value.page import ValuePages
from accord.value.figures import ValueReport
from accord.value.measure import measure_value

__all__ = ["doubts_about", "value_pages"]

GRADED = (Audited.CONVERSION, Audited.COST, Audited.REVENUE)
"""What an audit grades of what this report tells."""


def value_pages(source: Source, report: ValueReport, asked: dict[str, Any], grading: Grading | None) -> ValuePages:
    """``report`` was measured as ``asked``; the same leads by channel and by cohort are measured beside it."""
    plain = {name: value for name, value in asked.items() if name not in {"by", "period", "suppose"}}
    by_channel, by_cohort = (("channel",), None), ((), report.period or "quarter")
    channels, cohorts = (
        report
        if (report.dimensions, report.period) == (by, period)
        else measure_value(source, **plain, by=by, period=period)
        for by, period in (by_channel, by_cohort)
    )
    return ValuePages(report, channels, cohorts, tuple(doubts_about(report, grading)))


def doubts_about(report: ValueReport, grading: Grading | None) -> list[str]:
    """What an audit says of the figures, a sentence each; nothing where it finds them sound or was never made.

    An audit knows no rates: where every currency was converted, what it says of foreign ones is no doubt here.
    """
    if grading is None:
        return []
    lowered = (grading.lowered or {}).get(report.definition, {})
    converted = not any(left.reason == "no_rate" for left in report.left_out)
    figures = [
        figure
        for figure in GRADED
        if not (converted and figure in lowered and lowered[figure].because == "foreign_currency")
    ]
    return grading.notes(figures, report.definition)
