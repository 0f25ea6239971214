"""What one more unit brings: the slope of a straight line, and what it says of the cost of one more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from accord.stats.grouped import Floats
from accord.values import LEVEL, MINIMUM_COUNT, Estimate, Reason, Unknown

__all__ = ["FEWEST_PERIODS", "Line", "line_through", "marginal_cost"]

FEWEST_PERIODS = MINIMUM_COUNT
"""No figure rests on fewer than ten of anything; n counts periods here."""


@dataclass(frozen=True, slots=True)
class Line:
    """A least-squares line: ``slope`` with its standard error, through ``points``."""

    slope: float
    error: float
    points: int


def line_through(x: Floats, y: Floats) -> Line | None:
    """The least-squares line of ``y`` on ``x``; None through fewer than three points or where ``x`` never varies."""
    count = len(x)
    if count < 3:
        return None
    across = x - x.mean()
    spread = float(np.sum(across**2))
    if spread <= 1e-12 * max(float(np.sum(x**2)), 1e-300):
        return None
    slope = float(np.sum(across * (y - y.mean()))) / spread
    left = y - y.mean() - slope * across
    return Line(slope, float(np.sqrt(np.sum(left**2) / (count - 2) / spread)), count)


def marginal_cost(spend: Floats, brought: Floats, level: float = LEVEL) -> Estimate | Unknown:
    r"""What one more lead costs: 1 ÷ the slope of leads brought on money spent, over periods.

    .. math:: y_t = a + b s_t + e_t, \qquad c = 1 / b, \qquad [\,1/b_{high},\; 1/b_{low}\,]

    In plain words: in the periods in which more was spent, so many more leads came; the money of such a step is shared
    among them alone. The average, spend ÷ leads, also counts leads that would have come for nothing. Whether the money
    *made* them come, periods cannot tell: a season that lifts both looks like an effect.

    Unknown ``too_few`` below :data:`FEWEST_PERIODS` periods (n counts periods), ``not_identified`` where the spend
    hardly varies or the interval of the slope reaches 0: then more money brought no more leads, as far as one can see.

    Each 50 more brought one lead more, beside two that came anyway:

    >>> spend = np.arange(100.0, 1100.0, 100.0)
    >>> round(marginal_cost(spend, 2 + spend / 50).value, 6)
    50.0
    """
    if len(spend) < FEWEST_PERIODS:
        return Unknown(Reason.TOO_FEW, FEWEST_PERIODS)
    line = line_through(spend, brought)
    if line is None:
        return Unknown(Reason.NOT_IDENTIFIED)
    reach = -float(stdtrit(line.points - 2, (1 - level) / 2)) * line.error
    if line.slope - reach <= 0:
        return Unknown(Reason.NOT_IDENTIFIED)
    return Estimate(1 / line.slope, 1 / (line.slope + reach), 1 / (line.slope - reach), line.points, level)
