"""Asks for every report that the page is made of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from accord.acceptance.figures import AcceptanceReport, PeriodUnit
from accord.acceptance.measure import measure
from accord.acceptance.segments import FEWEST_VALUES, IDENTIFIERS, MOST_VALUES, apart, usual_dimensions
from accord.agreement.model import Definition
from accord.readmodel.source import Source
from accord.report.acceptance.arrangement import arranged
from accord.report.acceptance.briefing import Briefing

__all__ = ["brief"]

_SHORT_SPAN = 8
"""Up to so many months are told week by week."""

_OPEN = 8
"""Of the dimensions nobody chose, so many tables lie open: the ones whose segments differ most. The rest is folded."""

_PEOPLE = "rep_id"
"""Never open unless somebody chose it: a page that goes round is no ranking of colleagues."""


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

    Without ``by``: a table for each of the agreement's segments, in its order; where it names none, for each of
    :func:`~accord.acceptance.segments.usual_dimensions`, those whose segments differ most first. A table has the 50
    largest segments, and two at least. Without ``period``: a trend by week, or by month when the data span more than
    eight of them.
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
    cuts = [cut(by)] if by else [cut((name,)) for name in usual_dimensions(source)]
    if not by:
        cuts = [report for report in cuts if len(report.answers[shown].rows) >= FEWEST_VALUES]
    chosen = bool(by or source.agreement.segments)
    if not chosen:
        cuts.sort(key=lambda report: (report.dimensions == (_PEOPLE,), _names_only(report), -apart(report)))
    tables = [arranged(report, "handed", 0 if by else MOST_VALUES) for report in cuts]
    describing = sum(report.dimensions != (_PEOPLE,) and not _names_only(report) for report in cuts)
    front = len(tables) if chosen else min(_OPEN, describing)
    return Briefing(
        definitions=everything,
        shown=shown,
        trend=trend,
        segments=tuple(table.report for table in tables[:front]),
        folded=tuple(table.report for table in tables[front:]),
        detail=cut(by, period) if by and period else None,
        left_away={table.report.dimensions: table.more_segments for table in tables if table.more_segments},
    )


def _names_only(report: AcceptanceReport) -> bool:
    return not IDENTIFIERS.isdisjoint(report.dimensions)
