"""The weighted delay against plain arithmetic, against leads weighted one by one, and under division into parts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.stats.risk import RiskTable
from accord.stats.weighted import WeightedSums, weighted_mean
from stats import by_hand
from stats.strategies import CELLS, Leads, decided_leads, leads_in_cells, of_cell, table_of

ROUNDING = 1e-9


def weight_of(number: int) -> float:
    """Some weight of the default agreement, different from lead to lead."""
    return (6.0, 4.5, 2.0, 1.0, 0.5)[number % 5]


def sums_of(leads: Leads) -> WeightedSums:
    handled = [(cell, time, weight_of(number)) for number, (cell, time, how) in enumerate(leads) if how == "accepted"]
    cell, time, weight = (list(part) for part in zip(*handled, strict=True)) if handled else ([], [], [])
    return WeightedSums.of_leads(CELLS, cell, time, weight, time)


@given(decided_leads)
def test_with_nothing_open_it_is_the_plain_weighted_mean(leads: Leads) -> None:
    mean = weighted_mean(sums_of(leads), table_of(leads), window=720)
    for cell in range(CELLS):
        handled = [(weight_of(k), time) for k, (c, time, how) in enumerate(leads) if c == cell and how == "accepted"]
        assert mean.n[cell] == len(handled)
        assert mean.identified[cell] == bool(handled)
        if handled:
            expected = np.average([time for _, time in handled], weights=[weight for weight, _ in handled])
            assert mean.value[cell] == pytest.approx(expected, rel=ROUNDING)


@given(leads_in_cells)
def test_open_leads_are_stood_for(leads: Leads) -> None:
    mean = weighted_mean(sums_of(leads), table_of(leads), window=720)
    for cell in range(CELLS):
        mine = of_cell(leads, cell)
        weights = [weight_of(number) for number, lead in enumerate(leads) if lead[0] == cell]
        accepted = any(how == "accepted" for _, how in mine)
        assert mean.identified[cell] == (by_hand.identified(mine, 720) and accepted)
        if accepted:
            expected = by_hand.weighted_mean(mine, weights, [time for time, _ in mine])
            assert mean.value[cell] == pytest.approx(expected, rel=ROUNDING)
        assert 0 <= mean.low[cell] <= mean.value[cell] <= mean.high[cell] <= 720


@given(leads_in_cells, st.lists(st.integers(0, 1), min_size=CELLS, max_size=CELLS), st.integers(0, 30))
def test_parts_add_up(leads: Leads, mapping: list[int], cut: int) -> None:
    sums, table = sums_of(leads), table_of(leads)
    handled = [how == "accepted" for _, _, how in leads]
    assert sums.count.sum() == sum(handled)
    parts = [leads[:cut], leads[cut:]]
    # The weights follow the position, so the second part keeps its numbers by coming after as many others.
    second = sums_of([(0, 0.0, "rejected")] * len(parts[0]) + parts[1])
    whole, added = weighted_mean(sums, table, 720), weighted_mean(sums_of(parts[0]) + second, table, 720)
    np.testing.assert_allclose(added.value, whole.value, rtol=ROUNDING)
    np.testing.assert_allclose(added.high, whole.high, rtol=1e-6)
    rolled = weighted_mean(sums.roll_up(mapping, 2), table.roll_up(mapping, 2), 720)
    merged = [(mapping[cell], time, how) for cell, time, how in leads]
    again = weighted_mean(sums_of(merged), table_of(merged), 720)
    np.testing.assert_allclose(rolled.value, again.value[:2], rtol=ROUNDING)
    np.testing.assert_allclose(rolled.low, again.low[:2], rtol=1e-6)


def test_variance_without_censoring_is_the_ratio_estimators() -> None:
    # Symmetric delays and equal weights: no skew to bend, so the interval is Student's t of the plain mean.
    delays = np.array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], dtype=float)
    table = RiskTable.of_episodes(1, [0] * 11, delays, ["accepted"] * 11)
    mean = weighted_mean(WeightedSums.of_leads(1, [0] * 11, delays, np.full(11, 2.0), delays), table, 720)
    half = 2.2281388520 * delays.std(ddof=1) / np.sqrt(11)  # t with 10 degrees of freedom
    assert mean.value[0] == 6
    assert mean.low[0] == pytest.approx(6 - half, rel=1e-6)
    assert mean.high[0] == pytest.approx(6 + half, rel=1e-6)


def test_a_long_tail_reaches_up() -> None:
    delays = np.array([1.0] * 18 + [50.0, 90.0])
    table = RiskTable.of_episodes(1, [0] * 20, delays, ["accepted"] * 20)
    mean = weighted_mean(WeightedSums.of_leads(1, [0] * 20, delays, np.ones(20), delays), table, 720)
    assert mean.high[0] - mean.value[0] > 2 * (mean.value[0] - mean.low[0])


def test_sums_of_other_leads_are_refused() -> None:
    sums = WeightedSums.of_leads(1, [0], [9.0], [1.0], [9.0])
    table = RiskTable.of_episodes(1, [0], [5.0], ["accepted"])
    with pytest.raises(ValueError, match="not about the same leads"):
        weighted_mean(sums, table, 720)
    with pytest.raises(ValueError, match="not about the same leads"):
        weighted_mean(sums, RiskTable.empty(2), 720)
    with pytest.raises(ValueError, match="do not add up"):
        sums + WeightedSums.of_leads(2, [0], [9.0], [1.0], [9.0])


@pytest.mark.parametrize(
    ("cell", "weight", "message"),
    [([1], [1.0], "cell 1 is not between 0 and 0"), ([0], [-1.0], "negative"), ([0], [float("nan")], "not finite")],
)
def test_nonsense_is_refused(cell: list[int], weight: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        WeightedSums.of_leads(1, cell, [1.0], weight, [1.0])
