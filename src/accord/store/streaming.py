"""Versions out of the store in bulk, as Arrow batches: the way from the truth to the read model."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv

from accord.store.arrow_columns import column_of
from accord.store.physical import VersionTable
from accord.store.reading import select_list
from accord.store.session import Session
from accord.tables.schema import Type

__all__ = ["ARROW_TYPES", "EXTRA", "POSITION", "stream_versions", "version_schema"]

POSITION = "accord_position"
EXTRA = "accord_extra"
"""Names that no column of the contract and no extra column has."""

ARROW_TYPES: dict[Type, pa.DataType] = {
    Type.TEXT: pa.string(),
    Type.INTEGER: pa.int64(),
    Type.NUMBER: pa.float64(),
    Type.BOOLEAN: pa.bool_(),
    Type.TIME: pa.timestamp("us"),
    Type.DATE: pa.date32(),
}

_ROWS_AT_ONCE = 50_000
_BYTES_AT_ONCE = 8 << 20


def version_schema(table: VersionTable) -> pa.Schema:
    """The columns of a streamed version: the table's own, ``accord_extra`` (JSON text) and ``accord_position``."""
    fields = [pa.field(column.name, ARROW_TYPES[column.type]) for column in table.columns]
    return pa.schema([*fields, pa.field(EXTRA, pa.string()), pa.field(POSITION, pa.int64())])


def stream_versions(
    session: Session, table: VersionTable, where: str, parameters: Sequence[int] = ()
) -> Iterator[pa.RecordBatch]:
    """Versions ``v`` of committed imports ``i`` that meet ``where``, in no order; inside a reading transaction."""
    query = (
        f"SELECT {select_list(table)}, i.position FROM {table.name} v JOIN imports i ON i.id = v.import_id "
        f"WHERE i.position IS NOT NULL AND ({where})"
    )
    return (
        _from_sqlite(session, table, query, parameters)
        if session.is_sqlite
        else _from_postgres(session, table, query, parameters)
    )


def _from_sqlite(
    session: Session, table: VersionTable, query: str, parameters: Sequence[int]
) -> Iterator[pa.RecordBatch]:
    schema = version_schema(table)
    cursor = session.raw.execute(query, parameters)
    while rows := cursor.fetchmany(_ROWS_AT_ONCE):
        columns = [column_of(values, field.type) for values, field in zip(zip(*rows, strict=True), schema, strict=True)]
        yield pa.record_batch(columns, schema=schema)


def _from_postgres(
    session: Session, table: VersionTable, query: str, parameters: Sequence[int]
) -> Iterator[pa.RecordBatch]:
    schema = version_schema(table)
    # COPY takes no parameters; these are integers.
    for value in parameters:
        query = query.replace("?", str(int(value)), 1)
    with session.raw.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)") as copy:
        source = io.BufferedReader(_CopyStream(copy), _BYTES_AT_ONCE)
        if not source.peek(1):
            return
        yield from pa_csv.open_csv(
            source,
            read_options=pa_csv.ReadOptions(column_names=schema.names, block_size=_BYTES_AT_ONCE),
            parse_options=pa_csv.ParseOptions(newlines_in_values=True),
            convert_options=pa_csv.ConvertOptions(
                column_types=schema,
                null_values=[""],
                true_values=["t"],
                false_values=["f"],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )


class _CopyStream(io.RawIOBase):
    """What a COPY sends, as a file."""

    def __init__(self, copy: Any) -> None:
        self._chunks = iter(copy)
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        while not self._left:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._left = memoryview(chunk)
        size = min(len(target), len(self._left))
        target[:size] = self._left[:size]
        self._left = self._left[size:]
        return size
