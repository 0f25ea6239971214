"""What conditions, promises and segments may name: the columns of the leads, and what figures cut by besides."""

from __future__ import annotations

from accord.errors import AccordError
from accord.metrics.cells import HANDOFF_DIMENSIONS
from accord.signing.warehouse import columns_in_warehouse
from accord.store.database import open_store
from accord.tables.schema import Type, table_named
from accord.workspace import Workspace

__all__ = ["known_columns"]


def known_columns(workspace: Workspace) -> tuple[dict[str, bool], bool]:
    """Name → whether it holds true and false only; and whether there are data to ask for columns of their own."""
    known = {column.name: column.type is Type.BOOLEAN for column in table_named("leads").columns}
    known |= dict.fromkeys(HANDOFF_DIMENSIONS, False)
    elsewhere = columns_in_warehouse(workspace)
    if elsewhere is not None:
        return {**{name: kind == Type.BOOLEAN for name, kind in elsewhere.items()}, **known}, True
    try:
        with open_store(workspace.database_url, read_only=True) as store:
            extra = {name: kind is Type.BOOLEAN for name, kind in store.lead_columns().items()}
            return {**extra, **known}, store.position() > 0
    except AccordError:
        return known, False
