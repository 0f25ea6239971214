"""Opening a workspace for figures: the read model brought up to date, or the engine where the data already is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from accord.agreement.model import Agreement
from accord.clock import EARLIEST, local_date, utc_of_local_midnight
from accord.engines.base import Engine
from accord.engines.duckdb import DuckDBEngine
from accord.engines.postgres import PostgresEngine
from accord.engines.shape import contract_table
from accord.errors import WorkspaceError
from accord.language import gettext as _
from accord.language import ngettext
from accord.readmodel.changes import changed_leads, changed_tables
from accord.readmodel.episodes import (
    COUNTED,
    EpisodeFiles,
    current_episodes,
    episodes_without_merges_into,
    materialise_episodes,
    rules_fingerprint,
    write_episodes,
)
from accord.readmodel.generation import Generation
from accord.readmodel.left_out import left_out_at, left_out_then
from accord.readmodel.merges_then import not_there_yet
from accord.readmodel.refresh import catch_up
from accord.readmodel.shelf import SHELF, Shelf
from accord.readmodel.source import EPISODES, Source
from accord.stats.functions import loading
from accord.stats.side_by_side import meanwhile
from accord.store.address import address_of
from accord.store.database import open_store
from accord.store.quarantine import waiting_rows
from accord.store.turns import file_turn, import_is_running
from accord.tables.schema import TABLES, table_named
from accord.typed import as_typed
from accord.workspace import Workspace

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["newest_moment", "open_source", "refresh"]

DESCRIBING = ("handoffs", "decisions", "activities", "touches")
"""The tables whose newest time is the moment the data describe."""

ELSE_DESCRIBING = ("leads", "opportunities", "orders")
"""What tells the moment where sales and prospects left no trace: a list of leads, and the deals they became."""

BUILDING_MEMORY = "2500MB"
"""What building all episodes may hold before it spills to disk: more than other sessions may, for no arrays stand
beside it. A million handoffs with ten million activities fit, which saves sorting them in parts."""

LATEST = datetime(9999, 1, 1)  # noqa: DTZ001 - naive UTC


def refresh(workspace: Workspace) -> tuple[Generation, EpisodeFiles]:
    """Bring the read model and the episodes to the store's newest position; cheap when they are there already."""
    generation = catch_up(workspace)
    rules = rules_fingerprint(workspace.agreement)
    files = _up_to_date(workspace, generation, rules)
    if files is not None:
        return generation, files
    # Several processes may find them out of date at once: one computes, the others wait and find it done.
    with file_turn(workspace.readmodel / "episodes.lock"):
        generation = catch_up(workspace)
        files = _up_to_date(workspace, generation, rules)
        if files is None:
            files = _computed(workspace, generation, rules)
    return generation, files


def _up_to_date(workspace: Workspace, generation: Generation, rules: str) -> EpisodeFiles | None:
    files = current_episodes(workspace.readmodel / "episodes")
    current = files is not None and files.position == generation.position and files.rules == rules
    return files if current else None


def _computed(workspace: Workspace, generation: Generation, rules: str) -> EpisodeFiles:
    folder, agreement = workspace.readmodel / "episodes", workspace.agreement
    before = current_episodes(folder)
    comparable = before is not None and before.rules == rules
    # What keeps one processor busy, or none, is begun beside what else there is to do.
    changed = meanwhile(lambda: changed_leads(workspace, before.position) if before and comparable else None)
    loaded = loading()  # figures are worked out with it next
    newest = meanwhile(lambda: _newest_recorded(generation, agreement))
    engine = DuckDBEngine(generation.relations, memory_limit=BUILDING_MEMORY)
    beside = DuckDBEngine(generation.relations)
    try:
        files = write_episodes(
            folder,
            engine,
            beside,
            agreement,
            position=generation.position,
            generation=generation.number,
            lead_columns={name: str(kind) for name, kind in generation.lead_columns.items()},
            changed=changed,
            changed_tables=COUNTED if before is None else changed_tables(workspace, before.position),
        )
        loaded()
        _keep_newest(_shelf(folder, generation, files), agreement, newest())
        return files
    except BaseException:
        for begun in (changed, loaded, newest):  # a program that ends now must not end under what is still at work
            with suppress(Exception):
                begun()
        raise
    finally:
        engine.close()
        beside.close()


def _newest_recorded(generation: Generation, agreement: Agreement) -> datetime:
    engine = DuckDBEngine(generation.relations)
    try:
        return newest_moment(engine, agreement, before=LATEST)
    finally:
        engine.close()


