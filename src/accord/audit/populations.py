"""The rows that checks count: handoffs, decisions, activities and handed-over leads, each with what it is judged by.

Every population holds what exists at ``as_of`` only, with merged leads made one.
"""

from __future__ import annotations

from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir

from accord.audit.evidence import Evidence
from accord.tables.times import DAY

__all__ = [
    "SALES_KINDS",
    "activities",
    "decisions",
    "ended_episodes",
    "handed_leads",
    "handoffs",
    "leads",
    "opportunities",
    "outbound_by_people",
]

SALES_KINDS = ("call", "email", "meeting", "message", "visit")
"""Kinds of activity that can be sales working a lead; a task is a plan, not an action."""


def leads(evidence: Evidence, column: str | None = None) -> ir.Table:
    """Leads created up to ``as_of`` that were not merged into another; ``column``: the only one that is asked for."""
    known = evidence.known("leads", None if column is None else {"lead_id", "created_at", column})
    merged = list(evidence.merges.becomes)
    if not merged:
        return known
    evidence.one_lead(known)  # keeps the table of merges
    gone = evidence.engine.table("audit_merges")
    return known.anti_join(gone, known.lead_id == gone.merged)


def _created(evidence: Evidence) -> ir.Table:
    """When each lead was created; for merged leads, when the first of them was."""
    timed = evidence.timed("leads").select("lead_id", "time_us", "slack_us")
    if not evidence.merges.becomes:
        return timed.rename(known_lead="lead_id", created_us="time_us", created_slack_us="slack_us")
    together = evidence.one_lead(timed)
    return together.group_by(known_lead="lead_id").aggregate(
        created_us=together.time_us.min(), created_slack_us=together.slack_us.max()
    )


def handoffs(evidence: Evidence) -> ir.Table:
    """Handoffs, each with its lead's creation, its team, and the time to the same lead's next handoff."""

    def build() -> ir.Table:
        handed = evidence.by_person("handoffs").select("handoff_id", "lead_id", "rep_id", "team", "time_us", "slack_us")
        created = _created(evidence)
        joined = handed.left_join(created, handed.lead_id == created.known_lead)
        reps = evidence.table("reps").select(known_rep="rep_id", rep_team="team")
        joined = joined.left_join(reps, joined.rep_id == reps.known_rep)
        in_order = ibis.window(group_by="lead_id", order_by=["time_us", "handoff_id"])
        return joined.mutate(
            team=ibis.coalesce(joined.team, joined.rep_team),
            next_us=joined.time_us.lead().over(in_order) - joined.time_us,
        ).drop("rep_team")

    return evidence.kept("handoffs", build)


def decisions(evidence: Evidence) -> ir.Table:
    """Decisions, each with the handoff it belongs to (contract, section 2), that handoff's owner, team and span.

    ``handoff_id`` is null where there is none to belong to. ``early_us``: how long before its handoff a decision
    certainly was; ``late_us``: how long after the end of the episode; both 0 or less when it was not. ``position``: 0
    for the first decision on its handoff that was not early.
    """

    def build() -> ir.Table:
        decided = evidence.by_person("decisions").select(
            "decision_id",
            "lead_id",
            "outcome",
            "reason",
            "time_us",
            "slack_us",
            named="handoff_id",
            decided_by="rep_id",
        )
        handed = handoffs(evidence)
        window = evidence.agreement.acceptance.window_days * DAY
        spans = handed.select(
            "handoff_id",
            "team",
            handed_lead="lead_id",
            owner="rep_id",
            known_lead=handed.known_lead.notnull(),
            handed_us="time_us",
            handed_slack_us="slack_us",
            end_us=ibis.coalesce(ibis.least(handed.next_us, window), ibis.literal(window, type="int64")),
        )
        by_name = decided.filter(decided.named.notnull())
        by_name = by_name.left_join(spans, by_name.named == spans.handoff_id)
        # Without a name: the lead's latest handoff that was no later than the decision can have been.
        unnamed = decided.filter(decided.named.isnull())
        candidates = spans.view()
        reached = unnamed.inner_join(
            candidates,
            [
                unnamed.lead_id == candidates.handed_lead,
                unnamed.time_us + unnamed.slack_us >= candidates.handed_us,
            ],
        )
        latest = ibis.window(group_by="decision_id", order_by=[ibis.desc("handed_us"), ibis.desc("handoff_id")])
        reached = reached.mutate(rank=ibis.row_number().over(latest))
        reached = reached.filter(reached["rank"] == 0).drop("rank")
        lost = unnamed.anti_join(reached, "decision_id")
        nowhere = {name: ibis.null(kind) for name, kind in spans.schema().items()}
        lost = lost.mutate(**nowhere)
        columns = list(by_name.columns)
        attached = ibis.union(by_name, reached.select(columns), lost.select(columns))
        reps = evidence.table("reps").select(decider="rep_id", decider_team="team")
        attached = attached.left_join(reps, attached.decided_by == reps.decider)
        everyone = evidence.table("leads").select(any_lead="lead_id")
        attached = attached.left_join(everyone, attached.lead_id == everyone.any_lead)
        attached = attached.mutate(early_us=attached.handed_us - attached.time_us - attached.slack_us)
        early = ibis.coalesce(attached.early_us > 0, ibis.literal(value=False))
        in_order = ibis.window(group_by=["handoff_id", early], order_by=["time_us", "decision_id"])
        return attached.mutate(
            position=ibis.row_number().over(in_order),
            late_us=attached.time_us - attached.handed_us - attached.handed_slack_us - attached.end_us,
            delay_us=attached.time_us - attached.handed_us,
            exact=(attached.slack_us == 0) & (attached.handed_slack_us == 0),
        )

    return evidence.kept("decisions", build)


