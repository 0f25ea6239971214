"""What money is counted by, one row per lead and one per order, worked out on the engine and fetched as arrays.

Leads that were merged are one. Times are microseconds since 1970 UTC, :data:`NEVER` where nothing happened by
``as_of``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from accord.acceptance.measure import definition_that_counts
from accord.agreement.model import Agreement, Definition
from accord.engines.arrays import column_array, integers
from accord.engines.shape import contract_tables
from accord.metrics.cells import HANDOFF_DIMENSIONS, MISSING, segment_value
from accord.metrics.outcomes import NEVER, Observation, Outcome, observed
from accord.readmodel.merges import merged_leads_of
from accord.readmodel.source import Source
from accord.tables.episodes import LEAD_PREFIX
from accord.tables.merges import with_canonical_lead
from accord.tables.purchases import with_lead_of_order
from accord.tables.sizes import account_size
from accord.tables.times import day_number, instant, local_day, microseconds, month_number, offsets_between, room

__all__ = ["LEADS", "NOBODY", "SEEN", "Coded", "Facts", "LeadFacts", "OrderFacts", "gather", "latest"]

LEADS = "accord_value_leads"
"""Name of the session's table of leads."""

SEEN = "accord_value_handoffs"
"""Name of the session's table of handoffs."""

NOBODY = -1
"""The lead of an order that belongs to none."""

_SPAN = (datetime(1950, 1, 1), datetime(2150, 1, 1))  # noqa: DTZ001 - naive UTC; beyond it dates are mistakes
_TIMES = ("created_us", "created_late_us", "handed_us", "accepted_us", "opportunity_us", "won_us", "won_late_us")
_OF_FIRST_HANDOFF = tuple(name for name in HANDOFF_DIMENSIONS if name != "account_size")
Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Coded:
    """For each row the place (``codes``) of its value in ``values``, which are sorted."""

    codes: Ints
    values: tuple[str, ...]


@dataclass(frozen=True)
class LeadFacts:
    """One entry per lead: its times, its local day and month of creation, channel, campaign and segments.

    ``…_late_us``: the last instant that a date without an hour can mean. ``undated``: the win has no date of its own.
    """

    created: Ints
    created_late: Ints
    handed: Ints
    accepted: Ints
    opportunity: Ints
    won: Ints
    won_late: Ints
    undated: npt.NDArray[np.bool_]
    day: Ints
    month: Ints
    channel: Coded
    campaign: Coded
    segments: tuple[Coded, ...]
    identifiers: pa.Table

    def __len__(self) -> int:
        return len(self.created)

    def named(self, places: Ints) -> list[str]:
        """The ids of the leads at ``places``."""
        return [str(name) for name in self.identifiers["lead_id"].take(integers(places)).to_pylist()]


@dataclass(frozen=True)
class OrderFacts:
    """One entry per order up to ``as_of``, by order_id. ``lead``: its place among the leads, or :data:`NOBODY`.

    ``payer``: the same number for orders of one customer, and of one lead. ``stray``: it names a lead that is not
    there. ``earlier``: its customer became a lead only after it. ``late``: the last instant its date can mean.
    """

    identifiers: Sequence[str]
    lead: Ints
    payer: Ints
    at: Ints
    late: Ints
    day: Ints
    amount: npt.NDArray[np.float64]
    currency: Coded
    stray: npt.NDArray[np.bool_]
    earlier: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Facts:
    """Leads and orders of a source at its moment, under the definition of acceptance that counts.

    ``derived``: what was worked out from them alone, for the next report that is made of them.
    """

    leads: LeadFacts
    orders: OrderFacts
    definition: Definition
    won_by_orders: bool
    derived: dict[object, Any] = field(default_factory=dict, compare=False, repr=False)


def gather(source: Source, dimensions: Sequence[str]) -> Facts:
    """Lay out the session's table of leads and fetch everything."""
    reading = _Reading.of(source)
    definition, _because = definition_that_counts(source)
    by_orders = not source.recorded.get("opportunities") and bool(source.recorded.get("orders"))
    source.engine.materialise(SEEN, _seen(reading, definition, dimensions))
    source.engine.materialise(LEADS, _leads(reading, dimensions))
    if by_orders:
        first = _orders(reading).filter(lambda row: (row.amount > 0) & (row.lead > NOBODY))
        won = first.group_by("lead").aggregate(first_us=first.at_us.min(), first_late_us=first.late_us.min())
        won = source.engine.run(won)
    orders = _fetched_orders(source.engine.run(_orders(reading)))
    leads = _fetched_leads(source.engine.run(source.engine.table(LEADS).drop("customer_id")), dimensions)
    if by_orders:
        leads = _won_with_first_order(leads, won)
    return Facts(leads, orders, definition, by_orders)


