"""Intervals of shares: Jeffreys for counts, and the same with an effective count for curves with open leads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv

from accord.stats.curve import IncidenceAt
from accord.stats.grouped import Floats
from accord.values import LEVEL

__all__ = ["Interval", "effective_count", "incidence_interval", "jeffreys"]


@dataclass(frozen=True, eq=False)
class Interval:
    """Lower and upper ends, arrays of the shape of what they bound, at ``level``."""

    low: Floats
    high: Floats
    level: float


def jeffreys(successes: npt.ArrayLike, trials: npt.ArrayLike, level: float = LEVEL) -> Interval:
    r"""Jeffreys interval of a share: the central ``level`` of :math:`B(x + ½,\; n - x + ½)`.

    ``successes`` (x) of ``trials`` (n) had the property; both may be fractional (effective counts). In plain words:
    the shares that leave neither more than 2.5 % doubt below nor above, starting from next to no opinion. With
    x = 0 the lower end is 0, with x = n the upper end is 1; with n = 0 the interval is all of [0, 1].

    Raises ``ValueError`` where x is not between 0 and n.

    >>> interval = jeffreys([0, 10], [20, 20])
    >>> interval.low.round(3), interval.high.round(3)
    (array([0.   , 0.293]), array([0.117, 0.707]))

    Reference: Brown, Cai & DasGupta (2001), Statist. Sci. 16, 101–133.
    """
    won, tried = np.broadcast_arrays(np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64))
    if np.any(won < 0) or np.any(won > tried):
        raise ValueError("successes must lie between 0 and trials")
    tail = (1 - level) / 2
    low = np.where(won > 0, betaincinv(won + 0.5, tried - won + 0.5, tail), 0.0)
    high = np.where(won < tried, betaincinv(won + 0.5, tried - won + 0.5, 1 - tail), 1.0)
    return Interval(low, high, level)


def effective_count(at: IncidenceAt) -> Floats:
    r"""The count whose plain share would be as uncertain as the curve: :math:`\hat F (1 - \hat F) / \widehat{var}`.

    At most n, reached when nothing was censored; at least the leads that were followed right up to the horizon.
    """
    spread = at.value * (1 - at.value)
    n = np.broadcast_to(at.n[:, None].astype(np.float64), spread.shape)
    count = at.followed.copy()
    np.divide(spread, at.variance, out=count, where=(at.variance > 0) & (spread > 0))
    return np.where(at.followed >= n, n, np.clip(count, np.minimum(at.followed, n), n))


def incidence_interval(at: IncidenceAt, level: float = LEVEL) -> Interval:
    """Interval of a curve read at horizons: Jeffreys on the effective count. Where nothing is open it is Jeffreys."""
    count = effective_count(at)
    return jeffreys(np.clip(at.value * count, 0.0, count), count, level)
