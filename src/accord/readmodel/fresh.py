"""What changed in the store since the read model was made: which imports, which tables, which rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from accord.readmodel.incoming import Incoming, incoming_of, waiting
from accord.readmodel.workbench import identifier, literal
from accord.store.changed import Touched, chunks, keys_written, tables_touched
from accord.store.imports import imports
from accord.store.physical import VersionTable
from accord.store.session import Session
from accord.store.streaming import POSITION, stream_versions, version_schema

__all__ = ["Changes", "Fresh", "changes_since", "fresh_rows"]


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything committed after position ``since``, up to the import at ``position`` that is named ``token``.

    ``tables``: which tables were written to. ``incoming``: the files that imports handed over, the one with most rows
    first; only that one is used.
    """

    since: int
    position: int
    token: str
    tables: Mapping[str, Touched]
    incoming: Sequence[Incoming]

    @property
    def adopted(self) -> Incoming | None:
        """The files to take as they are."""
        return self.incoming[0] if self.incoming else None


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


def changes_since(session: Session, since: int, token: str, readmodel: Path) -> Changes:
    """What was committed after the import named ``token`` at position ``since``; inside a reading transaction."""
    last = session.one("SELECT position, token FROM imports WHERE position > ? ORDER BY position DESC", (since,))
    handed_over = [
        found
        for token_there in waiting(readmodel)
        if imports(session, "WHERE position > ? AND token = ?", (since, token_there))
        and (found := incoming_of(readmodel, token_there))
    ]
    handed_over.sort(key=lambda incoming: -sum(incoming.rows.values()))
    position, newest = last or (since, token)
    return Changes(since, position, newest, tables_touched(session, since), handed_over)


def fresh_rows(
    session: Session, connection: duckdb.DuckDBPyConnection, table: VersionTable, changes: Changes, folder: Path
) -> Fresh:
    """The current rows of all keys of ``table`` that changed, as files in ``folder``."""
    name = table.contract.name
    incoming, touched = changes.adopted, changes.tables[name]
    if incoming is None or name not in incoming.rows:
        where, parameters = "i.position > ?", [changes.since]
        if session.is_sqlite and touched.first is not None and touched.last is not None:
            where += " AND v.version BETWEEN ? AND ?"
            parameters += [touched.first, touched.last]
        batches = stream_versions(session, table, where, parameters)
        return _latest(connection, table, batches, folder, may_repeat=touched.imports > 1)
    # The import compared its rows with the state at its snapshot. Keys that others changed since, before or after its
    # commit, are read from the store; all others are as its file has them.
    since = min(changes.since, incoming.snapshot)
    others = [
        record
        for record in imports(session, "WHERE position > ? AND token <> ?", (since, incoming.token))
        if name in record.changed
    ]
    keys = keys_written(session, table, others)
    latest = _latest(connection, table, _current(session, table, keys), folder, may_repeat=True)
    return Fresh(latest.file, latest.rows, incoming.file(name), incoming.rows[name])


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
