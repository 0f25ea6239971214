"""Intervals of sums that could have come out otherwise: numbers of leads, amounts of money, and ratios of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv, ndtri

from accord.stats.grouped import Floats
from accord.stats.intervals import Interval
from accord.values import LEVEL

__all__ = ["difference_interval", "rate_interval", "rule_of_three", "share_interval", "sum_interval"]

RULE_OF_THREE = 3.0


def rule_of_three(tried: npt.ArrayLike) -> Floats:
    r"""What a share is surely below (at 95 %) when none of ``tried`` had the property: 3 ÷ n, at most 1.

    From :math:`(1 - p)^n = 0.05`, so :math:`p \approx 3 / n`. In plain words: of a hundred leads and no win, more than
    three wins in a hundred can be ruled out, no more than that.

    Reference: Hanley & Lippman-Hand (1983), J. Amer. Med. Assoc. 249, 1743–1745.
    """
    count = np.asarray(tried, dtype=np.float64)
    return np.minimum(RULE_OF_THREE / np.maximum(count, 1.0), 1.0)


def sum_interval(
    total: npt.ArrayLike, variance: npt.ArrayLike, largest: npt.ArrayLike, level: float = LEVEL
) -> Interval:
    r"""Interval of the expectation of a sum of amounts that are 0 or more.

    .. math:: \Bigl[\frac{v}{x} G^{-1}_{x^2/v}(\tfrac{\alpha}{2}),\;
              \frac{v'}{x'} G^{-1}_{x'^2/v'}(1 - \tfrac{\alpha}{2})\Bigr], \qquad x' = x + m,\; v' = v + m^2

    ``total`` is x, ``variance`` v an estimate of its variance, ``largest`` m the largest single amount;
    :math:`G_a` is the gamma distribution of shape a. With :math:`v = \sum x_i^2` both how many amounts there are and
    how large each is are left to chance. In plain words: what the same effort could have brought, had the luck of a few
    large deals been another. With amounts of 1 each it is the exact Poisson interval of a count (Garwood 1936). A sum
    of 0 keeps the lower end 0; with ``largest`` 0 too, the upper end is 0.

    >>> interval = sum_interval([10, 0], [10, 0], [1, 1])
    >>> interval.low.round(2), interval.high.round(2)
    (array([4.8, 0. ]), array([18.39,  3.69]))

    Reference: Fay & Feuer (1997), Statist. Med. 16, 791–801. Coverage with skewed amounts: docs/method/value.md.
    """
    x, v, m = np.broadcast_arrays(
        *(np.asarray(part, dtype=np.float64) for part in (total, variance, largest)),
    )
    tail = (1 - level) / 2
    return Interval(_gamma(x, v, tail), _gamma(x + m, v + m**2, 1 - tail), level)


def _gamma(mean: Floats, variance: Floats, share: float) -> Floats:
    """The quantile of the gamma distribution of that mean and variance; the mean itself where it has no variance."""
    spread = (mean > 0) & (variance > 0)
    x, v = np.where(spread, mean, 1.0), np.where(spread, variance, 1.0)
    return np.where(spread, gammaincinv(x**2 / v, share) * v / x, mean)


def difference_interval(plus: Floats, gain: Interval, minus: Floats, loss: Interval) -> Interval:
    """Interval of ``plus`` − ``minus`` from the intervals of both, which are independent (refunds are such a loss).

    Each end is moved by the distances to the ends of the parts, added as squares (MOVER). With nothing to take off it
    is the interval of ``plus``.

    Reference: Zou & Donner (2008), Statist. Med. 27, 1693–1702.
    """
    low = plus - minus - np.hypot(plus - gain.low, loss.high - minus)
    high = plus - minus + np.hypot(gain.high - plus, minus - loss.low)
    none = minus == 0
    return Interval(np.where(none, gain.low, low), np.where(none, gain.high, high), gain.level)


def rate_interval(
    events: Floats, exposure: Floats, residual: Floats, units: npt.ArrayLike, level: float = LEVEL
) -> Interval:
    r"""Interval of events per unit of exposure, :math:`r = \sum x_i / \sum e_i`, over units that are unlike each other.

    .. math:: r \exp\Bigl(\pm z \sqrt{\tfrac{n}{n-1} \textstyle\sum (x_i - r e_i)^2} \big/ \sum x_i\Bigr)

    ``residual`` is :math:`\sum (x_i - r e_i)^2` over the n ``units``, for example customers: who buys often goes on
    buying often, so a customer is one observation however many orders it has. Where that sum would tell less than plain
    chance (:math:`\sum x_i`, a Poisson number) does, plain chance counts. 0 events: from 0 to the rule of three.

    Reference: Cochran (1977), Sampling Techniques, §6 (ratio estimator); on the scale of the logarithm.
    """
    count = np.asarray(units, dtype=np.float64)
    spread = np.maximum(residual * count / np.maximum(count - 1, 1.0), events)
    safe, time = np.maximum(events, 1e-300), np.where(exposure > 0, exposure, 1.0)
    factor = np.exp(-ndtri((1 - level) / 2) * np.sqrt(spread) / safe * (events > 0))
    rate = events / time
    low, high = rate / factor, np.where(events > 0, rate * factor, RULE_OF_THREE / time)
    return Interval(np.where(events > 0, low, 0.0), high, level)


def share_interval(
    part: npt.ArrayLike,
    rest: npt.ArrayLike,
    part_variance: npt.ArrayLike,
    rest_variance: npt.ArrayLike,
    level: float = LEVEL,
) -> Interval:
    r"""Interval of a part's share of a sum, :math:`a / (a + b)`, from both and their variances.

    .. math:: \mathrm{logit}^{-1}\Bigl(\log\frac{a}{b} \pm z \sqrt{v_a / a^2 + v_b / b^2}\Bigr)

    The delta method on the log-odds, which keeps it between 0 and 1. Where one of the two is not above 0, nothing
    bounds the share: the interval is all that is left on that side of it.
    """
    a, b, va, vb = np.broadcast_arrays(
        *(np.asarray(values, dtype=np.float64) for values in (part, rest, part_variance, rest_variance))
    )
    both = (a > 0) & (b > 0)
    x, y = np.where(both, a, 1.0), np.where(both, b, 1.0)
    width = -ndtri((1 - level) / 2) * np.sqrt(va / x**2 + vb / y**2)
    odds = np.log(x / y)
    low, high = 1 / (1 + np.exp(width - odds)), 1 / (1 + np.exp(-width - odds))
    return Interval(np.where(both, low, 0.0), np.where(both, high, 1.0), level)