def latest(source: Source, dimensions: Sequence[str]) -> tuple[Facts, tuple[str, ...]]:
    """What :func:`gather` returned last, where it holds these dimensions, else what it returns now; and the dimensions
    it was gathered with. A report that asks for several spans and cuts fetches once. Only the latest is kept, for a
    million leads weigh a hundred megabytes.
    """
    held: dict[tuple[str, ...], Facts] = source.noted("value facts", dict)
    for gathered, facts in held.items():
        if set(dimensions) <= set(gathered):
            return facts, gathered
    held.clear()  # the session's tables, too, are those of what is gathered now
    key = tuple(dimensions)
    held[key] = gather(source, key)
    return held[key], key


def _won_with_first_order(leads: LeadFacts, won: pa.Table) -> LeadFacts:
    place = column_array(won, "lead")
    times, late = leads.won.copy(), leads.won_late.copy()
    times[place], late[place] = column_array(won, "first_us"), column_array(won, "first_late_us")
    values = {name: getattr(leads, name) for name in LeadFacts.__dataclass_fields__}
    return LeadFacts(**(values | {"won": times, "won_late": late}))


@dataclass(frozen=True)
class _Reading:
    """The tables, and what their times are read with."""

    source: Source
    agreement: Agreement
    tables: Mapping[str, ir.Table]
    offsets: Sequence[tuple[int, int]]
    identity: ir.Table | None
    as_of_us: int

    @classmethod
    def of(cls, source: Source) -> _Reading:
        tables = contract_tables(source.engine, ("leads", "opportunities", "orders"))
        return cls(
            source,
            source.agreement,
            tables,
            _offsets(source, tables),
            merged_leads_of(source),
            microseconds(source.as_of),
        )

    def placed(self, table: ir.Table, time: str, name: str) -> dict[str, ir.Value]:
        """``<name>_us`` and ``<name>_late_us``: the first and the last instant that a time can mean."""
        first = instant(table[time], table[f"{time}_is_date"], self.offsets)
        return {
            f"{name}_us": first,
            f"{name}_late_us": first + room(table[time], table[f"{time}_is_date"], self.offsets),
        }

    def day(self, table: ir.Table, time: str) -> ir.IntegerValue:
        """The local day of a time; a date stays what it is."""
        stored = table[time].delta(ibis.timestamp("1970-01-01 00:00:00"), unit="microsecond").cast("int64")
        first = instant(table[time], table[f"{time}_is_date"], self.offsets)
        return ibis.ifelse(table[f"{time}_is_date"], day_number(stored), local_day(first, self.offsets))


def _offsets(source: Source, tables: Mapping[str, ir.Table]) -> Sequence[tuple[int, int]]:
    columns = {"leads": ("created_at",), "opportunities": ("created_at", "closed_at"), "orders": ("at",)}
    found: list[datetime] = [source.as_of]
    for name, times in columns.items():
        table = tables[name]
        row = source.engine.run(
            table.aggregate(
                **{f"{end}_{time}": getattr(table[time], end)() for time in times for end in ("min", "max")}
            )
        ).to_pylist()[0]
        found += [_naive(moment) for moment in row.values() if moment is not None]
    two_days = timedelta(days=2)
    return offsets_between(
        source.agreement.timezone, max(min(found), _SPAN[0]) - two_days, min(max(found), _SPAN[1]) + two_days
    )


def _naive(moment: datetime | date) -> datetime:
    if not isinstance(moment, datetime):
        return datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001 - naive UTC
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _never() -> ir.IntegerScalar:
    return ibis.literal(NEVER, type="int64")


