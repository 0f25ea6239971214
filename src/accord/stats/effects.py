"""A hierarchical logistic model over crossed dimensions, from sparse counts, and what one more cause would explain.

Every value of every dimension has its own ordinary difference, drawn from a normal distribution; the spread of each
group of dimensions is estimated from the data, so that "unlike comparable leads" always means more than such values
usually differ. A candidate cause is then judged by its score test *inside* that model: its estimate is the generalised
least squares one, and its standard error holds the chance of single leads and the ordinary spread together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit

__all__ = ["Crossed", "Fit", "Spread", "evidence", "fit"]

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.integer]

FLAT = 4.0
"""Variance of the prior of effects that are not a dimension's ordinary differences: next to no opinion, in logits."""

CAPPED = 2.0
"""Effects beyond this many standard deviations count as this many when the spread is worked out."""

CURVED = 3
"""Newton steps that work out the curvature anew; after them it hardly changes, and it is what costs time."""

SETTLED = 5e-3
"""Change in logits below which no figure moves that anybody reads."""

STEPS = 8
"""Newton steps at most; spreads settle within them as far as any decision needs."""


@dataclass(frozen=True, eq=False)
class Spread:
    """The ordinary spread of one group of dimensions, in logits: where to start, and the bounds it is kept in.

    ``weight`` is the number of values whose evidence the starting point is worth.
    """

    start: float
    least: float
    most: float
    weight: float = 10.0


@dataclass(frozen=True, eq=False)
class Crossed:
    """Who has which value: ``codes[d][i]`` in ``range(sizes[d])`` for case i; ``groups[d]`` names its spread.

    ``fixed``: columns of numbers that are adjusted for as they are, one row per case; the first is ones.
    ``scales``: by how much each dimension's variance is less than its group's, because others say the same again.
    """

    codes: Sequence[Codes]
    sizes: Sequence[int]
    groups: Sequence[int]
    fixed: Floats
    scales: Sequence[float] = ()

    @property
    def starts(self) -> npt.NDArray[np.int64]:
        """Column at which each dimension begins, after the fixed ones; one more for the end."""
        return np.asarray(np.concatenate(([0], np.cumsum(self.sizes))) + self.fixed.shape[1], dtype=np.int64)

    def predictor(self, effects: Floats) -> Floats:
        """Linear predictor of every case."""
        eta = self.fixed @ effects[: self.fixed.shape[1]]
        for code, start, size in zip(self.codes, self.starts, self.sizes, strict=False):
            eta += effects[start : start + size][code]
        return np.asarray(eta)

    def sums(self, values: Floats, rows: npt.NDArray[np.int64] | slice = slice(None)) -> Floats:
        """Sum of ``values`` (one per row in ``rows``) over every column of the model."""
        fixed = values @ self.fixed[rows]
        parts = [np.bincount(c[rows], values, s) for c, s in zip(self.codes, self.sizes, strict=True)]
        return np.concatenate([fixed, *parts])

    def gram(self, weight: Floats) -> Floats:
        """Weighted cross-products of all columns, by counting pairs of values: no wide matrix is ever laid out."""
        starts, fixed = self.starts, self.fixed.shape[1]
        total = np.zeros((starts[-1], starts[-1]))
        weighted = self.fixed * weight[:, None]
        total[:fixed, :fixed] = self.fixed.T @ weighted
        for d, (code, size) in enumerate(zip(self.codes, self.sizes, strict=True)):
            here = slice(starts[d], starts[d + 1])
            for column in range(fixed):
                total[column, here] = np.bincount(code, weighted[:, column], size)
            total[here, here] = np.diag(np.bincount(code, weight, size))
            for e in range(d):
                joint = np.bincount(self.codes[e] * size + code, weight, self.sizes[e] * size)
                total[starts[e] : starts[e + 1], here] = joint.reshape(self.sizes[e], size)
        return np.asarray(np.triu(total) + np.triu(total, 1).T)


@dataclass(frozen=True, eq=False)
class Fit:
    """``effects`` per column with ``covariance``; ``mean`` per case, ``residual`` (observed less mean), ``weight``.

    ``spreads``: standard deviation found for each group, in logits. ``information``: the weighted cross-products.
    """

    effects: Floats
    covariance: Floats
    mean: Floats
    residual: Floats
    weight: Floats
    predictor: Floats
    spreads: Floats
    information: Floats


