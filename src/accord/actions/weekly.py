"""Difference-in-differences on weekly counts: the touched segment against the untouched, before and since an action."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from accord.stats.intervals import jeffreys
from accord.stats.level_shift import contrast
from accord.values import MINIMUM_COUNT, Estimate, Figure, Reason, Unknown

__all__ = [
    "LEAST_AFTER",
    "LEAST_BEFORE",
    "LEAST_LEADS",
    "LEAST_STRETCH",
    "Weekly",
    "broken",
    "difference_in_differences",
    "gap_trend",
    "ordinary",
    "share_of",
    "step_at",
    "weekly",
]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.bool_]

LEAST_LEADS = 30
"""Touched leads on either side below which no interval could tell an effect of ten points from none."""

LEAST_BEFORE, LEAST_AFTER = 8, 4
"""Whole weeks on either side: fewer say nothing of how much weeks differ by themselves."""

LEAST_STRETCH = 3
"""Whole weeks from a drop to the action: the noise of weeks is known from those before the drop, too."""

SCALES = (0.5, 2.0)
"""How much less or more than the untouched a segment may be thought to move with them."""


@dataclass(frozen=True, eq=False)
class Weekly:
    """Counts by week, week 0 being the one that begins with the action: ``leads`` and ``hits``, touched and not."""

    week: Ints
    touched_leads: Ints
    touched_hits: Ints
    untouched_leads: Ints
    untouched_hits: Ints

    def part(self, chosen: Rows) -> Weekly:
        """The chosen weeks."""
        return Weekly(
            self.week[chosen],
            self.touched_leads[chosen],
            self.touched_hits[chosen],
            self.untouched_leads[chosen],
            self.untouched_hits[chosen],
        )

    @property
    def both(self) -> Rows:
        """Weeks in which leads of both groups came."""
        return np.asarray((self.touched_leads > 0) & (self.untouched_leads > 0))

    def enough(self, since: int | None = None) -> bool:
        """Whether both groups have enough leads, and enough weeks of them, before week 0 (from a drop on) and since."""
        stretch, after = broken(self.week, since), self.week >= 0
        leads = [
            int(count[side].sum()) for count in (self.touched_leads, self.untouched_leads) for side in (stretch, after)
        ]
        weeks = [int((self.both & side).sum()) for side in (self.week < 0, stretch, after)]
        least = LEAST_BEFORE, LEAST_BEFORE if since is None else LEAST_STRETCH, LEAST_AFTER
        return all(np.array(weeks) >= least) and min(leads) >= LEAST_LEADS


def broken(week: Ints, since: int | None) -> Rows:
    """The weeks before week 0 that an action is compared with: all, or those that lie wholly after a drop.

    ``since``: the day of the drop, counted from the first of week 0, negative.
    """
    return np.asarray((week < 0) & (True if since is None else 7 * week >= since))


def ordinary(week: Ints, since: int | None) -> Rows:
    """The weeks that lie wholly before a drop."""
    return np.asarray(np.zeros(week.size, dtype=np.bool_) if since is None else 7 * week + 7 <= since)


def weekly(day: Ints, hit: Rows, touched: Rows, untouched: Rows, start: int) -> Weekly:
    """Count by weeks that begin with the day ``start``; a handoff that is in neither group counts nowhere."""
    week = (day - start) // 7
    inside = touched | untouched
    first = int(week[inside].min()) if inside.any() else 0
    size = int(week[inside].max()) - first + 1 if inside.any() else 0

    def counted(rows: Rows) -> Ints:
        return np.bincount(week[rows] - first, minlength=size).astype(np.int64)

    return Weekly(
        np.arange(first, first + size),
        counted(touched),
        counted(touched & hit),
        counted(untouched),
        counted(untouched & hit),
    )


def difference_in_differences(counts: Weekly, since: int | None = None) -> Estimate | None:
    r"""The touched segment's change beyond the untouched's, as a fraction; None with too little on either side.

    .. math:: d_w = r^T_w - k\, r^U_w, \qquad d_w = a + b\,[w < s] + \delta\,[w \ge 0] + u_w + e_w

    r are the weekly shares, :math:`k = p_T(1-p_T) / p_U(1-p_U)` of the weeks before (between ½ and 2): a season that
    moves everybody's log-odds alike moves a share near one half by more points than one near the edge, and is taken
    away at the segment's own scale; where both rates are alike it is the plain difference of differences.
    :math:`e_w` is the binomial noise of both groups, :math:`u_w` whatever else moved the gap of that week and wore off
    (see :func:`accord.stats.level_shift.contrast`). ``n``: touched leads since.

    ``since``: the day s of a drop that the action answers, counted from the first day of week 0. The effect is then
    against the weeks from the drop to the action; those before it, at a level of their own, tell only how weeks differ
    by themselves. The week in which the drop lies counts nowhere.
    """
    if not counts.enough(since):
        return None
    used = counts.part(counts.both & ((counts.week >= 0) | _usable(counts.week, since)))
    after, calm = used.week >= 0, ordinary(used.week, since)
    gap, variance = _gap(used, since)
    columns = [np.ones(after.size), after.astype(float)]
    if calm.any():
        columns.append(calm.astype(float))
    found = contrast(used.week, gap, variance, np.stack(columns, axis=1), [0.0, 1.0, 0.0][: len(columns)])
    return Estimate(found.value, found.low, found.high, int(used.touched_leads[after].sum()))


def step_at(counts: Weekly, since: int) -> Estimate | None:
    """By how much the gap to the untouched stepped at ``since``, from the weeks before week 0; None with too little.

    ``n``: touched leads from then on.
    """
    used = counts.part(counts.both & (counts.week < 0) & _usable(counts.week, since))
    stretch, calm = broken(used.week, since), ordinary(used.week, since)
    leads = [int(count[side].sum()) for count in (used.touched_leads, used.untouched_leads) for side in (stretch, calm)]
    if min(stretch.sum(), calm.sum()) < LEAST_STRETCH or used.week.size < LEAST_BEFORE or min(leads) < LEAST_LEADS:
        return None
    gap, variance = _gap(used, since)
    design = np.stack([np.ones(used.week.size), stretch.astype(float)], axis=1)
    found = contrast(used.week, gap, variance, design, [0.0, 1.0])
    return Estimate(found.value, found.low, found.high, int(used.touched_leads[stretch].sum()))


def gap_trend(counts: Weekly, since: int | None = None) -> Estimate | None:
    """By how much the gap to the untouched moved in four weeks, before week 0; None with too little.

    ``since``: the day of a drop; it is then asked within the weeks from the drop on.
    """
    used = counts.part(counts.both & (counts.week < 0) & _usable(counts.week, since))
    stretch = broken(used.week, since)
    leads = min(used.touched_leads[stretch].sum(), used.untouched_leads[stretch].sum())
    least = LEAST_BEFORE if since is None else LEAST_AFTER
    if used.week.size < LEAST_BEFORE or stretch.sum() < least or leads < LEAST_LEADS:
        return None
    gap, variance = _gap(used, since)
    months = np.where(stretch, (used.week - used.week[stretch].mean()) / 4, 0.0)
    columns = [np.ones(months.size), months]
    if not stretch.all():
        columns.append((~stretch).astype(float))
    found = contrast(used.week, gap, variance, np.stack(columns, axis=1), [0.0, 1.0, 0.0][: len(columns)])
    return Estimate(found.value, found.low, found.high, int(used.touched_leads[stretch].sum()))


def share_of(hits: Ints, leads: Ints, chosen: Rows) -> Figure:
    """The share of the chosen weeks together; unknown below ten leads."""
    count, of = int(hits[chosen].sum()), int(leads[chosen].sum())
    if of < MINIMUM_COUNT:
        return Unknown(Reason.TOO_FEW, MINIMUM_COUNT)
    interval = jeffreys(count, of)
    return Estimate(count / of, float(interval.low), float(interval.high), of)


def _usable(week: Ints, since: int | None) -> Rows:
    """The weeks before week 0, less the one in which a drop lies."""
    return np.asarray(broken(week, since) | ordinary(week, since))


def _gap(used: Weekly, since: int | None = None) -> tuple[Floats, Floats]:
    """The weekly gap to the untouched's movement at the segment's own scale, and its binomial variance.

    The weeks before a drop have the scale of their own rate; those after the action that of the weeks it is compared
    with, as the segment would have moved from there without it.
    """
    stretch, calm = broken(used.week, since), ordinary(used.week, since)
    sides = [side for side in (stretch, calm, used.week >= 0) if side.any()]
    groups = (used.touched_hits, used.touched_leads), (used.untouched_hits, used.untouched_leads)
    spreads = [_chance(hits, leads, sides) for hits, leads in groups]
    # with no weeks to compare with (there always are) the first side stands for them
    scale = np.where(calm, _scale(groups, calm if calm.any() else sides[0]), _scale(groups, sides[0]))
    shares = [hits / leads for hits, leads in groups]
    moved = shares[1] - _pooled(*groups[1], sides[0])
    return shares[0] - scale * moved, spreads[0] + scale**2 * spreads[1]


def _scale(groups: tuple[tuple[Ints, Ints], tuple[Ints, Ints]], side: Rows) -> float:
    """How far the touched's share moves with the untouched's where both log-odds move alike."""
    p_touched, p_untouched = (_pooled(hits, leads, side) for hits, leads in groups)
    return float(np.clip(p_touched * (1 - p_touched) / (p_untouched * (1 - p_untouched)), *SCALES))


def _chance(hits: Ints, leads: Ints, sides: list[Rows]) -> Floats:
    """Binomial variance of each week's share, at the share of its side of the action, or of the drop."""
    p = np.select(sides, [_pooled(hits, leads, side) for side in sides])
    return np.asarray(p * (1 - p) / leads)


def _pooled(hits: Ints, leads: Ints, side: Rows) -> float:
    """The share of one side, kept off 0 and 1."""
    return float((hits[side].sum() + 0.5) / (leads[side].sum() + 1))
