"""Sums and cross-products over packs of dimensions, against dense matrices."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.stats.packed import WIDE, packed


@settings(deadline=None)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=6), st.integers(1, 60), st.integers(0, 2**32 - 1))
def test_packs_add_up_as_columns_do(sizes: list[int], cases: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    codes = [rng.integers(0, size, cases) for size in sizes]
    dense = np.concatenate([np.eye(size)[code] for code, size in zip(codes, sizes, strict=True)], axis=1)
    weight, effects = rng.random(cases), rng.standard_normal(sum(sizes))
    together = packed(codes, sizes)
    np.testing.assert_allclose(together.sums(weight), dense.T @ weight, atol=1e-9)
    half, parts = np.empty(cases), (slice(0, cases // 2), slice(cases // 2, cases))
    for part in parts:
        together.add_up(together.worth(effects), part, half[part])
    np.testing.assert_allclose(half, dense @ effects, atol=1e-9)
    first, second = (together.of_columns(together.sums_of_cells(weight[part], part)) for part in parts)
    np.testing.assert_allclose(first + second, dense.T @ weight, atol=1e-9)
    some = np.flatnonzero(rng.random(cases) < 0.5)
    np.testing.assert_allclose(together.sums(weight[some], some), dense[some].T @ weight[some], atol=1e-9)
    period = rng.integers(0, 3, cases)
    in_periods = np.stack([dense.T @ (weight * (period == one)) for one in range(3)], axis=1)
    np.testing.assert_allclose(together.in_periods(weight, period, 3), in_periods, atol=1e-9)
    whole = dense.T @ (dense * weight[:, None])
    core, border = together.products(weight)
    last = together.packs[-1].columns[:, 0]
    np.testing.assert_allclose(core, whole[np.ix_(together.inner, together.inner)], atol=1e-9)
    np.testing.assert_allclose(border, whole[np.ix_(together.inner, last)], atol=1e-9)


def test_many_combinations_are_not_packed() -> None:
    rng = np.random.default_rng(1)
    sizes = [40, 40, 40, 90]
    codes = [rng.integers(0, size, 20_000) for size in sizes]
    together = packed(codes, sizes)
    assert [pack.cells for pack in together.packs] == [40, 40, 40, 90]


def test_products_with_a_dimension_of_very_many_values() -> None:
    rng = np.random.default_rng(12)
    sizes, cases = [6, 4, WIDE + 7], 9_000
    codes = [rng.integers(0, size, cases) for size in sizes]
    weight, together = rng.random(cases), packed(codes, sizes)
    _core, border = together.products(weight)
    by_hand = np.zeros((sum(sizes[:2]), sizes[2]))
    for start, code in ((0, codes[0]), (sizes[0], codes[1])):
        np.add.at(by_hand, (start + code, codes[2]), weight)
    np.testing.assert_allclose(border, by_hand, atol=1e-9)
