"""Which keys given imports wrote, and what those rows have been: for who works out what a change touches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from accord.store.imports import ImportRecord
from accord.store.physical import VersionTable
from accord.store.session import Session

__all__ = ["chunks", "keys_written", "values_ever"]

_T = TypeVar("_T")
_AT_ONCE = 500
"""Parameters in one statement; every SQLite takes 999."""


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
