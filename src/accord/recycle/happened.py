"""Asks the engine what happened around handoffs (see :class:`accord.recycle.events.Events`).

An event that is a date without an hour belongs to the latest episode that its day can reach: of a day with a handoff,
it came after that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from accord.engines.arrays import column_array, integers
from accord.late import Late
from accord.metrics.cells import MISSING
from accord.metrics.outcomes import NEVER, Outcome
from accord.readmodel.asking import Asking
from accord.recycle.coded import Coded, coded
from accord.recycle.events import Events, Moments
from accord.recycle.purchases import first_orders
from accord.recycle.reading import Reading
from accord.stats.grouped import Bools, Ints
from accord.tables.activities import REACHED_NOBODY
from accord.tables.merges import under_every_name
from accord.tables.times import offsets_between

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir
else:
    ibis = Late("ibis")

__all__ = ["ANSWERING_TOUCHES", "Happened", "happened"]

ANSWERING_TOUCHES = ("call_in", "chat", "demo_request", "email_reply", "form", "trial")
"""Touches by which a prospect answers or asks for something, rather than reads."""

_REFUSALS = ("rejected", "disqualified", "recycled")


@dataclass(frozen=True)
class Happened(Events):
    """And ``given_back``: handoffs whose lead was given back after an acceptance, with ``reasons_later``, why."""

    given_back: Ints
    reasons_later: Coded


@dataclass(frozen=True)
class _Order:
    """``place``: of a handoff by its number; by place the number of the ``lead``, rising, and the time (``at``)."""

    place: Ints
    lead: Ints
    at: Ints

    def places(self, rows: pa.Table, name: str = "number") -> Ints:
        """The places of the handoffs that a column names by number."""
        found: Ints = self.place[column_array(rows, name)]
        return found

    def owners(self, rows: pa.Table, name: str = "number") -> Ints:
        """The leads of the handoffs that a column names by number."""
        return self.lead[self.places(rows, name)]

    def raised(self, lead: Ints, first: Ints, late: Ints) -> Ints:
        """When something happened to leads that lies between ``first`` and ``late``: after every handoff that it may
        have followed."""
        return Moments(self.lead, self.at).raised(lead, first, late)

    @property
    def leads(self) -> int:
        """How many there are."""
        return int(self.lead[-1]) + 1 if len(self.lead) else 0


def happened(asking: Asking, order: tuple[Ints, Ints, Ints], span: tuple[int, int]) -> Happened:
    """Read everything around the handoffs that :mod:`accord.recycle.fetching` laid out, which lie in ``span``.

    ``order``: the place of each handoff by its number, and the lead and time of each place.
    """
    two_days = timedelta(days=2)
    begin, until = (datetime.fromtimestamp(moment // 1_000_000, UTC).replace(tzinfo=None) for moment in span)
    timezone = asking.source.agreement.timezone
    reading = Reading(asking, offsets_between(timezone, begin - two_days, until + two_days), span[1])
    here = _Order(*order)
    answered_by_act, tried = _activities(reading, here)
    answered_by_touch, touches, last_touch, brought = _touches(reading, here)
    opened, won, open_deal = _deals(reading, here)
    orders = first_orders(reading)
    buyer = here.lead[here.place[orders.owner]]
    first_order = Moments.of(buyer, here.raised(buyer, orders.first_us, orders.late_us))
    if not asking.source.recorded.get("opportunities"):
        won = first_order
    customer = np.zeros(here.leads, dtype=np.bool_)
    customer[won.lead], customer[first_order.lead] = True, True
    customer[here.lead[here.place[orders.customers]]] = True
    refused_late, given_back, reasons_later = _refusals(reading, here)
    return Happened(
        answered=np.minimum(answered_by_act, answered_by_touch),
        tried=tried,
        touches=touches,
        last_touch=last_touch,
        brought=brought,
        opened=opened,
        won=won,
        customer=customer,
        open_deal=open_deal,
        keep_away=_kept_away(reading, here),
        refused_late=refused_late,
        given_back=given_back,
        reasons_later=reasons_later,
    )


def _activities(reading: Reading, order: _Order) -> tuple[Ints, Coded]:
    """When the prospect first answered sales in each episode, and what sales tried first in those that are not a
    lead's first."""
    # An answer matters in every episode, an attempt only in those that are not a lead's first: most rows are attempts
    # in first episodes, so the two are looked for apart.
    rows = reading.rows("answers", lambda: _answers(reading), "activities")
    answered = np.full(len(order.lead), NEVER, dtype=np.int64)
    np.minimum.at(answered, order.places(rows), column_array(rows, "time_us"))
    rows = reading.rows("tries", lambda: _tries(reading), "activities")
    first = column_array(rows, "time_us")
    return answered, _chosen(len(order.lead), order.places(rows), coded(rows, "how"), first, first < NEVER)


