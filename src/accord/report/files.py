"""Files that are whole or not there."""

from __future__ import annotations

import errno
import os
import secrets
from contextlib import suppress
from pathlib import Path

from accord.errors import DataError
from accord.language import gettext as _

__all__ = ["write_whole", "write_whole_bytes"]


def write_whole(path: Path, text: str) -> None:
    """Write ``text`` to ``path`` as UTF-8: beside it first, then put in its place, so that no reader sees half of it.

    ``DataError`` naming the place and the reason when that is impossible; what was there before stays.
    """
    write_whole_bytes(path, text.encode("utf-8"))


def write_whole_bytes(path: Path, content: bytes) -> None:
    """The same of bytes."""
    if not path.name:
        raise DataError(_("{path}: this is a folder. Name a file in it.").format(path=path))
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if path.exists() and not path.is_file():
            # A device or a pipe is written into: putting a file in its place would take it away from everybody.
            path.write_bytes(content)
            return
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise DataError(_reason(path, error)) from error
    finally:
        with suppress(OSError):
            beside.unlink()


def _reason(path: Path, error: OSError) -> str:
    if error.errno == errno.ENOENT:
        return _("{path}: the folder {folder} is not there. Make it, or name another place.").format(
            path=path, folder=path.parent
        )
    if error.errno == errno.EISDIR:
        return _("{path}: this is a folder. Name a file in it.").format(path=path)
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return _("{path}: writing here is not allowed. Name another place.").format(path=path)
    if error.errno == errno.ENOSPC:
        return _("{path}: the disk is full. Nothing was changed there.").format(path=path)
    return _("{path}: could not be written ({reason}). Nothing was changed there.").format(
        path=path, reason=error.strerror
    )
