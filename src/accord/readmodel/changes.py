"""Which leads anything that happened since a position touches: their episodes, and no others, have to be made anew."""

from __future__ import annotations

import pyarrow as pa

from accord.store.arrow_columns import column_of
from accord.store.changed import keys_written, tables_touched, values_ever
from accord.store.database import open_store
from accord.store.faults import translated
from accord.store.imports import ImportRecord, imports
from accord.store.physical import version_table
from accord.store.session import Session
from accord.workspace import Workspace

__all__ = ["changed_leads", "changed_tables"]

_TABLES = ("leads", "handoffs", "decisions", "activities")

_MOST_ROWS = 300_000
"""Above this, computing all episodes is faster than finding out which."""


def changed_leads(workspace: Workspace, since_position: int) -> pa.Table | None:
    """The ``lead_id`` of every lead that a change after ``since_position`` touches; ``None``: it may touch them all.

    Counted are leads, handoffs, decisions and activities, by the lead they name now and by those they named before; a
    decision that names only a handoff counts for that handoff's lead; a lead also for those it was merged into.
    """
    with open_store(workspace.database_url, read_only=True) as store:
        session = store.session
        with translated(session.address), session.reading():
            if _may_touch_all(session, since_position):
                return None
            records = imports(session, "WHERE position > ?", (since_position,))
            found = sorted(_leads(session, records))
    return pa.Table.from_arrays([column_of(found, pa.string())], names=["lead_id"])


def changed_tables(workspace: Workspace, since_position: int) -> frozenset[str]:
    """The tables that anything after ``since_position`` wrote to."""
    with open_store(workspace.database_url, read_only=True) as store:
        session = store.session
        with translated(session.address), session.reading():
            return frozenset(tables_touched(session, since_position))


def _may_touch_all(session: Session, since: int) -> bool:
    touched = tables_touched(session, since)
    # A rep's team decides whose action counts in any episode.
    return "reps" in touched or sum(touched[name].rows for name in _TABLES if name in touched) > _MOST_ROWS


def _leads(session: Session, records: list[ImportRecord]) -> set[str]:
    leads, handoffs, decisions, activities = (version_table(name) for name in _TABLES)
    changed = {table.contract.name: keys_written(session, table, records) for table in (leads, handoffs, decisions)}
    found = set(changed["leads"]) | values_ever(session, leads, "merged_into", changed["leads"])
    decided = sorted(values_ever(session, decisions, "handoff_id", changed["decisions"]))
    found |= values_ever(session, decisions, "lead_id", changed["decisions"])
    found |= values_ever(session, handoffs, "lead_id", sorted({*changed["handoffs"], *decided}))
    return found | values_ever(session, activities, "lead_id", keys_written(session, activities, records))