def _leads(reading: _Reading, dimensions: Sequence[str]) -> ir.Table:
    """One row per lead that exists by ``as_of``, merged ones left to what they became, numbered from 0."""
    leads = reading.tables["leads"]
    placed = leads.mutate(
        **reading.placed(leads, "created_at", "created"), local_day=reading.day(leads, "created_at").cast("int64")
    )
    if reading.identity is not None:
        placed = placed.anti_join(reading.identity.select(merged="lead_id"), [("lead_id", "merged")])
    there = placed.filter(placed.created_us <= reading.as_of_us)
    joined = there
    for facts in (_handed(reading.source.engine.table(SEEN), dimensions), _deals(reading)):
        joined = joined.left_join(facts, "lead_id").drop("lead_id_right")
    described = joined.mutate(
        account_size=account_size(joined.employees, reading.agreement),
        **{f"{LEAD_PREFIX}{name}": joined[name] for name in leads.columns if name != "lead_id"},
        **{name: ibis.null("string") for name in _OF_FIRST_HANDOFF if name not in joined.columns},
    )
    return described.select(
        "lead_id",
        "customer_id",
        "local_day",
        **{name: ibis.coalesce(described[name], _never()) for name in _TIMES},
        number=ibis.row_number().over(),
        local_month=month_number(described.local_day),
        undated=ibis.coalesce(described.undated, ibis.literal(value=False)),
        of_channel=segment_value(described, "channel"),
        of_campaign=segment_value(described, "campaign"),
        **{f"cell_{place}": segment_value(described, name) for place, name in enumerate(dimensions)},
    )


def _seen(reading: _Reading, definition: Definition, dimensions: Sequence[str]) -> ir.Table:
    """One narrow row per handoff up to ``as_of``: what became of it, as far as money asks."""
    rules = reading.agreement.acceptance
    # Nothing here is told in open hours, so the business clock is not laid out.
    seen = observed(reading.source.episodes, Observation(definition, rules, reading.as_of_us, {"default": 0}))
    return seen.select(
        "lead_id",
        "handoff_id",
        "at_us",
        "local_month",
        *(name for name in dimensions if name in _OF_FIRST_HANDOFF),
        of_channel=segment_value(seen, "channel"),
        accepted_at_us=ibis.ifelse(
            seen.outcome == int(Outcome.ACCEPTED), seen.at_us + seen.accepted_us, ibis.null("int64")
        ),
        refused=seen.outcome == int(Outcome.REJECTED),
        never_worked=seen.ended & (seen.activities == 0),
    )


def _handed(seen: ir.Table, dimensions: Sequence[str]) -> ir.Table:
    """When each lead was first handed over and first accepted; and what its first handoff says, where it is asked."""
    facts = seen.group_by("lead_id").aggregate(handed_us=seen.at_us.min(), accepted_us=seen.accepted_at_us.min())
    wanted = [name for name in dimensions if name in _OF_FIRST_HANDOFF]
    if not wanted:
        return facts
    order = ibis.window(group_by="lead_id", order_by=["at_us", "handoff_id"])
    ranked = seen.select("lead_id", *wanted, place=ibis.row_number().over(order))
    first = ranked.filter(ranked.place == 0).drop("place")
    return facts.left_join(first, "lead_id").drop("lead_id_right")


def _deals(reading: _Reading) -> ir.Table:
    """When each lead's first opportunity was opened, and when the first was won; without a date, at its opening."""
    deals = reading.tables["opportunities"]
    opened, closed = reading.placed(deals, "created_at", "opportunity"), reading.placed(deals, "closed_at", "closed")
    timed = deals.select("lead_id", won=ibis.coalesce(deals.won, ibis.literal(value=False)), **opened, **closed)
    timed = timed.mutate(
        won_us=ibis.coalesce(timed.closed_us, timed.opportunity_us),
        won_late_us=ibis.coalesce(timed.closed_late_us, timed.opportunity_late_us),
        dateless=timed.closed_us.isnull(),
    )
    timed = with_canonical_lead(timed, reading.identity)
    timed = timed.filter(timed.opportunity_us <= reading.as_of_us)
    won = timed.won & (timed.won_us <= reading.as_of_us)
    return timed.group_by("lead_id").aggregate(
        opportunity_us=timed.opportunity_us.min(),
        won_us=timed.won_us.min(where=won),
        won_late_us=timed.won_late_us.min(where=won),
        # only where no win of the lead has a date
        undated=(won & timed.dateless).any() & ~(won & ~timed.dateless).any(),
    )


