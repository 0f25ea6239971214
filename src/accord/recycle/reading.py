"""What the queries of recycling read: tables, the handoffs they are held against, and how their times are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accord.late import Late
from accord.readmodel.source import Source
from accord.tables.merges import under_every_name
from accord.tables.times import instant, room

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir
else:
    ibis = Late("ibis")

__all__ = ["Reading"]


@dataclass(frozen=True)
class Reading:
    """``tables`` of the contract; ``handoffs``: those of :mod:`accord.recycle.fetching`, under the leads that theirs
    have become by ``identity``; ``offsets`` of the time zone; ``as_of`` in microseconds.
    """

    source: Source
    tables: Mapping[str, ir.Table]
    handoffs: ir.Table
    identity: ir.Table | None
    offsets: list[tuple[int, int]]
    as_of: int

    def timed(self, table: ir.Table, time: str = "at") -> ir.Table:
        """``first_us`` and ``late_us``: the first and the last instant that a time can mean; up to the moment."""
        first = instant(table[time], table[f"{time}_is_date"], self.offsets)
        dated = table.mutate(first_us=first, late_us=first + room(table[time], table[f"{time}_is_date"], self.offsets))
        return dated.filter(dated.first_us <= self.as_of)

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
