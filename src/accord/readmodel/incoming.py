"""Rows that an import wrote both to the store and to a Parquet file, so that the read model need not read them back.

The file waits in ``incoming/`` until the import is visible, and then becomes a segment as it stands. Whoever refreshes
the read model next may take it; when it is gone, the same rows come from the store.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from accord.store.faults import disk_fault
from accord.tables.schema import Type

__all__ = [
    "REPLACES",
    "Incoming",
    "announce",
    "clear_all_incoming",
    "clear_incoming",
    "incoming_of",
    "place_of",
    "waiting",
]

REPLACES = "accord_replaces"
"""Column of an incoming file: whether the row replaces one that was there at the import's snapshot."""

_FOLDER = "incoming"
_NOTE = "import.json"


@dataclass(frozen=True, slots=True)
class Incoming:
    """What one import hands over: a file of changed rows per table, and the position it had compared its rows with."""

    token: str
    folder: Path
    snapshot: int
    rows: Mapping[str, int]
    types: Mapping[str, Type]

    def file(self, table: str) -> Path:
        """The file of one table."""
        return self.folder / f"{table}.parquet"


def place_of(readmodel: Path, token: str) -> Path:
    """The folder that the import with this token hands its files over in."""
    return readmodel / _FOLDER / token


def announce(incoming: Incoming) -> None:
    """Say that the files in ``incoming.folder`` are complete."""
    note = {"snapshot": incoming.snapshot, "rows": dict(incoming.rows), "types": dict(incoming.types)}
    pending = incoming.folder / f"{_NOTE}-pending"
    try:
        pending.write_text(json.dumps(note), encoding="utf-8")
        pending.replace(incoming.folder / _NOTE)
    except OSError as error:
        raise disk_fault(error, incoming.folder) from error


def incoming_of(readmodel: Path, token: str) -> Incoming | None:
    """What the import with this token handed over; ``None`` when it is not there, or not complete."""
    folder = place_of(readmodel, token)
    try:
        note = json.loads((folder / _NOTE).read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        return None
    types = {name: Type(kind) for name, kind in note["types"].items()}
    found = Incoming(token, folder, note["snapshot"], note["rows"], types)
    return found if all(found.file(table).exists() for table in found.rows) else None


def waiting(readmodel: Path) -> list[str]:
    """Tokens of the imports whose files wait, those of imports under way or dead among them."""
    return [folder.name for folder in (readmodel / _FOLDER).glob("*")]


def clear_incoming(readmodel: Path, token: str) -> None:
    """Remove what an import handed over."""
    shutil.rmtree(place_of(readmodel, token), ignore_errors=True)


def clear_all_incoming(readmodel: Path) -> None:
    """Remove what dead imports left; for who holds the import turn, and has just brought the read model up to date."""
    shutil.rmtree(readmodel / _FOLDER, ignore_errors=True)
