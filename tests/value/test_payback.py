"""Whether leads have paid for themselves: surely, not surely, or not yet."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from acceptance.sources import source_of
from accord.agreement.model import Agreement
from accord.engines.duckdb import DuckDBEngine
from accord.report.value.sentences import headline
from accord.value.figures import Bounded
from accord.value.measure import measure_value
from accord.values import Reason

MADE = datetime(2026, 1, 5, 10)  # noqa: DTZ001 - naive UTC
AS_OF = datetime(2026, 6, 1)  # noqa: DTZ001 - naive UTC


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        (1_000, Reason.NOT_IDENTIFIED),  # 333 a lead for 167: but most of it came from three orders
        (400, Reason.NOT_MATURE),  # 133 a lead: not yet
        (5, Reason.NOT_MATURE),
    ],
)
def test_leads_that_have_paid_but_not_surely_are_not_too_young(amount: float, reason: Reason) -> None:
    """Twelve orders of very different size: the mean has reached the cost, the low end of its interval never does."""
    tables: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("handoffs", "decisions", "activities", "reps", "leads", "opportunities", "orders")
    }
    tables["leads"] = [{"lead_id": f"L{n}", "created_at": MADE, "channel": "ads"} for n in range(36)]
    tables["spend"] = [{"start": date(2026, 1, 1), "end": date(2026, 1, 31), "channel": "ads", "amount": 6_000}]
    for n in range(12):
        of_lead = {"lead_id": f"L{n}"}
        closed = MADE + timedelta(days=10)
        tables["opportunities"].append(
            {"opportunity_id": f"o{n}", "created_at": MADE, "closed_at": closed, "won": True} | of_lead
        )
        size = amount * (0.1 if n % 4 else 3.7)
        tables["orders"].append({"order_id": f"p{n}", "at": MADE + timedelta(days=12), "amount": size} | of_lead)
    engine = DuckDBEngine()
    figure = measure_value(source_of(engine, tables, Agreement(), AS_OF)).totals.costs.payback_months
    engine.close()
    assert isinstance(figure, Bounded)
    assert figure.reason == reason
    if reason == Reason.NOT_IDENTIFIED:
        assert figure.at_least == 1


@pytest.mark.parametrize("amount", [5.0, -5.0])
def test_a_cost_that_cannot_be_told_is_neither_too_low_nor_too_high(amount: float) -> None:
    """More came back than was spent, and some of it has no rate: what lacks is said, of nothing that is known."""
    tables: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("handoffs", "decisions", "activities", "reps", "orders")
    }
    tables["leads"] = [{"lead_id": f"L{n}", "created_at": MADE, "channel": "ads"} for n in range(30)]
    tables["opportunities"] = [
        {"opportunity_id": f"o{n}", "lead_id": f"L{n}", "created_at": MADE, "closed_at": AS_OF, "won": True}
        for n in range(12)
    ]
    spent = {"start": date(2026, 1, 1), "end": date(2026, 1, 31), "channel": "ads"}
    tables["spend"] = [spent | {"amount": -90, "currency": "EUR"}, spent | {"amount": amount, "currency": "USD"}]
    engine = DuckDBEngine()
    said = headline(measure_value(source_of(engine, tables, Agreement(), AS_OF)))
    engine.close()
    assert "What a customer costs: cannot be told." in said
    assert "of spend without a rate, which are in no cost." in said
    assert "too low" not in said
    assert "too high" not in said
