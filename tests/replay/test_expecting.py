"""What is to be expected of chosen leads: by hand, by counting, and by simulation with a known truth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.replay.expecting import Comparables
from accord.values import Estimate, Reason, Unknown


def test_leads_with_an_outcome_count_as_what_they_became() -> None:
    score = np.repeat(np.int64(500), 40)
    outcome = np.array([1] * 30 + [0] * 10, dtype=np.int8)
    found = Comparables.of(score, outcome).expect(np.ones(40, dtype=np.bool_))
    assert isinstance(found.figure, Estimate)
    assert (found.figure.value, found.figure.n) == (0.75, 40)
    assert (found.bounds.low, found.bounds.high, found.comparable) == (0.75, 0.75, 1.0)
    assert found.figure.low < 0.75 < found.figure.high


def test_the_rate_of_a_stratum_is_carried_over_to_leads_like_it() -> None:
    # Twenty leads of 10 points, 5 accepted; twenty of 90, 15 accepted; then 30 of 90 points that nobody handed over.
    score = np.array([1000] * 20 + [9000] * 20 + [9000] * 30, dtype=np.int64)
    outcome = np.array([1] * 5 + [0] * 15 + [1] * 15 + [0] * 5 + [-1] * 30, dtype=np.int8)
    comparable = Comparables.of(score, outcome)
    new = comparable.expect(outcome == -1)
    assert isinstance(new.figure, Estimate)
    assert (new.figure.value, new.figure.n) == (0.75, 20), "it rests on the 20 of the same score, however many are new"
    assert (new.bounds.low, new.bounds.high) == (0, 1)
    together = comparable.expect(score == 9000)
    assert isinstance(together.figure, Estimate)
    assert together.figure.value == pytest.approx(0.75)
    assert (together.bounds.low, together.bounds.high) == (15 / 50, 45 / 50)
    everybody = comparable.expect(np.ones(70, dtype=np.bool_))
    assert isinstance(everybody.figure, Estimate)
    assert everybody.figure.value == pytest.approx((5 + 15 + 30 * 0.75) / 70)


def test_nothing_is_carried_over_to_scores_that_were_never_handed_over() -> None:
    score = np.array([5000] * 20 + [1000] * 30, dtype=np.int64)
    outcome = np.array([1] * 10 + [0] * 10 + [-1] * 30, dtype=np.int8)
    comparable = Comparables.of(score, outcome)
    below = comparable.expect(outcome == -1)
    assert below.figure == Unknown(Reason.TOO_FEW, 10)
    assert below.comparable == 0
    mostly = comparable.expect(np.ones(50, dtype=np.bool_))
    assert mostly.figure == Unknown(Reason.NOT_IDENTIFIED), "20 of 50 say too little of the whole"
    assert (mostly.bounds.low, mostly.bounds.high) == (10 / 50, 40 / 50)


def test_without_outcomes_nothing_is_known() -> None:
    nothing = Comparables.of(np.array([1, 2, 3], dtype=np.int64), np.full(3, -1, dtype=np.int8))
    assert nothing.expect(np.ones(3, dtype=np.bool_)).figure == Unknown(Reason.TOO_FEW, 10)
    nobody = nothing.expect(np.zeros(3, dtype=np.bool_))
    assert (nobody.bounds.low, nobody.bounds.high) == (0, 1)


@given(st.lists(st.tuples(st.integers(0, 12), st.sampled_from([-1, 0, 1]), st.booleans()), max_size=80))
def test_bounds_always_hold_and_hold_the_figure_of_what_is_covered(rows: list[tuple[int, int, bool]]) -> None:
    score = np.array([row[0] for row in rows], dtype=np.int64)
    outcome = np.array([row[1] for row in rows], dtype=np.int8)
    chosen = np.array([row[2] for row in rows], dtype=np.bool_)
    found = Comparables.of(score, outcome).expect(chosen)
    good = sum(row[1] == 1 and row[2] for row in rows)
    open_ = sum(row[1] == -1 and row[2] for row in rows)
    total = sum(row[2] for row in rows)
    if total:
        assert found.bounds.low == pytest.approx(good / total)
        assert found.bounds.high == pytest.approx((good + open_) / total)
    if isinstance(found.figure, Estimate):
        assert 0 <= found.figure.low <= found.figure.value <= found.figure.high <= 1
        if found.comparable == 1:
            assert found.bounds.low - 1e-9 <= found.figure.value <= found.bounds.high + 1e-9


@pytest.mark.parametrize(("own", "carried"), [(9, 3), (12, 2), (60, 10), (100, 150)])
def test_a_few_leads_without_an_outcome_do_not_make_the_others_surer(own: int, carried: int) -> None:
    """Of the chosen leads most have an outcome, the same stratum has 266 in all; truth: each is good at 0.7.

    2,000 samples: the standard error of a coverage of 95 % is 0.5 points; Jeffreys' own interval loses a little on the
    lattice of small counts. Never outside of what no assumption can change.
    """
    random, held = np.random.default_rng(20261122), 0
    score = np.full(266 + carried, 1000, dtype=np.int64)
    chosen = np.arange(score.size) < own + carried
    for _sample in range(2000):
        outcome = (random.random(score.size) < 0.7).astype(np.int8)
        outcome[own : own + carried] = -1
        found = Comparables.of(score, outcome).expect(chosen)
        assert isinstance(found.figure, Estimate)
        held += bool(found.figure.low <= 0.7 <= found.figure.high)
        assert found.figure.n <= 266
    assert 0.93 <= held / 2000 <= 0.985


def test_of_a_handful_of_leads_nothing_is_said() -> None:
    score = np.full(100, 1000, dtype=np.int64)
    outcome = np.array([1, 0] * 49 + [1, -1], dtype=np.int8)
    few = Comparables.of(score, outcome).expect(np.arange(100) >= 97)
    assert few.figure == Unknown(Reason.TOO_FEW, 10)


@pytest.mark.parametrize("steep", [0.0, 0.05])
def test_the_interval_holds_the_truth(steep: float) -> None:
    """1,500 leads; whom somebody handed over depends on the score and a coin, the outcome on the score alone.

    Truth: the mean chance of the chosen leads. 400 companies: with true coverage of 95 % fewer than 92.6 % hold with a
    probability of 2 %; the strata being tenths, a steep curve within a stratum may cost a little.
    """
    chance = np.random.default_rng(20260401)
    held = 0
    companies = 400
    for _company in range(companies):
        score = chance.integers(0, 100, 1500)
        rate = 1 / (1 + np.exp(-(steep * (score - 50) - 0.3)))
        handed = chance.random(1500) < np.where(score >= 40, 0.7, 0.15)
        outcome = np.where(handed, chance.random(1500) < rate, -1).astype(np.int8)
        chosen = score >= 30
        figure = Comparables.of(score.astype(np.int64), outcome).expect(chosen).figure
        assert isinstance(figure, Estimate)
        held += bool(figure.low <= rate[chosen].mean() <= figure.high)
    assert held / companies >= 0.926