def outbound_by_people(activities_table: ir.Table) -> ir.BooleanValue:
    """Whether an activity's own row says that sales reached out: outbound, not flagged automated, no task."""
    return (
        activities_table.kind.isin(list(SALES_KINDS))
        & (ibis.coalesce(activities_table.direction, "out") == "out")
        & ~ibis.coalesce(activities_table.automated, ibis.literal(value=False))
    )


def activities(evidence: Evidence) -> ir.Table:
    """Activities up to ``as_of``."""
    return evidence.known("activities")


def handed_leads(evidence: Evidence) -> ir.Table:
    """One row per lead that was handed over and has any activity: what sales did, and when against the first handoff.

    ``by_owner``, ``by_others``: outbound activities by the owner's side and by anyone else, for leads that only ever
    had one owner.
    """

    def build() -> ir.Table:
        handed = handoffs(evidence)
        owned = handed.group_by("lead_id").aggregate(
            handed_us=handed.time_us.min(),
            owner=handed.rep_id.min(),
            one_owner=(handed.rep_id.min() == handed.rep_id.max()) & (handed.count() == handed.rep_id.count()),
            team=handed.team.min(),
        )
        acted = evidence.by_person("activities")
        acted = acted.select(
            "lead_id", "rep_id", "time_us", "slack_us", task=acted.kind == "task", sales=outbound_by_people(acted)
        )
        joined = acted.inner_join(owned, "lead_id")
        reps = evidence.table("reps").select(actor="rep_id", actor_team="team")
        joined = joined.left_join(reps, joined.rep_id == reps.actor)
        judged = (
            joined.sales
            & joined.one_owner
            & joined.rep_id.notnull()
            & (joined.time_us + joined.slack_us >= joined.handed_us)
        )
        owners_side = (joined.rep_id == joined.owner) | ibis.coalesce(
            joined.actor_team == joined.team, ibis.literal(value=False)
        )
        return joined.group_by("lead_id").aggregate(
            handed_us=joined.handed_us.min(),
            activities=joined.count(),
            tasks=joined.count(where=joined.task),
            sales=joined.count(where=joined.sales),
            last_moment_of_first_us=(joined.time_us + joined.slack_us).min(where=joined.sales),
            by_owner=joined.count(where=judged & owners_side),
            by_others=joined.count(where=judged & ~owners_side),
        )

    return evidence.kept("handed_leads", build)


def ended_episodes(evidence: Evidence) -> ir.Table:
    """Episodes that are over at ``as_of``; ``decided``: whether a decision came inside them."""
    episodes = evidence.episodes
    over = episodes.filter(episodes.at_us + episodes.slack_us + episodes.end_us <= evidence.as_of_us)
    return over.mutate(decided=over.decision.notnull())


def opportunities(evidence: Evidence) -> ir.Table:
    """Opportunities with their lead's creation, first handoff, and whether sales ever accepted the lead."""

    def build() -> ir.Table:
        opened = evidence.by_person("opportunities")
        closed = ibis.coalesce(opened.closed_at_is_date, ibis.literal(value=False))
        opened = opened.select(
            "opportunity_id",
            "lead_id",
            "won",
            "amount",
            "time_us",
            "slack_us",
            opened_day=opened.created_at.truncate("D"),
            closed_day=opened.closed_at.truncate("D"),
            closed_is_date=closed,
            opened_at="created_at",
            closed_at="closed_at",
        )
        created = _created(evidence).rename(lead_us="created_us").drop("created_slack_us")
        joined = opened.left_join(created, opened.lead_id == created.known_lead)
        handed = handoffs(evidence)
        first = handed.group_by(handed_lead="lead_id").aggregate(handed_us=handed.time_us.min())
        joined = joined.left_join(first, joined.lead_id == first.handed_lead)
        decided = decisions(evidence)
        said = decided.group_by(decided_lead=ibis.coalesce(decided.handed_lead, decided.lead_id)).aggregate(
            accepted=decided.count(where=decided.outcome == "accepted"),
        )
        return joined.left_join(said, joined.lead_id == said.decided_lead)

    return evidence.kept("opportunities", build)


def any_of(conditions: list[ir.BooleanValue]) -> ir.BooleanValue:
    """True where any of the conditions is."""
    return reduce(or_, conditions)
