"""A hierarchical logistic model over crossed dimensions, from sparse counts, and what one more cause would explain.

Every value of every dimension has its own ordinary difference, drawn from a normal distribution; the spread of each
group of dimensions is estimated from the data, so that "unlike comparable leads" always means more than such values
usually differ. A candidate cause is then judged by its score test *inside* that model: its estimate is the generalised
least squares one, and its standard error holds the chance of single leads and the ordinary spread together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from accord.stats.bordered import Inverse, Products

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

CROSSED = 15_000
"""What a candidate has in common with every column is read off so many of its cases, where it has more."""


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

    @cached_property
    def places(self) -> npt.NDArray[np.int32]:
        """Per case, the column of its value in every dimension, counted after the fixed ones."""
        starts = self.starts - self.fixed.shape[1]
        if not self.codes:
            return np.zeros((self.fixed.shape[0], 0), dtype=np.int32)
        return np.stack([np.asarray(c + s, dtype=np.int32) for c, s in zip(self.codes, starts, strict=False)], axis=1)

    def predictor(self, effects: Floats) -> Floats:
        """Linear predictor of every case."""
        eta = self.fixed @ effects[: self.fixed.shape[1]]
        for code, start, size in zip(self.codes, self.starts, self.sizes, strict=False):
            eta += effects[start : start + size][code]
        return np.asarray(eta)

    def sums(self, values: Floats, rows: npt.NDArray[np.int64] | None = None) -> Floats:
        """Sum of ``values`` (one per row in ``rows``) over every column of the model."""
        if rows is None:
            parts = [np.bincount(c, values, s) for c, s in zip(self.codes, self.sizes, strict=True)]
            return np.concatenate([values @ self.fixed, *parts])
        here = self.places[rows]
        counted = np.bincount(here.ravel(), np.repeat(values, here.shape[1]), int(sum(self.sizes)))
        return np.concatenate([values @ self.fixed[rows], counted])

    def with_columns(self, columns: Sequence[Floats]) -> Crossed:
        """The same model with more columns of numbers."""
        if not columns:
            return self
        wider = Crossed(
            self.codes, self.sizes, self.groups, np.concatenate([self.fixed, *(c[:, None] for c in columns)], axis=1),
            self.scales,
        )  # fmt: skip
        wider.__dict__["places"] = self.places  # worked out once: it does not depend on the numbers
        return wider

    def products(self, weight: Floats) -> Products:
        """Weighted cross-products of all columns, by counting pairs of values: no wide matrix is ever laid out."""
        starts, fixed, last = self.starts, self.fixed.shape[1], self._widest
        total = np.zeros((starts[-1], starts[-1] if last is None else starts[-1] - self.sizes[last]))
        weighted = self.fixed * weight[:, None]
        columns = [k for k in range(starts[-1]) if last is None or not starts[last] <= k < starts[last + 1]]
        place = np.full(starts[-1], -1)
        place[columns] = np.arange(len(columns))
        total[:fixed, :fixed] = self.fixed.T @ weighted
        own: Floats = np.empty(0)
        for d, (code, size) in enumerate(zip(self.codes, self.sizes, strict=True)):
            here = slice(starts[d], starts[d + 1])
            for column in range(fixed):
                total[here, column] = np.bincount(code, weighted[:, column], size)
            diagonal = np.asarray(np.bincount(code, weight, size), dtype=np.float64)
            if d == last:
                own = diagonal
            else:
                total[here, place[starts[d]] : place[starts[d]] + size] = np.diag(diagonal)
            for e in range(d):
                joint = np.bincount(self.codes[e] * size + code, weight, self.sizes[e] * size)
                table = joint.reshape(self.sizes[e], size)
                if e == last:
                    total[starts[e] : starts[e + 1], place[starts[d]] : place[starts[d]] + size] = table
                else:
                    total[here, place[starts[e]] : place[starts[e]] + self.sizes[e]] = table.T
        inner = np.asarray(columns, dtype=np.int64)
        outer = np.setdiff1d(np.arange(starts[-1]), inner)
        core = total[inner]
        core = np.tril(core) + np.tril(core, -1).T
        return Products(core, total[outer].T, own, inner, outer)

    def gram(self, weight: Floats) -> Floats:
        """:meth:`products` as one matrix."""
        return self.products(weight).dense()

    @property
    def _widest(self) -> int | None:
        """The dimension with most values: its block of the products is diagonal, so it is never inverted as a whole."""
        return int(np.argmax(self.sizes)) if len(self.sizes) else None


@dataclass(frozen=True, eq=False)
class Fit:
    """``effects`` per column; ``mean`` per case, ``residual`` (observed less mean), ``weight``, ``predictor``.

    ``spreads``: standard deviation found for each group, in logits. ``inverse``: of the penalised cross-products;
    ``information``: what each column knows beyond all others and its prior. ``products``: the cross-products of all
    columns, of which ``fixed`` are numbers, with ``weight``: that of a step or two before the last, so whatever is
    measured against ``inverse`` has to be weighed alike.
    """

    effects: Floats
    inverse: Inverse
    mean: Floats
    residual: Floats
    weight: Floats
    predictor: Floats
    spreads: Floats
    information: Floats
    products: Products
    fixed: int

    @property
    def errors(self) -> Floats:
        """Standard error of every effect."""
        return np.asarray(np.sqrt(self.inverse.diagonal))

    def without(self, column: int) -> Fit:
        """What a fit without that column of numbers starts from."""
        kept = np.delete(self.effects, column)
        return replace(self, effects=kept, products=self.products.without(column), fixed=self.fixed - 1)


def fit(  # noqa: PLR0917 - the model, then what it starts from
    accepted: npt.NDArray[np.bool_],
    design: Crossed,
    spreads: Sequence[Spread],
    offset: Floats,
    start: Fit | None = None,
    steps: int = STEPS,
    *,
    settle: bool = False,
    near: Fit | None = None,
) -> Fit:
    r"""Penalised quasi-likelihood of :math:`\mathrm{logit}\,P(y_i) = o_i + x_i β + Σ_d u_{d, c_d(i)},\ u ∼ N(0, τ_g²)`.

    ``accepted``: what happened to each case; ``offset``: what is known of each case's log-odds beforehand. ``start``: a
    fit of the same cases and dimensions to begin from, whose first columns of numbers are those of ``design``; its
    curvature is kept for them, and its spreads unless ``settle``. ``near``: a fit of the same columns to some of the
    cases; its effects are where the steps begin. Spreads are found by expectation and maximisation; an
    effect beyond two standard deviations counts as two, so that one cause does not widen what is taken for ordinary.

    >>> happened = np.array([True] * 60 + [False] * 40 + [True] * 30 + [False] * 70)
    >>> channel = np.repeat([0, 1], 100)
    >>> design = Crossed([channel], [2], [0], np.ones((200, 1)))
    >>> model = fit(happened, design, [Spread(0.5, 0.5, 0.5)], np.zeros(200))
    >>> model.effects.round(2)  # the middle, and what each channel adds: less than it seems, for it is drawn to 0
    array([-0.22,  0.53, -0.53])

    Reference: Breslow & Clayton (1993), JASA 88, 9–25.
    """
    fixed, size = design.fixed.shape[1], int(design.starts[-1])
    group_of = np.repeat(np.asarray(design.groups, dtype=np.int64), design.sizes)
    scale = np.repeat(np.asarray(design.scales or np.ones(len(design.sizes)), dtype=np.float64), design.sizes)
    tau = np.array([spread.start for spread in spreads]) if start is None else start.spreads.copy()
    effects, curved = np.zeros(size), CURVED
    if start is not None:
        before = start.effects.size - (size - fixed)
        known = min(before, fixed)
        effects[:known], effects[fixed:] = start.effects[:known], start.effects[before:]
    elif near is not None:
        effects, tau, curved = near.effects.copy(), near.spreads.copy(), 1
    elif accepted.size:
        share = (accepted.sum() + 0.5) / (accepted.size + 1)
        effects[0] = np.log(share / (1 - share)) - offset.mean()  # rare outcomes are far from even odds
    observed = accepted.astype(np.float64)
    flat = np.full(fixed, 1 / FLAT)
    flat[0] = 1e-6
    if start is not None:
        weight, products = start.weight, _widened(start, design)
    for step in range(steps):
        mean = expit(offset + design.predictor(effects))
        if start is None and step < curved:
            weight = np.maximum(mean * (1 - mean), 1e-9)
            products = design.products(weight)
        penalty = np.concatenate([flat, 1 / (scale * tau[group_of] ** 2)])
        gradient = design.sums(observed - mean) - penalty * effects
        inverse = products.inverse(penalty)
        change = inverse.times(gradient)
        effects = effects + np.clip(change, -2, 2)
        if start is None or settle:
            tau = _spread(effects[fixed:] ** 2 / scale, inverse.diagonal[fixed:] / scale, group_of, tau, spreads)
        if step and np.abs(change).max() < SETTLED:
            break
    eta = offset + design.predictor(effects)
    mean = expit(eta)
    # I - I (I + P)⁻¹ I, on the diagonal: what a column tells beyond the others and its prior
    own = np.maximum(penalty - penalty**2 * inverse.diagonal, 1e-9)
    return Fit(effects, inverse, mean, observed - mean, weight, eta, tau, own, products, fixed)


def _widened(start: Fit, design: Crossed) -> Products:
    """The cross-products that are known, and those of the columns of numbers that came later."""
    crossed = []
    for column in design.fixed[:, start.fixed :].T:
        rows = np.flatnonzero(column)
        crossed.append(design.sums(start.weight[rows] * column[rows], rows))
    return start.products.with_columns(start.fixed, np.array(crossed).reshape(len(crossed), int(design.starts[-1])))


def _spread(squares: Floats, variance: Floats, group: Codes, tau: Floats, spreads: Sequence[Spread]) -> Floats:
    found = tau.copy()
    for g, spread in enumerate(spreads):
        mine = group == g
        square = np.minimum(squares[mine], (CAPPED * tau[g]) ** 2) + variance[mine]
        pooled = (spread.weight * spread.start**2 + square.sum()) / (spread.weight + mine.sum())
        found[g] = np.clip(np.sqrt(pooled), spread.least, spread.most)
    return found


def evidence(
    model: Fit, design: Crossed, rows: npt.NDArray[np.int64], values: Floats | None = None
) -> tuple[float, float]:
    """Effect in logits that the cases in ``rows`` share beyond the model, and its standard error (one score step).

    ``values``: how much of it each of them has, where that differs; 1 for all otherwise.
    """
    weight = model.weight[rows] if values is None else model.weight[rows] * values
    residual = model.residual[rows] if values is None else model.residual[rows] * values
    own = float(weight.sum()) if values is None else float(weight @ values)
    thin = max(rows.size // CROSSED, 1)
    crossed = thin * design.sums(weight[::thin], rows[::thin])
    information = max(own - model.inverse.quadratic(crossed), 1e-12)
    return float(residual.sum()) / information, information**-0.5
