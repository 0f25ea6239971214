"""Intervals of shares against SciPy, against themselves without censoring, and at their ends."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from accord.stats.curve import incidence_at
from accord.stats.intervals import incidence_interval, jeffreys
from stats.strategies import Leads, decided_leads, horizons, leads_in_cells, table_of


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.sampled_from([0.8, 0.95]))
def test_jeffreys_is_the_beta_posterior(counts: tuple[int, int], level: float) -> None:
    won, tried = counts
    interval = jeffreys(won, tried, level)
    low, high = stats.beta.interval(level, won + 0.5, tried - won + 0.5)
    assert interval.low == pytest.approx(low if won else 0.0, rel=1e-9)
    assert interval.high == pytest.approx(high if won < tried else 1.0, rel=1e-9)
    assert 0 <= interval.low <= won / tried <= interval.high <= 1


def test_jeffreys_coverage_is_exact_arithmetic() -> None:
    # Averaged evenly over all rates, the coverage of a central Beta interval is its level, up to the grid and the two
    # widened ends; at single rates it swings with the lattice of counts.
    rates = (np.arange(2000) + 0.5) / 2000
    for n in (10, 20, 100, 1000):
        interval = jeffreys(np.arange(n + 1), n)
        chance = stats.binom.pmf(np.arange(n + 1)[:, None], n, rates)
        held = (interval.low[:, None] <= rates) & (rates <= interval.high[:, None])
        coverage = (chance * held).sum(axis=0)
        assert 0.945 <= coverage.mean() <= 0.955 + 0.3 / n
        assert coverage[(rates > 0.2) & (rates < 0.8)].min() > 0.86


def test_jeffreys_of_nothing_says_nothing() -> None:
    interval = jeffreys([0, 0.5], [0, 0.5])
    assert (interval.low[0], interval.high[0]) == (0, 1)
    assert interval.high[1] == 1


@pytest.mark.parametrize(("won", "tried"), [(-1, 5), (6, 5)])
def test_impossible_counts_are_refused(won: int, tried: int) -> None:
    with pytest.raises(ValueError, match="between 0 and trials"):
        jeffreys(won, tried)


@given(decided_leads, horizons)
def test_with_nothing_open_it_is_jeffreys(leads: Leads, horizon: float) -> None:
    table = table_of(leads)
    at = incidence_at(table, [horizon])
    accepted = np.array(
        [sum(cell == c and how == "accepted" and t <= horizon for c, t, how in leads) for cell in (0, 1, 2)]
    )
    plain, mine = jeffreys(accepted, table.n()), incidence_interval(at)
    some = table.n() > 0
    np.testing.assert_array_equal(mine.low[some, 0], plain.low[some])
    np.testing.assert_array_equal(mine.high[some, 0], plain.high[some])


@given(leads_in_cells, horizons)
def test_the_interval_holds_the_estimate(leads: Leads, horizon: float) -> None:
    at = incidence_at(table_of(leads), [horizon])
    interval = incidence_interval(at)
    assert np.all((interval.low >= 0) & (interval.low <= at.value))
    assert np.all((interval.high <= 1) & (interval.high >= at.value))
    wider = incidence_interval(at, 0.99)
    assert np.all((wider.low <= interval.low) & (interval.high <= wider.high))


def test_open_leads_widen_it() -> None:
    # 60 decided at hour 1, then 40 that either are refused at the window or were not seen beyond hour 2.
    decided = [(0, 1.0, "accepted")] * 30 + [(0, 1.0, "rejected")] * 30
    seen = incidence_interval(incidence_at(table_of([*decided, *[(0, 720.0, "expired")] * 40]), [720]))
    open_ = [(0, 2.0, "censored")] * 30 + [(0, 500.0, "accepted")] * 3 + [(0, 720.0, "expired")] * 7
    unseen = incidence_interval(incidence_at(table_of([*decided, *open_]), [720]))
    assert unseen.high[0, 0] - unseen.low[0, 0] > 1.2 * (seen.high[0, 0] - seen.low[0, 0])
