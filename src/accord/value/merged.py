"""Which leads have become which by the moment the data describe.

A lead that does not exist yet can have nobody merged into it: until it is there, those that will be merged into it
stand for themselves. The episodes know nothing of the moment, and name the lead that each will have become.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.engines.shape import contract_table
from accord.late import Late
from accord.readmodel.merges import merged_leads_of
from accord.readmodel.source import Source
from accord.tables.merges import followed_merges, with_canonical_lead
from accord.tables.schema import table_named
from accord.tables.times import instant, microseconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis
    import ibis.expr.types as ir
else:
    ibis = Late("ibis")

__all__ = ["handed_leads", "merged_by_now"]

BY_NOW = "accord_value_merged"
"""Name of the session's table of leads merged by the moment."""


def merged_by_now(source: Source, offsets: Sequence[tuple[int, int]]) -> ir.Table | None:
    """``lead_id`` → ``becomes`` among the leads that exist by the moment; None where none was merged.

    ``offsets``: what dates without an hour are read with.
    """
    ever = merged_leads_of(source)
    if ever is None:
        return None

    def laid_out() -> bool:
        leads = contract_table(source.engine, table_named("leads"), only=("lead_id", "created_at", "merged_into"))
        created = instant(leads.created_at, leads.created_at_is_date, offsets)
        there = leads.filter(created <= microseconds(source.as_of))
        source.engine.materialise(BY_NOW, followed_merges(there.select("lead_id", "merged_into")))
        now = source.engine.table(BY_NOW)
        same = ever.semi_join(now, ["lead_id", "becomes"])
        return _count(source, ever) == _count(source, same) == _count(source, now)

    return ever if source.noted(BY_NOW, laid_out) else source.engine.table(BY_NOW)


def handed_leads(source: Source, seen: ir.Table, merged: ir.Table | None) -> ir.Table:
    """The handoffs ``seen``, each under the lead that its own has become by the moment."""
    if merged is None or merged is merged_leads_of(source):
        return seen
    handoffs = contract_table(source.engine, table_named("handoffs"), only=("handoff_id", "lead_id"))
    own = with_canonical_lead(handoffs.select(own_handoff="handoff_id", lead_id="lead_id"), merged)
    own = own.select("own_handoff", own_lead="lead_id")
    joined = seen.left_join(own, [("handoff_id", "own_handoff")])
    return joined.mutate(lead_id=ibis.coalesce(joined.own_lead, joined.lead_id)).drop("own_handoff", "own_lead")


def _count(source: Source, table: ir.Table) -> int:
    return int(source.engine.run(table.aggregate(rows=table.count()))["rows"][0].as_py())
