"""Opening the store: the truth of one workspace, read through a plain connection."""

from __future__ import annotations

from types import TracebackType

from accord.errors import WorkspaceError
from accord.language import gettext as _
from accord.store.address import Address, address_of, importing_into, nothing_in, nothing_there
from accord.store.faults import disk_fault, translated
from accord.store.imports import ImportRecord, imports, position_of
from accord.store.layout import FORMAT, OLDEST_READ, Layout, check_layout, layout_of
from accord.store.lead_columns import lead_columns
from accord.store.merging import Row
from accord.store.physical import version_table
from accord.store.quarantine import QuarantinedRow, quarantined
from accord.store.reading import Version, current_row, history_of
from accord.store.session import Session, connect
from accord.store.turns import import_turn
from accord.tables.schema import Type

__all__ = ["Store", "open_store"]


class Store:
    """The truth, read. Writing goes through an import or through :mod:`accord.store.single`."""

    def __init__(self, session: Session, layout: Layout) -> None:
        self.session = session
        self.layout = layout

    def position(self) -> int:
        """Position of the last import that changed something; 0 for an empty store."""
        with translated(self.session.address):
            return position_of(self.session)

    def row(self, table: str, key: str) -> Row | None:
        """The current row; ``key`` is the identifier, or the text of :func:`~accord.store.physical.composite_key`."""
        with translated(self.session.address):
            return current_row(self.session, version_table(table), key)

    def history(self, table: str, key: str) -> list[Version]:
        """Everything that row has been, oldest first."""
        with translated(self.session.address):
            return history_of(self.session, version_table(table), key)

    def imports(self) -> list[ImportRecord]:
        """Every import, oldest first; those that run or were abandoned too."""
        with translated(self.session.address):
            return imports(self.session)

    def quarantined(
        self, table: str | None = None, *, import_id: int | None = None, mended: bool = False
    ) -> list[QuarantinedRow]:
        """Rows that were refused and not mended; with ``mended`` the mended too."""
        with translated(self.session.address):
            return quarantined(self.session, table, import_id=import_id, mended=mended)

    def lead_columns(self) -> dict[str, Type]:
        """Columns of leads that the contract does not know, with what their cells hold."""
        with translated(self.session.address):
            return lead_columns(self.session)

    def close(self) -> None:
        """Close the connection."""
        self.session.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_store(database_url: str, *, create: bool = False, read_only: bool = False) -> Store:
    """Open the store at ``database_url``; with ``create`` lay it out, or bring it up to date, when that is needed.

    ``WorkspaceError``: nothing is there (without ``create``), a newer Accord wrote it, PostgreSQL is out of reach,
    or the file cannot be used.
    """
    address = address_of(database_url)
    if create:
        _make_ready(address)
    elif address.path is not None and not address.path.exists():
        raise nothing_there(address)
    session = connect(address, read_only=read_only)
    try:
        with translated(address):
            layout = layout_of(session)
        if layout is None:
            raise nothing_in(address)
        check_layout(session, layout)
        if layout.version < OLDEST_READ:
            raise WorkspaceError(
                _(
                    "The database {place} was written by an older version of Accord. The next import brings it up to "
                    "date: {command}"
                ).format(place=address.shown, command=importing_into(address))
            )
    except BaseException:
        session.close()
        raise
    return Store(session, layout)


def _make_ready(address: Address) -> None:
    if _is_ready(address):
        return
    if address.path is not None:
        try:
            address.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise disk_fault(error, address.path.parent) from error
    with import_turn(address):
        if not _is_ready(address):  # another process may have done it while we waited
            # Django costs half a second: only who lays out or updates a database pays it.
            from accord.store.migrate import migrate  # noqa: PLC0415

            migrate(address)


def _is_ready(address: Address) -> bool:
    if address.path is not None and (not address.path.exists() or address.path.stat().st_size == 0):
        return False
    session = connect(address)
    try:
        with translated(address):
            layout = layout_of(session)
            if layout is None:
                return False
            check_layout(session, layout)
            return layout.version >= FORMAT
    finally:
        session.close()
