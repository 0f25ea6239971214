"""Scores as files for other programs, written as they are worked out."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet

from accord.errors import DataError
from accord.language import gettext as _
from accord.report.spreadsheets import Cell, Reader, Record, csv_pieces, csv_text

__all__ = ["write_csv", "write_scores"]


def write_csv(stream: BinaryIO, tables: Iterable[pa.Table], reader: Reader = "programs") -> None:
    """The tables as one CSV with a heading; what is missing is empty."""
    rest = iter(tables)
    first = next(rest)
    if reader != "programs":
        _write_by_hand(stream, chain([first], rest), first.column_names, reader)
        return
    with pa_csv.CSVWriter(stream, first.schema, write_options=pa_csv.WriteOptions(quoting_style="needed")) as writer:
        writer.write_table(first)
        for table in rest:
            writer.write_table(table)


def _write_by_hand(stream: BinaryIO, tables: Iterable[pa.Table], names: Sequence[str], reader: Reader) -> None:
    for piece in csv_pieces(names, (_cells(row) for table in tables for row in table.to_pylist()), reader):
        stream.write(piece.encode())


def _cells(row: Mapping[str, Any]) -> Record:
    """True and false, and whole points, as CSV files of scores have them."""
    return {name: _cell(value) for name, value in row.items()}


def _cell(value: Any) -> Cell:
    if isinstance(value, bool):
        return str(value).lower()
    return int(value) if isinstance(value, float) and value.is_integer() else value


class _ByHand:
    """Takes tables one after the other, as the writers of Arrow do."""

    def __init__(self, path: Path, names: Sequence[str], reader: Reader) -> None:
        self._stream = path.open("wb")
        self._names, self._reader = names, reader
        self._first = True

    def write_table(self, table: pa.Table) -> None:
        text = csv_text(self._names, map(_cells, table.to_pylist()), self._reader)
        self._stream.write((text if self._first else text.partition("\n")[2]).encode())
        self._first = False

    def close(self) -> None:
        self._stream.close()


def write_scores(
    tables: Iterable[pa.Table], csv: Path | None, parquet: Path | None, reader: Reader = "programs"
) -> None:
    """Write the tables to either file or both, whole or not at all; ``DataError`` naming the reason."""
    rest = iter(tables)
    first = next(rest)
    with _whole(csv) as as_csv, _whole(parquet) as as_parquet:
        writers: list[Any] = []
        if as_csv is not None and reader != "programs":
            writers.append(_ByHand(as_csv, first.column_names, reader))
        elif as_csv is not None:
            options = pa_csv.WriteOptions(quoting_style="needed")
            writers.append(pa_csv.CSVWriter(as_csv, first.schema, write_options=options))
        if as_parquet is not None:
            writers.append(pa_parquet.ParquetWriter(as_parquet, first.schema))
        try:
            for table in chain([first], rest):
                for writer in writers:
                    writer.write_table(table)
        finally:
            for writer in writers:
                writer.close()


@contextmanager
def _whole(path: Path | None) -> Iterator[Path | None]:
    """A file beside ``path`` that takes its place at the end, or is gone."""
    if path is None:
        yield None
        return
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        yield beside
        beside.replace(path)
    except OSError as error:
        message = _("{path}: could not be written ({reason}). Nothing was changed there.")
        raise DataError(message.format(path=path, reason=error.strerror or error)) from error
    finally:
        with suppress(OSError):
            beside.unlink()
