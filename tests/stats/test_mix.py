"""Mix and rate effects add up to the change, value by value and in all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.stats.mix import mix_and_rate

CELLS = st.lists(
    st.tuples(st.integers(0, 400), st.integers(0, 400), st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=8
)


@given(CELLS)
def test_the_three_parts_add_up_to_the_change(cells: list[tuple[int, int, float, float]]) -> None:
    before, after = np.array([c[0] for c in cells]), np.array([c[1] for c in cells])
    if not before.sum() or not after.sum():
        return
    won_before = before * np.array([c[2] for c in cells])
    won_after = after * np.array([c[3] for c in cells])
    split = mix_and_rate(before, won_before, after, won_after)
    change = won_after.sum() / after.sum() - won_before.sum() / before.sum()
    assert split.change == pytest.approx(change, abs=1e-12)
    assert sum(split.totals) == pytest.approx(change, abs=1e-12)


def test_rates_that_stay_leave_nothing_but_mix() -> None:
    split = mix_and_rate([100, 100], [80, 20], [20, 180], [16, 36])
    assert split.totals == pytest.approx((-0.24, 0.0, 0.0))


def test_shares_that_stay_leave_nothing_but_rate() -> None:
    split = mix_and_rate([100, 300], [80, 60], [50, 150], [30, 30])
    assert split.totals == pytest.approx((0.0, 0.25 * -0.2, 0.0))


def test_a_value_that_comes_counts_as_mix() -> None:
    split = mix_and_rate([100, 0], [50, 0], [100, 100], [50, 10])
    assert split.totals == pytest.approx((-0.2, 0.0, 0.0))


def test_a_period_without_leads_is_refused() -> None:
    with pytest.raises(ValueError, match="both periods"):
        mix_and_rate([0], [0], [1], [1])
