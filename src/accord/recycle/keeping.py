"""A report on recycling that was made before, over the same data by the same rules, is read, not made again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from accord.late import Late
from accord.readmodel.finished import Finished
from accord.readmodel.source import Source
from accord.recycle import figures as parts
from accord.recycle.figures import DEFAULT_HORIZON_DAYS, DEFAULT_LIMIT, PeriodUnit, RecycleReport
from accord.value import figures as value_figures

if TYPE_CHECKING:
    from accord.recycle import measure
else:
    measure = Late("accord.recycle.measure")

__all__ = ["recycled"]

MOST_LISTED = 1000
"""Leads worth following up; a longer list takes longer to read than to make."""

_PACKAGES = (".", "acceptance", "agreement", "clock", "engines", "metrics", "readmodel", "recycle", "stats", "tables")
"""Whose source it follows from."""

_REPORTS = Finished(RecycleReport, (parts, value_figures), (*_PACKAGES, "value"))


def recycled(
    source: Source,
    *,
    by: Sequence[str] = (),
    period: PeriodUnit | None = None,
    start: date | None = None,
    end: date | None = None,
    within_days: int = DEFAULT_HORIZON_DAYS,
    limit: int = DEFAULT_LIMIT,
) -> RecycleReport:
    """The report of :func:`accord.recycle.measure.measure_recycling`; kept on the source's shelf."""

    def make() -> RecycleReport:
        return measure.measure_recycling(
            source, by=by, period=period, start=start, end=end, within_days=within_days, limit=limit
        ).report

    if not 0 < limit <= MOST_LISTED:
        return make()
    return _REPORTS.report(source, (tuple(by), period, start, end, within_days, limit), make)
