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

from accord.stats.bordered import Inverse, Products
from accord.stats.logistic import chances
from accord.stats.packed import Packed, packed
from accord.stats.side_by_side import side_by_side

__all__ = ["Cause", "Crossed", "Fit", "Spread", "evidence", "fit"]

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

ASTRAY = 0.02
"""Change in logits above which a step asks whether the curvature it goes by still holds."""

PICKED = 0.3
"""Share of the cases up to which picking them out costs less than going over all with nothing of the others."""

AT_ONCE = 1 << 16
"""Cases that a step goes over at once: what is worked out of them stays in the processor's nearer memory. It is the
same number on every machine, for sums of parts round otherwise than sums of the whole."""

HOLDS = (0.5, 1.5)
"""Times what it was worked out as that the curvature along a cause may be: within it, every step halves what is left.
Of what is rare in general and frequent among some of the cases it soon is ten times as much, and steps go astray."""


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
class Cause:
    """A column of ``size`` cases, 0 but in ``rows`` (rising); there it is ``values``, or 1 where none are given."""

    rows: npt.NDArray[np.int64]
    size: int
    values: Floats | None = None

    def times(self, numbers: Floats) -> Floats:
        """One number per row, times how much the row has of it."""
        return numbers if self.values is None else numbers * self.values

    @property
    def everywhere(self) -> bool:
        """Whether every case has something of it."""
        return self.rows.size == self.size

    def add(self, effect: float, part: slice, numbers: Floats) -> None:
        """Add what the ``effect`` makes of each case of a ``part`` (from one place to another) to its ``numbers``."""
        if self.everywhere:
            numbers += effect if self.values is None else effect * self.values[part]
            return
        first, last = np.searchsorted(self.rows, (part.start, part.stop))
        rows = self.rows[first:last] - part.start
        numbers[rows] += effect if self.values is None else effect * self.values[first:last]

    def total(self, numbers: Floats) -> float:
        """The sum of one number per case, each times how much the case has of it."""
        return float(self.times(numbers if self.everywhere else numbers[self.rows]).sum())

    @cached_property
    def column(self) -> Floats:
        """One number per case."""
        column = np.zeros(self.size)
        column[self.rows] = 1.0 if self.values is None else self.values
        return column


@dataclass(frozen=True, eq=False)
class State:
    """Per case: the ``predictor`` (log-odds), the chance that follows (``mean``), and what happened less that."""

    predictor: Floats
    mean: Floats
    residual: Floats


