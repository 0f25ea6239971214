"""The effect of one action: which leads it touched, whom they are compared with, and what the comparison says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from scipy.stats import binom

from accord.actions.leads import Handed, Rows
from accord.actions.model import CorrectiveAction
from accord.actions.report import (
    ActionEffect,
    Caution,
    CautionCode,
    PlaceboDate,
    PlaceboSegment,
    Rates,
    State,
    Verdict,
)
from accord.actions.weekly import (
    LEAST_AFTER,
    LEAST_BEFORE,
    LEAST_LEADS,
    Weekly,
    difference_in_differences,
    gap_trend,
    share_of,
    weekly,
)
from accord.actions.wording import because, caution
from accord.values import Estimate, Figure, Reason, Unknown

__all__ = ["BACK_WEEKS", "Measuring", "measured"]

EPOCH = date(1970, 1, 1)

BACK_WEEKS = 26
"""Half a year on either side: longer, and the gap between two segments has drifted for reasons of its own."""

SHORTER_HORIZONS = (14, 7)
"""Days within which acceptance is compared where the window is not over yet for enough leads."""

ANSWER_DAYS = 7.0
"""Leads this old are asked whether they were answered in time."""

FAKE_WEEKS = (8, 13, 18)
"""How many weeks before the action it is pretended to have begun."""

MOST_SEGMENTS = 12
"""Untouched segments in which the method is tried, the largest first."""

FEWER = 0.75
"""A segment that hands over less than this share of what it did has other leads now."""

MOSTLY = 0.5
"""Where others touched no more of a segment than this, its other leads speak for it alone."""

FEW_WEEKS = 8
"""Below it an effect may be the stir that any change makes."""

SERIOUS: frozenset[CautionCode] = frozenset({"overlap", "trends_not_parallel", "placebo_failed"})
"""Cautions under which nobody can say that the action did it."""


@dataclass(frozen=True)
class Measuring:
    """What all effects are measured on and by: handoffs, actions, the local day of ``as_of``, the agreement's rules."""

    handed: Handed
    actions: tuple[CorrectiveAction, ...]
    today: date
    window_days: int
    promise_hours: float


@dataclass(frozen=True)
class _Groups:
    touched: Rows
    untouched: Rows
    sharing: bool
    cautions: tuple[Caution, ...]


def measured(measuring: Measuring, action: CorrectiveAction) -> ActionEffect:
    """One action's effect, or why there is none yet and what it needs."""
    handed, start = measuring.handed, _number(action.start)
    end = min(start + 7 * BACK_WEEKS, _number(action.stop) if action.stop else start + 7 * BACK_WEEKS)
    near = (handed.day >= start - 7 * BACK_WEEKS) & (handed.day < end)
    groups = _groups(measuring, action, near)
    horizon = _horizon(measuring, groups, start)
    counts = _accepted(handed, groups, near & (handed.age >= horizon), horizon, start)
    found = difference_in_differences(counts) if groups.untouched.any() and action.where else None
    effect: Figure = found or _unknown(measuring, action, groups, near, counts)
    before = counts.week < 0
    rates = [
        Rates(
            share_of(counts.touched_hits, counts.touched_leads, side),
            share_of(counts.untouched_hits, counts.untouched_leads, side),
        )
        for side in (before, ~before)
    ]
    both = (counts.touched_leads > 0) & (counts.untouched_leads > 0)
    weeks = int((both & before).sum()), int((both & ~before).sum())
    per_week = _per_week(measuring, groups.touched, start, end)
    trend = gap_trend(counts) if found else None
    dates = tuple(_fake_dates(handed, groups, horizon, start)) if found else ()
    segments = tuple(_fake_segments(measuring, action, groups, near, horizon)) if found else ()
    passed = _passed([*(each.effect for each in dates), *(each.effect for each in segments)])
    cautions = (
        (
            *groups.cautions,
            *_cautions(measuring, action, horizon, weeks, trend, passed, per_week),
        )
        if found
        else ()
    )
    verdict = _verdict(effect, cautions)
    return ActionEffect(
        action=action,
        state=_state(action, measuring.today),
        verdict=verdict,
        because=because(verdict, effect, action),
        horizon_days=horizon,
        weeks_before=weeks[0],
        weeks_after=weeks[1],
        effect=effect,
        before=rates[0],
        after=rates[1],
        expected=_expected(rates[1].touched, effect),
        gained=_gained(effect),
        answered=_answered(measuring, groups, near, start, found),
        promise_hours=measuring.promise_hours,
        trend=trend or Unknown(Reason.TOO_FEW, LEAST_LEADS),
        per_week_before=per_week[0],
        per_week_after=per_week[1],
        sharing=groups.sharing,
        dates=dates,
        segments=segments,
        passed=passed,
        cautions=cautions,
    )


