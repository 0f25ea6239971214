"""Intervals of sums: against SciPy, hand calculation and simulation with known truth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from accord.stats.slope import FEWEST_PERIODS, line_through, marginal_cost
from accord.stats.sums import difference_interval, rate_interval, rule_of_three, share_interval, sum_interval
from accord.values import Estimate, Reason, Unknown


@pytest.mark.parametrize("count", [1, 3, 10, 250])
def test_a_count_has_the_exact_poisson_interval(count: int) -> None:
    interval = sum_interval(count, count, 1)
    assert float(interval.low) == pytest.approx(stats.chi2.ppf(0.025, 2 * count) / 2)
    assert float(interval.high) == pytest.approx(stats.chi2.ppf(0.975, 2 * count + 2) / 2)


@given(
    st.lists(st.integers(0, 10**9), min_size=1, max_size=40),
    st.floats(0.01, 1000),
)
def test_a_sum_lies_in_its_interval_and_the_unit_does_not_matter(amounts: list[int], unit: float) -> None:
    values = np.array(amounts, dtype=np.float64)
    plain = sum_interval(values.sum(), np.sum(values**2), values.max())
    scaled = sum_interval(values.sum() * unit, np.sum(values**2) * unit**2, values.max() * unit)
    slack = 1e-6 * values.sum()
    assert plain.low - slack <= values.sum() <= plain.high + slack
    assert float(scaled.low) == pytest.approx(float(plain.low) * unit, rel=1e-6, abs=1e-9)
    assert float(scaled.high) == pytest.approx(float(plain.high) * unit, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(("customers", "least"), [(20, 0.90), (100, 0.93)])
def test_coverage_with_skewed_amounts(customers: int, least: float) -> None:
    """2,000 sums of a Poisson number of log-normal amounts (sigma 1: the mean is 1.6 times the median)."""
    rng = np.random.default_rng(11)
    truth = customers * np.exp(0.5)
    held = 0
    for _trial in range(2_000):
        amounts = rng.lognormal(0, 1, rng.poisson(customers))
        interval = sum_interval(amounts.sum(), np.sum(amounts**2), amounts.max(initial=0))
        held += bool(interval.low <= truth <= interval.high)
    assert held / 2_000 >= least


def test_refunds_are_taken_off() -> None:
    gain, loss = (
        sum_interval([100.0, 50.0], [1000.0, 600.0], [20.0, 20.0]),
        sum_interval([10.0, 0.0], [40.0, 0.0], [5.0, 0.0]),
    )
    both = difference_interval(np.array([100.0, 50.0]), gain, np.array([10.0, 0.0]), loss)
    assert both.low[0] == pytest.approx(90 - np.hypot(100 - gain.low[0], loss.high[0] - 10))
    assert both.high[0] == pytest.approx(90 + np.hypot(gain.high[0] - 100, 10 - loss.low[0]))
    assert (both.low[1], both.high[1]) == (gain.low[1], gain.high[1])


def test_the_rule_of_three() -> None:
    assert rule_of_three([300, 30, 1]).tolist() == [0.01, 0.1, 1.0]
    exact = 1 - 0.05 ** (1 / 300)
    assert float(rule_of_three(300)) == pytest.approx(exact, rel=0.01)


def test_a_rate_with_no_event_has_the_rule_of_three() -> None:
    interval = rate_interval(np.array([0.0]), np.array([60.0]), np.array([0.0]), [12])
    assert (interval.low[0], interval.high[0]) == (0, pytest.approx(0.05))


def test_coverage_of_a_rate_over_customers_unlike_each_other() -> None:
    """2,000 samples of 60 customers whose own rates are gamma (shape 2): plain Poisson intervals would hold 70 %."""
    rng = np.random.default_rng(12)
    held = 0
    for _trial in range(2_000):
        months = rng.uniform(2, 14, 60)
        counts = rng.poisson(rng.gamma(2, 0.25, 60) * months)
        rate = counts.sum() / months.sum()
        residual = np.sum((counts - rate * months) ** 2)
        interval = rate_interval(np.array([counts.sum()], float), np.array([months.sum()]), np.array([residual]), [60])
        held += bool(interval.low[0] <= 0.5 <= interval.high[0])
    assert 0.93 <= held / 2_000 <= 0.97


def test_a_share_of_money() -> None:
    interval = share_interval(60.0, 40.0, 300.0, 500.0)
    width = stats.norm.ppf(0.975) * np.sqrt(300 / 3600 + 500 / 1600)
    ends = [1 / (1 + np.exp(-(np.log(1.5) + sign * width))) for sign in (-1, 1)]
    assert [float(interval.low), float(interval.high)] == pytest.approx(ends)
    alone = share_interval(60.0, 0.0, 300.0, 0.0)
    assert (float(alone.low), float(alone.high)) == (0.0, 1.0)


def test_a_line_is_scipys() -> None:
    rng = np.random.default_rng(3)
    x = rng.uniform(10, 90, 14)
    y = 3 + 0.2 * x + rng.normal(0, 1, 14)
    line, other = line_through(x, y), stats.linregress(x, y)
    assert line is not None
    assert (line.slope, line.error) == pytest.approx((other.slope, other.stderr))
    cost = marginal_cost(x, y)
    assert isinstance(cost, Estimate)
    assert cost.value == pytest.approx(1 / other.slope)
    assert cost.high == pytest.approx(1 / (other.slope - stats.t.ppf(0.975, 12) * other.stderr))


def test_more_money_that_brings_no_more_is_not_identified() -> None:
    rng = np.random.default_rng(4)
    assert marginal_cost(rng.uniform(10, 90, 20), rng.normal(50, 5, 20)) == Unknown(Reason.NOT_IDENTIFIED)
    assert marginal_cost(np.full(20, 30.0), rng.normal(50, 5, 20)) == Unknown(Reason.NOT_IDENTIFIED)
    assert marginal_cost(np.arange(5.0), np.arange(5.0)) == Unknown(Reason.TOO_FEW, FEWEST_PERIODS)
