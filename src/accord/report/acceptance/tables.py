"""The tables of a terminal report: a row per segment, per period, per definition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from accord.acceptance.figures import AcceptanceAnswer, AcceptanceReport, AcceptanceRow
from accord.agreement.model import Definition
from accord.audit.figures import Audited
from accord.language import gettext as _
from accord.report import formats
from accord.report.acceptance import sentences
from accord.report.acceptance.ripeness import settled
from accord.report.audit.grading import Grading, cut_figure
from accord.report.cells import any_dates, grade_cell, note_lines, share_cell
from accord.report.columns import Cell, Column, Fitted, fitted, laid_out
from accord.report.look import Look
from accord.report.strokes import bar, interval_plot, scale, sparkline
from accord.report.words import definition_name, dimension_heading, value_name
from accord.values import Estimate, Figure, Reason, Unknown

__all__ = ["definition_lines", "segment_lines"]

_PLOTS = (21, 15, 11)
"""Widths of a drawing, the roomiest first; narrower than the last, it is left away."""

_SHORTEST_NAME = 18
"""A company's own words are cut to this before a drawing leaves."""


def definition_lines(report: AcceptanceReport, look: Look, grading: Grading) -> Iterator[str]:
    """All definitions side by side; nothing when there is one only."""
    if len(report.answers) < 2:
        return
    yield look.styled(_("Definitions side by side"), "bold")
    names = list(report.answers)
    rows = [report.answers[name].totals for name in names]
    labels = [
        f"{definition_name(name)} {_('(counts)')}" if name == report.chosen else definition_name(name) for name in names
    ]
    columns = [Column("", [Cell(label) for label in labels]), *_rate_columns(rows, report, look, _PLOTS[0])]
    columns.append(Column("", [grade_cell(grading.mark(Audited.RATE, name)) for name in names]))
    table = fitted(columns, look)
    yield from table.lines
    if _axis(_PLOTS[0]) not in table.left_out:
        yield from (look.styled(line, "dim") for line in look.paragraph(_legend(report, rows, look, by_period=False)))
    notes = {note: None for name in names if name != report.chosen for note in grading.notes([Audited.RATE], name)}
    yield from note_lines(list(notes), look)


def segment_lines(
    report: AcceptanceReport, answer: AcceptanceAnswer, look: Look, grading: Grading, sorted_by: str = ""
) -> Iterator[str]:
    """The rows of a report: a table per segment, or one table, or one column per definition.

    What they are ``sorted_by`` always stands beside them, however narrow the terminal.
    """
    if not answer.rows or not (report.dimensions or report.period):
        return
    yield look.styled(sentences.table_title(report), "bold")
    if len(report.answers) > 1:
        yield from _one_column_per_definition(report, answer, look, sorted_by)
    else:
        yield from _rows_of_one_definition(report, answer, look, sorted_by)
    figure = cut_figure(report)
    yield from note_lines(grading.notes([figure], answer.definition) if figure else [], look)


def _rows_of_one_definition(
    report: AcceptanceReport, answer: AcceptanceAnswer, look: Look, sorted_by: str
) -> Iterator[str]:
    by_segment = bool(report.dimensions and report.period)

    def table(rows: Sequence[AcceptanceRow], width: int) -> Fitted:
        names = [_period_column(rows, report)] if by_segment else _name_columns(rows, report)
        return fitted([*names, *_row_columns(rows, report, look, width, sorted_by)], look)

    width = next((width for width in _PLOTS if _axis(width) not in table(answer.rows, width).left_out), _PLOTS[-1])
    left_out = table(answer.rows, width).left_out
    if by_segment:
        for segment, group in groupby(answer.rows, key=lambda row: tuple(row.segment.items())):
            rows = list(group)
            name = " · ".join(value_name(dimension, value) for dimension, value in segment)
            line = sparkline([(_value(row.rate), settled(row)) for row in rows], look)
            yield f"{look.styled(name, 'bold')}  {line}".rstrip()
            yield from table(rows, width).lines
    else:
        yield from table(answer.rows, width).lines
    legend = "" if _axis(width) in left_out else _legend(report, answer.rows, look, by_period=report.period is not None)
    named = [heading for heading in left_out if heading != _axis(width)]
    for text in (legend, _dates(answer.rows), sentences.no_room_sentence(named)):
        yield from (look.styled(line, "dim") for line in look.paragraph(text))


