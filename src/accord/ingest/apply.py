"""Applying staged rows to the store: one import, all or nothing, however many tables and files it has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from accord.errors import WorkspaceError
from accord.ingest.compare import Compared, Comparison
from accord.ingest.mending import refused_rows
from accord.ingest.recheck import Given, given_rows, recheck
from accord.ingest.staged import Accounting, StagedTable
from accord.readmodel.generation import Generation
from accord.readmodel.incoming import Incoming, announce, clear_all_incoming, clear_incoming, place_of
from accord.readmodel.refresh import catch_up
from accord.readmodel.workbench import scratch, workbench
from accord.store.bulk import BulkWriter, bulk_writer
from accord.store.changed import keys_written, tables_touched
from accord.store.database import Store, open_store
from accord.store.faults import disk_fault, translated
from accord.store.imports import ImportRecord, abandon, commit, imports, open_import, position_of
from accord.store.lead_columns import known_as, record_lead_columns, widened
from accord.store.physical import version_table
from accord.store.quarantine import mark_mended
from accord.store.sweeping import sweep
from accord.store.turns import import_turn
from accord.tables.schema import Type
from accord.workspace import Workspace

__all__ = ["already_applied", "apply_import"]

Progress = Callable[[int, int], None]

_ROWS_AT_ONCE = 50_000

_ROUNDS = 5
"""How often rows that others wrote meanwhile are looked up before the last transaction, to leave it little to do."""


def apply_import(
    workspace: Workspace,
    staged: Sequence[StagedTable],
    *,
    source: str,
    progress: Progress | None = None,
    on_wait: Callable[[], None] | None = None,
    fingerprint: str | None = None,
    mends: Sequence[int] = (),
) -> dict[str, Accounting]:
    """Apply ``staged`` as one import and bring the read model up to date; where every row of each table went.

    Several files of one table are applied in their order. ``source`` is what the history will name. ``progress`` is
    told rows written and rows to write; ``on_wait`` is called once if another import has the turn. ``fingerprint``: a
    digest of the files and of how they were read, for :func:`already_applied`. ``mends``: ids of quarantined rows that
    these rows are the mended form of. Raises ``WorkspaceError``; the store is then as it was before.
    """
    with open_store(workspace.database_url, create=True) as store, import_turn(store.session.address, on_wait):
        with translated(store.session.address):
            sweep(store.session)
        generation = catch_up(workspace)
        clear_all_incoming(workspace.readmodel)
        accounting = _Application(
            workspace, store, generation, tuple(staged), source, progress, fingerprint, mends
        ).run()
    # The rows are safe; a read model that cannot be written now says so to whoever asks for figures.
    with suppress(WorkspaceError):
        catch_up(workspace)
    return accounting


def already_applied(workspace: Workspace, fingerprint: str) -> dict[str, Accounting] | None:
    """What applying the same files again would do, where that is certain without reading them: nothing.

    ``None`` where it is not: the fingerprint is not known, another import wrote to one of the tables since, a key came
    twice in the files, or there is no database.
    """
    try:
        store = open_store(workspace.database_url, read_only=True)
    except WorkspaceError:
        return None  # whoever imports next gets the error, or a new database
    with store, translated(store.session.address), store.session.reading():
        same = imports(store.session, "WHERE fingerprint = ? AND state = 'committed'", (fingerprint,))
        if not same or same[-1].timezone != workspace.agreement.timezone or _repeats(same[0]):
            return None
        accounts = {table: Accounting(**counts) for table, counts in same[-1].accounting.items()}
        newest = max(record.position or 0 for record in same)
        if accounts.keys() & tables_touched(store.session, newest).keys():
            return None
    return {table: _nothing_new(account) for table, account in accounts.items()}


def _repeats(first: ImportRecord) -> bool:
    """Whether a key may have come twice: every row that was not refused must have left one version or none."""
    return any(
        counts["added"] + counts["updated"] != (first.changed[table].rows if table in first.changed else 0)
        for table, counts in first.accounting.items()
    )


def _nothing_new(account: Accounting) -> Accounting:
    return Accounting(account.read, 0, 0, account.read - account.quarantined, account.quarantined)


@dataclass
class _Application:
    workspace: Workspace
    store: Store
    generation: Generation
    staged: tuple[StagedTable, ...]
    source: str
    progress: Progress | None
    fingerprint: str | None
    mends: Sequence[int] = ()
    accounting: dict[str, Accounting] = field(default_factory=dict)

    def run(self) -> dict[str, Accounting]:
        session, readmodel = self.store.session, self.workspace.readmodel
        timezone = self.workspace.agreement.timezone
        with ExitStack() as stack:
            stack.enter_context(translated(session.address))
            own = stack.enter_context(scratch(readmodel))
            connection = stack.enter_context(workbench(own))
            with session.writing():
                record = open_import(session, self.source, timezone=timezone, fingerprint=self.fingerprint)
            try:
                incoming = self._compared(connection, record, own)
                writer = bulk_writer(session, record.id)
                self._write(writer, incoming)
                if self._finish(connection, writer, record) is None:
                    clear_incoming(readmodel, record.token)  # nothing changed: nobody will come for it
            except BaseException:
                clear_incoming(readmodel, record.token)
                # The connection may be what failed: the next import then finds this one dead and sweeps it away.
                with suppress(Exception):
                    self._abandon(record)
                raise
        return self.accounting

    def _abandon(self, record: ImportRecord) -> None:
        session = self.store.session
        if not session.is_sqlite:
            session.raw.rollback()
        with session.writing():
            abandon(session, record.id)

    @property
    def by_table(self) -> dict[str, list[StagedTable]]:
        """The files of each table, in their order."""
        tables: dict[str, list[StagedTable]] = {}
        for staged in self.staged:
            tables.setdefault(staged.table, []).append(staged)
        return tables

    @property
    def new_types(self) -> dict[str, Type]:
        """Extra columns of leads that the files bring, under the names by which they are known."""
        types = dict(self.generation.lead_columns)
        brought: dict[str, Type] = {}
        for staged in self.by_table.get("leads", ()):
            for name, kind in staged.extra_types.items():
                known = known_as({**types, **brought}, name)
                if known is not None:
                    brought = widened(brought, {known: kind})
        return brought

    def types(self, table: str) -> dict[str, Type]:
        """Every extra column of ``table``, known or new."""
        return widened(self.generation.lead_columns, self.new_types) if table == "leads" else {}

    def _compared(self, connection: duckdb.DuckDBPyConnection, record: ImportRecord, own: Path) -> Incoming:
        folder = place_of(self.workspace.readmodel, record.token)
        try:
            folder.mkdir(parents=True)
        except OSError as error:
            raise disk_fault(error, folder) from error
        found: dict[str, Compared] = {}
        for name, staged in self.by_table.items():
            comparison = Comparison(
                connection,
                version_table(name),
                self.generation.stored[name],
                self.generation.rows[name],
                self.types(name),
                own,
            )
            found[name] = comparison.compare(staged, folder / f"{name}.parquet")
            self.accounting[name] = found[name].accounting
        rows = {name: compared.rows for name, compared in found.items() if compared.rows}
        incoming = Incoming(record.token, folder, self.generation.position, rows, self.types("leads"))
        announce(incoming)
        return incoming

    def _write(self, writer: BulkWriter, incoming: Incoming) -> None:
        total, done = sum(incoming.rows.values()), 0

        def on_rows(rows: int) -> None:
            nonlocal done
            done += rows
            if self.progress is not None:
                self.progress(done, total)

        on_rows(0)
        for name in incoming.rows:
            table = version_table(name)
            columns = [*table.names, "accord_extra"]
            with pq.ParquetFile(incoming.file(name)) as file:
                writer.write(table, file.iter_batches(_ROWS_AT_ONCE, columns=columns), on_rows)
        writer.refuse(row for table in self.staged for row in refused_rows(table))

    def _finish(self, connection: duckdb.DuckDBPyConnection, writer: BulkWriter, record: ImportRecord) -> int | None:
        meanwhile = _Meanwhile(self, connection)
        for _round in range(_ROUNDS):
            meanwhile.look_up()
            if meanwhile.looked_up == position_of(self.store.session):
                break
        with writer.finishing() as session:
            if meanwhile.looked_up != position_of(session):
                meanwhile.look_up()
            for name, rows in meanwhile.given.items():
                corrections = recheck(session, writer, version_table(name), self.generation.position, rows)
                self.accounting[name] = _corrected(self.accounting[name], corrections)
            columns_changed = record_lead_columns(session, self.new_types)
            mark_mended(session, self.mends)
            accounts = {name: asdict(account) for name, account in self.accounting.items()}
            return commit(session, record.id, accounts, writer.written(), columns_changed=columns_changed)


@dataclass
class _Meanwhile:
    """Rows of this import that others wrote since it looked."""

    application: _Application
    connection: duckdb.DuckDBPyConnection
    given: dict[str, dict[str, list[Given]]] = field(default_factory=dict)
    looked_up: int = -1

    def look_up(self) -> None:
        """Find out what the files say of keys that others have written since the last look."""
        application = self.application
        session = application.store.session
        since = max(self.looked_up, application.generation.position)
        position = position_of(session)
        records = imports(session, "WHERE position > ?", (since,))
        for name, staged in application.by_table.items():
            table = version_table(name)
            known = self.given.setdefault(name, {})
            keys = [key for key in keys_written(session, table, records) if key not in known]
            if keys:
                known |= given_rows(self.connection, table, staged, application.types(name), keys)
        self.looked_up = position


def _corrected(account: Accounting, corrections: Mapping[str, int]) -> Accounting:
    return replace(
        account,
        added=account.added + corrections.get("added", 0),
        updated=account.updated + corrections.get("updated", 0),
        unchanged=account.unchanged + corrections.get("unchanged", 0),
    )
