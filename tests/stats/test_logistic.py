"""Log-odds as probabilities, against SciPy."""

from __future__ import annotations

import numpy as np
from scipy import special

from accord.stats.logistic import chances


def test_chances_are_those_of_scipy() -> None:
    logits = np.concatenate([np.linspace(-800.0, 800.0, 1_601), np.random.default_rng(1).normal(size=1_000)])
    there = np.empty(logits.size)
    assert chances(logits, there) is there
    np.testing.assert_allclose(there, special.expit(logits), rtol=1e-15, atol=1e-307)
    assert np.array_equal(chances(logits), there)
