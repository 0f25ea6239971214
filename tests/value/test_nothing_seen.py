"""Where there is no lead yet, or none that came so far: what there is is told, and the bounds of a funnel agree."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from acceptance.sources import source_of
from accord.agreement.model import Agreement
from accord.engines.duckdb import DuckDBEngine
from accord.report.look import Look
from accord.report.value.text import value_text
from accord.value.figures import Bounded
from accord.value.measure import measure_value

Row = dict[str, Any]
AS_OF = datetime(2026, 6, 1)  # noqa: DTZ001 - naive UTC
MADE = datetime(2026, 1, 5, 10)  # noqa: DTZ001 - naive UTC
NOTHING: dict[str, list[Row]] = {
    name: [] for name in ("leads", "handoffs", "decisions", "activities", "reps", "opportunities", "orders", "spend")
}


def test_money_without_any_lead_is_told() -> None:
    spent = {"start": date(2026, 1, 1), "end": date(2026, 1, 31), "channel": "ads", "amount": 100.1}
    paid = [
        {"order_id": str(lead), "lead_id": lead, "at": datetime(2026, 2, 1), "amount": 12.5}  # noqa: DTZ001
        for lead in (None, "nobody")
    ]
    with source_of(DuckDBEngine(), NOTHING | {"spend": [spent], "orders": paid}, Agreement(), AS_OF) as source:
        text = " ".join(value_text(measure_value(source), Look()).split())
    assert "There is no lead yet. What is recorded: €100.10 of spend; €25.00 of revenue in 2 orders." in text


def test_no_stage_is_bounded_above_the_one_before() -> None:
    """Thirty leads without an opportunity: as many may have one as may become customers."""
    leads = [
        {"lead_id": f"{channel}{number}", "created_at": MADE, "channel": channel}
        for channel in ("ads", "fair")
        for number in range(30)
    ]
    won = {
        "opportunity_id": "o",
        "lead_id": "fair0",
        "created_at": MADE,
        "closed_at": datetime(2026, 1, 20),  # noqa: DTZ001
        "won": True,
    }
    with source_of(DuckDBEngine(), NOTHING | {"leads": leads, "opportunities": [won]}, Agreement(), AS_OF) as source:
        (ads, _fair) = measure_value(source, by=["channel"]).rows
    for shares in (ads.funnel.conversion, ads.funnel.so_far):
        bound = shares["won"]
        assert isinstance(bound, Bounded)
        assert bound.at_most == pytest.approx(0.1)
        assert shares["opportunity"] == bound
