"""The regression against statsmodels, scikit-learn and a general optimiser."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from accord.learning.logistic import Prior, fit_logistic, log_likelihood


def data(seed: int, size: int = 500) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    columns = np.column_stack([np.ones(size), random.normal(size=(size, 3)), random.random(size) < 0.3])
    good = random.random(size) < 1 / (1 + np.exp(-(columns @ np.array([-0.5, 1.0, -0.7, 0.0, 0.8]))))
    return columns.astype(np.float64), good


def test_without_a_prior_it_is_maximum_likelihood() -> None:
    columns, good = data(1)
    ours, theirs = fit_logistic(columns, good, Prior.of(5)), sm.Logit(good.astype(float), columns).fit(disp=0)
    assert ours.coefficients == pytest.approx(theirs.params, abs=1e-5)
    assert ours.errors == pytest.approx(theirs.bse, rel=1e-4)
    assert ours.likelihood == pytest.approx(theirs.llf, abs=1e-6)


def test_with_a_prior_it_is_ridge() -> None:
    columns, good = data(2)
    precision = np.array([0.0, 4.0, 4.0, 4.0, 4.0])
    free = np.full(5, np.inf)
    ours = fit_logistic(columns, good, Prior(np.zeros(5), precision, -free, free))
    theirs = LogisticRegression(C=1 / 4.0, tol=1e-10, max_iter=10_000).fit(columns[:, 1:], good)
    assert ours.coefficients[1:] == pytest.approx(theirs.coef_[0], abs=1e-4)
    assert ours.coefficients[0] == pytest.approx(theirs.intercept_[0], abs=1e-4)


def test_it_is_drawn_towards_what_was_believed() -> None:
    columns, good = data(3)
    mean, free = np.array([0.0, 2.0, 0.0, 1.0, 0.0]), np.full(5, np.inf)
    near = fit_logistic(columns, good, Prior(mean, np.full(5, 1e6), -free, free))
    assert near.coefficients == pytest.approx(mean, abs=1e-3)


@pytest.mark.parametrize("seed", range(4, 10))
def test_bounds_give_what_a_general_optimiser_gives(seed: int) -> None:
    columns, good = data(seed)
    happened, ones = good.astype(float), np.ones(good.size)
    bounds = [(None, None), (0, 0.5), (0, None), (0, None), (None, 0)]
    lowest = np.array([-np.inf if low is None else low for low, _high in bounds])
    highest = np.array([np.inf if high is None else high for _low, high in bounds])
    ours = fit_logistic(columns, good, Prior(np.zeros(5), np.full(5, 0.1), lowest, highest))

    def loss(beta: np.ndarray) -> float:
        return -log_likelihood(columns @ beta, happened, ones) + 0.05 * float((beta**2).sum())

    theirs = minimize(loss, np.zeros(5), method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-14, "gtol": 1e-9})
    assert loss(ours.coefficients) <= theirs.fun + 1e-6
    assert ours.coefficients == pytest.approx(theirs.x, abs=2e-3)
    assert (ours.coefficients >= lowest).all()
    assert (ours.coefficients <= highest).all()


def test_weights_are_repeated_leads() -> None:
    columns, good = data(10, 200)
    weights = np.random.default_rng(10).integers(1, 4, 200)
    weighted = fit_logistic(columns, good, Prior.of(5, 0.1), weights)
    repeated = fit_logistic(np.repeat(columns, weights, axis=0), np.repeat(good, weights), Prior.of(5, 0.1))
    assert weighted.coefficients == pytest.approx(repeated.coefficients, abs=1e-6)
