"""Rows that were refused: kept whole, with every reason, until they are mended."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from accord.store.moments import moment_shown, now, when
from accord.store.session import Session

__all__ = ["QuarantinedRow", "RefusedRow", "mark_mended", "quarantine", "quarantined", "waiting_rows"]

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row as the importer refused it; ``raw`` and ``reasons`` are JSON text."""

    table: str
    file: str
    line: int
    raw: str
    reasons: str

    @property
    def digest(self) -> str:
        """The same row refused again has the same digest."""
        parts = (self.table, self.file, str(self.line), self.raw)
        return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class QuarantinedRow:
    """A row in quarantine.

    ``raw``: its cells as read, all text. ``reasons``: code, column, value, message, hint of each. ``mended_at`` (aware
    UTC): when it was mended and imported again.
    """

    id: int
    import_id: int
    table: str
    file: str
    line: int
    raw: Mapping[str, Any]
    reasons: Sequence[Mapping[str, Any]]
    mended_at: datetime | None


def quarantine(session: Session, import_id: int, rows: Iterable[RefusedRow]) -> None:
    """Keep refused rows, inside the caller's transaction; a row that is there already is not kept twice."""
    pending = iter(rows)
    while batch := list(islice(pending, _AT_ONCE)):
        session.execute_many(
            'INSERT INTO quarantine (import_id, "table", file, line, raw, reasons, digest) '
            "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (digest) DO NOTHING",
            [(import_id, row.table, row.file, row.line, row.raw, row.reasons, row.digest) for row in batch],
        )


def waiting_rows(session: Session) -> dict[str, int]:
    """How many rows of each table wait in quarantine; a table of which none does is absent."""
    return dict(
        session.rows(
            'SELECT q."table", count(*) FROM quarantine q JOIN imports i ON i.id = q.import_id '
            "WHERE i.state = 'committed' AND q.mended_at IS NULL GROUP BY q.\"table\""
        )
    )


def quarantined(
    session: Session, table: str | None = None, *, import_id: int | None = None, mended: bool = False
) -> list[QuarantinedRow]:
    """Rows in quarantine, in the order they came; of one table, of one import, or all. With ``mended`` the mended too.

    Rows of an import that has not been committed are not there yet.
    """
    where = ["i.state = 'committed'"]
    parameters: list[object] = []
    if not mended:
        where.append("q.mended_at IS NULL")
    for column, value in (('q."table"', table), ("q.import_id", import_id)):
        if value is not None:
            where.append(f"{column} = ?")
            parameters.append(value)
    found = session.rows(
        'SELECT q.id, q.import_id, q."table", q.file, q.line, q.raw, q.reasons, q.mended_at FROM quarantine q '
        f"JOIN imports i ON i.id = q.import_id WHERE {' AND '.join(where)} ORDER BY q.id",
        parameters,
    )
    return [_quarantined(row) for row in found]


def _quarantined(found: tuple[Any, ...]) -> QuarantinedRow:
    number, import_id, table, file, line, raw, reasons, mended_at = found
    return QuarantinedRow(number, import_id, table, file, line, json.loads(raw), json.loads(reasons), when(mended_at))


def mark_mended(session: Session, ids: Iterable[int]) -> None:
    """Say that rows were mended; they stay readable. Inside the caller's transaction."""
    moment = moment_shown(now(), sqlite=session.is_sqlite)
    for row in ids:
        session.execute("UPDATE quarantine SET mended_at = ? WHERE id = ? AND mended_at IS NULL", (moment, row))
