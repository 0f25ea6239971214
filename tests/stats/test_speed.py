"""Curves of ten thousand segment-periods against fitting each with lifelines; and what they cost grows with rows."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest
from lifelines import AalenJohansenFitter

from accord.stats.curve import incidence_at
from accord.stats.intervals import incidence_interval
from accord.stats.risk import RiskTable
from stats.simulated import World, table_of

CELLS, LEADS = 10_000, 60
HORIZONS = [24.0, 48.0, 720.0]


def seconds(work: Callable[[], object], repeats: int) -> float:
    def once() -> float:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    return min(once() for _ in range(repeats))


@pytest.mark.slow
def test_a_hundred_times_faster_than_one_fit_each() -> None:
    when, how = World("fast with a tail", "steady", 0.1, 0.5).leads(CELLS * LEADS, np.random.default_rng(1))
    cell = np.repeat(np.arange(CELLS), LEADS)

    def ours() -> object:
        return incidence_interval(incidence_at(table_of(cell, CELLS, when, how), HORIZONS))

    # lifelines warns that it shifts ties; without ties and without its variance it is at its fastest.
    apart = when + np.random.default_rng(2).random(len(when)) * 1e-6

    def one_by_one() -> None:
        for number in range(20):
            rows = slice(number * LEADS, (number + 1) * LEADS)
            AalenJohansenFitter(calculate_variance=False).fit(apart[rows], (how[rows] + 1) % 4, event_of_interest=1)

    theirs = seconds(one_by_one, 3) / 20 * CELLS
    assert theirs / seconds(ours, 3) > 100


def test_memory_and_time_grow_with_rows_and_not_with_cells_times_times() -> None:
    # 200,000 cells at different times each: a dense grid of cells by times would need 300 GB.
    cells = 200_000
    at = incidence_at(
        RiskTable(
            cells,
            np.arange(cells),
            np.arange(cells) / 7,
            accepted=np.ones(cells),
            rejected=np.zeros(cells),
            expired=np.zeros(cells),
            censored=np.zeros(cells),
        ),
        [720.0],
    )
    assert at.value[:, 0].sum() == 720 * 7 + 1
