"""What became of each episode at one moment, under one definition of acceptance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from accord.agreement.model import Acceptance, Definition
from accord.tables.times import DAY, HOUR

__all__ = ["OUTCOMES", "REJECTING", "Observation", "observed"]

OUTCOMES = ("accepted", "rejected", "expired", "open")
REJECTING = ("rejected", "disqualified", "recycled")
"""First decisions that count as rejection."""


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

    Adds, in microseconds after the handoff: ``age_us`` (how long it has been observable), ``decided_us`` and ``acted_us`` (first
    decision and first real action, null when still to come), ``outcome`` (one of :data:`OUTCOMES`), ``left_us``
    (when the outcome came; the age when still open), ``business_left_us`` (the same on the business clock),
    ``left_slack_us`` (how much later a date without an hour may put it), and ``answered_us`` (first of outcome by
    sales and real action; null when neither).
    """
    as_of = observation.as_of_us
    seen = episodes.filter(episodes.at_us <= as_of)
    seen = seen.mutate(age_us=as_of - seen.at_us)
    in_time = seen.decision_us <= seen.age_us
    acted = seen.action_us <= seen.age_us
    seen = seen.mutate(
        decided=ibis.ifelse(in_time, seen.decision, ibis.null("string")),
        decided_us=ibis.ifelse(in_time, seen.decision_us, ibis.null("int64")),
        acted_us=ibis.ifelse(acted, seen.action_us, ibis.null("int64")),
        ended=seen.end_us <= seen.age_us,
    )
    judged = _judged(seen, observation)
    return _answered(_timed(judged, observation))


def _judged(seen: ir.Table, observation: Observation) -> ir.Table:
    """``accepted_us`` and ``rejected_us``: at most one of them is not null."""
    rules = observation.rules
    nothing = ibis.null("int64")
    rejection = ibis.ifelse(seen.decided.isin(list(REJECTING)), seen.decided_us, nothing)
    if observation.definition == "explicit":
        accepted, rejected = ibis.ifelse(seen.decided == "accepted", seen.decided_us, nothing), rejection
    elif observation.definition == "action":
        # A rejection at the same or an earlier instant wins.
        refused = ibis.coalesce(rejection <= seen.acted_us, rejection.notnull())
        accepted = ibis.ifelse(refused, nothing, seen.acted_us)
        rejected = ibis.ifelse(refused, rejection, nothing)
    elif observation.definition == "worked":
        limit = int(rules.ghost_after_days * DAY)
        worked = (seen.decided == "accepted") & (seen.acted_us <= seen.decided_us + limit)
        accepted = ibis.ifelse(worked, ibis.greatest(seen.decided_us, seen.acted_us), nothing)
        rejected = rejection
    else:
        silence = int(rules.tacit_after_hours * HOUR)
        refused = ibis.coalesce(rejection <= silence, ibis.literal(value=False))
        reached = (seen.age_us >= silence) & (seen.end_us > silence) & ~refused
        accepted = ibis.ifelse(reached, ibis.literal(silence, type="int64"), nothing)
        rejected = ibis.ifelse(refused, rejection, nothing)
    return seen.mutate(accepted_us=accepted, rejected_us=rejected)


def _timed(judged: ir.Table, observation: Observation) -> ir.Table:
    outcome = ibis.cases(
        (judged.accepted_us.notnull(), "accepted"),
        (judged.rejected_us.notnull(), "rejected"),
        (judged.ended, "expired"),
        else_="open",
    )
    clock = judged.calendar.cases(*observation.business_as_of_us.items(), else_=0).cast("int64")
    business_age = ibis.greatest(clock - judged.business_at_us, 0)
    by_decision = judged.business_decision_us
    if observation.definition == "explicit":
        business_accepted, slack = by_decision, judged.decision_slack_us
    elif observation.definition == "action":
        business_accepted, slack = judged.business_action_us, judged.action_slack_us
    elif observation.definition == "worked":
        business_accepted = ibis.greatest(by_decision, judged.business_action_us)
        slack = ibis.ifelse(judged.acted_us > judged.decided_us, judged.action_slack_us, judged.decision_slack_us)
    else:
        business_accepted, slack = judged.business_tacit_us, ibis.literal(0, type="int64")
    accepted, rejected = outcome == "accepted", outcome == "rejected"
    return judged.mutate(
        outcome=outcome,
        left_us=ibis.coalesce(
            judged.accepted_us, judged.rejected_us, ibis.ifelse(judged.ended, judged.end_us, judged.age_us)
        ),
        left_slack_us=ibis.cases((accepted, slack), (rejected, judged.decision_slack_us), else_=0).cast("int64"),
        business_left_us=ibis.cases(
            (accepted, business_accepted),
            (rejected, by_decision),
            (outcome == "expired", judged.business_end_us),
            else_=business_age,
        ),
    )


def _answered(timed: ir.Table) -> ir.Table:
    """First sign of sales: an outcome that sales gave, or a real action."""
    given = ibis.ifelse(timed.outcome.isin(["accepted", "rejected"]), timed.left_us, ibis.null("int64"))
    return timed.mutate(
        answered_us=ibis.least(ibis.coalesce(given, timed.acted_us), ibis.coalesce(timed.acted_us, given))
    )
