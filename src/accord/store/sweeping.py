"""Clearing away what imports that died left behind; unseen by anyone, it only takes room."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from accord.store.pace import Pace
from accord.store.physical import VERSION_TABLES, VersionTable
from accord.store.session import Session
from accord.store.versions import first_free

__all__ = ["sweep"]


def sweep(session: Session, on_rows: Callable[[int], None] = lambda rows: None) -> None:
    """Remove what dead imports left unseen. Only for who holds the import turn: no other large import is alive then."""
    dead: Sequence[tuple[Any, ...]] = session.rows(
        "SELECT id, changed FROM imports WHERE state = 'running' OR (state = 'abandoned' AND changed <> '{}')"
    )
    pace = Pace(session) if session.is_sqlite and dead else None
    for import_id, changed in dead:
        if pace is not None:
            for name, what in json.loads(changed).items():
                for rows in _sweep_table(session, pace, VERSION_TABLES[name], import_id, what["first"]):
                    on_rows(rows)
        with session.writing():
            session.execute("DELETE FROM quarantine WHERE import_id = ?", (import_id,))
            session.execute("UPDATE imports SET state = 'abandoned', changed = '{}' WHERE id = ?", (import_id,))


def _sweep_table(session: Session, pace: Pace, table: VersionTable, import_id: int, first: int) -> Iterator[int]:
    # From the newest backwards: what is left is always one range, wherever this is interrupted.
    last = first_free(session, table) - 1
    while last >= first:
        rows = pace.rows
        with pace.step(rows):
            session.execute(
                f"DELETE FROM {table.name} WHERE version > ? AND version <= ? AND version >= ? AND import_id = ?",
                (last - rows, last, first, import_id),
            )
        last -= rows
        yield rows
