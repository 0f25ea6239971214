"""Workspaces to report on: a whole company, one that records next to nothing, one whose leads are all open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pyarrow import parquet

from accord.demo.simulate import simulate
from accord.readmodel.opening import open_source
from accord.report.board.gathering import board_of
from accord.report.board.parts import Board
from accord.store.database import open_store
from accord.store.single import write_rows
from accord.workspace import Workspace

__all__ = ["UNTIL", "Made", "Rows", "all_open", "made", "simulated_rows", "undecided", "workspace_of"]

Rows = Mapping[str, list[dict[str, Any]]]
UNTIL = date(2026, 7, 1)


@dataclass(frozen=True)
class Made:
    """A workspace, and the board report of it."""

    place: Path
    board: Board


def simulated_rows(folder: Path, size: int = 600) -> Rows:
    """The rows of a year that ends with June 2026, all nine tables."""
    simulate(size=size, seed=7, until=UNTIL).write(folder, "parquet")
    return {path.stem: parquet.read_table(path).to_pylist() for path in sorted(folder.glob("*.parquet"))}


def undecided(rows: Rows) -> Rows:
    """Leads and handoffs, and nothing that became of them."""
    return {name: rows[name] for name in ("leads", "handoffs")}


def all_open(rows: Rows) -> Rows:
    """The handoffs of the last two weeks, three of them answered."""
    handoffs = [row for row in rows["handoffs"] if row["at"].date() >= date(2026, 6, 17)]
    known = {row["handoff_id"] for row in handoffs}
    leads = {row["lead_id"] for row in handoffs}
    decisions = [row for row in rows["decisions"] if row["handoff_id"] in known][:3]
    assert len(decisions) == 3
    return {
        "leads": [row for row in rows["leads"] if row["lead_id"] in leads],
        "handoffs": handoffs,
        "decisions": decisions,
    }


def workspace_of(folder: Path, rows: Rows) -> Path:
    """A workspace that holds ``rows`` and follows the default agreement."""
    folder.mkdir()
    address = Workspace(folder).database_url
    open_store(address, create=True).close()
    for name, told in rows.items():
        if told:
            write_rows(address, name, [{key: value for key, value in row.items() if value is not None} for row in told])
    return folder


def made(place: Path, asked: str = "") -> Made:
    """The board report of a workspace."""
    workspace = Workspace(place)
    with open_source(workspace) as source:
        return Made(place, board_of(workspace, source, asked))
