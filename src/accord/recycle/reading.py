"""What the queries of recycling read: tables, the handoffs they are held against, and how their times are read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pyarrow as pa

from accord.agreement.model import Definition
from accord.engines.shape import contract_table
from accord.late import Late
from accord.readmodel.asking import Asking
from accord.readmodel.merges import has_merged_leads, merged_leads_of
from accord.readmodel.source import EPISODES, Source
from accord.tables.merges import under_every_name
from accord.tables.schema import Type, table_named
from accord.tables.times import instant, room

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir
else:
    ibis = Late("ibis")

__all__ = ["HANDOFFS", "NOW", "Reading", "asking_of"]

HANDOFFS = "accord_recycle_handoffs"
"""Name of the session's table of handoffs."""

NOW = "as_of"
"""The moment: no text of a query follows from it."""

_TABLES = ("leads", "handoffs", "decisions", "activities", "touches", "opportunities", "orders")
_PACKAGES = ("recycle", "metrics", "tables", "engines", "readmodel", "agreement")
"""Whose source the queries follow from."""


def asking_of(source: Source, definition: Definition, dimensions: Sequence[str], as_of: int) -> Asking:
    """The questions of recycling, whose texts hold for every moment."""
    return Asking(
        source,
        "recycle",
        packages=_PACKAGES,
        tables=(EPISODES, *_TABLES),
        follows_from=(definition, tuple(dimensions), source.fetches_rows),
        numbers={NOW: lambda: as_of},
    )


@dataclass(frozen=True)
class Reading:
    """``asking`` of the tables of the contract and of the handoffs laid out by :mod:`accord.recycle.fetching`;
    ``offsets`` of the time zone; ``as_of`` in microseconds.
    """

    asking: Asking
    offsets: Sequence[tuple[int, int]]
    as_of: int

    @property
    def source(self) -> Source:
        """Whose tables they are."""
        return self.asking.source

    def rows(self, name: str, make: Callable[[], ir.Table], *tables: str) -> pa.Table:
        """The rows of a query that reads the times of ``tables``."""
        return self.asking.rows(name, make, *self._follows_from(tables))

    def lay_out(self, name: str, make: Callable[[], ir.Table], *tables: str) -> None:
        """Keep them as a table of that name for this session."""
        self.asking.table(name, make, *self._follows_from(tables))

    def table(self, name: str) -> ir.Table:
        """A table of the contract."""
        return contract_table(self.source.engine, table_named(name))

    @cached_property
    def handoffs(self) -> ir.Table:
        """Those of :mod:`accord.recycle.fetching`, under the leads that theirs have become."""
        return self.source.engine.table(HANDOFFS)

    @cached_property
    def identity(self) -> ir.Table | None:
        """Which lead each merged one has become, where any was merged."""
        return merged_leads_of(self.source)

    def timed(self, rows: ir.Table, of: str, time: str = "at") -> ir.Table:
        """``rows`` of table ``of`` up to the moment; ``first_us`` and ``late_us``: the first and the last instant that
        a time can mean."""
        first = self.first_instant(rows, of, time)
        late = first + self.room(rows, of, time)
        dated = rows.mutate(first_us=first, late_us=late)
        return dated.filter(dated.first_us <= self.asking.number(NOW))

    def first_instant(self, rows: ir.Table, of: str, time: str) -> ir.IntegerValue:
        """The first instant that a time of table ``of`` can mean."""
        return instant(rows[time], rows[f"{time}_is_date"], self.offsets if of in self._dated else [(0, 0)])

    def room(self, rows: ir.Table, of: str, time: str) -> ir.IntegerValue:
        """How much later than its first instant a time of table ``of`` may have been."""
        if of not in self._dated:
            return ibis.literal(0, type="int64")
        return room(rows[time], rows[f"{time}_is_date"], self.offsets)

    def inside(self, events: ir.Table, *, again: bool = False) -> ir.Table:
        """Events beside the handoff in whose time they fall, until the next handoff; ``time_us`` is never before it.

        ``again``: only of handoffs that are not a lead's first.
        """
        handoffs = self.handoffs.filter(self.handoffs.sequence > 1) if again else self.handoffs
        spans = handoffs.select("lead_id", "number", "at_us", "end_us", "back_us", "next_us")
        # Under every name: so no event is looked up among the merged.
        joined = events.inner_join(under_every_name(spans, self.identity), "lead_id")
        inside = joined.filter(joined.late_us >= joined.at_us, joined.late_us < joined.next_us)
        return inside.mutate(time_us=ibis.greatest(inside.first_us, inside.at_us))

    def of_lead(self, table: ir.Table) -> ir.Table:
        """Rows of leads that were handed over, with the ``number`` of their first handoff."""
        return table.inner_join(self.first_handoffs, "lead_id")

    @property
    def first_handoffs(self) -> ir.Table:
        """``lead_id``, by whatever name, and the ``number`` of the lead's first handoff."""
        first = self.handoffs.filter(self.handoffs.sequence == 1).select("lead_id", "number")
        return under_every_name(first, self.identity)

    @cached_property
    def _dated(self) -> frozenset[str]:
        """Tables in which any time is a date without an hour: the others are read without asking each row."""
        return frozenset(name for name in _TABLES if self.source.recorded.get(name) and self._has_dates(name))

    def _has_dates(self, name: str) -> bool:
        times = [column.name for column in table_named(name).columns if column.type is Type.TIME]

        def some() -> ir.Table:
            rows = self.table(name)
            dated = ibis.or_(*(rows[f"{time}_is_date"] for time in times))
            return rows.filter(dated).limit(1).select(times[0])

        return bool(self.asking.rows(f"dates of {name}", some).num_rows)

    def _follows_from(self, tables: Sequence[str]) -> tuple[object, ...]:
        # The first offset holds from ever: when it begins, as far as it was looked up, stands in no text.
        offsets = [self.offsets[0][1], *self.offsets[1:]]
        return offsets, has_merged_leads(self.source), sorted(self._dated.intersection(tables))
