"""Values that a mapping finds elsewhere: in another file of the same import, or among rows already known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path

import duckdb

from accord.errors import DataError, Fault
from accord.ingest import sqltext as sql
from accord.ingest.cells import filled, trimmed
from accord.ingest.folding import fold, nearest
from accord.ingest.mapping.model import Lookup
from accord.ingest.scan import scanning
from accord.ingest.source import CELL, Source
from accord.ingest.staged import StagedTable
from accord.language import gettext as _
from accord.readmodel.extra_columns import pointer
from accord.tables.schema import NULL_WORDS, table_named

__all__ = ["Known", "looked_up"]


class Known:
    """What a lookup may search: the ``sources`` of this import, the tables it has staged so far, and ``stored``:
    table → the DuckDB relation of the rows that are there already, with the extra columns of leads under their own
    names.
    """

    def __init__(self, sources: Sequence[Source], stored: Mapping[str, str]) -> None:
        self.sources = sources
        self.stored = stored
        self.staged: list[StagedTable] = []


@contextmanager
def looked_up(connection: duckdb.DuckDBPyConnection, lookups: Mapping[str, Lookup], known: Known) -> Iterator[None]:
    """Within the block every lookup stands ready as a table (``key``, ``value``), each key once, the last row's value.

    ``DataError`` when a file or a column that a lookup names is not there.
    """
    for name, lookup in lookups.items():
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} (line BIGINT, key VARCHAR, value VARCHAR)")
        if lookup.file is not None:
            _fill_from_file(connection, name, lookup, known.sources)
        else:
            _fill_from_table(connection, name, lookup, known)
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT key, arg_max(value, line) AS value FROM {name} "
            "WHERE key IS NOT NULL AND value IS NOT NULL GROUP BY key"
        )
    try:
        yield
    finally:
        for name in lookups:
            connection.execute(f"DROP TABLE IF EXISTS {name}")


def _fill_from_file(
    connection: duckdb.DuckDBPyConnection, name: str, lookup: Lookup, sources: Sequence[Source]
) -> None:
    pattern = lookup.file or ""
    matching = [source for source in sources if source.name == pattern or fnmatch(Path(source.name).name, pattern)]
    if not matching:
        raise DataError(
            Fault(
                _("A lookup needs the file {file}, and it is not part of this import.").format(file=pattern),
                hint=_("Import it together with the others."),
            )
        )
    for number, source in enumerate(matching):
        cells = []
        for column in (lookup.by, lookup.give):
            if column not in source.headings:
                close = nearest(column, source.headings)
                raise DataError(
                    Fault(
                        _("A lookup needs a column {column}, and there is none.").format(column=column),
                        source.name,
                        hint=_("Is {close} meant?").format(close=close) if close else None,
                    )
                )
            neat = trimmed(CELL.format(source.headings.index(column)))
            cells.append(filled(neat, NULL_WORDS))
        with scanning(connection, source, lambda _read: None):
            connection.execute(
                f"INSERT INTO {name} SELECT line + {number} * 1000000000000, lower({cells[0]}), {cells[1]} FROM scan "
                "WHERE fault IS NULL"
            )


def _fill_from_table(connection: duckdb.DuckDBPyConnection, name: str, lookup: Lookup, known: Known) -> None:
    table = lookup.table or ""
    relation = known.stored.get(table)
    if relation is not None:
        columns = [row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()]
        by, give = (_column_named(wanted, columns) for wanted in (lookup.by, lookup.give))
        if by is not None and give is not None:
            connection.execute(
                f"INSERT INTO {name} SELECT -1, lower({sql.name(by)}::VARCHAR), {sql.name(give)}::VARCHAR FROM "
                f"{relation}"
            )
    for number, staged in enumerate(part for part in known.staged if part.table == table):
        columns = [column.name for column in table_named(table).columns if column.name in staged.present]
        columns += staged.extra_types
        by, give = (_column_named(wanted, columns) for wanted in (lookup.by, lookup.give))
        if by is not None and give is not None:
            connection.execute(
                f"INSERT INTO {name} SELECT line + {number} * 1000000000000, lower({cell_of_staged(staged, by)}), "
                f"{cell_of_staged(staged, give)} FROM read_parquet({sql.text(str(staged.rows))})"
            )


def _column_named(wanted: str, columns: Sequence[str]) -> str | None:
    if wanted in columns:
        return wanted
    return next((column for column in columns if fold(column) == fold(wanted)), None)


def cell_of_staged(staged: StagedTable, column: str) -> str:
    """DuckDB SQL for ``column`` of the rows of ``staged`` as text, be it the contract's or one of the file's own."""
    if column in staged.extra_types:
        return f"json_extract_string(extra, {sql.text(pointer(column))})"
    return f"{sql.name(column)}::VARCHAR"
