"""Durably low: the posterior against SciPy's beta distribution and against simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import beta

from accord.stats.durable import durably_below


def test_the_posterior_is_that_of_jeffreys_prior() -> None:
    accepted, leads = [31, 45, 12], [80, 90, 40]
    durability = durably_below(accepted, leads, 0.5)
    for k, n, found in zip(accepted, leads, durability.each, strict=True):
        assert found == pytest.approx(beta(k + 0.5, n - k + 0.5).cdf(0.5), abs=1e-12)
    assert durability.pooled == pytest.approx(beta(88.5, 122.5).cdf(0.5), abs=1e-12)


def test_a_rate_at_the_floor_is_seldom_called_durably_low() -> None:
    rng = np.random.default_rng(4)
    low = [durably_below(rng.binomial(100, 0.5, 3), [100] * 3, 0.5).holds() for _ in range(2000)]
    assert np.mean(low) <= 0.05


def test_one_good_month_is_enough_not_to_be_durable() -> None:
    assert durably_below([30, 30, 30], [100, 100, 100], 0.5).holds()
    assert not durably_below([30, 30, 51], [100, 100, 100], 0.5).holds()


def test_without_periods_nothing_holds() -> None:
    assert not durably_below([], [], 0.5).holds()