def _answers(reading: Reading) -> ir.Table:
    least = reading.source.agreement.acceptance.real_action.min_call_seconds
    done, no = reading.table("activities"), ibis.literal(value=False)
    by_hand = ~ibis.coalesce(done.automated, no)
    inward = ~_outbound(done) & by_hand
    # Nobody spoke to whoever let a machine's message play: as for a real action, it has to be a person's call.
    spoken = (
        (done.kind == "call")
        & by_hand
        & (ibis.coalesce(done.duration_s, 0) >= max(least, 1))
        & ~ibis.coalesce(done.outcome.isin(list(REACHED_NOBODY)), no)
    )
    held = (done.kind == "meeting") & (ibis.coalesce(done.outcome, "") == "held")
    timed = reading.timed(done.filter(inward | spoken | held).select("lead_id", "at", "at_is_date"), "activities")
    answers = reading.inside(timed)
    return _first_of_each(reading, answers.filter(answers.time_us < answers.end_us).select("number", "time_us"))


def _tries(reading: Reading) -> ir.Table:
    done = reading.table("activities")
    tried = done.filter(_outbound(done), done.kind != "task").select("lead_id", "at", "at_is_date", "kind", "automated")
    tries = reading.inside(reading.timed(tried, "activities"), again=True)
    automated = ibis.coalesce(tries.automated, ibis.literal(value=False))
    how = ibis.ifelse(automated, ibis.literal("automated ") + tries.kind, tries.kind)
    return _first_of_each(
        reading, tries.filter(tries.time_us < tries.end_us).select("number", "time_us", how=how), "how"
    )


def _outbound(done: ir.Table) -> ir.BooleanValue:
    return ibis.coalesce(done.direction, "out") == "out"


def _first_of_each(reading: Reading, told: ir.Table, *names: str) -> ir.Table:
    """Rows with ``time_us``; of those of one handoff alike in ``names`` the earliest at least."""
    # Added up here where they may be fetched: groups of a million handoffs cost an engine more than the join.
    if reading.source.fetches_rows:
        return told
    return told.group_by("number", *names).aggregate(time_us=told.time_us.min())


def _touches(reading: Reading, order: _Order) -> tuple[Ints, Ints, Ints, Coded]:
    """When the prospect first answered by a touch; and touches since the return: how many, the last, its kind."""
    rows = reading.rows("touches", lambda: _touching(reading), "touches")
    count = len(order.lead)
    answered = np.full(count, NEVER, dtype=np.int64)
    many, last = np.zeros(count, dtype=np.int64), np.full(count, -1, dtype=np.int64)
    places, kinds = order.places(rows), coded(rows, "kind")
    np.minimum.at(answered, places, column_array(rows, "answered_us"))
    np.add.at(many, places, column_array(rows, "touches"))
    when = column_array(rows, "last_us")
    np.maximum.at(last, places, when)
    return answered, many, last, _chosen(count, places, kinds, -when, when >= 0)


