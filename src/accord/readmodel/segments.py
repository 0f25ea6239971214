"""Segments: the Parquet files of one table. Never changed; rows that newer ones replace are listed dead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from accord.readmodel.workbench import DUCKDB_TYPES, identifier, literal, paths
from accord.store.physical import VersionTable
from accord.store.streaming import EXTRA
from accord.tables.schema import StoredColumn, Type, stored_columns

__all__ = ["Segment", "contract_relation", "internal_columns", "live_rows", "stored_relation"]


@dataclass(frozen=True, slots=True)
class Segment:
    """One Parquet file of a table.

    ``rows`` in the file, of which ``dead`` are replaced by newer ones; ``dead_file`` lists their row numbers.
    ``types``: the extra columns of leads that stand in the file as columns of their own. ``in_order``: whether the rows
    stand in the order of their leads, where they have one.
    """

    file: str
    rows: int
    size: int
    dead: int = 0
    dead_file: str | None = None
    dead_size: int = 0
    types: Mapping[str, Type] = field(default_factory=dict)
    in_order: bool = False

    @property
    def live(self) -> int:
        """Rows that count."""
        return self.rows - self.dead

    @property
    def files(self) -> tuple[tuple[str, int], ...]:
        """Every file it needs, with its size in bytes."""
        dead = ((self.dead_file, self.dead_size),) if self.dead_file else ()
        return ((self.file, self.size), *dead)


def internal_columns(table: VersionTable) -> tuple[StoredColumn, ...]:
    """The columns every segment has, whatever extra columns there are."""
    return (*table.columns, StoredColumn(EXTRA, Type.TEXT))


def contract_relation(
    table: VersionTable, segments: Sequence[Segment], folder: Path, lead_columns: Mapping[str, Type]
) -> str:
    """The DuckDB relation of a table's current rows in the contract's shape, with the extra columns of leads."""
    columns = stored_columns(table.contract)
    return _relation(segments, folder, columns, lead_columns)


def stored_relation(table: VersionTable, segments: Sequence[Segment], folder: Path) -> str:
    """The same rows as the store has them: key and ``accord_extra`` too."""
    return _relation(segments, folder, internal_columns(table), {})


def _relation(
    segments: Sequence[Segment], folder: Path, columns: Sequence[StoredColumn], extra: Mapping[str, Type]
) -> str:
    if not segments:
        return f"({_nothing([*columns, *(StoredColumn(name, kind) for name, kind in extra.items())])})"
    # Whole files that hold the same columns are read by one scan.
    scans: dict[str, list[Segment]] = {}
    selects = []
    for segment in segments:
        selected = ", ".join([*(identifier(column.name) for column in columns), *_extra_columns(segment, extra)])
        if segment.dead:
            selects.append(f"SELECT {selected} FROM {live_rows(segment, folder)}")
        else:
            scans.setdefault(selected, []).append(segment)
    for selected, whole in scans.items():
        files = paths([folder / segment.file for segment in whole])
        selects.append(f"SELECT {selected} FROM read_parquet({files})")
    return "(" + " UNION ALL ".join(selects) + ")"


def live_rows(segment: Segment, folder: Path) -> str:
    """The relation of the rows of one segment that count, with ``file_row_number``."""
    scan = f"read_parquet({literal(folder / segment.file)}, file_row_number = true)"
    if segment.dead_file is None:
        return scan
    dead = f"read_parquet({literal(folder / segment.dead_file)})"
    return f"(FROM {scan} AS live ANTI JOIN {dead} AS dead ON live.file_row_number = dead.file_row_number)"


def _extra_columns(segment: Segment, extra: Mapping[str, Type]) -> list[str]:
    return [
        identifier(name)
        if segment.types.get(name) is kind
        # The column came up after the file was written: no row in it has a value.
        else f"CAST(NULL AS {DUCKDB_TYPES[kind]}) AS {identifier(name)}"
        for name, kind in extra.items()
    ]


def _nothing(columns: Sequence[StoredColumn]) -> str:
    nulls = ", ".join(f"CAST(NULL AS {DUCKDB_TYPES[column.type]}) AS {identifier(column.name)}" for column in columns)
    return f"SELECT {nulls} WHERE false"
