"""The effect of one action: which leads it touched, whom they are compared with, and what the comparison says."""

from __future__ import annotations

from datetime import date, timedelta

from accord.actions.doubts import cautions_of, fake_dates, fake_segments, passes
from accord.actions.groups import BACK_WEEKS, Groups, Measuring, accepted, day_number, groups_of, horizon_of
from accord.actions.leads import Handed, Rows
from accord.actions.model import CorrectiveAction
from accord.actions.report import (
    ActionEffect,
    Caution,
    CautionCode,
    Rates,
    State,
    Stretch,
    StretchBy,
    Verdict,
)
from accord.actions.stretch import drop_before
from accord.actions.weekly import (
    LEAST_AFTER,
    LEAST_BEFORE,
    LEAST_LEADS,
    LEAST_STRETCH,
    Weekly,
    broken,
    difference_in_differences,
    gap_trend,
    ordinary,
    share_of,
    step_at,
    weekly,
)
from accord.actions.wording import because, caution, stretch_told
from accord.values import Estimate, Figure, Reason, Unknown

__all__ = ["measured"]

SERIOUS: frozenset[CautionCode] = frozenset({"overlap", "trends_not_parallel", "placebo_failed"})
"""Cautions under which nobody can say that the action did it."""


OFTEN = 0.05
"""Share of leads from which it is worth saying that dates leave open whether they were answered in time."""


def measured(measuring: Measuring, action: CorrectiveAction) -> ActionEffect:
    """One action's effect, or why there is none yet and what it needs."""
    handed, start = measuring.handed, day_number(action.start)
    end = min(start + 7 * BACK_WEEKS, day_number(action.stop) if action.stop else start + 7 * BACK_WEEKS)
    near = (handed.day >= start - 7 * BACK_WEEKS) & (handed.day < end)
    groups = groups_of(measuring, action, near)
    horizon = horizon_of(measuring, groups, start)
    counts = accepted(handed, groups, near & (handed.age >= horizon), horizon, start)
    comparable = bool(groups.untouched.any() and action.where)
    since, by = _since(action, counts) if comparable else (None, None)
    found = difference_in_differences(counts, since) if comparable else None
    effect: Figure = found or _unknown(measuring, action, groups, near, counts)
    near_drop = (
        action.since if found is None and _too_near(accepted(handed, groups, near, horizon, start), since) else None
    )
    if near_drop is not None:
        effect = Unknown(Reason.TOO_FEW, LEAST_LEADS)
    before, after = broken(counts.week, since), counts.week >= 0
    rates = [_rates(counts, side) for side in (before, after)]
    weeks = int((counts.both & before).sum()), int((counts.both & after).sum())
    per_week = _per_week(measuring, groups.touched, start, end, since)
    trend = gap_trend(counts, since) if found else None
    dates = tuple(fake_dates(handed, groups, horizon, start, since)) if found else ()
    segments = tuple(fake_segments(measuring, action, groups, near, horizon, since)) if found else ()
    passed = passes([*(each.effect for each in dates), *(each.effect for each in segments)])
    cautions = (
        (
            *groups.cautions,
            *cautions_of(measuring, horizon, weeks, trend, passed, per_week),
            *([caution("begun_when_low")] if since is not None else ()),
            *_unsaid(handed, near & (groups.touched | groups.untouched)),
        )
        if found
        else ()
    )
    verdict = _verdict(effect, cautions)
    return ActionEffect(
        action=action,
        state=_state(action, measuring.today),
        verdict=verdict,
        because=because(verdict, effect, action, near_drop),
        horizon_days=horizon,
        weeks_before=weeks[0],
        weeks_after=weeks[1],
        effect=effect,
        before=rates[0],
        after=rates[1],
        expected=_expected(rates[1].touched, effect),
        gained=_gained(effect),
        answered=_answered(measuring, groups, near, start, found, since),
        promise_hours=measuring.promise_hours,
        by_class=measuring.by_class,
        trend=trend or Unknown(Reason.TOO_FEW, LEAST_LEADS),
        per_week_before=per_week[0],
        per_week_after=per_week[1],
        sharing=groups.sharing,
        dates=dates,
        segments=segments,
        passed=passed,
        cautions=cautions,
        stretch=_stretch(action, counts, since, by) if found else None,
    )


def _unsaid(handed: Handed, rows: Rows) -> tuple[Caution, ...]:
    """That answers in time are compared as the dates stand, where that is open of more than a few."""
    if handed.unsaid is None or not rows.any() or handed.unsaid[rows].mean() < OFTEN:
        return ()
    return (caution("answers_by_date", percent=round(100 * float(handed.unsaid[rows].mean()))),)


def _since(action: CorrectiveAction, counts: Weekly) -> tuple[int | None, StretchBy | None]:
    """Days (negative) from the action to the drop that it answers, if any, and who says so."""
    if action.since is not None:
        days = (action.since - action.start).days
        return (days, "named") if days > -7 * BACK_WEEKS else (None, None)
    known = action.finding.startswith("sudden_drop")
    drop = drop_before(counts, known=known)
    if drop is None:
        return None, None
    return drop.since, "finding" if known else "found"