def _axis(width: int) -> str:
    return scale(width, formats.percent(1))


def _legend(report: AcceptanceReport, rows: Sequence[AcceptanceRow], look: Look, *, by_period: bool) -> str:
    """What the marks of a table mean."""
    marks = []
    if not by_period:
        mark = "┊" if look.unicode else "|"
        marks.append(_("{mark} the agreed floor, {floor}").format(mark=mark, floor=formats.percent(report.floor)))
    if any(not settled(row) and isinstance(row.rate, Estimate) for row in rows):
        mark = ("░" if look.unicode else ".") if by_period else ("○" if look.unicode else "?")
        marks.append(_("{mark} open leads can still move it by a point or more").format(mark=mark))
    return "  ".join(marks)


def _one_column_per_definition(
    report: AcceptanceReport, answer: AcceptanceAnswer, look: Look, sorted_by: str
) -> Iterator[str]:
    """As many definitions side by side as find room; the others follow below, beside the same names."""
    tables: dict[Definition, dict[object, AcceptanceRow]] = {
        name: {_key(row): row for row in answer.rows} for name, answer in report.answers.items()
    }
    rows = [*answer.rows]
    beside = [*_name_columns(rows, report), Column("n", [Cell(formats.count(row.handed)) for row in rows], right=True)]
    beside += _sorted_by(rows, sorted_by)
    if sorted_by == "open":
        beside.append(_open_column(rows))
    waiting = [_definition_column(name, table, rows) for name, table in tables.items()]
    while waiting:
        number = len(waiting)
        while number > 1 and fitted([*beside, *_leaving(waiting[:number])], look).left_out:
            number -= 1
        yield from laid_out([*beside, *waiting[:number]], look)
        waiting = waiting[number:]


def _definition_column(name: Definition, table: dict[object, AcceptanceRow], rows: Sequence[AcceptanceRow]) -> Column:
    found = [table.get(_key(row)) for row in rows]
    digits = formats.share_digits(row.rate for row in found if row is not None)
    cells = [Cell("") if row is None else Cell(share_cell(row.rate, digits)) for row in found]
    return Column(definition_name(name), cells, right=True)


def _leaving(columns: Sequence[Column]) -> list[Column]:
    """The same columns, free to leave: whether one does tells whether all fit."""
    return [Column(column.heading, column.cells, right=True, rank=1) for column in columns]


def _key(row: AcceptanceRow) -> object:
    return (*row.segment.items(), row.period)


def _name_columns(rows: Sequence[AcceptanceRow], report: AcceptanceReport) -> list[Column]:
    columns = [
        Column(
            dimension_heading(dimension),
            [Cell(value_name(dimension, row.segment[dimension])) for row in rows],
            shortest=_SHORTEST_NAME,
        )
        for dimension in report.dimensions
    ]
    return [*columns, _period_column(rows, report)] if report.period else columns


def _period_column(rows: Sequence[AcceptanceRow], report: AcceptanceReport) -> Column:
    heading = formats.period_heading(report.period) if report.period else ""
    return Column(heading, [Cell(formats.period_name(row.period) if row.period else "") for row in rows])


def _sorted_by(rows: Sequence[AcceptanceRow], sorted_by: str) -> list[Column]:
    """The column that rows are sorted by, where no other column of every table says it."""
    if sorted_by == "delay":
        return [_half_within(rows, rank=0)]
    if sorted_by == "lost":
        cells = [Cell(formats.count(row.rejected + row.expired)) for row in rows]
        return [Column(_("lost"), cells, right=True)]
    return []


def _open_column(rows: Sequence[AcceptanceRow]) -> Column:
    cells = [Cell(_("{n} open").format(n=formats.count(row.open)) if row.open else "", ("yellow",)) for row in rows]
    return Column("", cells, right=True)


