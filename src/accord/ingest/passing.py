"""Where rows wait while files are read: a folder that is gone afterwards, also when its process was killed."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import IO

__all__ = ["passing_folder"]

PREFIX = "accord-import-"
HELD = "held"
"""The file whose lock says that the folder's process is alive; the operating system lets go of it when that dies."""


@contextmanager
def passing_folder() -> Iterator[Path]:
    """A folder of one's own in the system's passing one; what killed imports of the same user left there goes too."""
    _sweep(Path(gettempdir()))
    with TemporaryDirectory(prefix=PREFIX) as name, _holding(Path(name)):
        yield Path(name)


@contextmanager
def _holding(folder: Path) -> Iterator[None]:
    # Locked before it has its name: another process that sweeps never sees it free.
    unnamed = folder / f"{HELD}-not-yet"
    with unnamed.open("w") as file:
        if _locked(file):
            unnamed.rename(folder / HELD)
        yield


def _sweep(place: Path) -> None:
    """Remove the folders in ``place`` whose processes are gone."""
    for folder in place.glob(f"{PREFIX}*"):
        # Gone meanwhile, somebody else's, or on a disk that knows no locks: left alone.
        with suppress(OSError):
            if folder.stat().st_uid != os.getuid():
                continue
            with (folder / HELD).open() as file:
                if _locked(file):
                    shutil.rmtree(folder, ignore_errors=True)


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
