"""What points would order the outcomes best: the score bent as outcomes bend it, and one criterion's points varied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from accord.stats.logistic import chances

__all__ = ["FACTORS", "Bend", "Supported", "bent", "departures", "supported", "unlike"]

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.bool_]

KNOTS = (0.05, 0.2, 0.45, 0.75)
"""Quantiles of the score at which its slope may change."""

FACTORS = (0.0, 0.15, 0.33, 0.5, 0.75, 1.0, 1.35, 1.8, 2.6, 4.0, 7.0, 12.0)
"""Times its points that a criterion is tried with."""

FALL = 2.4
"""How far the log-likelihood falls within a 95 % interval: 1.92 (Wilks), and what the steps between factors take."""

WEAK = 0.1
"""Precision of the prior that keeps slopes finite where next to no lead has such a score, per span of the knots."""

CELLS = 200
"""Levels in which the bent score is told apart when outcomes are counted."""


@dataclass(frozen=True, eq=False)
class Bend:
    """A piecewise linear curve of the score: log-odds ``start`` + slopes between ``knots``."""

    knots: Floats
    coefficients: Floats

    def at(self, score: Floats) -> Floats:
        """The log-odds at these scores."""
        return np.asarray(_basis(score, self.knots) @ self.coefficients)

    def slope(self, score: Floats) -> Floats:
        """Log-odds per point at these scores."""
        span = _span(self.knots)
        rising = self.coefficients[1] + (score[:, None] > self.knots) @ self.coefficients[2:]
        return np.asarray(rising / span)


@dataclass(frozen=True, eq=False)
class Supported:
    """Times its points that the outcomes support, between ``low`` and ``high`` (95 %); ``gain``: twice the likelihood.

    ``column``: per lead, by how much the log-odds differ from those that the score as it is gives it. ``bend``: of the
    score with these points.
    """

    factor: float
    low: float
    high: float
    gain: float
    column: Floats
    bend: Bend

    def column_of(self, score: Floats, given: Floats) -> Floats:
        """What the points should have added to the log-odds of other leads."""
        column = np.zeros(score.size)
        has = np.flatnonzero(given)
        before, after = score[has], score[has] + (self.factor - 1) * given[has]
        column[has] = self.bend.at(after) - self.bend.at(before)
        return column


def bent(score: Floats, good: npt.NDArray[Any], offset: Floats, count: Floats | None = None) -> tuple[Bend, float]:
    """The curve of the score that fits ``good`` best beside ``offset`` (log-odds), and its log-likelihood.

    ``count``: how many leads each element stands for, one unless given; ``good`` says how many of them are.

    >>> score = np.repeat([0.0, 10.0, 20.0, 30.0], 100)
    >>> good = np.tile(np.arange(100), 4) < np.repeat([20, 40, 60, 80], 100)
    >>> bend, _likelihood = bent(score, good, np.zeros(400))
    >>> [round(float(chance), 1) for chance in chances(bend.at(np.array([0.0, 10.0, 20.0, 30.0])))]
    [0.2, 0.4, 0.6, 0.8]
    """
    order = np.argsort(score, kind="stable")
    ordered = score[order]
    of = np.ones(score.size) if count is None else count[order]
    until = np.cumsum(of)
    knots = np.unique(ordered[np.searchsorted(until, np.array(KNOTS) * until[-1])])
    # the leads in the order of their score, cut into as many cells of as many leads: sums per cell are all that is used
    cell = np.minimum((until - of) * (CELLS / until[-1]), CELLS - 1).astype(np.int64)
    first = np.flatnonzero(np.diff(cell, prepend=-1))
    leads, yes, middle, beside = (
        np.add.reduceat(values, first)
        for values in (of, good[order].astype(np.float64), of * ordered, of * offset[order])
    )
    middle, beside = middle / leads, beside / leads
    basis = _basis(middle, knots)
    penalty = np.full(basis.shape[1], WEAK)
    penalty[0] = 1e-6
    beta = np.zeros(basis.shape[1])
    for _ in range(12):
        chance = chances(beside + basis @ beta)
        slope = basis.T @ (yes - leads * chance) - penalty * beta
        curve = (basis * (leads * np.maximum(chance * (1 - chance), 1e-9))[:, None]).T @ basis + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        beta = beta + np.clip(step, -3, 3)
        if np.abs(step).max() < 1e-5:
            break
    eta = beside + basis @ beta
    likelihood = float((yes * eta - leads * np.logaddexp(0, eta)).sum() - (penalty * beta**2).sum() / 2)
    return Bend(knots, beta), likelihood


def supported(score: Floats, given: Floats, good: Rows, offset: Floats) -> Supported:
    r"""How many times its points a criterion should have, given everything else the score holds.

    For each factor f of :data:`FACTORS` the score becomes :math:`S + (f - 1) g`, g what the criterion gave, and is bent
    anew; the likelihood says which f orders the outcomes best. In plain words: at which number of points would leads
    with this criterion turn out like other leads of the same score? The profile is made smooth by a parabola through
    the best three.
    """
    # leads of the same score and the same points of this criterion count together
    alike, place = np.unique(score + 1j * given, return_inverse=True)
    once, gave, count = alike.real, alike.imag, np.bincount(place).astype(np.float64)
    yes, beside = np.bincount(place, good), np.bincount(place, offset) / count
    fits = [bent(once + (factor - 1) * gave, yes, beside, count) for factor in FACTORS]
    likelihood = np.array([value for _, value in fits])
    best, one = int(likelihood.argmax()), FACTORS.index(1.0)
    places = np.arange(len(FACTORS), dtype=np.float64)
    near = likelihood >= likelihood[best] - FALL
    low, high = _ends(likelihood, near, places, best)
    factor = float(np.interp(_vertex(likelihood, best), places, FACTORS))
    ends = (float(np.interp(end, places, FACTORS)) for end in (low, high))
    bend, _ = bent(once + (factor - 1) * gave, yes, beside, count)
    column = np.where(given != 0, bend.at(score + (factor - 1) * given) - bend.at(score), 0.0)
    least, most = sorted(ends)
    gain = 2 * float(likelihood[best] - likelihood[one])
    return Supported(factor, min(least, factor), max(most, factor), gain, column, bend)


def departures(score: Floats, given: npt.NDArray[np.floating], good: Rows, offset: Floats) -> tuple[Floats, Floats]:
    r"""How many times its points each criterion lacks (negative: has too many), the score bent and all else as it is.

    ``given``: leads × criteria. One score step from the points as they are: :math:`δ = D^T r / D^T W D` with D what
    one more time its points would add to a lead's log-odds, the bent score swept out of it. Returns δ and its standard
    errors, infinite where the outcomes say nothing.
    """
    bend, _ = bent(score, good, offset)
    return _beside_the_score(bend, np.maximum(bend.slope(score), 0.0)[:, None] * given, score, good, offset)


def unlike(score: Floats, has: npt.NDArray[np.bool_], good: Rows, offset: Floats) -> Floats:
    """By how many standard errors leads that have each criterion turn out unlike others of the same score.

    ``has``: leads × criteria. :func:`departures` asks what one more time its points would do, by the slope of the score
    as it is. Where a criterion with far too many points lifted bad leads among the good ones that slope is flat or
    falls, and nothing seems to depend on points; that those leads fare worse than others of their score still shows.

    >>> score = np.tile([10.0, 20.0], 200)
    >>> has = np.repeat([True, False], 200)[:, None]
    >>> good = np.concatenate([np.arange(200) % 10 < 4, np.arange(200) % 10 < 6])
    >>> unlike(score, has, good, np.zeros(400)).round(1)
    array([-4.])
    """
    bend, _ = bent(score, good, offset)
    effect, error = _beside_the_score(bend, has.astype(np.float64), score, good, offset)
    return effect / error


def _beside_the_score(bend: Bend, columns: Floats, score: Floats, good: Rows, offset: Floats) -> tuple[Floats, Floats]:
    """One score step along each of the ``columns``, the bent score swept out of it, and its standard errors."""
    chance = chances(offset + bend.at(score))
    weight = chance * (1 - chance)
    basis = _basis(score, bend.knots)
    weighted = basis * weight[:, None]
    swept = np.linalg.lstsq(weighted.T @ basis, weighted.T @ columns, rcond=None)[0]
    columns = columns - basis @ swept
    information = np.einsum("ij,ij,i->j", columns, columns, weight)
    known = information > 1e-6
    safe = np.where(known, information, 1.0)
    return np.where(known, (columns.T @ (good - chance)) / safe, 0.0), np.where(known, safe**-0.5, np.inf)


def _vertex(likelihood: Floats, best: int) -> float:
    if not 0 < best < likelihood.size - 1:
        return float(best)
    before, here, after = likelihood[best - 1 : best + 2]
    bow = before - 2 * here + after
    return best + float(np.clip((before - after) / (2 * bow), -0.5, 0.5)) if bow < 0 else float(best)


def _ends(likelihood: Floats, near: Rows, places: Floats, best: int) -> tuple[float, float]:
    """Where the profile has fallen by :data:`FALL` on either side, between the factors that were tried."""
    wanted = likelihood[best] - FALL
    low, high = best, best
    while low > 0 and near[low - 1]:
        low -= 1
    while high < near.size - 1 and near[high + 1]:
        high += 1

    def between(outside: int, inside: int) -> float:
        part = (likelihood[inside] - wanted) / max(likelihood[inside] - likelihood[outside], 1e-12)
        return float(places[inside] + (places[outside] - places[inside]) * np.clip(part, 0, 1))

    return (
        between(low - 1, low) if low > 0 else float(places[low]),
        between(high + 1, high) if high < near.size - 1 else float(places[high]),
    )


def _span(knots: Floats) -> float:
    return max(float(knots[-1] - knots[0]), 1.0)


def _basis(score: Floats, knots: Floats) -> Floats:
    """Ones, the score, and what it exceeds each knot by; in units of the knots' span so that no column is huge."""
    span = _span(knots)
    basis = np.empty((score.size, 2 + knots.size))
    basis[:, 0], basis[:, 1] = 1.0, (score - knots[0]) / span
    for place, knot in enumerate(knots):
        basis[:, 2 + place] = np.maximum(score - knot, 0.0) / span
    return basis
