"""What happened around handoffs: answers of the prospect, what was tried first, what the prospect did meanwhile, deals.

An event that is a date without an hour belongs to the latest episode that its day can reach.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from accord.engines.arrays import column_array
from accord.engines.shape import contract_tables
from accord.metrics.cells import MISSING
from accord.metrics.outcomes import NEVER
from accord.readmodel.merges import merged_leads_of
from accord.readmodel.source import Source
from accord.recycle.coded import Coded, coded
from accord.stats.grouped import Bools, Ints
from accord.tables.episodes import ATTEMPT_FAILED
from accord.tables.merges import with_canonical_lead
from accord.tables.purchases import with_lead_of_order
from accord.tables.times import instant, offsets_between, room

__all__ = ["ANSWERING_TOUCHES", "Events", "Moments", "fetched_events"]

ANSWERING_TOUCHES = ("call_in", "chat", "demo_request", "email_reply", "form", "trial")
"""Touches by which a prospect answers or asks for something, rather than reads."""

_REFUSALS = ("rejected", "disqualified", "recycled")
_TABLES = ("leads", "handoffs", "decisions", "activities", "touches", "opportunities", "orders")


@dataclass(frozen=True)
class Moments:
    """Times of something that happened to leads, by lead and time."""

    lead: Ints
    at: Ints

    def first_after(self, lead: Ints, at: Ints) -> Ints:
        """For each (lead, time) the first moment of that lead at or after it; :data:`NEVER` where there is none."""
        if not len(self.lead):
            return np.full(len(lead), NEVER, dtype=np.int64)
        known = np.arange(len(self.lead))
        # one merge of both lists: an asked time stands before a known one of the same instant
        order = np.lexsort(
            (
                np.concatenate([np.ones(len(known), np.int8), np.zeros(len(lead), np.int8)]),
                np.concatenate([self.at, at]),
                np.concatenate([self.lead, lead]),
            )
        )
        place = np.cumsum(order < len(known))
        asked = order >= len(known)
        following = np.empty(len(lead), dtype=np.int64)
        following[order[asked] - len(known)] = place[asked]
        there = np.minimum(following, len(known) - 1)
        found = (following < len(known)) & (self.lead[there] == lead)
        return np.where(found, self.at[there], NEVER).astype(np.int64)


@dataclass(frozen=True)
class Events:
    """Per handoff: ``answered``, when the prospect first answered in the episode; ``tried``, what was done first
    (``(none)``: nothing); ``touches`` between the return and the next handoff, the last of them ``last_touch`` of the
    kind ``brought``. Per lead: ``opened`` and ``won`` deals, ``customer``, ``open_deal``, ``keep_away`` (asked not to
    be contacted). ``reasons_later``: why a lead was given back after an acceptance, by handoff.
    ``refused_late``: per handoff, whether sales said no after its episode had ended.
    """

    answered: Ints
    tried: Coded
    touches: Ints
    last_touch: Ints
    brought: Coded
    opened: Moments
    won: Moments
    customer: Bools
    open_deal: Bools
    keep_away: Bools
    reasons_later: Mapping[int, str]
    refused_late: Bools


@dataclass(frozen=True)
class _Reading:
    source: Source
    tables: Mapping[str, ir.Table]
    handoffs: ir.Table
    identity: ir.Table | None
    offsets: list[tuple[int, int]]
    as_of: int

    def timed(self, table: ir.Table, time: str = "at") -> ir.Table:
        """``first_us`` and ``late_us``: the first and the last instant that a time can mean; up to the moment."""
        first = instant(table[time], table[f"{time}_is_date"], self.offsets)
        dated = table.mutate(first_us=first, late_us=first + room(table[time], table[f"{time}_is_date"], self.offsets))
        return dated.filter(dated.first_us <= self.as_of)

    def inside(self, events: ir.Table, handoffs: ir.Table | None = None) -> ir.Table:
        """Events beside the handoff in whose time they fall, until the next handoff; ``time_us`` is never before it.

        ``handoffs``: those that are looked at, all unless given.
        """
        spans = (self.handoffs if handoffs is None else handoffs).select(
            "lead_id", "number", "sequence", "at_us", "end_us", "back_us", "next_us"
        )
        joined = with_canonical_lead(events, self.identity).inner_join(spans, "lead_id")
        inside = joined.filter(joined.late_us >= joined.at_us, joined.late_us < joined.next_us)
        return inside.mutate(time_us=ibis.greatest(inside.first_us, inside.at_us))

    def of_lead(self, table: ir.Table) -> ir.Table:
        """Rows of leads that were handed over, with the ``number`` of their first handoff."""
        first = self.handoffs.filter(self.handoffs.sequence == 1).select("lead_id", "number")
        return with_canonical_lead(table, self.identity).inner_join(first, "lead_id")


def fetched_events(source: Source, handoffs: ir.Table, lead: Ints, span: tuple[int, int]) -> Events:
    """Read everything around the ``handoffs`` (a table of :mod:`accord.recycle.facts`), which lie in ``span``."""
    tables = contract_tables(source.engine, _TABLES)
    two_days = timedelta(days=2)
    begin, until = (datetime.fromtimestamp(moment // 1_000_000, UTC).replace(tzinfo=None) for moment in span)
    reading = _Reading(
        source,
        tables,
        handoffs,
        merged_leads_of(source),
        offsets_between(source.agreement.timezone, begin - two_days, until + two_days),
        span[1],
    )
    count = len(lead)
    answered_by_act, tried = _activities(reading, count)
    answered_by_touch, touches, last_touch, brought = _touches(reading, count)
    opened, won, open_deal = _deals(reading, lead)
    first_order, customers = _orders(reading, lead)
    if not source.recorded.get("opportunities"):
        won = first_order
    customer = np.zeros(int(lead[-1]) + 1 if count else 0, dtype=np.bool_)
    customer[won.lead], customer[first_order.lead], customer[customers] = True, True, True
    return Events(
        answered=np.minimum(answered_by_act, answered_by_touch),
        tried=tried,
        touches=touches,
        last_touch=last_touch,
        brought=brought,
        opened=opened,
        won=won,
        customer=customer,
        open_deal=open_deal,
        keep_away=_kept_away(reading, lead),
        reasons_later=_reasons_later(reading),
        refused_late=_refused_late(reading, count),
    )


def _activities(reading: _Reading, count: int) -> tuple[Ints, Coded]:
    """When the prospect first answered sales in each episode, and what sales tried first in those that are not a
    lead's first."""
    least = reading.source.agreement.acceptance.real_action.min_call_seconds
    done = reading.tables["activities"]
    narrow = reading.timed(
        done.select(
            "lead_id",
            "at",
            "at_is_date",
            "kind",
            outbound=ibis.coalesce(done.direction, "out") == "out",
            automated=ibis.coalesce(done.automated, ibis.literal(value=False)),
            spoken=(done.kind == "call")
            & (ibis.coalesce(done.duration_s, 0) >= max(least, 1))
            & ~ibis.coalesce(done.outcome.isin(list(ATTEMPT_FAILED)), ibis.literal(value=False)),
            held=(done.kind == "meeting") & (ibis.coalesce(done.outcome, "") == "held"),
        )
    )
    # An answer matters in every episode, an attempt only in those that are not a lead's first: most rows are attempts
    # in first episodes, so the two are looked for apart.
    inward = ~narrow.outbound & ~narrow.automated
    answers = reading.inside(narrow.filter(inward | narrow.spoken | narrow.held))
    answers = answers.filter(answers.time_us < answers.end_us)
    rows = reading.source.engine.run(answers.group_by("number").aggregate(answered_us=answers.time_us.min()))
    answered = np.full(count, NEVER, dtype=np.int64)
    answered[column_array(rows, "number").astype(np.int64)] = column_array(rows, "answered_us")
    again = reading.handoffs.filter(reading.handoffs.sequence > 1)
    tries = reading.inside(narrow.filter(narrow.outbound, narrow.kind != "task"), again)
    tries = tries.filter(tries.time_us < tries.end_us)
    how = ibis.ifelse(tries.automated, ibis.literal("automated ") + tries.kind, tries.kind)
    rows = reading.source.engine.run(tries.group_by("number", how=how).aggregate(tried_us=tries.time_us.min()))
    first = column_array(rows, "tried_us").astype(np.int64)
    number = column_array(rows, "number").astype(np.int64)
    return answered, _chosen(count, number, coded(rows, "how"), first, first < NEVER)


