"""What leads bring with them is adjusted for: smaller amounts since some day are no drop of sales' doing."""

from __future__ import annotations

import numpy as np
import pytest

from diagnosis.companies import Row, diagnosed_rows, kinds, plain_company

LEADS = 2_400


def with_amounts(*, recorded: bool) -> dict[str, list[Row]]:
    """Large requests are accepted four times in five, small ones two times in five; later most requests are small."""
    rng = np.random.default_rng(20)
    small = rng.random(LEADS) < np.where(np.arange(LEADS) < LEADS / 2, 0.2, 0.8)
    amount = np.where(small, rng.integers(1_000, 5_000, LEADS), rng.integers(10_000, 50_000, LEADS))
    tables = plain_company(LEADS, rate=1.0)
    for decision, chance in zip(tables["decisions"], np.where(small, 0.4, 0.8), strict=True):
        if rng.random() >= chance:
            decision["outcome"] = "rejected"
    for lead, budget in zip(tables["leads"], amount, strict=True):
        lead["budget"] = float(budget) if recorded else None
    return tables


@pytest.mark.parametrize(("recorded", "found"), [(False, ["sudden_drop"]), (True, [])], ids=["unknown", "known"])
def test_a_drop_that_amounts_explain_is_none(recorded: bool, found: list[str]) -> None:
    assert kinds(diagnosed_rows(with_amounts(recorded=recorded))) == found


def by_night(*, hours_differ: bool) -> dict[str, list[Row]]:
    """Leads that come by night are accepted less; one rep receives most of them."""
    rng = np.random.default_rng(21)
    tables = plain_company(LEADS, rate=1.0)
    night = rng.random(LEADS) < 0.3
    for number, (handoff, decision, dark) in enumerate(
        zip(tables["handoffs"], tables["decisions"], night, strict=True)
    ):
        at = handoff["at"].replace(hour=int(rng.integers(0, 5) if dark else rng.integers(8, 17)), minute=0)
        handoff["at"] = at if hours_differ else at.replace(hour=12)
        handoff["rep_id"] = "r0" if rng.random() < (0.7 if dark else 0.1) else f"r{1 + number % 3}"
        if rng.random() < (0.6 if dark else 0.15):
            decision["outcome"] = "rejected"
    return tables


@pytest.mark.parametrize("hours_differ", [False, True], ids=["unknown", "known"])
def test_who_receives_the_nights_leads_has_no_gap(hours_differ: bool) -> None:
    blamed = [kind for kind in kinds(diagnosed_rows(by_night(hours_differ=hours_differ))) if kind == "rep_gap"]
    assert blamed == ([] if hours_differ else ["rep_gap"])
