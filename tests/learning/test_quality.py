"""Bands, precision and what is turned away, against counting."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.learning.discrimination import placements
from accord.learning.outcomes import exploration_weights
from accord.learning.quality import band_rates, judge, precision_at, turned_away
from accord.values import Estimate, Unknown

leads = st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=12, max_size=60)


@given(leads, st.integers(10, 60), st.integers(0, 2**31))
def test_ties_at_the_border_are_taken_as_lots_would(rows: list[tuple[int, bool]], capacity: int, seed: int) -> None:
    scores = np.array([score for score, _good in rows], dtype=float)
    good = np.array([is_good for _score, is_good in rows])
    found = precision_at(scores, good, capacity)
    assert isinstance(found, Estimate)
    random = np.random.default_rng(seed)
    taken = min(capacity, len(rows))
    drawn = [good[np.lexsort((random.random(len(rows)), -scores))[:taken]].mean() for _lots in range(300)]
    assert found.value == pytest.approx(np.mean(drawn), abs=0.13)  # 300 draws of a share of at least ten leads
    assert min(drawn) - 1e-9 <= found.value <= max(drawn) + 1e-9


@given(leads)
def test_bands_hold_every_lead_once(rows: list[tuple[int, bool]]) -> None:
    scores = np.array([score for score, _good in rows], dtype=float)
    good = np.array([is_good for _score, is_good in rows])
    found = band_rates(scores, good, [("A", 6), ("B", 3), ("C", None)])
    assert [one.leads for one in found] == [
        int((scores >= 6).sum()),
        int(((scores >= 3) & (scores < 6)).sum()),
        int((scores < 3).sum()),
    ]
    for one in found:
        assert isinstance(one.rate, Unknown) == (one.leads < 10)


def test_good_leads_below_the_threshold_are_turned_away() -> None:
    scores, good = np.arange(40.0), np.arange(40) % 2 == 0
    found = turned_away(scores, good, 30)
    assert found.leads == 15
    assert isinstance(found.share, Estimate)
    assert found.share.value == 15 / 20


def test_exploration_gives_back_the_leads_that_were_not_handed_over() -> None:
    """Only 10 % of the leads below the threshold are handed over; weighted, they speak of all leads."""
    random = np.random.default_rng(21)
    score = random.normal(50, 20, 40_000)
    good = random.random(40_000) < 1 / (1 + np.exp(-(score - 55) / 15))
    handed = (score >= 50) | (random.random(40_000) < 0.1)
    weights, explored = exploration_weights(score[handed], np.full(handed.sum(), 50.0), 0.1)
    assert explored == int((handed & (score < 50)).sum())
    found = judge(score[handed], good[handed], capacity=100, weights=weights)
    everybody = placements(score, good).area
    assert isinstance(found.order_everywhere, Estimate)
    assert isinstance(found.order, Estimate)
    assert found.order_everywhere.low <= everybody <= found.order_everywhere.high
    assert found.order.high < everybody - 0.02  # what was handed over alone is another question


def test_without_an_exploration_share_no_weight_makes_up_for_what_is_not_known() -> None:
    weights, explored = exploration_weights(np.array([10.0, 60.0]), np.array([50.0, 50.0]), 0.0)
    assert (weights.tolist(), explored) == ([1.0, 1.0], 0)
