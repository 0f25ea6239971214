"""The data under audit: its tables as of one moment, times as whole numbers, merged leads made one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Protocol, TypeVar

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from accord.agreement.model import Agreement
from accord.audit.merges import Merges, resolve
from accord.engines.base import Engine
from accord.engines.shape import contract_table
from accord.tables.schema import TABLES, table_named
from accord.tables.times import instant, microseconds, offsets_between, room

__all__ = ["Audible", "Evidence"]

Value = TypeVar("Value")


class Audible(Protocol):
    """What an audit needs to know of a source of figures: an engine, the agreement, and the moment described."""

    @property
    def engine(self) -> Engine:
        """Where the nine tables and the episodes stand."""

    @property
    def agreement(self) -> Agreement:
        """The agreement in force."""

    @property
    def as_of(self) -> datetime:
        """The moment the data describe, naive UTC."""


class Evidence:
    """Tables of one source, prepared once for all checks.

    Every ``…_us`` column is microseconds since 1970 UTC; a date without a time is its local midnight, and ``slack_us``
    says how much later it may have been.
    """

    def __init__(
        self,
        source: Audible,
        quarantined: Mapping[str, int] | None = None,
        waiting: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        self.engine = source.engine
        self.agreement = source.agreement
        self.as_of = source.as_of
        self.quarantined = dict(quarantined or {})
        self._waiting = dict(waiting or {})
        self._kept: dict[str, Any] = {}

    def table(self, name: str, only: Collection[str] | None = None) -> ir.Table:
        """A table of the contract in its shape, whatever the engine has of it; ``only``: the columns asked for, where
        a question has few and an export may have hundreds."""
        if only is not None:
            return contract_table(self.engine, table_named(name), only)
        return self.once(f"shape of {name}", lambda: contract_table(self.engine, table_named(name)))

    def waiting(self, name: str) -> ir.Table | None:
        """The identifiers (``waiting_key``) of rows of a table that wait in quarantine; None where none does."""
        keys = self._waiting.get(name)
        if not keys:
            return None

        def keep() -> ir.Table:
            self.engine.keep(f"audit_waiting_{name}", pa.table({"waiting_key": sorted(keys)}))
            return self.engine.table(f"audit_waiting_{name}")

        return self.once(f"waiting {name}", keep)

    @property
    def as_of_us(self) -> int:
        """``as_of`` in microseconds since 1970."""
        return microseconds(self.as_of)

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """Rows per table of the contract, whatever their time."""
        pieces = [
            self.table(table.name).aggregate(rows=lambda t: t.count()).mutate(name=ibis.literal(table.name))
            for table in TABLES
        ]
        found = {row["name"]: row["rows"] for row in self.rows(ibis.union(*pieces))}
        return {table.name: found[table.name] for table in TABLES}

    @cached_property
    def offsets(self) -> list[tuple[int, int]]:
        """The agreement's time zone over the span of the data."""
        ends = []
        for table in TABLES:
            if table.time is not None and table.time != "start":
                found = self.table(table.name)
                ends.append(found.aggregate(first=found[table.time].min(), last=found[table.time].max()))
        moments = [row[end] for row in self.rows(ibis.union(*ends)) for end in ("first", "last") if row[end]]
        moments = [moment.replace(tzinfo=None) for moment in moments] or [self.as_of]
        # A zone's rules reach back a century; a stray year 0001 need not.
        start = max(min(moments), datetime(1900, 1, 2))  # noqa: DTZ001 - naive UTC, as stored
        end = min(max(moments), self.as_of + timedelta(days=3660))
        return offsets_between(self.agreement.timezone, min(start, self.as_of), max(end, self.as_of))

    def rows(self, expression: ir.Table) -> list[dict[str, Any]]:
        """The rows of ``expression`` as dictionaries; for small answers."""
        answer: list[dict[str, Any]] = self.arrow(expression).to_pylist()
        return answer

    def arrow(self, expression: ir.Table) -> pa.Table:
        """The rows of ``expression``."""
        return self.engine.run(expression)

    def once(self, name: str, build: Callable[[], Value]) -> Value:
        """What ``build`` answers, worked out at the first call."""
        if name not in self._kept:
            self._kept[name] = build()
        return self._kept[name]  # type: ignore[no-any-return]

    def kept(self, name: str, build: Callable[[], ir.Table]) -> ir.Table:
        """The rows of an expression, computed by the engine at the first call and read back after that."""

        def materialised() -> ir.Table:
            self.engine.materialise(f"audit_{name}", build())
            return self.engine.table(f"audit_{name}")

        return self.once(f"table {name}", materialised)

    def timed(self, name: str, column: str | None = None, only: Collection[str] | None = None) -> ir.Table:
        """A table with ``time_us`` and ``slack_us`` of its time (or of ``column``)."""
        table = self.table(name, only)
        time = column or table_named(name).time
        if time is None:
            raise ValueError(f"{name} has no time")
        is_date = ibis.coalesce(table[f"{time}_is_date"], ibis.literal(value=False))
        return table.mutate(
            time_us=instant(table[time], is_date, self.offsets),
            slack_us=room(table[time], is_date, self.offsets),
        )

    def known(self, name: str, only: Collection[str] | None = None) -> ir.Table:
        """The rows that exist at ``as_of``, with ``time_us`` and ``slack_us``."""
        timed = self.timed(name, only=only)
        return timed.filter(timed.time_us <= self.as_of_us)

    def by_person(self, name: str) -> ir.Table:
        """:meth:`known` rows with ``lead_id`` replaced by the lead it became through merges."""
        return self.one_lead(self.known(name))

    @cached_property
    def merges(self) -> Merges:
        """What ``merged_into`` says, resolved."""
        leads = self.table("leads")
        merged = self.arrow(leads.filter(leads.merged_into.notnull()).select("lead_id", "merged_into"))
        into = dict(zip(merged["lead_id"].to_pylist(), merged["merged_into"].to_pylist(), strict=True))
        if not into:
            return resolve({}, frozenset())
        targets = leads.filter(leads.merged_into.notnull()).select(name="merged_into").distinct()
        known = self.arrow(leads.semi_join(targets, leads.lead_id == targets.name).select("lead_id"))
        return resolve(into, frozenset(known["lead_id"].to_pylist()))

    def one_lead(self, table: ir.Table) -> ir.Table:
        """``table`` with ``lead_id`` replaced by the lead it became."""
        becomes = self.merges.becomes
        if not becomes:
            return table

        def keep() -> ir.Table:
            rows = pa.table({"merged": list(becomes), "becomes": list(becomes.values())})
            self.engine.keep("audit_merges", rows)
            return self.engine.table("audit_merges")

        same = self.once("merges", keep)
        joined = table.left_join(same, table.lead_id == same.merged)
        others = {name: table[name] for name in table.columns if name != "lead_id"}
        return joined.select(lead_id=ibis.coalesce(same.becomes, table.lead_id), **others)

    @property
    def episodes(self) -> ir.Table:
        """One row per handoff that exists at ``as_of``."""
        episodes = self.engine.table("episodes")
        return episodes.filter(episodes.at_us <= self.as_of_us)
