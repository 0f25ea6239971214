"""The tables of a terminal report: a row per segment, per period, per definition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from accord.acceptance.figures import AcceptanceAnswer, AcceptanceReport, AcceptanceRow
from accord.agreement.model import Definition
from accord.language import gettext as _
from accord.report import formats, sentences
from accord.report.columns import Cell, Column, laid_out
from accord.report.look import Look
from accord.report.strokes import bar, interval_plot, scale, sparkline
from accord.report.words import definition_name, dimension_heading, value_name
from accord.values import Estimate, Figure, Reason, Unknown

__all__ = ["definition_lines", "segment_lines"]

_PLOT = 21


def definition_lines(report: AcceptanceReport, look: Look) -> Iterator[str]:
    """All definitions side by side; nothing when there is one only."""
    if len(report.answers) < 2:
        return
    yield look.styled(_("Definitions side by side"), "bold")
    names = list(report.answers)
    rows = [report.answers[name].totals for name in names]
    labels = [
        f"{definition_name(name)} {_('(counts)')}" if name == report.chosen else definition_name(name) for name in names
    ]
    yield from laid_out([Column("", [Cell(label) for label in labels]), *_rate_columns(rows, report, look)], look)


def segment_lines(report: AcceptanceReport, answer: AcceptanceAnswer, look: Look) -> Iterator[str]:
    """The rows of a report: a table per segment, or one table, or one column per definition."""
    if not answer.rows or not (report.dimensions or report.period):
        return
    yield look.styled(sentences.table_title(report), "bold")
    if len(report.answers) > 1:
        yield from _one_column_per_definition(report, look)
    elif report.dimensions and report.period:
        for segment, rows in groupby(answer.rows, key=lambda row: tuple(row.segment.items())):
            yield from _periods_of(dict(segment), list(rows), report, look)
    else:
        yield from laid_out([*_name_columns(answer.rows, report), *_row_columns(answer.rows, report, look)], look)
    yield from (look.styled(line, "dim") for line in look.paragraph(_legend(report, answer.rows, look)))


def _legend(report: AcceptanceReport, rows: Sequence[AcceptanceRow], look: Look) -> str:
    """What the marks of a table mean."""
    marks = []
    if len(report.answers) == 1 and not report.period:
        mark = "┊" if look.unicode else "|"
        marks.append(_("{mark} the agreed floor, {floor}").format(mark=mark, floor=formats.percent(report.floor)))
    if len(report.answers) == 1 and any(row.open for row in rows):
        mark = ("░" if look.unicode else ".") if report.period else ("○" if look.unicode else "?")
        marks.append(_("{mark} still open in part: the figure can change").format(mark=mark))
    return "  ".join(marks)


def _periods_of(
    segment: dict[str, str], rows: Sequence[AcceptanceRow], report: AcceptanceReport, look: Look
) -> Iterator[str]:
    name = " · ".join(value_name(dimension, value) for dimension, value in segment.items())
    line = sparkline([(_value(row.rate), row.ripe) for row in rows], look)
    yield f"{look.styled(name, 'bold')}  {line}".rstrip()
    yield from laid_out([_period_column(rows, report), *_row_columns(rows, report, look)], look)


def _one_column_per_definition(report: AcceptanceReport, look: Look) -> Iterator[str]:
    tables: dict[Definition, dict[object, AcceptanceRow]] = {
        name: {_key(row): row for row in answer.rows} for name, answer in report.answers.items()
    }
    rows = [*next(iter(report.answers.values())).rows]
    columns = [*_name_columns(rows, report), Column("n", [Cell(formats.count(row.handed)) for row in rows], right=True)]
    for place, (name, table) in enumerate(tables.items()):
        cells = [Cell(_with_interval(table[_key(row)].rate)) if _key(row) in table else Cell("") for row in rows]
        columns.append(Column(definition_name(name), cells, right=True, rank=place))
    yield from laid_out(columns, look)


def _key(row: AcceptanceRow) -> object:
    return (*row.segment.items(), row.period)


def _name_columns(rows: Sequence[AcceptanceRow], report: AcceptanceReport) -> list[Column]:
    columns = [
        Column(dimension_heading(dimension), [Cell(value_name(dimension, row.segment[dimension])) for row in rows])
        for dimension in report.dimensions
    ]
    return [*columns, _period_column(rows, report)] if report.period else columns


def _period_column(rows: Sequence[AcceptanceRow], report: AcceptanceReport) -> Column:
    heading = formats.period_heading(report.period) if report.period else ""
    return Column(heading, [Cell(formats.period_name(row.period) if row.period else "") for row in rows])


def _row_columns(rows: Sequence[AcceptanceRow], report: AcceptanceReport, look: Look) -> list[Column]:
    still_open = [
        Cell(_("{n} open").format(n=formats.count(row.open)) if row.open else "", ("yellow",)) for row in rows
    ]
    promises = [
        Column(
            _("within {delay}").format(delay=formats.promise_name(promise)),
            [Cell(_with_interval(row.within[promise])) for row in rows],
            right=True,
            rank=4 + place,
        )
        for place, promise in enumerate(rows[0].within)
    ]
    return [
        *_rate_columns(rows, report, look),
        Column(_("still open"), still_open, right=True),
        *promises,
        *([] if report.period else [_shrunk(rows)]),
        _half_within(rows),
    ]


def _rate_columns(rows: Sequence[AcceptanceRow], report: AcceptanceReport, look: Look) -> list[Column]:
    return [
        Column("n", [Cell(formats.count(row.handed)) for row in rows], right=True),
        Column(_("rate"), [_rate_cell(row, report) for row in rows], right=True),
        Column(_("interval"), [Cell(_interval(row.rate), ("dim",)) for row in rows], right=True),
        _drawing(rows, report, look),
    ]


def _rate_cell(row: AcceptanceRow, report: AcceptanceReport) -> Cell:
    rate = row.rate
    if isinstance(rate, Unknown):
        return Cell("–", ("dim",))
    if rate.high < report.floor:
        return Cell(formats.share(rate), ("red",))
    return Cell(formats.share(rate), ("green",) if rate.low >= report.target else ())


def _drawing(rows: Sequence[AcceptanceRow], report: AcceptanceReport, look: Look) -> Column:
    """Bars where rows follow each other in time, interval plots where they are compared."""
    cells = []
    for row in rows:
        if isinstance(row.rate, Unknown):
            cells.append(Cell(_reason(row.rate), ("dim",)))
        elif row.period:
            cells.append(Cell(bar(row.rate.value, _PLOT, look, ripe=row.ripe)))
        else:
            cells.append(Cell(interval_plot(row.rate, _PLOT, look, floor=report.floor, ripe=row.ripe)))
    return Column(scale(_PLOT, formats.percent(1)), cells, rank=1)


def _reason(unknown: Unknown) -> str:
    if unknown.reason is Reason.TOO_FEW and unknown.need is not None:
        return _("too few: {need} needed").format(need=formats.count(unknown.need))
    return formats.unknown_briefly(unknown)


def _shrunk(rows: Sequence[AcceptanceRow]) -> Column:
    return Column(_("shrunk rate"), [Cell(_with_interval(row.shrunk)) for row in rows], right=True, rank=3)


def _half_within(rows: Sequence[AcceptanceRow]) -> Column:
    cells = []
    for row in rows:
        figure = row.delay_hours["p50"]
        if isinstance(figure, Estimate):
            cells.append(
                Cell(f"{formats.delay(figure.value)} ({formats.delay_interval(figure)}), {formats.n(figure.n)}")
            )
        else:
            cells.append(Cell(formats.unknown_briefly(figure), ("dim",)))
    return Column(_("half accepted within"), cells, right=True, rank=2)


def _with_interval(figure: Figure) -> str:
    if isinstance(figure, Unknown):
        return formats.unknown_briefly(figure)
    return f"{formats.share(figure)} ({formats.share_interval(figure)})"


def _interval(figure: Figure) -> str:
    return formats.share_interval(figure) if isinstance(figure, Estimate) else ""


def _value(figure: Figure) -> float | None:
    return figure.value if isinstance(figure, Estimate) else None
