"""What was known of every lead when it was handed over, and what became of it, fetched from a workspace's source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from accord.acceptance.measure import definition_that_counts
from accord.engines.shape import contract_table
from accord.learning.outcomes import NEVER, Events
from accord.metrics.outcomes import Observation, observed
from accord.readmodel.inputs import business_clock_at
from accord.readmodel.merges import merged_leads_of
from accord.readmodel.source import Source
from accord.scoring.result import Touch
from accord.tables.episodes import LEAD_PREFIX
from accord.tables.purchases import with_lead_of_order
from accord.tables.schema import table_named
from accord.tables.times import instant, microseconds, offsets_between

__all__ = ["Handoffs", "handoffs_of"]

Integers = npt.NDArray[np.int64]

_REACH = timedelta(days=20 * 366)
_NEVER_A_FIELD = frozenset({"id", "created_at", "created_at_is_date", "merged_into"})


@dataclass(frozen=True, eq=False)
class Handoffs:
    """One entry per handoff, the oldest first.

    ``at``: microseconds since 1970 UTC. ``leads``: the columns of the lead. ``touches``: what the prospect had done by
    then. ``score``: the one frozen at the handoff, NaN where none was.
    """

    ids: Sequence[str]
    at: Integers
    leads: Sequence[Mapping[str, Any]]
    touches: Sequence[Sequence[Touch]]
    events: Events
    score: npt.NDArray[np.float64]

    @property
    def size(self) -> int:
        """How many handoffs."""
        return self.at.size


def handoffs_of(source: Source) -> Handoffs:
    """Every handoff up to the source's moment, whose outcome is that of the definition that counts."""
    definition, _because = definition_that_counts(source)
    observation = Observation(
        definition,
        source.agreement.acceptance,
        microseconds(source.as_of),
        business_clock_at(source.agreement, source.as_of),
    )
    seen = observed(source.episodes, observation)
    columns = [
        name
        for name in seen.columns
        if name.startswith(LEAD_PREFIX) and name.removeprefix(LEAD_PREFIX) not in _NEVER_A_FIELD
    ]
    facts = ("handoff_id", "lead_id", "at_us", "age_us", "outcome", "said_no", "reason", "score")
    rows = source.engine.run(seen.select(*facts, *columns).order_by("at_us", "handoff_id"))
    at = _integers(rows, "at_us")
    leads = [str(lead) for lead in rows["lead_id"].to_pylist()]
    become = _merged(source)
    now = microseconds(source.as_of)
    no = rows["said_no"].to_pylist()
    reasons = [reason if said else None for reason, said in zip(rows["reason"].to_pylist(), no, strict=True)]
    opportunities, wins = _deals(source, become, now)
    events = Events(
        _integers(rows, "outcome"),
        reasons,
        _integers(rows, "age_us"),
        _first_after(leads, at, opportunities),
        _first_after(leads, at, wins),
    )
    score = np.array([np.nan if value is None else value for value in rows["score"].to_pylist()], dtype=np.float64)
    return Handoffs(
        rows["handoff_id"].to_pylist(),
        at,
        _lead_rows(rows, columns, leads),
        _touches_before(leads, at, _touches(source, become, now)),
        events,
        score,
    )


def _integers(rows: pa.Table, name: str) -> Integers:
    return np.array(rows[name].to_pylist(), dtype=np.int64)


def _lead_rows(rows: pa.Table, columns: Sequence[str], leads: Sequence[str]) -> list[Mapping[str, Any]]:
    names = ["lead_id", *(name.removeprefix(LEAD_PREFIX) for name in columns)]
    cells = [leads, *(rows[name].to_pylist() for name in columns)]
    return [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]


def _merged(source: Source) -> dict[str, str]:
    """Merged lead → the lead it became."""
    merged = merged_leads_of(source)
    rows = source.engine.run(merged).to_pylist() if merged is not None else []
    return {row["lead_id"]: row["becomes"] for row in rows}