def _groups(measuring: Measuring, action: CorrectiveAction, near: Rows) -> _Groups:
    """Who was touched, and who was not: neither by this action nor, around its time, by another."""
    handed = measuring.handed
    touched = handed.rows(action.where)
    cautions: list[Caution] = []
    others = [other for other in measuring.actions if other.id != action.id and _turns(other, action, measuring.today)]
    elsewhere, alone = ~touched, touched.copy()
    for other in others:
        rows = handed.rows(other.where)
        elsewhere &= ~rows
        alone &= ~rows
    overlapping = tuple(other.id for other in others if (handed.rows(other.where) & touched & near).any())
    if overlapping and (alone & near).sum() >= MOSTLY * (touched & near).sum():
        cautions.append(caution("overlap_left_out", overlapping))
        touched = alone
    elif overlapping:
        cautions.append(caution("overlap", overlapping))
    if not _comparable(handed, elsewhere & near, _number(action.start)):
        changed = tuple(
            other.id for other in others if (handed.rows(other.where) & ~handed.rows(action.where) & near).any()
        )
        if changed:
            cautions.append(caution("untouched_changed", changed))
        elsewhere = ~handed.rows(action.where)
    sharing = _differing_in_one(handed, action.where) & elsewhere
    start = _number(action.start)
    enough = len(action.where) > 1 and all(
        (sharing & near & side).sum() >= max((touched & near & side).sum(), LEAST_LEADS)
        for side in (handed.day < start, handed.day >= start)
    )
    return _Groups(touched, sharing if enough else elsewhere, enough, tuple(cautions))


def _turns(other: CorrectiveAction, action: CorrectiveAction, today: date) -> bool:
    """Whether another action began or ended while this one is looked at."""
    back = timedelta(weeks=BACK_WEEKS)
    first, last = action.start - back, min(action.stop or date.max, today, action.start + back)
    return any(first <= day < last for day in (other.start, other.stop) if day is not None)


def _comparable(handed: Handed, rows: Rows, start: int) -> bool:
    return bool(min((rows & (handed.day < start)).sum(), (rows & (handed.day >= start)).sum()) >= LEAST_LEADS)


def _differing_in_one(handed: Handed, where: Mapping[str, str]) -> Rows:
    """Handoffs that have all but one of a segment's values."""
    alike = np.zeros(handed.day.size, dtype=np.int64)
    for name, value in where.items():
        alike += handed.rows({name: value})
    return np.asarray(alike == len(where) - 1)


def _horizon(measuring: Measuring, groups: _Groups, start: int) -> int:
    """The window where enough leads are old enough, else a shorter horizon; never by what became of them."""
    handed, window = measuring.handed, measuring.window_days
    today = _number(measuring.today)
    horizons = [window, *(days for days in SHORTER_HORIZONS if days < window)]
    for days in horizons:
        old = groups.touched & (handed.day >= start) & (handed.age >= days)
        if today - days - start >= 7 * LEAST_AFTER and old.sum() >= LEAST_LEADS:
            return days
    return horizons[0]


def _accepted(handed: Handed, groups: _Groups, seen: Rows, horizon: float, start: int) -> Weekly:
    hit = handed.accepted_after <= horizon
    return weekly(handed.day, hit, groups.touched & seen, groups.untouched & seen, start)


def _answered(measuring: Measuring, groups: _Groups, near: Rows, start: int, found: Estimate | None) -> Figure:
    handed, promised = measuring.handed, measuring.promise_hours / 24
    seen = near & (handed.age >= max(ANSWER_DAYS, 2 * promised))
    hit = handed.answered_after <= promised
    if found is None:
        return Unknown(Reason.TOO_FEW, LEAST_LEADS)
    counts = weekly(handed.day, hit, groups.touched & seen, groups.untouched & seen, start)
    return difference_in_differences(counts) or Unknown(Reason.TOO_FEW, LEAST_LEADS)


