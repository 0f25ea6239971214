"""Which criteria the outcomes insist on: forward selection that noise passes in at most five of a hundred samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit
from scipy.stats import norm

from accord.learning.logistic import Fit, Prior, fit_logistic

__all__ = ["MOST_CRITERIA", "Chosen", "Problem", "bar", "gains", "select"]

Floats = npt.NDArray[np.float64]
Columns = npt.NDArray[np.float32]

MOST_CRITERIA = 15
FALSE_ALARM = 0.05
_PRECISION = 0.1
"""A criterion's log-odds are believed to lie within ±3 or so: enough to keep pure small groups from running away."""


@dataclass(frozen=True, eq=False)
class Problem:
    """Outcomes, what is in the model whatever happens (``base``, the first column all ones), and what may enter it.

    ``signs`` per candidate as in :class:`~accord.learning.candidates.Candidate`. The first ``there`` candidates are
    criteria that people agreed on already: one of them is moved rather than a stranger that resembles it let in.
    """

    base: Floats
    base_prior: Prior
    columns: Columns
    signs: npt.NDArray[np.int8]
    good: Floats
    weights: Floats
    there: int = 0

    def fit(self, chosen: list[int], start: Floats | None = None) -> Fit:
        """The model with the candidates ``chosen``."""
        prior = Prior(
            np.concatenate([self.base_prior.mean, np.zeros(len(chosen))]),
            np.concatenate([self.base_prior.precision, np.full(len(chosen), _PRECISION)]),
            np.concatenate([self.base_prior.lowest, np.where(self.signs[chosen] > 0, 0.0, -np.inf)]),
            np.concatenate([self.base_prior.highest, np.where(self.signs[chosen] < 0, 0.0, np.inf)]),
        )
        return fit_logistic(self.design(chosen), self.good, prior, self.weights, start)

    def design(self, chosen: list[int]) -> Floats:
        """Base and chosen columns side by side."""
        return np.hstack([self.base, self.columns[:, chosen].astype(np.float64)])


@dataclass(frozen=True, eq=False)
class Chosen:
    """The candidates that entered, in that order, and the model with them."""

    numbers: list[int]
    fit: Fit


def bar(candidates: int, false_alarm: float = FALSE_ALARM) -> float:
    """The squared z that a candidate must pass so that among so many of noise any does with at most ``false_alarm``.

    Bonferroni; as a penalty it is the risk inflation criterion (Foster & George 1994, Ann. Statist. 22, 1947–1975).
    """
    return float(norm.isf(false_alarm / (2 * max(1, candidates))) ** 2)


def gains(problem: Problem, chosen: list[int], fit: Fit) -> Floats:
    r"""By Rao's score test, the z of each candidate if it entered next, positive where its points would be.

    :math:`z = U / \sqrt{V}` with :math:`U = x^\top w (y - p)` and V its variance given what is in the model already.
    """
    design = problem.design(chosen)
    chance = expit(fit.predicted(design))
    spread = problem.weights * chance * (1 - chance)
    residual = problem.weights * (problem.good - chance)
    columns = problem.columns
    slope = columns.T @ residual.astype(np.float32)
    own = np.einsum("ij,ij,i->j", columns, columns, spread.astype(np.float32), optimize=True).astype(np.float64)
    across = (columns.T @ (design * spread[:, None]).astype(np.float32)).astype(np.float64)
    inside = np.linalg.pinv((design * spread[:, None]).T @ design)
    left = own - np.einsum("ij,jk,ik->i", across, inside, across)
    known = left > 1e-6 * np.maximum(own, 1.0) + 1e-3
    z = np.where(known, slope / np.sqrt(np.where(known, left, 1.0)), 0.0)
    z[(problem.signs > 0) & (z < 0)] = 0.0
    z[(problem.signs < 0) & (z > 0)] = 0.0
    z[chosen] = 0.0
    return np.asarray(z, dtype=np.float64)


def select(problem: Problem, most: int = MOST_CRITERIA, false_alarm: float = FALSE_ALARM) -> Chosen:
    """Take in the candidate that explains most, as long as it passes :func:`bar`; then exchange each for a better one.

    What no longer explains half of the bar beside the others leaves again (by its likelihood ratio; leaving is easier
    to avoid than entering is to achieve, as in every stepwise search, or the two would undo each other). So does a
    candidate whose points a one-way axis pushes to 0.
    """
    limit = bar(problem.columns.shape[1], false_alarm)
    chosen: list[int] = []
    fit = problem.fit(chosen)
    while len(chosen) < most:
        entered = _enter(problem, chosen, fit, limit)
        if entered is None:
            break
        chosen, fit = entered
    for _round in range(3):
        again = _exchange(problem, chosen, fit)
        if again is None:
            break
        chosen, fit = again
    return Chosen(*_leave(problem, chosen, fit, limit))


def _leave(problem: Problem, chosen: list[int], fit: Fit, limit: float) -> tuple[list[int], Fit]:
    """What entered early and explains too little beside what came later goes: strangers first, the least first."""
    while chosen:
        strangers = [number for number in chosen if number >= problem.there] or chosen
        without = [(number, problem.fit([one for one in chosen if one != number])) for number in strangers]
        least, bare = max(without, key=lambda one: one[1].likelihood)
        if 2 * (fit.likelihood - bare.likelihood) >= limit / 2:
            break
        chosen, fit = [one for one in chosen if one != least], bare
    return chosen, fit


def _enter(problem: Problem, chosen: list[int], fit: Fit, limit: float) -> tuple[list[int], Fit] | None:
    if not problem.columns.shape[1]:
        return None
    z = gains(problem, chosen, fit)
    best = int(np.argmax(z**2))
    if z[best] ** 2 < limit:
        return None
    if best >= problem.there > 0:
        known = int(np.argmax(z[: problem.there] ** 2))
        if z[known] ** 2 >= max(limit, z[best] ** 2 / 2):
            best = known
    grown = [*chosen, best]
    fit = problem.fit(grown)
    base = problem.base.shape[1]
    kept = [number for number, value in zip(grown, fit.coefficients[base:], strict=True) if abs(value) > 1e-6]
    return (grown, fit) if len(kept) == len(grown) else (kept, problem.fit(kept)) if best in kept else None


def _exchange(problem: Problem, chosen: list[int], fit: Fit) -> tuple[list[int], Fit] | None:
    """Each criterion in turn taken out and the best taken in instead, where that explains more by a whole unit."""
    changed = False
    for number in list(chosen):
        if number < problem.there:
            continue
        without = [one for one in chosen if one != number]
        bare = problem.fit(without)
        z = gains(problem, without, bare)
        best = int(np.argmax(z**2))
        if best == number:
            continue
        other = [*without, best]
        better = problem.fit(other)
        moved = better.coefficients[problem.base.shape[1] :]
        if better.likelihood > fit.likelihood + 1 and bool((np.abs(moved) > 1e-6).all()):
            chosen, fit, changed = other, better, True
    return (chosen, fit) if changed else None
