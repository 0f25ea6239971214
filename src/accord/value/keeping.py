"""A value report that was made before, over the same data by the same rules, is read, not made again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from accord.late import Late
from accord.readmodel.finished import Finished
from accord.readmodel.source import Source
from accord.value import attribution_figures, figures, scenario_figures
from accord.value.figures import PeriodUnit, ValueReport

if TYPE_CHECKING:
    from accord.value import measure
    from accord.value.rates import Rates
else:
    measure = Late("accord.value.measure")

__all__ = ["valued"]

_PACKAGES = (".", "acceptance", "agreement", "clock", "engines", "metrics", "readmodel", "stats", "tables", "value")
"""Whose source it follows from."""

_REPORTS = Finished(ValueReport, (figures, attribution_figures, scenario_figures), _PACKAGES)


def valued(
    source: Source,
    *,
    by: Sequence[str] = (),
    period: PeriodUnit | None = None,
    start: date,
    end: date | None = None,
    rates: Rates | None = None,
    touches: bool = True,
) -> ValueReport:
    """The report of :func:`accord.value.measure.measure_value`; kept on the source's shelf.

    Meant for reports of few rows: one of thousands takes longer to read than to make.
    """
    worth = None if rates is None else (rates.into, rates.file, sorted(rates.table.items()))

    def make() -> ValueReport:
        return measure.measure_value(source, by=by, period=period, start=start, end=end, rates=rates, touches=touches)

    return _REPORTS.report(source, (tuple(by), period, start, end, worth, touches), make)
