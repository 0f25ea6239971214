"""Reading files the way an import does, up to the point where rows would be applied."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet as pq

from accord.ingest.importing import Ears
from accord.ingest.inputs import find_files
from accord.ingest.mapping.load import read_mapping
from accord.ingest.outcome import FileReport
from accord.ingest.scan import engine
from accord.ingest.staging import stage_all
from accord.readmodel.generation import Generation
from accord.tables.schema import Type

__all__ = ["Read", "Refused", "read"]


@dataclass(frozen=True)
class Refused:
    """A refused row: where it stood, its cells, and (code, column) of each reason."""

    line: int
    raw: dict[str, Any]
    reasons: list[tuple[str, str | None]]
    messages: list[str]


@dataclass(frozen=True)
class Read:
    """What came out of files: per table its good rows (with ``extra`` as an object) and its refused ones."""

    rows: dict[str, list[dict[str, Any]]]
    refused: dict[str, list[Refused]]
    read: dict[str, int]
    present: dict[str, tuple[str, ...]]
    extra_types: dict[str, dict[str, Type]]
    files: tuple[FileReport, ...]
    notes: tuple[str, ...]

    @property
    def said(self) -> str:
        """Everything there is to say about it."""
        return "\n".join([*(note for file in self.files for note in file.notes), *self.notes])


def read(
    paths: Sequence[Path],
    *,
    table: str | None = None,
    mapping: str | None = None,
    timezone: str = "UTC",
    there: Generation | None = None,
) -> Read:
    """Find, recognise, read and check ``paths``; ``mapping`` is the text of a mapping file."""
    told = read_mapping(mapping.encode(), Path("mapping.yaml")) if mapping is not None else None
    candidates, passed_over = find_files(paths)
    with TemporaryDirectory() as name, engine(Path(name)) as connection:
        rows = Path(name) / "rows"
        rows.mkdir()
        staged = stage_all(
            connection,
            candidates,
            table=table,
            mapping=told,
            timezone=timezone,
            there=there,
            folder=rows,
            ears=Ears(),
        )
        beside = [passed.said for passed in (*passed_over, *staged.passed_over)]
        answer = Read({}, {}, {}, {}, {}, staged.files, (*beside, *staged.notes))
        for part in (staging.staged for staging in staged.stagings):
            good = pq.ParquetFile(part.rows).read().to_pylist()
            for row in sorted(good, key=lambda row: row["line"]):
                row["extra"] = json.loads(row["extra"]) if row["extra"] else None
                answer.rows.setdefault(part.table, []).append(row)
            answer.rows.setdefault(part.table, [])
            refused = pq.ParquetFile(part.quarantined).read().to_pylist() if part.quarantined else []
            answer.refused.setdefault(part.table, []).extend(_refused(row) for row in refused)
            assert part.read == len(good) + len(refused)
            assert part.refused == len(refused)
            answer.read[part.table] = answer.read.get(part.table, 0) + part.read
            answer.present[part.table] = part.present
            answer.extra_types[part.table] = dict(part.extra_types)
        return answer


def _refused(row: dict[str, Any]) -> Refused:
    reasons = json.loads(row["reasons"])
    raw = json.loads(row["raw"])
    raw.pop("_reading")
    return Refused(
        row["line"],
        raw,
        [(reason["code"], reason["column"]) for reason in reasons],
        [reason["message"] for reason in reasons],
    )
