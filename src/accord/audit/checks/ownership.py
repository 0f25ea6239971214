"""Is the person who was given the lead the one who works and decides it?"""

from __future__ import annotations

from collections.abc import Iterable

import ibis
import ibis.expr.types as ir

from accord.audit.check import Check, Measurement, Rows
from accord.audit.evidence import Evidence
from accord.audit.families import EFFORT, PEOPLE, RATES
from accord.audit.figures import Audited
from accord.audit.populations import activities, decisions, handed_leads, handoffs, outbound_by_people
from accord.audit.thresholds import THRESHOLDS
from accord.language import mark

__all__ = ["CHECKS"]

OTHERS_AT_WORK = 5
"""One owner for everybody is only odd where at least this many other people decide or act."""


def _decided_by_others(row: ir.Table) -> ir.BooleanValue:
    same_team = ibis.coalesce(row.decider_team == row.team, ibis.literal(value=False))
    return (row.decided_by != row.owner) & ~same_team


def _where_somebody_must_act(evidence: Evidence) -> ir.Table | None:
    """Activities, unless the agreement lets anyone act: then nobody's name is needed."""
    return None if evidence.agreement.acceptance.real_action.by == "anyone" else activities(evidence)


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
