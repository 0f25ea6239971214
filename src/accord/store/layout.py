"""Which shape a database has: none yet, this version's, an older one, or one that a newer Accord laid out."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

import accord
from accord.errors import WorkspaceError
from accord.language import gettext as _
from accord.store.session import Session

__all__ = ["FORMAT", "OLDEST_READ", "Layout", "check_layout", "layout_of"]

FORMAT = 4
"""Version of the database's shape; the last migration writes the same number."""

OLDEST_READ = 1
"""The oldest shape that can be read as it is: later ones only added tables. Whoever writes an import brings it up to
date."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Version of the shape, and the random identity that a database is given once."""

    version: int
    identity: str


def layout_of(session: Session) -> Layout | None:
    """The layout found, or ``None`` when Accord has not laid anything out there."""
    if session.is_sqlite:
        there = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'accord_format'"
    else:
        there = "SELECT 1 WHERE to_regclass('accord_format') IS NOT NULL"
    try:
        if session.one(there) is None:
            return None
        found = session.one("SELECT version, identity FROM accord_format ORDER BY version DESC")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_NOTADB:
            raise
        raise WorkspaceError(
            _("{place} is not an Accord database. Choose another workspace, or move that file away.").format(
                place=session.address.shown
            )
        ) from error
    return Layout(int(found[0]), str(found[1])) if found else None


def check_layout(session: Session, layout: Layout) -> None:
    """``WorkspaceError`` when a newer Accord laid the database out: writing to it could lose what it knows."""
    if layout.version > FORMAT:
        raise WorkspaceError(
            _(
                "The database {place} was written by a newer version of Accord (its format is {found}; this is "
                "Accord {version}, which knows formats up to {known}). Install the newer version: "
                "pip install --upgrade accord."
            ).format(place=session.address.shown, found=layout.version, version=accord.__version__, known=FORMAT)
        )