def _touches(reading: _Reading, count: int) -> tuple[Ints, Ints, Ints, Coded]:
    """When the prospect first answered by a touch; and touches since the return: how many, the last, its kind."""
    touches = reading.tables["touches"]
    inside = reading.inside(reading.timed(touches.select("lead_id", "at", "at_is_date", "kind")))
    told = inside.mutate(
        meanwhile=inside.time_us >= inside.back_us,
        answering=inside.kind.isin(list(ANSWERING_TOUCHES))
        & (inside.time_us < inside.end_us)
        & (inside.late_us > inside.at_us),
    )
    told = told.filter(told.meanwhile | told.answering)
    never = ibis.literal(NEVER, type="int64")
    rows = reading.source.engine.run(
        told.group_by("number", "kind").aggregate(
            answered_us=ibis.coalesce(told.time_us.min(where=told.answering), never),
            touches=told.meanwhile.sum().cast("int64"),
            last_us=ibis.coalesce(told.time_us.max(where=told.meanwhile), ibis.literal(-1, type="int64")),
        )
    )
    answered = np.full(count, NEVER, dtype=np.int64)
    many, last = np.zeros(count, dtype=np.int64), np.full(count, -1, dtype=np.int64)
    number, kinds = column_array(rows, "number").astype(np.int64), coded(rows, "kind")
    np.minimum.at(answered, number, column_array(rows, "answered_us").astype(np.int64))
    np.add.at(many, number, column_array(rows, "touches").astype(np.int64))
    when = column_array(rows, "last_us").astype(np.int64)
    np.maximum.at(last, number, when)
    return answered, many, last, _chosen(count, number, kinds, -when, when >= 0)


