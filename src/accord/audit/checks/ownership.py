"""Is the person who was given the lead the one who works and decides it?"""

from __future__ import annotations

from collections.abc import Iterable

import ibis
import ibis.expr.types as ir

from accord.audit.check import Check, Measurement, Rows
from accord.audit.evidence import Evidence
from accord.audit.families import DELAYS, EFFORT, PEOPLE, PROMISES, RATES
from accord.audit.figures import Audited
from accord.audit.populations import activities, decisions, handed_leads, handoffs, outbound_by_people
from accord.audit.thresholds import THRESHOLDS
from accord.language import mark
from accord.tables.times import DAY

__all__ = ["CHECKS"]

OTHERS_AT_WORK = 5
"""One owner for everybody is only odd where at least this many other people decide or act."""


def _decided_by_others(row: ir.Table) -> ir.BooleanValue:
    same_team = ibis.coalesce(row.decider_team == row.team, ibis.literal(value=False))
    return (row.decided_by != row.owner) & ~same_team


def _where_somebody_must_act(evidence: Evidence) -> ir.Table | None:
    """Activities, unless the agreement lets anyone act: then nobody's name is needed."""
    return None if evidence.agreement.acceptance.real_action.by == "anyone" else activities(evidence)


def _where_nobody_acted(evidence: Evidence) -> ir.Table | None:
    """Episodes, each with ``unsigned_us``: when the first thing was done for it that would be a real action, were it
    known by whom. None where anyone may act, or nothing that sales did is recorded."""
    if evidence.agreement.acceptance.real_action.by == "anyone" or not evidence.counts["activities"]:
        return None

    def build() -> ir.Table:
        rules = evidence.agreement.acceptance.real_action
        acted = evidence.by_person("activities")
        long_enough = (acted.kind != "call") | (
            ibis.coalesce(acted.duration_s, rules.min_call_seconds) >= rules.min_call_seconds
        )
        unsigned = acted.filter(
            acted.rep_id.isnull(), acted.kind.isin(list(rules.kinds)), outbound_by_people(acted), long_enough
        )
        spans = evidence.episodes.select(
            "handoff_id", "lead_id", "at_us", "end_us", "decision", "decision_us", "action_us"
        )
        done = unsigned.select("lead_id", "time_us").inner_join(spans, "lead_id")
        after = done.time_us - done.at_us
        inside = done.filter(after >= 0, after < done.end_us)
        first = inside.group_by(of_handoff="handoff_id").aggregate(unsigned_us=(inside.time_us - inside.at_us).min())
        return spans.left_join(first, spans.handoff_id == first.of_handoff).drop("of_handoff")

    return evidence.kept("nobody_acted", build)


def _one_owner(evidence: Evidence) -> Iterable[Measurement]:
    handed = handoffs(evidence)
    owned = handed.filter(handed.rep_id.notnull())
    shares = owned.group_by("rep_id").aggregate(n=owned.count())
    top = evidence.rows(shares.order_by(ibis.desc("n"), "rep_id").limit(1))
    if not top:
        return
    (total,) = evidence.rows(owned.aggregate(n=owned.count()))
    owner = top[0]["rep_id"]
    people = [
        rows.filter(rows.rep_id.notnull(), rows.rep_id != owner).select("rep_id")
        for rows in (evidence.known("decisions"), evidence.known("activities"))
    ]
    others = ibis.union(*people)
    (at_work,) = evidence.rows(others.aggregate(n=others.rep_id.nunique()))
    odd = at_work["n"] >= OTHERS_AT_WORK
    yield Measurement(
        top[0]["n"] if odd else 0, total["n"], samples=(owner,), details={"rep": owner, "others": at_work["n"]}
    )


