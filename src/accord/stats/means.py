"""Intervals of means of amounts, a few of which are large: what a customer brings."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from accord.stats.grouped import Floats, Ints, total
from accord.stats.intervals import Interval
from accord.values import LEVEL

__all__ = ["mean_interval"]

ROUNDING = 1e-12
"""Amounts that differ by less than this share of their mean do not differ."""

STRAIGHT = 1e-6
"""So little skewness bends nothing that could be told from rounding."""


def mean_interval(
    cells: int, cell: Ints, amounts: npt.ArrayLike, counts: npt.ArrayLike, level: float = LEVEL
) -> Interval:
    r"""Interval of the mean amount per unit in each cell, over units of which few bring much.

    ``amounts`` of some units, each in its ``cell``; ``counts`` units there are in each cell, those that brought nothing
    included. With :math:`\bar x`, s and :math:`\hat\gamma` the mean, standard deviation and skewness of all n units:

    .. math:: \Bigl[\bar x - \tfrac{s}{\sqrt n}\, g^{-1}(t),\; \bar x - \tfrac{s}{\sqrt n}\, g^{-1}(-t)\Bigr], \qquad
              g^{-1}(q) = \frac{3 \sqrt n}{\hat\gamma} \Bigl\{\bigl[1 + \tfrac{\hat\gamma}{\sqrt n}
              (q - \tfrac{\hat\gamma}{6 \sqrt n})\bigr]^{1/3} - 1\Bigr\}

    with t the quantile of Student's distribution: Hall's transformation, which bends the usual interval to the side on
    which rare large amounts may be missing. It is never narrower than what one more unit could do that brings nothing,
    or as much as the largest. A cell without units has the interval 0 to 0.

    >>> import numpy as np
    >>> interval = mean_interval(1, np.zeros(9, dtype=np.int64), [1, 2, 2, 3, 3, 4, 5, 6, 8], [12])
    >>> interval.low.round(2), interval.high.round(2)
    (array([1.38]), array([4.71]))

    References: Hall (1992), J. R. Statist. Soc. B 54, 221–228. Coverage: docs/method/value.md.
    """
    n = np.asarray(counts, dtype=np.float64)
    values, some = np.asarray(amounts, dtype=np.float64), np.maximum(n, 1.0)
    nothing = n - np.bincount(cell, minlength=cells)
    mean = total(values, cell, cells) / some
    away = values - mean[cell]
    squares = total(away**2, cell, cells) + nothing * mean**2
    cubes = total(away**3, cell, cells) - nothing * mean**3
    deviation = np.sqrt(squares / np.maximum(n - 1, 1.0))
    varied = deviation > ROUNDING * np.abs(mean)
    skewness = np.where(varied, cubes / some / np.where(varied, deviation, 1.0) ** 3, 0.0)
    error = np.where(varied, deviation, 0.0) / np.sqrt(some)
    sure = stdtrit(np.maximum(n - 1, 1.0), (1 + level) / 2)
    bent = skewness / np.sqrt(some)
    low, high = mean - error * _unbent(sure, bent), mean - error * _unbent(-sure, bent)
    most, least = np.zeros(cells), np.zeros(cells)
    np.maximum.at(most, cell, values)
    np.minimum.at(least, cell, values)
    low = np.where(least < 0, low, np.maximum(low, 0.0))  # where nobody takes back, nobody brings less than nothing
    one_more_low, one_more_high = ((mean * n + end) / (n + 1) for end in (least, most))
    return Interval(np.minimum(low, one_more_low), np.maximum(high, one_more_high), level)


def _unbent(quantile: Floats, bent: Floats) -> Floats:
    """The inverse of Hall's transformation; the quantile itself where nothing is bent."""
    straight = np.abs(bent) < STRAIGHT
    safe = np.where(straight, 1.0, bent)
    turned = 3 / safe * (np.cbrt(1 + safe * (quantile - safe / 6)) - 1)
    return np.where(straight, quantile, turned)
