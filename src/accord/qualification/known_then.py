"""The leads as they were known at a past moment: from the store's history, laid over the current ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from accord.engines.arrays import integers
from accord.engines.base import Engine
from accord.engines.duckdb import DuckDBEngine
from accord.engines.shape import contract_table
from accord.readmodel.extra_columns import with_extra_columns
from accord.readmodel.workbench import identifier
from accord.store.address import address_of
from accord.store.database import Store, open_store
from accord.store.moments import when
from accord.store.physical import version_table
from accord.store.streaming import POSITION, stream_versions, version_schema
from accord.tables.schema import stored_columns, table_named
from accord.tables.times import microseconds
from accord.workspace import Workspace

__all__ = ["HowKnown", "KnownLeads", "has_history", "leads_known_at", "leads_known_each_at", "looks_back"]

_VERSIONS = "accord_lead_versions"
_MOMENTS = "accord_leads_moments"
_CURRENT = "accord_leads_current"
_CHOSEN = "accord_leads_chosen"
_FINISHED = "accord_imports_finished"
_REACHED = "accord_leads_reached"
_FIRST = "accord_leads_first"
_HOW = "accord_leads_how"

_STAYS = ("created_at", "created_at_is_date", "merged_into")
"""Columns that say when a lead came to be and which lead it is: a replay gives each lead its moment by them."""

_SEVERAL = (
    "v.lead_id IN (SELECT w.lead_id FROM leads_versions w JOIN imports j ON j.id = w.import_id "
    "WHERE j.position IS NOT NULL GROUP BY w.lead_id HAVING COUNT(*) > 1)"
)


@dataclass(frozen=True, slots=True)
class HowKnown:
    """Of leads looked at, how many have been ``changed`` after their moment, so that an older version was taken, and
    how many were first imported ``later`` than it, so that their columns are as first recorded.
    """

    changed: int
    later: int


@dataclass(frozen=True)
class KnownLeads:
    """A table of leads with their stored columns; ``past``: whether they are those known then, not the current."""

    table: ir.Table
    past: bool

    def how(self, engine: Engine, leads: ir.Table) -> HowKnown | None:
        """How those with a ``lead_id`` in ``leads`` are known; None where columns are the current ones."""
        if not self.past:
            return None
        flags = engine.table(_HOW).semi_join(leads, "lead_id")
        (counts,) = engine.run(
            flags.aggregate(changed=flags.count(where=flags.changed), later=flags.count(where=flags.later))
        ).to_pylist()
        return HowKnown(**counts)


def looks_back(asked: datetime | None, usual: datetime) -> bool:
    """Whether columns are those known at the moment that was ``asked`` for, and not the current ones.

    They are where it lies before the ``usual`` moment, the one that holds where none is asked for. That moment itself,
    and any later one, means the data as they are: named or not, it gives the same answer.
    """
    return asked is not None and asked < usual


def has_history(workspace: Workspace, engine: Engine) -> bool:
    """Whether ``engine`` computes over the workspace's own store, which keeps what leads were; another warehouse shows
    its leads as they are now.
    """
    if isinstance(engine, DuckDBEngine):
        return True
    there, own = address_of(workspace.engine_url), address_of(workspace.database_url)
    if own.is_sqlite or urlsplit(there.url).query != urlsplit(own.url).query:
        return False
    return (there.host, there.port, there.database) == (own.host, own.port, own.database)


def leads_known_at(workspace: Workspace, engine: Engine, moment: datetime | None) -> KnownLeads:
    """The leads as the store's history had them at ``moment`` (naive UTC); as they are now where it is None.

    A version counts when its import was finished at or before the moment; a lead that was first imported later has the
    columns of its first version. Where there is no history (:func:`has_history`) the columns are the current ones.
    """
    current = contract_table(engine, table_named("leads"))
    if moment is None or not has_history(workspace, engine):
        return KnownLeads(current, past=False)
    every = current.select("lead_id", moment_us=ibis.literal(microseconds(moment), type="int64"))
    return _known(workspace, engine, every, at_once=True)


def leads_known_each_at(workspace: Workspace, engine: Engine, moments: ir.Table) -> KnownLeads:
    """The leads as they were known each at a moment of its own: ``moments`` has ``lead_id`` and ``moment_us``
    (microseconds since 1970 UTC).

    As :func:`leads_known_at`, but leads that were merged are the one lead they are now, and when each was created is
    what is recorded now: both say which lead has which moment. Leads without a moment have their current columns.
    """
    if not has_history(workspace, engine):
        return KnownLeads(contract_table(engine, table_named("leads")), past=False)
    return _known(workspace, engine, moments.select("lead_id", "moment_us"), at_once=False)


def _known(workspace: Workspace, engine: Engine, moments: ir.Table, *, at_once: bool) -> KnownLeads:
    """Versions are chosen in DuckDB, wherever the leads stand: few have several."""
    current = contract_table(engine, table_named("leads"))
    stays = current.select("lead_id", *_STAYS)
    bench = engine if isinstance(engine, DuckDBEngine) else DuckDBEngine()
    try:
        bench.keep(_MOMENTS, engine.run(moments))
        bench.keep(_CURRENT, engine.run(stays))
        _Choice(workspace, bench).choose(at_once=at_once)
        if bench is not engine:
            for name in (_CHOSEN, _HOW):
                engine.keep(name, bench.run_sql(f"FROM {name}"))
    finally:
        if bench is not engine:
            bench.close()
    chosen = engine.table(_CHOSEN)
    then = {
        name: (chosen[name] if name in chosen.columns else ibis.null()).cast(kind)
        for name, kind in current.schema().items()
    }
    others = current.anti_join(chosen, "lead_id").select(current.columns)
    return KnownLeads(ibis.union(others, chosen.select(**then)), past=True)


@dataclass(frozen=True)
class _Choice:
    """The store's versions of leads, brought to a DuckDB that knows the leads' moments."""

    workspace: Workspace
    bench: DuckDBEngine

    def choose(self, *, at_once: bool) -> None:
        """Of each lead with several versions the one in force then; of every lead how it is known."""
        versions = version_table("leads")
        with open_store(self.workspace.database_url, read_only=True) as store:
            with store.session.reading():
                self.bench.keep(_FINISHED, _finished(store))
                self._reach()
                self._keep_first(store)
                batches = list(stream_versions(store.session, versions, _SEVERAL))
            columns = store.lead_columns()
        self.bench.keep(_VERSIONS, pa.Table.from_batches(batches, version_schema(versions)))
        names = [*(column.name for column in stored_columns(table_named("leads"))), *columns]
        self._keep_chosen(names, with_extra_columns(_VERSIONS, columns), at_once=at_once)
        self._make(
            _HOW,
            "SELECT r.lead_id, coalesce(c.changed, false) AS changed, coalesce(f.first > r.reached, false) AS later "
            f"FROM {_REACHED} r LEFT JOIN {_CHOSEN} c ON c.lead_id = r.lead_id "
            f"LEFT JOIN {_FIRST} f ON f.lead_id = r.lead_id WHERE c.changed OR f.first > r.reached",
        )

    def _reach(self) -> None:
        """Per lead, the position that the store had reached at its moment; 0 before the first import."""
        self._make(
            _REACHED,
            f"SELECT m.lead_id, coalesce(f.reached, 0) AS reached FROM {_MOMENTS} m "
            f"ASOF LEFT JOIN {_FINISHED} f ON m.moment_us >= f.finished_us",
        )

    def _keep_first(self, store: Store) -> None:
        """Where each lead was first recorded, of those for whom that may be later than their moment."""
        ends = f"SELECT min(reached) AS lowest, max(reached) AS highest FROM {_REACHED}"
        (found,) = self.bench.run_sql(ends).to_pylist()
        if not found["highest"]:  # all that is recorded was recorded later
            self._make(_FIRST, f"SELECT lead_id, 1::BIGINT AS first FROM {_REACHED}")
            return
        rows = store.session.rows(
            "SELECT v.lead_id, MIN(i.position) FROM leads_versions v JOIN imports i ON i.id = v.import_id "
            "WHERE i.position IS NOT NULL GROUP BY v.lead_id HAVING MIN(i.position) > ?",
            (found["lowest"],),
        )
        leads, positions = zip(*rows, strict=True) if rows else ((), ())
        self.bench.keep(
            _FIRST, pa.table({"lead_id": pa.array(leads, pa.string()), "first": pa.array(positions, pa.int64())})
        )

    def _keep_chosen(self, names: list[str], versions: str, *, at_once: bool) -> None:
        replaced = "" if at_once else f" REPLACE ({', '.join(f'l.{name} AS {name}' for name in _STAYS)})"
        chosen = ", ".join(identifier(name) for name in names)
        self._make(
            _CHOSEN,
            f"SELECT {chosen}, changed FROM "
            f"(SELECT v.*{replaced}, v.{POSITION} < max(v.{POSITION}) OVER one AS changed "
            f"FROM {versions} v JOIN {_REACHED} r ON r.lead_id = v.lead_id JOIN {_CURRENT} l ON l.lead_id = v.lead_id "
            "WINDOW one AS (PARTITION BY v.lead_id) QUALIFY row_number() OVER (PARTITION BY v.lead_id ORDER BY "
            f"v.{POSITION} <= r.reached DESC, "
            f"CASE WHEN v.{POSITION} <= r.reached THEN -v.{POSITION} ELSE v.{POSITION} END) = 1)",
        )

    def _make(self, name: str, query: str) -> None:
        self.bench.keep(name, self.bench.run_sql(query))


def _finished(store: Store) -> pa.Table:
    """When imports were finished, in that order, and the highest position reached by then: two imports may finish in
    another order than they became visible.
    """
    rows = store.session.rows("SELECT position, finished_at FROM imports WHERE position IS NOT NULL")
    done = sorted((microseconds(moment), position) for position, at in rows if (moment := when(at)) is not None)
    reached: dict[int, int] = {}
    highest = 0
    for finished, position in done:
        highest = reached[finished] = max(highest, position)
    columns = {"finished_us": list(reached), "reached": list(reached.values())}
    return pa.table({name: integers(np.array(values, dtype=np.int64)) for name, values in columns.items()})
