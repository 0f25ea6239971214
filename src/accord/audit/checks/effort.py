"""Is what sales did and said written down?"""

from __future__ import annotations

from collections.abc import Iterable

import ibis
import ibis.expr.types as ir

from accord.audit.check import Check, Measurement, Rows
from accord.audit.evidence import Evidence
from accord.audit.facts import facts_of
from accord.audit.families import DELAYS, EFFORT, PEOPLE, PROMISES, RATES
from accord.audit.figures import Audited
from accord.audit.populations import activities, decisions, ended_episodes, handed_leads, opportunities
from accord.audit.thresholds import THRESHOLDS
from accord.language import mark
from accord.tables.times import DAY

__all__ = ["CHECKS"]

CHANCE = 1e-4
"""How unlikely it must be that a rep who decides like the others would have decided nothing."""


def _when_decisions_exist(evidence: Evidence) -> ir.Table | None:
    return ended_episodes(evidence) if _any(evidence, "decisions") else None


def _whose_window_passed(evidence: Evidence) -> ir.Table | None:
    """Without those that ended because the lead was handed over again: nobody was left to decide them."""
    ended = _when_decisions_exist(evidence)
    return (
        None if ended is None else ended.filter(ended.decided | ended.next_us.isnull() | (ended.next_us > ended.end_us))
    )


def _any(evidence: Evidence, table: str) -> bool:
    def count() -> bool:
        known = evidence.known(table)
        return bool(evidence.rows(known.aggregate(n=known.count()))[0]["n"])

    return evidence.once(f"any {table}", count)


def _no_refusals(evidence: Evidence) -> Iterable[Measurement]:
    """Handoffs without an acceptance, where sales is never recorded to have said no."""
    facts = evidence.once("facts", lambda: facts_of(evidence))
    if facts.handoffs and facts.acceptances:
        unanswered = 0 if facts.refusals else max(facts.handoffs - facts.acceptances, 0)
        yield Measurement(unanswered, facts.handoffs, details={"acceptances": facts.acceptances})


def _never_decide(evidence: Evidence) -> Iterable[Measurement]:
    """Reps whose ended handoffs all lack a decision although, at the rate of the others, that is next to impossible."""
    if not _any(evidence, "decisions"):
        return
    ended = ended_episodes(evidence)
    owned = ended.filter(ended.rep_id.notnull())
    reps = evidence.rows(
        owned.group_by("rep_id").aggregate(n=owned.count(), decided=owned.count(where=owned.decided)).order_by("rep_id")
    )
    total, decided = sum(row["n"] for row in reps), sum(row["decided"] for row in reps)
    if not total:
        return
    silent = [row for row in reps if not row["decided"] and (1 - decided / total) ** row["n"] < CHANCE / len(reps)]
    silent.sort(key=lambda row: (-row["n"], row["rep_id"]))
    yield Measurement(
        sum(row["n"] for row in silent),
        total,
        samples=tuple(row["rep_id"] for row in silent[:5]),
        details={"reps": len(silent)},
    )


def _future_activities(evidence: Evidence) -> Iterable[Measurement]:
    """Activities later than everything else that is recorded, and later than ``as_of``: plans, not deeds.

    Where ``as_of`` was set back into the data, work on the last handoffs goes on for a window after the rest has ended.
    """
    if not evidence.counts["activities"]:
        return
    latest = evidence.as_of_us
    for name in ("handoffs", "decisions", "touches"):
        timed = evidence.timed(name)
        (found,) = evidence.rows(timed.aggregate(last=(timed.time_us + timed.slack_us).max()))
        if found["last"] is not None and found["last"] > evidence.as_of_us:
            latest = max(latest, found["last"] + evidence.agreement.acceptance.window_days * DAY)
    acted = evidence.timed("activities")
    later = acted.filter(acted.time_us > latest)
    (count,) = evidence.rows(later.aggregate(n=later.count()))
    samples = evidence.rows(later.select("activity_id").order_by("activity_id").limit(5)) if count["n"] else []
    yield Measurement(count["n"], evidence.counts["activities"], samples=tuple(row["activity_id"] for row in samples))


def _refusals(row: ir.Table) -> ir.BooleanValue:
    return row.outcome.isin(["rejected", "disqualified"])


