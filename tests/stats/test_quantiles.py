"""Delay quantiles against NumPy, against the definition in exact fractions, and their ranks against the binomial."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import binom

from accord.stats.figures import quantile_figures
from accord.stats.quantiles import delay_quantiles
from accord.stats.risk import RiskTable
from accord.values import Estimate, Reason, Unknown
from stats import by_hand
from stats.strategies import CELLS, Leads, decided_leads, leads_in_cells, of_cell, table_of

PROBABILITIES = (0.5, 0.9, 0.95)


@given(decided_leads)
def test_with_nothing_open_it_is_the_empirical_quantile(leads: Leads) -> None:
    answer = delay_quantiles(table_of(leads), PROBABILITIES, window=720)
    for cell in range(CELLS):
        delays = [time for time, how in of_cell(leads, cell) if how == "accepted"]
        assert answer.identified[cell] == bool(delays)
        assert answer.n[cell] == len(delays)
        if delays:
            expected = np.quantile(delays, PROBABILITIES, method="inverted_cdf")
            assert answer.value[cell].tolist() == expected.tolist()


@given(leads_in_cells, st.sampled_from([24.0, 720.0]), st.integers(1, 19))
def test_equals_the_definition(leads: Leads, window: float, twentieths: int) -> None:
    answer = delay_quantiles(table_of(leads), [twentieths / 20], window)
    for cell in range(CELLS):
        mine = of_cell(leads, cell)
        accepted = sum(how == "accepted" and time <= window for time, how in mine)
        assert answer.identified[cell] == (by_hand.identified(mine, window) and accepted > 0)
        if answer.identified[cell]:
            assert answer.n[cell] == accepted
            assert answer.value[cell, 0] == by_hand.quantile(mine, Fraction(twentieths, 20), window)


@given(leads_in_cells)
def test_the_interval_holds_the_estimate(leads: Leads) -> None:
    answer = delay_quantiles(table_of(leads), PROBABILITIES, window=720)
    assert np.all((answer.low >= 0) & (answer.low <= answer.value))
    assert np.all((answer.high <= 720) & (answer.high >= answer.value))
    assert np.all(np.diff(answer.value, axis=1) >= 0)


@given(leads_in_cells, st.permutations(PROBABILITIES))
def test_a_larger_quantile_has_no_smaller_end(leads: Leads, asked: list[float]) -> None:
    answer = delay_quantiles(table_of(leads), asked, window=720)
    order = np.argsort(asked)
    assert np.all(np.diff(answer.low[:, order], axis=1) >= 0)
    assert np.all(np.diff(answer.high[:, order], axis=1) >= 0)
    assert np.all((answer.low <= answer.value) & (answer.value <= answer.high))


@given(leads_in_cells)
def test_ends_asked_alone_are_only_drawn_in(leads: Leads) -> None:
    # What one quantile says beside others lies within what it says alone, and at an end that one of them has alone.
    table = table_of(leads)
    together = delay_quantiles(table, PROBABILITIES, window=720)
    alone = [delay_quantiles(table, [probability], window=720) for probability in PROBABILITIES]
    for column in range(len(PROBABILITIES)):
        low = np.max([answer.low[:, 0] for answer in alone[: column + 1]], axis=0)
        high = np.min([answer.high[:, 0] for answer in alone[column:]], axis=0)
        assert together.low[:, column].tolist() == low.tolist()
        assert together.high[:, column].tolist() == high.tolist()
        assert together.told[:, column].tolist() == alone[column].told[:, 0].tolist()


def test_one_late_acceptance_that_stands_for_many_tells_no_tail() -> None:
    # Thirty are accepted within 60 hours; of the other twelve ten are young, one is accepted after 700 hours and one
    # never. That one stands for six of 36: whether nine in ten take 60 hours or 720 nobody has seen.
    quick = [(0, float(hour), "accepted") for hour in range(30, 60)]
    young = [(0, 65.0, "censored")] * 10
    late = [(0, 700.0, "accepted"), (0, 720.0, "censored")]
    answer = delay_quantiles(table_of(quick + young + late), [0.5, 0.9], window=720)
    assert answer.identified[0]
    assert answer.told.tolist()[0] == [True, False]
    assert answer.low[0, 1] >= answer.low[0, 0] >= 30
    half, most = quantile_figures(answer)
    assert isinstance(half[0], Estimate)
    assert most[0] == Unknown(Reason.NOT_MATURE, 31)
    everybody_decided = delay_quantiles(table_of(quick + late[:1]), [0.5, 0.9], window=720)
    assert everybody_decided.told[0].all()


@given(leads_in_cells)
def test_without_a_window_everybody_must_have_left(leads: Leads) -> None:
    answer = delay_quantiles(table_of(leads), [0.9], window=np.inf)
    for cell in range(CELLS):
        mine = of_cell(leads, cell)
        assume(mine)
        latest = max(time for time, _ in mine)
        undecided = any(time == latest and how == "censored" for time, how in mine)
        accepted = any(how == "accepted" for _, how in mine)
        assert answer.identified[cell] == (accepted and not undecided)
        if answer.identified[cell]:
            assert answer.high[cell, 0] <= latest


@pytest.mark.parametrize("probability", PROBABILITIES)
def test_ranks_cover_as_the_binomial_says(probability: float) -> None:
    # m sorted delays 1 … m: the true quantile lies between two of them with binomial chance, so the coverage of the
    # ranks that the interval picks is exact arithmetic. Mid-p holds 95 % on average and swings around it; where the
    # upper end is the window (few delays, high quantile) it must hold more.
    coverage = []
    for m in range(10, 200):
        table = RiskTable.of_episodes(1, [0] * m, np.arange(1, m + 1), ["accepted"] * m)
        answer = delay_quantiles(table, [probability], window=720)
        low, high = answer.low[0, 0], answer.high[0, 0]
        assert answer.value[0, 0] == np.ceil(round(probability * m, 9))
        above = 1.0 if high == 720 else binom.cdf(high - 1, m, probability)
        below = binom.cdf(low - 1, m, probability) if low > 0 else 0.0
        coverage.append(above - below)
    assert min(coverage) > 0.88
    assert 0.945 <= np.mean(coverage) <= 0.96


def test_slow_leads_still_open_count() -> None:
    # Two thirds are accepted within the hour, one third after 100 hours; of the recent half only the fast are in yet.
    old = [(0, 1.0, "accepted")] * 40 + [(0, 100.0, "accepted")] * 20
    recent = [(0, 1.0, "accepted")] * 40 + [(0, 5.0, "censored")] * 20
    answer = delay_quantiles(table_of(old + recent), [0.5, 0.75], window=720)
    assert answer.value.tolist()[0] == [1.0, 100.0]
    decided = [time for _, time, how in old + recent if how == "accepted"]
    assert np.quantile(decided, 0.75) == 1.0


def test_probabilities_are_checked() -> None:
    for wrong in (0.0, 1.0, 50.0):
        with pytest.raises(ValueError, match="between 0 and 1"):
            delay_quantiles(RiskTable.empty(1), [wrong], window=720)


def test_no_lead_at_all() -> None:
    answer = delay_quantiles(RiskTable.empty(2), PROBABILITIES, window=720)
    assert answer.value.shape == (2, 3)
    assert not answer.identified.any()
