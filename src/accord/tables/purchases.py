"""Whose an order is: the lead it names, else the one that its customer was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.late import Late
from accord.tables.merges import with_canonical_lead

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir
else:
    ibis = Late("ibis")

__all__ = ["with_lead_of_order"]


def with_lead_of_order(orders: ir.Table, leads: ir.Table, known: ir.Table, identity: ir.Table | None) -> ir.Table:
    """``orders`` (``lead_id``, ``customer_id``, ``late_us``) and what is known of whose they are.

    ``known``: the leads there are, ``lead_id``, ``number``, ``created_us``, ``won_us``. Adds ``named_number``, of the
    lead that the order names, where it is one of them; ``earlier``, whether its customer bought before there was a
    lead, which is no lead's doing; ``owner_number``, null where it is nobody's.
    """
    timed = with_canonical_lead(orders, identity)
    named = known.select(named_lead="lead_id", named_number="number")
    joined = timed.left_join(named, [("lead_id", "named_lead")])
    joined = joined.left_join(_customers(leads, known, identity), [("customer_id", "buyer")])
    earlier = joined.named_number.isnull() & (joined.late_us < joined.buyer_created_us)
    earlier = ibis.coalesce(earlier, ibis.literal(value=False))
    return joined.mutate(
        earlier=earlier,
        owner_number=ibis.coalesce(
            joined.named_number, ibis.ifelse(earlier, ibis.null("int64"), joined.buyer_number)
        ).cast("int64"),
    )


def _customers(leads: ir.Table, known: ir.Table, identity: ir.Table | None) -> ir.Table:
    """One lead per customer: of several, the first that was won, else the first that was created."""
    buyers = leads.filter(leads.customer_id.notnull()).select("lead_id", buyer="customer_id")
    joined = with_canonical_lead(buyers, identity).inner_join(
        known.select("lead_id", "number", "created_us", "won_us"), "lead_id"
    )
    order = ibis.window(group_by="buyer", order_by=["won_us", "created_us", "lead_id"])
    ranked = joined.mutate(place=ibis.row_number().over(order))
    first = ranked.filter(ranked.place == 0)
    return first.select("buyer", buyer_number="number", buyer_created_us="created_us")
