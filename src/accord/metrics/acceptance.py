"""The acceptance metrics, each defined once: additive counts per cell, and counts per cell and bin of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import ibis
import ibis.expr.types as ir

from accord.agreement.model import Acceptance
from accord.tables.times import DAY, HOUR, MINUTE

__all__ = ["COUNTS", "FINE_MINUTES", "Clock", "Count", "counts", "left_by_bin", "weighted_by_bin"]

FINE_MINUTES = 72 * 60
"""Bins are whole minutes up to here, whole hours beyond."""

Clock = Literal["elapsed", "business", "business_days", "answered"]
Edge = Literal["stated", "earliest", "latest"]


@dataclass(frozen=True, slots=True)
class Count:
    """One additive count: how many episodes of a cell satisfy the condition of that name in :func:`_conditions`."""

    name: str
    meaning: str


COUNTS: tuple[Count, ...] = (
    Count("handed", "handed over to sales"),
    Count("accepted", "accepted, by the definition in use"),
    Count("rejected", "rejected, disqualified or recycled as first decision"),
    Count("disqualified", "disqualified as first decision; part of rejected"),
    Count("recycled", "recycled as first decision; part of rejected"),
    Count("expired", "over without an outcome"),
    Count("superseded", "over because the lead was handed over again; part of expired"),
    Count("open", "neither decided nor over"),
    Count("disqualified_after_acceptance", "accepted first, disqualified later"),
    Count("recycled_after_acceptance", "accepted first, recycled later"),
    Count("ghost_of", "explicit acceptances old enough to have been worked"),
    Count("ghost", "of those, without a real action in time"),
    Count("silent_of", "over, with a real action"),
    Count("silent", "of those, never decided"),
    Count("token_of", "explicit acceptances with any activity, old enough to judge"),
    Count("token", "of those, one short or unanswered call and nothing else"),
    Count("never_worked_of", "over"),
    Count("never_worked", "of those, without any activity at all"),
    Count("dated", "outcomes whose time is a date without an hour"),
)


def counts(observed: ir.Table, rules: Acceptance) -> ir.Table:
    """One row per cell (columns ``cell_…``) with every count of :data:`COUNTS`."""
    conditions = _conditions(observed, rules)
    keys = [name for name in observed.columns if name.startswith("cell_")]
    summed = {
        count.name: ibis.ifelse(ibis.coalesce(conditions[count.name], ibis.literal(value=False)), 1, 0)
        .sum()
        .cast("int64")
        for count in COUNTS
        if count.name != "handed"
    }
    return observed.group_by(keys).aggregate(handed=observed.count(), **summed)


def _conditions(observed: ir.Table, rules: Acceptance) -> dict[str, ir.BooleanValue]:
    rejected = observed.outcome == "rejected"
    explicit = observed.decided == "accepted"
    first_activity_seen = observed.first_activity_us <= observed.age_us
    ghost_after, token_within = int(rules.ghost_after_days * DAY), int(rules.token.within_days * DAY)
    ghost_of = explicit & (observed.decided_us + ghost_after <= observed.age_us)
    worked = ibis.coalesce(observed.acted_us <= observed.decided_us + ghost_after, ibis.literal(value=False))
    token_of = explicit & first_activity_seen & (observed.decided_us + token_within <= observed.age_us)
    silent_of = observed.acted_us.notnull() & observed.ended
    superseded = observed.next_us < rules.window_days * DAY
    return {
        "accepted": observed.outcome == "accepted",
        "rejected": rejected,
        "disqualified": rejected & (observed.decided == "disqualified"),
        "recycled": rejected & (observed.decided == "recycled"),
        "expired": observed.outcome == "expired",
        "superseded": (observed.outcome == "expired") & superseded,
        "open": observed.outcome == "open",
        "disqualified_after_acceptance": explicit & (observed.disqualified_later_us <= observed.age_us),
        "recycled_after_acceptance": explicit & (observed.recycled_later_us <= observed.age_us),
        "ghost_of": ghost_of,
        "ghost": ghost_of & ~worked,
        "silent_of": silent_of,
        "silent": silent_of & observed.decided.isnull(),
        "token_of": token_of,
        "token": token_of & observed.token,
        "never_worked_of": observed.ended,
        "never_worked": observed.ended & observed.first_activity_us.isnull(),
        "dated": (observed.left_slack_us > 0) | ((observed.slack_us > 0) & ~observed.outcome.isin(["open", "expired"])),
    }


def left_by_bin(observed: ir.Table, clock: Clock, edge: Edge = "stated") -> ir.Table:
    """The risk table in long form: ``cell_…``, ``minute`` (right edge of the bin), and how many left in it, by cause.

    ``clock``: elapsed time, open time, open time in business days (24 "hours" = one business day), or elapsed time to the
    first answer. ``edge``: where a date without an hour leaves room, the earliest or the latest time it allows.
    Whoever is still open is censored in the last bin that was observed whole.
    """
    left, answered = _moment(observed, clock, edge), observed.answered_us.notnull()
    closed = observed.outcome != "open"
    if clock == "answered":
        closed = answered | (observed.outcome == "expired")
    up = _minute(left, up=True)
    minute = ibis.ifelse(closed, up, _minute(left, up=False))
    if clock == "answered":
        causes = {
            "accepted": answered,
            "rejected": observed.outcome.isnull(),
            "expired": ~answered & (observed.outcome == "expired"),
            "censored": ~closed,
        }
    else:
        causes = {
            "accepted": observed.outcome == "accepted",
            "rejected": observed.outcome == "rejected",
            "expired": observed.outcome == "expired",
            "censored": observed.outcome == "open",
        }
    keys = [name for name in observed.columns if name.startswith("cell_")]
    marked = observed.select(*keys, minute=minute, **{name: ibis.ifelse(test, 1, 0) for name, test in causes.items()})
    marked = marked.filter(marked.minute.notnull())
    return marked.group_by([*keys, "minute"]).aggregate(
        **{name: marked[name].sum().cast("int64") for name in causes}
    )


def _moment(observed: ir.Table, clock: Clock, edge: Edge) -> ir.IntegerValue:
    if clock == "elapsed":
        left = observed.left_us
    elif clock == "answered":
        left = ibis.coalesce(observed.answered_us, observed.left_us)
    elif clock == "business":
        left = observed.business_left_us
    else:
        left = (observed.business_left_us * DAY / observed.business_day_us).round(0).cast("int64")
    if edge == "stated":
        return left
    decided = observed.outcome.isin(["accepted", "rejected"])
    on_business_clock = clock in {"business", "business_days"}
    day = observed.business_day_us if clock == "business" else ibis.literal(DAY, type="int64")
    if edge == "latest":
        room = ibis.ifelse(observed.left_slack_us > 0, day, 0) if on_business_clock else observed.left_slack_us
        return ibis.ifelse(decided, left + room, left)
    room = ibis.ifelse(observed.slack_us > 0, day, 0) if on_business_clock else observed.slack_us
    return ibis.ifelse(decided, ibis.greatest(left - room, 0), left)


def _minute(microseconds: ir.IntegerValue, *, up: bool) -> ir.IntegerValue:
    """Right edge of the bin, in minutes: whole minutes up to 72 h, whole hours beyond."""
    if up:
        fine, coarse = (microseconds / MINUTE).ceil(), (microseconds / HOUR).ceil()
    else:
        fine, coarse = (microseconds / MINUTE).floor(), (microseconds / HOUR).floor()
    return ibis.ifelse(fine <= FINE_MINUTES, fine, coarse * 60).cast("int64")


def weighted_by_bin(observed: ir.Table) -> ir.Table:
    """Moments of the weighted handling delay of leads that sales handled, by cell and bin of elapsed time.

    Sums over accepted and rejected episodes, in whole numbers so that every engine and every run adds up to the same:
    ``count``; ``w`` (weights, thousandths) and ``wd`` (× seconds); ``w2``, ``w2d``, ``w2d2`` (squared hundredths ×
    minutes), which only the interval needs.
    """
    handled = observed.filter(observed.outcome.isin(["accepted", "rejected"]))
    keys = [name for name in handled.columns if name.startswith("cell_")]
    weight = (handled.handling_weight * 1000).round(0).cast("int64")
    square = (handled.handling_weight * 100).round(0).cast("int64") ** 2
    seconds = (handled.left_us / 1_000_000).round(0).cast("int64")
    minutes = (handled.left_us / MINUTE).round(0).cast("int64")
    parts = handled.select(
        *keys,
        minute=_minute(handled.left_us, up=True),
        w=weight,
        wd=weight * seconds,
        w2=square.cast("int64"),
        w2d=square.cast("int64") * minutes,
        w2d2=square.cast("int64") * minutes * minutes,
    )
    return parts.group_by([*keys, "minute"]).aggregate(
        count=parts.count(), **{name: parts[name].sum() for name in ("w", "wd", "w2", "w2d", "w2d2")}
    )
