"""Risk tables: what goes in is counted once, parts add up to the whole, and nonsense is refused."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.stats.risk import RiskTable
from stats.strategies import CELLS, OUTCOMES, Leads, leads_in_cells, table_of

COLUMNS = ("cell", "time", "accepted", "rejected", "expired", "censored")
NONE = {"accepted": [0], "rejected": [0], "expired": [0], "censored": [1]}


def assert_same(left: RiskTable, right: RiskTable) -> None:
    assert left.cells == right.cells
    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(left, name), getattr(right, name), err_msg=name)


@given(leads_in_cells)
def test_every_lead_is_counted_once(leads: Leads) -> None:
    table = table_of(leads)
    assert table.n().tolist() == [sum(cell == wanted for cell, _, _ in leads) for wanted in range(CELLS)]
    for how in OUTCOMES:
        counted = [sum(cell == wanted and has == how for cell, _, has in leads) for wanted in range(CELLS)]
        assert table.totals(how).tolist() == counted
    bins = list(zip(table.cell.tolist(), table.time.tolist(), strict=True))
    assert bins == sorted({(cell, time) for cell, time, _ in leads})


@given(leads_in_cells, st.randoms(use_true_random=False))
def test_order_does_not_matter(leads: Leads, chance: random.Random) -> None:
    shuffled = leads.copy()
    chance.shuffle(shuffled)
    assert_same(table_of(shuffled), table_of(leads))


@given(leads_in_cells, leads_in_cells)
def test_parts_add_up(some: Leads, others: Leads) -> None:
    assert_same(table_of(some) + table_of(others), table_of(some + others))


@given(leads_in_cells, st.lists(st.integers(0, 1), min_size=CELLS, max_size=CELLS))
def test_rolling_up_is_counting_again(leads: Leads, mapping: list[int]) -> None:
    recounted = table_of([(mapping[cell], time, how) for cell, time, how in leads], cells=2)
    assert_same(table_of(leads).roll_up(mapping, cells=2), recounted)


def test_bins_with_nobody_in_them_vanish() -> None:
    table = RiskTable(1, [0, 0], [1.0, 2.0], accepted=[0, 1], rejected=[0, 0], expired=[0, 0], censored=[0, 0])
    assert table.time.tolist() == [2.0]


def test_the_arrays_are_the_tables_own() -> None:
    time = np.array([1.0])
    table = RiskTable(1, [0], time, **NONE)
    time[0] = 5.0
    assert table.time.tolist() == [1.0]
    with pytest.raises(ValueError, match="read-only"):
        table.time[0] = 5.0


@pytest.mark.parametrize(
    ("cell", "time", "change", "message"),
    [
        ([0, 0], [1.0], {}, r"time has shape \(1,\) where cell has \(2,\)"),
        ([2], [1.0], {}, "cell 2 is not between 0 and 1"),
        ([-1], [1.0], {}, "cell -1 is not between 0 and 1"),
        ([0], [-1.0], {}, "negative or not finite"),
        ([0], [float("nan")], {}, "negative or not finite"),
        ([0], [float("inf")], {}, "negative or not finite"),
        ([0], [1.0], {"rejected": [-1]}, "rejected holds a negative count"),
        ([0], [1.0], {"expired": [0.5]}, "expired holds numbers that are not whole"),
    ],
)
def test_nonsense_is_refused(cell: list[int], time: list[float], change: dict[str, list[float]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RiskTable(2, cell, time, **(NONE | change))


def test_what_does_not_fit_does_not_add_up() -> None:
    with pytest.raises(ValueError, match="tables of 1 and 2 cells do not add up"):
        RiskTable.empty(1) + RiskTable.empty(2)
    with pytest.raises(ValueError, match="mapping has 1 entries for 2 cells"):
        RiskTable.empty(2).roll_up([0], cells=1)
    with pytest.raises(ValueError, match="'open' is not one of accepted"):
        RiskTable.of_episodes(1, [0], [1.0], ["open"])
    with pytest.raises(ValueError, match="'opened' is not one of accepted"):
        RiskTable.empty(1).totals("opened")
