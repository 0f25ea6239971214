"""Did things happen in the order in which they can happen?"""

from __future__ import annotations

from collections.abc import Iterable

import ibis
import ibis.expr.types as ir

from accord.audit.check import Check, Measurement, Rows
from accord.audit.evidence import Evidence
from accord.audit.families import DELAYS, EFFORT, PEOPLE, PROMISES, RATES
from accord.audit.figures import Audited
from accord.audit.populations import decisions, handed_leads, handoffs, opportunities
from accord.audit.thresholds import THRESHOLDS
from accord.language import mark
from accord.tables.times import MINUTE

__all__ = ["CHECKS"]

SECOND = 1_000_000


def _repeated(evidence: Evidence) -> ir.Table:
    """One row per handoff that was decided, with what its decisions say together."""
    decided = decisions(evidence)
    decided = decided.filter(decided.handoff_id.notnull(), decided.early_us <= 0)
    in_order = ibis.window(group_by="handoff_id", order_by=["time_us", "decision_id"])
    stepped = decided.mutate(
        before=decided.outcome.lag().over(in_order),
        before_us=decided.time_us.lag().over(in_order),
    )
    differs = stepped.before.notnull() & (stepped.before != stepped.outcome)
    return stepped.group_by("handoff_id").aggregate(
        # Giving a lead back after accepting it, or sorting a refused one further, is a story, not a contradiction.
        contradicted=stepped.count(where=(stepped.before != "accepted") & (stepped.outcome == "accepted")),
        repeated=stepped.count(where=stepped.before == stepped.outcome),
        tied=stepped.count(where=differs & (stepped.before_us == stepped.time_us) & (stepped.slack_us == 0)),
    )


def _named_for_its_lead(row: ir.Table) -> ir.BooleanValue:
    """Whether the handoff's id is its lead's with a word behind: then no lead can have two."""
    start = row.lead_id + "-"
    return row.handoff_id.substr(0, start.length()) == start


def _lone_activities(evidence: Evidence) -> Iterable[Measurement]:
    worked = handed_leads(evidence)
    (count,) = evidence.rows(worked.aggregate(of=worked.count(), affected=worked.count(where=worked.activities == 1)))
    if count["of"]:
        yield Measurement(count["affected"], count["of"])


