"""When did a rate step up or down? A scan of cuts over periods, on residuals weighted by what has matured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Cuts", "cut_interval", "cuts", "penalty"]

Floats = npt.NDArray[np.float64]

LEAST_SIDE = 0.04
"""Share of all information that either side of a cut must hold: a step seen in a few days alone is not one yet."""

LIKELIHOOD_FALL = 6.0
"""How far twice the log-likelihood falls within the 95 % interval of a cut; by simulation, see the tests."""


@dataclass(frozen=True, eq=False)
class Cuts:
    """For a cut before each period (last axis): ``z`` of the step, its ``effect`` in logits, its ``information``.

    The first period can be no cut; it and cuts with too little on one side have ``z`` 0.
    """

    z: Floats
    effect: Floats
    information: Floats


def cuts(residual: npt.ArrayLike, variance: npt.ArrayLike, least_side: float = LEAST_SIDE) -> Cuts:
    r"""Every cut of one or many series: what came after against what came before, both by binomial likelihood.

    ``residual``: observed less expected acceptances per period (last axis), under a rate that never changed;
    ``variance``: their variance :math:`Σ p(1-p)` over what can be known already, so immature periods weigh little. With
    A and B the variance after and before: :math:`z = (U_A - U\\,A/V) / \\sqrt{AB/V}`, V = A + B.
    """
    u, v = np.asarray(residual, dtype=np.float64), np.asarray(variance, dtype=np.float64)
    whole_u, whole_v = u.sum(-1, keepdims=True), np.maximum(v.sum(-1, keepdims=True), 1e-12)
    before_v = np.cumsum(v, -1) - v
    after_v = whole_v - before_v
    after_u = whole_u - (np.cumsum(u, -1) - u)
    information = np.maximum(before_v * after_v / whole_v, 0.0)
    contrast = after_u - after_v / whole_v * whole_u
    known = (np.minimum(before_v, after_v) >= least_side * whole_v) & (information > 0)
    safe = np.where(known, information, 1.0)
    return Cuts(np.where(known, contrast / np.sqrt(safe), 0.0), np.where(known, contrast / safe, 0.0), information)


def penalty(periods: int) -> float:
    r"""What :math:`z^2` of the best of ``periods`` cuts exceeds by chance in 5 % of stationary series.

    Fitted to simulated series of 8 to 400 periods (tests/stats/test_steps.py repeats the check): the maximum of the
    scan grows like the iterated logarithm of its length.

    >>> round(penalty(52) ** 0.5, 2)
    2.92
    """
    return float(4.8 + 2.7 * np.log(np.log(max(periods, 4))))


def cut_interval(found: Cuts) -> tuple[int, int, int]:
    """The best cut of one series, and the first and last that the data cannot tell from it (95 %)."""
    square = found.z**2
    best = int(square.argmax())
    near = np.flatnonzero((square >= square[best] - LIKELIHOOD_FALL) & (np.sign(found.z) == np.sign(found.z[best])))
    return best, int(near.min()), int(near.max())
