"""Arrays worked out from the episodes, kept on disk so that the next process need not ask the engine for them again.

Each set of arrays is a folder of one file of numbers and a note that says where each array begins. It is named by what
the arrays follow from: the files of the episodes (which never change), the moment, the rules, and what was asked. Other
data, another moment, other rules have another name, so nothing here can be out of date; deleting it costs working it
out again. See docs/decisions/0050-facts-on-a-shelf.md.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import numpy.typing as npt

__all__ = ["SHELF", "Kept", "Shelf"]

SHELF = "facts"
"""The folder, inside that of the episodes: whatever removes them removes these too."""

FORMAT = 6
"""Raised whenever arrays of the same name change their meaning."""

MOST_BYTES = 1_500_000_000
"""What a shelf may take; above it, the sets used longest ago go."""

GRACE_SECONDS = 3600
"""A set that is being written is left alone for this long."""

_NOTE, _NUMBERS = "note.json", "numbers"
"""One file for all arrays: waiting until a file is on disk takes longer than writing most of them."""

_ALIGNED = 64
"""Bytes of which an array begins at a multiple."""

Kept = tuple[Mapping[str, npt.NDArray[Any]], Mapping[str, Any]]
"""Arrays by name, and a small note in JSON's terms that belongs to them."""


@dataclass(frozen=True)
class Shelf:
    """The shelf in ``folder`` for what follows from ``state``: the data and the rules they are read by.

    It never stands in the way: what cannot be read is as good as not there, what cannot be written is not kept.
    """

    folder: Path
    state: str

    def at(self, moment: datetime) -> Shelf:
        """The shelf for what follows from the data as they stood at ``moment`` too."""
        return Shelf(self.folder, f"{self.state} at {moment.isoformat()}")

    def get(self, name: str) -> Kept | None:
        """The arrays kept under ``name``, read only as far as they are used; ``None`` when they are not all there."""
        place = self._place(name)
        try:
            note = json.loads((place / _NOTE).read_text(encoding="utf-8"))
            with (place / _NUMBERS).open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                if size != note["bytes"]:
                    return None
                mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
            arrays = {
                # A plain view: NumPy's own class for mapped files costs time with every operation.
                column: np.ndarray(shape, kind, mapped, begins, order=order)
                for column, (kind, shape, order, begins) in note["arrays"].items()
            }
            os.utime(place)  # used just now
        except (OSError, ValueError, KeyError, AttributeError, TypeError):
            return None
        return arrays, note["note"]

    def put(self, name: str, arrays: Mapping[str, npt.NDArray[Any]], note: Mapping[str, Any]) -> None:
        """Keep arrays for later; they appear whole or not at all."""
        place = self._place(name)
        passing = place.with_name(f"{place.name}-{uuid4().hex}.part")
        try:
            passing.mkdir(parents=True)
            places: dict[str, tuple[str, tuple[int, ...], str, int]] = {}
            with (passing / _NUMBERS).open("wb") as file:
                for column, values in arrays.items():
                    file.write(bytes(-file.tell() % _ALIGNED))
                    order = "F" if values.flags.f_contiguous and not values.flags.c_contiguous else "C"
                    places[column] = _kind(values), values.shape, order, file.tell()
                    np.ascontiguousarray(values.T if order == "F" else values).tofile(file)
                size = file.tell()
                file.flush()
                os.fsync(file.fileno())  # on disk before the name is, or a power cut could leave zeros under it
            said = {"arrays": places, "bytes": size, "note": dict(note)}
            (passing / _NOTE).write_text(json.dumps(said), encoding="utf-8")
            shutil.rmtree(place, ignore_errors=True)  # broken, or the same from a process that was quicker
            passing.rename(place)
        except OSError:  # a full disk, no access
            shutil.rmtree(passing, ignore_errors=True)
        self._sweep(place)

    def _place(self, name: str) -> Path:
        key = json.dumps([FORMAT, np.__version__.partition(".")[0], self.state, name])
        return self.folder / hashlib.sha256(key.encode()).hexdigest()[:40]

    def _sweep(self, just_made: Path) -> None:
        """Keep the shelf small."""
        sets = []
        with suppress(OSError):
            for place in self.folder.iterdir():
                with suppress(OSError):
                    used = place.stat().st_mtime
                    if place.suffix == ".part" and time.time() - used < GRACE_SECONDS:
                        continue
                    size = sum(file.stat().st_size for file in place.iterdir())
                    sets.append((place != just_made, -used, size, place))
        total = 0
        for _other, _used, size, place in sorted(sets):
            total += size
            if place != just_made and (total > MOST_BYTES or place.suffix == ".part"):
                shutil.rmtree(place, ignore_errors=True)


def _kind(values: npt.NDArray[Any]) -> str:
    """The name of what the array holds; ``ValueError`` for what is no plain number or text."""
    if values.dtype.hasobject or values.dtype.names:
        raise ValueError(values.dtype)
    return values.dtype.str
