"""Looking back on real leads: what the curve said while some were open, against what became of them."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from accord.stats.curve import incidence_at
from accord.stats.intervals import incidence_interval
from stats.simulated import Floats, binned, table_of

WINDOW = 72.0
SPAN = 6 * 24.0
"""Each look takes the leads of the last six days."""
EVERY = 6.0


@pytest.fixture(scope="module")
def leads(shared_data: Path) -> tuple[Floats, Floats, Floats]:
    """Hours since the first handoff, delay to the outcome, outcome (0 accepted, 1 rejected, 2 expired)."""
    with (shared_data / "bpi2012" / "lead_handoffs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    def hours(row: dict[str, str], column: str) -> float:
        if not row[column]:
            return np.inf
        return (datetime.fromisoformat(row[column]) - first).total_seconds() / 3600

    first = min(datetime.fromisoformat(row["transmitted_at"]) for row in rows)
    handed = np.array([hours(row, "transmitted_at") for row in rows])
    accepted = np.array([hours(row, "preaccepted_at") for row in rows]) - handed
    refused = np.array([min(hours(row, "declined_at"), hours(row, "cancelled_at")) for row in rows]) - handed
    assert np.isfinite(accepted).mean() == pytest.approx(0.529, abs=0.0005)
    delay = np.minimum(np.minimum(accepted, refused), WINDOW)
    return handed, delay, np.where(delay == WINDOW, 2, np.where(accepted <= refused, 0, 1))


def test_open_leads_are_foreseen(leads: tuple[Floats, Floats, Floats]) -> None:
    handed, delay, outcome = leads
    looks = np.arange(8 * 24.0, 145 * 24.0, EVERY)
    look, lead = np.nonzero((handed < looks[:, None]) & (handed >= looks[:, None] - SPAN))
    age = looks[look] - handed[lead]
    still_open = age < delay[lead]
    time = binned(np.where(still_open, age, delay[lead]))
    table = table_of(look, len(looks), time, np.where(still_open, 3, outcome[lead]).astype(np.int64))
    at = incidence_at(table, [WINDOW])
    known = at.identified[:, 0]
    became = np.bincount(look, weights=outcome[lead] == 0) / table.n()
    raw = table.totals("accepted") / table.n()
    foreseen = at.value[:, 0]
    # 548 looks, four in five readable, 4 % of the leads open; neighbouring looks share most of their leads.
    assert known.mean() > 0.8
    assert (raw - became)[known].mean() < -0.015
    assert abs((foreseen - became)[known].mean()) < 0.002
    assert np.abs(foreseen - became)[known].mean() < 0.4 * np.abs(raw - became)[known].mean()
    # The interval is about the rate that stands behind these leads, so it holds their own outcome more than 95 %.
    interval = incidence_interval(at)
    assert ((interval.low[:, 0] <= became) & (became <= interval.high[:, 0]))[known].mean() > 0.99
