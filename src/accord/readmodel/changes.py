"""Which leads anything that happened since a position touches: their episodes, and no others, have to be made anew."""

from __future__ import annotations

import pyarrow as pa

from accord.store.arrow_columns import column_of
from accord.store.changed import keys_written, values_ever
from accord.store.database import open_store
from accord.store.faults import translated
from accord.store.imports import ImportRecord, imports
from accord.store.physical import version_table
from accord.store.session import Session
from accord.workspace import Workspace

__all__ = ["changed_leads"]

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
            records = imports(session, "WHERE position > ?", (since_position,))
            if _may_touch_all(records):
                return None
            found = sorted(_leads(session, records))
    return pa.Table.from_arrays([column_of(found, pa.string())], names=["lead_id"])


def _may_touch_all(records: list[ImportRecord]) -> bool:
    # A rep's team decides whose action counts in any episode.
    if any("reps" in record.changed for record in records):
        return True
    rows = sum(what.rows for record in records for table, what in record.changed.items() if table in _TABLES)
    return rows > _MOST_ROWS


def _leads(session: Session, records: list[ImportRecord]) -> set[str]:
    leads, handoffs, decisions, activities = (version_table(name) for name in _TABLES)
    changed = {table.contract.name: keys_written(session, table, records) for table in (leads, handoffs, decisions)}
    found = set(changed["leads"]) | values_ever(session, leads, "merged_into", changed["leads"])
    decided = sorted(values_ever(session, decisions, "handoff_id", changed["decisions"]))
    found |= values_ever(session, decisions, "lead_id", changed["decisions"])
    found |= values_ever(session, handoffs, "lead_id", sorted({*changed["handoffs"], *decided}))
    return found | values_ever(session, activities, "lead_id", keys_written(session, activities, records))
