"""Scores as files for other programs, written as they are worked out."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet

from accord.errors import DataError
from accord.language import gettext as _

__all__ = ["write_csv", "write_scores"]


def write_csv(stream: BinaryIO, tables: Iterable[pa.Table]) -> None:
    """The tables as one CSV with a heading; what is missing is empty."""
    rest = iter(tables)
    first = next(rest)
    with pa_csv.CSVWriter(stream, first.schema, write_options=pa_csv.WriteOptions(quoting_style="needed")) as writer:
        writer.write_table(first)
        for table in rest:
            writer.write_table(table)


def write_scores(tables: Iterable[pa.Table], csv: Path | None, parquet: Path | None) -> None:
    """Write the tables to either file or both, whole or not at all; ``DataError`` naming the reason."""
    rest = iter(tables)
    first = next(rest)
    with _whole(csv) as as_csv, _whole(parquet) as as_parquet:
        writers = []
        if as_csv is not None:
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
