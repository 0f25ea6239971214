"""What became of each episode at one moment, under one definition of acceptance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Literal

from accord.agreement.model import Acceptance, Definition
from accord.late import Late
from accord.tables.times import DAY, HOUR

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir
else:
    ibis = Late("ibis")

__all__ = ["NEVER", "Edge", "Observation", "Outcome", "observed"]

Edge = Literal["stated", "earliest", "latest"]
"""How a date without an hour is read. ``stated``: as the first instant it can mean. ``earliest``: so that everything
comes as soon after the handoff as it can, the handoff at its last instant, the rest at its first; ``latest``: the other
way round."""

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


def observed(episodes: ir.Table, observation: Observation, edge: Edge = "stated") -> ir.Table:
    """Episodes that exist at the moment, each with its outcome and when it came.

    Adds, in microseconds after the handoff and :data:`NEVER` where it has not happened yet: ``age_us`` (how long the
    episode has been observable), ``decided_us``, ``acted_us`` and ``active_us`` (first decision, real action and
    activity of any kind), ``left_us`` (when the outcome came; the age while open), ``answered_us`` (first of outcome by
    sales and real action), and the same two on the business clock. Further ``outcome`` (an :class:`Outcome`),
    ``said_yes`` and ``said_no`` (what the first decision was), and ``ended``. Dates without an hour are read by
    ``edge``; which episodes and events exist does not depend on it.
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
    if edge == "earliest":
        seen = _as_soon_as_possible(seen)
    elif edge == "latest":
        seen = _as_late_as_possible(seen)
    seen = seen.mutate(
        said_yes=(seen.decided_us < NEVER) & seen.accepting, said_no=(seen.decided_us < NEVER) & ~seen.accepting
    )
    return _timed(_judged(seen, observation), observation)


def _as_soon_as_possible(seen: ir.Table) -> ir.Table:
    """The handoff at the last instant it can mean: all that follows comes that much sooner."""

    def sooner(delay: ir.IntegerValue, by: ir.IntegerValue) -> ir.IntegerValue:
        return ibis.ifelse(delay < by, 0, delay - by)  # not greatest: what is unknown stays so

    def if_it_came(delay: ir.IntegerValue) -> ir.IntegerValue:
        return ibis.ifelse(delay < NEVER, sooner(delay, seen.slack_us), delay)

    following = if_it_came(seen.following_us)
    end, age = ibis.least(seen.end_us, following), sooner(seen.age_us, seen.slack_us)
    open_less = ibis.coalesce(seen.business_slack_us, 0)
    tacit = ibis.coalesce(seen.business_late_tacit_us, seen.business_tacit_us)
    return seen.mutate(
        age_us=age,
        end_us=end,
        following_us=following,
        ended=end <= age,
        decided_us=if_it_came(seen.decided_us),
        acted_us=if_it_came(seen.acted_us),
        business_at_us=seen.business_at_us + open_less,
        business_decision_us=sooner(seen.business_decision_us, open_less),
        business_action_us=sooner(seen.business_action_us, open_less),
        business_end_us=sooner(seen.business_end_us, open_less),
        business_tacit_us=sooner(tacit, open_less),
    )


def _as_late_as_possible(seen: ir.Table) -> ir.Table:
    """Decision and action at the last instant they can mean; what then comes after the end is not in the episode."""

    def later(delay: ir.IntegerValue, slack: ir.IntegerValue) -> ir.IntegerValue:
        moved = delay + ibis.coalesce(slack, 0)
        return ibis.ifelse(moved < seen.end_us, moved, _never())

    decided, acted = later(seen.decided_us, seen.decision_slack_us), later(seen.acted_us, seen.action_slack_us)
    beyond = ((seen.decided_us < NEVER) & (decided == NEVER)) | ((seen.acted_us < NEVER) & (acted == NEVER))
    return seen.mutate(
        decided_us=decided,
        acted_us=acted,
        ended=seen.ended | beyond,  # it did come, so the end before it has come too
        business_decision_us=ibis.coalesce(seen.business_late_decision_us, seen.business_decision_us),
        business_action_us=ibis.coalesce(seen.business_late_action_us, seen.business_action_us),
    )


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
    by_decision = judged.business_decision_us
    if observation.definition == "explicit":
        business_accepted = by_decision
    elif observation.definition == "action":
        business_accepted = judged.business_action_us
    elif observation.definition == "worked":
        business_accepted = ibis.greatest(by_decision, judged.business_action_us)
    else:
        business_accepted = judged.business_tacit_us
    accepted, rejected = judged.accepted_us < NEVER, judged.rejected_us < NEVER

    def by_outcome(yes: ir.Value, no: ir.Value, over: ir.Value, still: ir.Value) -> ir.Value:
        return ibis.cases((accepted, yes), (rejected, no), (judged.ended, over), else_=still)

    given = ibis.least(judged.accepted_us, judged.rejected_us)
    return judged.mutate(
        outcome=by_outcome(*(ibis.literal(int(outcome), type="int8") for outcome in Outcome)),
        left_us=by_outcome(judged.accepted_us, judged.rejected_us, judged.end_us, judged.age_us),
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