def _chosen(count: int, number: Ints, words: Coded, key: Ints, where: Bools) -> Coded:
    """Per handoff the word with the smallest key, of equal ones the first; :data:`MISSING` where there is none."""
    known = tuple(sorted({*words.words, MISSING}))
    place = {word: rank for rank, word in enumerate(known)}
    ranks = np.array([place[word] for word in words.words], dtype=np.int64)
    kept = np.flatnonzero(where)
    code = ranks[words.codes[kept]] if len(kept) else np.zeros(0, dtype=np.int64)
    order = np.lexsort((code, key[kept], number[kept]))
    owner = number[kept][order]
    first = np.ones(len(owner), dtype=np.bool_)
    first[1:] = owner[1:] != owner[:-1]
    answer = np.full(count, place[MISSING], dtype=np.int64)
    answer[owner[first]] = code[order][first]
    return Coded(answer, known)


def _deals(reading: _Reading, lead: Ints) -> tuple[Moments, Moments, Bools]:
    """When deals of each lead were opened and won, and who has one that is open."""
    deals = reading.tables["opportunities"]
    timed = reading.timed(
        deals.select(
            "lead_id",
            "created_at",
            "created_at_is_date",
            "closed_at",
            "closed_at_is_date",
            won=ibis.coalesce(deals.won, ibis.literal(value=False)),
            undecided=deals.won.isnull(),
        ),
        "created_at",
    )
    closed = instant(timed.closed_at, timed.closed_at_is_date, reading.offsets)
    never = ibis.literal(NEVER, type="int64")
    told = reading.of_lead(
        timed.select(
            "lead_id",
            "undecided",
            "won",
            opened_us="first_us",
            closed_us=ibis.coalesce(closed, ibis.ifelse(timed.undecided, never, timed.first_us)),
        )
    )
    rows = reading.source.engine.run(told.select("number", "undecided", "won", "opened_us", "closed_us"))
    owner = lead[column_array(rows, "number").astype(np.int64)]
    opened, closed_at = (column_array(rows, name).astype(np.int64) for name in ("opened_us", "closed_us"))
    over = closed_at <= reading.as_of
    won = _truths(rows, "won") & over
    open_deal = np.zeros(int(lead[-1]) + 1 if len(lead) else 0, dtype=np.bool_)
    open_deal[owner[~over | _truths(rows, "undecided")]] = True
    return _moments(owner, opened), _moments(owner[won], np.maximum(closed_at, opened)[won]), open_deal