CHECKS = (
    Check(
        "decisions_before_handoff",
        about="decisions",
        table="decisions",
        column="at",
        measure=Rows(
            decisions,
            among=lambda row: row.handoff_id.notnull(),
            faulty=lambda row: row.early_us > 0,
            sample="decision_id",
        ),
        ladder=THRESHOLDS["decisions_before_handoff"],
        title=mark("Decisions dated before the handoff they name"),
        effect=mark("A negative delay cannot be: these decisions are in no episode, and their leads look undecided."),
        action=mark(
            "Look for two clocks (one system in UTC, one in local time), for an owner or a status that was reset, or "
            "for a handoff dated by its last change instead of its first."
        ),
        hurts=(*RATES, *PROMISES, *DELAYS),
        blurs=(Audited.BY_SEGMENT, *PEOPLE, Audited.GHOST, Audited.SILENT),
    ),
    Check(
        "decisions_without_handoff",
        about="decisions",
        table="decisions",
        column="lead_id",
        measure=Rows(
            decisions,
            among=lambda row: row.named.isnull() & row.any_lead.notnull(),
            faulty=lambda row: row.handoff_id.isnull(),
            sample="decision_id",
        ),
        ladder=THRESHOLDS["decisions_without_handoff"],
        title=mark("Decisions on leads that had not been handed over yet"),
        effect=mark("They are in no episode: sales said yes or no, and no figure sees it."),
        action=mark(
            "Import the handoffs of these leads; if sales found them itself, they need none and this is only a note."
        ),
        hurts=(*RATES, Audited.BY_SEGMENT),
        blurs=(*PROMISES, *DELAYS, *PEOPLE),
    ),
    Check(
        "late_decisions",
        about="decisions",
        table="decisions",
        column="at",
        measure=Rows(
            decisions,
            among=lambda row: row.handoff_id.notnull(),
            # What is decided again after an answer in time is no late answer.
            faulty=lambda row: (row.late_us >= 0) & (row.position == 0),
            sample="decision_id",
        ),
        ladder=THRESHOLDS["late_decisions"],
        title=mark("First decisions after their episode had ended"),
        effect=mark("They change no outcome: the lead counts as expired, although sales answered in the end."),
        action=mark(
            "If sales is simply slow, this is the truth. If decisions are entered in arrears, use the time of the "
            "decision, not of its entry; else lengthen `window_days` in the agreement."
        ),
        hurts=RATES,
        blurs=(*DELAYS, Audited.BY_SEGMENT, *PEOPLE),
    ),
    Check(
        "late_changes",
        about="decisions",
        table="decisions",
        column="at",
        measure=Rows(
            decisions,
            among=lambda row: row.handoff_id.notnull() & (row.position > 0),
            faulty=lambda row: row.late_us >= 0,
            sample="decision_id",
        ),
        ladder=THRESHOLDS["late_changes"],
        title=mark("Decisions that were changed after their episode had ended"),
        effect=mark("They change no outcome: a lead accepted and then given back so late still counts as accepted."),
        action=mark(
            "If leads are given back that late, lengthen `window_days` in the agreement where it should count; "
            "{recycle} counts returns within the episode only."
        ),
        hurts=(),
    ),
    Check(
        "simultaneous_decisions",
        about="decisions",
        table="decisions",
        column="at",
        counted="handoffs",
        measure=Rows(_repeated, faulty=lambda row: row.tied > 0, sample="handoff_id"),
        ladder=THRESHOLDS["simultaneous_decisions"],
        title=mark("Handoffs with two different decisions at the same instant"),
        effect=mark("Only the ids say which came first, so the outcome of these handoffs is arbitrary."),
        action=mark("Import the times with their seconds, or only the decision that holds."),
        hurts=(*RATES, Audited.BY_SEGMENT, *PEOPLE),
    ),
    Check(
        "contradicting_decisions",
        about="decisions",
        table="decisions",
        column="outcome",
        counted="handoffs",
        measure=Rows(_repeated, faulty=lambda row: (row.contradicted + row.repeated) > 0, sample="handoff_id"),
        ladder=THRESHOLDS["contradicting_decisions"],
        title=mark("Handoffs that were accepted after a refusal, or decided the same way twice"),
        effect=mark("Only the first decision counts: changes of mind are events, not outcomes."),
        action=mark(
            "If a refused lead was sent again, import that second handoff; if a status flips back and forth, import "
            "its first change only."
        ),
        hurts=RATES,
        blurs=(Audited.BY_SEGMENT, *PEOPLE),
    ),
    Check(
        "handoffs_before_lead",
        about="handoffs",
        table="handoffs",
        column="at",
        measure=Rows(
            handoffs,
            among=lambda row: row.known_lead.notnull(),
            faulty=lambda row: row.time_us + row.slack_us < row.created_us,
            sample="handoff_id",
        ),
        ladder=THRESHOLDS["handoffs_before_lead"],
        title=mark("Handoffs dated before their lead was created"),
        effect=mark("One of the two times is wrong; if it is the handoff's, delays and promises are wrong with it."),
        action=mark(
            "Check which field each time comes from, and whether leads were created again by a later import or a merge."
        ),
        hurts=(*PROMISES, *DELAYS),
        blurs=RATES,
    ),
    Check(
        "handoffs_at_creation",
        about="handoffs",
        table="handoffs",
        column="at",
        measure=Rows(
            handoffs,
            among=lambda row: row.known_lead.notnull() & (row.slack_us == 0) & (row.created_slack_us == 0),
            faulty=lambda row: (row.time_us - row.created_us).abs() <= SECOND,
            sample="handoff_id",
        ),
        ladder=THRESHOLDS["handoffs_at_creation"],
        title=mark("Handoffs in the same second as the creation of their lead"),
        effect=mark(
            "The handoff time looks like the creation time (an owner given at creation): every delay then contains "
            "the time that marketing kept the lead, and promises look broken."
        ),
        action=mark(
            "Use the time at which the lead was assigned or qualified; if leads do go to sales at once, all is well."
        ),
        hurts=(*PROMISES, *DELAYS),
        blurs=RATES,
    ),
    Check(
        "doubled_handoffs",
        about="handoffs",
        table="handoffs",
        column="at",
        measure=Rows(
            handoffs,
            faulty=lambda row: (row.next_us < MINUTE) & (row.slack_us == 0),
            sample="handoff_id",
        ),
        ladder=THRESHOLDS["doubled_handoffs"],
        title=mark("Leads handed over twice within a minute"),
        effect=mark("The first of the two has an empty episode and counts as expired: the rate is too low."),
        action=mark("Import one handoff per transmission; an assignment that writes two history rows is one handoff."),
        hurts=(*RATES, Audited.NEVER_WORKED),
        blurs=(*PROMISES, Audited.BY_SEGMENT, *PEOPLE),
    ),
    Check(
        "first_touch_ever",
        about="activities",
        table="activities",
        column="at",
        counted="leads",
        measure=Rows(
            handed_leads,
            among=lambda row: row.sales > 0,
            faulty=lambda row: row.last_moment_of_first_us < row.handed_us,
            sample="lead_id",
        ),
        ladder=THRESHOLDS["first_touch_ever"],
        title=mark("Leads whose first sales action is earlier than their first handoff"),
        effect=mark(
            "The action looks like the first touch ever, not the first since the handoff: recycled leads seem worked "
            "before they were sent, and their real first action is missing."
        ),
        action=mark(
            "Import every activity with its own time instead of a summary field such as the first outreach date."
        ),
        hurts=(*RATES, *PROMISES, *DELAYS, *EFFORT),
        blurs=(Audited.BY_SEGMENT, *PEOPLE),
    ),
    Check(
        "one_date_per_lead",
        about="handoffs",
        table="handoffs",
        column="handoff_id",
        measure=Rows(handoffs, faulty=_named_for_its_lead, sample="handoff_id"),
        ladder=THRESHOLDS["one_date_per_lead"],
        title=mark("Handoffs are made of one date on the lead, not of a history"),
        effect=mark(
            "A lead has one such date and one owner, today's: when it is sent again its earlier handoff is gone or the "
            "new one is missing, and when it is reassigned the handoff moves to the new owner. Figures by rep and by "
            "team speak of today's owners."
        ),
        action=mark(
            "Import the history of stages and owners where the CRM keeps one (HubSpot: property history; Salesforce: "
            "lead history); until then, do not judge reps by these figures."
        ),
        hurts=PEOPLE,
        blurs=(*PROMISES, *DELAYS),
    ),
    Check(
        "one_activity_per_lead",
        about="activities",
        table="activities",
        column="lead_id",
        counted="leads",
        measure=_lone_activities,
        ladder=THRESHOLDS["one_activity_per_lead"],
        title=mark("Nearly every worked lead has exactly one activity"),
        effect=mark(
            "This looks like one summary date per lead (first or last contact), not a log: if it is the last contact, "
            "delays are overstated; efforts and replies cannot be counted."
        ),
        action=mark(
            "Import the log of calls, e-mails and meetings; else make sure that the field is the first contact after "
            "the handoff."
        ),
        hurts=(*PROMISES, *DELAYS, Audited.TOKEN),
        blurs=(*RATES, Audited.GHOST, Audited.SILENT),
    ),
    Check(
        "deals_before_lead",
        about="money",
        table="opportunities",
        column="created_at",
        measure=Rows(
            opportunities,
            among=lambda row: row.known_lead.notnull(),
            faulty=lambda row: row.time_us + row.slack_us < row.lead_us,
            sample="opportunity_id",
        ),
        ladder=THRESHOLDS["deals_before_lead"],
        title=mark("Deals opened before their lead was created"),
        effect=mark("These leads convert in negative time; a deal that came first was not won by the lead."),
        action=mark("Check that the deals belong to these leads and not to an older contact of the same company."),
        hurts=(Audited.CONVERSION, Audited.REVENUE),
    ),
    Check(
        "deals_closed_before_opened",
        about="money",
        table="opportunities",
        column="closed_at",
        measure=Rows(
            opportunities,
            among=lambda row: row.closed_at.notnull(),
            faulty=lambda row: row.closed_day < row.opened_day,
            sample="opportunity_id",
        ),
        ladder=THRESHOLDS["deals_closed_before_opened"],
        title=mark("Deals closed on a day before they were opened"),
        effect=mark("The length of the sales cycle and conversion by month are wrong for them."),
        action=mark("Use the date on which the deal was really closed, not the planned one."),
        hurts=(Audited.CONVERSION,),
    ),
)