def _shelf(folder: Path, generation: Generation, files: EpisodeFiles, *but: str) -> Shelf:
    """The shelf for what follows from these episodes, changed as ``but`` says."""
    made_from = [generation.identity, generation.position, files.base, files.overlay, files.replaced, files.rules]
    return Shelf(folder / SHELF, json.dumps([*made_from, *but]))


def _why_nothing_is_stored(workspace: Workspace) -> str:
    place = workspace.root.resolve()
    with open_store(workspace.database_url, read_only=True) as store:
        refused = sum(waiting_rows(store.session).values())
    if refused:
        return ngettext(
            "No row is stored in {place} yet: the {n} row that was imported was refused. {quarantine} says why; "
            "{mend} writes it to be mended.",
            "No row is stored in {place} yet: all {n} rows that were imported were refused. {quarantine} says "
            "why; {mend} writes them to be mended.",
            refused,
        ).format(
            place=place,
            n=refused,
            quarantine=as_typed("quarantine"),
            mend=as_typed("quarantine --csv mend.csv"),
        )
    if workspace.register.versions:  # proposing an agreement lays out the database too
        return _("No row is stored in {place} yet. Import something first: {command}").format(
            place=place, command=as_typed(_("import PATH"))
        )
    if import_is_running(address_of(workspace.database_url)):
        return _("No row is stored in {place} yet: the first import is running. Try again at its end.").format(
            place=place
        )
    return _(
        "No row is stored in {place} yet: an import was stopped before its end. Run it again; it completes "
        "what was begun."
    ).format(place=place)


def open_source(workspace: Workspace, as_of: datetime | None = None) -> Source:
    """The figures' source of ``workspace`` at ``as_of`` (naive UTC; default: the newest moment the data describe).

    Raises ``WorkspaceError`` where there is no workspace or its read model cannot be written, ``EngineError`` where the
    engine is out of reach.
    """
    if workspace.engine_url == "duckdb":
        return _embedded(workspace, as_of)
    if workspace.engine_url.startswith(("postgres://", "postgresql://")):
        return _warehouse(workspace, as_of)
    raise WorkspaceError(
        _("The engine {engine} is not known. Allowed: duckdb, or a postgresql:// address.").format(
            engine=workspace.engine_url
        )
    )


def _embedded(workspace: Workspace, as_of: datetime | None) -> Source:
    agreement, folder = workspace.agreement, workspace.readmodel / "episodes"
    generation, files = refresh(workspace)
    if as_of is None and not any(generation.rows.values()):
        raise WorkspaceError(_why_nothing_is_stored(workspace))
    engine = DuckDBEngine({**generation.relations, EPISODES: files.relation(folder)})
    shelf = _shelf(folder, generation, files)
    moment = as_of or _newest_on(shelf, engine, agreement)
    state = f"{generation.identity}-{generation.position}"
    unborn = _unborn_on(shelf.at(moment), engine, agreement, moment)
    if unborn:
        episodes_without_merges_into(engine, agreement, files, folder, unborn)
        named = hashlib.sha256("\x1f".join(unborn).encode()).hexdigest()
        shelf, state = _shelf(folder, generation, files, named), f"{state}-{named}"
    lost: Mapping[str, int] = files.left_out
    if as_of is not None:
        lost = left_out_then(shelf.at(moment), engine, agreement, lost, moment)
    return Source(engine, agreement, moment, generation.rows, lost, state, shelf.at(moment))


def _unborn_on(shelf: Shelf, engine: Engine, agreement: Agreement, moment: datetime) -> list[str]:
    """:func:`accord.readmodel.merges_then.not_there_yet`, which stays as long as the data do."""
    found = shelf.get("leads not there yet")
    if found is not None:
        leads: list[str] = found[1]["leads"]
        return leads
    unborn = not_there_yet(engine, agreement.timezone, moment)
    shelf.put("leads not there yet", {}, {"leads": unborn})
    return unborn


def _warehouse(workspace: Workspace, as_of: datetime | None) -> Source:
    """Where others write, at any time: nothing that is worked out holds for the next question."""
    agreement, engine = workspace.agreement, PostgresEngine(workspace.engine_url)
    moment = as_of or newest_moment(engine, agreement)
    unborn = not_there_yet(engine, agreement.timezone, moment)
    if unborn:
        engine.without_values("leads", "merged_into", unborn)
    inputs = materialise_episodes(engine, agreement)
    return Source(engine, agreement, moment, _counted(engine), left_out_at(engine, inputs, as_of))


