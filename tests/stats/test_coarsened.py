"""Tables with fewer bins, and delays beside them, tell at the horizons what the whole tables tell."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from accord.stats.curve import incidence_at
from accord.stats.intervals import incidence_interval
from accord.stats.quantiles import AcceptedDelays, delay_quantiles
from stats.strategies import CELLS, Leads, horizons, leads_in_cells, table_of

WINDOW = 720.0
PROBABILITIES = [0.1, 0.5, 0.9]
# Rounding of sums over other bins; the figures themselves are of the order of 1 and 1000.
TOLERANCE = 1e-9


@given(leads_in_cells, st.lists(horizons, min_size=1, max_size=3))
def test_curves_read_alike_at_the_horizons(leads: Leads, read_at: list[float]) -> None:
    table = table_of(leads)
    coarse = table.coarsened(read_at)
    assert len(coarse.time) <= len(table.time)
    assert [coarse.totals(name).tolist() for name in ("accepted", "censored")] == [
        table.totals(name).tolist() for name in ("accepted", "censored")
    ]
    fine, other = incidence_at(table, read_at), incidence_at(coarse, read_at)
    assert fine.identified.tolist() == other.identified.tolist()
    known = fine.identified
    for name in ("value", "variance", "successes", "trials", "undecided"):
        np.testing.assert_allclose(getattr(other, name)[known], getattr(fine, name)[known], rtol=0, atol=TOLERANCE)
    wide, same = incidence_interval(fine), incidence_interval(other)
    np.testing.assert_allclose(same.low[known], wide.low[known], rtol=0, atol=TOLERANCE)
    np.testing.assert_allclose(same.high[known], wide.high[known], rtol=0, atol=TOLERANCE)


@given(leads_in_cells)
def test_quantiles_are_the_same_from_delays_beside_a_coarse_table(leads: Leads) -> None:
    table = table_of(leads)
    delays = AcceptedDelays.of(table)
    longest = np.zeros(CELLS)
    for cell, time, how in leads:
        if how == "accepted":
            longest[cell] = max(longest[cell], time)
    assert delays.longest().tolist() == longest.tolist()
    for limit in (WINDOW, longest):
        fine = delay_quantiles(table, PROBABILITIES, limit)
        coarse = delay_quantiles(table.coarsened([24.0, WINDOW]), PROBABILITIES, limit, delays=delays)
        assert fine.n.tolist() == coarse.n.tolist()
        assert fine.identified.tolist() == coarse.identified.tolist()
        for name in ("value", "low", "high"):
            assert getattr(fine, name).tolist() == getattr(coarse, name).tolist(), name
