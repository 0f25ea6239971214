"""One connection to the database, SQLite or PostgreSQL, by the plain drivers: the same statements for both."""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from accord.errors import WorkspaceError
from accord.language import gettext as _
from accord.store.address import Address
from accord.store.faults import BUSY_SECONDS, translated

__all__ = ["Session", "connect"]

_FIRST_PAUSE = 0.0005
_LONGEST_PAUSE = 0.001
"""A writer that waits asks again every millisecond. SQLite's own waiting grows to 100 ms between two questions, and
so misses the short gaps that a bulk import leaves for others."""

_NOT_SAID = logging.NullHandler()

_POSITION_LOCK = 0x4143434F  # "ACCO": one number that every Accord process agrees on


class Session:
    """A connection; statements use ``?`` for parameters on both databases.

    ``raw`` is the driver's own connection, for bulk work only.
    """

    def __init__(self, raw: Any, address: Address) -> None:
        self.raw = raw
        self.address = address

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is SQLite."""
        return self.address.is_sqlite

    def execute(self, statement: str, parameters: Sequence[object] = ()) -> None:
        """Run one statement."""
        self.raw.execute(self.worded(statement), parameters)

    def execute_many(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement for each row of parameters."""
        cursor = self.raw.cursor()
        cursor.executemany(self.worded(statement), rows)
        cursor.close()

    def rows(self, query: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return list(self.raw.execute(self.worded(query), parameters).fetchall())

    def one(self, query: str, parameters: Sequence[object] = ()) -> tuple[Any, ...] | None:
        """The first row of a query."""
        found: tuple[Any, ...] | None = self.raw.execute(self.worded(query), parameters).fetchone()
        return found

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction that may write; taken at once, so that it never has to give way half-way."""
        if self.is_sqlite:
            self._begin_immediate()
        else:
            self.raw.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._roll_back()
            raise
        self.raw.execute("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """A transaction that only reads, and sees one state from beginning to end."""
        self.raw.execute("BEGIN" if self.is_sqlite else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            yield
        finally:
            self._roll_back()

    def order_commits(self) -> None:
        """Let no other transaction take a position until this one ends. SQLite has one writer anyway."""
        if not self.is_sqlite:
            self.raw.execute(f"SELECT pg_advisory_xact_lock({_POSITION_LOCK}, 1)")

    def close(self) -> None:
        """Close the connection."""
        self.raw.close()

    def worded(self, statement: str) -> str:
        """The statement as this database's driver takes it."""
        return statement if self.is_sqlite else statement.replace("?", "%s")

    def _begin_immediate(self) -> None:
        deadline, pause = time.monotonic() + BUSY_SECONDS, _FIRST_PAUSE
        self.raw.execute("PRAGMA busy_timeout = 0")
        try:
            while not self._began():
                if time.monotonic() > deadline:
                    self.raw.execute("BEGIN IMMEDIATE")  # once more, for the database's own error
                    return
                time.sleep(pause)
                pause = min(pause * 1.5, _LONGEST_PAUSE)
        finally:
            self.raw.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")

    def _began(self) -> bool:
        try:
            self.raw.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            return False
        return True

    def _roll_back(self) -> None:
        # A transaction that the database itself has ended (full disk, lost server) has nothing to roll back.
        try:
            if not self.is_sqlite or self.raw.in_transaction:
                self.raw.execute("ROLLBACK")
        except Exception:
            if self.is_sqlite:
                raise


def connect(address: Address, *, read_only: bool = False) -> Session:
    """Open a connection; ``WorkspaceError`` when the file or the server cannot be used.

    A SQLite file is never created here. Sessions run in UTC, commits are durable when they return.
    """
    with translated(address):
        return _connect_sqlite(address, read_only) if address.path is not None else _connect_postgres(address)


def _connect_sqlite(address: Address, read_only: bool) -> Session:
    assert address.path is not None
    place = address.path.absolute().as_uri()
    try:
        return _opened(address, f"{place}?mode={'ro' if read_only else 'rw'}")
    except sqlite3.OperationalError:
        # A database in a folder that nobody may write to has no room for the index of its write ahead log.
        if not read_only or os.access(address.path.parent, os.W_OK) or not os.access(address.path, os.R_OK):
            raise
        return _opened(address, f"{place}?immutable=1")


def _opened(address: Address, place: str) -> Session:
    raw = sqlite3.connect(place, uri=True, isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False)
    try:
        raw.execute("PRAGMA synchronous = FULL")
        raw.execute("PRAGMA cache_size = -32000")
        raw.execute("PRAGMA temp_store = MEMORY")
        raw.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()
    except BaseException:
        raw.close()
        raise
    return Session(raw, address)


def _connect_postgres(address: Address) -> Session:
    try:
        import psycopg  # noqa: PLC0415 - an extra: who has no PostgreSQL need not install it
    except ImportError as error:
        raise WorkspaceError(
            _("The database is PostgreSQL, and its driver is not installed: pip install 'accord[postgres]'.")
        ) from error
    # What becomes of a connection that is lost is said in the reader's words; the driver's own are for who listens.
    logging.getLogger("psycopg").addHandler(_NOT_SAID)
    raw = psycopg.connect(
        address.url, autocommit=True, connect_timeout=10, application_name="accord", options="-c timezone=UTC"
    )
    raw.prepare_threshold = None
    return Session(raw, address)
