"""The life of an import: it runs unseen, then its position makes all it wrote visible; or it is swept away."""

from __future__ import annotations

import json
import os
import socket
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import accord
from accord.errors import WorkspaceError
from accord.language import gettext as _
from accord.store.moments import moment_shown, now, when
from accord.store.session import Session

__all__ = ["ImportRecord", "Written", "abandon", "commit", "imports", "next_position", "open_import", "position_of"]


@dataclass(frozen=True, slots=True)
class Written:
    """What an import wrote to one table: how many versions and, in SQLite, between which row numbers they stand."""

    rows: int
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """One import as the store remembers it.

    ``position`` is ``None`` while it runs, when it was abandoned, and when it changed nothing. Moments are aware UTC.
    """

    id: int
    token: str
    source: str
    state: str
    position: int | None
    started_at: datetime
    finished_at: datetime | None
    accounting: Mapping[str, Mapping[str, int]]
    changed: Mapping[str, Written]
    timezone: str
    fingerprint: str | None = field(default=None, repr=False)


_COLUMNS = "id, token, source, state, position, started_at, finished_at, accounting, changed, timezone, fingerprint"


def open_import(
    session: Session, source: str, *, timezone: str = "", fingerprint: str | None = None, state: str = "running"
) -> ImportRecord:
    """Add an import that has no position yet; inside the caller's transaction."""
    started, token = now(), uuid.uuid4().hex
    found = session.one(
        "INSERT INTO imports (token, source, state, started_at, accounting, changed, timezone, fingerprint, process, "
        "host, accord) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (
            token,
            source,
            state,
            moment_shown(started, sqlite=session.is_sqlite),
            "{}",
            "{}",
            timezone,
            fingerprint,
            os.getpid(),
            socket.gethostname(),
            accord.__version__,
        ),
    )
    assert found is not None
    return ImportRecord(found[0], token, source, state, None, started, None, {}, {}, timezone, fingerprint)


def next_position(session: Session) -> int:
    """The position that the next commit takes; hold :meth:`Session.order_commits` first."""
    found = session.one("SELECT COALESCE(MAX(position), 0) + 1 FROM imports")
    assert found is not None
    return int(found[0])


def commit(
    session: Session,
    import_id: int,
    accounting: Mapping[str, Mapping[str, int]],
    changed: Mapping[str, Written],
    *,
    columns_changed: bool = False,
) -> int | None:
    """Make an import visible, inside the caller's transaction; its position, or ``None`` when it changed nothing.

    ``columns_changed``: it brought a column of leads that was not known, or not with this type.
    """
    written = {table: _written_json(what) for table, what in changed.items() if what.rows}
    position = next_position(session) if written or columns_changed else None
    done = session.raw.execute(
        session.worded(
            "UPDATE imports SET state = 'committed', position = ?, finished_at = ?, accounting = ?, changed = ? "
            "WHERE id = ? AND state = 'running'"
        ),
        (
            position,
            moment_shown(now(), sqlite=session.is_sqlite),
            json.dumps(accounting),
            json.dumps(written),
            import_id,
        ),
    )
    if done.rowcount != 1:
        raise WorkspaceError(
            _("This import was taken for dead and swept away by another. Nothing was changed; run it again.")
        )
    return position


def abandon(session: Session, import_id: int) -> None:
    """Say that an import will never be visible."""
    session.execute(
        "UPDATE imports SET state = 'abandoned', finished_at = ? WHERE id = ? AND state = 'running'",
        (moment_shown(now(), sqlite=session.is_sqlite), import_id),
    )


def position_of(session: Session) -> int:
    """Position of the last import that changed something; 0 for an empty store."""
    return next_position(session) - 1


def imports(session: Session, where: str = "", parameters: tuple[object, ...] = ()) -> list[ImportRecord]:
    """Imports that meet ``where``, oldest first."""
    return [_record(row) for row in session.rows(f"SELECT {_COLUMNS} FROM imports {where} ORDER BY id", parameters)]


def _record(row: tuple[Any, ...]) -> ImportRecord:
    number, token, source, state, position, started, finished, accounting, changed, timezone, fingerprint = row
    started_at = when(started)
    assert started_at is not None
    written = {table: Written(**what) for table, what in json.loads(changed).items()}
    return ImportRecord(
        id=number,
        token=token,
        source=source,
        state=state,
        position=position,
        started_at=started_at,
        finished_at=when(finished),
        accounting=json.loads(accounting),
        changed=written,
        timezone=timezone,
        fingerprint=fingerprint,
    )


def _written_json(written: Written) -> dict[str, int]:
    return {name: value for name in ("rows", "first", "last") if (value := getattr(written, name)) is not None}