def _touching(reading: Reading) -> ir.Table:
    touches = reading.table("touches").select("lead_id", "at", "at_is_date", "kind")
    inside = reading.inside(reading.timed(touches, "touches"))
    told = inside.mutate(
        meanwhile=inside.time_us >= inside.back_us,
        answering=inside.kind.isin(list(ANSWERING_TOUCHES))
        & (inside.time_us < inside.end_us)
        & (inside.late_us > inside.at_us),
    )
    told = told.filter(told.meanwhile | told.answering)
    told = told.select(
        "number",
        "kind",
        answered_us=ibis.ifelse(told.answering, told.time_us, ibis.literal(NEVER, type="int64")),
        touches=told.meanwhile.cast("int64"),
        last_us=ibis.ifelse(told.meanwhile, told.time_us, ibis.literal(-1, type="int64")),
    )
    if reading.source.fetches_rows:
        return told
    return told.group_by("number", "kind").aggregate(
        answered_us=told.answered_us.min(), touches=told.touches.sum().cast("int64"), last_us=told.last_us.max()
    )


def _chosen(count: int, number: Ints, words: Coded, key: Ints, where: Bools) -> Coded:
    """Per handoff the word with the smallest key, of equal ones the first; :data:`MISSING` where there is none."""
    known = tuple(sorted({*words.words, MISSING}))
    place = {word: rank for rank, word in enumerate(known)}
    ranks = np.array([place[word] for word in words.words], dtype=np.int64)
    kept = np.flatnonzero(where)
    code = ranks[words.codes[kept]] if len(kept) else np.zeros(0, dtype=np.int64)
    owner, keys = number[kept], key[kept]
    # Two passes that take the least of each: to sort millions of rows takes twenty times as long.
    smallest = np.full(count, np.iinfo(np.int64).max, dtype=np.int64)
    np.minimum.at(smallest, owner, keys)
    best = keys == smallest[owner]
    answer = np.full(count, len(known), dtype=np.int64)
    np.minimum.at(answer, owner[best], code[best])
    answer[answer == len(known)] = place[MISSING]
    return Coded(answer, known)


def _deals(reading: Reading, order: _Order) -> tuple[Moments, Moments, Bools]:
    """When deals of each lead were opened and won, and who has one that is open."""
    rows = reading.rows("deals", lambda: _dealt(reading), "opportunities")
    owner, closed_us, closed_late = order.owners(rows), *(column_array(rows, f"closed_{end}") for end in ("us", "late"))
    # No deal is opened after it was closed, so its opening lies no later than that.
    opened_us, opened_late = (column_array(rows, f"opened_{end}") for end in ("us", "late"))
    opened = order.raised(owner, opened_us, np.maximum(np.minimum(opened_late, closed_late), opened_us))
    closed = order.raised(owner, closed_us, closed_late)
    over = closed_us <= reading.as_of
    won = _truths(rows, "won") & over
    open_deal = np.zeros(order.leads, dtype=np.bool_)
    open_deal[owner[~over | _truths(rows, "undecided")]] = True
    return Moments.of(owner, opened), Moments.of(owner[won], np.maximum(closed, opened)[won]), open_deal


def _dealt(reading: Reading) -> ir.Table:
    deals = reading.table("opportunities")
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
        "opportunities",
        "created_at",
    )
    closed = reading.first_instant(timed, "opportunities", "closed_at")
    latest = closed + reading.room(timed, "opportunities", "closed_at")
    never = ibis.literal(NEVER, type="int64")

    def or_else(known: ir.IntegerValue, opened: ir.IntegerValue) -> ir.IntegerValue:
        return ibis.coalesce(known, ibis.ifelse(timed.undecided, never, opened))

    told = reading.of_lead(
        timed.select(
            "lead_id",
            "undecided",
            "won",
            opened_us="first_us",
            opened_late="late_us",
            closed_us=or_else(closed, timed.first_us),
            closed_late=or_else(latest, timed.late_us),
        )
    )
    return told.select("number", "undecided", "won", "opened_us", "opened_late", "closed_us", "closed_late")


