"""Did people do this, or a machine, or somebody clearing a backlog?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import median_low

import ibis
import ibis.expr.types as ir

from accord.audit.check import Check, Measure, Measurement, Rows
from accord.audit.clock import profile
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

BATCH = 10
"""The smallest number of decisions in one minute that can be a clean-up."""

QUARTER = 15 * MINUTE

LEADS_IN_A_MINUTE = 15
"""A lead every four seconds, a minute long, is no work by hand."""

FEW_ACTIVITIES = 200
"""A person's day cannot be drawn from fewer."""

QUIET_HOURS = 8
"""Everybody sleeps: over a day, this many hours in a row hold next to nothing of a person's work."""

ROUND_THE_CLOCK = 0.15
"""Work spread evenly over day and night has a third of it in the quietest eight hours; a person's has a few percent."""


def _batches(evidence: Evidence) -> Iterable[Measurement]:
    """Clean-ups among decisions that count for an episode."""
    decided = decisions(evidence)
    yield from _crowded_minutes(evidence, decided.filter(decided.exact, decided.early_us <= 0, decided.late_us < 0))


def _late_batches(evidence: Evidence) -> Iterable[Measurement]:
    """Clean-ups among first decisions that came when their episode had ended."""
    decided = decisions(evidence)
    late = (decided.late_us >= 0) & (decided.position == 0)
    yield from _crowded_minutes(evidence, decided.filter(decided.exact, decided.early_us <= 0, late))


def _crowded_minutes(evidence: Evidence, inside: ir.Table) -> Iterable[Measurement]:
    """Minutes that hold far more decisions than an ordinary one.

    An ordinary minute is the lesser of two: the median over the minutes that hold any, and what the other minutes of
    the same hour hold. (Where every decision is a clean-up, the median minute is one as well; where a company decides
    much, its hours differ.) A minute stands out at three times that and ten standard deviations of a Poisson count
    more, and never below ``BATCH``. Where most times are on the quarter of an hour, minutes are not known: the median
    alone.
    """
    exact = inside.mutate(
        minute=lambda t: (t.time_us / MINUTE).floor().cast("int64"),
        hour=lambda t: (t.time_us / HOUR).floor().cast("int64"),
        on_quarter=lambda t: (t.time_us % QUARTER == 0).cast("int64"),
    )
    minutes = exact.group_by("minute", "hour").aggregate(n=exact.count(), on_quarter=exact.on_quarter.sum())
    histogram = evidence.rows(
        minutes.group_by("n").aggregate(minutes=minutes.count(), on_quarter=minutes.on_quarter.sum())
    )
    if not histogram:
        return
    spread = sorted(histogram, key=lambda row: row["n"])
    total = sum(row["n"] * row["minutes"] for row in spread)
    median = _median_minute(spread)
    rounded = 2 * sum(row["on_quarter"] for row in spread) > total
    ordinary = ibis.literal(median, type="float64")
    if not rounded:
        hours = exact.group_by(of_hour="hour").aggregate(together=exact.count())
        minutes = minutes.inner_join(hours, minutes.hour == hours.of_hour)
        ordinary = ibis.least(ordinary, (minutes.together - minutes.n) / 59.0)
    limit = ibis.greatest(ibis.literal(BATCH, type="float64"), 3 * ordinary + 10 * ordinary.sqrt())
    batches = minutes.filter(minutes.n > limit)
    (found,) = evidence.rows(batches.aggregate(affected=batches.n.sum(), minutes=batches.count(), n=batches.n.max()))
    samples: tuple[str, ...] = ()
    details: dict[str, int] = {}
    if found["minutes"]:
        largest = batches.filter(batches.n == found["n"]).select(batch="minute")
        batch = exact.semi_join(largest, exact.minute == largest.batch)
        samples = tuple(
            row["decision_id"] for row in evidence.rows(batch.select("decision_id").order_by("decision_id").limit(5))
        )
        details = {"minutes": found["minutes"], "largest": found["n"]}
    yield Measurement(int(found["affected"] or 0), total, samples=samples, details=details)


def _median_minute(spread: Sequence[Mapping[str, int]]) -> int:
    """Decisions of the median minute that holds any; ``spread``: how many minutes hold ``n``, by ``n``."""
    half, seen = sum(row["minutes"] for row in spread) / 2, 0
    for row in spread:
        seen += row["minutes"]
        if seen >= half:
            return row["n"]
    return 1


def _period_end(evidence: Evidence) -> Iterable[Measurement]:
    """Decisions on the last day of a month that has decisions on it, against an ordinary day of the same data.

    Stands out where those days hold at least five times what the median day with decisions does.
    """
    per_day = profile(evidence, "decisions").per_local_day()
    if len(per_day) < 60:
        return
    last_days: dict[tuple[int, int], tuple[int, int]] = {}
    for day, n in per_day.items():
        month = (day.year, day.month)
        last_days[month] = max(last_days.get(month, (0, 0)), (day.day, n))
    complete = sorted(last_days)[:-1]  # the data end somewhere in the last month
    if len(complete) < 3:
        return
    at_end = [last_days[month][1] for month in complete]
    ordinary = median_low(list(per_day.values()))
    affected = sum(at_end)
    odd = affected >= 5 * ordinary * len(at_end)
    yield Measurement(affected if odd else 0, sum(per_day.values()))


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
        "batch_decisions",
        about="decisions",
        table="decisions",
        column="at",
        measure=_batches,
        ladder=THRESHOLDS["batch_decisions"],
        title=mark("Many decisions in the same minute"),
        effect=mark(
            "This is a clean-up or a mass update, not sales deciding leads: acceptances appear in a heap, and delays "
            "measure when somebody tidied."
        ),
        action=mark(
            "Take the decision from the first status change instead, or leave these rows out of the import and say so."
        ),
        detail=mark("Minutes concerned: {minutes}; most decisions in one minute: {largest}."),
        hurts=(*RATES, *PROMISES, *DELAYS, Audited.BY_SEGMENT, *PEOPLE),
    ),
    Check(
        "late_clean_ups",
        about="decisions",
        table="decisions",
        column="at",
        measure=_late_batches,
        ladder=THRESHOLDS["late_clean_ups"],
        title=mark("Leads whose time was over, decided many in the same minute"),
        effect=mark(
            "Somebody tidied up: these leads count as expired before and after. Where sales had answered them in time "
            "and nobody wrote it down, rates are too low."
        ),
        action=mark(
            "Ask who tidied and by what rule; where the answers stand elsewhere (e-mails, calls, a status before this "
            "one), import them from there."
        ),
        detail=mark("Minutes concerned: {minutes}; most decisions in one minute: {largest}."),
    ),
    Check(
        "period_end_decisions",
        about="decisions",
        table="decisions",
        column="at",
        measure=_period_end,
        ladder=THRESHOLDS["period_end_decisions"],
        title=mark("Decisions pile up on the last day of the month"),
        effect=mark("Leads are decided when the report is due: delays and promises measure the calendar of reports."),
        action=mark("Ask what is entered on that day, and import the time at which the lead was really taken."),
        hurts=(*PROMISES, *DELAYS),
        blurs=RATES,
    ),
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
