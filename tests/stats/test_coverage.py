"""What an interval promises it keeps: coverage on simulated cells with known truth.

A quick version of ``scripts/coverage.py``, which makes the tables of docs/method/acceptance-rate.md. Seeds are fixed,
so a failure is a change of the code; the bands are the promise (94 to 96 % on average at every size) where enough
intervals are drawn to hold it to that, and three standard errors wider where not.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from accord.stats.curve import incidence_at
from accord.stats.intervals import incidence_interval
from accord.stats.quantiles import delay_quantiles
from accord.stats.weighted import WeightedSums, weighted_mean
from stats.simulated import RATES, SHAPES, WINDOW, World, binned, delays, table_of, true_quantiles

pytestmark = pytest.mark.slow

SEED = 20260801


def some_worlds() -> Iterator[World]:
    """All rates and shapes with nothing, a little and much open, where so much can be open."""
    for shape in SHAPES:
        for rate in RATES:
            for arrival, share in (("burst", 0.0), ("steady", 0.1), ("steady", 0.3), ("burst", 0.3), ("burst", 0.6)):
                world = World(shape, arrival, share, rate)
                if world.within_reach:
                    yield world


@pytest.mark.parametrize(
    ("n", "replicates", "band"),
    [(20, 400, (0.94, 0.96)), (50, 400, (0.94, 0.96)), (200, 200, (0.94, 0.96)), (1000, 60, (0.94, 0.96)),
     (5000, 12, (0.93, 0.97))],
    ids=lambda value: f"n={value}" if isinstance(value, int) else "",
)  # fmt: skip
def test_rate(n: int, replicates: int, band: tuple[float, float]) -> None:
    chance = np.random.default_rng(SEED + n)
    shares = []
    for world in some_worlds():
        at = incidence_at(world.cells(n, replicates, chance), [WINDOW])
        interval = incidence_interval(at)
        known = at.identified
        held = (interval.low <= world.rate) & (world.rate <= interval.high)
        shares.append(held[known].mean())
    assert len(shares) > 80
    assert band[0] <= np.mean(shares) <= band[1]
    # No single world is far off. The plain Jeffreys interval itself holds 88 % at n = 50 and a rate of 5 %: with no
    # acceptance in 50 leads its upper end is 4.9 %.
    assert replicates < 200 or min(shares) > 0.83


@pytest.mark.parametrize(("n", "replicates"), [(50, 300), (500, 100)])
def test_promise(n: int, replicates: int) -> None:
    """The same curve read at 24 and 48 hours."""
    chance = np.random.default_rng(SEED - n)
    held = {24.0: [], 48.0: []}  # type: dict[float, list[float]]
    known_shares = {
        shape: [(binned(delays(shape, 1_000_000, chance)) <= horizon).mean() for horizon in held] for shape in SHAPES
    }
    for world in some_worlds():
        at = incidence_at(world.cells(n, replicates, chance), list(held))
        interval = incidence_interval(at)
        for column, horizon in enumerate(held):
            truth = world.rate * known_shares[world.shape][column]
            inside = (interval.low[:, column] <= truth) & (truth <= interval.high[:, column])
            held[horizon].append(inside[at.identified[:, column]].mean())
    for shares in held.values():
        assert 0.94 <= np.mean(shares) <= 0.97


@pytest.mark.parametrize(("n", "replicates"), [(100, 150), (600, 60)])
def test_delay_quantiles(n: int, replicates: int) -> None:
    chance = np.random.default_rng(SEED + n)
    probabilities = (0.5, 0.9, 0.95)
    shares: dict[float, list[float]] = {probability: [] for probability in probabilities}
    for world in some_worlds():
        if 0.2 <= world.rate <= 0.8:
            answer = delay_quantiles(world.cells(n, replicates, chance), probabilities, WINDOW)
            known = answer.identified & (answer.n >= 10)
            for column, truth in enumerate(true_quantiles(world.shape, probabilities)):
                inside = (answer.low[:, column] <= truth) & (truth <= answer.high[:, column])
                shares[probabilities[column]].append(inside[known].mean())
    assert 0.93 <= np.mean(shares[0.5]) <= 0.97
    # High quantiles of few acceptances reach to the window and so hold more than they promise.
    assert 0.94 <= np.mean(shares[0.9]) <= 0.97
    assert 0.94 <= np.mean(shares[0.95]) <= 0.98


@pytest.mark.parametrize(("n", "lowest"), [(20, 0.88), (50, 0.92), (400, 0.935)])
def test_weighted_delay(n: int, lowest: float) -> None:
    # A mean of twenty delays with a long tail has not seen the tail: no interval made from them holds 95 %.
    chance = np.random.default_rng(SEED + n)
    replicates = 60_000 // n
    shares = []
    for shape in SHAPES:
        truth = delays(shape, 4_000_000, np.random.default_rng(SEED)).mean()
        for recent in (0.0, 0.5):
            hours = delays(shape, n * replicates, chance)
            weight = chance.choice([6.0, 3.0, 2.0, 1.0, 0.5], n * replicates)
            age = np.where(chance.random(len(hours)) < recent, 300 * chance.random(len(hours)), 2 * WINDOW)
            handled = age >= hours
            cell, time = np.repeat(np.arange(replicates), n), binned(np.minimum(age, hours))
            sums = WeightedSums.of_leads(replicates, *(part[handled] for part in (cell, time, weight, hours)))
            mean = weighted_mean(sums, table_of(cell, replicates, time, np.where(handled, 0, 3)), WINDOW)
            known = mean.identified & (mean.n >= 10)
            shares.append(((mean.low <= truth) & (truth <= mean.high))[known].mean())
    assert lowest <= np.mean(shares) <= 0.965
