"""Refused rows handed out to be mended, and taken back: a file with the rows as they were read, and what is wrong
with each.

The columns whose names begin with an underscore are Accord's own; the others are the file's. A row that comes back
counts as mended; should it be refused again, it is in quarantine anew, with its new reasons, as a row of the file it
came from at first. Rows that were read by a mapping have it kept with them in quarantine (see
:mod:`accord.ingest.provenance`), so a file to mend needs no mapping to be imported.

A refused row is obsolete, too, when a row of its key comes again in a later import: the newer row wins.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from zoneinfo import available_timezones

import duckdb
import pyarrow.parquet as pq

from accord.errors import DataError, Fault
from accord.ingest import sqltext as sql
from accord.ingest.mapping.model import FileRule, Reading
from accord.ingest.own_columns import (
    FILE,
    KEY,
    LINE,
    MAPPING,
    NUMBER,
    OWN_COLUMNS,
    READING,
    REASONS,
    SURPLUS,
    TABLE,
    WHOLE_ROW,
)
from accord.ingest.provenance import files_needed, rule_kept
from accord.ingest.refusals import told
from accord.ingest.scan import scanning
from accord.ingest.source import CELL, Source
from accord.ingest.staged import StagedTable
from accord.language import gettext as _
from accord.store.database import open_store
from accord.store.faults import translated
from accord.store.quarantine import QuarantinedRow, RefusedRow
from accord.store.session import Session
from accord.tables.schema import TABLES, table_named
from accord.typed import as_typed
from accord.workspace import Workspace

__all__ = [
    "Quarantine",
    "files_beside",
    "in_quarantine",
    "mend_files",
    "numbers_in",
    "reading_to_mend",
    "reasons_of",
    "refused_rows",
    "rows_waiting",
    "table_to_mend",
    "waiting_keys",
]

AT_ONCE = 500
"""Numbers asked for in one statement."""

ROWS_AT_ONCE = 50_000


def reasons_of(row: QuarantinedRow) -> list[str]:
    """Why ``row`` was refused, in the reader's language."""
    return [told(row.table, reason) for reason in row.reasons]


def mend_files(rows: Sequence[QuarantinedRow]) -> dict[str, str]:
    """Name → the text of a CSV file with refused rows, ready to be mended and imported again.

    One file holds rows of one table that were read in one way and have the same columns; it is called after the table,
    with a number where there are several: ``decisions``, ``decisions-2``.
    """
    together: dict[tuple[object, ...], list[QuarantinedRow]] = {}
    for row in rows:
        together.setdefault((row.table, row.raw.get(MAPPING), row.raw.get(READING), _cells(row)), []).append(row)
    files: dict[str, str] = {}
    for mine in together.values():
        table = mine[0].table
        count = sum(name.split("-")[0] == table for name in files) + 1
        files[table if count == 1 else f"{table}-{count}"] = _mend_file(mine)
    return files


def _cells(row: QuarantinedRow) -> tuple[str, ...]:
    return tuple(key for key in row.raw if key not in OWN_COLUMNS)


