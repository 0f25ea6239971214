"""Money that the data hold after the moment they are said to describe: it is in no figure, so it is told."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from accord.engines.shape import contract_table
from accord.readmodel.source import Source
from accord.tables.schema import table_named
from accord.value.figures import LeftOut, Noticed

__all__ = ["later_orders", "later_wins"]

EXAMPLES = 5


def later_orders(source: Source) -> tuple[LeftOut, ...]:
    """Orders after ``as_of``, by currency; of a date without an hour, its midnight UTC is looked at."""
    if not source.recorded.get("orders"):
        return ()
    orders = contract_table(source.engine, table_named("orders"))
    late = orders.filter(orders["at"] > source.as_of)
    late = late.mutate(paid_in=ibis.coalesce(late.currency, source.agreement.currency).upper())
    sums = late.group_by("paid_in").aggregate(rows=late.count(), amount=late.amount.sum()).order_by("paid_in")
    return tuple(
        LeftOut(
            "orders",
            "after_as_of",
            row["paid_in"],
            row["rows"],
            round(row["amount"] or 0.0, 2),
            _first(source, late.filter(late.paid_in == row["paid_in"]), "order_id"),
        )
        for row in source.engine.run(sums).to_pylist()
    )


def later_wins(source: Source) -> tuple[Noticed, ...]:
    """Deals won after ``as_of``."""
    if not source.recorded.get("opportunities"):
        return ()
    deals = contract_table(source.engine, table_named("opportunities"))
    closed = ibis.coalesce(deals.closed_at, deals.created_at)
    late = deals.filter(deals.won, closed > source.as_of)
    count = source.engine.run(late.aggregate(rows=late.count()))["rows"][0].as_py()
    return (Noticed("wins_after_as_of", count, None, _first(source, late, "opportunity_id")),) if count else ()


def _first(source: Source, table: ir.Table, key: str) -> tuple[str, ...]:
    return tuple(source.engine.run(table.select(key).order_by(key).limit(EXAMPLES))[key].to_pylist())
