"""Asks the engine for what money is counted by: leads, handoffs and orders, as arrays that a shelf can keep.

Leads are numbered once; everything else names them by that number. Times are microseconds since 1970 UTC,
:data:`~accord.metrics.outcomes.NEVER` where nothing happened by the moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from accord.agreement.model import Definition
from accord.engines.arrays import column_array, integers
from accord.engines.shape import contract_table
from accord.metrics.cells import HANDOFF_DIMENSIONS, MISSING, segment_value
from accord.metrics.habits import never_worked
from accord.metrics.outcomes import NEVER, Observation, Outcome, observed
from accord.readmodel.merges import merged_leads_of
from accord.readmodel.shelf import Kept
from accord.readmodel.source import Source
from accord.stats.grouped import Bools, Ints
from accord.tables.episodes import LEAD_PREFIX
from accord.tables.merges import with_canonical_lead
from accord.tables.purchases import with_lead_of_order
from accord.tables.schema import table_named
from accord.tables.sizes import account_size
from accord.tables.times import day_number, instant, local_day, microseconds, month_number, offsets_between, room
from accord.value.names import Names

__all__ = ["LEADS", "NOBODY", "Fetching", "coded", "laid_out", "scores", "truths", "value_offsets"]

LEADS = "accord_value_leads"
"""Name of the session's table of leads and their numbers."""

_WON = "accord_value_won"
_REACHED = ("handed", "handed_late", "accepted", "opportunity", "opportunity_late", "won", "won_late")
"""What is known of a lead's way: when it first got there; ``…_late``: the last instant that a date can mean."""

NOBODY = -1
"""The lead of an order, or of a handoff, that belongs to none."""

_SPAN = (datetime(1950, 1, 1), datetime(2150, 1, 1))  # noqa: DTZ001 - naive UTC; beyond it dates are mistakes
_OF_FIRST_HANDOFF = tuple(name for name in HANDOFF_DIMENSIONS if name != "account_size")
_COLUMNS = {
    "leads": ("lead_id", "created_at", "channel", "campaign", "customer_id", "employees"),
    "opportunities": ("lead_id", "created_at", "closed_at", "won"),
    "orders": ("order_id", "lead_id", "customer_id", "at", "amount", "currency"),
}
_TIMES = {"leads": ("created_at",), "opportunities": ("created_at", "closed_at"), "orders": ("at",)}
Array = npt.NDArray[Any]


