"""The difference of two shares: Newcombe's method by another implementation, and coverage where the truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from accord.stats.differences import difference
from accord.stats.intervals import jeffreys
from accord.values import Estimate, Reason, Unknown


def wilson(yes: int, of: int) -> Estimate:
    low, high = proportion_confint(yes, of, method="wilson")
    return Estimate(yes / of, low, high, of)


@given(st.integers(1, 200), st.integers(1, 200), st.data())
def test_with_wilson_s_intervals_it_is_newcombe_s(one: int, other: int, data: st.DataObject) -> None:
    yes, too = data.draw(st.integers(0, one)), data.draw(st.integers(0, other))
    found = difference(wilson(yes, one), wilson(too, other))
    assert isinstance(found, Estimate)
    expected = confint_proportions_2indep(yes, one, too, other, method="newcomb", compare="diff")
    # both are the same formula in floating point
    assert (found.low, found.high) == pytest.approx(expected, abs=1e-9)
    assert found.n == one + other


@pytest.mark.parametrize(("first", "second"), [(0.5, 0.5), (0.7, 0.4), (0.15, 0.05)])
def test_it_covers_the_truth(first: float, second: float) -> None:
    chance = np.random.default_rng(20260311)
    rounds, one, other = 4000, 30, 60
    yes, too = chance.binomial(one, first, rounds), chance.binomial(other, second, rounds)
    mine, theirs = jeffreys(yes, one), jeffreys(too, other)
    covered = 0
    for place in range(rounds):
        found = difference(
            Estimate(yes[place] / one, mine.low[place], mine.high[place], one),
            Estimate(too[place] / other, theirs.low[place], theirs.high[place], other),
        )
        assert isinstance(found, Estimate)
        covered += found.low <= first - second <= found.high
    # Monte Carlo error of 0.95 over 4,000 rounds: 0.0034; the method itself is known to be a point or so off.
    assert 0.93 <= covered / rounds <= 0.98


def test_what_is_unknown_has_no_difference() -> None:
    unknown = Unknown(Reason.TOO_FEW, 10)
    known = Estimate(0.5, 0.4, 0.6, 50)
    assert difference(unknown, known) == unknown
    assert difference(known, unknown) == unknown


def test_levels_are_not_mixed() -> None:
    with pytest.raises(ValueError, match="different levels"):
        difference(Estimate(0.5, 0.4, 0.6, 50), Estimate(0.5, 0.4, 0.6, 50, level=0.9))
