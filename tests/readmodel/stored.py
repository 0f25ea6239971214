"""A company of a handful of rows, stored as a workspace."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from accord.store.database import open_store
from accord.store.single import write_rows
from accord.workspace import Workspace
from episodes.data import Row

__all__ = ["ZONE", "stored"]

ZONE = "Europe/Paris"


def stored(place: Path, tables: Mapping[str, list[Row]]) -> Workspace:
    place.mkdir()
    (place / "accord.yaml").write_text(f"timezone: {ZONE}\nacceptance: {{definition: explicit}}\n", encoding="utf-8")
    workspace = Workspace(place)
    open_store(workspace.database_url, create=True).close()
    for name, rows in tables.items():
        write_rows(workspace.database_url, name, [{k: v for k, v in row.items() if v is not None} for row in rows])
    return workspace