def _too_near(counts: Weekly, since: int | None) -> bool:
    """Whether the weeks from the drop to the action are too few, of leads of whatever age."""
    if since is None:
        return False
    stretch = broken(counts.week, since) & counts.both
    leads = min(int(counts.touched_leads[stretch].sum()), int(counts.untouched_leads[stretch].sum()))
    return bool(stretch.sum() < LEAST_STRETCH or leads < LEAST_LEADS)


def _stretch(action: CorrectiveAction, counts: Weekly, since: int | None, by: StretchBy | None) -> Stretch | None:
    if since is None or by is None:
        return None
    nothing = Unknown(Reason.TOO_FEW, LEAST_LEADS)
    step, all_weeks = step_at(counts, since) or nothing, difference_in_differences(counts) or nothing
    stretch, day = broken(counts.week, since) & counts.both, action.start + timedelta(days=since)
    leads = int(counts.touched_leads[stretch].sum())
    text = stretch_told(by, day, int(stretch.sum()), step, leads, all_weeks)
    return Stretch(day, by, text, step, _rates(counts, ordinary(counts.week, since)), all_weeks)


def _rates(counts: Weekly, side: Rows) -> Rates:
    return Rates(
        share_of(counts.touched_hits, counts.touched_leads, side),
        share_of(counts.untouched_hits, counts.untouched_leads, side),
    )


def _answered(  # noqa: PLR0917 - all that the comparison itself rests on
    measuring: Measuring, groups: Groups, near: Rows, start: int, found: Estimate | None, since: int | None
) -> Figure:
    handed = measuring.handed
    seen = near & (handed.age >= measuring.longest_wait_days)
    if found is None:
        return Unknown(Reason.TOO_FEW, LEAST_LEADS)
    counts = weekly(handed.day, ~handed.late, groups.touched & seen, groups.untouched & seen, start)
    return difference_in_differences(counts, since) or Unknown(Reason.TOO_FEW, LEAST_LEADS)


def _unknown(measuring: Measuring, action: CorrectiveAction, groups: Groups, near: Rows, counts: Weekly) -> Unknown:
    """Why there is no effect: nobody to compare with, nothing before, too early, or too few."""
    handed, start = measuring.handed, day_number(action.start)
    if not handed.day.size:
        return Unknown(Reason.NOT_RECORDED)
    before = counts.week < 0
    leads = [int(count[before].sum()) for count in (counts.touched_leads, counts.untouched_leads)]
    both = (counts.touched_leads > 0) & (counts.untouched_leads > 0)
    if not action.where or not groups.untouched.any():
        return Unknown(Reason.NOT_IDENTIFIED)
    if handed.day.min() < start and (min(leads) < LEAST_LEADS or int((both & before).sum()) < LEAST_BEFORE):
        return Unknown(Reason.NOT_IDENTIFIED)
    if handed.day.min() >= start and start <= day_number(measuring.today):
        return Unknown(Reason.NOT_IDENTIFIED)
    since = near & (handed.day >= start)
    ended = action.stop is not None and action.stop <= measuring.today - timedelta(days=measuring.window_days)
    waiting = day_number(measuring.today) - start < 7 * LEAST_AFTER + measuring.window_days
    few = int((since & groups.touched).sum()) < LEAST_LEADS
    early = not ended and (waiting or not few)
    return Unknown(Reason.NOT_MATURE if early else Reason.TOO_FEW, LEAST_LEADS)


def _per_week(
    measuring: Measuring, touched: Rows, start: int, end: int, since: int | None
) -> tuple[float | None, float | None]:
    """Touched leads handed over a week, before and since: of whole weeks, and only of those that were recorded."""
    day = measuring.handed.day
    if not day.size:
        return None, None
    first = max(int(day.min()), start - 7 * BACK_WEEKS if since is None else start + since)
    last = min(day_number(measuring.today), end)
    weeks = (start - first) // 7, (last - start) // 7
    counts = (
        int((touched & (day >= start - 7 * weeks[0]) & (day < start)).sum()),
        int((touched & (day >= start) & (day < start + 7 * weeks[1])).sum()),
    )
    before, after = (count / each if each > 0 else None for count, each in zip(counts, weeks, strict=True))
    return before, after


def _verdict(effect: Figure, cautions: tuple[Caution, ...]) -> Verdict:
    if isinstance(effect, Unknown):
        return "unknown"
    if effect.low <= 0 <= effect.high:
        return "no_difference"
    if any(each.code in SERIOUS for each in cautions):
        return "doubtful"
    return "better" if effect.value > 0 else "worse"


def _expected(touched: Figure, effect: Figure) -> Figure:
    if isinstance(touched, Unknown) or isinstance(effect, Unknown):
        return effect if isinstance(effect, Unknown) else touched
    ends = [min(max(touched.value - part, 0.0), 1.0) for part in (effect.value, effect.high, effect.low)]
    return Estimate(ends[0], ends[1], ends[2], effect.n)


def _gained(effect: Figure) -> Figure:
    if isinstance(effect, Unknown):
        return effect
    return Estimate(effect.value * effect.n, effect.low * effect.n, effect.high * effect.n, effect.n)


def _state(action: CorrectiveAction, today: date) -> State:
    if action.start > today:
        return "not_begun"
    return "stopped" if action.stop is not None and action.stop <= today else "in_force"