class Fetching:
    """One source's leads, handoffs and orders; ``dimensions``: what the leads will be cut by."""

    def __init__(self, source: Source, definition: Definition, dimensions: Sequence[str]) -> None:
        self.source = source
        self.definition = definition
        self.dimensions = dimensions
        self._rows: pa.Table | None = None
        self._handed: pa.Table | None = None

    @cached_property
    def _tables(self) -> Mapping[str, ir.Table]:
        further = [name for name in self.dimensions if name not in HANDOFF_DIMENSIONS]
        return {
            name: contract_table(
                self.source.engine, table_named(name), only={*columns, *(further if name == "leads" else ())}
            )
            for name, columns in _COLUMNS.items()
        }

    @cached_property
    def _offsets(self) -> Sequence[tuple[int, int]]:
        return value_offsets(self.source)

    @cached_property
    def _merged(self) -> ir.Table | None:
        return merged_leads_of(self.source)

    @cached_property
    def _as_of_us(self) -> int:
        return microseconds(self.source.as_of)

    def leads(self) -> Kept:
        """Lay out the leads in the session and fetch them, with what became of each."""
        self.source.engine.materialise(LEADS, self._leads())
        rows = self.source.engine.run(self.source.engine.table(LEADS))
        number = column_array(rows, "number")
        if not np.array_equal(number, np.arange(len(number))):
            order = np.empty(len(number), dtype=np.int64)
            order[number] = np.arange(len(number))
            rows = rows.take(integers(order))
        self._rows = rows
        names = Names.of(rows["lead_id"])
        _numbering(self.source)["token"] = names.token
        channel, campaign = coded(rows["of_channel"]), coded(rows["of_campaign"])
        arrays = {
            "created": column_array(rows, "created_us"),
            "created_late": column_array(rows, "created_late_us"),
            "day": column_array(rows, "local_day").astype(np.int32),
            "month": column_array(rows, "local_month").astype(np.int32),
            "channel": channel[0],
            "campaign": campaign[0],
            **self._reached(len(names)),
            "letters": names.letters,
            "ends": names.ends,
        }
        return arrays, {"channel": channel[1], "campaign": campaign[1]}

    def _leads(self) -> ir.Table:
        """One row per lead that exists by ``as_of``, merged ones left to what they became, numbered from 0."""
        leads = self._tables["leads"]
        placed = leads.mutate(
            **self._placed(leads, "created_at", "created"), local_day=self._day(leads, "created_at").cast("int64")
        )
        if self._merged is not None:
            placed = placed.anti_join(self._merged.select(merged="lead_id"), [("lead_id", "merged")])
        there = placed.filter(placed.created_us <= self._as_of_us)
        named = self._with_dimensions(there)
        cells = [name for name in self.dimensions if name not in _OF_FIRST_HANDOFF]
        return named.select(
            "lead_id",
            "local_day",
            "created_us",
            "created_late_us",
            number=ibis.row_number().over(),
            local_month=month_number(named.local_day),
            of_channel=segment_value(named, "channel"),
            of_campaign=segment_value(named, "campaign"),
            **{f"cell_{name}": segment_value(named, name) for name in cells},
        )

    def _with_dimensions(self, leads: ir.Table) -> ir.Table:
        known = (*_COLUMNS["leads"], *(name for name in self.dimensions if name not in HANDOFF_DIMENSIONS))
        return leads.mutate(
            account_size=account_size(leads.employees, self.source.agreement),
            **{f"{LEAD_PREFIX}{name}": leads[name] for name in dict.fromkeys(known) if name in leads.columns},
        )

    def _reached(self, size: int) -> dict[str, Array]:
        """When each lead was handed over, accepted, had a deal and was won, first of all times."""
        never = np.full(size, NEVER, dtype=np.int64)
        reached = {name: never.copy() for name in _REACHED}
        handoffs = self._seen()
        lead = column_array(handoffs, "number")
        known = lead > NOBODY
        for name, column in (("handed", "at_us"), ("handed_late", "at_late_us"), ("accepted", "accepted_at_us")):
            np.minimum.at(reached[name], lead[known], column_array(handoffs, column)[known])
        deals = self.source.engine.run(self._deals())
        lead, won = column_array(deals, "number"), truths(deals, "won")
        for name in ("opportunity", "opportunity_late"):
            np.minimum.at(reached[name], lead, column_array(deals, f"{name}_us"))
        for name, column in (("won", "won_us"), ("won_late", "won_late_us")):
            np.minimum.at(reached[name], lead[won], column_array(deals, column)[won])
        dateless = truths(deals, "dateless")
        undated = np.zeros(size, dtype=np.bool_)
        undated[lead[won & dateless]] = True
        undated[lead[won & ~dateless]] = False  # only where no win of the lead has a date
        return {**reached, "undated": undated}

    def handoffs(self) -> Kept:
        """One entry per handoff whose lead is there; and how many others there are by channel and month."""
        rows = self._seen()
        lead, month = column_array(rows, "number"), column_array(rows, "local_month")
        known = lead > NOBODY
        arrays = {
            "lead": lead[known].astype(np.int32),
            "month": month[known].astype(np.int32),
            "refused": truths(rows, "refused")[known],
            "never_worked": truths(rows, "never_worked")[known],
        }
        others = [] if known.all() else self.source.engine.run(self._of_nobody()).to_pylist()
        return arrays, {"others": [[row["of_channel"], row["local_month"], row["handed"]] for row in others]}

    def _seen(self) -> pa.Table:
        if self._handed is None:
            wanted = [name for name in self.dimensions if name in _OF_FIRST_HANDOFF]
            self._handed = self.source.engine.run(self._handoffs(wanted).drop("of_channel"))
        return self._handed

    def _handoffs(self, wanted: Sequence[str]) -> ir.Table:
        """One narrow row per handoff up to ``as_of``: what became of it, as far as money asks."""
        rules = self.source.agreement.acceptance
        # Nothing here is told in open hours, so the business clock is not laid out.
        seen = observed(self.source.episodes, Observation(self.definition, rules, self._as_of_us, {"default": 0}))
        never = ibis.literal(NEVER, type="int64")
        narrow = seen.select(
            "lead_id",
            "at_us",
            "sequence",
            "local_month",
            at_late_us=seen.at_us + seen.slack_us,
            of_channel=segment_value(seen, "channel"),
            accepted_at_us=ibis.ifelse(seen.outcome == int(Outcome.ACCEPTED), seen.at_us + seen.accepted_us, never),
            refused=seen.outcome == int(Outcome.REJECTED),
            never_worked=never_worked(seen).counted,
            **{f"cell_{name}": segment_value(seen, name) for name in wanted},
        )
        numbered = self.source.engine.table(LEADS).select(known="lead_id", known_number="number")
        joined = narrow.left_join(numbered, [("lead_id", "known")])
        return joined.select(
            "at_us",
            "at_late_us",
            "accepted_at_us",
            "refused",
            "never_worked",
            *(f"cell_{name}" for name in wanted),
            *(["sequence"] if wanted else ()),
            number=ibis.coalesce(joined.known_number, NOBODY).cast("int64"),
            local_month=joined.local_month.cast("int64"),
            of_channel=joined.of_channel,
        )

    def _of_nobody(self) -> ir.Table:
        seen = self._handoffs(())
        lost = seen.filter(seen.number == NOBODY)
        return lost.group_by("of_channel", "local_month").aggregate(handed=lost.count().cast("int64"))

    def _deals(self) -> ir.Table:
        """One row per opportunity up to ``as_of``; one won without a date was won at its opening."""
        deals = self._tables["opportunities"]
        opened, closed = self._placed(deals, "created_at", "opportunity"), self._placed(deals, "closed_at", "closed")
        timed = deals.select("lead_id", won=ibis.coalesce(deals.won, ibis.literal(value=False)), **opened, **closed)
        timed = timed.mutate(
            won_us=ibis.coalesce(timed.closed_us, timed.opportunity_us),
            won_late_us=ibis.coalesce(timed.closed_late_us, timed.opportunity_late_us),
            dateless=timed.closed_us.isnull(),
        )
        timed = with_canonical_lead(timed, self._merged)
        timed = timed.filter(timed.opportunity_us <= self._as_of_us)
        named = timed.inner_join(self.source.engine.table(LEADS).select("lead_id", "number"), "lead_id")
        return named.select(
            "number",
            "opportunity_us",
            "opportunity_late_us",
            "won_us",
            "won_late_us",
            "dateless",
            won=named.won & (named.won_us <= self._as_of_us),
        )

    def orders(self, names: Names, created: Ints, won: Ints) -> Kept:
        """The orders up to ``as_of`` by order_id, each with the lead that it names, else that its customer was."""
        laid_out(self.source, names, created)
        winners = np.flatnonzero(won < NEVER)
        self.source.engine.keep(
            _WON, pa.Table.from_arrays([integers(winners), integers(won[winners])], ["winner", "won_us"])
        )
        rows = self.source.engine.run(self._orders()).sort_by("order_id")
        ordered = Names.of(rows["order_id"])
        currency, payer = coded(rows["currency"]), coded(rows["payer"])
        lead = column_array(rows, "lead")
        arrays = {
            "lead": lead,
            "payer": _payers(lead, payer[0].astype(np.int64), truths(rows, "unnamed")),
            "at": column_array(rows, "at_us"),
            "late": column_array(rows, "late_us"),
            "day": column_array(rows, "local_day"),
            "amount": column_array(rows, "amount").astype(np.float64, copy=False),
            "currency": currency[0],
            "stray": truths(rows, "stray"),
            "earlier": truths(rows, "earlier"),
            "letters": ordered.letters,
            "ends": ordered.ends,
        }
        return arrays, {"currency": currency[1]}

    def _orders(self) -> ir.Table:
        orders = self._tables["orders"]
        leads = self.source.engine.table(LEADS).select("lead_id", "number", "created_us")
        winners = self.source.engine.table(_WON)
        known = leads.left_join(winners, [("number", "winner")]).drop("winner")
        known = known.mutate(won_us=ibis.coalesce(known.won_us, ibis.literal(NEVER, type="int64")))
        timed = orders.select(
            "order_id",
            "lead_id",
            "customer_id",
            "amount",
            "currency",
            **self._placed(orders, "at", "at"),
            local_day=self._day(orders, "at").cast("int64"),
        ).rename(late_us="at_late_us")
        timed = timed.filter(timed.at_us <= self._as_of_us)
        joined = with_lead_of_order(timed, self._tables["leads"], known, self._merged)
        return joined.select(
            "order_id",
            "at_us",
            "late_us",
            "local_day",
            amount=ibis.coalesce(joined.amount, 0.0),
            currency=ibis.coalesce(joined.currency, self.source.agreement.currency).upper(),
            lead=ibis.coalesce(joined.owner_number, NOBODY).cast("int64"),
            payer=ibis.coalesce(joined.customer_id, ""),
            unnamed=joined.customer_id.isnull(),
            stray=joined.lead_id.notnull() & joined.named_number.isnull(),
            earlier=joined.earlier,
        )

    def dimension(self, name: str, names: Names, created: Ints) -> Kept:
        """The place of each lead's value among the values of a dimension."""
        if name in _OF_FIRST_HANDOFF:
            return self._of_first_handoff(name, names, created)
        if self._rows is None:
            laid_out(self.source, names, created)
            named = self._with_dimensions(self._tables["leads"]).inner_join(
                self.source.engine.table(LEADS).select("lead_id", "number"), "lead_id"
            )
            rows = self.source.engine.run(named.select("number", value=segment_value(named, name)))
            codes, values = coded(rows["value"])
            placed = np.empty_like(codes)
            placed[column_array(rows, "number")] = codes
            return {"codes": placed}, {"values": values}
        codes, values = coded(self._rows[f"cell_{name}"])
        return {"codes": codes}, {"values": values}

    def _of_first_handoff(self, name: str, names: Names, created: Ints) -> Kept:
        """Of a lead that was not handed over, :data:`~accord.metrics.cells.MISSING`."""
        laid_out(self.source, names, created)
        rows = self._seen()
        codes, values = coded(rows[f"cell_{name}"])
        ranked = tuple(sorted({*values, MISSING}))
        place = np.array([ranked.index(value) for value in values], dtype=np.int64)
        lead, at, sequence = (column_array(rows, column) for column in ("number", "at_us", "sequence"))
        order = np.lexsort((sequence, at, lead))
        there, first = np.unique(lead[order], return_index=True)
        known = there > NOBODY
        told = np.full(len(names), ranked.index(MISSING), dtype=np.int64)
        told[there[known]] = place[codes[order[first[known]]].astype(np.int64)]
        held, back = np.unique(told, return_inverse=True)  # what no first handoff says is no segment
        return {"codes": _narrow(back, len(held))}, {"values": [ranked[code] for code in held.tolist()]}

    def _placed(self, table: ir.Table, time: str, name: str) -> dict[str, ir.Value]:
        """``<name>_us`` and ``<name>_late_us``: the first and the last instant that a time can mean."""
        first = instant(table[time], table[f"{time}_is_date"], self._offsets)
        return {
            f"{name}_us": first,
            f"{name}_late_us": first + room(table[time], table[f"{time}_is_date"], self._offsets),
        }

    def _day(self, table: ir.Table, time: str) -> ir.IntegerValue:
        """The local day of a time; a date stays what it is."""
        stored = table[time].delta(ibis.timestamp("1970-01-01 00:00:00"), unit="microsecond").cast("int64")
        first = instant(table[time], table[f"{time}_is_date"], self._offsets)
        return ibis.ifelse(table[f"{time}_is_date"], day_number(stored), local_day(first, self._offsets))


