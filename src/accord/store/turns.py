"""Taking turns: large imports, refreshes and migrations go one after the other, also between processes and machines.

The lock belongs to the operating system or to PostgreSQL, so that it is free again the moment its holder dies,
however it dies. Who holds it knows that no other large import is alive.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from accord.store.address import Address
from accord.store.faults import disk_fault, translated
from accord.store.session import Session, connect

__all__ = ["file_turn", "import_is_running", "import_turn"]

_QUESTION_SECONDS = 0.05
_TURN_LOCK = 0x4143434F


@contextmanager
def import_turn(address: Address, on_wait: Callable[[], None] | None = None) -> Iterator[None]:
    """Be the only large import, or migration, of this database; ``on_wait`` is called once if another has the turn."""
    if address.path is not None:
        with file_turn(address.path.with_name(f"{address.path.name}-import"), on_wait):
            yield
        return
    session = connect(address)
    try:
        with translated(address):
            _take_postgres(session, on_wait)
        yield
    finally:
        session.close()


def import_is_running(address: Address) -> bool:
    """Whether some process holds the turn right now; False where nobody can tell."""
    if address.path is not None:
        try:
            with address.path.with_name(f"{address.path.name}-import").open("a") as file:
                return not _taken(file)
        except OSError:
            return False
    session = connect(address)
    try:
        with translated(address):
            free = session.one(f"SELECT pg_try_advisory_lock({_TURN_LOCK}, 2)")  # let go with the session
        return not (free and free[0])
    finally:
        session.close()


def _take_postgres(session: Session, on_wait: Callable[[], None] | None) -> None:
    taken = session.one(f"SELECT pg_try_advisory_lock({_TURN_LOCK}, 2)")
    if taken and taken[0]:
        return
    if on_wait is not None:
        on_wait()
    session.execute(f"SELECT pg_advisory_lock({_TURN_LOCK}, 2)")


@contextmanager
def file_turn(path: Path, on_wait: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold the lock on ``path``, a file that stays; ``WorkspaceError`` when it cannot be written."""
    try:
        file = path.open("a")
    except OSError as error:
        raise disk_fault(error, path) from error
    with file:
        if not _taken(file):
            if on_wait is not None:
                on_wait()
            while not _taken(file):
                time.sleep(_QUESTION_SECONDS)
        yield


def _taken(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
