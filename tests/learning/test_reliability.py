"""Calibration: against adding up by hand, and what chance alone shows against simulation."""

from __future__ import annotations

import numpy as np
import pytest

from accord.learning.reliability import Calibration, calibration, expected_error, perfect_error
from accord.values import Reason, Unknown


def by_hand(chances: list[float], good: list[bool], bins: int) -> float:
    rows = sorted(zip(chances, good, strict=True), key=lambda row: row[0])
    size = len(rows) // bins
    groups = [rows[number * size : (number + 1) * size] for number in range(bins)]
    gaps = [abs(sum(p for p, _ in group) / size - sum(y for _, y in group) / size) for group in groups]
    return sum(gaps) / bins


def test_the_error_is_the_mean_gap() -> None:
    random = np.random.default_rng(3)
    chances = random.random(400)
    good = random.random(400) < chances**2
    assert expected_error(chances, good) == pytest.approx(by_hand(chances.tolist(), good.tolist(), 10), abs=1e-12)


def test_a_perfect_score_passes_95_times_of_100() -> None:
    random = np.random.default_rng(4)
    chances = random.beta(2, 3, 600)
    limit = float(np.quantile(perfect_error(chances, simulations=4000), 0.95))
    errors = [expected_error(chances, random.random(600) < chances) for _sample in range(1000)]
    assert 0.93 <= np.mean(np.array(errors) <= limit) <= 0.97


def test_an_overconfident_score_does_not_pass() -> None:
    random = np.random.default_rng(5)
    true = random.beta(3, 3, 2000)
    stated = np.clip(0.5 + 1.6 * (true - 0.5), 0.01, 0.99)
    found = calibration(stated, random.random(2000) < true)
    assert isinstance(found, Calibration)
    assert not found.sound
    assert found.error > found.limit > found.usual


def test_bins_are_equal_and_hold_every_lead() -> None:
    random = np.random.default_rng(6)
    chances = np.round(random.random(1007), 1)  # many ties
    found = calibration(chances, random.random(1007) < chances)
    assert isinstance(found, Calibration)
    counts = [one.happened.n for one in found.bins if not isinstance(one.happened, Unknown)]
    assert sum(counts) == 1007
    assert max(counts) - min(counts) <= 1
    assert [one.lowest for one in found.bins] == sorted(one.lowest for one in found.bins)


def test_the_order_of_leads_with_one_chance_means_nothing() -> None:
    random = np.random.default_rng(7)
    chances = np.round(random.random(600), 1)
    good = random.random(600) < chances
    error = expected_error(chances, good)
    shuffled = [random.permutation(600) for _each in range(200)]
    assert {expected_error(chances[order], good[order]) for order in shuffled} == {error}
    found = calibration(chances, good)
    for order in shuffled[:3]:
        assert calibration(chances[order], good[order]) == found


def test_ties_share_what_they_are_together() -> None:
    """By hand: eleven distinct chances cut at sixty leads each, every lead standing for the share of its chance."""
    random = np.random.default_rng(8)
    chances = np.round(random.random(600), 1)
    good = random.random(600) < chances
    share = {chance: good[chances == chance].mean() for chance in np.unique(chances)}
    order = np.argsort(chances)
    gaps = [
        abs(sum(chances[lead] - share[chances[lead]] for lead in order[60 * number : 60 * number + 60]))
        for number in range(10)
    ]
    assert expected_error(chances, good) == pytest.approx(sum(gaps) / 600, abs=1e-12)


def test_a_perfect_score_of_few_values_passes_95_times_of_100() -> None:
    random = np.random.default_rng(9)
    chances = np.round(random.beta(2, 3, 600), 1)
    limit = float(np.quantile(perfect_error(chances, simulations=4000), 0.95))
    errors = [expected_error(chances, random.random(600) < chances) for _sample in range(1000)]
    assert 0.93 <= np.mean(np.array(errors) <= limit) <= 0.97


@pytest.mark.parametrize("bent", [0.6, 1.0, 1.8])
def test_the_interval_holds_the_error_of_the_long_run(bent: float) -> None:
    """Truth: the mean gap between stated and true chances, bin by bin; 1 is a perfectly honest score (no gap at all).

    The interval is built to hold at least as often as it says, so nothing is given away to chance. Of an honest
    score it has to reach 0.
    """
    random = np.random.default_rng(10)
    held = 0
    for _sample in range(200):
        stated = np.sort(random.beta(2, 3, 1500))
        true = 1 / (1 + ((1 - stated) / stated) ** bent)
        truth = float(np.mean([abs(part.mean()) for part in np.split(stated - true, 10)]))
        found = calibration(stated, random.random(1500) < true, simulations=400)
        assert isinstance(found, Calibration)
        assert found.low <= found.error <= found.high
        held += found.low <= truth + 1e-12 and truth <= found.high
    assert held / 200 >= 0.95


def test_too_few() -> None:
    assert calibration([0.5] * 99, [True] * 99) == Unknown(Reason.TOO_FEW, 100)
