"""What recycling is counted by, fetched as arrays: one entry per handoff, and the deals and orders of those leads.

Leads that were merged are one. Times are microseconds since 1970 UTC, :data:`NEVER` where nothing happened by
``as_of``. Handoffs stand in the order of (lead_id, their order in time), so that a handoff's predecessor is the entry
before it and nothing depends on the order in which an engine hands out rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from accord.agreement.model import Definition
from accord.engines.arrays import column_array, integers
from accord.metrics.cells import MISSING, segment_value
from accord.metrics.outcomes import NEVER, Observation, Outcome, observed
from accord.readmodel.source import Source
from accord.recycle.coded import Coded, coded
from accord.recycle.events import Events, fetched_events
from accord.stats.grouped import Ints
from accord.tables.times import DAY, microseconds

__all__ = ["HANDOFFS", "Facts", "gather"]

HANDOFFS = "accord_recycle_handoffs"
"""Name of the session's table of handoffs."""

_NUMBERS = ("at_us", "end_us", "left_us", "back_us", "next_us", "sequence", "local_day", "local_month")


@dataclass(frozen=True)
class Facts:
    """One entry per handoff, and what became of its lead.

    ``lead``: number of the lead, rising. ``at``, ``end``: the episode's span. ``left``: when its outcome came.
    ``back``: when it was over without a lasting acceptance. ``next_at``: when the lead was handed over again.
    ``decision``: the word of the first decision; ``reason``: why it came back, as sales wrote it. ``segments``: of the
    dimensions asked for, in order.
    """

    as_of: int
    definition: Definition
    window_us: int
    lead: Ints
    at: Ints
    end: Ints
    left: Ints
    back: Ints
    next_at: Ints
    sequence: Ints
    day: Ints
    month: Ints
    outcome: Ints
    decision: Coded
    reason: Coded
    channel: Coded
    band: Coded
    segments: tuple[Coded, ...]
    identifiers: pa.Table
    events: Events

    def __len__(self) -> int:
        return len(self.at)

    @cached_property
    def first_of_lead(self) -> Ints:
        """Per lead, the entry of its first handoff."""
        return np.flatnonzero(self.sequence == 1)

    def lead_ids(self, rows: Ints) -> list[str]:
        """The ids of the leads of ``rows``."""
        return [str(name) for name in self.identifiers["lead_id"].take(integers(rows)).to_pylist()]

    def handoff_ids(self, rows: Ints) -> list[str | None]:
        """The ids of the handoffs in ``rows``; None where there is none (-1)."""
        names = self.identifiers["handoff_id"].take(integers(np.maximum(rows, 0))).to_pylist()
        return [None if row < 0 else str(name) for row, name in zip(rows.tolist(), names, strict=True)]


def gather(source: Source, dimensions: Sequence[str], definition: Definition) -> Facts:
    """Lay out the session's table of handoffs and fetch everything."""
    as_of = microseconds(source.as_of)
    source.engine.materialise(HANDOFFS, _handoffs(source, dimensions, definition, as_of))
    table = source.engine.table(HANDOFFS)
    rows = source.engine.run(table)
    order = np.empty(rows.num_rows, dtype=np.int64)
    order[column_array(rows, "number").astype(np.int64)] = np.arange(rows.num_rows)
    numbers = {name: column_array(rows, name).astype(np.int64)[order] for name in _NUMBERS}
    lead = np.cumsum(numbers["sequence"] == 1) - 1

    def words(name: str) -> Coded:
        return coded(rows, name).take(order)

    events = fetched_events(source, table, lead, (int(numbers["at_us"].min(initial=as_of)), as_of))
    return Facts(
        as_of=as_of,
        definition=definition,
        window_us=source.agreement.acceptance.window_days * DAY,
        lead=lead,
        at=numbers["at_us"],
        end=numbers["end_us"],
        left=numbers["left_us"],
        back=numbers["back_us"],
        next_at=numbers["next_us"],
        sequence=numbers["sequence"],
        day=numbers["local_day"],
        month=numbers["local_month"],
        outcome=column_array(rows, "outcome").astype(np.int64)[order],
        decision=words("decision"),
        reason=_with_late_reasons(words("reason"), events.reasons_later),
        channel=words("of_channel"),
        band=words("of_band"),
        segments=tuple(words(f"cell_{place}") for place in range(len(dimensions))),
        identifiers=rows.select(["lead_id", "handoff_id"]).take(integers(order)),
        events=events,
    )


def _handoffs(source: Source, dimensions: Sequence[str], definition: Definition, as_of: int) -> ir.Table:
    """One narrow row per handoff up to ``as_of``, numbered in the order of (lead, time)."""
    # Nothing here is told in open hours, so the business clock is not laid out.
    seen = observed(source.episodes, Observation(definition, source.agreement.acceptance, as_of, {"default": 0}))
    never = ibis.literal(NEVER, type="int64")

    def by_now(delay: ir.IntegerValue) -> ir.IntegerValue:
        return ibis.ifelse(delay <= seen.age_us, delay, never)

    accepted, refused = seen.outcome == int(Outcome.ACCEPTED), seen.outcome == int(Outcome.REJECTED)
    expired = seen.outcome == int(Outcome.EXPIRED)
    given_back = ibis.least(
        ibis.coalesce(by_now(seen.recycled_later_us), never),
        ibis.coalesce(by_now(seen.disqualified_later_us), never),
        # by action or by silence taken, and then said no
        ibis.ifelse(seen.said_no, seen.decided_us, never),
    )
    back = ibis.cases((refused | expired, seen.left_us), (accepted, given_back), else_=never)
    order = ibis.window(order_by=["lead_id", "sequence"])
    return seen.select(
        "lead_id",
        "handoff_id",
        "at_us",
        "sequence",
        "local_day",
        "local_month",
        "outcome",
        given_back=accepted & (given_back < NEVER),
        end_us=seen.at_us + seen.end_us,
        left_us=seen.at_us + seen.left_us,
        back_us=ibis.ifelse(back < NEVER, seen.at_us + back, never),
        next_us=ibis.ifelse(seen.following_us <= seen.age_us, seen.at_us + seen.following_us, never),
        decision=ibis.ifelse(seen.decided_us < NEVER, seen.decision, ibis.null("string")),
        reason=ibis.ifelse(seen.said_no, seen.reason, ibis.null("string")),
        of_channel=_segment(seen, "channel"),
        of_band=_segment(seen, "band"),
        number=ibis.row_number().over(order),
        **{f"cell_{place}": segment_value(seen, name) for place, name in enumerate(dimensions)},
    )


def _segment(seen: ir.Table, name: str) -> ir.StringValue:
    try:
        return segment_value(seen, name)
    except KeyError:  # a warehouse's leads need not have a channel
        return ibis.literal(MISSING)


def _with_late_reasons(first: Coded, later: Mapping[int, str]) -> Coded:
    """The reasons of first decisions, and over them those of what was given back after an acceptance."""
    if not later:
        return first
    words = tuple(sorted({*first.words, *later.values()}))
    place = {word: number for number, word in enumerate(words)}
    codes = np.array([place[word] for word in first.words], dtype=np.int64)[first.codes]
    rows = np.fromiter(later, dtype=np.int64)
    codes[rows] = [place[word] for word in later.values()]
    return Coded(codes, words)
