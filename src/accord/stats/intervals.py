"""Intervals of shares: Jeffreys for counts, and the same with an effective count for curves with open leads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from accord.stats.curve import IncidenceAt
from accord.stats.functions import special
from accord.stats.grouped import Floats
from accord.values import LEVEL

__all__ = ["Interval", "incidence_interval", "jeffreys"]


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
    low = np.where(won > 0, special.betaincinv(won + 0.5, tried - won + 0.5, tail), 0.0)
    high = np.where(won < tried, special.betaincinv(won + 0.5, tried - won + 0.5, 1 - tail), 1.0)
    return Interval(low, high, level)


def incidence_interval(at: IncidenceAt, level: float = LEVEL) -> Interval:
    """Interval of curves read at horizons: Jeffreys on the complete sample that would tell as much.

    With nothing censored it is :func:`jeffreys` of accepted out of n. In plain words: leads still open count for what
    they have shown so far, no more. It holds the estimate always; an estimate of 0 keeps the lower end 0, of 1 the
    upper end 1. Why this one, against the complementary log–log of the Aalen variance and the effective count: the
    coverage tables in docs/method/acceptance-rate.md.

    >>> from accord.stats.curve import incidence_at
    >>> from accord.stats.risk import RiskTable
    >>> table = RiskTable(1, [0, 0, 0, 0], [1, 2, 3, 720], accepted=[5, 0, 2, 0], rejected=[0, 0, 0, 0],
    ...                   expired=[0, 0, 0, 2], censored=[0, 1, 0, 0])
    >>> interval = incidence_interval(incidence_at(table, [720]))
    >>> interval.low.round(3), interval.high.round(3)
    (array([[0.427]]), array([[0.941]]))
    """
    plain = jeffreys(at.successes, at.trials, level)
    low = np.where(at.value > 0, np.minimum(plain.low, at.value), 0.0)
    high = np.where(at.value < 1, np.maximum(plain.high, at.value), 1.0)
    return Interval(low, high, level)
