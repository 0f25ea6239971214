"""Did people do this, or a machine?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import ibis
import ibis.expr.types as ir

from accord.audit.check import Check, Measure, Measurement, Rows
from accord.audit.evidence import Evidence
from accord.audit.families import DELAYS, EFFORT, PEOPLE, PROMISES, RATES
from accord.audit.figures import Audited
from accord.audit.populations import activities, decisions, outbound_by_people
from accord.audit.thresholds import THRESHOLDS
from accord.language import mark
from accord.tables.times import HOUR, MINUTE

__all__ = ["CHECKS"]

SECOND = 1_000_000
LEADS_AT_ONCE = 5
"""Nobody writes to five leads in one second by hand."""

LEADS_OF_A_MAILING = 10
"""The smallest number of leads reached in one second under several names that can be a mailing."""

LEADS_IN_A_MINUTE = 15
"""A lead every four seconds, a minute long, is no work by hand."""

FEW_ACTIVITIES = 200
"""A person's day cannot be drawn from fewer."""

QUIET_HOURS = 8
"""Everybody sleeps: over a day, this many hours in a row hold next to nothing of a person's work."""

ROUND_THE_CLOCK = 0.15
"""Work spread evenly over day and night has a third of it in the quietest eight hours; a person's has a few percent."""


def _activity_bursts(evidence: Evidence) -> Iterable[Measurement]:
    """Outbound activities of one person on several leads in one second, none flagged automated.

    Times on the full hour are left out: there the second is most likely not known.
    """
    total = sum(sum(day) for day in _days(evidence).values())
    if not total:
        return
    sent = evidence.kept("busy_seconds", lambda: _in_busy_seconds(_unflagged(evidence)))
    bursts = (
        sent.group_by("rep_id", "second")
        .aggregate(n=sent.count(), leads=sent.lead_id.nunique())
        .filter(lambda t: t.leads >= LEADS_AT_ONCE)
    )
    yield _crowded(evidence, sent, "second", bursts, total, name="bursts", largest="n")


def _mailings(evidence: Evidence) -> Iterable[Measurement]:
    """Outbound activities under several people's names on many leads in one second, none flagged automated.

    Where many people work, some act in the same second by chance: a second stands out at three times what the rest of
    its minute lets expect and ten standard deviations of a Poisson count more, and never below ``LEADS_OF_A_MAILING``.
    """
    total = sum(sum(day) for day in _days(evidence).values())
    if not total:
        return
    sent = evidence.kept("busy_seconds", lambda: _in_busy_seconds(_unflagged(evidence)))
    seconds = sent.group_by("second").aggregate(
        n=sent.count(), leads=sent.lead_id.nunique(), people=sent.rep_id.nunique()
    )
    seconds = seconds.filter(seconds.leads >= LEADS_OF_A_MAILING, seconds.people > 1)
    seconds = seconds.mutate(minute=(seconds.second / 60).floor().cast("int64"))
    every = _unflagged(evidence).mutate(of_minute=lambda t: (t.second / 60).floor().cast("int64"))
    minutes = every.group_by("of_minute").aggregate(together=every.count())
    seconds = seconds.inner_join(minutes, seconds.minute == minutes.of_minute)
    ordinary = (seconds.together - seconds.n) / 59.0
    mailings = seconds.filter(seconds.n > 3 * ordinary + 10 * ordinary.sqrt()).select("second", "n", "leads")
    (found,) = evidence.rows(
        mailings.aggregate(affected=mailings.n.sum(), mailings=mailings.count(), largest=mailings.leads.max())
    )
    samples: tuple[str, ...] = ()
    if found["mailings"]:
        worst = mailings.order_by(ibis.desc("n"), "second").limit(1).select(crowd="second")
        inside = sent.semi_join(worst, sent.second == worst.crowd)
        samples = tuple(
            row["activity_id"] for row in evidence.rows(inside.select("activity_id").order_by("activity_id").limit(5))
        )
    details = {"mailings": found["mailings"], "largest": found["largest"] or 0}
    yield Measurement(int(found["affected"] or 0), total, samples=samples, details=details)


def _activity_heaps(evidence: Evidence) -> Iterable[Measurement]:
    """Outbound activities of one person on many leads in one minute, over several of its seconds (one second is a
    burst), none flagged automated."""
    total = sum(sum(day) for day in _days(evidence).values())
    if not total:
        return
    sent = evidence.kept("busy_minutes", lambda: _in_busy_minutes(_unflagged(evidence)))
    heaps = (
        sent.group_by("rep_id", "minute")
        .aggregate(n=sent.count(), leads=sent.lead_id.nunique(), seconds=sent.second.nunique())
        .filter(lambda t: (t.leads >= LEADS_IN_A_MINUTE) & (t.seconds > 1))
    )
    yield _crowded(evidence, sent, "minute", heaps, total, name="heaps", largest="leads")