def _instants(source: Source, table: ibis.expr.types.Table, time: str) -> ibis.expr.types.IntegerValue:
    zone = source.agreement.timezone
    offsets = offsets_between(zone, source.as_of - _REACH, source.as_of + timedelta(days=366))
    return instant(table[time], table[f"{time}_is_date"], offsets)


def _touches(source: Source, become: Mapping[str, str], now: int) -> dict[str, list[Touch]]:
    table = contract_table(source.engine, table_named("touches"))
    timed = table.select("lead_id", "kind", "channel", at_us=_instants(source, table, "at"))
    rows = source.engine.run(timed.filter(timed.at_us <= now).order_by("at_us"))
    found: dict[str, list[Touch]] = {}
    cells = (rows[name].to_pylist() for name in ("lead_id", "at_us", "kind", "channel"))
    for lead, at, kind, channel in zip(*cells, strict=True):
        found.setdefault(become.get(lead, lead), []).append(Touch(at, kind, channel))
    return found


def _touches_before(
    leads: Sequence[str], at: Integers, touches: Mapping[str, Sequence[Touch]]
) -> list[Sequence[Touch]]:
    nothing: Sequence[Touch] = ()
    return [
        [touch for touch in touches.get(lead, nothing) if touch.at <= moment]
        for lead, moment in zip(leads, at.tolist(), strict=True)
    ]


def _deals(source: Source, become: Mapping[str, str], now: int) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
    """Moments of every opportunity and of every win by lead: a deal won; where none is recorded, money received."""
    table = contract_table(source.engine, table_named("opportunities"))
    timed = table.select(
        "lead_id",
        "won",
        opened_us=_instants(source, table, "created_at"),
        closed_us=ibis.coalesce(_instants(source, table, "closed_at"), _instants(source, table, "created_at")),
    )
    opened: dict[str, list[int]] = {}
    won: dict[str, list[int]] = {}
    for row in source.engine.run(timed).to_pylist():
        lead = become.get(row["lead_id"], row["lead_id"])
        if row["opened_us"] is not None and row["opened_us"] <= now:
            opened.setdefault(lead, []).append(row["opened_us"])
        if row["won"] and row["closed_us"] is not None and row["closed_us"] <= now:
            won.setdefault(lead, []).append(row["closed_us"])
    if not source.recorded.get("opportunities"):
        for row in _paid(source, now):
            won.setdefault(row["lead_id"], []).append(row["at_us"])
    return opened, won


def _paid(source: Source, now: int) -> list[dict[str, Any]]:
    """Moments at which money was received from a lead, or from the customer it became."""
    leads, orders = (contract_table(source.engine, table_named(name)) for name in ("leads", "orders"))
    identity = merged_leads_of(source)
    never = ibis.literal(NEVER, type="int64")
    known = leads.select("lead_id", created_us=ibis.coalesce(_instants(source, leads, "created_at"), never))
    if identity is not None:
        known = known.anti_join(identity.select(merged="lead_id"), [("lead_id", "merged")])
    known = known.mutate(number=ibis.row_number().over(order_by="lead_id"), won_us=never)
    received = orders.filter(orders.amount > 0)
    paid = received.select("lead_id", "customer_id", at_us=_instants(source, received, "at"))
    paid = paid.filter(paid.at_us <= now).mutate(late_us=paid.at_us)
    owned = with_lead_of_order(paid, leads, known, identity).select("at_us", "owner_number")
    named = owned.inner_join(known.select(owner="lead_id", number="number"), [("owner_number", "number")])
    rows: list[dict[str, Any]] = source.engine.run(named.select("at_us", lead_id="owner")).to_pylist()
    return rows


def _first_after(leads: Sequence[str], at: Integers, moments: Mapping[str, Sequence[int]]) -> Integers:
    """Microseconds from each handoff to the first moment not before it; :data:`NEVER` where there is none."""
    nothing: Sequence[int] = ()
    return np.array(
        [
            min((moment - start for moment in moments.get(lead, nothing) if moment >= start), default=NEVER)
            for lead, start in zip(leads, at.tolist(), strict=True)
        ],
        dtype=np.int64,
    )
