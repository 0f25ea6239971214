"""What curves cost: memory grows with rows, never with cells times moments (bench/ times them against lifelines)."""

from __future__ import annotations

import numpy as np

from accord.stats.curve import incidence_at
from accord.stats.risk import RiskTable


def test_memory_grows_with_rows_and_not_with_cells_times_moments() -> None:
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