def _crowded(
    evidence: Evidence, sent: ir.Table, moment: str, crowds: ir.Table, total: int, *, name: str, largest: str
) -> Measurement:
    """What ``crowds`` of a person's activities in one ``moment`` come to, with activities of the largest as samples.

    ``name``: what the check calls them in its words; ``largest``: by which count their size is told.
    """
    (found,) = evidence.rows(
        crowds.aggregate(affected=crowds.n.sum(), crowds=crowds.count(), largest=crowds[largest].max())
    )
    samples: tuple[str, ...] = ()
    if found["crowds"]:
        worst = crowds.order_by(ibis.desc("n"), moment, "rep_id").limit(1).select(crowd=moment, by="rep_id")
        inside = sent.semi_join(worst, [sent[moment] == worst.crowd, sent.rep_id == worst.by])
        samples = tuple(
            row["activity_id"] for row in evidence.rows(inside.select("activity_id").order_by("activity_id").limit(5))
        )
    details = {name: found["crowds"], "largest": found["largest"] or 0}
    return Measurement(int(found["affected"] or 0), total, samples=samples, details=details)


def _in_busy_minutes(sent: ir.Table) -> ir.Table:
    """The activities of a person's minutes that hold enough of them for a heap: few, and cheap to find."""
    sent = sent.mutate(minute=(sent.time_us / MINUTE).floor().cast("int64"))
    minutes = sent.group_by("rep_id", "minute").aggregate(n=sent.count())
    busy = minutes.filter(minutes.n >= LEADS_IN_A_MINUTE).select(busy="minute", by="rep_id")
    return sent.semi_join(busy, [sent.minute == busy.busy, sent.rep_id == busy.by])


def _in_busy_seconds(sent: ir.Table) -> ir.Table:
    """The activities of seconds that hold enough of them for a burst, whoever's they are: few, and cheap to find."""
    seconds = sent.group_by("second").aggregate(n=sent.count())
    busy = seconds.filter(seconds.n >= LEADS_AT_ONCE).select(busy="second")
    return sent.semi_join(busy, sent.second == busy.busy)


def _unflagged(evidence: Evidence) -> ir.Table:
    known = activities(evidence)
    return known.filter(
        outbound_by_people(known), known.rep_id.notnull(), known.slack_us == 0, known.time_us % HOUR != 0
    ).select("activity_id", "lead_id", "rep_id", "time_us", second=lambda t: (t.time_us / SECOND).floor().cast("int64"))


def _days(evidence: Evidence) -> Mapping[str, list[int]]:
    """Unflagged outbound activities per person and hour of the day in UTC; a night is as long in any zone."""

    def count() -> Mapping[str, list[int]]:
        sent = _unflagged(evidence)
        hourly = sent.mutate(hour=((sent.time_us / HOUR).floor().cast("int64")) % 24)
        days: dict[str, list[int]] = {}
        for row in evidence.rows(hourly.group_by("rep_id", "hour").aggregate(n=hourly.count())):
            days.setdefault(row["rep_id"], [0] * 24)[row["hour"]] = row["n"]
        return days

    return evidence.once("hours of people", count)


def _round_the_clock(evidence: Evidence) -> Iterable[Measurement]:
    days = _days(evidence)
    total = sum(sum(day) for day in days.values())
    if not total:
        return
    sleepless = {
        rep: sum(day) for rep, day in days.items() if sum(day) >= FEW_ACTIVITIES and _quietest(day) > ROUND_THE_CLOCK
    }
    worst = sorted(sleepless, key=lambda rep: (-sleepless[rep], rep))
    yield Measurement(sum(sleepless.values()), total, samples=tuple(worst[:5]))


def _quietest(day: list[int]) -> float:
    """Share of a day's work in its quietest hours in a row."""
    twice = day + day
    return min(sum(twice[start : start + QUIET_HOURS]) for start in range(24)) / sum(day)


def _first_actions(evidence: Evidence) -> ir.Table | None:
    episodes = evidence.episodes
    return episodes.filter(episodes.at_us + episodes.action_us <= evidence.as_of_us)


def _never_said(column: str) -> Measure:
    """Whether a column of the activities is empty in every row."""

    def measure(evidence: Evidence) -> Iterable[Measurement]:
        known = activities(evidence)
        (count,) = evidence.rows(known.aggregate(of=known.count(), said=known[column].count()))
        if count["of"]:
            yield Measurement(0 if count["said"] else count["of"], count["of"])

    return measure


