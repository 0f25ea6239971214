"""What changed in the store since the read model was made: which imports, which tables, which rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from accord.readmodel.incoming import Incoming, incoming_of
from accord.readmodel.workbench import identifier, literal
from accord.store.changed import chunks, keys_written
from accord.store.imports import ImportRecord, imports
from accord.store.physical import VersionTable
from accord.store.session import Session
from accord.store.streaming import POSITION, stream_versions, version_schema

__all__ = ["Changes", "Fresh", "changes_since", "fresh_rows"]


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything committed after ``since``: ``records`` by position, and the files that the largest handed over."""

    since: int
    records: Sequence[ImportRecord]
    incoming: Incoming | None

    @property
    def tables(self) -> set[str]:
        """Tables that any import touched."""
        return {table for record in self.records for table in record.changed}


@dataclass(frozen=True, slots=True)
class Fresh:
    """The changed rows of one table.

    ``file``: those that come from the store, with ``rows`` of them. ``incoming``: the file that an import handed
    over, from which rows that ``file`` has too have to be left out.
    """

    file: Path
    rows: int
    incoming: Path | None = None
    incoming_rows: int = 0


def changes_since(session: Session, since: int, readmodel: Path) -> Changes:
    """What was committed after position ``since``; inside a reading transaction."""
    records = sorted(imports(session, "WHERE position > ?", (since,)), key=lambda record: record.position or 0)
    handed_over = [found for record in records if (found := incoming_of(readmodel, record.token))]
    largest = max(handed_over, key=lambda incoming: sum(incoming.rows.values()), default=None)
    return Changes(since, records, largest)


def fresh_rows(
    session: Session, connection: duckdb.DuckDBPyConnection, table: VersionTable, changes: Changes, folder: Path
) -> Fresh:
    """The current rows of all keys of ``table`` that changed, as files in ``folder``."""
    name = table.contract.name
    incoming = changes.incoming
    if incoming is None or name not in incoming.rows:
        touching = [record for record in changes.records if name in record.changed]
        batches = _versions_between(session, table, changes.since, touching)
        return _latest(connection, table, batches, folder, may_repeat=len(touching) > 1)
    # The import compared its rows with the state at its snapshot. Keys that others changed since, before or after its
    # commit, are read from the store; all others are as its file has them.
    since = min(changes.since, incoming.snapshot)
    others = [
        record
        for record in imports(session, "WHERE position > ?", (since,))
        if name in record.changed and record.token != incoming.token
    ]
    keys = keys_written(session, table, others)
    latest = _latest(connection, table, _current(session, table, keys), folder, may_repeat=True)
    return Fresh(latest.file, latest.rows, incoming.file(name), incoming.rows[name])


def _versions_between(
    session: Session, table: VersionTable, since: int, records: Sequence[ImportRecord]
) -> Iterator[pa.RecordBatch]:
    if not session.is_sqlite:
        return stream_versions(session, table, "i.position > ?", (since,))
    written = [record.changed[table.contract.name] for record in records]
    first = min(what.first or 0 for what in written)
    last = max(what.last or 0 for what in written)
    return stream_versions(session, table, "i.position > ? AND v.version BETWEEN ? AND ?", (since, first, last))


def _current(session: Session, table: VersionTable, keys: Sequence[str]) -> Iterator[pa.RecordBatch]:
    for some in chunks(keys):
        listed = ", ".join(literal(key) for key in some)
        yield from stream_versions(session, table, f"v.{identifier(table.key)} IN ({listed})")


def _latest(
    connection: duckdb.DuckDBPyConnection,
    table: VersionTable,
    batches: Iterator[pa.RecordBatch],
    folder: Path,
    *,
    may_repeat: bool,
) -> Fresh:
    file = folder / f"{table.contract.name}-from-store.parquet"
    rows = 0
    with pq.ParquetWriter(file, version_schema(table), compression="snappy") as writer:
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
    if not may_repeat or rows == 0:
        return Fresh(file, rows)
    key, source = identifier(table.key), f"read_parquet({literal(file)})"
    # Few keys repeat: only those are sorted.
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE repeated AS SELECT {key} FROM {source} GROUP BY ALL HAVING count(*) > 1"
    )
    if connection.execute("SELECT 1 FROM repeated LIMIT 1").fetchone() is None:
        return Fresh(file, rows)
    newest = folder / f"{table.contract.name}-newest.parquet"
    counted = connection.execute(
        f"COPY (SELECT * FROM {source} ANTI JOIN repeated USING ({key}) UNION ALL "
        f"SELECT * FROM {source} SEMI JOIN repeated USING ({key}) "
        f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY {POSITION} DESC) = 1"
        f") TO {literal(newest)} (FORMAT parquet)"
    ).fetchone()
    assert counted is not None
    return Fresh(newest, counted[0])
