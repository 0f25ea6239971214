"""Asks the engine who among the leads that were handed over has bought, and when first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from accord.engines.arrays import column_array
from accord.late import Late
from accord.metrics.outcomes import NEVER
from accord.recycle.reading import NOW, Reading
from accord.stats.grouped import Ints
from accord.tables.merges import under_every_name, with_canonical_lead
from accord.tables.purchases import with_lead_of_order

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir
else:
    ibis = Late("ibis")

__all__ = ["FirstOrders", "first_orders"]

BUYERS = "accord_recycle_buyers"
"""Name of the session's table of leads whose customer has paid something."""

KNOWN = "accord_recycle_known"
"""Name of the session's table of leads that an order may belong to."""


@dataclass(frozen=True)
class FirstOrders:
    """``owner``: the first handoff (its number) of each lead with an order; ``first_us``, ``late_us``: the first and
    the last instant at which the first of them may have come. ``customers``: the first handoff of every lead whose
    customer bought, be it another lead's order."""

    owner: Ints
    first_us: Ints
    late_us: Ints
    customers: Ints


def first_orders(reading: Reading) -> FirstOrders:
    """Who bought, and when first."""
    if not reading.source.recorded.get("orders"):
        nothing = np.zeros(0, dtype=np.int64)
        return FirstOrders(nothing, nothing, nothing, nothing)
    reading.lay_out(BUYERS, lambda: _buyers(reading), "orders")
    reading.lay_out(KNOWN, lambda: _known(reading), "orders", "leads", "opportunities")
    rows = reading.rows("first orders", lambda: _first_of_owner(reading), "orders")
    bought = reading.rows("bought", lambda: reading.of_lead(_laid_out(reading, BUYERS)).select("number").distinct())
    owner, first, late = (column_array(rows, name) for name in ("owner_number", "first_us", "late_us"))
    return FirstOrders(owner, first, late, column_array(bought, "number"))


def _laid_out(reading: Reading, name: str) -> ir.Table:
    return reading.source.engine.table(name)


def _paid(reading: Reading) -> ir.Table:
    orders = reading.table("orders")
    paid = orders.filter(orders.amount > 0).select("lead_id", "customer_id", "at", "at_is_date")
    return reading.timed(paid, "orders")


def _buyers(reading: Reading) -> ir.Table:
    paid, leads = _paid(reading), reading.table("leads")
    buyers = leads.filter(leads.customer_id.notnull()).select("lead_id", "customer_id")
    return buyers.semi_join(paid.filter(paid.customer_id.notnull()), "customer_id")


def _first_of_owner(reading: Reading) -> ir.Table:
    buyers, known = _laid_out(reading, BUYERS), _laid_out(reading, KNOWN)
    owned = with_lead_of_order(_paid(reading), buyers, known, reading.identity)
    owned = owned.filter(owned.owner_number >= 0)
    return owned.group_by("owner_number").aggregate(first_us=owned.first_us.min(), late_us=owned.late_us.min())


def _known(reading: Reading) -> ir.Table:
    """The leads there are that an order names, or whose customer paid one: when each was created and first won, and the
    ``number`` of its first handoff, -1 where there is none."""
    leads, deals, identity = reading.table("leads"), reading.table("opportunities"), reading.identity
    now = reading.asking.number(NOW)
    paid, buyers = _paid(reading), _laid_out(reading, BUYERS)
    meant = ibis.union(paid.filter(paid.lead_id.notnull()).select("lead_id"), buyers.select("lead_id"))
    meant = with_canonical_lead(meant, identity).select("lead_id").distinct()
    every_name = under_every_name(meant, identity)
    leads = leads.select("lead_id", "created_at", "created_at_is_date").semi_join(every_name, "lead_id")
    made = reading.first_instant(leads, "leads", "created_at")
    there = leads.select("lead_id", created_us=ibis.coalesce(made, ibis.literal(NEVER, type="int64")))
    there = there.filter(there.created_us <= now)
    if identity is not None:
        # One that is not there yet stands for those that will be merged into it, as it does in the ledger.
        kept = there.anti_join(identity.select(merged="lead_id"), [("lead_id", "merged")])
        merged = there.inner_join(identity, "lead_id").anti_join(kept.select(own="lead_id"), [("becomes", "own")])
        later = merged.group_by("becomes").aggregate(created_us=merged.created_us.min()).rename(lead_id="becomes")
        there = ibis.union(kept, later.select("lead_id", "created_us"))
    timed = reading.timed(
        deals.filter(deals.won).select("lead_id", "created_at", "created_at_is_date", "closed_at", "closed_at_is_date"),
        "opportunities",
        "created_at",
    )
    closed = ibis.coalesce(reading.first_instant(timed, "opportunities", "closed_at"), timed.first_us)
    won = with_canonical_lead(timed.select("lead_id", closed_us=closed), identity)
    won = won.filter(won.closed_us <= now).group_by("lead_id").aggregate(won_us=lambda row: row.closed_us.min())
    first = reading.handoffs.filter(reading.handoffs.sequence == 1).select("lead_id", "number")
    joined = there.left_join(won, "lead_id").drop("lead_id_right").left_join(first, "lead_id").drop("lead_id_right")
    return joined.select(
        "lead_id",
        "created_us",
        number=ibis.coalesce(joined.number, ibis.literal(-1, type="int64")),
        won_us=ibis.coalesce(joined.won_us, ibis.literal(NEVER, type="int64")),
    )
