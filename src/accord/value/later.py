"""Money that the data hold after the moment they are said to describe: it is in no figure, so it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.engines.shape import contract_table
from accord.late import Late
from accord.readmodel.shelf import Kept
from accord.readmodel.source import Source
from accord.tables.schema import table_named
from accord.tables.times import has_come, local_microseconds, microseconds
from accord.value.figures import LeftOut, Noticed

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir
else:
    ibis = Late("ibis")

__all__ = ["later_orders", "later_wins"]

EXAMPLES = 5


def later_orders(source: Source) -> tuple[LeftOut, ...]:
    """Orders after ``as_of``, by currency: all those that no sum holds."""
    if not source.recorded.get("orders"):
        return ()
    currency = source.agreement.currency

    def fetch() -> Kept:
        orders = contract_table(source.engine, table_named("orders"))
        late = orders.filter(~_has_come(source, orders, "at"))
        late = late.mutate(paid_in=ibis.coalesce(late.currency, currency).upper())
        sums = late.group_by("paid_in").aggregate(rows=late.count(), amount=late.amount.sum()).order_by("paid_in")
        return {}, {
            "found": [
                [
                    row["paid_in"],
                    row["rows"],
                    round(row["amount"] or 0.0, 2),
                    _first(source, late.filter(late.paid_in == row["paid_in"]), "order_id"),
                ]
                for row in source.engine.run(sums).to_pylist()
            ]
        }

    _none, note = source.kept(f"value orders after as_of {currency} {source.agreement.timezone}", fetch)
    return tuple(
        LeftOut("orders", "after_as_of", paid_in, rows, amount, tuple(examples))
        for paid_in, rows, amount, examples in note["found"]
    )


def later_wins(source: Source) -> tuple[Noticed, ...]:
    """Deals won after ``as_of``."""
    if not source.recorded.get("opportunities"):
        return ()

    def fetch() -> Kept:
        deals = contract_table(source.engine, table_named("opportunities"))
        come = ibis.coalesce(_has_come(source, deals, "closed_at"), _has_come(source, deals, "created_at"))
        late = deals.filter(deals.won, ~come)
        count = source.engine.run(late.aggregate(rows=late.count()))["rows"][0].as_py()
        return {}, {"count": count, "examples": _first(source, late, "opportunity_id") if count else []}

    _none, note = source.kept(f"value wins after as_of {source.agreement.timezone}", fetch)
    count, examples = note["count"], tuple(note["examples"])
    return (Noticed("wins_after_as_of", count, None, examples),) if count else ()


def _has_come(source: Source, table: ir.Table, time: str) -> ir.BooleanValue:
    now, local = microseconds(source.as_of), local_microseconds(source.as_of, source.agreement.timezone)
    return has_come(table[time], table[f"{time}_is_date"], now, local)


def _first(source: Source, table: ir.Table, key: str) -> list[str]:
    found: list[str] = source.engine.run(table.select(key).order_by(key).limit(EXAMPLES))[key].to_pylist()
    return found
