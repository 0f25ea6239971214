"""The manifest: which files make up the read model, and which state of the store they show. Replaced in one step."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from accord.readmodel.segments import Segment
from accord.store.faults import disk_fault
from accord.tables.schema import Type

__all__ = ["MANIFEST", "SEGMENTS", "Manifest", "Retired", "read_manifest", "write_manifest"]

MANIFEST = "manifest.json"
SEGMENTS = "segments"
"""The folder, inside the read model's, of the Parquet files."""
SHAPE = 1
"""Version of the manifest's own shape; another shape is as good as no manifest, and the read model is made anew."""


@dataclass(frozen=True, slots=True)
class Retired:
    """A file that newer generations do without, and when (seconds since 1970) that began."""

    file: str
    since: float


@dataclass(frozen=True, slots=True)
class Manifest:
    """One generation of the read model.

    ``position``: of the store's import that it shows last; ``token`` names that import, ``identity`` the database, so
    that a database put back from a backup is not taken for the one the files were made from.
    """

    number: int
    position: int
    identity: str
    token: str
    lead_columns: Mapping[str, Type]
    tables: Mapping[str, tuple[Segment, ...]]
    retired: tuple[Retired, ...] = field(default=())

    def files(self) -> dict[str, int]:
        """Every file in use, with its size in bytes."""
        return {file: size for segments in self.tables.values() for segment in segments for file, size in segment.files}


def read_manifest(folder: Path) -> Manifest | None:
    """The generation in ``folder``; ``None`` when there is none, or when a file of it is missing or cut short."""
    try:
        manifest = _from_json(json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
        whole = manifest is not None and all(
            (folder / SEGMENTS / file).stat().st_size == size for file, size in manifest.files().items()
        )
    except (FileNotFoundError, NotADirectoryError, json.JSONDecodeError, KeyError, TypeError, ValueError):
        return None
    except OSError as error:
        raise disk_fault(error, Path(error.filename or folder)) from error
    return manifest if whole else None


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Put ``manifest`` in force; its files are on disk before it is."""
    pending = folder / f"{MANIFEST}-{uuid.uuid4().hex}"
    try:
        with pending.open("w", encoding="utf-8") as file:
            json.dump({"shape": SHAPE, **asdict(manifest)}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        pending.replace(folder / MANIFEST)
    except OSError as error:
        raise disk_fault(error, folder) from error
    finally:
        pending.unlink(missing_ok=True)


def _from_json(found: dict[str, Any]) -> Manifest | None:
    if found["shape"] != SHAPE:
        return None
    return Manifest(
        number=found["number"],
        position=found["position"],
        identity=found["identity"],
        token=found["token"],
        lead_columns=_types(found["lead_columns"]),
        tables={
            table: tuple(Segment(**{**segment, "types": _types(segment["types"])}) for segment in segments)
            for table, segments in found["tables"].items()
        },
        retired=tuple(Retired(**file) for file in found["retired"]),
    )


def _types(found: dict[str, str]) -> dict[str, Type]:
    return {name: Type(kind) for name, kind in found.items()}