def laid_out(source: Source, names: Names, created: Ints) -> None:
    """Lay out the session's table of leads, with the numbers they have here, unless it is there."""
    held = _numbering(source)
    if held.get("token") == names.token:
        return
    numbers = integers(np.arange(len(names)))
    columns = [names.column(), numbers, integers(created)]
    source.engine.keep(LEADS, pa.Table.from_arrays(columns, ["lead_id", "number", "created_us"]))
    held["token"] = names.token


def _numbering(source: Source) -> dict[str, str]:
    """By which numbers the session's table knows the leads."""
    return source.noted(LEADS, dict[str, str])


def scores(source: Source, names: Names, created: Ints, as_of_us: int) -> pa.Table:
    """The handoffs up to ``as_of`` that were given a score: ``number`` of the lead, ``at_us``, ``sequence``, it."""
    laid_out(source, names, created)
    scored = source.episodes.filter(source.episodes.score.notnull(), source.episodes.at_us <= as_of_us)
    known = scored.select("lead_id", "at_us", "sequence", "score")
    numbered = known.inner_join(source.engine.table(LEADS).select("lead_id", "number"), "lead_id")
    return source.engine.run(numbered.select("number", "at_us", "sequence", "score"))


def value_offsets(source: Source) -> Sequence[tuple[int, int]]:
    """The offsets of the agreement's time zone over all times of leads, deals and orders."""
    return source.noted("value offsets", lambda: _offsets_of(source))


