"""Reading the truth: one row, its history, and what changed since a position."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accord.store.merging import Row
from accord.store.moments import from_database, when
from accord.store.physical import VersionTable
from accord.store.session import Session

__all__ = ["Version", "as_row", "current_row", "history_of", "row_at", "select_list"]


@dataclass(frozen=True, slots=True)
class Version:
    """What a row was from one import on.

    ``position`` orders versions; ``imported_at`` (aware UTC) and ``source`` say when and from where it came.
    """

    position: int
    imported_at: datetime
    source: str
    row: Row


def select_list(table: VersionTable, alias: str = "v") -> str:
    """The columns of a version, ``extra`` last, for a SELECT."""
    return ", ".join(f'{alias}."{name}"' for name in (*table.names, "extra"))


def current_row(session: Session, table: VersionTable, key: str) -> Row | None:
    """The row of that key as the last committed import left it."""
    return row_at(session, table, key, None)


def row_at(session: Session, table: VersionTable, key: str, position: int | None) -> Row | None:
    """The row of that key as it was at ``position`` (``None``: now)."""
    until = "IS NOT NULL" if position is None else f"<= {int(position)}"
    found = session.one(
        f"SELECT {select_list(table)} FROM {table.name} v JOIN imports i ON i.id = v.import_id "
        f'WHERE v."{table.key}" = ? AND i.position {until} ORDER BY i.position DESC LIMIT 1',
        (key,),
    )
    return as_row(session, table, found) if found else None


def history_of(session: Session, table: VersionTable, key: str) -> list[Version]:
    """Every version of that key, oldest first; each holds the whole row as it then was."""
    found = session.rows(
        f"SELECT i.position, i.finished_at, i.source, {select_list(table)} "
        f"FROM {table.name} v JOIN imports i ON i.id = v.import_id "
        f'WHERE v."{table.key}" = ? AND i.position IS NOT NULL ORDER BY i.position',
        (key,),
    )
    return [_version(session, table, row) for row in found]


def _version(session: Session, table: VersionTable, row: tuple[Any, ...]) -> Version:
    imported_at = when(row[1])
    assert imported_at is not None
    return Version(row[0], imported_at, row[2], as_row(session, table, row[3:]))


def as_row(session: Session, table: VersionTable, found: tuple[Any, ...]) -> Row:
    """A row of :func:`select_list` as the rest of the code has it."""
    sqlite = session.is_sqlite
    values: Mapping[str, object] = {
        column.name: from_database(value, column.type, sqlite=sqlite)
        for column, value in zip(table.columns, found, strict=False)
    }
    return Row(values, json.loads(found[-1]) if found[-1] else {})