def _row_columns(
    rows: Sequence[AcceptanceRow], report: AcceptanceReport, look: Look, width: int, sorted_by: str
) -> list[Column]:
    promises = [
        _share_column(
            _("within {delay}").format(delay=formats.promise_name(promise)), [row.within[promise] for row in rows], rank
        )
        for rank, promise in enumerate(rows[0].within, 4)
    ]
    smoothed = [] if report.period else [_share_column(_("smoothed rate"), [row.shrunk for row in rows], 3)]
    rates = _rate_columns(rows, report, look, width)
    if sorted_by == "delay":  # the widest column of all: it is given room, and the rate keeps its interval in one cell
        rates = [rates[0], _share_column(_("rate"), [row.rate for row in rows], 1), replace(rates[-1], rank=2)]
    return [
        *rates,
        _open_column(rows),
        *_sorted_by(rows, sorted_by),
        *promises,
        *smoothed,
        *([] if sorted_by == "delay" else [_half_within(rows, rank=2)]),
    ]


def _share_column(heading: str, figures: Sequence[Figure], rank: int) -> Column:
    digits = formats.share_digits(figures)
    return Column(heading, [Cell(share_cell(figure, digits)) for figure in figures], right=True, rank=rank)


def _rate_columns(rows: Sequence[AcceptanceRow], report: AcceptanceReport, look: Look, width: int) -> list[Column]:
    digits = formats.share_digits(row.rate for row in rows)
    return [
        Column("n", [Cell(formats.count(row.handed)) for row in rows], right=True),
        Column(_("rate"), [_rate_cell(row, report, digits) for row in rows], right=True),
        Column(_("interval"), [Cell(_interval(row.rate, digits), ("dim",)) for row in rows], right=True),
        _drawing(rows, report, look, width),
    ]


def _rate_cell(row: AcceptanceRow, report: AcceptanceReport, digits: int) -> Cell:
    rate = row.rate
    if isinstance(rate, Unknown):
        return Cell("–", ("dim",))
    if rate.high < report.floor:
        return Cell(formats.share(rate, digits), ("red",))
    return Cell(formats.share(rate, digits), ("green",) if rate.low >= report.target else ())


def _drawing(rows: Sequence[AcceptanceRow], report: AcceptanceReport, look: Look, width: int) -> Column:
    """Bars where rows follow each other in time, interval plots where they are compared."""
    cells = []
    for row in rows:
        if isinstance(row.rate, Unknown):
            cells.append(Cell(_reason(row.rate), ("dim",)))
        elif row.period:
            cells.append(Cell(bar(row.rate.value, width, look, ripe=settled(row))))
        else:
            cells.append(Cell(interval_plot(row.rate, width, look, floor=report.floor, ripe=settled(row))))
    return Column(_axis(width), cells, rank=1)


def _reason(unknown: Unknown) -> str:
    if unknown.reason is Reason.TOO_FEW and unknown.need is not None:
        return _("too few: {need} needed").format(need=formats.count(unknown.need))
    return formats.unknown_briefly(unknown)


def _half_within(rows: Sequence[AcceptanceRow], rank: int) -> Column:
    cells = []
    for row in rows:
        figure = row.delay_hours["p50"]
        if isinstance(figure, Estimate):
            cells.append(
                Cell(f"{formats.delay(figure.value)} ({formats.delay_interval(figure)}), {formats.n(figure.n)}")
            )
        else:
            cells.append(Cell(formats.unknown_briefly(figure), ("dim",)))
    return Column(_("half accepted within"), cells, right=True, rank=rank)


def _dates(rows: Sequence[AcceptanceRow]) -> str:
    """Where the bounds stand that dates without an hour leave; empty where they leave none."""
    shown = ((row.rate, row.shrunk, *row.within.values(), *row.delay_hours.values()) for row in rows)
    if not any(any_dates(figures) for figures in shown):
        return ""
    return _("Some dates have no hour: between what bounds that leaves each row, --csv and --html say.")


def _interval(figure: Figure, digits: int) -> str:
    return formats.share_interval(figure, digits) if isinstance(figure, Estimate) else ""


def _value(figure: Figure) -> float | None:
    return figure.value if isinstance(figure, Estimate) else None
