"""Did a series step to another level? A contrast between periods whose noise lasts: weeks are not independent."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from accord.stats.functions import special
from accord.values import LEVEL

__all__ = ["Contrast", "contrast"]

Floats = npt.NDArray[np.float64]

SPREADS = np.array([0.0, 0.004, 0.008, 0.013, 0.02, 0.03, 0.042, 0.058, 0.08, 0.11, 0.15, 0.2])
"""Standard deviations of what moves a week besides chance, as shares: from nothing to twenty points."""

LASTING = np.array([0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.88])
"""How much of it is left in the following week."""

PRIOR_SCALE = 0.05
"""Half-Cauchy scale of the spread beforehand: five points are ordinary, twenty are not ruled out."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """A coefficient with its interval; ``spread`` and ``lasting``: what the weeks' own noise was found to be."""

    value: float
    low: float
    high: float
    spread: float
    lasting: float


def contrast(
    period: npt.ArrayLike,
    value: npt.ArrayLike,
    variance: npt.ArrayLike,
    design: npt.ArrayLike,
    weights: npt.ArrayLike,
    *,
    level: float = LEVEL,
) -> Contrast:
    r"""``weights`` of the coefficients of ``design`` in a regression of ``value``, as wide as lasting noise makes it.

    .. math:: y_t = x_t'\beta + u_t + e_t, \quad \operatorname{Var} e_t = v_t, \quad
              \operatorname{Cov}(u_s, u_t) = \sigma^2 \rho^{|s-t|}

    In plain words: each period's value differs from its level by chance (``variance``, known from how many leads it
    holds) and by whatever moved that period, which wears off over the following ones. How strong and how lasting that
    is, nobody knows from a few dozen periods, so every :math:`(\sigma, \rho)` of a grid counts by its restricted
    likelihood and a half-Cauchy prior on :math:`\sigma`; the interval is that of the mixture. ``period`` are whole
    numbers; gaps are allowed. With no spread beyond chance it nears weighted least squares.

    >>> import numpy as np
    >>> week, after = np.arange(20), np.arange(20) >= 12
    >>> found = contrast(week, 0.5 + 0.1 * after, np.full(20, 1e-4), np.stack([np.ones(20), after], 1), [0, 1])
    >>> round(found.value, 6), found.low < 0.1 < found.high
    (0.1, True)

    References: Harville (1974), Biometrika 61, 383-385 (restricted likelihood as a marginal one); Gelman (2006),
    Bayesian Analysis 1, 515-534 (half-Cauchy prior). Coverage by simulation: docs/method/actions.md.
    """
    t, y = np.asarray(period, dtype=np.float64), np.asarray(value, dtype=np.float64)
    v, x = np.asarray(variance, dtype=np.float64), np.asarray(design, dtype=np.float64)
    c = np.asarray(weights, dtype=np.float64)
    spread, lasting, prior = _grid()
    covariance = spread[:, None, None] ** 2 * _correlations(t) + np.eye(t.size) * v
    inverse = np.linalg.inv(covariance)
    information = np.einsum("ti,gts,sj->gij", x, inverse, x, optimize=True)
    back = np.linalg.inv(information)
    beta = np.einsum("gij,tj,gts,s->gi", back, x, inverse, y, optimize=True)
    residual = y - beta @ x.T
    fit = np.einsum("gt,gts,gs->g", residual, inverse, residual, optimize=True)
    _, whole = np.linalg.slogdet(covariance)
    _, restricted = np.linalg.slogdet(information)
    log_weight = prior - 0.5 * (whole + restricted + fit)
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    centre, error = beta @ c, np.sqrt(np.einsum("i,gij,j->g", c, back, c))
    tail = (1 - level) / 2
    low, high = (_quantile(share, centre, error, weight) for share in (tail, 1 - tail))
    return Contrast(float(weight @ centre), low, high, float(weight @ spread), float(weight @ lasting))


@cache
def _grid() -> tuple[Floats, Floats, Floats]:
    """Every pair of spread and lasting, with the logarithm of what it counts beforehand; no spread lasts not."""
    width = np.gradient(SPREADS)
    pairs = [
        (spread, lasting, np.log(part / len(LASTING) / (1 + (spread / PRIOR_SCALE) ** 2)))
        for spread, part in zip(SPREADS, width, strict=True)
        for lasting in LASTING
    ]
    spreads, lastings, prior = np.array(pairs).T
    return spreads, lastings, prior


def _correlations(period: Floats) -> Floats:
    _, lasting, _ = _grid()
    return np.asarray(lasting[:, None, None] ** np.abs(period[:, None] - period[None, :]))


def _quantile(share: float, centre: Floats, error: Floats, weight: Floats) -> float:
    """Where the mixture of normals has ``share`` of its weight below, by halving."""
    low, high = float((centre - 12 * error).min()), float((centre + 12 * error).max())
    for _ in range(60):
        middle = (low + high) / 2
        if float(weight @ special.ndtr((middle - centre) / error)) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2
