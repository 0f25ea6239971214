"""Bulk writing: the versions of one import, streamed in, unseen until the import is given its position."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import chain, islice, repeat
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.csv as pa_csv

from accord.store.arrow_columns import repeated_integer
from accord.store.imports import Written
from accord.store.merging import Row
from accord.store.pace import Pace
from accord.store.physical import VERSION_TABLES, VersionTable
from accord.store.quarantine import RefusedRow, quarantine
from accord.store.session import Session
from accord.store.versions import first_free, insert_version, remove_version

__all__ = ["BulkWriter", "bulk_writer"]

_MOST_PARAMETERS = 900
"""Every SQLite takes 999 parameters in a statement; several rows in one statement cost less than one each."""

_REFUSED_AT_ONCE = 500

_WORTH_ANALYSING = 1000


class BulkWriter(Protocol):
    """Writes the versions of one import. Rows come sorted by key, so that indexes grow at their end."""

    def write(self, table: VersionTable, batches: Iterable[pa.RecordBatch], on_rows: Callable[[int], None]) -> None:
        """Stream versions in; ``on_rows`` is told how many after each step."""

    def refuse(self, rows: Iterable[RefusedRow]) -> None:
        """Stream quarantined rows in."""

    def finishing(self) -> AbstractContextManager[Session]:
        """The last, short transaction: within it no other import takes a position. Its end makes everything durable."""

    def put(self, table: VersionTable, row: Row) -> None:
        """Write a row anew, within :meth:`finishing`: what was streamed of its key gives way."""

    def take_back(self, table: VersionTable, key: str) -> None:
        """Unwrite what was streamed of a key, within :meth:`finishing`."""

    def written(self) -> dict[str, Written]:
        """What this import wrote to each table; within :meth:`finishing`."""


def bulk_writer(session: Session, import_id: int) -> BulkWriter:
    """The writer for this database."""
    return _SqliteWriter(session, import_id) if session.is_sqlite else _PostgresWriter(session, import_id)


class _Writer:
    def __init__(self, session: Session, import_id: int) -> None:
        self._session = session
        self._import_id = import_id
        self._rows: Counter[str] = Counter()

    def put(self, table: VersionTable, row: Row) -> None:
        self.take_back(table, table.key_of(row.values))
        insert_version(self._session, table, self._import_id, row)
        self._rows[table.contract.name] += 1

    def take_back(self, table: VersionTable, key: str) -> None:
        self._rows[table.contract.name] -= remove_version(self._session, table, self._import_id, key)


class _SqliteWriter(_Writer):
    def __init__(self, session: Session, import_id: int) -> None:
        super().__init__(session, import_id)
        self._pace = Pace(session)
        self._first: dict[str, int] = {}

    def write(self, table: VersionTable, batches: Iterable[pa.RecordBatch], on_rows: Callable[[int], None]) -> None:
        self._announce(table)
        execute = self._session.raw.execute
        for batch in batches:
            insert = _Insert(table, self._import_id, tuple(_constant(column) for column in batch.columns))
            values = chain.from_iterable(zip(*insert.varying(batch), strict=True))
            left = batch.num_rows
            while left:
                rows = min(self._pace.rows, left)
                with self._pace.step(rows):
                    for together in insert.portions(rows):
                        execute(insert.statement(together), list(islice(values, insert.width * together)))
                left -= rows
                self._rows[table.contract.name] += rows
                on_rows(rows)

    def refuse(self, rows: Iterable[RefusedRow]) -> None:
        pending = iter(rows)
        while batch := list(islice(pending, _REFUSED_AT_ONCE)):
            with self._pace.step(len(batch)):
                quarantine(self._session, self._import_id, batch)

    @contextmanager
    def finishing(self) -> Iterator[Session]:
        with self._session.writing():
            yield self._session

    def put(self, table: VersionTable, row: Row) -> None:
        if table.contract.name not in self._first:
            self._first[table.contract.name] = first_free(self._session, table)
        super().put(table, row)

    def written(self) -> dict[str, Written]:
        return {
            name: Written(self._rows[name], first, first_free(self._session, VERSION_TABLES[name]) - 1)
            for name, first in self._first.items()
        }

    def _announce(self, table: VersionTable) -> None:
        # Said before the first row is written, so that a sweep after a crash knows where to look.
        with self._session.writing():
            self._first[table.contract.name] = first_free(self._session, table)
            announced = {name: {"rows": 0, "first": first} for name, first in self._first.items()}
            self._session.execute(
                "UPDATE imports SET changed = ? WHERE id = ?", (json.dumps(announced), self._import_id)
            )


class _PostgresWriter(_Writer):
    """All in one transaction, which the server itself undoes when this process dies."""

    def __init__(self, session: Session, import_id: int) -> None:
        super().__init__(session, import_id)
        self._begun = False

    def write(self, table: VersionTable, batches: Iterable[pa.RecordBatch], on_rows: Callable[[int], None]) -> None:
        self._begin()
        names = ", ".join(f'"{name}"' for name in (*table.names, "extra"))
        statement = f"COPY {table.name} (import_id, {names}) FROM STDIN (FORMAT csv)"
        with self._session.raw.cursor() as cursor, cursor.copy(statement) as copy:
            for batch in batches:
                copy.write(_csv(batch, self._import_id))
                self._rows[table.contract.name] += batch.num_rows
                on_rows(batch.num_rows)

    def refuse(self, rows: Iterable[RefusedRow]) -> None:
        self._begin()
        quarantine(self._session, self._import_id, rows)

    @contextmanager
    def finishing(self) -> Iterator[Session]:
        self._begin()
        self._session.order_commits()
        yield self._session
        self._session.execute("COMMIT")
        self._begun = False
        for name, rows in self._rows.items():
            if rows > _WORTH_ANALYSING:
                # Until its statistics know of them, the planner looks for one key by reading all rows.
                self._session.execute(f"ANALYZE {VERSION_TABLES[name].name}")

    def written(self) -> dict[str, Written]:
        return {name: Written(rows) for name, rows in self._rows.items()}

    def _begin(self) -> None:
        if not self._begun:
            self._session.execute("BEGIN")
            self._begun = True


class _Insert:
    """The statements that insert rows of one batch; a column that is the same throughout stands in their text."""

    def __init__(self, table: VersionTable, import_id: int, constants: tuple[str | None, ...]) -> None:
        self._constants = constants
        self.width = constants.count(None)
        self.most = _MOST_PARAMETERS // self.width
        names = ", ".join(f'"{name}"' for name in ("import_id", *table.names, "extra"))
        self._start = f"INSERT INTO {table.name} ({names}) VALUES "
        self._row = f"({import_id}, {', '.join(constant or '?' for constant in constants)})"
        self._statements: dict[int, str] = {}

    def statement(self, rows: int) -> str:
        """The statement for this many rows at once."""
        if rows not in self._statements:
            self._statements[rows] = self._start + ", ".join([self._row] * rows)
        return self._statements[rows]

    def portions(self, rows: int) -> Iterator[int]:
        """``rows`` in portions that one statement each takes."""
        yield from repeat(self.most, rows // self.most)
        if rows % self.most:
            yield rows % self.most

    def varying(self, batch: pa.RecordBatch) -> list[list[Any]]:
        """The columns that are not the same throughout, as Python has them."""
        columns = zip(batch.columns, self._constants, strict=True)
        return [_as_stored(column).to_pylist() for column, constant in columns if constant is None]


def _constant(column: pa.Array) -> str | None:
    """The SQL of the one value that all cells have, where it is null or a boolean; keys always vary."""
    if column.null_count == len(column):
        return "NULL"
    if pa.types.is_boolean(column.type) and column.null_count == 0 and column.true_count in {0, len(column)}:
        return "1" if column.true_count else "0"
    return None


def _as_stored(column: pa.Array) -> pa.Array:
    if pa.types.is_timestamp(column.type):
        return column.cast(pa.timestamp("us")).cast(pa.int64())
    if pa.types.is_date(column.type):
        return column.cast(pa.string())
    return column


def _csv(batch: pa.RecordBatch, import_id: int) -> memoryview:
    # Texts come quoted and nulls come bare, which is how PostgreSQL's CSV tells "" from null.
    ids = repeated_integer(import_id, batch.num_rows)
    columns = [
        column.cast(pa.timestamp("us")) if pa.types.is_timestamp(column.type) else column for column in batch.columns
    ]
    table = pa.table([ids, *columns], names=["import_id", *batch.schema.names])
    text = io.BytesIO()
    pa_csv.write_csv(table, text, pa_csv.WriteOptions(include_header=False, quoting_style="needed"))
    return text.getbuffer()
