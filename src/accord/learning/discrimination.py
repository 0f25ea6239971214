"""How well a score puts good leads before bad ones: the area under the ROC curve, with its interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri
from scipy.stats import norm, rankdata

from accord.values import LEVEL, Estimate, Figure, Reason, Unknown

__all__ = ["FEWEST_OF_A_KIND", "Placements", "auc", "auc_difference", "placements", "weighted_auc"]

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]

FEWEST_OF_A_KIND = 10
"""Fewer good or bad leads than this give no interval one could decide on."""


@dataclass(frozen=True, eq=False)
class Placements:
    """Of each good lead the share of bad leads it stands before, and of each bad lead the share of good ones before it.

    A tie counts one half. ``area`` is the mean of either.
    """

    of_good: Floats
    of_bad: Floats

    @property
    def area(self) -> float:
        """The probability that a good lead scores above a bad one."""
        return float(self.of_good.mean())

    @property
    def variance(self) -> float:
        """DeLong's variance of the area."""
        return float(self.of_good.var(ddof=1) / self.of_good.size + self.of_bad.var(ddof=1) / self.of_bad.size)


def placements(scores: npt.ArrayLike, good: npt.ArrayLike) -> Placements:
    r"""Placement values by ranks.

    :math:`V_i = (R_i - r_i) / n_{bad}` for a good lead with rank R among all and r among the good (mid-ranks), and the
    same for the bad. Needs at least two of each (``ValueError``).

    Reference: DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44, 837–845; by ranks: Sun & Xu (2014), IEEE Signal
    Process. Lett. 21, 1389–1393.
    """
    value, is_good = np.asarray(scores, dtype=np.float64), np.asarray(good, dtype=bool)
    goods, bads = int(is_good.sum()), int((~is_good).sum())
    if goods < 2 or bads < 2:
        raise ValueError("an area needs at least two good and two bad leads")
    rank = rankdata(value)
    of_good = (rank[is_good] - rankdata(value[is_good])) / bads
    of_bad = 1 - (rank[~is_good] - rankdata(value[~is_good])) / goods
    return Placements(of_good, of_bad)


def auc(scores: npt.ArrayLike, good: npt.ArrayLike, level: float = LEVEL) -> Figure:
    r"""The area under the ROC curve: how often a good lead scores above a bad one, ties counting one half.

    The interval is DeLong's on the logit scale, so it stays inside [0, 1]:
    :math:`\mathrm{logit}(A) \pm z\,\sqrt{V} / (A(1-A))`. At an area of exactly 0 or 1 the variance is 0 and tells
    nothing; the end is then the exact one of "no pair out of the smaller count turned over" (rule of three's kin).
    ``n`` counts the leads. ``Unknown(too_few)`` below :data:`FEWEST_OF_A_KIND` good or bad leads.

    >>> auc([3, 1, 2, 5] * 10, [True, False, False, True] * 10)
    Estimate(value=1.0, low=0.8315662888168846, high=1.0, n=40, level=0.95, date_bounds=None)
    """
    is_good = np.asarray(good, dtype=bool)
    fewest = min(int(is_good.sum()), int((~is_good).sum()))
    if fewest < FEWEST_OF_A_KIND:
        return _too_few(is_good)
    placed = placements(scores, is_good)
    low, high = _inside_unit(placed.area, placed.variance, fewest, level)
    return Estimate(placed.area, low, high, is_good.size, level)


def auc_difference(scores: npt.ArrayLike, other: npt.ArrayLike, good: npt.ArrayLike, level: float = LEVEL) -> Figure:
    """By how much the area of ``scores`` exceeds that of ``other`` on the same leads (paired, DeLong).

    ``Unknown(too_few)`` below :data:`FEWEST_OF_A_KIND` good or bad leads.
    """
    is_good = np.asarray(good, dtype=bool)
    if min(int(is_good.sum()), int((~is_good).sum())) < FEWEST_OF_A_KIND:
        return _too_few(is_good)
    mine, theirs = placements(scores, is_good), placements(other, is_good)
    gained = Placements(mine.of_good - theirs.of_good, mine.of_bad - theirs.of_bad)
    half = float(norm.ppf((1 + level) / 2)) * gained.variance**0.5
    return Estimate(gained.area, gained.area - half, gained.area + half, is_good.size, level)


def weighted_auc(
    scores: npt.ArrayLike,
    good: npt.ArrayLike,
    weights: npt.ArrayLike,
    level: float = LEVEL,
    *,
    resamples: int = 400,
    seed: int = 1,
) -> Figure:
    """The area where each lead stands for ``weights`` leads (inverse probabilities of having been handed over).

    The interval is the percentile bootstrap over leads, seeded. ``Unknown(too_few)`` as in :func:`auc`.
    """
    value, is_good = np.asarray(scores, dtype=np.float64), np.asarray(good, dtype=bool)
    weight = np.asarray(weights, dtype=np.float64)
    if min(int(is_good.sum()), int((~is_good).sum())) < FEWEST_OF_A_KIND:
        return _too_few(is_good)
    area = _weighted_area(value, is_good, weight)
    random = np.random.default_rng(seed)
    areas = []
    for _resample in range(resamples):
        drawn = np.bincount(random.integers(0, value.size, value.size), minlength=value.size)
        again = weight * drawn
        if again[is_good].sum() > 0 and again[~is_good].sum() > 0:
            areas.append(_weighted_area(value, is_good, again))
    low, high = np.quantile(areas, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(area, min(float(low), area), max(float(high), area), is_good.size, level)


def _weighted_area(value: Floats, is_good: Booleans, weight: Floats) -> float:
    _values, place = np.unique(value, return_inverse=True)
    goods = np.bincount(place[is_good], weights=weight[is_good], minlength=place.max() + 1)
    bads = np.bincount(place[~is_good], weights=weight[~is_good], minlength=place.max() + 1)
    below = np.cumsum(bads) - bads / 2
    return float((goods * below).sum() / (goods.sum() * bads.sum()))


def _inside_unit(area: float, variance: float, fewest: int, level: float) -> tuple[float, float]:
    tail = (1 - level) / 2
    exact = tail ** (1 / fewest)  # the area whose chance of showing no overturned lead at all is the tail
    if area >= 1 or area <= 0:
        return (exact if area >= 1 else 0.0), (1.0 if area >= 1 else 1 - exact)
    half = float(ndtri(1 - tail)) * variance**0.5 / (area * (1 - area))
    middle = np.log(area / (1 - area))
    return float(1 / (1 + np.exp(half - middle))), float(1 / (1 + np.exp(-half - middle)))


def _too_few(is_good: Booleans) -> Unknown:
    """How many leads would show ten of the rarer kind, at the share seen so far."""
    fewest = min(int(is_good.sum()), int((~is_good).sum()))
    share = (fewest + 0.5) / (is_good.size + 1)
    return Unknown(Reason.TOO_FEW, max(2 * FEWEST_OF_A_KIND, int(np.ceil(FEWEST_OF_A_KIND / share))))