def _only_unsigned(evidence: Evidence) -> Iterable[Measurement]:
    """Episodes without a real action so far that would be accepted by one if those who acted were named."""
    episodes = _where_nobody_acted(evidence)
    if episodes is not None:
        age = evidence.as_of_us - episodes.at_us
        unworked = episodes.action_us.isnull() | (episodes.action_us > age)
        refused = (episodes.decision != "accepted") & (episodes.decision_us <= episodes.unsigned_us)
        open_to_action = ~ibis.coalesce(refused, ibis.literal(value=False))
        yield _measured(evidence, episodes, unworked & open_to_action & (episodes.unsigned_us <= age))


def _ghosts_of_nobody(evidence: Evidence) -> Iterable[Measurement]:
    """Ghost acceptances that would be none if those who acted in time were named, of acceptances old enough."""
    episodes = _where_nobody_acted(evidence)
    if episodes is None:
        return
    limit = int(evidence.agreement.acceptance.ghost_after_days * DAY)
    accepted = episodes.filter(
        episodes.decision == "accepted", episodes.at_us + episodes.decision_us + limit <= evidence.as_of_us
    )
    left_alone = accepted.action_us.isnull() | (accepted.action_us > accepted.decision_us + limit)
    yield _measured(evidence, accepted, left_alone & (accepted.unsigned_us <= accepted.decision_us + limit))


def _handed_over(evidence: Evidence) -> ir.Table:
    """Handoffs with ``passed_on``: whether the lead was handed over again within a day, and nobody had decided."""
    episodes = evidence.episodes
    again = (
        (episodes.next_us > 0) & (episodes.next_us <= DAY) & (episodes.at_us + episodes.next_us <= evidence.as_of_us)
    )
    return episodes.mutate(passed_on=ibis.coalesce(again & episodes.decision.isnull(), ibis.literal(value=False)))


def _measured(evidence: Evidence, rows: ir.Table, faulty: ir.BooleanValue) -> Measurement:
    surely = ibis.coalesce(faulty, ibis.literal(value=False))
    (counts,) = evidence.rows(rows.aggregate(of=rows.count(), affected=rows.count(where=surely)))
    samples: tuple[str, ...] = ()
    if counts["affected"]:
        found = rows.filter(surely).select(sample="handoff_id").order_by("sample").limit(5)
        samples = tuple(row["sample"] for row in evidence.rows(found))
    return Measurement(counts["affected"], counts["of"], samples=samples)


