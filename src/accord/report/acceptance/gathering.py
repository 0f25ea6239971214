"""Asks for every report that the page is made of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from accord.acceptance.figures import AcceptanceReport, PeriodUnit
from accord.acceptance.measure import dimensions_of, measure
from accord.agreement.model import Definition
from accord.readmodel.source import Source
from accord.report.acceptance.arrangement import arranged
from accord.report.acceptance.briefing import Briefing

__all__ = ["brief"]

_SHORT_SPAN = 8
"""Up to so many months are told week by week."""

_USUAL = ("channel", "origin", "lead_type", "sector", "account_size", "territory", "country", "band", "team")
"""The dimensions of a page nobody chose for. Reps are left out: a page that goes round is no ranking of colleagues."""

_VALUES = range(2, 51)
"""How many values a dimension must have to be worth a table."""


def brief(
    source: Source,
    *,
    by: Sequence[str] = (),
    period: PeriodUnit | None = None,
    start: date | None = None,
    end: date | None = None,
    definition: Definition | None = None,
) -> Briefing:
    """Everything the page tells about the handoffs in [``start``, ``end``).

    Without ``by``: a table for each usual dimension, or for the agreement's own, that has 2 to 50 values. Without
    ``period``: a trend by week, or by month when the data span more than eight of them.
    """
    everything = measure(source, start=start, end=end, definition="all")
    shown = definition or everything.chosen

    def cut(dimensions: Sequence[str], unit: PeriodUnit | None = None) -> AcceptanceReport:
        return measure(source, by=dimensions, period=unit, start=start, end=end, definition=shown)

    if period is None:
        trend = cut((), "month")
        if len(trend.answers[shown].rows) <= _SHORT_SPAN:
            trend = cut((), "week")
    else:
        trend = cut((), period)
    if by:
        segments = [cut(by)]
    else:
        there = dimensions_of(source.episodes)
        wanted = source.agreement.segments or _USUAL
        segments = [cut((name,)) for name in wanted if name in there]
        segments = [report for report in segments if len(report.answers[shown].rows) in _VALUES]
    return Briefing(
        definitions=everything,
        shown=shown,
        trend=trend,
        segments=tuple(arranged(report, "handed").report for report in segments),
        detail=cut(by, period) if by and period else None,
    )
