"""Which keys given imports wrote, and what those rows have been: for who works out what a change touches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from accord.store.imports import ImportRecord
from accord.store.physical import VERSION_TABLES, VersionTable
from accord.store.session import Session

__all__ = ["Touched", "chunks", "keys_written", "tables_touched", "values_ever"]

_T = TypeVar("_T")
_AT_ONCE = 500
"""Parameters in one statement; every SQLite takes 999."""


@dataclass(frozen=True, slots=True)
class Touched:
    """How many imports wrote how many versions to a table; in SQLite, between which row numbers they stand."""

    imports: int
    rows: int
    first: int | None = None
    last: int | None = None


def tables_touched(session: Session, since: int) -> dict[str, Touched]:
    """The tables that imports after position ``since`` wrote to, summed by the database: there may be a million."""
    if session.is_sqlite:
        parts = [
            f"COUNT(json_extract(changed, '$.{name}.rows')), SUM(json_extract(changed, '$.{name}.rows')), "
            f"MIN(json_extract(changed, '$.{name}.first')), MAX(json_extract(changed, '$.{name}.last'))"
            for name in VERSION_TABLES
        ]
    else:
        rows = "CAST(CAST(changed AS jsonb) #>> '{{{name},rows}}' AS bigint)"
        parts = [
            f"COUNT({rows.format(name=name)}), CAST(SUM({rows.format(name=name)}) AS bigint), NULL, NULL"
            for name in VERSION_TABLES
        ]
    found = session.one(f"SELECT {', '.join(parts)} FROM imports WHERE position > ?", (since,))
    assert found is not None
    summed = {name: Touched(*found[4 * place : 4 * place + 4]) for place, name in enumerate(VERSION_TABLES)}
    return {name: touched for name, touched in summed.items() if touched.imports}


def chunks(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """``items`` in pieces that fit into one statement."""
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]


def keys_written(session: Session, table: VersionTable, records: Sequence[ImportRecord]) -> list[str]:
    """Keys of ``table`` of which any of these imports wrote a version, sorted."""
    keys: set[str] = set()
    touching = [record for record in records if table.contract.name in record.changed]
    if session.is_sqlite:
        # One range each: a large import's range spans the small ones that were committed while it ran.
        for record in touching:
            what = record.changed[table.contract.name]
            found = session.rows(
                f'SELECT "{table.key}" FROM {table.name} WHERE version BETWEEN ? AND ? AND import_id = ?',
                (what.first, what.last, record.id),
            )
            keys.update(key for (key,) in found)
    else:
        ids = [record.id for record in touching]
        found = session.rows(f'SELECT "{table.key}" FROM {table.name} WHERE import_id = ANY(?)', (ids,))
        keys.update(key for (key,) in found)
    return sorted(keys)


def values_ever(session: Session, table: VersionTable, column: str, keys: Sequence[str]) -> set[str]:
    """Every value, now or before, that ``column`` has had in the rows of ``keys``; never empty ones."""
    select = f'SELECT DISTINCT "{column}" FROM {table.name} WHERE "{column}" IS NOT NULL AND "{table.key}"'
    if not session.is_sqlite:
        return {value for (value,) in session.rows(f"{select} = ANY(?)", (list(keys),))}
    values: set[str] = set()
    for some in chunks(keys):
        found = session.rows(f"{select} IN ({', '.join('?' * len(some))})", some)
        values.update(value for (value,) in found)
    return values