def _orders(reading: _Reading) -> ir.Table:
    """Orders up to ``as_of`` and the lead each belongs to: the one it names, else the one that its customer was."""
    orders, known = reading.tables["orders"], reading.source.engine.table(LEADS)
    timed = orders.select(
        "order_id",
        "lead_id",
        "customer_id",
        "amount",
        "currency",
        **reading.placed(orders, "at", "at"),
        local_day=reading.day(orders, "at").cast("int64"),
    ).rename(late_us="at_late_us")
    timed = timed.filter(timed.at_us <= reading.as_of_us)
    joined = with_lead_of_order(timed, reading.tables["leads"], known, reading.identity)
    return joined.select(
        "order_id",
        "at_us",
        "late_us",
        "local_day",
        amount=ibis.coalesce(joined.amount, 0.0),
        currency=ibis.coalesce(joined.currency, reading.agreement.currency).upper(),
        lead=ibis.coalesce(joined.owner_number, NOBODY).cast("int64"),
        payer=joined.customer_id,
        stray=joined.lead_id.notnull() & joined.named_number.isnull(),
        earlier=joined.earlier,
    )


def _fetched_leads(rows: pa.Table, dimensions: Sequence[str]) -> LeadFacts:
    number = column_array(rows, "number").astype(np.int64)
    order = np.empty(len(number), dtype=np.int64)
    order[number] = np.arange(len(number))

    def numbers(name: str) -> Ints:
        values: Ints = column_array(rows, name).astype(np.int64)[order]
        return values

    def words(name: str) -> Coded:
        coded = _coded(rows, name)
        return Coded(coded.codes[order], coded.values)

    times = {name.removesuffix("_us"): numbers(name) for name in _TIMES}
    return LeadFacts(
        **times,
        undated=_truths(rows, "undated")[order],
        day=numbers("local_day"),
        month=numbers("local_month"),
        channel=words("of_channel"),
        campaign=words("of_campaign"),
        segments=tuple(words(f"cell_{place}") for place in range(len(dimensions))),
        identifiers=rows.select(["lead_id"]).take(integers(order)),
    )


def _fetched_orders(rows: pa.Table) -> OrderFacts:
    rows = rows.sort_by("order_id")
    lead = column_array(rows, "lead").astype(np.int64)
    return OrderFacts(
        identifiers=rows["order_id"].to_pylist(),
        lead=lead,
        payer=_payers(lead, _coded(rows, "payer").codes, rows["payer"].is_null().combine_chunks()),
        at=column_array(rows, "at_us").astype(np.int64),
        late=column_array(rows, "late_us").astype(np.int64),
        day=column_array(rows, "local_day").astype(np.int64),
        amount=column_array(rows, "amount").astype(np.float64),
        currency=_coded(rows, "currency"),
        stray=_truths(rows, "stray"),
        earlier=_truths(rows, "earlier"),
    )


def _payers(lead: Ints, customer: Ints, unnamed: pa.Array) -> Ints:
    """A number for each order, alike for one lead, else for one customer; an order of nobody is its own."""
    rows = np.arange(len(lead))
    alone = np.array(unnamed.to_pylist(), dtype=np.bool_)
    key = np.where(lead > NOBODY, 3 * lead, np.where(alone, 3 * rows + 1, 3 * customer + 2))
    _keys, first, place = np.unique(key, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(len(first))
    return rank[place]


def _truths(rows: pa.Table, name: str) -> npt.NDArray[np.bool_]:
    return np.from_dlpack(rows[name].combine_chunks().cast(pa.uint8())).astype(np.bool_)


def _coded(rows: pa.Table, name: str) -> Coded:
    encoded = rows[name].combine_chunks().dictionary_encode(null_encoding="encode")
    words = [MISSING if word is None else str(word) for word in encoded.dictionary.to_pylist()]
    ranked = sorted(set(words))
    place = {word: number for number, word in enumerate(ranked)}
    sorted_code = np.array([place[word] for word in words], dtype=np.int64)
    codes = np.from_dlpack(encoded.indices).astype(np.int64)
    return Coded(sorted_code[codes] if len(codes) else codes, tuple(ranked))
