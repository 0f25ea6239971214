"""A digest of what is imported and of how it is read: the same again changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import accord
from accord.ingest.inputs import Candidate

__all__ = ["fingerprint_of"]

CHUNK = 1024 * 1024


def fingerprint_of(
    candidates: Sequence[Candidate], table: str | None, mapping: Path | None, timezone: str, sheet: str | None = None
) -> str:
    """Hexadecimal digest of the files' names and bytes, and of everything else that decides what is read from them."""
    digest = hashlib.blake2b(digest_size=20)
    for part in (accord.__version__, table or "", timezone, *([sheet] if sheet else [])):
        digest.update(part.encode() + b"\0")
    for path in ([mapping] if mapping else []) + [candidate.path for candidate in candidates]:
        digest.update(path.name.encode() + b"\0")
        with path.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
        digest.update(b"\0")
    return digest.hexdigest()
