"""The acceptance curve against the definition in exact fractions, against lifelines, and against a bootstrap."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines import AalenJohansenFitter

from accord.stats.curve import Curve, incidence_at
from accord.stats.risk import RiskTable
from stats import by_hand
from stats.simulated import WINDOW, World
from stats.strategies import CELLS, TIMES, Leads, decided_leads, horizons, leads_in_cells, of_cell, table_of

EXACT = 1e-12
"""Rounding of a few dozen additions and one logarithm, and nothing else."""


@given(leads_in_cells, horizons)
def test_equals_the_definition(leads: Leads, horizon: float) -> None:
    at = incidence_at(table_of(leads), [horizon])
    for cell in range(CELLS):
        mine = of_cell(leads, cell)
        assert at.identified[cell, 0] == by_hand.identified(mine, horizon)
        assert at.at_risk[cell, 0] == sum(time >= horizon for time, _ in mine)
        assert at.value[cell, 0] == pytest.approx(float(by_hand.incidence(mine, horizon)), abs=EXACT)
        if at.identified[cell, 0]:
            assert at.variance[cell, 0] == pytest.approx(float(by_hand.variance(mine, horizon)), abs=EXACT)
            mean, variance = (float(part) for part in by_hand.posterior(mine, horizon))
            yes, no = at.successes[cell, 0] + 0.5, at.trials[cell, 0] - at.successes[cell, 0] + 0.5
            assert yes / (yes + no) == pytest.approx(mean, abs=1e-9)
            # The variance is a difference of squares: nine digits of it are left.
            assert yes * no / (yes + no) ** 2 / (yes + no + 1) == pytest.approx(variance, rel=1e-7)


@given(leads_in_cells)
def test_draws_the_same_curve_that_it_reads(leads: Leads) -> None:
    table = table_of(leads)
    curve = Curve(table)
    for cell in range(CELLS):
        rows = slice(curve.starts[cell], curve.starts[cell + 1])
        steps = by_hand.steps(of_cell(leads, cell))
        np.testing.assert_allclose(curve.incidence[rows], [float(step.incidence) for step in steps], atol=EXACT)
        np.testing.assert_allclose(curve.waiting[rows], [float(step.waiting) for step in steps], atol=EXACT)
        np.testing.assert_allclose(curve.uncensored[rows], [float(step.uncensored) for step in steps], atol=EXACT)


@given(decided_leads, horizons)
def test_with_nothing_open_it_is_the_plain_share(leads: Leads, horizon: float) -> None:
    at = incidence_at(table_of(leads), [horizon])
    for cell in range(CELLS):
        mine = of_cell(leads, cell)
        accepted = sum(how == "accepted" and time <= horizon for time, how in mine)
        if mine:
            assert at.value[cell, 0] == accepted / len(mine)
            assert (at.successes[cell, 0], at.trials[cell, 0]) == (accepted, len(mine))
            share = accepted / len(mine)
            assert at.variance[cell, 0] == share * (1 - share) / len(mine)
            assert at.followed[cell, 0] == len(mine)
        assert at.identified[cell, 0] == bool(mine)


@given(leads_in_cells)
def test_rises_from_0_to_1_at_most(leads: Leads) -> None:
    at = incidence_at(table_of(leads), TIMES)
    assert np.all(np.diff(at.value, axis=1) >= -EXACT)
    assert np.all(np.diff(at.undecided, axis=1) <= EXACT)
    assert np.all((at.value >= 0) & (at.value + at.undecided <= 1 + EXACT))
    assert np.all(at.followed <= at.n[:, None] + EXACT)
    assert np.all((at.successes >= 0) & (at.successes <= at.trials) & (at.trials <= at.n[:, None] + 1e-6))


@given(leads_in_cells, horizons)
def test_causes_share_out_everybody(leads: Leads, horizon: float) -> None:
    table = table_of(leads)
    parts = [incidence_at(table, [horizon], [cause]).value for cause in ("accepted", "rejected", "expired")]
    whole = incidence_at(table, [horizon], ["accepted", "rejected", "expired"])
    np.testing.assert_allclose(sum(parts), whole.value, atol=EXACT)
    left = (whole.value + whole.undecided)[whole.n > 0]
    np.testing.assert_allclose(left, 1.0, atol=EXACT)


@given(leads_in_cells, st.lists(horizons, min_size=CELLS, max_size=CELLS))
def test_every_cell_may_have_its_own_horizon(leads: Leads, wanted: list[float]) -> None:
    table = table_of(leads)
    own = incidence_at(table, np.array(wanted)[:, None])
    for cell, horizon in enumerate(wanted):
        assert own.value[cell, 0] == incidence_at(table, [horizon]).value[cell, 0]


@given(leads_in_cells, horizons)
def test_cells_do_not_touch_each_other(leads: Leads, horizon: float) -> None:
    together = incidence_at(table_of(leads), [horizon])
    for cell in range(CELLS):
        alone = incidence_at(table_of([lead for lead in leads if lead[0] == cell]), [horizon])
        assert together.value[cell, 0] == pytest.approx(alone.value[cell, 0], abs=EXACT)
        assert together.trials[cell, 0] == pytest.approx(alone.trials[cell, 0], rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("n", [30, 400])
def test_agrees_with_lifelines(n: int) -> None:
    # lifelines shifts tied times at random, so there are none here; without ties the two agree to rounding.
    chance = np.random.default_rng(n)
    time = (chance.permutation(4 * n)[:n] + 1) / 8
    outcome = chance.choice(4, n, p=[0.4, 0.2, 0.1, 0.3])
    words = np.array(["accepted", "rejected", "expired", "censored"])[outcome]
    fitted = AalenJohansenFitter(calculate_variance=True).fit(time, (outcome + 1) % 4, event_of_interest=1)
    wanted = np.quantile(time, [0.1, 0.3, 0.5, 0.8, 0.95])
    at = incidence_at(RiskTable.of_episodes(1, np.zeros(n, dtype=int), time, words), wanted)
    density, variance = fitted.cumulative_density_.iloc[:, 0], fitted.variance_
    expected = [density[density.index <= horizon].iloc[-1] for horizon in wanted]
    np.testing.assert_allclose(at.value[0], expected, rtol=1e-10)
    expected = [variance[variance.index <= horizon].iloc[-1] for horizon in wanted]
    np.testing.assert_allclose(at.variance[0], expected, rtol=1e-8)


def test_variance_agrees_with_a_bootstrap() -> None:
    # 3,000 resamples know a variance to 2 / sqrt(2 × 3,000) = 2.6 %; the bootstrap itself is biased by about 1 / n.
    chance = np.random.default_rng(7)
    time, outcome = World("slow", "steady", 0.30, 0.5).leads(300, chance)
    drawn = chance.integers(0, 300, 300 * 3000)
    words = np.array(["accepted", "rejected", "expired", "censored"])[outcome]
    resampled = RiskTable.of_episodes(3000, np.repeat(np.arange(3000), 300), time[drawn], words[drawn])
    wanted = [100.0, 300.0, WINDOW]
    once = incidence_at(RiskTable.of_episodes(1, np.zeros(300, dtype=int), time, words), wanted)
    again = incidence_at(resampled, wanted)
    for column in range(3):
        values = again.value[again.identified[:, column], column]
        assert values.var() == pytest.approx(once.variance[0, column], rel=0.08)


def test_open_leads_do_not_pull_the_rate_down() -> None:
    # Half of a steady flow is open: the raw share loses a third of the rate, the curve nothing.
    at = incidence_at(World("slow", "steady", 0.30, 0.5).cells(2000, 400, np.random.default_rng(8)), [WINDOW])
    table = World("slow", "steady", 0.30, 0.5).cells(2000, 400, np.random.default_rng(8))
    raw = table.totals("accepted") / table.n()
    assert raw.mean() < 0.40
    error = at.value[:, 0].std() / np.sqrt(400)
    assert abs(at.value[:, 0].mean() - 0.5) < 4 * error


def test_not_identified_past_the_last_look() -> None:
    accepted_then_open = RiskTable.of_episodes(1, [0, 0], [1.0, 5.0], ["accepted", "censored"])
    at = incidence_at(accepted_then_open, [5.0, 5.1])
    assert at.identified.tolist() == [[True, False]]
    assert (at.value[0, 1], at.undecided[0, 1]) == (0.5, 0.5)
    assert (at.trials[0, 1], at.followed[0, 1]) == (0.0, 0.0)


@pytest.mark.parametrize("causes", [(), ("open",), ("accepted", "censored"), ("expired", "expired")])
def test_causes_are_ways_to_end(causes: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="must be some of accepted, rejected, expired"):
        incidence_at(RiskTable.empty(1), [1.0], causes)


def test_no_lead_at_all() -> None:
    at = incidence_at(RiskTable.empty(2), [1.0, 2.0])
    assert at.value.shape == (2, 2)
    assert not at.identified.any()
    assert not at.value.any()


def test_where_everybody_left_was_accepted_the_curve_ends_at_1_and_not_a_rounding_below() -> None:
    rows = [(time, 1, 0) for time in range(1, 90)] + [(time, 0, 1) for time in (7, 31, 60)] + [(95, 1, 0)]
    rows.sort()
    times, accepted, censored = (list(column) for column in zip(*rows, strict=True))
    none = [0] * len(rows)
    table = RiskTable(1, none, times, accepted=accepted, rejected=none, expired=none, censored=censored)
    assert incidence_at(table, [100]).value[0, 0] == 1.0
