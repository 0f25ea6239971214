"""What the page shows, written out: every number already a text in the reader's language, every place a percentage.

The template only lays these out. Places are in percent of a drawing's width, as SVG reads them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from accord.acceptance.figures import AcceptanceAnswer, AcceptanceReport, AcceptanceRow
from accord.audit.figures import Audited
from accord.language import gettext as _
from accord.language import ngettext
from accord.report import formats
from accord.report.acceptance.ripeness import settled
from accord.report.acceptance.sentences import table_title
from accord.report.audit.grading import Grading, cut_figure
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
    """A figure as it is shown; where it is unknown, ``text`` and ``interval`` are empty and ``reason`` says why.

    ``grade``: what an audit gives it, where the data do not carry it well (C, D).
    """

    text: str = ""
    interval: str = ""
    n: str = ""
    low: float = 0
    value: float = 0
    high: float = 0
    dates: str = ""
    reason: str = ""
    grade: str = ""

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
    settled: bool


@dataclass(frozen=True, slots=True)
class TableView:
    """A table of rows; ``headings`` name the first columns, ``promise`` the one about a promise.

    ``by_period``: whether the last of them is the time; ``notes``: why an audit doubts its figures; ``more``: what a
    limit left away, said.
    """

    title: str
    headings: tuple[str, ...]
    promise: str
    rows: tuple[RowView, ...]
    by_period: bool
    notes: tuple[str, ...] = ()
    more: str = ""

    @property
    def any_open(self) -> bool:
        """Whether any row has leads that are still open."""
        return any(row.open for row in self.rows)

    @property
    def any_unsettled(self) -> bool:
        """Whether any row is marked as one that can still change."""
        return any(not row.settled for row in self.rows)

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


def figure_view(figure: Figure, name: str = "", *, digits: int | None = None, grade: str = "") -> FigureView:
    """A share, with as many ``digits`` as its column has."""
    if isinstance(figure, Unknown):
        return FigureView(reason=why_unknown(name, figure.reason, figure.need))
    dates = ""
    if figure.date_bounds is not None:
        dates = _("{low} to {high} for want of hours in some dates").format(
            low=formats.percent(figure.date_bounds.low), high=formats.percent(figure.date_bounds.high)
        )
    return FigureView(
        formats.share(figure, digits),
        formats.share_interval(figure, digits),
        formats.n(figure.n),
        _place(figure.low),
        _place(figure.value),
        _place(figure.high),
        dates,
        grade=grade,
    )


def delay_view(figure: Figure, *, in_days: bool = True, grade: str = "") -> FigureView:
    """A delay in hours."""
    if isinstance(figure, Unknown):
        return FigureView(reason=why_unknown("delay_hours", figure.reason, figure.need))
    dates = ""
    if figure.date_bounds is not None:
        dates = _("{low} to {high} for want of hours in some dates").format(
            low=formats.delay(figure.date_bounds.low, in_days=in_days),
            high=formats.delay(figure.date_bounds.high, in_days=in_days),
        )
    interval = formats.delay_interval(figure, in_days=in_days)
    return FigureView(
        formats.delay(figure.value, in_days=in_days), interval, formats.n(figure.n), dates=dates, grade=grade
    )


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


def promises(answer: AcceptanceAnswer, grading: Grading) -> list[PromiseView]:
    """A row per promise."""
    totals = answer.totals
    measures = (
        (totals.within, Audited.WITHIN),
        (totals.business_within, Audited.BUSINESS_WITHIN),
        (totals.answered_within, Audited.ANSWERED_WITHIN),
    )
    digits = formats.share_digits(figure for figures, _audited in measures for figure in figures.values())
    marks = [grading.mark(audited, answer.definition) for _figures, audited in measures]
    return [
        PromiseView(
            _("within {delay}").format(delay=formats.promise_name(promise)),
            tuple(
                figure_view(figures[promise], "within", digits=digits, grade=mark)
                for (figures, _audited), mark in zip(measures, marks, strict=True)
            ),
        )
        for promise in totals.within
    ]


def delays(answer: AcceptanceAnswer, grading: Grading) -> list[DelayView]:
    """A row per clock."""
    totals = answer.totals
    clocks: tuple[tuple[str, Mapping[str, Figure], bool, Audited], ...] = (
        (_("elapsed time"), totals.delay_hours, True, Audited.DELAY),
        (_("open hours"), totals.business_delay_hours, False, Audited.BUSINESS_DELAY),
    )
    return [
        DelayView(
            label,
            tuple(
                delay_view(figures[name], in_days=in_days, grade=grading.mark(audited, answer.definition))
                for name in ("p50", "p90", "p95")
            ),
        )
        for label, figures, in_days, audited in clocks
    ]


def checks(answer: AcceptanceAnswer, grading: Grading) -> list[LabelledView]:
    """The figures that tell whether acceptance is real."""
    figures: dict[str, Figure] = {check.figure: getattr(answer.totals, check.figure) for check in CHECKS}
    digits = formats.share_digits(figures.values())
    return [
        LabelledView(
            _(check.label),
            _(check.meaning),
            figure_view(
                figures[check.figure],
                check.figure,
                digits=digits,
                grade=grading.mark(Audited(check.figure), answer.definition),
            ),
        )
        for check in CHECKS
    ]


def definitions(report: AcceptanceReport, grading: Grading) -> list[LabelledView]:
    """The rate under each definition."""
    digits = formats.share_digits(answer.totals.rate for answer in report.answers.values())
    return [
        LabelledView(
            definition_name(name),
            definition_meaning(name),
            figure_view(answer.totals.rate, "rate", digits=digits, grade=grading.mark(Audited.RATE, name)),
            name == report.chosen,
        )
        for name, answer in report.answers.items()
    ]


def row_table(report: AcceptanceReport, answer: AcceptanceAnswer, grading: Grading, left_away: int = 0) -> TableView:
    """The rows of an answer; ``left_away``: how many segments with fewer leads are not among them."""
    headings = [dimension_heading(dimension) for dimension in report.dimensions]
    if report.period:
        headings.append(formats.period_heading(report.period))
    promise = next(iter(answer.totals.within))
    digits = _Digits(
        formats.share_digits(row.rate for row in answer.rows),
        formats.share_digits(row.within[promise] for row in answer.rows),
        formats.share_digits(row.shrunk for row in answer.rows),
    )
    return TableView(
        title=table_title(report),
        headings=tuple(headings),
        promise=_("Within {delay}").format(delay=formats.promise_name(promise)),
        rows=tuple(_row(row, report.dimensions, promise, digits) for row in answer.rows),
        by_period=report.period is not None,
        notes=tuple(grading.notes([figure], answer.definition)) if (figure := cut_figure(report)) else (),
        more=_smaller(left_away) if left_away else "",
    )


def _smaller(segments: int) -> str:
    return ngettext(
        "{n} more segment, with fewer leads, is not shown.",
        "{n} more segments, with fewer leads each, are not shown.",
        segments,
    ).format(n=formats.count(segments))


class _Digits(NamedTuple):
    """After the decimal sign, per column."""

    rate: int
    within: int
    shrunk: int


def _row(row: AcceptanceRow, dimensions: Sequence[str], promise: str, digits: _Digits) -> RowView:
    names = [value_name(dimension, row.segment[dimension]) for dimension in dimensions]
    if row.period:
        names.append(formats.period_name(row.period))
    return RowView(
        tuple(names),
        formats.count(row.handed),
        figure_view(row.rate, "rate", digits=digits.rate),
        figure_view(row.within[promise], "within", digits=digits.within),
        delay_view(row.delay_hours["p50"]),
        FigureView(reason="-") if row.period else figure_view(row.shrunk, "shrunk", digits=digits.shrunk),
        formats.count(row.open) if row.open else "",
        settled(row),
    )


def _place(share: float) -> float:
    return round(100 * min(max(share, 0.0), 1.0), 2)
