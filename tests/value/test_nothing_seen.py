"""Where there is no lead yet, or none that came so far: what there is is told, and the bounds of a funnel agree."""

from __future__ import annotations

from datetime import date, datetime, timedelta
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


def test_no_win_is_no_share_of_late_acceptances_and_of_channels_met_either() -> None:
    """Sixty leads accepted, half of them late and half met on two channels; the one deal is not won."""
    hour = timedelta(hours=1)
    tables: dict[str, list[Row]] = {name: [] for name in (*NOTHING, "touches")}
    for number in range(60):
        lead, late = f"L{number}", bool(number % 2)
        handed = MADE + 2 * hour
        tables["leads"].append({"lead_id": lead, "created_at": MADE, "channel": "ads"})
        tables["handoffs"].append({"handoff_id": lead, "lead_id": lead, "at": handed})
        decided = handed + (120 if late else 1) * hour
        tables["decisions"].append({"decision_id": lead, "handoff_id": lead, "at": decided, "outcome": "accepted"})
        tables["touches"] += [
            {"touch_id": f"{lead}{channel}", "lead_id": lead, "at": MADE + hour, "kind": "form", "channel": channel}
            for channel in ("ads", "fair")[: 1 + late]
        ]
    deal = {"opportunity_id": "o", "lead_id": "L0", "created_at": MADE + 9 * hour, "closed_at": None, "won": False}
    with source_of(DuckDBEngine(), tables | {"opportunities": [deal]}, Agreement(), AS_OF) as source:
        report = measure_value(source)
    assert report.multichannel is not None
    wins = [late.won for late in report.lateness if late.accepted]
    wins += [front.won for front in report.multichannel.fronts if front.handed]
    wins += [one.won for one in report.multichannel.combinations]
    assert len(wins) == 6
    for figure in wins:
        assert isinstance(figure, Bounded)
        assert figure.at_most == pytest.approx(0.1)