def _orders(reading: _Reading, lead: Ints) -> tuple[Moments, Ints]:
    """The first order of each lead; and every lead whose customer bought, be it another lead's order."""
    if not reading.source.recorded.get("orders"):
        nobody = np.zeros(0, dtype=np.int64)
        return _moments(nobody, nobody), nobody
    orders, leads = reading.tables["orders"], reading.tables["leads"]
    paid = reading.timed(orders.filter(orders.amount > 0).select("lead_id", "customer_id", "at", "at_is_date"))
    owned = with_lead_of_order(paid, leads, _known(reading), reading.identity)
    owned = owned.filter(owned.owner_number >= 0)
    rows = reading.source.engine.run(owned.group_by("owner_number").aggregate(first_us=owned.first_us.min()))
    owner = lead[column_array(rows, "owner_number").astype(np.int64)]
    buyers = leads.filter(leads.customer_id.notnull()).select("lead_id", "customer_id")
    buyers = buyers.semi_join(paid.filter(paid.customer_id.notnull()), "customer_id")
    bought = reading.source.engine.run(reading.of_lead(buyers).select("number").distinct())
    customers = lead[column_array(bought, "number").astype(np.int64)]
    return _moments(owner, column_array(rows, "first_us").astype(np.int64)), customers


def _known(reading: _Reading) -> ir.Table:
    """The leads there are, handed over or not: when each was created and first won, and the ``number`` of its first
    handoff, -1 where there is none."""
    leads, deals = reading.tables["leads"], reading.tables["opportunities"]
    made = instant(leads.created_at, leads.created_at_is_date, reading.offsets)
    there = leads.select("lead_id", created_us=ibis.coalesce(made, ibis.literal(NEVER, type="int64")))
    there = there.filter(there.created_us <= reading.as_of)
    if reading.identity is not None:
        # One that is not there yet stands for those that will be merged into it, as it does in the ledger.
        kept = there.anti_join(reading.identity.select(merged="lead_id"), [("lead_id", "merged")])
        merged = there.inner_join(reading.identity, "lead_id").anti_join(
            kept.select(own="lead_id"), [("becomes", "own")]
        )
        later = merged.group_by("becomes").aggregate(created_us=merged.created_us.min()).rename(lead_id="becomes")
        there = ibis.union(kept, later.select("lead_id", "created_us"))
    timed = reading.timed(
        deals.filter(deals.won).select("lead_id", "created_at", "created_at_is_date", "closed_at", "closed_at_is_date"),
        "created_at",
    )
    closed = ibis.coalesce(instant(timed.closed_at, timed.closed_at_is_date, reading.offsets), timed.first_us)
    won = with_canonical_lead(timed.select("lead_id", closed_us=closed), reading.identity)
    won = (
        won.filter(won.closed_us <= reading.as_of).group_by("lead_id").aggregate(won_us=lambda row: row.closed_us.min())
    )
    first = reading.handoffs.filter(reading.handoffs.sequence == 1).select("lead_id", "number")
    joined = there.left_join(won, "lead_id").drop("lead_id_right").left_join(first, "lead_id").drop("lead_id_right")
    return joined.select(
        "lead_id",
        "created_us",
        number=ibis.coalesce(joined.number, ibis.literal(-1, type="int64")),
        won_us=ibis.coalesce(joined.won_us, ibis.literal(NEVER, type="int64")),
    )