def _unknown(measuring: Measuring, action: CorrectiveAction, groups: _Groups, near: Rows, counts: Weekly) -> Unknown:
    """Why there is no effect: nobody to compare with, nothing before, too early, or too few."""
    handed, start = measuring.handed, _number(action.start)
    if not handed.day.size:
        return Unknown(Reason.NOT_RECORDED)
    before = counts.week < 0
    leads = [int(count[before].sum()) for count in (counts.touched_leads, counts.untouched_leads)]
    both = (counts.touched_leads > 0) & (counts.untouched_leads > 0)
    if not action.where or not groups.untouched.any():
        return Unknown(Reason.NOT_IDENTIFIED)
    if handed.day.min() < start and (min(leads) < LEAST_LEADS or int((both & before).sum()) < LEAST_BEFORE):
        return Unknown(Reason.NOT_IDENTIFIED)
    if handed.day.min() >= start and start <= _number(measuring.today):
        return Unknown(Reason.NOT_IDENTIFIED)
    since = near & (handed.day >= start)
    ended = action.stop is not None and action.stop <= measuring.today - timedelta(days=measuring.window_days)
    waiting = _number(measuring.today) - start < 7 * LEAST_AFTER + measuring.window_days
    few = int((since & groups.touched).sum()) < LEAST_LEADS
    early = not ended and (waiting or not few)
    return Unknown(Reason.NOT_MATURE if early else Reason.TOO_FEW, LEAST_LEADS)


def _per_week(measuring: Measuring, touched: Rows, start: int, end: int) -> tuple[float | None, float | None]:
    """Touched leads handed over a week, before and since: of whole weeks, and only of those that were recorded."""
    day = measuring.handed.day
    if not day.size:
        return None, None
    first = max(int(day.min()), start - 7 * BACK_WEEKS)
    last = min(_number(measuring.today), end)
    weeks = (start - first) // 7, (last - start) // 7
    counts = (
        int((touched & (day >= start - 7 * weeks[0]) & (day < start)).sum()),
        int((touched & (day >= start) & (day < start + 7 * weeks[1])).sum()),
    )
    before, after = (count / each if each > 0 else None for count, each in zip(counts, weeks, strict=True))
    return before, after


def _fake_dates(handed: Handed, groups: _Groups, horizon: float, start: int) -> Iterator[PlaceboDate]:
    for weeks in FAKE_WEEKS:
        fake = start - 7 * weeks
        seen = (handed.day >= fake - 7 * BACK_WEEKS) & (handed.day < start) & (handed.age >= horizon)
        effect = difference_in_differences(_accepted(handed, groups, seen, horizon, fake))
        if effect is not None:
            yield PlaceboDate(EPOCH + timedelta(days=fake), effect)


def _fake_segments(
    measuring: Measuring, action: CorrectiveAction, groups: _Groups, near: Rows, horizon: float
) -> Iterator[PlaceboSegment]:
    """The segments that have another value in one of the action's dimensions, against the other untouched leads."""
    handed, start = measuring.handed, _number(action.start)
    seen = near & (handed.age >= horizon)
    tried = []
    for name, value in action.where.items():
        for other in handed.values.get(name, ()):
            if other != value:
                where = {**action.where, name: other}
                rows = handed.rows(where) & groups.untouched
                tried.append((-int((rows & seen).sum()), sorted(where.items()), where, rows))
    for _size, _key, where, rows in sorted(tried, key=lambda each: each[:2])[:MOST_SEGMENTS]:
        fake = _Groups(rows, groups.untouched & ~rows, groups.sharing, ())
        effect = difference_in_differences(_accepted(handed, fake, seen, horizon, start))
        if effect is not None:
            yield PlaceboSegment(where, effect)


def _passed(effects: list[Figure]) -> bool | None:
    """Whether no more placebo effects stand out than chance makes of so many, one time in twenty."""
    if not effects:
        return None
    stand_out = sum(isinstance(effect, Estimate) and not effect.low <= 0 <= effect.high for effect in effects)
    return bool(stand_out == 0 or binom.sf(stand_out - 1, len(effects), 0.05) >= 0.05)


def _cautions(  # noqa: PLR0917 - everything that a figure may have to be read with
    measuring: Measuring,
    action: CorrectiveAction,
    horizon: int,
    weeks: tuple[int, int],
    trend: Estimate | None,
    passed: bool | None,
    per_week: tuple[float | None, float | None],
) -> Iterator[Caution]:
    if trend is not None and not trend.low <= 0 <= trend.high:
        yield caution("trends_not_parallel", points=f"{100 * trend.value:+.1f}")
    if passed is False:
        yield caution("placebo_failed")
    before, after = per_week
    if before is not None and after is not None and _fewer(before, after, weeks[1]):
        yield caution("fewer_leads", before=f"{before:.1f}", after=f"{after:.1f}")
    if horizon < measuring.window_days:
        yield caution("short_horizon", days=horizon, window=measuring.window_days)
    if weeks[1] < FEW_WEEKS:
        yield caution("few_weeks", weeks=weeks[1])


def _fewer(before: float, after: float, weeks: int) -> bool:
    """Whether clearly fewer leads a week come than before, and not by the chance of a few weeks."""
    return after < FEWER * before and before - after > 2 * (before / max(weeks, 1)) ** 0.5


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


def _number(day: date) -> int:
    return (day - EPOCH).days
