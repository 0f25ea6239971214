"""What became of each episode at one moment, under one definition of acceptance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Literal, NamedTuple

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
"""How a date without an hour is read. ``stated``: as the first instant it can mean. ``earliest``: per episode and per
figure, so that it is accepted, answered, worked as surely and as soon after the handoff as its dates allow; ``latest``:
as unsurely and as late. So two dates of one episode may be read at opposite ends of their days: an action at its first
instant and the refusal of the same day at its last."""

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
    sales and real action), and the same two on the business clock; ``handled_us`` (when sales decided, or acted where
    that decides). Further ``outcome`` (an :class:`Outcome`), ``said_yes`` and ``said_no`` (what the first decision
    was), and ``ended``. Dates without an hour are read by ``edge``; which episodes and events exist, and which of two
    decisions is the first, do not depend on it. Except when stated, there are also ``first_…`` and ``last_…`` of
    decision and action, and ``surely_ended``, for figures that compare one of them with the other.
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
    if edge != "stated":
        seen = _with_both_ends(seen)
    if edge == "earliest":
        seen = _as_soon_as_possible(seen)
    elif edge == "latest":
        seen = _as_late_as_possible(seen)
    seen = seen.mutate(
        said_yes=(seen.decided_us < NEVER) & seen.accepting, said_no=(seen.decided_us < NEVER) & ~seen.accepting
    )
    return _timed(_judged(seen, observation, edge), observation)


def _with_both_ends(seen: ir.Table) -> ir.Table:
    """First and last instant of decision and action, told from the first instant of the handoff.

    What can come after the end is :data:`NEVER` at its last: then it may not belong to the episode at all.
    """

    def last(delay: ir.IntegerValue, slack: ir.IntegerValue) -> ir.IntegerValue:
        moved = delay + ibis.coalesce(slack, 0)
        return ibis.ifelse(moved < seen.end_us, moved, _never())

    # It was handed over before what followed: no later than the last instant of decision and action.
    decided, acted = seen.decided_us < NEVER, seen.acted_us < NEVER
    seen = seen.mutate(
        slack_us=ibis.least(
            seen.slack_us,
            ibis.ifelse(decided, seen.decided_us + ibis.coalesce(seen.decision_slack_us, 0), _never()),
            ibis.ifelse(acted, seen.acted_us + ibis.coalesce(seen.action_slack_us, 0), _never()),
        ),
        business_slack_us=ibis.least(
            ibis.coalesce(seen.business_slack_us, 0),
            ibis.ifelse(decided, ibis.coalesce(seen.business_late_decision_us, seen.business_decision_us), _never()),
            ibis.ifelse(acted, ibis.coalesce(seen.business_late_action_us, seen.business_action_us), _never()),
        ),
    )
    late = _handed_over_late(seen)
    return seen.mutate(
        first_decided_us=seen.decided_us,
        last_decided_us=last(seen.decided_us, seen.decision_slack_us),
        soonest_decided_us=ibis.ifelse(
            seen.decided_us < NEVER, _sooner(seen.decided_us, seen.slack_us), seen.decided_us
        ),
        first_acted_us=seen.acted_us,
        last_acted_us=last(seen.acted_us, seen.action_slack_us),
        longest_age_us=seen.age_us,
        longest_end_us=seen.end_us,
        shortest_age_us=late["age_us"],
        shortest_end_us=late["end_us"],
        surely_ended=late["ended"],
    )


def _handed_over_late(seen: ir.Table) -> dict[str, ir.Value]:
    """Age, next handoff and end where the handoff came at the last instant it can mean."""
    following = ibis.ifelse(seen.following_us < NEVER, _sooner(seen.following_us, seen.slack_us), seen.following_us)
    end, age = ibis.least(seen.end_us, following), _sooner(seen.age_us, seen.slack_us)
    return {"age_us": age, "end_us": end, "following_us": following, "ended": end <= age}


def _sooner(delay: ir.IntegerValue, by: ir.IntegerValue) -> ir.IntegerValue:
    return ibis.ifelse(delay < by, 0, delay - by)  # not greatest: what is unknown stays so


def _as_soon_as_possible(seen: ir.Table) -> ir.Table:
    """The handoff at the last instant it can mean: all that follows comes that much sooner."""

    def if_it_came(delay: ir.IntegerValue) -> ir.IntegerValue:
        return ibis.ifelse(delay < NEVER, _sooner(delay, seen.slack_us), delay)

    open_less = ibis.coalesce(seen.business_slack_us, 0)
    tacit = ibis.coalesce(seen.business_late_tacit_us, seen.business_tacit_us)
    return seen.mutate(
        **_handed_over_late(seen),
        decided_us=if_it_came(seen.decided_us),
        acted_us=if_it_came(seen.acted_us),
        business_at_us=seen.business_at_us + open_less,
        business_decision_us=_sooner(seen.business_decision_us, open_less),
        business_action_us=_sooner(seen.business_action_us, open_less),
        business_end_us=_sooner(seen.business_end_us, open_less),
        business_tacit_us=_sooner(tacit, open_less),
    )


def _as_late_as_possible(seen: ir.Table) -> ir.Table:
    """Decision and action at the last instant they can mean; what then comes after the end is not in the episode."""
    decided, acted = seen.last_decided_us, seen.last_acted_us
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


class _Compared(NamedTuple):
    """What decides between two outcomes, read in favour of acceptance (``earliest``) or against it (``latest``).

    ``decided`` and ``acted`` are compared with each other; ``decided_since``, ``age`` and ``end`` with a delay from the
    handoff.
    """

    decided: ir.IntegerValue
    acted: ir.IntegerValue
    decided_since: ir.IntegerValue
    age: ir.IntegerValue
    end: ir.IntegerValue


def _compared(seen: ir.Table, edge: Edge) -> _Compared:
    if edge == "earliest":
        return _Compared(
            seen.last_decided_us, seen.first_acted_us, seen.last_decided_us, seen.longest_age_us, seen.longest_end_us
        )
    if edge == "latest":
        return _Compared(
            seen.first_decided_us,
            seen.last_acted_us,
            seen.soonest_decided_us,
            seen.shortest_age_us,
            seen.shortest_end_us,
        )
    return _Compared(seen.decided_us, seen.acted_us, seen.decided_us, seen.age_us, seen.end_us)


def _judged(seen: ir.Table, observation: Observation, edge: Edge) -> ir.Table:
    """``accepted_us`` and ``rejected_us``: at most one of them is not :data:`NEVER`. And ``decisive_us``: the first
    moment that makes an outcome by sales, whichever it then is."""
    rules, never, at = observation.rules, _never(), _compared(seen, edge)
    rejection = ibis.ifelse(seen.said_no, seen.decided_us, never)
    if observation.definition == "explicit":
        accepted, rejected = ibis.ifelse(seen.said_yes, seen.decided_us, never), rejection
        decisive = seen.decided_us
    elif observation.definition == "action":
        # A rejection at the same or an earlier instant wins.
        refused = ~seen.accepting & (at.decided < NEVER) & (at.decided <= at.acted)
        accepted = ibis.ifelse(refused, never, seen.acted_us)
        rejected = ibis.ifelse(accepted < NEVER, never, ibis.least(rejection, ibis.ifelse(refused, at.decided, never)))
        decisive = ibis.least(rejection, seen.acted_us)
    elif observation.definition == "worked":
        limit = int(rules.ghost_after_days * DAY)
        worked = seen.said_yes & (at.acted < NEVER) & (at.acted <= at.decided + limit)
        accepted, rejected = ibis.ifelse(worked, ibis.greatest(seen.decided_us, seen.acted_us), never), rejection
        decisive = ibis.least(accepted, rejected)
    else:
        silence = ibis.literal(int(rules.tacit_after_hours * HOUR), type="int64")
        refused = ~seen.accepting & (at.decided_since <= silence)
        reached = (at.age >= silence) & (at.end > silence)
        accepted = ibis.ifelse(reached & ~refused, silence, never)
        rejected = ibis.ifelse(refused, ibis.least(rejection, silence), never)
        decisive = ibis.least(ibis.ifelse(rejection <= silence, rejection, never), ibis.ifelse(reached, silence, never))
    return seen.mutate(accepted_us=accepted, rejected_us=rejected, decisive_us=decisive)


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

    decisive = judged.decisive_us
    by_silence = observation.definition == "tacit"
    if by_silence:
        silence = ibis.literal(int(observation.rules.tacit_after_hours * HOUR), type="int64")
        business_decisive = ibis.ifelse(decisive == silence, business_accepted, by_decision)
    else:
        business_decisive = ibis.ifelse(judged.accepted_us <= decisive, business_accepted, by_decision)
    left = by_outcome(judged.accepted_us, judged.rejected_us, judged.end_us, judged.age_us)
    return judged.mutate(
        outcome=by_outcome(*(ibis.literal(int(outcome), type="int8") for outcome in Outcome)),
        left_us=left,
        handled_us=ibis.ifelse(decisive < NEVER, decisive, left),
        business_left_us=by_outcome(
            business_accepted, by_decision, judged.business_end_us, ibis.greatest(now - judged.business_at_us, 0)
        ),
        answered_us=ibis.least(decisive, judged.acted_us),
        business_answered_us=ibis.ifelse(judged.acted_us <= decisive, judged.business_action_us, business_decisive),
    )
