"""Cuts: few false alarms on stationary series, true dates inside their intervals, young weeks no drop."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from accord.stats.steps import Cuts, cut_interval, cuts, penalty

SERIES = 4_000


def stationary(rng: np.random.Generator, periods: int, leads: npt.ArrayLike, rate: float) -> Cuts:
    handed = rng.poisson(np.asarray(leads, dtype=np.float64), (SERIES, periods))
    accepted = rng.binomial(handed, rate)
    whole = accepted.sum(1, keepdims=True) / handed.sum(1, keepdims=True)
    return cuts(accepted - handed * whole, handed * whole * (1 - whole))


@pytest.mark.parametrize(("periods", "rate"), [(13, 0.7), (52, 0.3), (52, 0.7), (104, 0.5)])
def test_one_stationary_series_in_twenty_alarms(periods: int, rate: float) -> None:
    scan = stationary(np.random.default_rng(1), periods, 60, rate)
    alarms = float(((scan.z**2).max(1) > penalty(periods)).mean())
    # 0.05 with a standard error of 0.0034: three of them, and half a point for the fit of the penalty over lengths
    assert alarms == pytest.approx(0.05, abs=0.0152)


def test_weeks_of_which_little_is_known_yet_are_no_drop() -> None:
    known = np.where(np.arange(52) < 48, 60.0, [0.0] * 48 + [30.0, 12.0, 4.0, 1.0])
    scan = stationary(np.random.default_rng(2), 52, known, 0.65)
    assert ((scan.z**2).max(1) > penalty(52)).mean() <= 0.06
    late = scan.z[:, 50:]
    assert not late.any(), "five leads are too little for a side of a cut"


@pytest.mark.parametrize("effect", [0.5, 1.0])
def test_the_interval_holds_the_true_cut(effect: float) -> None:
    rng, inside, tried = np.random.default_rng(3), 0, 0
    for _ in range(400):
        handed = rng.poisson(80, 52)
        cut = int(rng.integers(10, 45))
        rate = np.where(np.arange(52) >= cut, 1 / (1 + np.exp(effect - 1)), 1 / (1 + np.exp(-1.0)))
        accepted = rng.binomial(handed, rate)
        whole = accepted.sum() / handed.sum()
        scan = cuts(accepted - handed * whole, handed * whole * (1 - whole))
        if (scan.z**2).max() > penalty(52):
            best, low, high = cut_interval(scan)
            assert low <= best <= high
            inside, tried = inside + (low <= cut <= high), tried + 1
    assert tried > 300
    assert inside / tried >= 0.93  # 0.95 less two standard errors of 0.011


def test_the_step_is_the_difference_of_log_odds_before_and_after() -> None:
    rate = np.where(np.arange(40) >= 20, 0.45, 0.55)
    handed = np.full(40, 1000.0)
    scan = cuts(handed * (rate - 0.5), handed * 0.25)
    best, _, _ = cut_interval(scan)
    assert best == 20
    true = np.log(0.45 / 0.55) - np.log(0.55 / 0.45)
    assert scan.effect[best] == pytest.approx(true, rel=0.01)  # one score step from 0.5; the curve bends by 0.3 %