@dataclass(frozen=True, eq=False)
class Crossed:
    """Who has which value: ``codes[d][i]`` in ``range(sizes[d])`` for case i; ``groups[d]`` names its spread.

    ``fixed``: columns of numbers that are adjusted for as they are, one row per case; the first is ones. Columns that
    lie in memory one after the other (Fortran's order) are gone over in half the time.
    ``scales``: by how much each dimension's variance is less than its group's, because others say the same again.
    ``causes``: columns that most cases have nothing of. The model's columns are the fixed ones, the causes, the values.
    """

    codes: Sequence[Codes]
    sizes: Sequence[int]
    groups: Sequence[int]
    fixed: Floats
    scales: Sequence[float] = ()
    causes: Sequence[Cause] = ()

    @property
    def numbers(self) -> int:
        """Columns before those of the values."""
        return int(self.fixed.shape[1]) + len(self.causes)

    @property
    def starts(self) -> npt.NDArray[np.int64]:
        """Column at which each dimension begins, after those of numbers; one more for the end."""
        return np.asarray(np.concatenate(([0], np.cumsum(self.sizes))) + self.numbers, dtype=np.int64)

    @cached_property
    def packed(self) -> Packed:
        """The dimensions, several at once."""
        return packed(self.codes, self.sizes)

    def predictor(self, effects: Floats) -> Floats:
        """Linear predictor of every case."""
        size = len(self.fixed)
        answer, worth = np.empty(size), self.packed.worth(effects[self.numbers :])
        side_by_side(lambda part: self._predict(effects, worth, part, answer[part]), _parts(size), size)
        return answer

    def _predict(self, effects: Floats, worth: Sequence[Floats], part: slice, answer: Floats) -> None:
        """The linear predictor of a part of the cases; ``worth``: the effects of the combinations of values."""
        first = self.fixed.shape[1]
        self.packed.add_up(worth, part, answer)
        answer += self.fixed[part] @ effects[:first]
        for cause, effect in zip(self.causes, effects[first:], strict=False):
            cause.add(float(effect), part, answer)

    def sums(self, values: Floats, rows: npt.NDArray[np.int64] | None = None) -> Floats:
        """Sum of ``values`` (one per row in ``rows``) over every column of the model."""
        if rows is None:
            numbers = [cause.total(values) for cause in self.causes]
            return np.concatenate([values @ self.fixed, numbers, self.packed.sums(values)])
        if rows.size == len(self.fixed):  # all of them, each once: nothing is to be picked out
            several = [values @ cause.column for cause in self.causes]
            return np.concatenate([values @ self.fixed, several, self.packed.sums(values)])
        fixed = [values @ column[rows] for column in self.fixed.T]
        several = [values @ cause.column[rows] for cause in self.causes]
        return np.concatenate([fixed, several, self.packed.sums(values, rows)])

    def state(
        self, effects: Floats, offset: Floats, happened: Floats, into: State | None = None
    ) -> tuple[State, Floats]:
        """What the ``effects`` say of every case beyond its ``offset``, and the sums of what they leave unsaid of what
        ``happened`` (0 or 1) over every column. A part of the cases at a time, through all that is asked of them.

        ``into``: a state that nobody needs any more, whose memory is used again.
        """
        size, worth = len(self.fixed), self.packed.worth(effects[self.numbers :])
        there = into or State(np.empty(size), np.empty(size), np.empty(size))

        def of_part(part: slice) -> tuple[Floats, Sequence[Floats]]:
            eta, left = there.predictor[part], there.residual[part]
            self._predict(effects, worth, part, eta)
            eta += offset[part]
            chances(eta, there.mean[part])
            np.subtract(happened[part], there.mean[part], out=left)
            return left @ self.fixed[part], self.packed.sums_of_cells(left, part)

        found = side_by_side(of_part, _parts(size), size)
        fixed, *cells = (
            np.sum(each, axis=0) for each in zip(*((fixed, *cells) for fixed, cells in found), strict=True)
        )
        numbers = [cause.total(there.residual) for cause in self.causes]
        return there, np.concatenate([fixed, numbers, self.packed.of_columns(cells)])

    def with_causes(self, causes: Sequence[Cause]) -> Crossed:
        """The same model with other causes."""
        other = replace(self, causes=tuple(causes))
        other.__dict__["packed"] = self.packed  # worked out once: it does not depend on the causes
        return other

    def products(self, weight: Floats) -> Products:
        """Weighted cross-products of all columns, by counting pairs of values: no wide matrix is ever laid out."""
        numbers, together = self.numbers, self.packed
        core, border = together.products(weight)
        inner = np.concatenate([np.arange(numbers), numbers + together.inner])
        outer = numbers + together.packs[-1].columns[:, 0]
        every = side_by_side(lambda column: self._crossed(column, weight), [*self.fixed.T, *self.causes], weight.size)
        crossed = np.array(every).reshape(numbers, -1)
        whole = np.empty((inner.size, inner.size))
        whole[:numbers], whole[:, :numbers], whole[numbers:, numbers:] = crossed[:, inner], crossed[:, inner].T, core
        last = together.packs[-1]
        own = np.asarray(np.bincount(last.cell, weight, last.cells), dtype=np.float64)
        return Products(whole, np.concatenate([crossed[:, outer], border]), own, inner, outer)

    def _crossed(self, column: Floats | Cause, weight: Floats) -> Floats:
        """The weighted cross-products of a column of numbers, or of a cause, with all columns."""
        if not isinstance(column, Cause):
            return self.sums(weight * column)
        if column.rows.size > PICKED * weight.size:
            return self.sums(weight * column.column)
        return self.sums(column.times(weight[column.rows]), column.rows)

    def gram(self, weight: Floats) -> Floats:
        """:meth:`products` as one matrix."""
        return self.products(weight).dense()


