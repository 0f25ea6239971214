"""How good a score is, judged on the newest leads: order, honesty of its chances, bands, and what it turns away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from accord.learning.discrimination import auc, auc_difference, weighted_auc
from accord.learning.reliability import Calibration, calibration
from accord.stats.intervals import jeffreys
from accord.values import MINIMUM_COUNT, Estimate, Figure, Reason, Unknown

__all__ = [
    "BandRate",
    "Judged",
    "TurnedAway",
    "band_rates",
    "judge",
    "named_band_rates",
    "precision_at",
    "share",
    "turned_away",
]

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]


_NOT_ASKED = Unknown(Reason.NOT_RECORDED)


@dataclass(frozen=True, slots=True)
class BandRate:
    """Leads of one band, and the share of them that turned out well. ``lowest``: the score it begins at."""

    band: str
    lowest: float | None
    leads: int
    rate: Figure


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """Good leads below the threshold: how many, and of all good leads what share."""

    leads: int
    share: Figure


@dataclass(frozen=True, slots=True)
class Judged:
    """One way to score, judged on leads that did not choose it.

    ``order``: the area under the ROC curve; ``order_gain``: by how much it exceeds the area of the score that is held
    against it (the proposal's own is unknown); ``order_everywhere``: the area where each lead stands for all leads
    like it, the ones not handed over included (only with an exploration share). ``calibration`` is unknown for a score
    that states no chance. ``precision``: of as many leads as sales can take, the best by this score, the share that
    turned out well; ``precision_of_half``: likewise of the better half, for where sales can take nearly all of them and
    any order does as well.
    """

    order: Figure
    order_gain: Figure
    calibration: Calibration | Unknown
    precision: Figure
    order_everywhere: Figure = _NOT_ASKED
    precision_of_half: Figure = _NOT_ASKED


def judge(
    scores: Floats,
    good: Booleans,
    *,
    capacity: int,
    chances: Floats | None = None,
    against: Floats | None = None,
    weights: Floats | None = None,
) -> Judged:
    """``capacity``: how many of these leads sales could take. ``against``: the scores to compare the order with.

    ``weights``: for how many leads each stands; in ``precision`` and ``order_everywhere``.
    """
    weighted = weights is not None and bool((weights != 1).any())
    half = round(float(good.size if weights is None else weights.sum()) / 2)
    return Judged(
        auc(scores, good),
        auc_difference(scores, against, good) if against is not None else _NOT_ASKED,
        calibration(chances, good) if chances is not None else _NOT_ASKED,
        precision_at(scores, good, capacity, weights),
        weighted_auc(scores, good, weights) if weighted and weights is not None else _NOT_ASKED,
        precision_at(scores, good, half, weights),
    )


def share(successes: float, trials: int) -> Figure:
    """A share with its Jeffreys interval; ``too_few`` below ten."""
    if trials < MINIMUM_COUNT:
        return Unknown(Reason.TOO_FEW, MINIMUM_COUNT)
    interval = jeffreys(successes, trials)
    return Estimate(successes / trials, float(interval.low), float(interval.high), trials)


def _weighted_share(good: Booleans, weights: Floats) -> Figure:
    r"""The share of good ones where each lead stands for as many as its weight.

    The interval is Jeffreys' on as many leads of equal weight as would have the variance of the weighted share,
    :math:`\sum_i w_i^2 (y_i - p)^2 / (\sum_i w_i)^2` (Särndal, Swensson & Wretman 1992, Model Assisted Survey Sampling,
    5.7); where all turned out alike, Kish's number. ``n`` are the leads themselves. With equal weights it is
    :func:`share`.
    """
    if good.size < MINIMUM_COUNT:
        return Unknown(Reason.TOO_FEW, MINIMUM_COUNT)
    value = float(weights[good].sum() / weights.sum())
    spread = float((weights**2 * (good - value) ** 2).sum()) / float(weights.sum()) ** 2
    alike = value * (1 - value) / spread if spread > 0 else float(weights.sum() ** 2 / (weights**2).sum())
    interval = jeffreys(value * alike, alike)
    return Estimate(value, min(float(interval.low), value), max(float(interval.high), value), good.size)


def precision_at(
    scores: npt.ArrayLike, good: npt.ArrayLike, capacity: int, weights: npt.ArrayLike | None = None
) -> Figure:
    """Of the ``capacity`` leads with the highest scores, the share of good ones.

    Leads that tie at the border are taken in proportion: what drawing lots among them gives on average. With
    ``weights`` each takes as much of the capacity as the leads it stands for.
    """
    value, is_good = np.asarray(scores, dtype=np.float64), np.asarray(good, dtype=bool)
    weight = np.ones(value.size) if weights is None else np.asarray(weights, dtype=np.float64)
    if min(capacity, value.size) < MINIMUM_COUNT:
        return Unknown(Reason.TOO_FEW, MINIMUM_COUNT)
    order = np.argsort(-value, kind="stable")
    reached = np.cumsum(weight[order])
    border = value[order][min(int(np.searchsorted(reached, capacity - 1e-9)), value.size - 1)]
    above, tied = value > border, value == border
    part = min(1.0, max(0.0, (capacity - weight[above].sum()) / weight[tied].sum()))
    if weights is None or bool((weight == 1).all()):
        taken = min(capacity, value.size)
        return share(float(is_good[above].sum()) + part * float(is_good[tied].sum()), taken)
    taking = np.where(above, weight, np.where(tied, part * weight, 0.0))
    return _weighted_share(is_good[taking > 0], taking[taking > 0])


def band_rates(
    scores: Floats, good: Booleans, bands: Sequence[tuple[str, float | None]], weights: Floats | None = None
) -> tuple[BandRate, ...]:
    """Per band, from the highest to the lowest; ``bands`` are names with the score each begins at."""
    weight = np.ones(scores.size) if weights is None else weights
    rates, left = [], np.ones(scores.size, dtype=bool)
    for name, lowest in bands:
        inside = left & (scores >= lowest) if lowest is not None else left.copy()
        left &= ~inside
        rates.append(BandRate(name, lowest, int(inside.sum()), _weighted_share(good[inside], weight[inside])))
    return tuple(rates)


def named_band_rates(
    names: npt.NDArray[np.object_], good: Booleans, order: Sequence[str], weights: Floats | None = None
) -> tuple[BandRate, ...]:
    """The same where a grid gives the bands, so that none begins at a score: ``names``, the band of each lead."""
    weight = np.ones(good.size) if weights is None else weights
    rates = []
    for name in order:
        inside = names == name
        rates.append(BandRate(name, None, int(inside.sum()), _weighted_share(good[inside], weight[inside])))
    return tuple(rates)


def turned_away(scores: Floats, good: Booleans, threshold: float, weights: Floats | None = None) -> TurnedAway:
    """Leads that turned out well although their score lies below ``threshold``."""
    weight = np.ones(scores.size) if weights is None else weights
    below = scores < threshold
    return TurnedAway(int((good & below).sum()), _weighted_share(below[good], weight[good]))
