"""What the database's and the disk's own errors mean for the person who reads them."""

from __future__ import annotations

import errno
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from accord.engines.unreachable import why_no_connection
from accord.errors import AccordError, WorkspaceError
from accord.language import gettext as _
from accord.store.address import Address

__all__ = ["BUSY_SECONDS", "disk_fault", "disk_full", "translated"]

BUSY_SECONDS = 20
"""How long a writer waits for another before it gives up."""


@contextmanager
def translated(address: Address) -> Iterator[None]:
    """Turn errors of SQLite, PostgreSQL and the disk into :class:`WorkspaceError` that says what to do."""
    try:
        yield
    except AccordError:
        raise
    except sqlite3.Error as error:
        raise _sqlite_fault(error, address) from error
    except OSError as error:
        raise disk_fault(error, Path(error.filename or address.shown)) from error
    except Exception as error:
        if not _is_psycopg(error):
            raise
        raise _postgres_fault(error, address) from error


def disk_fault(error: OSError, place: Path) -> WorkspaceError:
    """What an error of the file system means, at ``place``."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return disk_full(str(place))
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return WorkspaceError(
            _(
                "{place} cannot be written. Give this user the right to write there, or choose another workspace."
            ).format(place=place)
        )
    return WorkspaceError(_("{place} cannot be used: {reason}.").format(place=place, reason=error.strerror or error))


def disk_full(place: str) -> WorkspaceError:
    """What a full disk means, or a quota that is used up, for who was writing at ``place``."""
    return WorkspaceError(
        _(
            "The disk is full at {place}. Nothing was changed: figures show what they showed before. Free some space "
            "and run the command again."
        ).format(place=place)
    )


def _sqlite_fault(error: sqlite3.Error, address: Address) -> WorkspaceError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL or _is_disk_full(address, code):
        return disk_full(address.shown)
    if code == sqlite3.SQLITE_BUSY:
        return WorkspaceError(
            _(
                "The database {place} has been kept busy by another program for more than {seconds} seconds. Let that "
                "program finish, then run the command again."
            ).format(place=address.shown, seconds=BUSY_SECONDS)
        )
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}:
        return WorkspaceError(
            _(
                "The database {place} cannot be opened for writing. Give this user the right to write to the file and "
                "to its folder, or choose another workspace."
            ).format(place=address.shown)
        )
    if code in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
        return WorkspaceError(
            _("{place} is not a sound SQLite database ({reason}). Put a backup in its place.").format(
                place=address.shown, reason=error
            )
        )
    if code == sqlite3.SQLITE_IOERR:
        return WorkspaceError(
            _(
                "{place} could not be read or written ({reason}): the disk failed or is gone, or files may grow no "
                "larger (ulimit -f). Nothing was changed: figures show what they showed before. Mend that, then run "
                "the command again."
            ).format(place=address.shown, reason=str(error).rstrip("."))
        )
    return WorkspaceError(
        _("The database {place} refused: {reason}.").format(place=address.shown, reason=str(error).rstrip("."))
    )


def _is_disk_full(address: Address, code: int) -> bool:
    # A write ahead log that cannot grow is reported as an input/output error on some file systems.
    if code != sqlite3.SQLITE_IOERR or address.path is None:
        return False
    try:
        with (address.path.parent / f"{address.path.name}-space").open("xb") as probe:
            probe.write(b"\0" * 65536)
            probe.flush()
    except OSError as error:
        return error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
    finally:
        (address.path.parent / f"{address.path.name}-space").unlink(missing_ok=True)
    return False


def _is_psycopg(error: Exception) -> bool:
    return type(error).__module__.split(".")[0] == "psycopg"


def _postgres_fault(error: Exception, address: Address) -> WorkspaceError:
    state: str | None = getattr(error, "sqlstate", None)
    lines = str(error).strip().splitlines() or [type(error).__name__]
    reason = _without_password(lines[0], address).rstrip(".")
    if state == "53100":
        return disk_full(address.shown)
    if type(error).__name__ == "OperationalError" and (state is None or state.startswith(("08", "28", "3D", "57"))):
        words = _without_password(str(error), address)
        return WorkspaceError(
            why_no_connection(words, host=address.host, port=address.port, user=address.user, database=address.database)
        )
    if state == "42501":
        return WorkspaceError(
            _(
                "PostgreSQL at {host}, port {port}, does not allow this: {reason}. Give the user the right to write to "
                "the database {database}."
            ).format(host=address.host, port=address.port, reason=reason, database=address.database)
        )
    return WorkspaceError(_("The database {place} refused: {reason}.").format(place=address.shown, reason=reason))


def _without_password(text: str, address: Address) -> str:
    # Whole words only: a password of one letter stands in nearly every sentence.
    return re.sub(rf"(?<!\w){re.escape(address.password)}(?!\w)", "***", text) if address.password else text
