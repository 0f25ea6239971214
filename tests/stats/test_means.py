"""The mean amount per unit: against the textbook, by hand, and how often its interval holds the truth."""

from __future__ import annotations

from collections.abc import Callable
from math import cbrt, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from accord.stats.means import mean_interval

Draw = Callable[[np.random.Generator, tuple[int, int]], np.ndarray]
COMPANIES = 3000
SIGMA = 0.97
"""Of log-normal amounts whose mean is 1.6 times their median."""

WORLDS: dict[str, tuple[Draw, float, float]] = {
    "skewed": (lambda chance, shape: chance.lognormal(0, SIGMA, shape), float(np.exp(SIGMA**2 / 2)), 0.88),
    "two plans": (lambda chance, shape: chance.choice([600.0, 1400.0], shape), 1000.0, 0.95),
    "nearly one price": (lambda chance, shape: chance.uniform(0.9, 1.1, shape), 1.0, 0.95),
    "most bring nothing": (
        lambda chance, shape: chance.lognormal(0, SIGMA, shape) * (chance.random(shape) < 0.4),
        0.4 * float(np.exp(SIGMA**2 / 2)),
        0.91,
    ),
}
"""How amounts come about, their mean, and how often the interval must hold it at least with ten to twenty units."""


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("units", [10, 20, 100, 300])
def test_how_often_it_holds_the_truth(world: str, units: int) -> None:
    draw, truth, least = WORLDS[world]
    # Of its own for each case: what is drawn does not hang on which cases came before.
    amounts = draw(np.random.default_rng([20261122, units]), (COMPANIES, units))
    cell = np.repeat(np.arange(COMPANIES), units)
    interval = mean_interval(COMPANIES, cell, amounts.ravel(), np.full(COMPANIES, units))
    held = float(np.mean((interval.low <= truth) & (truth <= interval.high)))
    noise = 3 * sqrt(0.05 * 0.95 / COMPANIES)
    assert held >= (least if units < 100 else 0.935) - noise


@given(
    st.lists(st.integers(-50_000, 500_000), min_size=2, max_size=30),
    st.integers(0, 20),
)
def test_is_the_transformed_interval_of_all_units(amounts: list[int], nothing: int) -> None:
    units = np.array([*amounts, *[0] * nothing], dtype=np.float64)
    n, mean, deviation = len(units), float(np.mean(units)), float(np.std(units, ddof=1))
    interval = mean_interval(1, np.zeros(len(amounts), dtype=np.int64), amounts, [n])
    low = high = mean
    if deviation > 1e-6:
        skewness = float(np.mean((units - mean) ** 3)) / deviation**3
        sure, bent = float(stats.t.ppf(0.975, n - 1)), skewness / sqrt(n)

        def unbent(q: float) -> float:
            return q if abs(bent) < 1e-6 else 3 / bent * (cbrt(1 + bent * (q - bent / 6)) - 1)

        low, high = (mean - deviation / sqrt(n) * unbent(q) for q in (sure, -sure))
    if min(amounts) >= 0:
        low = max(low, 0.0)
    low = min(low, (float(np.sum(units)) + min(0.0, *amounts)) / (n + 1))
    high = max(high, (float(np.sum(units)) + max(0.0, *amounts)) / (n + 1))
    assert interval.low[0] == pytest.approx(low, rel=1e-7, abs=1e-3)
    assert interval.high[0] == pytest.approx(high, rel=1e-7, abs=1e-3)
    assert interval.low[0] <= mean + 1e-6
    assert interval.high[0] >= mean - 1e-6


def test_amounts_around_a_middle_have_the_interval_of_student() -> None:
    amounts = np.array([80.0, 90, 95, 100, 105, 110, 120])
    interval = mean_interval(1, np.zeros(7, dtype=np.int64), amounts, [7])
    expected = stats.ttest_1samp(amounts, 0).confidence_interval(0.95)
    assert interval.low[0] == pytest.approx(min(expected.low, 700 / 8))
    assert interval.high[0] == pytest.approx(expected.high)


def test_eighty_equal_amounts_know_their_mean_up_to_one_who_brings_nothing() -> None:
    interval = mean_interval(2, np.zeros(80, dtype=np.int64), [100_010] * 80, [80, 0])
    assert interval.low.tolist() == pytest.approx([100_010 * 80 / 81, 0])
    assert interval.high.tolist() == pytest.approx([100_010, 0])
