"""Which leads were merged into others, worked out once for everything that a source is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.engines.shape import contract_table
from accord.readmodel.asking import Asking
from accord.readmodel.source import Source
from accord.tables.merges import followed_merges
from accord.tables.schema import table_named

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["has_merged_leads", "merged_leads_of"]

MERGED = "accord_leads_merged"
"""Name of the session's table of them."""

_PACKAGES = ("tables", "engines", "readmodel")


def has_merged_leads(source: Source) -> bool:
    """Whether any lead was merged into another; they are laid out then."""

    def leads() -> ir.Table:
        return contract_table(source.engine, table_named("leads"), only=("lead_id", "merged_into"))

    def some() -> ir.Table:
        return leads().filter(leads().merged_into.notnull()).limit(1).select("lead_id")

    def laid_out() -> bool:
        with Asking(source, "merges", packages=_PACKAGES, tables=("leads",)) as asking:
            if not asking.rows("some", some).num_rows:
                return False
            asking.table(MERGED, lambda: followed_merges(leads()))
        return True

    return source.noted(MERGED, laid_out)


def merged_leads_of(source: Source) -> ir.Table | None:
    """``lead_id`` → ``becomes`` (:func:`accord.tables.merges.followed_merges`); None where no lead was merged."""
    return source.engine.table(MERGED) if has_merged_leads(source) else None
