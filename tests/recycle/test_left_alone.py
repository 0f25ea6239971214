"""What a follow-up gains against leads left alone: against loops, and against a planted truth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.stats.left_alone import FEWEST_ALONE, Alone, Tried, against_left_alone
from accord.values import Estimate, Reason, Unknown
from recycle.planted import judged


def by_loops(alone: Alone, tried: Tried, horizon: int) -> tuple[list[float], int]:
    """Expected shares of the cases that somebody is like, and how many nobody is like."""
    expected, unmatched = [], 0
    for case, day in enumerate(tried.day.tolist()):
        for strata, asked in zip(alone.strata, tried.strata, strict=True):
            same = [row for row, stratum in enumerate(strata.tolist()) if stratum == asked[case]]
            if sum(alone.until[row] >= day + horizon for row in same) < FEWEST_ALONE:
                continue
            left = 1.0
            for moment in range(day + 1, day + horizon + 1):
                waiting = [row for row in same if alone.until[row] >= moment]
                leaving = [row for row in waiting if alone.until[row] == moment]
                events = sum(bool(alone.happened[row]) for row in leaving)
                if events:
                    left *= 1 - events / (len(waiting) - (len(leaving) - events) / 2)
            expected.append(1 - left)
            break
        else:
            unmatched += 1
    return expected, unmatched


@settings(max_examples=40)
@given(seed=st.integers(0, 2**31), horizon=st.integers(1, 12), longest=st.integers(1, 30))
def test_it_is_what_loops_find(seed: int, horizon: int, longest: int) -> None:
    chance = np.random.default_rng(seed)
    fine, coarse = chance.integers(0, 4, 60), np.zeros(60, dtype=np.int64)
    alone = Alone([fine, coarse], chance.integers(0, longest + 1, 60), chance.random(60) < 0.3)
    rows = chance.integers(0, 60, 30)
    tried = Tried([fine[rows], coarse[rows]], alone.until[rows], chance.random(30) < 0.4, chance.integers(0, 25, 30))
    compared = against_left_alone(alone, tried, horizon)
    expected, unmatched = by_loops(alone, tried, horizon)
    assert compared.unmatched == unmatched
    assert sum(compared.matched) == len(expected)
    if len(expected) < 10:
        assert isinstance(compared.gain, Unknown)
        return
    assert isinstance(compared.alone, Estimate)
    assert isinstance(compared.gain, Estimate)
    assert isinstance(compared.tried, Estimate)
    assert compared.alone.value == pytest.approx(np.mean(expected), abs=1e-7)  # a rate of 1 is kept a hair below
    assert compared.gain.value == pytest.approx(compared.tried.value - compared.alone.value, abs=1e-12)
    assert -1 <= compared.gain.low <= compared.gain.value <= compared.gain.high <= 1


@pytest.mark.parametrize(("leads", "effect"), [(300, 0.0), (300, 0.2), (1500, 0.0)])
def test_the_interval_holds_the_planted_gain(leads: int, effect: float) -> None:
    found = judged(100, leads, effect)
    # 95 of 100 are meant to; fewer than 88 would come of that less than three times in a thousand
    assert found.held >= 0.88
    assert abs(found.bias) < 0.01
    # the ever followed up against the never: off by far more than any interval is wide
    assert found.wrong - effect < -0.15
    assert found.gains > 0.9 if effect else found.gains < 0.05


def few(strata: Sequence[int], day: int, count: int) -> Tried:
    rows = np.arange(count)
    return Tried([np.full(count, stratum) for stratum in strata], np.full(count, day), rows % 2 == 0, rows)


def test_what_nobody_left_alone_is_like_is_not_identified() -> None:
    alone = Alone([np.zeros(100, dtype=np.int64)], np.full(100, 400), np.zeros(100, dtype=np.bool_))
    nobody = against_left_alone(alone, few([1], 5, 40), 30)
    assert nobody.gain == Unknown(Reason.NOT_IDENTIFIED, 10)
    assert (nobody.matched, nobody.unmatched) == ((0,), 40)
    assert against_left_alone(alone, few([0], 5, 4), 30).gain == Unknown(Reason.TOO_FEW, 10)


def test_where_nothing_happened_it_is_still_not_sure() -> None:
    alone = Alone([np.zeros(100, dtype=np.int64)], np.full(100, 400), np.zeros(100, dtype=np.bool_))
    rows = np.arange(40)
    gain = against_left_alone(alone, Tried([rows * 0], np.full(40, 5), rows < 0, rows), 30).gain
    assert isinstance(gain, Estimate)
    assert gain.low < -0.02
    assert gain.high > 0.02
