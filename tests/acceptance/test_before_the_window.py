"""A cell that nobody could follow for a whole window has no rate, however the lead seen longest ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np

from acceptance.sources import source_of
from accord.acceptance.measure import measure
from accord.agreement.model import Agreement
from accord.engines.duckdb import DuckDBEngine
from accord.stats.curve import incidence_at
from accord.stats.risk import RiskTable
from accord.values import Estimate, Reason, Unknown
from episodes.data import START

NOW = START + timedelta(days=60)


def company(ages: Sequence[float], decided_after: Sequence[float | None]) -> dict[str, list[dict[str, Any]]]:
    """Leads handed over so many hours ago, accepted so many hours later (every fifth refused), or open."""
    at = [NOW - timedelta(hours=age) for age in ages]
    return {
        "leads": [{"lead_id": f"l{n}", "created_at": when, "channel": "web"} for n, when in enumerate(at)],
        "handoffs": [{"handoff_id": f"h{n}", "lead_id": f"l{n}", "at": when} for n, when in enumerate(at)],
        "decisions": [
            {
                "decision_id": f"d{n}",
                "handoff_id": f"h{n}",
                "at": when + timedelta(hours=after),
                "outcome": "accepted" if n % 5 else "rejected",
            }
            for n, (when, after) in enumerate(zip(at, decided_after, strict=True))
            if after is not None
        ],
        "activities": [],
        "reps": [],
    }


YOUNG = [38.0] * 8 + [20.0] * 7
"""The oldest, 38 hours old, are decided after up to 37 hours; two of the younger ones are open."""
DECIDED: list[float | None] = [1, 2, 5, 9, 12, 20, 30, 37, 1, 2, 3, 4, 5, None, None]


def test_two_days_of_leads_have_no_rate_at_thirty_days() -> None:
    with source_of(DuckDBEngine(), company(YOUNG, DECIDED), Agreement(), NOW) as source:
        report = measure(source, by=["channel"])
    answer = report.answers["explicit"]
    for row in (answer.totals, *answer.rows):
        assert (row.handed, row.open) == (15, 2)
        assert row.rate == row.shrunk == Unknown(Reason.NOT_MATURE, 15)
        for figure in (*row.delay_hours.values(), *row.business_delay_hours.values()):
            assert figure == Unknown(Reason.NOT_MATURE, row.accepted)
        assert isinstance(row.raw_rate, Estimate)
        assert isinstance(row.within["24h"], Estimate)  # some were seen for a day and longer


def test_one_lead_that_was_followed_up_is_enough_however_soon_it_was_decided() -> None:
    with source_of(DuckDBEngine(), company([30 * 24.0, *YOUNG], [2, *DECIDED]), Agreement(), NOW) as source:
        known = measure(source).answers["explicit"].totals
    assert isinstance(known.rate, Estimate)
    with source_of(DuckDBEngine(), company([30 * 24 - 0.1, *YOUNG], [2, *DECIDED]), Agreement(), NOW) as source:
        not_yet = measure(source).answers["explicit"].totals
    assert not_yet.rate == Unknown(Reason.NOT_MATURE, 16)


def test_one_open_lead_of_a_year_hides_nothing() -> None:
    """44 leads decided within ten days, the 45th open and twelve days old: it can move the rate by two points."""
    ages = [24.0 * (8 * n + 40) for n in range(40)] + [24.0 * 20] * 4 + [24.0 * 12]
    after: list[float | None] = [2.0 + 5 * n for n in range(44)]
    with source_of(DuckDBEngine(), company(ages, [*after, None]), Agreement(), NOW) as source:
        totals = measure(source).answers["explicit"].totals
    assert (totals.handed, totals.accepted, totals.open) == (45, 35, 1)
    # The curve up to where it breaks off: 44 of 45 have left, none of them was censored before; 35 were accepted.
    assert isinstance(totals.rate, Estimate)
    assert totals.rate.value == 35 / 45
    assert totals.rate.low < totals.open_bounds.low < totals.open_bounds.high < totals.rate.high
    assert isinstance(totals.delay_hours["p50"], Estimate)


def test_open_leads_that_could_move_the_rate_do_hide_it() -> None:
    ages = [24.0 * 40] * 10 + [24.0 * 12] * 5
    after: list[float | None] = [2.0 + 5 * n for n in range(10)]
    with source_of(DuckDBEngine(), company(ages, [*after, *[None] * 5]), Agreement(), NOW) as source:
        totals = measure(source).answers["explicit"].totals
    assert totals.rate == Unknown(Reason.NOT_MATURE, 15)


def test_with_nothing_open_there_is_a_rate_at_any_age() -> None:
    with source_of(DuckDBEngine(), company(YOUNG[:12], DECIDED[:12]), Agreement(), NOW) as source:
        totals = measure(source).answers["explicit"].totals
    assert isinstance(totals.rate, Estimate)
    assert totals.rate.value == 9 / 12


def test_what_is_readable_by_luck_is_too_high() -> None:
    """60 % are accepted, 20 % never answered. Of cells at most two weeks old with open leads that the curve could be
    read in at thirty days, the mean is ten points and more above; its standard error is below two points."""
    random, cells, n = np.random.default_rng(5), 8000, 15
    age = random.uniform(0, 14 * 24, (cells, n))
    kind = random.choice(["accepted", "rejected", "expired"], p=[0.6, 0.2, 0.2], size=(cells, n))
    delay = np.minimum(np.exp(random.normal(np.log(6), 1.6, (cells, n))) * np.where(kind == "rejected", 2, 1), 700)
    left = np.where(kind == "expired", 720.0, delay)
    still_open = left > age
    table = RiskTable.of_episodes(
        cells,
        np.repeat(np.arange(cells), n),
        np.where(still_open, age, left).ravel(),
        np.where(still_open, "censored", kind).ravel().tolist(),
    )
    at = incidence_at(table, [720])
    lucky = at.identified[:, 0] & still_open.any(axis=1)
    assert lucky.sum() > 100
    assert at.value[lucky, 0].mean() > 0.70
    assert at.value[lucky, 0].std() / np.sqrt(lucky.sum()) < 0.02