def _newest_on(shelf: Shelf, engine: Engine, agreement: Agreement) -> datetime:
    """:func:`newest_moment`, which stays as long as the data do and nothing in them lies in the future."""
    found = shelf.get(_newest_named(agreement))
    if found is not None:
        return datetime.fromisoformat(found[1]["moment"])
    newest = newest_moment(engine, agreement, before=LATEST)
    return newest if _keep_newest(shelf, agreement, newest) else newest_moment(engine, agreement)


def _keep_newest(shelf: Shelf, agreement: Agreement, newest: datetime) -> bool:
    """Keep the newest moment of all that is recorded, unless it lies in the future and so does not count yet."""
    if newest > datetime.now(UTC).replace(tzinfo=None):
        return False
    shelf.put(_newest_named(agreement), {}, {"moment": newest.isoformat()})
    return True


def _newest_named(agreement: Agreement) -> str:
    return f"newest of all {agreement.timezone}"


def _counted(engine: Engine) -> dict[str, int]:
    def rows(table: ir.Table) -> int:
        return int(engine.run(table.aggregate(rows=table.count()))["rows"][0].as_py())

    return {table.name: rows(engine.table(table.name)) if engine.has(table.name) else 0 for table in TABLES}


def newest_moment(engine: Engine, agreement: Agreement, before: datetime | None = None) -> datetime:
    """The newest time in handoffs, decisions, activities and touches that is not in the future (naive UTC).

    Where none of these is recorded at all, the newest lead, deal or order stands for it; where there is only spend, the
    end of the last day that it covers and that is over. A date without a time stands for its local midnight. Without
    any data: 1970. ``before``: what is the future from here on, instead of now.
    """
    now = before or datetime.now(UTC).replace(tzinfo=None)
    for names in (DESCRIBING, ELSE_DESCRIBING):
        newest = max(_newest_in(engine, agreement, name, now) for name in names)
        if newest > EARLIEST:
            return newest
    return _end_of_spend(engine, agreement, now)


def _end_of_spend(engine: Engine, agreement: Agreement, now: datetime) -> datetime:
    if not engine.has("spend"):
        return EARLIEST
    table, today = (
        contract_table(engine, table_named("spend"), only=("start", "end")),
        local_date(now, agreement.timezone),
    )
    begun = table.filter(table.start < today)
    last = engine.run(begun.aggregate(last=begun.end.max()))["last"][0].as_py()
    if last is None:
        return EARLIEST
    return utc_of_local_midnight(min(last, today - timedelta(days=1)) + timedelta(days=1), agreement.timezone)


def _newest_in(engine: Engine, agreement: Agreement, name: str, now: datetime) -> datetime:
    described = table_named(name)
    if not engine.has(name) or described.time is None:
        return EARLIEST
    # Tables that somebody put into the session have only the columns that were given.
    if isinstance(engine, DuckDBEngine) and f"{described.time}_is_date" in engine.columns(name):
        instant, day = _newest_of_read_model(engine, name, described.time, now)
    else:
        instant, day = _newest_of_warehouse(engine, name, described.time, now)
    moments: list[datetime] = [instant] if instant else []
    if day:
        moments.append(utc_of_local_midnight(day.date(), agreement.timezone))
    return max([EARLIEST, *(moment for moment in moments if moment <= now)])


def _newest_of_read_model(
    engine: DuckDBEngine, name: str, time: str, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """The newest instant and the newest date without an hour, asked in DuckDB's own words: every command asks, and what
    else writes queries takes longer to load than most of them run."""
    past = f'FROM "{name}" WHERE "{time}" <= TIMESTAMP \'{now}\' AND coalesce("{time}_is_date", false)'
    found = (
        engine.run_sql(f'SELECT "{time}" {past} = {dated} ORDER BY "{time}" DESC LIMIT 1') for dated in (False, True)
    )
    instant, day = (rows[time][0].as_py() if rows.num_rows else None for rows in found)
    return instant, day


def _newest_of_warehouse(
    engine: Engine, name: str, time: str, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """The same of tables that others keep, whose types and columns are only nearly the contract's."""
    table = contract_table(engine, table_named(name), only=(time,))
    past, is_date = table.filter(table[time] <= now), f"{time}_is_date"

    def newest(rows: ir.Table) -> datetime | None:
        # The first of a descending order, not a maximum: files whose newest row is older are not read at all.
        found = engine.run(rows.order_by(rows[time].desc()).limit(1).select(time))
        return found[time][0].as_py() if found.num_rows else None

    return newest(past.filter(~past[is_date])), newest(past.filter(past[is_date]))
