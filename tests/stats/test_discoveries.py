"""False discoveries: adjusted p-values against SciPy's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import false_discovery_control

from accord.stats.discoveries import false_discovery_rate


@pytest.mark.parametrize("size", [1, 2, 17, 500])
def test_adjusted_values_are_scipys(size: int) -> None:
    p = np.random.default_rng(size).random(size) ** 2
    np.testing.assert_allclose(false_discovery_rate(p), false_discovery_control(p, method="bh"), rtol=1e-12)
