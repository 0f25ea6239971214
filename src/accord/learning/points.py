"""From log-odds to whole points: the integers that explain the outcomes best, on a scale people can add up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from accord.learning.logistic import Prior, fit_logistic

__all__ = ["RANGE", "Scale", "fitted_scale", "whole_points"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

RANGE = 100
"""Points between the lowest and the highest lead."""

_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Scale:
    """The chance that a score stands for: ``1 / (1 + exp(-(start + step × score)))``."""

    start: float
    step: float

    def chance(self, scores: npt.ArrayLike) -> Floats:
        """The chance of each score."""
        return np.asarray(expit(self.start + self.step * np.asarray(scores, dtype=np.float64)))


def whole_points(columns: Floats, log_odds: Floats, good: npt.ArrayLike, weights: npt.ArrayLike) -> Integers:
    """Whole points for each column whose scores explain the outcomes best.

    Rounded from ``log_odds`` so that leads lie :data:`RANGE` points apart at most, then improved one point at a time as
    long as the likelihood of the outcomes, with start and step fitted anew each time, grows. A column whose points
    round to nothing gets 0.
    """
    value = columns @ log_odds
    spread = float(value.max() - value.min())
    if spread <= 0:
        return np.zeros(log_odds.size, dtype=np.int64)
    points = np.rint(log_odds * RANGE / spread).astype(np.int64)
    whole = np.rint(columns).astype(np.int64)
    score = whole @ points
    happened, weight = np.asarray(good, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    best = _explained(score, happened, weight)
    for _round in range(_ROUNDS):
        improved = False
        for number in range(points.size):
            for change in (1, -1):
                if points[number] == 0 or points[number] + change == 0:
                    continue  # a criterion neither enters nor leaves by rounding
                trial = score + change * whole[:, number]
                explained = _explained(trial, happened, weight)
                if explained > best + 1e-6:
                    points[number] += change
                    score, best, improved = trial, explained, True
        if not improved:
            break
    return points


def fitted_scale(scores: npt.ArrayLike, good: npt.ArrayLike, weights: npt.ArrayLike) -> Scale:
    """Start and step that explain the outcomes best (Platt scaling, by maximum likelihood).

    Reference: Platt (1999), Advances in Large Margin Classifiers, 61–74.
    """
    table = _by_score(np.asarray(scores, np.float64), np.asarray(good, np.float64), np.asarray(weights, np.float64))
    start, step, _likelihood = _fit(*table)
    return Scale(start, step)


def _explained(score: Integers, happened: Floats, weight: Floats) -> float:
    return _fit(*_by_score(score.astype(np.float64), happened, weight))[2]


def _by_score(score: Floats, happened: Floats, weight: Floats) -> tuple[Floats, Floats, Floats]:
    """Equal scores are one row: good and bad weights of each are all that the fit needs."""
    values, place = np.unique(score, return_inverse=True)
    goods: Floats = np.bincount(place, weights=weight * happened).astype(np.float64)
    return values.astype(np.float64), goods, np.bincount(place, weights=weight).astype(np.float64) - goods


def _fit(values: Floats, goods: Floats, bads: Floats) -> tuple[float, float, float]:
    middle, width = float(values.mean()), float(values.std()) or 1.0
    columns = np.column_stack([np.ones(values.size), (values - middle) / width])
    design = np.vstack([columns, columns])
    happened = np.concatenate([np.ones(values.size), np.zeros(values.size)])
    fit = fit_logistic(design, happened, Prior.of(2, 1e-6), np.concatenate([goods, bads]))
    step = float(fit.coefficients[1]) / width
    return float(fit.coefficients[0]) - step * middle, step, fit.likelihood
