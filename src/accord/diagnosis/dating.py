"""On which day a step that was found by weeks began, and which days the data cannot tell from it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from accord.stats.steps import Cuts, cut_interval

__all__ = ["first_day", "slid"]

Floats = npt.NDArray[np.float64]

NEAR = 28
"""Days around the week of a step among which its first day is looked for."""

ALIKE = 3.0
"""Twice the log-likelihood within which a Monday stands for the best day: most changes begin with a week."""


def first_day(scan: Cuts, week: int, sign: float) -> tuple[int, int, int]:
    """The first day of a step, and the first and last that might be: places in the daily ``scan``.

    ``week``: the Monday of the week in which it was found; ``sign``: that of the step.
    """
    span = scan.z.size
    near = np.abs(np.arange(span) - week) <= NEAR
    scan = replace(scan, z=np.where(near & (np.sign(scan.z) == np.sign(sign)), scan.z, 0.0))
    best, low, high = cut_interval(scan)
    if scan.z[best] == 0:
        best = low = high = week
    if 0 <= week < span and scan.z[week] ** 2 >= scan.z[best] ** 2 - ALIKE:
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
