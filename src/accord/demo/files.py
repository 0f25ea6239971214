"""Write simulated tables to files of the contract's shape: CSV or Parquet, a chunk at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as arrow_parquet
from numpy.typing import NDArray

__all__ = ["FileFormat", "write_table", "write_tables"]

FileFormat = Literal["csv", "parquet"]
_DAY = 86_400


def write_tables(
    tables: Mapping[str, Callable[[], Iterable[Any]]],
    folder: Path,
    file_format: FileFormat = "csv",
    progress: Callable[[str, int], None] | None = None,
) -> dict[str, int]:
    """Write every table to ``<folder>/<name>.<format>``; returns the rows of each.

    ``progress`` is told the table's name and the rows written so far. Raises ``OSError`` when the disk refuses.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return {
        name: write_table(chunks(), folder / f"{name}.{file_format}", partial(progress, name) if progress else None)
        for name, chunks in tables.items()
    }


def write_table(chunks: Iterable[Any], path: Path, progress: Callable[[int], None] | None = None) -> int:
    """Write Arrow tables, one after the other, to ``path`` (``.csv`` or ``.parquet``); returns the rows written."""
    writer: Any = None
    rows = 0
    try:
        for chunk in chunks:
            table = _times_as_text(chunk) if path.suffix == ".csv" else chunk
            if writer is None:
                writer = _writer(path, table.schema)
            writer.write_table(table)
            rows += chunk.num_rows
            if progress:
                progress(rows)
    finally:
        if writer is not None:
            writer.close()
    return rows


def _writer(path: Path, schema: Any) -> Any:
    if path.suffix == ".csv":
        return arrow_csv.CSVWriter(path, schema, write_options=arrow_csv.WriteOptions(quoting_style="needed"))
    return arrow_parquet.ParquetWriter(path, schema, compression="zstd")


def _times_as_text(table: Any) -> Any:
    """The same table with instants as ``2026-03-04T08:15:59Z``: several times faster than Arrow's own cast."""
    for position, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            column = table.column(position).combine_chunks()
            text = _stamps(column.cast(pa.int64()).fill_null(0).to_numpy() // 1_000_000)
            if column.null_count:
                text = pa.compute.if_else(column.is_valid(), text, pa.scalar(None, pa.string()))
            table = table.set_column(position, field.name, text)
    return table


def _stamps(seconds: NDArray[np.int64]) -> Any:
    day, second = np.divmod(seconds, _DAY)
    width = 20
    characters = np.empty((seconds.size, width), dtype=np.uint8)
    if seconds.size:
        first = int(day.min())
        characters[:, :10] = _dates(first, int(day.max()))[day - first]
    characters[:, 10:] = _times()[second]
    offsets = np.arange(0, (seconds.size + 1) * width, width, dtype=np.int32)
    return pa.StringArray.from_buffers(seconds.size, pa.py_buffer(offsets), pa.py_buffer(characters))


def _dates(first: int, last: int) -> NDArray[np.uint8]:
    start = date(1970, 1, 1) + timedelta(days=first)
    text = "".join((start + timedelta(days=step)).isoformat() for step in range(last - first + 1))
    return np.frombuffer(text.encode(), dtype=np.uint8).reshape(-1, 10)


@cache
def _times() -> NDArray[np.uint8]:
    text = "".join(f"T{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}Z" for s in range(_DAY))
    return np.frombuffer(text.encode(), dtype=np.uint8).reshape(-1, 10)