def _kept_away(reading: _Reading, lead: Ints) -> Bools:
    """Who asked not to be contacted, in whatever decision."""
    rows = reading.source.engine.run(
        _decisions(reading).filter(lambda row: row.reason == "do_not_contact").select("number").distinct()
    )
    away = np.zeros(int(lead[-1]) + 1 if len(lead) else 0, dtype=np.bool_)
    away[lead[column_array(rows, "number").astype(np.int64)]] = True
    return away


def _decisions(reading: _Reading) -> ir.Table:
    """Decisions up to the moment of leads that were handed over, with the ``number`` of the lead's first handoff."""
    decisions, handoffs = reading.tables["decisions"], reading.tables["handoffs"]
    timed = reading.timed(
        decisions.select("decision_id", "handoff_id", "lead_id", "at", "at_is_date", "outcome", "reason")
    )
    owners = handoffs.select(named="handoff_id", owner="lead_id")
    joined = timed.left_join(owners, [("handoff_id", "named")])
    told = joined.select(
        "decision_id",
        "handoff_id",
        "outcome",
        "reason",
        "first_us",
        lead_id=ibis.coalesce(joined.owner, joined.lead_id),
    )
    return reading.of_lead(told.filter(told.lead_id.notnull()))


def _reasons_later(reading: _Reading) -> Mapping[int, str]:
    """Why leads were given back after an acceptance: the reason of the decision of that instant, by handoff."""
    handoffs = reading.handoffs
    given = handoffs.filter(handoffs.back_us < NEVER, handoffs.given_back)
    spans = given.select("lead_id", "at_us", "back_us", place="number", of_handoff="handoff_id")
    decisions = _decisions(reading).drop("number")
    joined = decisions.filter(decisions.reason.notnull(), decisions.outcome != "accepted").inner_join(spans, "lead_id")
    same = joined.filter(
        ibis.greatest(joined.first_us, joined.at_us) == joined.back_us,
        ibis.coalesce(joined.handoff_id, joined.of_handoff) == joined.of_handoff,
    )
    rows = reading.source.engine.run(same.select("place", "decision_id", "reason")).to_pylist()
    ordered = sorted(rows, key=lambda row: (row["place"], row["decision_id"]), reverse=True)
    return {int(row["place"]): str(row["reason"]) for row in ordered}


def _refused_late(reading: _Reading, count: int) -> Bools:
    """Per handoff whether sales said no to it after its episode had ended."""
    spans = reading.handoffs.select("lead_id", "at_us", "end_us", "next_us", place="number", of_handoff="handoff_id")
    decisions = _decisions(reading).drop("number")
    said = decisions.filter(decisions.outcome.isin(list(_REFUSALS))).inner_join(spans, "lead_id")
    unnamed = said.handoff_id.isnull() & (said.first_us >= said.at_us) & (said.first_us < said.next_us)
    named = ibis.coalesce(said.handoff_id == said.of_handoff, ibis.literal(value=False))
    rows = reading.source.engine.run(
        said.filter(named | unnamed, said.first_us >= said.end_us).select("place").distinct()
    )
    late = np.zeros(count, dtype=np.bool_)
    late[column_array(rows, "place").astype(np.int64)] = True
    return late


def _moments(lead: Ints, at: Ints) -> Moments:
    order = np.lexsort((at, lead))
    return Moments(lead[order], at[order])


def _truths(rows: pa.Table, name: str) -> Bools:
    return np.from_dlpack(rows[name].combine_chunks().cast(pa.uint8())).astype(np.bool_)
