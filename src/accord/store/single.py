"""The small durable way in: a click or an API call is an import of a few rows in one transaction."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from types import TracebackType

from accord.errors import UsageError
from accord.language import gettext as _
from accord.store.address import Address, address_of, nothing_in, nothing_there
from accord.store.faults import translated
from accord.store.imports import Written, commit, open_import, position_of
from accord.store.layout import check_layout, layout_of
from accord.store.lead_columns import known_as, lead_columns, record_lead_columns, type_of, widened
from accord.store.merging import Row, merge, same
from accord.store.physical import VersionTable, version_table
from accord.store.reading import current_row
from accord.store.session import Session, connect
from accord.store.versions import first_free, insert_version
from accord.tables.schema import Type
from accord.values import Json

__all__ = ["SingleWriter", "write_rows"]

_CHECKPOINT_PAGES = 8000
"""The write ahead log is folded back into the database by bulk writes, or here at 32 MB: not under each click."""


def write_rows(database_url: str, table: str, rows: Sequence[Mapping[str, object]], *, source: str = "api") -> int:
    """Write rows that are already checked; the position at which figures see them. Durable when it returns.

    A row is given by column. A time is a ``datetime`` (aware is converted, naive is UTC) or a ``date`` (a date
    without a time). A column that is absent keeps its value, ``None`` clears it, columns the contract does not know are
    extra columns. Rows that change nothing write nothing. Raises ``WorkspaceError`` when the database cannot be used,
    ``UsageError`` when a row has no key.
    """
    with SingleWriter(address_of(database_url)) as writer:
        return writer.write(table, rows, source=source)


class SingleWriter:
    """:func:`write_rows` over a connection that stays open, for a server. One thread at a time."""

    def __init__(self, address: Address) -> None:
        if address.path is not None and not address.path.exists():
            raise nothing_there(address)
        self._session = connect(address)
        with _closing_on_error(self._session), translated(address):
            layout = layout_of(self._session)
            if layout is None:
                raise nothing_in(address)
            check_layout(self._session, layout)
            if address.is_sqlite:
                self._session.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")

    def write(self, table: str, rows: Sequence[Mapping[str, object]], *, source: str = "api") -> int:
        """As :func:`write_rows`."""
        session, versions = self._session, version_table(table)
        with translated(session.address), session.writing():
            session.order_commits()
            batch = _Batch(session, versions)
            for given in rows:
                batch.add(given)
            return batch.store(source)

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def __enter__(self) -> SingleWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@contextmanager
def _closing_on_error(session: Session) -> Iterator[None]:
    try:
        yield
    except BaseException:
        session.close()
        raise


class _Batch:
    """The rows of one call: each merged onto what is there, or onto what an earlier row of the call made of it."""

    def __init__(self, session: Session, table: VersionTable) -> None:
        self._session = session
        self._table = table
        self._counts = Counter(read=0, added=0, updated=0, unchanged=0, quarantined=0)
        self._before: dict[str, Row | None] = {}
        self._after: dict[str, Row] = {}
        self._types: dict[str, Type] = {}
        self._spellings = lead_columns(session) if table.contract.name == "leads" else {}

    def add(self, given: Mapping[str, object]) -> None:
        """Merge one row."""
        table = self._table
        values, extra = self._split(given)
        key = table.key_of(values)
        if key not in self._before:
            self._before[key] = current_row(self._session, table, key)
        current = self._after.get(key, self._before[key])
        merged = merge(current, {**values, table.key: key}, extra, table.names)
        outcome = "added" if current is None else "unchanged" if same(current, merged) else "updated"
        self._counts.update(("read", outcome))
        self._after[key] = merged

    def store(self, source: str) -> int:
        """Write what changed, as one import; the position at which it is visible."""
        session, table = self._session, self._table
        changed = [row for key, row in self._after.items() if (old := self._before[key]) is None or not same(old, row)]
        if not changed:
            return position_of(session)
        record = open_import(session, source)
        first = first_free(session, table) if session.is_sqlite else None
        for row in changed:
            insert_version(session, table, record.id, row)
        if table.contract.name == "leads":
            record_lead_columns(session, self._types)
        last = first + len(changed) - 1 if first is not None else None
        name = table.contract.name
        position = commit(session, record.id, {name: dict(self._counts)}, {name: Written(len(changed), first, last)})
        assert position is not None
        return position

    def _split(self, given: Mapping[str, object]) -> tuple[dict[str, object], dict[str, Json]]:
        values, extra = _values(self._table, given)
        known: dict[str, Json] = {}
        for name, value in extra.items():
            spelling = known_as({**self._spellings, **self._types}, name)
            known[spelling or name] = _json(value)
            if value is not None and spelling is not None:
                self._types = widened(self._types, {spelling: type_of(value)})
        return values, known


def _values(table: VersionTable, given: Mapping[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    values: dict[str, object] = {}
    extra: dict[str, object] = {}
    for name, value in given.items():
        column = table.contract.column(name)
        if column is not None and column.type is Type.TIME:
            values[name], is_date = _time(value)
            values.setdefault(f"{name}_is_date", is_date)
        elif name in table.names:
            values[name] = value
        else:
            extra[name] = value
    missing = [name for name in table.contract.key if values.get(name) is None and _needed(table, name)]
    if missing:
        raise UsageError(
            _("A row of {table} has no {column}, which identifies it.").format(
                table=table.contract.name, column=missing[0]
            )
        )
    return values, extra


def _needed(table: VersionTable, name: str) -> bool:
    column = table.contract.column(name)
    return column is not None and column.required


def _time(value: object) -> tuple[datetime | None, bool | None]:
    match value:
        case datetime():
            return (value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value), False
        case date():
            return datetime(value.year, value.month, value.day), True  # noqa: DTZ001 - a date has no zone
        case None:
            return None, None
        case _:
            raise UsageError(_("{value} is not a time: give a datetime, or a date.").format(value=repr(value)))


def _json(value: object) -> Json:
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else None
        case datetime():
            moment = _time(value)[0]
            assert moment is not None
            return moment.isoformat(" ")
        case date():
            return value.isoformat()
        case _:
            return str(value)
