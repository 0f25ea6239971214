"""What an import would do to the rows that are there, without doing it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from accord.ingest.compare import Comparison
from accord.ingest.staged import Accounting, StagedTable
from accord.readmodel.generation import Generation
from accord.readmodel.refresh import catch_up
from accord.readmodel.segments import stored_relation
from accord.readmodel.workbench import workbench
from accord.store.address import address_of
from accord.store.faults import translated
from accord.store.layout import layout_of
from accord.store.lead_columns import known_as, widened
from accord.store.physical import version_table
from accord.store.session import connect
from accord.tables.schema import Type
from accord.workspace import Workspace

__all__ = ["current_rows", "foresee"]


def current_rows(workspace: Workspace) -> Generation | None:
    """The read model of what is stored; None where nothing was ever imported. Nothing is created for the asking."""
    address = address_of(workspace.database_url)
    if address.path is not None and not address.path.exists():
        return None
    session = connect(address, read_only=True)
    try:
        with translated(address):
            empty = layout_of(session) is None
    finally:
        session.close()
    return None if empty else catch_up(workspace)


def foresee(generation: Generation | None, staged: Sequence[StagedTable], folder: Path) -> dict[str, Accounting]:
    """Where every row of ``staged`` would go; ``generation``: what is there. ``folder`` is for passing files."""
    known = dict(generation.lead_columns) if generation else {}
    for part in staged:
        if part.table == "leads":
            for name, kind in part.extra_types.items():
                if (spelling := known_as(known, name)) is not None:
                    known = widened(known, {spelling: kind})
    accounts: dict[str, Accounting] = {}
    with workbench(folder) as connection:
        for name in dict.fromkeys(part.table for part in staged):
            table = version_table(name)
            there = generation.stored[name] if generation else stored_relation(table, (), folder)
            types: dict[str, Type] = known if name == "leads" else {}
            rows = generation.rows[name] if generation else 0
            comparison = Comparison(connection, table, there, rows, types, folder)
            parts = [part for part in staged if part.table == name]
            accounts[name] = comparison.compare(parts, folder / f"{name}-foreseen.parquet").accounting
    return accounts
