"""Do the times have an hour, is it the right one, and do the tables agree on it?"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from accord.audit.check import Check, Measure, Measurement, Rows
from accord.audit.clock import Counts, open_share, profile
from accord.audit.evidence import Evidence
from accord.audit.families import DELAYS, EFFORT, PROMISES, RATES
from accord.audit.figures import Audited
from accord.audit.thresholds import THRESHOLDS
from accord.language import mark

__all__ = ["CHECKS"]

TABLES = ("handoffs", "decisions", "activities")
NIGHT = (*range(7), 21, 22, 23)
"""Local hours before and after the working day, at which hardly anybody writes a time by hand."""

MASS = 0.02
"""A single hour below this share of all times is no mass."""

ENOUGH = 100
"""A daily rhythm cannot be read from fewer times."""

BETTER_BY = 0.25
"""How much more of the work must fall into open hours under another clock for that clock to be the likelier one."""


def _dates(name: str) -> Rows:
    key = {"handoffs": "handoff_id", "decisions": "decision_id", "activities": "activity_id"}[name]
    return Rows(lambda evidence: evidence.known(name), faulty=lambda row: row.slack_us > 0, sample=key)


def _night_masses(evidence: Evidence) -> Iterable[Measurement]:
    """Times exactly on a full hour of the night, beyond the share that rounding to the hour explains."""
    for table in TABLES:
        clock = profile(evidence, table)
        if not clock.total:
            continue
        sharp = clock.sharp_by_hour()
        night = sharp[list(NIGHT)]
        masses = night >= max(2, MASS * clock.total)
        # Where most times are rounded to the hour, a full hour at night is what night work looks like.
        rounded = 2 * (sharp.sum() - night.sum()) > clock.total - night.sum()
        heap = int(night[masses].sum())
        if rounded and heap < 0.3 * clock.total:
            heap = 0
        yield Measurement(heap, clock.total, details=_hours(sharp), table=table, column="at")


def _hours(sharp: Counts) -> dict[str, str | int | float]:
    worst = max(NIGHT, key=lambda hour: int(sharp[hour]))
    return {"hour": f"{worst:02d}:00"}


def _round_hours(evidence: Evidence) -> Iterable[Measurement]:
    for table in TABLES:
        clock = profile(evidence, table)
        daytime = [hour for hour in range(24) if hour not in NIGHT]
        total = int(clock.by_hour()[daytime].sum())
        if total:
            yield Measurement(int(clock.sharp_by_hour()[daytime].sum()), total, table=table, column="at")


def _work(evidence: Evidence) -> Counts:
    """The week of what people do: decisions and outbound activities."""
    return profile(evidence, "decisions").by_week() + profile(evidence, "activities").by_week()


def _hours_worked(judge: Callable[[float, float, int, int], Measurement]) -> Measure:
    """Judge the share of work inside open hours as recorded, and under the clock that fits best."""

    def measure(evidence: Evidence) -> Iterable[Measurement]:
        rules = evidence.agreement.acceptance
        week = _work(evidence)
        total = int(week.sum())
        if total < ENOUGH or rules.team_calendars:
            return  # teams with calendars of their own work at hours of their own
        shares = {shift: open_share(week, rules.calendar, shift) for shift in range(-11, 13)}
        best = max(shares, key=lambda shift: (round(shares[shift], 3), -abs(shift)))
        yield judge(shares[0], shares[best], best, total)

    return measure


def _outside(now: float, best: float, _shift: int, total: int) -> Measurement:
    explained = best - now >= BETTER_BY  # then the clock is at fault, not the people
    return Measurement(0 if explained else round((1 - now) * total), total, details={"inside": round(100 * now)})


def _shifted(now: float, best: float, shift: int, total: int) -> Measurement:
    return Measurement(
        round((1 - now) * total) if best - now >= BETTER_BY else 0,
        total,
        details={"hours": f"{shift:+d}", "inside": round(100 * now), "then": round(100 * best)},
    )


def _disagreeing(evidence: Evidence) -> Iterable[Measurement]:
    """Whether activities follow the daily rhythm of decisions only after a shift of whole hours."""
    decided, acted = (profile(evidence, name).by_hour() for name in ("decisions", "activities"))
    total = int(decided.sum() + acted.sum())
    if min(decided.sum(), acted.sum()) < ENOUGH:
        return
    fits = {shift: _alike(decided, np.roll(acted, shift)) for shift in range(-11, 13)}
    best = max(fits, key=lambda shift: (round(fits[shift], 3), -abs(shift)))
    odd = fits[best] >= 0.8 and fits[best] - fits[0] >= 0.3
    yield Measurement(total if odd else 0, total, details={"hours": f"{best:+d}"})


def _alike(one: Counts, other: Counts) -> float:
    """Overlap of two daily rhythms, 0 to 1."""
    return float(np.minimum(one / one.sum(), other / other.sum()).sum())


DATE_ACTION = mark(
    "Export the field with its time; where a system keeps only the date, the bounds beside the figures stay."
)

CHECKS = (
    Check(
        "handoff_dates",
        about="handoffs",
        table="handoffs",
        column="at",
        measure=_dates("handoffs"),
        ladder=THRESHOLDS["handoff_dates"],
        title=mark("Handoffs with a date but no time"),
        effect=mark(
            "Each delay may be up to a day shorter than shown: promises at 24 h and 48 h come with bounds, not one "
            "number."
        ),
        action=DATE_ACTION,
        hurts=(*PROMISES, *DELAYS),
    ),
    Check(
        "decision_dates",
        about="decisions",
        table="decisions",
        column="at",
        measure=_dates("decisions"),
        ladder=THRESHOLDS["decision_dates"],
        title=mark("Decisions with a date but no time"),
        effect=mark(
            "Each delay may be up to a day longer than shown: promises at 24 h and 48 h come with bounds, not one "
            "number."
        ),
        action=DATE_ACTION,
        hurts=(*PROMISES, *DELAYS),
    ),
    Check(
        "activity_dates",
        about="activities",
        table="activities",
        column="at",
        measure=_dates("activities"),
        ladder=THRESHOLDS["activity_dates"],
        title=mark("Activities with a date but no time"),
        effect=mark(
            "The first action may be up to a day later than shown, and actions of the day of the handoff may have "
            "come before it."
        ),
        action=DATE_ACTION,
        hurts=(*PROMISES, *DELAYS),
        blurs=(Audited.GHOST, Audited.SILENT),
    ),
    Check(
        "night_masses",
        about="handoffs",
        table="handoffs",
        column="at",
        measure=_night_masses,
        ladder=THRESHOLDS["night_masses"],
        title=mark("Many times exactly on a full hour between 21:00 and 06:00"),
        effect=mark(
            "These are dates that were given an hour on the way, perhaps in another time zone: delays are wrong by up "
            "to a day, and so are the promises."
        ),
        action=mark(
            "Import the field as a date, or find the one that holds the time; check the time zone of the export."
        ),
        detail=mark("Most of them at {hour} local time."),
        hurts=(*PROMISES, *DELAYS),
    ),
    Check(
        "round_hours",
        about="handoffs",
        table="handoffs",
        column="at",
        measure=_round_hours,
        ladder=THRESHOLDS["round_hours"],
        title=mark("Times rounded to the hour"),
        effect=mark("Delays are right to about an hour only; promises of an hour or two cannot be judged."),
        action=mark("Export the times with their minutes and seconds."),
        hurts=(*PROMISES, *DELAYS),
    ),
    Check(
        "outside_hours",
        about="handoffs",
        table="activities",
        column="at",
        counted="work",
        measure=_hours_worked(_outside),
        ladder=THRESHOLDS["outside_hours"],
        title=mark("Sales works mostly outside the agreement's business hours"),
        effect=mark("The business clock stands still while the work is done: delays in business hours are too short."),
        action=mark(
            "Set the calendar and the time zone of the agreement to the hours that sales really works, per team if "
            "they differ."
        ),
        detail=mark("Inside business hours: {inside} %."),
        hurts=(Audited.BUSINESS_WITHIN, Audited.BUSINESS_DELAY),
    ),
    Check(
        "shifted_clock",
        about="handoffs",
        table="activities",
        column="at",
        counted="work",
        measure=_hours_worked(_shifted),
        ladder=THRESHOLDS["shifted_clock"],
        title=mark("The clock seems to be in another time zone"),
        effect=mark(
            "Business hours and local days are taken at the wrong time: promises, weeks and months shift with them."
        ),
        action=mark(
            "Set `timezone` in the agreement to the one of the company, and the zone of the export in the mapping."
        ),
        detail=mark("{hours} h would bring the work inside business hours from {inside} % to {then} %."),
        hurts=(Audited.BUSINESS_WITHIN, Audited.BUSINESS_DELAY),
        blurs=(Audited.WITHIN, Audited.ANSWERED_WITHIN),
    ),
    Check(
        "clocks_disagree",
        about="handoffs",
        table="activities",
        column="at",
        counted="work",
        measure=_disagreeing,
        ladder=THRESHOLDS["clocks_disagree"],
        title=mark("Activities and decisions keep different clocks"),
        effect=mark("One of the two is off by whole hours: every delay between them is wrong by as much."),
        action=mark("Name the time zone of each export in its mapping, and import again."),
        detail=mark("Activities fit the decisions best when moved by {hours} h."),
        hurts=(*PROMISES, *DELAYS, *EFFORT),
        blurs=RATES,
    ),
)