def _offsets_of(source: Source) -> Sequence[tuple[int, int]]:
    found: list[datetime] = [source.as_of]
    for name, times in _TIMES.items():
        table = contract_table(source.engine, table_named(name), only=times)
        ends = {f"{end}_{time}": getattr(table[time], end)() for time in times for end in ("min", "max")}
        row = source.engine.run(table.aggregate(**ends)).to_pylist()[0]
        found += [_naive(moment) for moment in row.values() if moment is not None]
    two_days = timedelta(days=2)
    return offsets_between(
        source.agreement.timezone, max(min(found), _SPAN[0]) - two_days, min(max(found), _SPAN[1]) + two_days
    )


def _naive(moment: datetime | date) -> datetime:
    if not isinstance(moment, datetime):
        return datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001 - naive UTC
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _payers(lead: Ints, customer: Ints, alone: Bools) -> Ints:
    """A number for each order, alike for one lead, else for one customer; an order of nobody is its own."""
    rows = np.arange(len(lead))
    key = np.where(lead > NOBODY, 3 * lead, np.where(alone, 3 * rows + 1, 3 * customer + 2))
    _keys, first, place = np.unique(key, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(len(first))
    return rank[place]


def truths(rows: pa.Table, name: str) -> Bools:
    """A column of truths without nulls."""
    found: Bools = np.from_dlpack(rows[name].combine_chunks().cast(pa.uint8())).astype(np.bool_)
    return found


def coded(column: pa.ChunkedArray) -> tuple[Array, list[str]]:
    """For each row of a column of text the place of its value, and the values, sorted."""
    encoded = column.combine_chunks().dictionary_encode(null_encoding="encode")
    words = [MISSING if word is None else str(word) for word in encoded.dictionary.to_pylist()]
    ranked = sorted(set(words))
    place = {word: number for number, word in enumerate(ranked)}
    sorted_code = _narrow(np.array([place[word] for word in words], dtype=np.int64), len(ranked))
    codes = np.from_dlpack(encoded.indices)
    return (sorted_code[codes] if len(codes) else sorted_code), ranked


def _narrow(codes: Ints, values: int) -> Array:
    return codes.astype(np.int16 if values <= 1 << 15 else np.int32)
