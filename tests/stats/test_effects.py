"""The hierarchical model: against dense matrices, against an optimiser, and against simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit

from accord.stats.effects import AT_ONCE, FLAT, Cause, Crossed, Spread, evidence, fit

FIXED = (Spread(0.3, 0.3, 0.3), Spread(0.5, 0.5, 0.5))


def example(rng: np.random.Generator, size: int = 1500) -> tuple[Crossed, np.ndarray, np.ndarray]:
    codes = [rng.integers(0, 4, size), rng.integers(0, 7, size)]
    fixed = np.stack([np.ones(size), rng.standard_normal(size)], axis=1)
    design = Crossed(codes, [4, 7], [0, 1], fixed)
    eta = 0.4 + 0.5 * fixed[:, 1] + 0.3 * rng.standard_normal(4)[codes[0]] + 0.5 * rng.standard_normal(7)[codes[1]]
    return design, rng.random(size) < expit(eta), rng.normal(0, 0.1, size)


def dense(design: Crossed) -> np.ndarray:
    dummies = [np.eye(size)[code] for code, size in zip(design.codes, design.sizes, strict=True)]
    return np.concatenate([design.fixed, *dummies], axis=1)


def penalties() -> np.ndarray:
    return np.concatenate([[1e-6, 1 / FLAT], np.full(4, 1 / 0.3**2), np.full(7, 1 / 0.5**2)])


def test_sparse_counts_are_the_dense_products() -> None:
    rng = np.random.default_rng(1)
    design, happened, _ = example(rng)
    columns, weight = dense(design), rng.random(happened.size)
    np.testing.assert_allclose(design.gram(weight), columns.T @ (columns * weight[:, None]), rtol=1e-10, atol=1e-9)
    np.testing.assert_allclose(design.sums(weight), columns.T @ weight, rtol=1e-10)


@pytest.mark.parametrize("size", [3, 2 * AT_ONCE + 5])
def test_what_is_worked_out_part_by_part_is_that_of_the_whole(size: int) -> None:
    rng = np.random.default_rng(8)
    some = np.flatnonzero(rng.random(size) < 0.2)
    causes = [
        Cause(some, size),
        Cause(some, size, rng.standard_normal(some.size)),
        Cause(np.arange(size), size, rng.standard_normal(size)),
    ]
    bare, happened, offset = example(rng, size)
    design = bare.with_causes(causes)
    effects = rng.standard_normal(int(design.starts[-1]))
    columns = np.concatenate([bare.fixed, *(one.column[:, None] for one in causes), dense(bare)[:, 2:]], axis=1)
    there, totals = design.state(effects, offset, happened.astype(np.float64))
    np.testing.assert_allclose(there.predictor, offset + columns @ effects, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(design.predictor(effects), columns @ effects, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(there.mean, expit(there.predictor), rtol=1e-12)
    np.testing.assert_array_equal(there.residual, happened - there.mean)
    np.testing.assert_allclose(totals, columns.T @ there.residual, rtol=1e-9, atol=1e-9)
    weight = there.mean * (1 - there.mean)  # of causes that few cases have something of, and of one that all have
    np.testing.assert_allclose(design.gram(weight), columns.T @ (columns * weight[:, None]), rtol=1e-9, atol=1e-9)


def test_the_fit_is_the_optimum_of_the_penalised_likelihood() -> None:
    design, happened, offset = example(np.random.default_rng(2))
    columns, penalty = dense(design), penalties()

    def loss(effects: np.ndarray) -> float:
        eta = offset + columns @ effects
        return float(np.logaddexp(0, eta).sum() - eta[happened].sum() + (penalty * effects**2).sum() / 2)

    best = minimize(loss, np.zeros(columns.shape[1]), method="BFGS", options={"gtol": 1e-6})
    found = fit(happened, design, FIXED, offset, steps=30)
    np.testing.assert_allclose(found.effects, best.x, atol=5e-3)  # the fit stops at steps below 0.005 logits
    np.testing.assert_allclose(found.residual, happened - found.mean, atol=1e-12)


@pytest.mark.parametrize("often", [0.3, 0.7, 0.95])
def test_a_cause_of_what_is_rare_elsewhere_is_found_where_it_is(often: float) -> None:
    # The curvature where all is rare is a fifteenth of what it is among these cases: its steps alone never arrive.
    rng = np.random.default_rng(5)
    design, _, offset = example(rng, 6000)
    rows = np.flatnonzero(rng.random(6000) < 0.05)
    chance = np.full(6000, 0.015)
    chance[rows] = often
    happened = rng.random(6000) < chance
    before = fit(happened, design, FIXED, offset)
    found = fit(happened, design.with_causes([Cause(rows, 6000)]), FIXED, offset, start=before, settle=True)
    column = np.zeros(6000)
    column[rows] = 1
    columns = np.insert(dense(design), 2, column, axis=1)
    penalty = np.insert(penalties(), 2, 1 / FLAT)

    def loss(effects: np.ndarray) -> float:
        eta = offset + columns @ effects
        return float(np.logaddexp(0, eta).sum() - eta[happened].sum() + (penalty * effects**2).sum() / 2)

    best = minimize(loss, np.zeros(columns.shape[1]), method="BFGS", options={"gtol": 1e-5})
    np.testing.assert_allclose(found.effects, best.x, atol=0.01)  # the fit stops at steps below 0.005 logits


def test_evidence_is_the_generalised_least_squares_estimate() -> None:
    rng = np.random.default_rng(3)
    design, happened, offset = example(rng)
    model = fit(happened, design, FIXED, offset, steps=30)
    rows = np.flatnonzero(rng.random(happened.size) < 0.2)
    column = np.zeros(happened.size)
    column[rows] = 1
    columns, weight = dense(design), model.weight
    inverse = np.linalg.inv(columns.T @ (columns * weight[:, None]) + np.diag(penalties()))
    whole = np.diag(weight) - (weight[:, None] * columns) @ inverse @ (columns.T * weight)
    information = column @ whole @ column
    effect, error = evidence(model, design, rows)
    # the curvature behind the model is of its third step, the weights here of its last
    assert error == pytest.approx(information**-0.5, rel=1e-3)
    assert effect == pytest.approx(model.residual[rows].sum() / information, rel=2e-3)


def test_spreads_are_found_again() -> None:
    rng, found = np.random.default_rng(4), []
    for _ in range(20):
        code = rng.integers(0, 40, 6000)
        happened = rng.random(6000) < expit(0.5 + 0.3 * rng.standard_normal(40)[code])
        design = Crossed([code], [40], [0], np.ones((6000, 1)))
        found.append(float(fit(happened, design, (Spread(0.1, 0.02, 1.0, 4),), np.zeros(6000), steps=40).spreads[0]))
    # pulled a little towards where it starts, and effects beyond two standard deviations count as two
    assert 0.22 <= np.mean(found) <= 0.31


def test_a_value_is_judged_against_the_ordinary_spread_too() -> None:
    """A value of a dimension that varies by 0.3 is not remarkable at 0.3, however many leads it has."""
    rng = np.random.default_rng(5)
    size, values = 60_000, 20
    code = rng.integers(0, values, size)
    usual = 0.3 * rng.standard_normal(values)
    usual[0] = -0.3
    happened = rng.random(size) < expit(0.5 + usual[code])
    design = Crossed([code], [values], [0], np.ones((size, 1)))
    model = fit(happened, design, (Spread(0.3, 0.3, 0.3),), np.zeros(size), steps=30)
    effect, error = evidence(model, design, np.flatnonzero(code == 0))
    assert error >= 0.3
    assert abs(effect) < 2 * error


def test_chance_of_evidence_is_standard_normal() -> None:
    """Over many companies without any cause, the estimate over its error has mean 0 and standard deviation 1."""
    rng, z = np.random.default_rng(6), []
    for _ in range(150):
        codes = [rng.integers(0, 8, 2000), rng.integers(0, 5, 2000)]
        eta = 0.5 + 0.2 * rng.standard_normal(8)[codes[0]] + 0.2 * rng.standard_normal(5)[codes[1]]
        happened = rng.random(2000) < expit(eta)
        design = Crossed(codes, [8, 5], [0, 0], np.ones((2000, 1)))
        model = fit(happened, design, (Spread(0.2, 0.2, 0.2),), np.zeros(2000), steps=20)
        effect, error = evidence(model, design, np.flatnonzero((codes[0] == 1) & (codes[1] == 2)))
        z.append(effect / error)
    assert abs(np.mean(z)) < 3 / 150**0.5
    assert np.std(z) == pytest.approx(1.0, abs=3 / 300**0.5)
