"""Leads in cells as Hypothesis draws them: few times, so that ties, empty cells and censoring in every place occur."""

from __future__ import annotations

from hypothesis import strategies as st

from accord.stats.risk import CAUSES, RiskTable
from stats.by_hand import Lead

Leads = list[tuple[int, float, str]]
"""(cell, time, how it left)."""

CELLS = 3
OUTCOMES = (*CAUSES, "censored")
TIMES = (0.0, 0.5, 1.0, 2.0, 24.0, 48.0, 720.0)

leads_in_cells = st.lists(
    st.tuples(st.integers(0, CELLS - 1), st.sampled_from(TIMES), st.sampled_from(OUTCOMES)), max_size=30
)
decided_leads = st.lists(
    st.tuples(st.integers(0, CELLS - 1), st.sampled_from(TIMES), st.sampled_from(CAUSES)), max_size=30
)
horizons = st.sampled_from((0.0, 0.25, 1.0, 24.0, 30.0, 720.0, 1000.0))


def table_of(leads: Leads, cells: int = CELLS) -> RiskTable:
    """Their risk table."""
    return RiskTable.of_episodes(
        cells, [cell for cell, _, _ in leads], [time for _, time, _ in leads], [how for _, _, how in leads]
    )


def of_cell(leads: Leads, cell: int) -> list[Lead]:
    """The leads of one cell."""
    return [(time, how) for where, time, how in leads if where == cell]
