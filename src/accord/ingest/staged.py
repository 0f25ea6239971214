"""What reading a file yields and what applying it to the store takes: typed rows on disk, and rows refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from accord.tables.schema import Type

__all__ = ["Accounting", "StagedTable"]


@dataclass(frozen=True, slots=True)
class StagedTable:
    """The rows one source gives to one table of the contract, typed and checked, as Parquet files.

    ``rows``: Parquet with the stored columns in ``present`` (each time with its ``_is_date``; an instant as naive UTC
    ``TIMESTAMP``, a date as that date at 00:00), a column ``extra`` (JSON object text of all other columns, or null;
    a cell that was empty is a JSON null) and ``line`` (``BIGINT``, 1-based line or row in the source; the
    higher line is the newer). Keys may repeat; the last line wins.

    ``present``: the contract's columns that the source has. A column absent here keeps its old value in the store; a
    null in a present column clears it.

    ``extra_types``: type of every other column of the source.

    ``quarantined``: Parquet with ``file`` (text) and ``line`` (BIGINT), where the row stood when it was refused first,
    ``read_at`` (its line in this source), ``raw`` (JSON object text of the row as read, every cell text, with what it
    takes along under :data:`accord.ingest.own_columns.KEPT_BESIDE`) and ``reasons`` (JSON array text of ``{"code",
    "column", "value", "message", "hint"}`` and, where the file calls the column something else, ``"heading"``);
    ``None`` when no row was refused. Messages are English source text with the values filled in.

    ``read`` counts all data rows of the source for this table, refused ones included.

    ``keeps_hours``: a row that is there with an hour stays as it is where this source has the date alone.
    """

    table: str
    source: str
    rows: Path
    present: tuple[str, ...]
    extra_types: Mapping[str, Type]
    read: int
    refused: int
    quarantined: Path | None
    keeps_hours: bool = False


@dataclass(frozen=True, slots=True)
class Accounting:
    """Where every row of an import went: ``read = added + updated + unchanged + quarantined``, always."""

    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    quarantined: int = 0

    def __post_init__(self) -> None:
        if self.read != self.added + self.updated + self.unchanged + self.quarantined:
            raise AssertionError(f"rows unaccounted for: {self}")

    def __add__(self, other: Accounting) -> Accounting:
        return Accounting(
            self.read + other.read,
            self.added + other.added,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.quarantined + other.quarantined,
        )
