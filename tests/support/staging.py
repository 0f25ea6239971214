"""Staged tables as the readers of files leave them, made from plain rows; and a workspace to apply them to."""

# ruff: noqa: DTZ001 - the store keeps naive UTC
from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from accord.ingest.staged import StagedTable
from accord.store.database import open_store
from accord.tables.schema import Type, table_named

__all__ = ["MOMENT", "fresh_sqlite", "queried", "stage", "wipe"]

MOMENT = datetime(2026, 3, 1, 9, 30)

_ARROW = {
    Type.TEXT: pa.string(),
    Type.INTEGER: pa.int64(),
    Type.NUMBER: pa.float64(),
    Type.BOOLEAN: pa.bool_(),
    Type.TIME: pa.timestamp("us"),
    Type.DATE: pa.date32(),
}


def stage(
    folder: Path,
    table: str,
    rows: Sequence[Mapping[str, object]],
    *,
    extra_types: Mapping[str, Type] | None = None,
    present: Sequence[str] | None = None,
    refused: Sequence[Mapping[str, str]] = (),
    source: str | None = None,
) -> StagedTable:
    """Stage ``rows`` in their order; a ``date`` in a time column is a date without a time, ``None`` an empty cell.

    ``present``: the contract's columns of the file; without it those that any row has.
    """
    contract, extra_types = table_named(table), dict(extra_types or {})
    has = list(present) if present is not None else [c.name for c in contract.columns if any(c.name in r for r in rows)]
    columns: dict[str, pa.Array] = {}
    for column in contract.columns:
        if column.name not in has:
            continue
        cells = [row.get(column.name) for row in rows]
        if column.type is Type.TIME:
            days = [isinstance(cell, date) and not isinstance(cell, datetime) for cell in cells]
            cells = [datetime(c.year, c.month, c.day) if day else c for c, day in zip(cells, days, strict=True)]  # type: ignore[attr-defined]
            flags = [None if cell is None else day for cell, day in zip(cells, days, strict=True)]
            columns[f"{column.name}_is_date"] = pa.array(flags, pa.bool_())
        columns[column.name] = pa.array(cells, _ARROW[column.type])
    extras = [json.dumps({name: row[name] for name in extra_types if name in row}) for row in rows]
    columns["extra"] = pa.array([text if extra_types else None for text in extras], pa.string())
    columns["line"] = pa.array([number + 2 for number in range(len(rows))], pa.int64())
    name = uuid.uuid4().hex
    pq.write_table(pa.table(columns), folder / f"{name}.parquet")
    quarantined = _refused(folder / f"{name}-refused.parquet", source or f"{table}.csv", refused) if refused else None
    return StagedTable(
        table=table,
        source=source or f"{table}.csv",
        rows=folder / f"{name}.parquet",
        present=tuple(has),
        extra_types=extra_types,
        read=len(rows) + len(refused),
        refused=len(refused),
        quarantined=quarantined,
    )


def _refused(path: Path, source: str, rows: Sequence[Mapping[str, str]]) -> Path:
    reason = json.dumps([{"code": "bad_time", "column": "at", "value": "x", "message": "No time.", "hint": None}])
    columns = {
        "file": pa.array([source] * len(rows)),
        "line": pa.array([1000 + number for number in range(len(rows))], pa.int64()),
        "raw": pa.array([json.dumps(row) for row in rows]),
        "reasons": pa.array([reason] * len(rows)),
    }
    pq.write_table(pa.table(columns), path)
    return path


def queried(query: str) -> list[tuple[Any, ...]]:
    """Rows of a query on a DuckDB of its own."""
    with duckdb.connect() as connection:
        return connection.execute(query).fetchall()


@cache
def _empty_database() -> Path:
    path = Path(mkdtemp()) / "empty.db"
    open_store(f"sqlite:///{path}", create=True).close()
    return path


def fresh_sqlite(folder: Path) -> str:
    """An empty SQLite store in ``folder``, copied, as laying one out takes longer than most tests."""
    shutil.copyfile(_empty_database(), folder / "accord.db")
    return f"sqlite:///{folder / 'accord.db'}"


def wipe(url: str) -> None:
    """Empty a PostgreSQL store, laying it out first where it is not."""
    with open_store(url, create=True) as store:
        tables = store.session.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        kept = {"accord_format", "django_migrations", "agreement_versions", "agreement_signatures"}
        emptied = ", ".join(f'"{name}"' for (name,) in tables if name not in kept)
        store.session.execute(f"TRUNCATE {emptied}")
        store.session.execute("UPDATE accord_format SET identity = gen_random_uuid()::text")
