"""The rows of a value report as three tables for a terminal, every figure with its interval beneath."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from accord.language import gettext as _
from accord.report import formats
from accord.report.columns import Cell, Column, fitted
from accord.report.look import Look
from accord.report.value.answer import amount_of
from accord.report.value.formats import amount, money, number, share, two_lines
from accord.report.value.short import and_more, cost_lines, more_orders, payback_lines, return_lines, too_low_lines
from accord.report.words import dimension_heading, dimension_name, value_name
from accord.value.figures import ValueReport, ValueRow
from accord.values import Figure, Reason, Unknown

__all__ = ["PlainTable", "no_room", "plain_tables", "row_tables"]

_SHORTEST_NAME = 18
_RENAMED = "≠"
Lines = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PlainTable:
    """A table written out: ``names`` head the columns that say what a row is, ``headings`` the figures.

    Of a row the names, each figure with what stands beneath it, and whether it can still change. ``notes`` say what
    marks mean.
    """

    title: str
    names: tuple[str, ...]
    headings: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], tuple[Lines, ...], bool], ...]
    notes: tuple[str, ...] = ()


def plain_tables(report: ValueReport) -> list[PlainTable]:
    """The tables of the terminal with every column; none where the report has no rows."""
    return [_plain(title, described, report) for title, described in _told(report)]


def _plain(title: str, described: Sequence[Described], report: ValueReport) -> PlainTable:
    period = (formats.period_heading(report.period),) if report.period else ()
    kept = [part for part in described if any(part[2](row)[0] != _("not recorded") for row in report.rows)]
    return PlainTable(
        title,
        (*map(dimension_heading, report.dimensions), *period),
        tuple(heading for heading, _rank, _lines in kept),
        tuple(
            (
                (
                    *(_name(row, dimension, _RENAMED) for dimension in report.dimensions),
                    *((formats.period_name(row.period or ""),) if report.period else ()),
                ),
                tuple(lines(row) for _heading, _rank, lines in kept),
                bool(report.period) and not row.ripe,
            )
            for row in report.rows
        ),
        _renamed_note(report, _RENAMED),
    )


def _name(row: ValueRow, dimension: str, mark: str) -> str:
    """What a value is called; in front of a campaign that seems renamed a mark, where a cut at the end leaves it."""
    name = value_name(dimension, row.segment[dimension])
    return f"{mark} {name}" if row.renamed and dimension == "campaign" else name


def _renamed_note(report: ValueReport, mark: str) -> tuple[str, ...]:
    """What the mark means, where a row has it."""
    if not any(row.renamed for row in report.rows):
        return ()
    text = _(
        "{mark} seems to go by two names, one in the leads and one in the spend: its costs and returns are wrong, and "
        "it takes no part in a comparison."
    )
    return (text.format(mark=mark),)


def row_tables(report: ValueReport, look: Look) -> list[Iterator[str]]:
    """One part per table; none where the report has no rows."""
    return [_table(title, described, report, look) for title, described in _told(report)]


def _told(report: ValueReport) -> list[tuple[str, Sequence[Described]]]:
    """The tables that have something to tell: title and columns."""
    if not report.rows:
        return []
    unit = {"month": _("month"), "quarter": _("quarter"), None: ""}[report.period]
    cut = " × ".join([*map(dimension_name, report.dimensions), *([unit] if unit else [])])
    parts: list[tuple[str, Sequence[Described]]] = [
        (_("By {cut}: how far leads come").format(cut=cut), _funnel_columns(report)),
        (_("By {cut}: what leads cost").format(cut=cut), _cost_columns(report)),
        (_("By {cut}: what they bring").format(cut=cut), _revenue_columns(report)),
    ]
    nothing = [not any(row.costs.recorded for row in report.rows), not report.revenue.orders]
    return [part for part, empty in zip(parts, [False, *nothing], strict=True) if not empty]


Described = tuple[str, int, Callable[[ValueRow], Lines]]
"""Heading, rank, and what a row says on its two lines."""


def _funnel_columns(report: ValueReport) -> list[Described]:
    def shown(figure: Figure) -> Lines:
        return two_lines(figure, share())

    return [
        (_("leads"), 0, lambda row: (formats.count(row.funnel.leads), "")),
        (_("qualified"), 2, lambda row: shown(row.funnel.conversion["qualified"])),
        (_("accepted"), 3, lambda row: shown(row.funnel.conversion["accepted"])),
        (_("opportunity"), 4, lambda row: shown(row.funnel.conversion["opportunity"])),
        (_("won"), 0, lambda row: shown(row.funnel.conversion["won"])),
        (_("customers"), 0, lambda row: (_customers(row, report), "")),
        (_("won, so far"), 1, lambda row: shown(row.funnel.so_far["won"])),
    ]


def _customers(row: ValueRow, report: ValueReport) -> str:
    """How many were won; where nobody writes that down, none is known, not 0."""
    return _("not recorded") if report.won_by == "not_recorded" else formats.count(row.funnel.won)


def _cost_columns(report: ValueReport) -> list[Described]:
    style = money(report.currency)
    return [
        (_("spend"), 0, lambda row: (_spent(row, report), and_more(row))),
        (_("per lead"), 3, lambda row: cost_lines(row.costs.per_lead, style, row)),
        (_("per qualified"), 2, lambda row: cost_lines(row.costs.per_qualified_lead, style, row)),
        (_("per accepted"), 1, lambda row: cost_lines(row.costs.per_accepted_lead, style, row)),
        (_("CAC so far"), 0, lambda row: cost_lines(row.costs.cac, style, row)),
    ]


def _spent(row: ValueRow, report: ValueReport) -> str:
    if row.costs.recorded:
        return _total(row.costs.spend, report)
    lacks_rate = row.costs.per_lead == Unknown(Reason.NOT_IDENTIFIED)
    return _("no rate") if lacks_rate else _("not recorded")


def _total(cents: int, report: ValueReport) -> str:
    return amount(amount_of(cents, report), report.currency)


def _revenue_columns(report: ValueReport) -> list[Described]:
    style = money(report.currency)
    return [
        (_("revenue"), 0, lambda row: (_total(row.customers.revenue, report), more_orders(row))),
        (_("per customer"), 0, lambda row: too_low_lines(row.customers.revenue_per_customer, style, row)),
        (_("return on spend"), 1, lambda row: return_lines(row, number(1))),
        (_("payback, months"), 3, lambda row: payback_lines(row, number(0))),
        (_("purchases a month"), 2, lambda row: two_lines(row.customers.purchases, number(2))),
    ]


def _table(title: str, described: Sequence[Described], report: ValueReport, look: Look) -> Iterator[str]:
    yield look.styled(title, "bold")
    renamed = _RENAMED if look.unicode else "*"
    names = [
        Column(
            dimension_heading(dimension),
            _doubled([(_name(row, dimension, renamed), "") for row in report.rows]),
            shortest=_SHORTEST_NAME,
        )
        for dimension in report.dimensions
    ]
    if report.period:
        mark = "○" if look.unicode else "?"
        labels = [f"{formats.period_name(row.period or '')}{'' if row.ripe else f' {mark}'}" for row in report.rows]
        names.append(Column(formats.period_heading(report.period), _doubled([(label, "") for label in labels])))
    written = [(heading, rank, [lines(row) for row in report.rows]) for heading, rank, lines in described]
    columns = [
        Column(heading, _doubled(cells), right=True, rank=rank)
        for heading, rank, cells in written
        if any(cell[0] != _("not recorded") for cell in cells)
    ]
    table = fitted([*names, *columns], look)
    # A row whose figures have nothing beneath takes one line.
    yield from (line for line in table.lines if line.strip())
    notes = [no_room(table.left_out)]
    if report.period and not all(row.ripe for row in report.rows):
        notes.append(
            _(
                "{mark} not yet {days} days old, or not over: it can still change and takes no part in a comparison."
            ).format(mark="○" if look.unicode else "?", days=report.horizon_days)
        )
    for note in [*notes, *_renamed_note(report, renamed)]:
        yield from (look.styled(line, "dim") for line in look.paragraph(note))


def _doubled(lines: Sequence[Lines]) -> list[Cell]:
    return [cell for line, below in lines for cell in (Cell(line), Cell(below, ("dim",)))]


def no_room(columns: Sequence[str]) -> str:
    """Which columns of a table had to leave; empty where none had."""
    if not columns:
        return ""
    return _("No room here for: {columns}. A wider window shows more; --csv has everything.").format(
        columns=", ".join(columns).rstrip(".")  # an abbreviation's stop is the sentence's too
    )
