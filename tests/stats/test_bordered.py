"""The inverse of cross-products with one diagonal block, against the dense one."""

from __future__ import annotations

import numpy as np
import pytest

from accord.stats.bordered import Products
from accord.stats.effects import Cause, Crossed


def example(rng: np.random.Generator) -> tuple[Crossed, Products, np.ndarray]:
    size = 900
    codes = [rng.integers(0, 5, size), rng.integers(0, 60, size), rng.integers(0, 7, size)]
    fixed = np.stack([np.ones(size), rng.standard_normal(size)], axis=1)
    design = Crossed(codes, [5, 60, 7], [0, 1, 0], fixed)
    weight = rng.uniform(0.05, 0.25, size)
    return design, design.products(weight), weight


def test_the_inverse_is_the_dense_one() -> None:
    rng = np.random.default_rng(1)
    _, products, _ = example(rng)
    penalty = rng.uniform(0.5, 5, products.size)
    inverse = products.inverse(penalty)
    dense = np.linalg.inv(products.dense() + np.diag(penalty))
    vector = rng.standard_normal(products.size)
    np.testing.assert_allclose(inverse.times(vector), dense @ vector, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(inverse.diagonal, np.diag(dense), rtol=1e-8)
    chosen = np.array([1, 4])
    np.testing.assert_allclose(inverse.columns(chosen), dense[:, chosen], rtol=1e-8, atol=1e-10)
    assert inverse.quadratic(vector) == pytest.approx(vector @ dense @ vector, rel=1e-8)


def test_columns_that_come_later_and_go_again() -> None:
    rng = np.random.default_rng(2)
    design, products, weight = example(rng)
    some = np.flatnonzero(rng.random(900) < 0.1)
    causes = [Cause(some, 900), Cause(np.arange(0, 900, 2), 900, rng.standard_normal(450))]
    wider = design.with_causes(causes)
    crossed = np.array([wider.sums(weight * cause.column) for cause in causes])
    grown = products.with_columns(2, crossed)
    np.testing.assert_allclose(grown.dense(), wider.gram(weight), rtol=1e-10, atol=1e-9)
    np.testing.assert_allclose(
        grown.without(2).dense(), design.with_causes(causes[1:]).gram(weight), rtol=1e-10, atol=1e-9
    )


def test_sums_of_some_cases_are_those_of_all_with_the_others_at_nothing() -> None:
    rng = np.random.default_rng(3)
    design, _, weight = example(rng)
    rows = np.flatnonzero(rng.random(900) < 0.3)
    alone = np.zeros(900)
    alone[rows] = weight[rows]
    np.testing.assert_allclose(design.sums(weight[rows], rows), design.sums(alone), rtol=1e-10, atol=1e-12)
