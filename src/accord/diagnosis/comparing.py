"""Two spans of handoffs held against each other: by how much the rate moved, and whether the leads were others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from accord.acceptance.figures import AcceptanceReport, AcceptanceRow
from accord.acceptance.measure import counts_by, measure
from accord.diagnosis.report import ChangeRow, ChangeTable
from accord.readmodel.source import Source
from accord.stats.differences import difference
from accord.stats.mix import mix_and_rate
from accord.values import Figure

__all__ = ["Comparison", "Span", "compare_spans"]

Span = tuple[date, date]
"""The first local day of handoffs, and the first that is left out again."""

VALUES = range(2, 51)
"""How many values a dimension must have to tell why a rate moved."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The span ``after`` against ``before``: ``moved`` is the change of the rate, as a fraction.

    ``tables``: the change cut by each dimension, the one whose mix moved most first; empty where leads of either span
    are still open, for the slow ones would be missing from the younger span alone.
    """

    before: AcceptanceReport
    after: AcceptanceReport
    moved: Figure
    tables: tuple[ChangeTable, ...]


def compare_spans(source: Source, before: Span, after: Span, by: Sequence[str] = ()) -> Comparison:
    """Hold the handoffs of two spans against each other, under the definition that counts.

    ``by``: dimensions to split the change by, each on its own; of those with 2 to 50 values there is a table. Mix and
    rate are as in :func:`accord.stats.mix.mix_and_rate`, so the parts of a table add up to the change of the plain
    rates exactly. Raises ``UsageError`` for an unknown dimension and for an empty span.
    """
    old, new = (measure(source, start=start, end=end) for start, end in (before, after))
    here, there = _totals(new), _totals(old)
    over = not here.open and not there.open
    tables = [_table(source, name, before, after) for name in by] if over and here.handed and there.handed else []
    found = [table for table in tables if table is not None]
    found.sort(key=lambda table: (-sum(abs(row.mix) + abs(row.interaction) for row in table.rows), table.dimension))
    return Comparison(old, new, difference(here.rate, there.rate), tuple(found))


def _totals(report: AcceptanceReport) -> AcceptanceRow:
    return report.answers[report.chosen].totals


def _table(source: Source, name: str, before: Span, after: Span) -> ChangeTable | None:
    old, new = (counts_by(source, name, start, end) for start, end in (before, after))
    values = sorted(old.keys() | new.keys())
    if len(values) not in VALUES:
        return None

    n0, k0, n1, k1 = ([rows.get(value, (0, 0))[what] for value in values] for rows in (old, new) for what in (0, 1))
    split = mix_and_rate(n0, k0, n1, k1)
    rows = tuple(
        ChangeRow(
            value,
            n0[place],
            n1[place],
            k0[place],
            k1[place],
            float(split.mix[place]),
            float(split.rate[place]),
            float(split.interaction[place]),
        )
        for place, value in enumerate(values)
    )
    return ChangeTable(name, rows, *split.totals, leads=sum(n1), cost_per_lead=None)
