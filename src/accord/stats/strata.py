"""Shares compared within strata, so that what differs between the strata cannot pass for a difference."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from accord.stats.grouped import Floats, Ints
from accord.values import LEVEL, MINIMUM_COUNT, Estimate, Figure, Reason, Unknown

__all__ = ["difference_within_strata"]


def difference_within_strata(won: Ints, tried: Ints, base_won: Ints, base_tried: Ints, level: float = LEVEL) -> Figure:
    r"""Difference of a share between two groups, strata alike: Mantel–Haenszel's, in points of the share.

    .. math:: \hat\delta = \frac{\sum_k (a_k m_k - b_k n_k) / N_k}{\sum_k n_k m_k / N_k}

    ``won`` (a) of ``tried`` (n) in the group, ``base_won`` (b) of ``base_tried`` (m) in the group it is compared with,
    one entry per stratum, :math:`N = n + m`. In plain words: the difference in each stratum, weighted by how much a
    stratum tells; strata in which one of the groups is missing tell nothing. The variance is Sato's, which holds for
    many small strata as well as for few large ones.

    ``n`` counts the leads of the group in strata that tell something; ``too_few`` where they, or those they are
    compared with, are; ``not_identified`` where no stratum holds both.

    >>> difference_within_strata(np.array([30]), np.array([100]), np.array([50]), np.array([100])).value
    -0.2

    Reference: Greenland & Robins (1985), Biometrics 41, 55–68; Sato (1989), Biometrics 45, 1323–1324.
    """
    a, n, b, m = (np.asarray(part, dtype=np.float64) for part in (won, tried, base_won, base_tried))
    both = (n > 0) & (m > 0)
    a, n, b, m = a[both], n[both], b[both], m[both]
    if not both.any():
        enough = np.sum(tried) >= MINIMUM_COUNT and np.sum(base_tried) >= MINIMUM_COUNT
        return Unknown(Reason.NOT_IDENTIFIED) if enough else Unknown(Reason.TOO_FEW, MINIMUM_COUNT)
    if n.sum() < MINIMUM_COUNT or m.sum() < MINIMUM_COUNT:
        return Unknown(Reason.TOO_FEW, MINIMUM_COUNT)
    everybody, weight = n + m, n * m / (n + m)
    value = float(np.sum((a * m - b * n) / everybody) / weight.sum())
    width = -float(ndtri((1 - level) / 2)) * float(np.sqrt(_variance(a, n, b, m, value)))
    return Estimate(value, max(value - width, -1.0), min(value + width, 1.0), int(n.sum()), level)


def _variance(a: Floats, n: Floats, b: Floats, m: Floats, value: float) -> float:
    everybody, weight = n + m, float(np.sum(n * m / (n + m)))
    p = np.sum((n**2 * b - m**2 * a + n * m * (m - n) / 2) / everybody**2)
    q = np.sum((a * (m - b) + b * (n - a)) / (2 * everybody))
    return max(float(value * p + q), 0.0) / weight**2
