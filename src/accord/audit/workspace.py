"""The audit of a workspace: its source of figures, and the rows its store holds back."""

from __future__ import annotations

from datetime import datetime

from accord.audit.examine import examine
from accord.audit.report import AuditReport
from accord.readmodel.opening import open_source
from accord.store.database import open_store
from accord.workspace import Workspace

__all__ = ["audit_workspace"]


def audit_workspace(workspace: Workspace, as_of: datetime | None = None) -> AuditReport:
    """:func:`examine` what ``workspace`` holds at ``as_of`` (naive UTC; default: the newest moment described)."""
    waiting: dict[str, int] = {}
    if workspace.engine_url == "duckdb":  # elsewhere the data were never imported, so none of them was refused
        with open_store(workspace.database_url, read_only=True) as store:
            waiting = dict(
                store.session.rows(
                    'SELECT q."table", count(*) FROM quarantine q JOIN imports i ON i.id = q.import_id '
                    "WHERE i.state = 'committed' AND q.mended_at IS NULL GROUP BY q.\"table\""
                )
            )
    with open_source(workspace, as_of) as source:
        return examine(source, quarantined=waiting)
