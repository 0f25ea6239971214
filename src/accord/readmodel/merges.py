"""Which leads were merged into others, worked out once for everything that a source is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.engines.shape import contract_table
from accord.readmodel.source import Source
from accord.tables.merges import followed_merges
from accord.tables.schema import table_named

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["merged_leads_of"]

MERGED = "accord_leads_merged"
"""Name of the session's table of them."""


def merged_leads_of(source: Source) -> ir.Table | None:
    """``lead_id`` → ``becomes`` (:func:`accord.tables.merges.followed_merges`); None where no lead was merged."""

    def laid_out() -> bool:
        leads = contract_table(source.engine, table_named("leads"), only=("lead_id", "merged_into"))
        if not source.engine.run(leads.filter(leads.merged_into.notnull()).limit(1).select("lead_id")).num_rows:
            return False
        source.engine.materialise(MERGED, followed_merges(leads))
        return True

    return source.engine.table(MERGED) if source.noted(MERGED, laid_out) else None
