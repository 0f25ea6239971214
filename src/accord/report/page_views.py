"""What the page shows, written out: every number already a text in the reader's language, every place a percentage.

The template only lays these out. Places are in percent of a drawing's width, as SVG reads them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accord.acceptance.figures import AcceptanceAnswer, AcceptanceReport, AcceptanceRow
from accord.language import gettext as _
from accord.report import formats
from accord.report.sentences import table_title
from accord.report.words import (
    CHECKS,
    OUTCOMES,
    definition_meaning,
    definition_name,
    dimension_heading,
    value_name,
    why_unknown,
)
from accord.values import Figure, Unknown

__all__ = [
    "DelayView",
    "FigureView",
    "LabelledView",
    "OutcomeView",
    "PromiseView",
    "RowView",
    "TableView",
    "checks",
    "definitions",
    "delays",
    "figure_view",
    "nothing_known",
    "outcomes",
    "promises",
    "row_table",
]


@dataclass(frozen=True, slots=True)
class FigureView:
    """A figure as it is shown; where it is unknown, ``text`` and ``interval`` are empty and ``reason`` says why."""

    text: str = ""
    interval: str = ""
    n: str = ""
    low: float = 0
    value: float = 0
    high: float = 0
    dates: str = ""
    reason: str = ""

    @property
    def known(self) -> bool:
        """Whether there is a figure."""
        return not self.reason


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """One thing that can become of a lead: its place in the bar, and its parts."""

    name: str
    label: str
    count: str
    start: float
    width: float
    parts: str


@dataclass(frozen=True, slots=True)
class PromiseView:
    """A promise and how it was kept: accepted, accepted in open hours, answered."""

    label: str
    figures: tuple[FigureView, ...]


@dataclass(frozen=True, slots=True)
class DelayView:
    """A clock and its delays: half, 9 in 10, 19 in 20 accepted within."""

    label: str
    figures: tuple[FigureView, ...]


@dataclass(frozen=True, slots=True)
class LabelledView:
    """A figure with what it is called and what it means; ``marked`` when it is the one that counts."""

    label: str
    meaning: str
    figure: FigureView
    marked: bool = False


@dataclass(frozen=True, slots=True)
class RowView:
    """A segment or a period."""

    names: tuple[str, ...]
    handed: str
    rate: FigureView
    within: FigureView
    half: FigureView
    shrunk: FigureView
    open: str
    ripe: bool


@dataclass(frozen=True, slots=True)
class TableView:
    """A table of rows; ``headings`` name the first columns, ``promise`` the one about a promise."""

    title: str
    headings: tuple[str, ...]
    promise: str
    rows: tuple[RowView, ...]

    @property
    def any_open(self) -> bool:
        """Whether any row can still change."""
        return any(not row.ripe for row in self.rows)

    @property
    def any_rate(self) -> bool:
        """Whether anything is drawn."""
        return any(row.rate.known for row in self.rows)

    @property
    def any_shrunk(self) -> bool:
        """Whether shrunk rates say more than the rates do."""
        return any(row.shrunk.known for row in self.rows)

    @property
    def any_within(self) -> bool:
        """Whether it is known how the promise was kept."""
        return any(row.within.known for row in self.rows)

    @property
    def any_half(self) -> bool:
        """Whether any delay is known."""
        return any(row.half.known for row in self.rows)


def figure_view(figure: Figure, name: str = "") -> FigureView:
    """A share."""
    if isinstance(figure, Unknown):
        return FigureView(reason=why_unknown(name, figure.reason, figure.need))
    dates = ""
    if figure.date_bounds is not None:
        dates = _("{low} to {high} for want of hours in some dates").format(
            low=formats.percent(figure.date_bounds.low), high=formats.percent(figure.date_bounds.high)
        )
    return FigureView(
        formats.share(figure),
        formats.share_interval(figure),
        formats.n(figure.n),
        _place(figure.low),
        _place(figure.value),
        _place(figure.high),
        dates,
    )


def delay_view(figure: Figure, *, in_days: bool = True) -> FigureView:
    """A delay in hours."""
    if isinstance(figure, Unknown):
        return FigureView(reason=why_unknown("delay_hours", figure.reason, figure.need))
    interval = formats.delay_interval(figure, in_days=in_days)
    return FigureView(formats.delay(figure.value, in_days=in_days), interval, formats.n(figure.n))


def nothing_known(figures: Sequence[FigureView]) -> str:
    """Why none of the figures is known; empty when one is."""
    return "" if any(figure.known for figure in figures) else figures[0].reason


def outcomes(totals: AcceptanceRow) -> list[OutcomeView]:
    """The four outcomes, side by side in one bar."""
    parts = {
        "rejected": _parts((_("disqualified {n}"), totals.disqualified), (_("recycled {n}"), totals.recycled)),
        "expired": _parts((_("handed over again {n}"), totals.superseded)),
    }
    views, start = [], 0.0
    for name, label in OUTCOMES:
        number: int = getattr(totals, name)
        width = 100 * number / totals.handed if totals.handed else 0.0
        views.append(
            OutcomeView(name, _(label), formats.count(number), round(start, 3), round(width, 3), parts.get(name, ""))
        )
        start += width
    return views


def _parts(*parts: tuple[str, int]) -> str:
    return ", ".join(text.format(n=formats.count(number)) for text, number in parts if number)


def promises(totals: AcceptanceRow) -> list[PromiseView]:
    """A row per promise."""
    measures = (totals.within, totals.business_within, totals.answered_within)
    return [
        PromiseView(
            _("within {delay}").format(delay=formats.promise_name(promise)),
            tuple(figure_view(figures[promise], "within") for figures in measures),
        )
        for promise in totals.within
    ]


def delays(totals: AcceptanceRow) -> list[DelayView]:
    """A row per clock."""
    clocks: tuple[tuple[str, Mapping[str, Figure], bool], ...] = (
        (_("elapsed time"), totals.delay_hours, True),
        (_("open hours"), totals.business_delay_hours, False),
    )
    return [
        DelayView(label, tuple(delay_view(figures[name], in_days=in_days) for name in ("p50", "p90", "p95")))
        for label, figures, in_days in clocks
    ]


def checks(totals: AcceptanceRow) -> list[LabelledView]:
    """The figures that tell whether acceptance is real."""
    return [
        LabelledView(_(check.label), _(check.meaning), figure_view(getattr(totals, check.figure), check.figure))
        for check in CHECKS
    ]


def definitions(report: AcceptanceReport) -> list[LabelledView]:
    """The rate under each definition."""
    return [
        LabelledView(
            definition_name(name),
            definition_meaning(name),
            figure_view(answer.totals.rate, "rate"),
            name == report.chosen,
        )
        for name, answer in report.answers.items()
    ]


def row_table(report: AcceptanceReport, answer: AcceptanceAnswer) -> TableView:
    """The rows of an answer."""
    headings = [dimension_heading(dimension) for dimension in report.dimensions]
    if report.period:
        headings.append(formats.period_heading(report.period))
    promise = next(iter(answer.totals.within))
    return TableView(
        title=table_title(report),
        headings=tuple(headings),
        promise=_("Within {delay}").format(delay=formats.promise_name(promise)),
        rows=tuple(_row(row, report.dimensions, promise) for row in answer.rows),
    )


def _row(row: AcceptanceRow, dimensions: Sequence[str], promise: str) -> RowView:
    names = [value_name(dimension, row.segment[dimension]) for dimension in dimensions]
    if row.period:
        names.append(formats.period_name(row.period))
    return RowView(
        tuple(names),
        formats.count(row.handed),
        figure_view(row.rate, "rate"),
        figure_view(row.within[promise], "within"),
        delay_view(row.delay_hours["p50"]),
        FigureView(reason="-") if row.period else figure_view(row.shrunk, "shrunk"),
        formats.count(row.open) if row.open else "",
        row.ripe,
    )


def _place(share: float) -> float:
    return round(100 * min(max(share, 0.0), 1.0), 2)