def _kept_away(reading: Reading, order: _Order) -> Bools:
    """Who asked not to be contacted, in whatever decision."""
    rows = reading.rows("kept away", lambda: _keeping_away(reading), "decisions")
    away = np.zeros(order.leads, dtype=np.bool_)
    away[order.owners(rows)] = True
    return away


def _keeping_away(reading: Reading) -> ir.Table:
    decisions = reading.table("decisions")
    asked = decisions.filter(decisions.reason == "do_not_contact")
    timed = reading.timed(asked.select("handoff_id", "lead_id", "at", "at_is_date"), "decisions")
    owners = reading.table("handoffs").select(named="handoff_id", owner="lead_id")
    joined = timed.left_join(owners, [("handoff_id", "named")])
    owned = joined.select(lead_id=ibis.coalesce(joined.owner, joined.lead_id))
    return reading.of_lead(owned.filter(owned.lead_id.notnull())).select("number").distinct()


def _refusals(reading: Reading, order: _Order) -> tuple[Bools, Ints, Coded]:
    """Per handoff that was accepted, whether sales said no to it after its episode had ended; and handoffs given back
    after an acceptance, with why: the reason of the decision of that instant."""
    late, returns = np.zeros(len(order.lead), dtype=np.bool_), []
    for named in (True, False):
        kind = "of handoffs" if named else "of leads"
        rows = reading.rows(f"refusals {kind}", partial(_refused, reading, named=named), "decisions")
        late[order.places(rows)[_truths(rows, "is_late")]] = True
        returns.append(rows.filter(rows["is_reason"]).select(["number", "decision_id", "reason"]))
    told = pa.concat_tables(returns)
    told = told.append_column("place", integers(order.places(told)))
    told = told.take(pc.sort_indices(told, sort_keys=[("place", "ascending"), ("decision_id", "ascending")]))
    places = column_array(told, "place")
    first = np.flatnonzero(np.diff(places, prepend=-1))
    return late, places[first], coded(told, "reason").take(first)


def _refused(reading: Reading, *, named: bool) -> ir.Table:
    """Decisions beside the accepted handoff that they name, or (not ``named``) that their lead had then."""
    decisions, no = reading.table("decisions"), ibis.literal(value=False)
    refusing = ibis.coalesce(decisions.outcome.isin(list(_REFUSALS)), no)
    returning = ibis.coalesce(decisions.reason.notnull() & (decisions.outcome != "accepted"), no)
    columns = ("decision_id", "handoff_id", "lead_id", "at", "at_is_date", "reason")
    said = decisions.filter(refusing | returning).select(*columns, refusing=refusing, returning=returning)
    said = reading.timed(said, "decisions")
    taken = reading.handoffs.filter(reading.handoffs.outcome == int(Outcome.ACCEPTED))
    columns = ("number", "at_us", "end_us", "back_us", "next_us", "given_back")
    if named:
        found = said.inner_join(taken.select("handoff_id", *columns), "handoff_id")
        inside: ir.BooleanValue = ibis.literal(value=True)
    else:
        found = said.filter(said.handoff_id.isnull()).inner_join(
            under_every_name(taken.select("lead_id", *columns), reading.identity), "lead_id"
        )
        inside = (found.first_us >= found.at_us) & (found.first_us < found.next_us)
    told = found.mutate(
        is_late=found.refusing & inside & (found.first_us >= found.end_us),
        is_reason=found.returning & found.given_back & (ibis.greatest(found.first_us, found.at_us) == found.back_us),
    )
    return told.filter(told.is_late | told.is_reason).select("number", "is_late", "is_reason", "decision_id", "reason")


def _truths(rows: pa.Table, name: str) -> Bools:
    return np.from_dlpack(rows[name].combine_chunks().cast(pa.uint8())).astype(np.bool_)