def _mend_file(rows: Sequence[QuarantinedRow]) -> str:
    cells = _cells(rows[0])
    loose = [key for key in (READING, WHOLE_ROW, SURPLUS) if any(key in row.raw for row in rows)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([NUMBER, TABLE, FILE, LINE, REASONS, *loose, *cells])
    for row in rows:
        written = [row.raw.get(key) for key in (*loose, *cells)]
        writer.writerow(
            [row.raw.get(NUMBER, row.id), row.table, row.file, row.line, " ".join(reasons_of(row)), *written]
        )
    return out.getvalue()


def files_beside(rows: Sequence[QuarantinedRow]) -> list[str]:
    """The other files that have to be imported with the mended ``rows``, for something is looked up in them."""
    rules = [rule_kept(text) for text in dict.fromkeys(row.raw.get(MAPPING) for row in rows) if text]
    return list(dict.fromkeys(name for rule in rules if rule is not None for name in files_needed(rule)))


def table_to_mend(headings: Sequence[str], first_row: Mapping[str, str | None]) -> str | None:
    """The table that a file to mend is for, or None when it is no such file."""
    if NUMBER not in headings or TABLE not in headings:
        return None
    name = first_row.get(TABLE)
    return name if name in {table.name for table in TABLES} else None


def reading_to_mend(first_row: Mapping[str, str | None]) -> Reading:
    """How the file that a file to mend came from was read."""
    said = dict(part.split("=", 1) for part in (first_row.get(READING) or "").split() if "=" in part)
    timezone = said.get("timezone")
    return Reading(
        timezone=timezone if timezone in available_timezones() else None,
        dates=said["dates"] if said.get("dates") in {"dmy", "mdy"} else None,
        decimal="," if said.get("decimal") == "," else None,
    )


def numbers_in(connection: duckdb.DuckDBPyConnection, source: Source) -> tuple[int, ...]:
    """The numbers under which the rows of ``source`` stand in quarantine; none when it is no file to mend."""
    if NUMBER not in source.headings:
        return ()
    cell = CELL.format(source.headings.index(NUMBER))
    with scanning(connection, source, lambda _read: None):
        found = connection.execute(
            f"SELECT DISTINCT try_cast(trim({cell}) AS BIGINT) AS number FROM scan WHERE number IS NOT NULL ORDER BY 1"
        ).fetchall()
    return tuple(number for (number,) in found)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A refused row: ``key``, the identifier it would have; ``number``, under which it was refused first, and
    ``first``, its digest then.
    """

    id: int
    table: str
    digest: str
    key: str | None
    number: int
    first: str


class Quarantine:
    """What the workspace knows of its refused rows, for an import that may bring some of them back."""

    def __init__(self, workspace: Workspace) -> None:
        self._url = workspace.database_url

    def rule_of(self, numbers: Sequence[int], name: str) -> FileRule | None:
        """The rule by which the rows with these ``numbers`` were read, None when by their headings alone.

        ``DataError``: not all of them were read by one; ``name`` is the file's, for the message.
        """
        texts: set[str | None] = set()
        with open_store(self._url, read_only=True) as store, translated(store.session.address):
            mapping = _kept("q.raw", MAPPING, store.session)
            left = iter(numbers)
            while some := tuple(islice(left, AT_ONCE)):
                places = ", ".join("?" for _number in some)
                found = store.session.rows(
                    f"SELECT DISTINCT {mapping} FROM quarantine q WHERE q.id IN ({places})", some
                )
                texts |= {text for (text,) in found}
        if len(texts) > 1:
            raise DataError(
                Fault(
                    _("The rows in this file were not all read in the same way at first."),
                    name,
                    hint=_("Keep them in the files that {quarantine} writes, and import these together.").format(
                        quarantine=as_typed("quarantine --csv mend.csv")
                    ),
                )
            )
        text = texts.pop() if texts else None
        return rule_kept(text) if text else None

    def made_obsolete(
        self, connection: duckdb.DuckDBPyConnection, staged: Sequence[StagedTable], numbers: Sequence[int]
    ) -> tuple[int, ...]:
        """The waiting rows that ``staged`` brings back: those first refused under ``numbers``, and those whose key
        comes again.

        A row that is refused again just as it stood, now or when it was refused first, goes on waiting.
        """
        with open_store(self._url, read_only=True) as store, translated(store.session.address):
            session = store.session
            key, first = _kept("q.raw", KEY, session), _kept("q.raw", NUMBER, session)
            rows = session.rows(
                f'SELECT q.id, q."table", q.digest, {key}, coalesce(CAST({first} AS BIGINT), q.id), '
                "coalesce(f.digest, q.digest) FROM quarantine q JOIN imports i ON i.id = q.import_id "
                f"LEFT JOIN quarantine f ON f.id = CAST({first} AS BIGINT) "
                "WHERE i.state = 'committed' AND q.mended_at IS NULL"
            )
        tables = {part.table for part in staged}
        waiting = [_Waiting(*row) for row in rows if row[1] in tables]
        named = set(numbers)
        again = {row.id for row in waiting if row.number in named}
        for table in {row.table for row in waiting}:
            mine = [row for row in waiting if row.table == table]
            keys = {row.key for row in mine if row.key is not None}
            come = _come_again(connection, [part for part in staged if part.table == table], keys)
            again |= {row.id for row in mine if row.key in come}
        as_it_stood = {refused.digest for part in staged for refused in refused_rows(part)} if again else set()
        return tuple(row.id for row in waiting if row.id in again and as_it_stood.isdisjoint((row.digest, row.first)))


def _kept(column: str, name: str, session: Session) -> str:
    """SQL for what a refused row has kept under ``name``."""
    if session.is_sqlite:
        return f"json_extract({column}, '$.{name}')"
    return f"({column}::json ->> '{name}')"


def _come_again(connection: duckdb.DuckDBPyConnection, staged: Sequence[StagedTable], keys: set[str]) -> set[str]:
    """Which of ``keys`` have a row in ``staged``, be it good or refused."""
    if not keys:
        return set()
    connection.execute("CREATE OR REPLACE TEMP TABLE waiting AS SELECT unnest(?::VARCHAR[]) AS key", [sorted(keys)])
    found: set[str] = set()
    for part in staged:
        key = sql.name(table_named(part.table).key[0])
        read = [f"SELECT {key} AS key FROM read_parquet({sql.text(str(part.rows))})"]
        if part.quarantined is not None:
            kept = sql.text(f"$.{KEY}")
            read.append(
                f"SELECT json_extract_string(raw, {kept}) AS key FROM read_parquet({sql.text(str(part.quarantined))})"
            )
        rows = connection.execute(f"SELECT key FROM waiting SEMI JOIN ({' UNION ALL '.join(read)}) AS come USING (key)")
        found |= {key for (key,) in rows.fetchall()}
    return found


def refused_rows(staged: StagedTable) -> Iterator[RefusedRow]:
    """The rows of one table of one file that were refused."""
    if staged.quarantined is None:
        return
    with pq.ParquetFile(staged.quarantined) as file:
        for batch in file.iter_batches(ROWS_AT_ONCE, columns=["file", "line", "raw", "reasons"]):
            columns = (batch.column(name).to_pylist() for name in ("file", "line", "raw", "reasons"))
            for name, line, raw, reasons in zip(*columns, strict=True):
                yield RefusedRow(staged.table, name, line, raw, reasons)


def waiting_keys(session: Session, tables: Collection[str]) -> dict[str, frozenset[str]]:
    """Table → the identifiers that its rows in quarantine would have, as far as these are filled."""
    found: dict[str, set[str]] = {table: set() for table in tables}
    rows = session.rows(
        f'SELECT q."table", {_kept("q.raw", KEY, session)} FROM quarantine q JOIN imports i ON i.id = q.import_id '
        "WHERE i.state = 'committed' AND q.mended_at IS NULL"
    )
    for table, key in rows:
        if key is not None and table in found:
            found[table].add(key)
    return {table: frozenset(keys) for table, keys in found.items() if keys}


def rows_waiting(workspace: Workspace, tables: Collection[str]) -> int:
    """How many rows meant for ``tables`` wait in quarantine to be mended."""
    places = ", ".join("?" for _table in tables)
    with open_store(workspace.database_url, read_only=True) as store, translated(store.session.address):
        ((waiting,),) = store.session.rows(
            "SELECT count(*) FROM quarantine q JOIN imports i ON i.id = q.import_id "
            f"WHERE i.state = 'committed' AND q.mended_at IS NULL AND q.\"table\" IN ({places})",
            tuple(tables),
        )
    return int(waiting)


def in_quarantine(workspace: Workspace, table: str | None) -> list[QuarantinedRow]:
    """The rows in quarantine, of one table or all."""
    with open_store(workspace.database_url, read_only=True) as store:
        return store.quarantined(table)