CHECKS = (
    Check(
        "undecided",
        about="decisions",
        table="handoffs",
        column=None,
        measure=Rows(_whose_window_passed, faulty=lambda row: ~row.decided, sample="handoff_id"),
        ladder=THRESHOLDS["undecided"],
        title=mark("Handoffs that ended without any decision"),
        effect=mark(
            "They count as expired. If the status is simply not filled in, the rate measures who fills in the field "
            "and not what sales accepts."
        ),
        action=mark(
            "Make the decision part of the process (accept, or refuse with a reason), and compare with acceptance by "
            "action until then."
        ),
        hurts=(*RATES, *PROMISES, *DELAYS, Audited.BY_SEGMENT, *PEOPLE),
    ),
    Check(
        "refusals_not_recorded",
        about="decisions",
        table="decisions",
        column="outcome",
        counted="handoffs",
        measure=_no_refusals,
        ladder=THRESHOLDS["refusals_not_recorded"],
        title=mark("Acceptances are recorded, and not one refusal"),
        effect=mark(
            "A lead that sales refused looks like one that nobody answered: leads left without an answer are "
            "overstated, promises to answer look broken, the reasons for refusal are not known, and tacit acceptance "
            "would take everything for accepted."
        ),
        action=mark(
            "Import the refusals with their dates (HubSpot: history of Lead Status; Salesforce: lead history), or have "
            "sales refuse with a reason where it accepts. If sales truly refuses nothing, all is well."
        ),
        detail=mark("Acceptances: {acceptances}; refusals: 0."),
        hurts=(Audited.ANSWERED_WITHIN, Audited.SILENT, Audited.REASONS),
        blurs=RATES,
    ),
    Check(
        "reps_who_never_decide",
        about="decisions",
        table="handoffs",
        column="rep_id",
        measure=_never_decide,
        ladder=THRESHOLDS["reps_who_never_decide"],
        title=mark("People who never record a decision while the others do"),
        effect=mark("All their leads count as expired: their rate is 0 by omission, and the whole rate is too low."),
        action=mark("Ask them; until then read figures by rep without them."),
        detail=mark("People concerned: {reps}."),
        hurts=PEOPLE,
        blurs=RATES,
    ),
    Check(
        "only_tasks",
        about="activities",
        table="activities",
        column="kind",
        counted="leads",
        measure=Rows(
            handed_leads,
            faulty=lambda row: (row.tasks == row.activities) & (row.tasks > 0),
            sample="lead_id",
        ),
        ladder=THRESHOLDS["only_tasks"],
        title=mark("Leads with nothing but tasks"),
        effect=mark("A task is a plan and counts as no action: these leads look neither worked nor untouched."),
        action=mark(
            "Import completed calls, e-mails and meetings with the time at which they were done, not when the task "
            "was created or due."
        ),
        hurts=(*RATES, *EFFORT),
        blurs=(*PROMISES, *DELAYS),
    ),
    Check(
        "future_activities",
        about="activities",
        table="activities",
        column="at",
        measure=_future_activities,
        ladder=THRESHOLDS["future_activities"],
        title=mark("Activities dated after everything else"),
        effect=mark(
            "These are due dates of things planned: past ones among the same field stand in for actions that nobody "
            "took."
        ),
        action=mark("Use the time of completion (not the due date), and only closed tasks and events."),
        hurts=(*RATES, *PROMISES, *DELAYS, *EFFORT),
    ),
    Check(
        "silent_calls",
        about="activities",
        table="activities",
        column="duration_s",
        measure=Rows(
            activities,
            among=lambda row: row.kind == "call",
            faulty=lambda row: row.duration_s.isnull() & row.outcome.isnull(),
            sample="activity_id",
        ),
        ladder=THRESHOLDS["silent_calls"],
        title=mark("Calls with neither a duration nor an outcome"),
        effect=mark("Every such call counts as a real one: token acceptances are too few, and worked leads too many."),
        action=mark("Import the duration of calls, or their disposition (no answer, voicemail)."),
        hurts=(Audited.TOKEN,),
        blurs=(Audited.GHOST, Audited.SILENT),
    ),
    Check(
        "missing_reasons",
        about="decisions",
        table="decisions",
        column="reason",
        measure=Rows(decisions, among=_refusals, faulty=lambda row: row.reason.isnull(), sample="decision_id"),
        ladder=THRESHOLDS["missing_reasons"],
        title=mark("Refusals without a reason"),
        effect=mark("Why sales said no is not known for them: what to change in the leads cannot be learnt."),
        action=mark("Make the reason a required choice of a few codes, and map the field that holds it."),
        hurts=(Audited.REASONS,),
    ),
    Check(
        "free_text_reasons",
        about="decisions",
        table="decisions",
        column="reason",
        measure=Rows(
            decisions,
            among=lambda row: _refusals(row) & row.reason.notnull(),
            faulty=lambda row: row.reason.startswith("other:"),
            sample="decision_id",
        ),
        ladder=THRESHOLDS["free_text_reasons"],
        title=mark("Reasons that are not in the common list"),
        effect=mark("They are kept word by word, but cannot be compared or counted together."),
        action=mark("Map them to the codes of the agreement, and offer the codes instead of a free text."),
        hurts=(Audited.REASONS,),
    ),
    Check(
        "deals_without_acceptance",
        about="decisions",
        table="opportunities",
        column="lead_id",
        measure=Rows(
            lambda evidence: opportunities(evidence) if _any(evidence, "decisions") else None,
            among=lambda row: row.handed_us.notnull() & (row.time_us + row.slack_us >= row.handed_us),
            faulty=lambda row: ibis.coalesce(row.accepted, 0) == 0,
            sample="opportunity_id",
        ),
        ladder=THRESHOLDS["deals_without_acceptance"],
        title=mark("Deals opened on leads that sales never accepted"),
        effect=mark(
            "Sales accepted these leads in deed and not in the status: there are two truths, and the rate is the "
            "lower one."
        ),
        action=mark("Write the acceptance when a deal is opened, or map the conversion of the lead as an acceptance."),
        hurts=(*RATES, Audited.BY_SEGMENT, *PEOPLE),
    ),
)
