"""Parquet as a source: every value in the one text form in which the other sources write it."""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from accord.errors import DataError, Fault
from accord.ingest.arrow_text import text_array
from accord.ingest.kinds import InputFile
from accord.ingest.source import INFINITE, SourceTraits, Watch, batch_of_rows
from accord.language import gettext as _

__all__ = ["ParquetSource", "open_parquet"]

CANONICAL = SourceTraits(canonical=True)
ROWS_OF_A_BATCH = 100_000


def open_parquet(file: InputFile) -> ParquetSource:
    """Read the footer of ``file``; ``DataError`` when it is damaged."""
    try:
        with pq.ParquetFile(file.path) as table:
            return ParquetSource(file, tuple(table.schema_arrow.names), table.metadata.num_rows)
    except (pa.ArrowException, OSError) as error:
        raise DataError(
            Fault(
                _("The Parquet file is damaged ({reason}).").format(reason=str(error).splitlines()[0]),
                str(file.path),
                hint=_("Write or fetch it again."),
            )
        ) from error


@dataclass(frozen=True)
class ParquetSource:
    """A Parquet file; a line is a row, counted from 1. ``size``: rows."""

    file: InputFile
    headings: tuple[str, ...]
    size: int
    traits: SourceTraits = CANONICAL
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The file as it was named."""
        return str(self.file.path)

    @property
    def stem(self) -> str:
        """The file's name without folder and endings."""
        return self.file.stem

    def read(self, watch: Watch) -> Generator[pa.RecordBatch]:
        """All rows."""
        line = 1
        with pq.ParquetFile(self.file.path) as table:
            for batch in table.iter_batches(ROWS_OF_A_BATCH):
                count = batch.num_rows
                yield batch_of_rows(
                    [_text(column) for column in batch.columns], np.arange(line, line + count, dtype=np.int64)
                )
                line += count
                watch(count)


def _text(column: pa.Array) -> pa.Array:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _text(column.dictionary_decode())
    if pa.types.is_floating(kind):
        column = pc.if_else(pc.is_nan(column), None, column)  # NaN is how data frames write "missing"
        endless = pc.is_inf(column)
        if pc.any(endless).as_py():
            written = pc.if_else(pc.greater(column, 0), INFINITE, f"-{INFINITE}")
            return pc.if_else(endless, written, column.cast(pa.string()))
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return column.cast(pa.string())
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return text_array([_json_text(value) for value in column.to_pylist()])
    return column.cast(pa.string())


def _json_text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace").replace("\x00", "␀")
    return json.dumps(value, ensure_ascii=False, default=str)