CHECKS = (
    Check(
        "instant_decisions",
        about="decisions",
        table="decisions",
        column="at",
        measure=Rows(
            decisions,
            among=lambda row: row.handoff_id.notnull() & row.exact & (row.early_us <= 0),
            faulty=lambda row: row.delay_us <= SECOND,
            sample="decision_id",
        ),
        ladder=THRESHOLDS["instant_decisions"],
        title=mark("Decisions within a second of the handoff"),
        effect=mark("Nobody reads a lead in a second: a workflow decided, and the rate counts its rule, not sales."),
        action=mark("Leave out decisions that a workflow writes, or map them to the handoff."),
        hurts=(*RATES, *PROMISES, *DELAYS, Audited.BY_SEGMENT, *PEOPLE),
    ),
    Check(
        "instant_actions",
        about="activities",
        table="activities",
        column="at",
        counted="handoffs",
        measure=Rows(
            _first_actions,
            among=lambda row: row.action_us.notnull() & (row.action_slack_us == 0) & (row.slack_us == 0),
            faulty=lambda row: row.action_us <= 5 * SECOND,
            sample="handoff_id",
        ),
        ladder=THRESHOLDS["instant_actions"],
        title=mark("First actions within five seconds of the handoff, not flagged automated"),
        effect=mark("These are workflow mails or system entries: leads look worked at once by nobody."),
        action=mark("Set `automated` for mails and tasks that a workflow or a sequence sends."),
        hurts=(*RATES, *PROMISES, *DELAYS, *EFFORT),
    ),
    Check(
        "activity_bursts",
        about="activities",
        table="activities",
        column="at",
        measure=_activity_bursts,
        ladder=THRESHOLDS["activity_bursts"],
        title=mark("One person reaches several leads in the same second"),
        effect=mark(
            "Mass mails and sequences count as real actions: leads look worked although nobody turned to them."
        ),
        action=mark("Set `automated` for list mails, sequences and integration users."),
        detail=mark("Bursts: {bursts}; most leads in one second: {largest}."),
        hurts=(*RATES, *PROMISES, *DELAYS, *EFFORT),
    ),
    Check(
        "mailings",
        about="activities",
        table="activities",
        column="at",
        measure=_mailings,
        ladder=THRESHOLDS["mailings"],
        title=mark("Many leads are reached in the same second, under several people's names"),
        effect=mark("A mailing goes out in the owners' names and counts as their real actions."),
        action=mark("Set `automated` for list mails and sequences."),
        detail=mark("Mailings: {mailings}; most leads in one second: {largest}."),
        hurts=(*RATES, *PROMISES, *DELAYS, *EFFORT),
    ),
    Check(
        "activity_heaps",
        about="activities",
        table="activities",
        column="at",
        measure=_activity_heaps,
        ladder=THRESHOLDS["activity_heaps"],
        title=mark("One person reaches many leads in the same minute"),
        effect=mark(
            "A mailing sent one by one, or work written down in one go: it counts as real action, and at the time at "
            "which it was sent or entered."
        ),
        action=mark("Set `automated` for mailings; import the time at which a call was made, not entered."),
        detail=mark("Minutes concerned: {heaps}; most leads in one minute: {largest}."),
        hurts=(*RATES, *PROMISES, *DELAYS, *EFFORT),
    ),
    Check(
        "round_the_clock",
        about="activities",
        table="activities",
        column="rep_id",
        measure=_round_the_clock,
        ladder=THRESHOLDS["round_the_clock"],
        title=mark("People who act at all hours of the day and night"),
        effect=mark("They are integration users or shared accounts: what they send counts as real action."),
        action=mark("Set `automated` for what these users do, or leave it out."),
        hurts=(*RATES, *PROMISES, *DELAYS, *EFFORT, Audited.BY_REP),
    ),
    Check(
        "automated_share",
        about="activities",
        table="activities",
        column="automated",
        measure=Rows(activities, faulty=lambda row: row.automated, sample="activity_id"),
        ladder=THRESHOLDS["automated_share"],
        title=mark("A large part of the activities is automated"),
        effect=mark("None: automated activities are never a real action."),
        action=mark("Nothing to do; it is good that they are flagged."),
    ),
    Check(
        "automation_not_recorded",
        about="activities",
        table="activities",
        column="automated",
        measure=_never_said("automated"),
        ladder=THRESHOLDS["automation_not_recorded"],
        title=mark("Nothing says which activities are automated"),
        effect=mark(
            "Only bursts, instant actions and sleepless users can betray a machine; a slow sequence cannot be told "
            "from a person."
        ),
        action=mark("Map the field that tells a workflow, a sequence or a list mail from a person."),
    ),
    Check(
        "direction_not_recorded",
        about="activities",
        table="activities",
        column="direction",
        measure=_never_said("direction"),
        ladder=THRESHOLDS["direction_not_recorded"],
        title=mark("Nothing says which way e-mails and calls went"),
        effect=mark("All of them count as sent by sales: a mail that the lead wrote looks like a real action."),
        action=mark("Map the direction of calls and e-mails, or leave incoming and forwarded mails out."),
    ),
)
