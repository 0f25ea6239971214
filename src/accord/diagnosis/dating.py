"""On which day a step that was found by weeks began, and which days the data cannot tell from it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from accord.stats.steps import LIKELIHOOD_FALL, Cuts, cuts, penalty

__all__ = ["first_day", "over", "slid"]

Floats = npt.NDArray[np.float64]

BEYOND_CHANCE = 8.0
"""By how much the square of a step back exceeds what the best of so many days reaches in 5 % of series by chance.

By simulation, at most one lasting drop of a thousand is then taken for one that is over (see the tests)."""

LEFT_OF_IT = 1 / 3
"""Share of a step that, when it is left, still hurts."""

NEAR = 28
"""Days around the week of a step among which its first day is looked for."""

ALIKE = 3.0
"""Twice the log-likelihood within which a Monday stands for the best day: most changes begin with a week."""


def first_day(scan: Cuts, week: int, sign: float) -> tuple[int, int, int]:
    """The first day of a step, and the first and last that might be: places in the daily ``scan``.

    ``week``: the Monday of the week in which it was found; ``sign``: that of the step. The day is one near it; the
    interval is all days, near or not, that explain nearly as much: a step found by weeks may be one of two bumps.
    """
    span = scan.z.size
    near = np.abs(np.arange(span) - week) <= NEAR
    square = np.where(np.sign(scan.z) == np.sign(sign), scan.z**2, 0.0)
    best = int(np.where(near, square, 0.0).argmax())
    if not near.any() or square[best] == 0:
        return week, week, week
    alike = np.flatnonzero(square >= max(square[best] - LIKELIHOOD_FALL, 1e-9))
    low, high = int(alike.min()), int(alike.max())
    if 0 <= week < span and square[week] >= square[best] - ALIKE:
        best = week
    return best, min(low, best), max(high, best)


def slid(residual: Floats, variance: Floats, scan: Cuts, day: int) -> bool:
    """Whether a straight slope over the days explains more than a step on ``day``: it slid, nothing happened then.

    ``residual`` and ``variance`` per day as for ``scan`` (:func:`accord.stats.steps.cuts`); both are held against the
    same flat rate by their score tests, with one parameter each, so the better one is the likelier.
    """
    known = max(float(variance.sum()), 1e-12)
    days = np.arange(residual.size) - float(variance @ np.arange(residual.size)) / known
    slope = float(residual @ days) ** 2 / max(float(variance @ days**2), 1e-12)
    return slope > float(scan.z[day] ** 2)


def over(residual: Floats, variance: Floats, day: int, sign: float) -> int | None:
    """The first day from which a step on ``day`` is undone; None where it lasts, or where that cannot be told.

    ``residual`` and ``variance`` per day, under what would be without the step; ``sign``: that of the step. The days
    since it are cut once more, under the level that they have together.
    """
    u, v = residual[day:], variance[day:]
    if v.sum() <= 0:
        return None
    back = cuts(u - v * (u.sum() / v.sum()), v)
    square = np.where(np.sign(back.z) == -np.sign(sign), back.z**2, 0.0)
    best = int(square.argmax())
    if square[best] < penalty(u.size) + BEYOND_CHANCE:
        return None
    dip, since = u[:best].sum() / v[:best].sum(), u[best:].sum() / v[best:].sum()
    return None if since * np.sign(sign) > LEFT_OF_IT * abs(dip) else day + best
