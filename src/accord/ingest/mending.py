"""Refused rows handed out to be mended, and taken back: a file with the rows as they were read, and what is wrong
with each.

The columns whose names begin with an underscore are Accord's own; the others are the file's. A row that comes back
counts as mended; should it be refused again, it is in quarantine anew, with its new reasons.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from zoneinfo import available_timezones

import duckdb

from accord.ingest.mapping.model import Reading
from accord.ingest.own_columns import (
    FILE,
    LINE,
    NUMBER,
    OWN_COLUMNS,
    READING,
    REASONS,
    SURPLUS,
    TABLE,
    WHOLE_ROW,
)
from accord.ingest.refusals import told
from accord.ingest.scan import scanning
from accord.ingest.source import CELL, Source
from accord.store.database import open_store
from accord.store.faults import translated
from accord.store.quarantine import QuarantinedRow, mark_mended
from accord.tables.schema import TABLES
from accord.workspace import Workspace

__all__ = ["in_quarantine", "mend_files", "mended", "mended_rows", "reading_to_mend", "reasons_of", "table_to_mend"]


def reasons_of(row: QuarantinedRow) -> list[str]:
    """Why ``row`` was refused, in the reader's language."""
    return [told(row.table, reason) for reason in row.reasons]


def mend_files(rows: Sequence[QuarantinedRow]) -> dict[str, str]:
    """Table → the text of a CSV file with its refused rows, ready to be mended and imported again."""
    files = {}
    for table in dict.fromkeys(row.table for row in rows):
        mine = [row for row in rows if row.table == table]
        cells = list(dict.fromkeys(key for row in mine for key in row.raw if key not in OWN_COLUMNS))
        loose = [key for key in (READING, WHOLE_ROW, SURPLUS) if any(key in row.raw for row in mine)]
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([NUMBER, TABLE, FILE, LINE, REASONS, *loose, *cells])
        for row in mine:
            written = [row.raw.get(key) for key in (*loose, *cells)]
            writer.writerow([row.id, table, row.file, row.line, " ".join(reasons_of(row)), *written])
        files[table] = out.getvalue()
    return files


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


def mended_rows(connection: duckdb.DuckDBPyConnection, source: Source) -> tuple[int, ...]:
    """The numbers under which the rows of ``source`` stand in quarantine; none when it is no file to mend."""
    if NUMBER not in source.headings:
        return ()
    cell = CELL.format(source.headings.index(NUMBER))
    with scanning(connection, source, lambda _read: None):
        found = connection.execute(
            f"SELECT DISTINCT try_cast(trim({cell}) AS BIGINT) AS number FROM scan WHERE number IS NOT NULL ORDER BY 1"
        ).fetchall()
    return tuple(number for (number,) in found)


def mended(workspace: Workspace, numbers: Sequence[int]) -> None:
    """Say of rows in quarantine that they came back mended."""
    if numbers:
        with open_store(workspace.database_url) as store, translated(store.session.address), store.session.writing():
            mark_mended(store.session, numbers)


def in_quarantine(workspace: Workspace, table: str | None) -> list[QuarantinedRow]:
    """The rows in quarantine, of one table or all."""
    with open_store(workspace.database_url, read_only=True) as store:
        return store.quarantined(table)