@dataclass(frozen=True, eq=False)
class Fit:
    """``effects`` per column; ``mean`` per case, ``residual`` (observed less mean), ``weight``, ``predictor``.

    ``totals``: sums of ``residual`` over every column. ``spreads``: standard deviation found for each group, in logits.
    ``inverse``: of the penalised cross-products; ``information``: what each column knows beyond all others and its
    prior. ``products``: the cross-products of all columns, of which ``fixed`` are numbers, with ``weight``: that of a
    step or two before the last, so whatever is measured against ``inverse`` has to be weighed alike.
    """

    effects: Floats
    inverse: Inverse
    mean: Floats
    residual: Floats
    weight: Floats
    predictor: Floats
    totals: Floats
    spreads: Floats
    information: Floats
    products: Products
    fixed: int

    @property
    def errors(self) -> Floats:
        """Standard error of every effect."""
        return np.asarray(np.sqrt(self.inverse.diagonal))

    def among(self, columns: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
        """Effects of some columns of numbers, and their covariance."""
        inner = np.searchsorted(self.inverse.inner, columns)
        return self.effects[columns], self.inverse.core[np.ix_(inner, inner)]

    def without(self, columns: Sequence[int]) -> Fit:
        """What a fit without those columns of numbers starts from: the quadratic that this one ended on, less them."""
        gone = np.asarray(columns, dtype=np.int64)
        effects, covariance = self.among(gone)
        beside = self.inverse.columns(gone)
        kept = np.delete(self.effects - beside @ np.linalg.solve(covariance, effects), gone)
        products = self.products
        for column in sorted(columns, reverse=True):
            products = products.without(column)
        return replace(self, effects=kept, products=products, fixed=self.fixed - gone.size)


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
    fixed, size = design.numbers, int(design.starts[-1])
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
    now: State | None = None
    largest, further, step = float("inf"), 0, 0
    while step < steps + further:
        now, totals = design.state(effects, offset, observed, now)
        if start is None and step < curved:
            weight, products = _curvature(design, now.mean)
        elif step and largest > ASTRAY and _outdated(design, now.mean, products):
            weight, products = _curvature(design, now.mean)
            further = steps
        penalty = np.concatenate([flat, 1 / (scale * tau[group_of] ** 2)])
        gradient = totals - penalty * effects
        inverse = products.inverse(penalty)
        change = inverse.times(gradient)
        largest = float(np.abs(change).max())
        effects = effects + np.clip(change, -2, 2)
        if start is None or settle:
            tau = _spread(effects[fixed:] ** 2 / scale, inverse.diagonal[fixed:] / scale, group_of, tau, spreads)
        if step and largest < SETTLED:
            break
        step += 1
    now, totals = design.state(effects, offset, observed, now)
    # I - I (I + P)⁻¹ I, on the diagonal: what a column tells beyond the others and its prior
    own = np.maximum(penalty - penalty**2 * inverse.diagonal, 1e-9)
    return Fit(
        *(effects, inverse, now.mean, now.residual, weight, now.predictor),
        *(totals, tau, own, products, fixed),
    )


def _parts(size: int) -> list[slice]:
    """The cases, a part at a time."""
    return [slice(first, min(first + AT_ONCE, size)) for first in range(0, max(size, 1), AT_ONCE)]


def _curvature(design: Crossed, mean: Floats) -> tuple[Floats, Products]:
    """The weight of every case where the chances are ``mean``, and the cross-products with it."""
    weight = np.maximum(mean * (1 - mean), 1e-9)
    return weight, design.products(weight)


def _outdated(design: Crossed, mean: Floats, products: Products) -> bool:
    """Whether the curvature along some cause is no longer what it was when the cross-products were worked out."""
    first = design.fixed.shape[1]
    for place, cause in enumerate(design.causes):
        chance = mean[cause.rows]
        now = float(cause.times(cause.times(chance * (1 - chance))).sum())
        then = float(products.core[first + place, first + place])  # columns of numbers are the first of the inner ones
        if not HOLDS[0] * then <= now <= HOLDS[1] * then:
            return True
    return False


def _widened(start: Fit, design: Crossed) -> Products:
    """The cross-products that are known, and those of the causes that came later."""
    crossed = []
    for cause in design.causes[start.fixed - design.fixed.shape[1] :]:
        crossed.append(design.sums(cause.times(start.weight[cause.rows]), cause.rows))
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
    information = max(own - model.inverse.quadratic(design.sums(weight, rows)), 1e-12)
    return float(residual.sum()) / information, information**-0.5
