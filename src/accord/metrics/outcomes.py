"""What became of each episode at one moment, under one definition of acceptance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import ibis
import ibis.expr.types as ir

from accord.agreement.model import Acceptance, Definition
from accord.tables.times import DAY, HOUR

__all__ = ["NEVER", "Observation", "Outcome", "observed"]

NEVER = 2**61
"""Microseconds that mean "not, as far as one can see": later than any time, so comparing needs no case for nulls."""


class Outcome(IntEnum):
    """What became of an episode. In ``observed`` tables the column ``outcome`` holds the number."""

    ACCEPTED = 0
    REJECTED = 1
    EXPIRED = 2
    OPEN = 3


@dataclass(frozen=True)
class Observation:
    """When one looks and by which rules.

    ``as_of_us``: microseconds since 1970 UTC; everything later does not exist. ``business_as_of_us``: the same moment
    on the business clock of each calendar.
    """

    definition: Definition
    rules: Acceptance
    as_of_us: int
    business_as_of_us: Mapping[str, int]


def observed(episodes: ir.Table, observation: Observation) -> ir.Table:
    """Episodes that exist at the moment, each with its outcome and when it came.

    Adds, in microseconds after the handoff and :data:`NEVER` where it has not happened yet: ``age_us`` (how long the
    episode has been observable), ``decided_us``, ``acted_us`` and ``active_us`` (first decision, real action and
    activity of any kind), ``left_us`` (when the outcome came; the age while open), ``answered_us`` (first of outcome by
    sales and real action), and the same two on the business clock. Further ``outcome`` (an :class:`Outcome`),
    ``said_yes`` and ``said_no`` (what the first decision was), ``ended``, and ``left_slack_us`` (how much later a date
    without an hour may put the outcome).
    """
    seen = episodes.filter(episodes.at_us <= observation.as_of_us)
    seen = seen.mutate(age_us=observation.as_of_us - seen.at_us)
    seen = seen.mutate(
        decided_us=_by_now(seen.decision_us, seen.age_us),
        acted_us=_by_now(seen.action_us, seen.age_us),
        active_us=_by_now(seen.first_activity_us, seen.age_us),
        following_us=ibis.coalesce(seen.next_us, _never()),
        ended=seen.end_us <= seen.age_us,
        accepting=ibis.coalesce(seen.decision, "") == "accepted",
    )
    seen = seen.mutate(
        said_yes=(seen.decided_us < NEVER) & seen.accepting, said_no=(seen.decided_us < NEVER) & ~seen.accepting
    )
    return _timed(_judged(seen, observation), observation)


def _never() -> ir.IntegerScalar:
    return ibis.literal(NEVER, type="int64")


def _by_now(delay: ir.IntegerValue, age: ir.IntegerValue) -> ir.IntegerValue:
    """``delay`` where it has passed, else :data:`NEVER`. A null compares as unknown and so never has."""
    return ibis.ifelse(delay <= age, delay, _never())


def _judged(seen: ir.Table, observation: Observation) -> ir.Table:
    """``accepted_us`` and ``rejected_us``: at most one of them is not :data:`NEVER`."""
    rules, never = observation.rules, _never()
    rejection = ibis.ifelse(seen.said_no, seen.decided_us, never)
    if observation.definition == "explicit":
        accepted, rejected = ibis.ifelse(seen.said_yes, seen.decided_us, never), rejection
    elif observation.definition == "action":
        # A rejection at the same or an earlier instant wins.
        refused = seen.said_no & (rejection <= seen.acted_us)
        accepted, rejected = ibis.ifelse(refused, never, seen.acted_us), ibis.ifelse(refused, rejection, never)
    elif observation.definition == "worked":
        limit = int(rules.ghost_after_days * DAY)
        worked = seen.said_yes & (seen.acted_us <= seen.decided_us + limit)
        accepted, rejected = ibis.ifelse(worked, ibis.greatest(seen.decided_us, seen.acted_us), never), rejection
    else:
        silence = int(rules.tacit_after_hours * HOUR)
        refused = rejection <= silence
        reached = (seen.age_us >= silence) & (seen.end_us > silence) & ~refused
        accepted = ibis.ifelse(reached, ibis.literal(silence, type="int64"), never)
        rejected = ibis.ifelse(refused, rejection, never)
    return seen.mutate(accepted_us=accepted, rejected_us=rejected)


def _timed(judged: ir.Table, observation: Observation) -> ir.Table:
    clock = observation.business_as_of_us
    if len(clock) == 1:
        now = ibis.literal(next(iter(clock.values())), type="int64")
    else:
        now = judged.calendar.cases(*clock.items(), else_=0).cast("int64")
    by_decision, no_slack = judged.business_decision_us, ibis.literal(0, type="int64")
    if observation.definition == "explicit":
        business_accepted, slack = by_decision, judged.decision_slack_us
    elif observation.definition == "action":
        business_accepted, slack = judged.business_action_us, judged.action_slack_us
    elif observation.definition == "worked":
        business_accepted = ibis.greatest(by_decision, judged.business_action_us)
        slack = ibis.ifelse(judged.acted_us > judged.decided_us, judged.action_slack_us, judged.decision_slack_us)
    else:
        business_accepted, slack = judged.business_tacit_us, no_slack
    accepted, rejected = judged.accepted_us < NEVER, judged.rejected_us < NEVER

    def by_outcome(yes: ir.Value, no: ir.Value, over: ir.Value, still: ir.Value) -> ir.Value:
        return ibis.cases((accepted, yes), (rejected, no), (judged.ended, over), else_=still)

    given = ibis.least(judged.accepted_us, judged.rejected_us)
    return judged.mutate(
        outcome=by_outcome(*(ibis.literal(int(outcome), type="int8") for outcome in Outcome)),
        left_us=by_outcome(judged.accepted_us, judged.rejected_us, judged.end_us, judged.age_us),
        left_slack_us=by_outcome(slack, judged.decision_slack_us, no_slack, no_slack),
        business_left_us=by_outcome(
            business_accepted, by_decision, judged.business_end_us, ibis.greatest(now - judged.business_at_us, 0)
        ),
        answered_us=ibis.least(given, judged.acted_us),
        business_answered_us=ibis.ifelse(
            judged.acted_us <= given,
            judged.business_action_us,
            ibis.ifelse(accepted, business_accepted, by_decision),
        ),
    )
