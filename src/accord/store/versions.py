"""Single versions: written and taken back one by one, inside a transaction of the caller's."""

from __future__ import annotations

from accord.store.merging import Row
from accord.store.moments import to_database
from accord.store.physical import VersionTable
from accord.store.session import Session

__all__ = ["first_free", "insert_version", "remove_version"]


def first_free(session: Session, table: VersionTable) -> int:
    """The row number that the next version in SQLite takes, inside a writing transaction."""
    found = session.one(f"SELECT COALESCE(MAX(version), 0) + 1 FROM {table.name}")
    assert found is not None
    return int(found[0])


def insert_version(session: Session, table: VersionTable, import_id: int, row: Row) -> None:
    """Write one version, inside the caller's transaction."""
    names = ", ".join(f'"{name}"' for name in (*table.names, "extra"))
    values = {**row.values, table.key: table.key_of(row.values)}
    stored = [to_database(values[column.name], column.type, sqlite=session.is_sqlite) for column in table.columns]
    session.execute(
        f"INSERT INTO {table.name} (import_id, {names}) VALUES (?{', ?' * (len(stored) + 1)})",
        (import_id, *stored, row.extra_text),
    )


def remove_version(session: Session, table: VersionTable, import_id: int, key: str) -> int:
    """Take back the version that an import not yet visible wrote of a key; how many there were: 0 or 1."""
    done = session.raw.execute(
        session.worded(f'DELETE FROM {table.name} WHERE "{table.key}" = ? AND import_id = ?'), (key, import_id)
    )
    return int(done.rowcount)