def fit(  # noqa: PLR0917 - the model, then what it starts from
    accepted: npt.NDArray[np.bool_],
    design: Crossed,
    spreads: Sequence[Spread],
    offset: Floats,
    start: Fit | None = None,
    steps: int = STEPS,
    *,
    settle: bool = False,
) -> Fit:
    r"""Penalised quasi-likelihood of :math:`\mathrm{logit}\,P(y_i) = o_i + x_i β + Σ_d u_{d, c_d(i)},\ u ∼ N(0, τ_g²)`.

    ``accepted``: what happened to each case; ``offset``: what is known of each case's log-odds beforehand. ``start``: a
    fit of the same dimensions (its own fixed columns may be fewer) to begin from, whose spreads are kept unless
    ``settle``. Spreads are found by expectation and
    maximisation; an effect beyond two standard deviations counts as two, so that one cause does not widen what is
    taken for ordinary.

    >>> happened = np.array([True] * 60 + [False] * 40 + [True] * 30 + [False] * 70)
    >>> channel = np.repeat([0, 1], 100)
    >>> design = Crossed([channel], [2], [0], np.ones((200, 1)))
    >>> model = fit(happened, design, [Spread(0.5, 0.5, 0.5)], np.zeros(200))
    >>> model.effects.round(2)  # the middle, and what each channel adds: less than it seems, for it is drawn to 0
    array([-0.22,  0.53, -0.53])

    Reference: Breslow & Clayton (1993), JASA 88, 9–25.
    """
    fixed, starts = design.fixed.shape[1], design.starts
    group_of = np.repeat(np.asarray(design.groups, dtype=np.int64), design.sizes)
    scale = np.repeat(np.asarray(design.scales or np.ones(len(design.sizes)), dtype=np.float64), design.sizes)
    tau = np.array([spread.start for spread in spreads]) if start is None else start.spreads.copy()
    effects = np.zeros(starts[-1])
    if start is not None:
        known = min(start.effects.size - (starts[-1] - fixed), fixed)
        effects[:known], effects[fixed:] = start.effects[:known], start.effects[fixed - starts[-1] :]
    observed = accepted.astype(np.float64)
    flat = np.full(fixed, 1 / FLAT)
    flat[0] = 1e-6
    covariance = information = np.eye(1)
    for step in range(steps):
        eta = offset + design.predictor(effects)
        mean = expit(eta)
        weight = np.maximum(mean * (1 - mean), 1e-9)
        if step < (CURVED if start is None else 1):
            information = design.gram(weight)
        penalty = np.concatenate([flat, 1 / (scale * tau[group_of] ** 2)])
        gradient = design.sums(observed - mean) - penalty * effects
        factor = cho_factor(information + np.diag(penalty), lower=True)
        change = cho_solve(factor, gradient)
        effects = effects + np.clip(change, -2, 2)
        covariance = cho_solve(factor, np.eye(starts[-1]))
        if start is None or settle:
            tau = _spread(effects[fixed:] ** 2 / scale, np.diag(covariance)[fixed:] / scale, group_of, tau, spreads)
        if step and np.abs(change).max() < SETTLED:
            break
    eta = offset + design.predictor(effects)
    mean = expit(eta)
    return Fit(effects, covariance, mean, observed - mean, weight, eta, tau, information)


def _spread(squares: Floats, variance: Floats, group: Codes, tau: Floats, spreads: Sequence[Spread]) -> Floats:
    found = tau.copy()
    for g, spread in enumerate(spreads):
        mine = group == g
        square = np.minimum(squares[mine], (CAPPED * tau[g]) ** 2) + variance[mine]
        pooled = (spread.weight * spread.start**2 + square.sum()) / (spread.weight + mine.sum())
        found[g] = np.clip(np.sqrt(pooled), spread.least, spread.most)
    return found


def evidence(model: Fit, design: Crossed, rows: npt.NDArray[np.int64]) -> tuple[float, float]:
    """Effect in logits that the cases in ``rows`` share beyond the model, and its standard error (one score step)."""
    weight = model.weight[rows]
    cross = design.sums(weight, rows)
    information = max(float(weight.sum() - cross @ model.covariance @ cross), 1e-12)
    return float(model.residual[rows].sum()) / information, information**-0.5
