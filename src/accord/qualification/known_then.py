"""The leads as they were known at a past moment: from the store's history, laid over the current ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import ibis.expr.types as ir
import pyarrow as pa

from accord.engines.base import Engine
from accord.engines.duckdb import DuckDBEngine
from accord.engines.shape import contract_table
from accord.readmodel.extra_columns import with_extra_columns
from accord.readmodel.workbench import identifier
from accord.store.database import Store, open_store
from accord.store.moments import when
from accord.store.physical import version_table
from accord.store.streaming import POSITION, stream_versions, version_schema
from accord.tables.schema import stored_columns, table_named
from accord.workspace import Workspace

__all__ = ["KnownLeads", "leads_known_at"]

VERSIONS = "accord_lead_versions"
THEN = "accord_leads_then"


@dataclass(frozen=True)
class KnownLeads:
    """A table of leads with their stored columns. ``first_recorded``: whether any of them was first imported after the
    moment, so that its columns are as first recorded; None where columns are the current ones.
    """

    table: ir.Table
    first_recorded: bool | None


def leads_known_at(workspace: Workspace, engine: Engine, moment: datetime | None) -> KnownLeads:
    """The leads as the store's history had them at ``moment`` (naive UTC); as they are now where it is None.

    A version counts when its import was finished at or before the moment; a lead that was first imported later has the
    columns of its first version. An engine other than the workspace's own has no history: its leads are the current.
    """
    described = table_named("leads")
    if moment is None or not isinstance(engine, DuckDBEngine):
        return KnownLeads(contract_table(engine, described), None)
    with open_store(workspace.database_url, read_only=True) as store:
        position = _position_at(store, moment)
        late = store.session.one(
            "SELECT 1 FROM leads_versions v JOIN imports i ON i.id = v.import_id WHERE i.position > ? AND NOT EXISTS ("
            "SELECT 1 FROM leads_versions w JOIN imports j ON j.id = w.import_id "
            "WHERE w.lead_id = v.lead_id AND j.position <= ?) LIMIT 1",
            (position, position),
        )
        versions = version_table("leads")
        several = (
            "v.lead_id IN (SELECT w.lead_id FROM leads_versions w JOIN imports j ON j.id = w.import_id "
            "WHERE j.position IS NOT NULL GROUP BY w.lead_id HAVING COUNT(*) > 1)"
        )
        with store.session.reading():
            batches = list(stream_versions(store.session, versions, several))
        columns = store.lead_columns()
    engine.keep(VERSIONS, pa.Table.from_batches(batches, version_schema(versions)))
    then = (
        f"(SELECT * FROM {VERSIONS} QUALIFY row_number() OVER (PARTITION BY lead_id ORDER BY "
        f"{POSITION} <= {position} DESC, CASE WHEN {POSITION} <= {position} THEN -{POSITION} ELSE {POSITION} END) = 1)"
    )
    names = [*(column.name for column in stored_columns(described)), *columns]
    selected = ", ".join(identifier(name) for name in names)
    engine.view(
        THEN,
        f"SELECT {selected} FROM leads WHERE lead_id NOT IN (SELECT lead_id FROM {VERSIONS}) "
        f"UNION ALL SELECT {selected} FROM {with_extra_columns(then, columns)}",
    )
    return KnownLeads(engine.table(THEN), late is not None)


def _position_at(store: Store, moment: datetime) -> int:
    """Position of the last import finished by then; 0 before the first."""
    aware = moment.replace(tzinfo=UTC)
    finished = store.session.rows("SELECT position, finished_at FROM imports WHERE position IS NOT NULL")
    return max((place for place, at in finished if (done := when(at)) is not None and done <= aware), default=0)
