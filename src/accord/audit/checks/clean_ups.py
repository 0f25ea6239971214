"""Was it decided lead by lead, or did somebody clear a backlog?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import median_low

import ibis
import ibis.expr.types as ir

from accord.audit.check import Check, Measurement
from accord.audit.clock import profile
from accord.audit.evidence import Evidence
from accord.audit.families import DELAYS, PEOPLE, PROMISES, RATES
from accord.audit.figures import Audited
from accord.audit.populations import decisions
from accord.audit.thresholds import THRESHOLDS
from accord.language import mark
from accord.tables.times import HOUR, MINUTE

__all__ = ["CHECKS"]

BATCH = 10
"""The smallest number of decisions in one minute that can be a clean-up."""

QUARTER = 15 * MINUTE


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
)
