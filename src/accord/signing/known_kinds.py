"""What each column of the leads holds, for whoever checks a qualification against the data."""

from __future__ import annotations

from accord.errors import AccordError
from accord.signing.warehouse import columns_in_warehouse
from accord.store.database import open_store
from accord.tables.schema import table_named
from accord.workspace import Workspace

__all__ = ["KNOWN_WORDS", "known_kinds"]

KNOWN_WORDS = {
    column.name: column.allowed
    for column in table_named("leads").columns
    if column.allowed and not column.others_welcome
}
"""Columns of leads that hold words of the contract and no others."""


def known_kinds(workspace: Workspace) -> tuple[dict[str, str], bool]:
    """Column → text, integer, number, boolean, time or date; and whether there are data with columns of their own."""
    known = {column.name: column.type.value for column in table_named("leads").columns}
    elsewhere = columns_in_warehouse(workspace)
    if elsewhere is not None:
        return {**elsewhere, **known}, True
    try:
        with open_store(workspace.database_url, read_only=True) as store:
            extra = {name: kind.value for name, kind in store.lead_columns().items()}
            return {**extra, **known}, store.position() > 0
    except AccordError:
        return known, False
