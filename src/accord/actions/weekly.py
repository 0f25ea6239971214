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
    "Weekly",
    "difference_in_differences",
    "gap_trend",
    "share_of",
    "weekly",
]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.bool_]

LEAST_LEADS = 30
"""Touched leads on either side below which no interval could tell an effect of ten points from none."""

LEAST_BEFORE, LEAST_AFTER = 8, 4
"""Whole weeks on either side: fewer say nothing of how much weeks differ by themselves."""

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
    def enough(self) -> bool:
        """Whether both groups have enough leads, and enough weeks of them, before week 0 and since."""
        before = self.week < 0
        both = (self.touched_leads > 0) & (self.untouched_leads > 0)
        weeks = int((both & before).sum()), int((both & ~before).sum())
        leads = [
            int(count[side].sum()) for count in (self.touched_leads, self.untouched_leads) for side in (before, ~before)
        ]
        return weeks[0] >= LEAST_BEFORE and weeks[1] >= LEAST_AFTER and min(leads) >= LEAST_LEADS


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


def difference_in_differences(counts: Weekly) -> Estimate | None:
    r"""The touched segment's change beyond the untouched's, as a fraction; None with too little on either side.

    .. math:: d_w = r^T_w - k\, r^U_w, \qquad d_w = a + \delta\,[w \ge 0] + u_w + e_w

    r are the weekly shares, :math:`k = p_T(1-p_T) / p_U(1-p_U)` of the weeks before (between ½ and 2): a season that
    moves everybody's log-odds alike moves a share near one half by more points than one near the edge, and is taken
    away at the segment's own scale; where both rates are alike it is the plain difference of differences.
    :math:`e_w` is the binomial noise of both groups, :math:`u_w` whatever else moved the gap of that week and wore off
    (see :func:`accord.stats.level_shift.contrast`). ``n``: touched leads since.
    """
    if not counts.enough:
        return None
    used = counts.part((counts.touched_leads > 0) & (counts.untouched_leads > 0))
    after = used.week >= 0
    gap, variance = _gap(used)
    design = np.stack([np.ones(after.size), after.astype(float)], axis=1)
    found = contrast(used.week, gap, variance, design, [0.0, 1.0])
    return Estimate(found.value, found.low, found.high, int(used.touched_leads[after].sum()))


def gap_trend(counts: Weekly) -> Estimate | None:
    """By how much the gap to the untouched moved in four weeks, before week 0; None with too little."""
    used = counts.part((counts.week < 0) & (counts.touched_leads > 0) & (counts.untouched_leads > 0))
    if used.week.size < LEAST_BEFORE or min(used.touched_leads.sum(), used.untouched_leads.sum()) < LEAST_LEADS:
        return None
    gap, variance = _gap(used)
    months = (used.week - used.week.mean()) / 4
    found = contrast(used.week, gap, variance, np.stack([np.ones(months.size), months], axis=1), [0.0, 1.0])
    return Estimate(found.value, found.low, found.high, int(used.touched_leads.sum()))


def share_of(hits: Ints, leads: Ints, chosen: Rows) -> Figure:
    """The share of the chosen weeks together; unknown below ten leads."""
    count, of = int(hits[chosen].sum()), int(leads[chosen].sum())
    if of < MINIMUM_COUNT:
        return Unknown(Reason.TOO_FEW, MINIMUM_COUNT)
    interval = jeffreys(count, of)
    return Estimate(count / of, float(interval.low), float(interval.high), of)


def _gap(used: Weekly) -> tuple[Floats, Floats]:
    """The weekly gap at the segment's own scale, and its binomial variance."""
    before = used.week < 0
    groups = (used.touched_hits, used.touched_leads), (used.untouched_hits, used.untouched_leads)
    spreads = [_chance(hits, leads, before) for hits, leads in groups]
    # with nothing before (there never is) both sides stand for it
    p_touched, p_untouched = (_pooled(hits, leads, before if before.any() else ~before) for hits, leads in groups)
    scale = float(np.clip(p_touched * (1 - p_touched) / (p_untouched * (1 - p_untouched)), *SCALES))
    shares = [hits / leads for hits, leads in groups]
    return shares[0] - scale * shares[1], spreads[0] + scale**2 * spreads[1]


def _chance(hits: Ints, leads: Ints, before: Rows) -> Floats:
    """Binomial variance of each week's share, at the share of its side of the action."""
    p = np.where(before, _pooled(hits, leads, before), _pooled(hits, leads, ~before))
    return np.asarray(p * (1 - p) / leads)


def _pooled(hits: Ints, leads: Ints, side: Rows) -> float:
    """The share of one side, kept off 0 and 1."""
    return float((hits[side].sum() + 0.5) / (leads[side].sum() + 1))
