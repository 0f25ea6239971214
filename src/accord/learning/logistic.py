"""A logistic regression that is drawn towards points already agreed on and can be kept from turning a sign."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit

__all__ = ["Fit", "Prior", "fit_logistic", "log_likelihood"]

Floats = npt.NDArray[np.float64]

_STEPS = 100
_SMALL = 1e-9


@dataclass(frozen=True, eq=False)
class Prior:
    """What is believed of each coefficient before looking: ``mean``, ``precision`` (1 ÷ variance; 0: no opinion), and
    the bounds ``lowest`` and ``highest`` it must stay between.
    """

    mean: Floats
    precision: Floats
    lowest: Floats
    highest: Floats

    @classmethod
    def of(cls, size: int, precision: float = 0.0) -> Prior:
        """The same weak opinion, drawn towards 0, of ``size`` coefficients."""
        return cls(np.zeros(size), np.full(size, precision), np.full(size, -np.inf), np.full(size, np.inf))


@dataclass(frozen=True, eq=False)
class Fit:
    """``coefficients`` in the order of the columns; ``covariance`` is the inverse of the penalised information, 0 for
    coefficients held at a bound. ``likelihood`` is the log-likelihood without the prior.
    """

    coefficients: Floats
    covariance: Floats
    likelihood: float

    @property
    def errors(self) -> Floats:
        """Standard errors."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))

    def predicted(self, columns: Floats) -> Floats:
        """The log-odds of each row."""
        return np.asarray(columns @ self.coefficients)


def fit_logistic(
    columns: Floats,
    good: npt.ArrayLike,
    prior: Prior,
    weights: npt.ArrayLike | None = None,
    start: Floats | None = None,
) -> Fit:
    r"""Coefficients that maximise :math:`\ell(\beta) - \tfrac12 \sum_j \lambda_j (\beta_j - m_j)^2` within the bounds.

    Projected Newton with step halving: the penalised likelihood is concave, so the maximum is the only one. A column of
    ones is the caller's to give. In plain words: the coefficients explain the outcomes best, but leave what was
    believed before only as far as the outcomes insist.

    Reference: Bertsekas (1982), SIAM J. Control Optim. 20, 221–246 (projected Newton).
    """
    happened = np.asarray(good, dtype=np.float64)
    weight = np.ones(happened.size) if weights is None else np.asarray(weights, dtype=np.float64)
    beta = np.clip(prior.mean if start is None else start, prior.lowest, prior.highest)

    def objective(at: Floats) -> float:
        penalty = 0.5 * float((prior.precision * (at - prior.mean) ** 2).sum())
        return log_likelihood(columns @ at, happened, weight) - penalty

    value = objective(beta)
    for _step in range(_STEPS):
        chance = expit(columns @ beta)
        slope = columns.T @ (weight * (happened - chance)) - prior.precision * (beta - prior.mean)
        curve = _information(columns, weight * chance * (1 - chance), prior)
        held = ((beta <= prior.lowest) & (slope <= 0)) | ((beta >= prior.highest) & (slope >= 0))
        free = np.flatnonzero(~held)
        if not free.size or float(np.abs(slope[free]).max()) < 1e-7 * max(1.0, float(weight.sum())) * 1e-2:
            break
        step = np.zeros_like(beta)
        step[free] = np.linalg.solve(curve[np.ix_(free, free)], slope[free])
        length, moved = 1.0, False
        while length > 1e-6:
            trial = np.clip(beta + length * step, prior.lowest, prior.highest)
            new = objective(trial)
            if new >= value:
                moved = bool(np.abs(trial - beta).max() > _SMALL)
                beta, value = trial, new
                break
            length /= 2
        if not moved:
            break
    chance = expit(columns @ beta)
    curve = _information(columns, weight * chance * (1 - chance), prior)
    slope = columns.T @ (weight * (happened - chance)) - prior.precision * (beta - prior.mean)
    held = ((beta <= prior.lowest) & (slope <= 0)) | ((beta >= prior.highest) & (slope >= 0))
    covariance = np.zeros_like(curve)
    free = np.flatnonzero(~held)
    covariance[np.ix_(free, free)] = np.linalg.inv(curve[np.ix_(free, free)])
    return Fit(beta, covariance, log_likelihood(columns @ beta, happened, weight))


def log_likelihood(log_odds: Floats, happened: Floats, weight: Floats) -> float:
    """Of outcomes 0 and 1 under these log-odds."""
    return float((weight * (happened * log_odds - np.logaddexp(0.0, log_odds))).sum())


def _information(columns: Floats, spread: Floats, prior: Prior) -> Floats:
    curve = (columns * spread[:, None]).T @ columns
    curve[np.diag_indices_from(curve)] += prior.precision + _SMALL
    return np.asarray(curve)
