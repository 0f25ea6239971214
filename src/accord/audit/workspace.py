"""The audit of a workspace: its source of figures, and the rows its store holds back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from accord.audit.kept import Lowered, keep, kept
from accord.audit.report import AuditReport
from accord.ingest.mending import waiting_keys
from accord.late import Late
from accord.readmodel.opening import open_source
from accord.readmodel.source import Source
from accord.store.database import open_store
from accord.store.quarantine import waiting_rows
from accord.workspace import Workspace

if TYPE_CHECKING:
    from accord.audit import examine as examining
    from accord.audit.examine import Progress
else:
    examining = Late("accord.audit.examine")

__all__ = ["audit_source", "audit_workspace", "grades_beside"]

FEW_ROWS = 200_000
"""Up to so many rows an audit takes about as long as building their episodes does: reports make it without asking."""


def audit_workspace(
    workspace: Workspace, as_of: datetime | None = None, *, progress: Progress = lambda _done, _total: None
) -> AuditReport:
    """What ``workspace`` holds at ``as_of`` (naive UTC; default: the newest moment described), examined.

    ``progress`` hears how many checks are done, and of how many.
    """
    with open_source(workspace, as_of) as source:
        return audit_source(workspace, source, progress=progress)


def audit_source(
    workspace: Workspace, source: Source, *, progress: Progress = lambda _done, _total: None
) -> AuditReport:
    """The same on a source of ``workspace`` that is open already. The grades are kept for reports to show."""
    quarantined = _quarantined(workspace)
    report = examining.examine(
        source, quarantined=quarantined, waiting=_waiting(workspace, quarantined), progress=progress
    )
    keep(workspace, source, quarantined, report.lowered)
    return report


def grades_beside(workspace: Workspace, source: Source) -> Lowered | None:
    """The grades to show beside figures of ``source``: kept from an audit, or made now where there are few rows.

    None: nobody has audited this state of the data yet, and it would take long.
    """
    if source.state is None:
        return None
    quarantined = _quarantined(workspace)
    found = kept(workspace, source, quarantined)
    if found is None and sum(source.recorded.values()) <= FEW_ROWS:
        found = examining.examine(source, quarantined=quarantined, waiting=_waiting(workspace, quarantined)).lowered
        keep(workspace, source, quarantined, found)
    return found


def _quarantined(workspace: Workspace) -> Mapping[str, int]:
    """Rows that wait in quarantine, per table."""
    if workspace.engine_url != "duckdb":  # elsewhere the data were never imported, so none of them was refused
        return {}
    with open_store(workspace.database_url, read_only=True) as store:
        return waiting_rows(store.session)


def _waiting(workspace: Workspace, quarantined: Mapping[str, int]) -> Mapping[str, frozenset[str]]:
    """The identifiers of leads and handoffs in quarantine: rows that point at these miss nothing else."""
    tables = quarantined.keys() & {"leads", "handoffs"}
    if not tables:
        return {}
    with open_store(workspace.database_url, read_only=True) as store:
        return waiting_keys(store.session, tables)