CHECKS = (
    Check(
        "owner_missing",
        about="handoffs",
        table="handoffs",
        column="rep_id",
        measure=Rows(handoffs, faulty=lambda row: row.rep_id.isnull(), sample="handoff_id"),
        ladder=THRESHOLDS["owner_missing"],
        title=mark("Handoffs without an owner"),
        effect=mark("They count under (none) in figures by rep, and anyone's action counts as the owner's."),
        action=mark("Import who was given the lead at that time (the owner history), not only who owns it today."),
        hurts=PEOPLE,
    ),
    Check(
        "one_owner",
        about="handoffs",
        table="handoffs",
        column="rep_id",
        measure=_one_owner,
        ladder=THRESHOLDS["one_owner"],
        title=mark("One person owns nearly every handoff, while others do the work"),
        effect=mark("The owner is a queue, an integration user or a reset: figures by rep speak of nobody."),
        action=mark("Map the owner after assignment; leave the rep empty for a queue."),
        detail=mark("Owner: {rep}. Others who decide or act: {others}."),
        hurts=PEOPLE,
        blurs=EFFORT,
    ),
    Check(
        "passed_on",
        about="handoffs",
        table="handoffs",
        column="rep_id",
        measure=Rows(_handed_over, faulty=lambda row: row.passed_on, sample="handoff_id"),
        ladder=THRESHOLDS["passed_on"],
        title=mark("Leads handed over again within a day, before anybody decided"),
        effect=mark(
            "Every handing over counts: a lead passed on twice counts three times, two of them as expired. If these "
            "are changes of owner, rates are too low and whoever had the lead first seems not to answer."
        ),
        action=mark(
            "Where they are reassignments (routing, a queue, owners reset), import the last of them only, or leave out "
            "such owners in the mapping."
        ),
        hurts=(*RATES, *PROMISES, *DELAYS, Audited.BY_SEGMENT, *PEOPLE),
    ),
    Check(
        "decided_by_others",
        about="decisions",
        table="decisions",
        column="rep_id",
        measure=Rows(
            decisions,
            among=lambda row: row.handoff_id.notnull() & row.decided_by.notnull() & row.owner.notnull(),
            faulty=_decided_by_others,
            sample="decision_id",
        ),
        ladder=THRESHOLDS["decided_by_others"],
        title=mark("Decisions by someone outside the owner's team"),
        effect=mark(
            "The owner on the handoff is not the one who decides: it was reset, or is today's owner and not the one "
            "of that day. Figures by rep praise and blame the wrong people."
        ),
        action=mark("Take the owner from the assignment history at the time of the handoff."),
        hurts=PEOPLE,
    ),
    Check(
        "actions_of_nobody",
        about="activities",
        table="activities",
        column="rep_id",
        measure=Rows(
            _where_somebody_must_act,
            among=outbound_by_people,
            faulty=lambda row: row.rep_id.isnull(),
            sample="activity_id",
        ),
        ladder=THRESHOLDS["actions_of_nobody"],
        title=mark("Calls, e-mails and meetings without their author"),
        effect=mark(
            "Whether the owner or the team acted is not known, so they are no real action: leads that were worked "
            "look untouched."
        ),
        action=mark(
            "Map the owner or creator of the activity; if it does not matter who acts, set `real_action.by` to "
            "`anyone`."
        ),
        hurts=(*RATES, *EFFORT, Audited.ANSWERED_WITHIN),
        blurs=(Audited.WITHIN, Audited.BUSINESS_WITHIN, *PEOPLE),
    ),
    Check(
        "ghosts_of_nobody",
        about="activities",
        table="activities",
        column="rep_id",
        counted="handoffs",
        measure=_ghosts_of_nobody,
        ladder=THRESHOLDS["ghosts_of_nobody"],
        title=mark("Acceptances that look left alone: the action names no author"),
        effect=mark(
            "The share of acceptances left alone is too high by so many points if the owner or the team acted."
        ),
        action=mark(
            "Map the owner or creator of the activity; if it does not matter who acts, set `real_action.by` to "
            "`anyone`."
        ),
        hurts=(Audited.GHOST,),
    ),
    Check(
        "unworked_of_nobody",
        about="activities",
        table="activities",
        column="rep_id",
        counted="handoffs",
        measure=_only_unsigned,
        ladder=THRESHOLDS["unworked_of_nobody"],
        title=mark("Leads that look unworked: the actions on them name no author"),
        effect=mark(
            "Acceptance by action is too low by so many points; acceptance by work and the share answered in time by "
            "up to as many."
        ),
        action=mark(
            "Map the owner or creator of the activity; if it does not matter who acts, set `real_action.by` to "
            "`anyone`."
        ),
        hurts=RATES,
        blurs=(Audited.WITHIN, Audited.BUSINESS_WITHIN, Audited.ANSWERED_WITHIN),
    ),
    Check(
        "worked_by_others",
        about="activities",
        table="activities",
        column="rep_id",
        counted="leads",
        measure=Rows(
            handed_leads,
            among=lambda row: (row.by_owner + row.by_others) > 0,
            faulty=lambda row: row.by_owner == 0,
            sample="lead_id",
        ),
        ladder=THRESHOLDS["worked_by_others"],
        title=mark("Leads worked only by people outside the owner's team"),
        effect=mark("Their actions do not count as the owner's or the team's: leads that were worked look untouched."),
        action=mark(
            "Fill the teams in `reps`; if anyone may work a lead, set `real_action.by` to `anyone` in the agreement; "
            "else the owner on the handoff is not the one of that day."
        ),
        hurts=(*RATES, *EFFORT, Audited.BY_REP),
        blurs=(Audited.WITHIN, Audited.ANSWERED_WITHIN, Audited.BY_TEAM),
    ),
)
