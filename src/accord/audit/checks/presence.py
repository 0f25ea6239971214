"""Is there anything to measure at all?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise

import ibis

from accord.audit.check import Check, Measurement, Rows
from accord.audit.evidence import Evidence
from accord.audit.facts import Facts, facts_of
from accord.audit.families import EFFORT, EVERYTHING_HANDED, PEOPLE, PROMISES, RATES
from accord.audit.figures import Audited
from accord.audit.populations import handoffs, leads
from accord.audit.thresholds import THRESHOLDS
from accord.language import mark
from accord.tables.schema import TABLES, table_named
from accord.tables.times import DAY

__all__ = ["CHECKS"]

SHORTEST_QUIET = 7
"""Days without anything but activities that no company's data need to explain."""

FEWEST_DAYS = 10
"""Days with anything else, from which one can tell how long it is usually quiet."""


def _facts(evidence: Evidence) -> Facts:
    return evidence.once("facts", lambda: facts_of(evidence))


def _nothing_handed_over(evidence: Evidence) -> Iterable[Measurement]:
    facts = _facts(evidence)
    if facts.leads:
        yield Measurement(0 if facts.handoffs else facts.leads, facts.leads)


def _no_decisions(evidence: Evidence) -> Iterable[Measurement]:
    facts = _facts(evidence)
    if facts.handoffs:
        yield Measurement(0 if facts.decisions else facts.handoffs, facts.handoffs)


def _no_activities(evidence: Evidence) -> Iterable[Measurement]:
    facts = _facts(evidence)
    if facts.handoffs:
        yield Measurement(0 if facts.activities else facts.handoffs, facts.handoffs)


def _no_reps(evidence: Evidence) -> Iterable[Measurement]:
    facts = _facts(evidence)
    if facts.owned:
        yield Measurement(0 if facts.reps or facts.teamed else facts.owned, facts.owned)


def _no_agreement(evidence: Evidence) -> Iterable[Measurement]:
    facts = _facts(evidence)
    if facts.handoffs:
        unsigned = evidence.agreement.name == "default" and evidence.agreement.version == "0"
        yield Measurement(
            facts.handoffs if unsigned else 0, facts.handoffs, details={"timezone": evidence.agreement.timezone}
        )


def _quarantined(evidence: Evidence) -> Iterable[Measurement]:
    for table in TABLES:
        waiting = evidence.quarantined.get(table.name, 0)
        total = waiting + evidence.counts[table.name]
        if total:
            yield Measurement(waiting, total, table=table.name)


def _later_than_as_of(evidence: Evidence) -> Iterable[Measurement]:
    for name in ("leads", "touches", "handoffs", "decisions", "activities", "opportunities", "orders"):
        if not evidence.counts[name]:
            continue
        rows = evidence.timed(name)
        later = rows.filter(rows.time_us > evidence.as_of_us)
        (key,) = table_named(name).key
        (count,) = evidence.rows(later.aggregate(n=later.count()))
        samples: list[dict[str, str]] = []
        if count["n"]:
            samples = evidence.rows(later.select(sample=key).order_by("sample").limit(5))
        yield Measurement(
            count["n"],
            evidence.counts[name],
            samples=tuple(row["sample"] for row in samples),
            table=name,
            column=table_named(name).time,
        )


def _activities_alone(evidence: Evidence) -> Iterable[Measurement]:
    """Activities that reach past everything else by more than the data ever went without anything else.

    They make ``as_of`` later where nobody sets it, and handoffs look ended of which nothing else is known any more.
    """
    if not evidence.counts["activities"] or not evidence.counts["handoffs"]:
        return
    window = evidence.agreement.acceptance.window_days
    seen: set[int] = set()
    for name in ("handoffs", "decisions", "touches"):
        rows = evidence.known(name)
        by_day = rows.select(day=((rows.time_us + rows.slack_us) / DAY).floor().cast("int64")).distinct()
        seen.update(evidence.arrow(by_day)["day"].to_pylist())
    days = sorted(seen)
    if not days:
        return
    longest = max((after - before for before, after in pairwise(days)), default=0)
    quiet = window if len(days) < FEWEST_DAYS else min(max(longest, SHORTEST_QUIET), window)
    acted = evidence.known("activities")
    later = acted.filter(acted.time_us >= (days[-1] + 1 + quiet) * DAY)
    (count,) = evidence.rows(later.aggregate(n=later.count()))
    samples = evidence.rows(later.select("activity_id").order_by("activity_id").limit(5)) if count["n"] else []
    yield Measurement(
        count["n"],
        evidence.counts["activities"],
        samples=tuple(row["activity_id"] for row in samples),
        details={
            "last": (date(1970, 1, 1) + timedelta(days=days[-1])).isoformat(),
            "as_of": evidence.as_of.date().isoformat(),
        },
    )


