"""Shrinkage against brute-force integration, against raw rates by simulation, and at its ends."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betaln
from scipy.stats import beta

from accord.stats.intervals import jeffreys
from accord.stats.shrinkage import deciding_count, shrink

segments = st.lists(
    st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=2, max_size=8
)


def by_brute_force(won: list[int], tried: list[int]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Posterior means and variances by summing over a fine grid of mean and within-segment correlation."""
    x, n = np.array(won)[:, None, None], np.array(tried)[:, None, None]
    # Midpoints of the prior's own scales: the correlation is uniform, the mean Jeffreys, so both weigh evenly.
    correlation = np.linspace(0, 1, 1202)[1:-1][None, :, None]
    # Where segments are alike the weight lies within 1 / n of a correlation of 0.
    correlation = correlation**3
    jacobian = correlation ** (2 / 3)
    mean = np.sin(np.linspace(0, np.pi / 2, 502)[1:-1])[None, None, :] ** 2
    strength = 1 / correlation - 1
    yes, no = mean * strength, (1 - mean) * strength
    score = (betaln(x + yes, n - x + no) - betaln(yes, no)).sum(axis=0) + np.log(jacobian[0])
    weight = np.exp(score - score.max())
    weight /= weight.sum()
    first = (x + yes) / (n + strength)
    square = first**2 + first * (1 - first) / (n + strength + 1)
    means = (weight * first).sum(axis=(1, 2))
    return means, (weight * square).sum(axis=(1, 2)) - means**2


@pytest.mark.parametrize(
    ("won", "tried"),
    [
        ([52, 35, 44, 29, 38, 2], [100, 100, 100, 100, 100, 12]),
        ([3, 9], [10, 12]),
        ([0, 1, 0, 2, 0], [20, 30, 25, 40, 10]),
        ([12, 11, 13], [12, 11, 13]),
        ([450, 120, 70, 8], [900, 300, 100, 11]),
        ([40, 41, 39, 40], [100, 100, 100, 100]),
    ],
    ids=["spread", "two small", "rare", "all accepted", "uneven", "alike"],
)
def test_agrees_with_brute_force(won: list[int], tried: list[int]) -> None:
    # The grid of the fast computation is coarse (26 × 9 points). What it may cost: a twentieth of a standard deviation
    # in the mean, six tenths of a point at the ends; no reader could act on less.
    shrunk = shrink(won, tried, [0] * len(won), groups=1)
    means, variances = by_brute_force(won, tried)
    deviation = np.sqrt(variances)
    assert np.all(np.abs(shrunk.value - means) < 0.05 * deviation)
    strength = means * (1 - means) / variances - 1
    low, high = beta.interval(0.95, means * strength, (1 - means) * strength)
    np.testing.assert_allclose(shrunk.low, low, atol=0.006)
    np.testing.assert_allclose(shrunk.high, high, atol=0.006)


@given(segments)
def test_lies_between_the_own_rate_and_the_others(counts: list[tuple[int, int]]) -> None:
    won, tried = (np.array(part) for part in zip(*counts, strict=True))
    shrunk = shrink(won, tried, np.zeros(len(won), dtype=int), groups=1)
    rates = (won + 0.5) / (tried + 1)
    # Half a lead of slack: the mean has a Jeffreys distribution before anything is seen.
    slack = 0.5 / tried.min() + 0.02
    assert np.all((shrunk.value > rates.min() - slack) & (shrunk.value < rates.max() + slack))
    assert np.all((shrunk.low <= shrunk.value) & (shrunk.value <= shrunk.high))
    assert np.all((shrunk.low >= 0) & (shrunk.high <= 1))


@given(segments, segments, st.randoms(use_true_random=False))
def test_groups_are_fitted_apart_and_in_any_order(
    some: list[tuple[int, int]], others: list[tuple[int, int]], chance: object
) -> None:
    counts = np.array(some + others)
    group = np.array([0] * len(some) + [1] * len(others))
    order = np.random.default_rng(len(counts)).permutation(len(counts))
    together = shrink(counts[order, 0], counts[order, 1], group[order], groups=2)
    alone = shrink([x for x, _ in others], [n for _, n in others], [0] * len(others), groups=1)
    np.testing.assert_allclose(together.value[np.argsort(order)][group == 1], alone.value, rtol=1e-9)
    assert together.mean[1] == pytest.approx(alone.mean[0], rel=1e-9)
    assert together.segments.tolist() == [len(some), len(others)]


def test_alike_segments_are_pooled_and_different_ones_are_not() -> None:
    trials = np.full(30, 100)
    alike = shrink(np.full(30, 40), trials, np.zeros(30, dtype=int), groups=1)
    assert alike.strength[0] > 1000
    assert np.all(alike.high - alike.low < 0.35 * (jeffreys(40, 100).high - jeffreys(40, 100).low))
    different = shrink(np.linspace(2, 98, 30).astype(int), trials, np.zeros(30, dtype=int), groups=1)
    assert different.strength[0] < 5
    np.testing.assert_allclose(different.value, np.linspace(2, 98, 30).astype(int) / 100, atol=0.03)


def test_a_segment_alone_keeps_its_own_rate() -> None:
    shrunk = shrink([3, 0, 50], [10, 0, 100], [0, 0, 1], groups=2)
    assert shrunk.segments.tolist() == [1, 1]
    assert shrunk.value[[0, 2]].tolist() == [0.3, 0.5]
    assert shrunk.low[0] == jeffreys(3, 10).low
    assert shrunk.high[2] == jeffreys(50, 100).high


def test_no_segment_at_all() -> None:
    shrunk = shrink([], [], [], groups=2)
    assert len(shrunk.value) == 0
    assert shrunk.segments.tolist() == [0, 0]


@pytest.mark.parametrize("spread", [0.0, 0.05, 0.10, 0.20])
def test_is_nearer_to_the_truth_than_the_raw_rate(spread: float) -> None:
    chance = np.random.default_rng(9)
    truth = np.full(3200, 0.4)
    if spread:
        strength = 0.24 / spread**2 - 1
        truth = chance.beta(0.4 * strength, 0.6 * strength, 3200)
    trials = chance.integers(10, 150, 3200)
    won = chance.binomial(trials, truth)
    shrunk = shrink(won, trials, np.arange(3200) // 8, groups=400)
    error, raw_error = ((shrunk.value - truth) ** 2).mean(), ((won / trials - truth) ** 2).mean()
    # 3,200 squared errors know their ratio to about 3 %.
    assert error < {0.0: 0.4, 0.05: 0.65, 0.10: 0.85, 0.20: 0.97}[spread] * raw_error
    assert ((shrunk.low <= truth) & (truth <= shrunk.high)).mean() > 0.94


def test_fewer_leads_than_the_deciding_count_decide_nothing() -> None:
    for line in (0.05, 0.2, 0.5, 0.8, 0.95):
        n = int(deciding_count(line))
        enough = [jeffreys(0, n).high < line, jeffreys(n, n).low > line]
        fewer = [jeffreys(0, n - 1).high < line, jeffreys(n - 1, n - 1).low > line] if n > 1 else [False]
        assert any(enough)
        assert not any(fewer)


def test_a_strong_mean_on_the_line_asks_for_more_leads() -> None:
    counts = deciding_count(0.5, mean=[0.5, 0.5, 0.3], strength=[1, 100, 100])
    assert counts.tolist() == [*sorted(counts.tolist()[:2]), 0]
    assert counts[1] > 3 * counts[0]
    with pytest.raises(ValueError, match="strictly between 0 and 1"):
        deciding_count(1.0)
