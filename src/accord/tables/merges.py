"""Leads that were merged into others: which lead each has become."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.late import Late

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir
else:
    ibis = Late("ibis")

__all__ = ["followed_merges", "under_every_name", "with_canonical_lead"]


def followed_merges(leads: ir.Table) -> ir.Table:
    """``lead_id`` → ``becomes``, chains followed (up to 32 merges deep); rings and dead ends are left alone."""
    merged = leads.filter(leads.merged_into.notnull(), leads.merged_into != leads.lead_id)
    known = leads.select(known="lead_id")
    step = merged.select("lead_id", becomes="merged_into").semi_join(known, [("becomes", "known")])
    for _doubling in range(5):
        further = step.select(next_lead="lead_id", next_becomes="becomes")
        joined = step.left_join(further, [("becomes", "next_lead")])
        step = joined.mutate(becomes=ibis.coalesce(joined.next_becomes, joined.becomes)).select("lead_id", "becomes")
    return step.anti_join(step.select(unfinished="lead_id"), [("becomes", "unfinished")])


def with_canonical_lead(table: ir.Table, identity: ir.Table | None) -> ir.Table:
    """``lead_id`` replaced by the lead it became; ``identity`` is what :func:`followed_merges` gave, or nothing."""
    if identity is None:
        return table
    joined = table.left_join(identity.rename(merged_lead="lead_id"), [("lead_id", "merged_lead")])
    return joined.mutate(lead_id=ibis.coalesce(joined.becomes, joined.lead_id)).drop("becomes", "merged_lead")


def under_every_name(table: ir.Table, identity: ir.Table | None) -> ir.Table:
    """``table``, whose leads are canonical, and each row again under every lead that has become its lead.

    A long table of events joined to this meets the same rows as :func:`with_canonical_lead` of the events joined to
    ``table`` would, and no event has to be looked up in ``identity``.
    """
    if identity is None:
        return table
    former = identity.select(former_lead="lead_id", becomes="becomes")
    again = table.inner_join(former, [("lead_id", "becomes")])
    return ibis.union(table, again.mutate(lead_id=again.former_lead).select(table.columns))
