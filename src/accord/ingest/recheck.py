"""Rows that others wrote while an import was under way: compared again with what is there at the moment of commit."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from accord.ingest.compare import staged_rows
from accord.ingest.staged import StagedTable
from accord.readmodel.workbench import identifier
from accord.store.bulk import BulkWriter
from accord.store.merging import Row, merge, same
from accord.store.physical import VersionTable
from accord.store.reading import row_at
from accord.store.session import Session
from accord.tables.schema import Type
from accord.values import Json

__all__ = ["Given", "given_rows", "recheck"]


@dataclass(frozen=True, slots=True)
class Given:
    """What one file of an import says of one key."""

    values: Mapping[str, object]
    extra: Mapping[str, Json]


def given_rows(
    connection: duckdb.DuckDBPyConnection,
    table: VersionTable,
    staged: Sequence[StagedTable],
    types: Mapping[str, Type],
    keys: Sequence[str],
) -> dict[str, list[Given]]:
    """What the files, in their order, say of ``keys``; a key that no file has is not there."""
    connection.execute("CREATE OR REPLACE TEMP TABLE wanted (wanted VARCHAR)")
    connection.executemany("INSERT INTO wanted VALUES (?)", [(key,) for key in keys])
    found: dict[str, list[Given]] = {}
    key = identifier(table.key)
    for file in staged:
        rows = connection.execute(
            f"SELECT * FROM {staged_rows(table, file, types)} SEMI JOIN wanted ON {key} = wanted "
            f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY line DESC) = 1"
        )
        names = [column[0] for column in rows.description or ()]
        for row in rows.fetchall():
            values = dict(zip(names, row, strict=True))
            extra = values.pop("extra")
            values.pop("line")
            given = Given(values, json.loads(extra) if extra else {})
            found.setdefault(str(values[table.key]), []).append(given)
    return found


def recheck(
    session: Session,
    writer: BulkWriter,
    table: VersionTable,
    snapshot: int,
    given: Mapping[str, Sequence[Given]],
) -> Counter[str]:
    """Within the last transaction of an import, lay its rows of these keys on what is there now.

    ``snapshot``: the position that the import was compared with. Returns what has to be added to the accounting.
    """
    corrections: Counter[str] = Counter()
    for key, steps in given.items():
        before, now = row_at(session, table, key, snapshot), row_at(session, table, key, None)
        corrections.subtract(outcome for _row, outcome in _outcomes(table, before, steps))
        outcomes = list(_outcomes(table, now, steps))
        corrections.update(outcome for _row, outcome in outcomes)
        last = outcomes[-1][0]
        if now is not None and same(now, last):
            writer.take_back(table, key)
        else:
            writer.put(table, last)
    return corrections


def _outcomes(table: VersionTable, there: Row | None, steps: Sequence[Given]) -> Iterator[tuple[Row, str]]:
    for step in steps:
        row = merge(there, step.values, step.extra, table.names)
        yield row, "added" if there is None else "unchanged" if same(there, row) else "updated"
        there = row