CHECKS = (
    Check(
        "nothing_handed_over",
        about="handoffs",
        table="leads",
        column=None,
        measure=_nothing_handed_over,
        ladder=THRESHOLDS["nothing_handed_over"],
        title=mark("No lead was ever handed over to sales"),
        effect=mark(
            "There is no transmission to count from: acceptance, promises, delays and everything by rep cannot be "
            "measured."
        ),
        action=mark(
            "Import a table `handoffs`, or name in the mapping the column that says when a lead went to sales "
            "(for example the date it became a marketing qualified lead, or its assignment)."
        ),
        hurts=EVERYTHING_HANDED,
    ),
    Check(
        "no_decisions",
        about="decisions",
        table="handoffs",
        column=None,
        measure=_no_decisions,
        ladder=THRESHOLDS["no_decisions"],
        title=mark("Sales records no decision"),
        effect=mark(
            "Whether sales said yes or no is not known; the first real action stands for acceptance unless the "
            "agreement says otherwise. Ghost, silent and token acceptances and the reasons for refusal cannot be "
            "measured."
        ),
        action=mark("Import `decisions`: a status history, or the dates at which leads were accepted and refused."),
        hurts=(Audited.GHOST, Audited.SILENT, Audited.TOKEN, Audited.REASONS),
    ),
    Check(
        "no_activities",
        about="activities",
        table="handoffs",
        column=None,
        measure=_no_activities,
        ladder=THRESHOLDS["no_activities"],
        title=mark("No sales activity is recorded"),
        effect=mark(
            "An acceptance cannot be told from a click: ghost, silent and token acceptances and leads never worked "
            "cannot be measured, nor can acceptance by action."
        ),
        action=mark("Import `activities`: calls, e-mails, meetings and messages with their time and their author."),
        hurts=EFFORT,
    ),
    Check(
        "no_reps",
        about="reps",
        table="reps",
        column=None,
        counted="handoffs",
        measure=_no_reps,
        ladder=THRESHOLDS["no_reps"],
        title=mark("Nothing says who is in which sales team"),
        effect=mark(
            "Figures by team cannot be measured, and an action by a colleague of the owner does not count as the "
            "owner's team."
        ),
        action=mark("Import a table `reps` with the team of each person, or fill `team` in the handoffs."),
        hurts=(Audited.BY_TEAM,),
    ),
    Check(
        "no_agreement",
        about="handoffs",
        table="handoffs",
        column=None,
        measure=_no_agreement,
        ladder=THRESHOLDS["no_agreement"],
        title=mark("No agreement is signed: figures follow accord.yaml where there is one, else the defaults"),
        effect=mark(
            "What accord.yaml does not say holds by default: Monday to Friday, 09:00 to 18:00, no holidays, UTC."
        ),
        action=mark(
            "In accord.yaml ({init} writes one), set the name, the version, the time zone, the calendar and the "
            "promises, then import again: times without an offset are read by its time zone. To have it signed: "
            "{propose}, then {sign}, once for each side."
        ),
        detail=mark("Time zone in use: {timezone}. To have one signed: {propose}"),
    ),
    Check(
        "leads_never_handed_over",
        about="leads",
        table="leads",
        column=None,
        measure=Rows(
            lambda evidence: _leads_with_handoff(evidence) if _facts(evidence).handoffs else None,
            faulty=lambda lead: lead.handed.isnull(),
            sample="lead_id",
        ),
        ladder=THRESHOLDS["leads_never_handed_over"],
        title=mark("Few of the leads were ever handed over"),
        effect=mark(
            "Nothing, if marketing keeps most of its leads; else handoffs are missing and every rate speaks of a few."
        ),
        action=mark("Check that the source of the handoffs covers the same leads and the same period."),
    ),
    Check(
        "quarantined_rows",
        about="leads",
        table="leads",
        column=None,
        measure=_quarantined,
        ladder=THRESHOLDS["quarantined_rows"],
        title=mark("Rows wait in quarantine"),
        effect=mark("They are in no figure. If they differ from the rest (one team, one month), every rate is bent."),
        action=mark("List them with their reasons, mend them and import them again."),
        hurts=(Audited.RAW_RATE, Audited.RATE, Audited.BY_SEGMENT, *PEOPLE),
    ),
    Check(
        "later_than_as_of",
        about="handoffs",
        table="handoffs",
        column="at",
        measure=_later_than_as_of,
        ladder=THRESHOLDS["later_than_as_of"],
        title=mark("Rows later than the moment described"),
        effect=mark("They do not exist yet for any figure."),
        action=mark("Nothing, if --as-of was set back on purpose; else look for due dates or wrong years among them."),
    ),
    Check(
        "activities_alone_at_end",
        about="activities",
        table="activities",
        column="at",
        measure=_activities_alone,
        ladder=THRESHOLDS["activities_alone_at_end"],
        title=mark("Activities long after the last of everything else"),
        effect=mark(
            "They alone move the moment that the figures describe: handoffs that were still open count as ended, and "
            "those nobody had answered yet as expired, so the rate and the promises kept look worse than they are."
        ),
        action=mark(
            "If they are due dates, import the time of completion instead; if the other tables are older exports, "
            "import new ones; until then set the moment (--as-of) to the last day of the others."
        ),
        detail=mark("Last day of handoffs, decisions and touches: {last}; moment described: {as_of}."),
        hurts=(*RATES, *PROMISES, *EFFORT),
    ),
)


def _leads_with_handoff(evidence: Evidence) -> ibis.Table:
    known = leads(evidence).select("lead_id")
    handed = handoffs(evidence).select(handed="lead_id").distinct()
    return known.left_join(handed, known.lead_id == handed.handed)
