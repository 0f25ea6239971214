"""The lead's columns as they were when it was handed over: what was corrected later is not known then."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from accord.engines.duckdb import DuckDBEngine
from accord.learning.handoffs import Handoffs
from accord.qualification.known_then import has_history
from accord.readmodel.extra_columns import with_extra_columns
from accord.readmodel.source import Source
from accord.store.database import open_store
from accord.store.moments import when
from accord.store.physical import version_table
from accord.store.streaming import POSITION, stream_versions, version_schema
from accord.tables.times import microseconds
from accord.workspace import Workspace

__all__ = ["as_known_then"]

_VERSIONS = "accord_learning_versions"

Row = Mapping[str, Any]


@dataclass(frozen=True)
class _History:
    """Versions of the leads that have several, oldest first; when (microseconds) which position had been reached."""

    versions: Mapping[str, Sequence[tuple[int, Row]]]
    finished: Sequence[int]
    positions: Sequence[int]

    def known(self, lead: Row, moment: int) -> Row:
        """The lead's columns at ``moment``; of a lead first imported later, those first recorded."""
        versions = self.versions.get(str(lead["lead_id"]))
        if versions is None:
            return lead
        reached = bisect_right(self.finished, moment)
        position = self.positions[reached - 1] if reached else 0
        past = [row for place, row in versions if place <= position]
        then = past[-1] if past else versions[0][1]
        return {name: then.get(name, value) for name, value in lead.items()}


def as_known_then(workspace: Workspace, source: Source, handoffs: Handoffs) -> Handoffs:
    """The same handoffs with the columns of the lead as the store's history had them at each.

    Where the data stand in another warehouse there is no history: the columns are the latest.
    """
    if not has_history(workspace, source.engine):
        return handoffs
    # Versions are laid out in DuckDB, wherever the leads stand: few have several.
    bench = source.engine if isinstance(source.engine, DuckDBEngine) else DuckDBEngine()
    try:
        history = _history(workspace, bench)
    finally:
        if bench is not source.engine:
            bench.close()
    if not history.versions:
        return handoffs
    moments = handoffs.at.tolist()
    leads = [history.known(lead, moment) for lead, moment in zip(handoffs.leads, moments, strict=True)]
    return replace(handoffs, leads=leads)


def _history(workspace: Workspace, engine: DuckDBEngine) -> _History:
    table = version_table("leads")
    several = (
        "v.lead_id IN (SELECT w.lead_id FROM leads_versions w JOIN imports j ON j.id = w.import_id "
        "WHERE j.position IS NOT NULL GROUP BY w.lead_id HAVING COUNT(*) > 1)"
    )
    with open_store(workspace.database_url, read_only=True) as store:
        with store.session.reading():
            batches = list(stream_versions(store.session, table, several))
        finished = store.session.rows(
            "SELECT position, finished_at FROM imports WHERE position IS NOT NULL ORDER BY position"
        )
        columns = store.lead_columns()
    engine.keep(_VERSIONS, pa.Table.from_batches(batches, version_schema(table)))
    rows = engine.run_sql(f"FROM {with_extra_columns(_VERSIONS, columns)} ORDER BY lead_id, {POSITION}").to_pylist()
    versions: dict[str, list[tuple[int, Row]]] = {}
    for row in rows:
        versions.setdefault(row["lead_id"], []).append((row[POSITION], row))
    moments = [(microseconds(done), position) for position, at in finished if (done := when(at)) is not None]
    moments.sort()
    return _History(versions, [moment for moment, _ in moments], _highest([position for _, position in moments]))


def _highest(positions: Sequence[int]) -> list[int]:
    """The highest position reached so far: two imports may finish in another order than they became visible."""
    reached: list[int] = []
    for position in positions:
        reached.append(max(position, reached[-1] if reached else 0))
    return reached
