"""Orders that nobody said the worth of: every figure made of revenue says so itself, in its own row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from acceptance.sources import source_of
from accord.agreement.model import Agreement
from accord.engines.duckdb import DuckDBEngine
from accord.report.look import Look
from accord.report.value.answer import value_json
from accord.report.value.formats import number
from accord.report.value.records import value_csv
from accord.report.value.short import return_lines
from accord.report.value.tables import plain_tables
from accord.report.value.text import value_text
from accord.value.figures import ValueReport
from accord.value.measure import measure_value
from accord.value.rates import EVER, Rates
from accord.values import Estimate

MADE = datetime(2026, 1, 5, 10)  # noqa: DTZ001 - naive UTC
AS_OF = datetime(2026, 6, 1)  # noqa: DTZ001 - naive UTC
CHANNELS = ("ads", "fair", "web")
WITHOUT_LEAD = 1


def company(dollars_spent_on: str = "") -> dict[str, list[dict[str, Any]]]:
    """Three channels of twenty leads, all won and each with an order; of ads' orders five more are in dollars."""
    names = [(channel, f"{channel}{n}") for channel in CHANNELS for n in range(20)]
    orders = [(lead, 100, "EUR") for _channel, lead in names] + [(f"ads{n}", 50, "USD") for n in range(5)]
    orders.append(("", 70, "USD"))
    tables: dict[str, list[dict[str, Any]]] = {
        "leads": [{"lead_id": lead, "created_at": MADE, "channel": channel} for channel, lead in names],
        "opportunities": [
            {"opportunity_id": f"o-{lead}", "lead_id": lead, "created_at": MADE, "closed_at": MADE, "won": True}
            for _channel, lead in names
        ],
        "orders": [
            {"order_id": f"p{n:03}", "lead_id": lead or None, "at": MADE + timedelta(days=20), "amount": amount}
            | {"currency": currency}
            for n, (lead, amount, currency) in enumerate(orders)
        ],
        "spend": [
            {"start": date(2026, 1, 1), "end": date(2026, 1, 31), "channel": channel, "amount": 500, "currency": "EUR"}
            for channel in CHANNELS
        ],
    }
    if dollars_spent_on:
        tables["spend"].append(tables["spend"][0] | {"channel": dollars_spent_on, "currency": "USD"})
    return tables


@pytest.fixture
def engine() -> Iterator[DuckDBEngine]:
    made = DuckDBEngine()
    yield made
    made.close()


def measured(engine: DuckDBEngine, rates: Rates | None = None, dollars_spent_on: str = "") -> ValueReport:
    nothing: dict[str, list[dict[str, Any]]] = {name: [] for name in ("handoffs", "decisions", "activities", "reps")}
    source = source_of(engine, nothing | company(dollars_spent_on), Agreement(), AS_OF)
    return measure_value(source, by=["channel"], rates=rates)


def test_each_row_counts_its_own(engine: DuckDBEngine) -> None:
    report = measured(engine)
    assert {row.segment["channel"]: row.customers.unpriced for row in report.rows} == {"ads": 5, "fair": 0, "web": 0}
    assert report.totals.customers.unpriced == sum(row.customers.unpriced for row in report.rows)
    assert report.revenue.unpriced == report.totals.customers.unpriced + WITHOUT_LEAD
    data: Any = value_json(report)["data"]
    assert [row["revenue_without_rate"] for row in data["rows"]] == [True, False, False]
    assert [row["orders_without_rate"] for row in data["rows"]] == [5, 0, 0]
    lines = list(csv.DictReader(io.StringIO(value_csv(report))))
    assert [line["orders_without_rate"] for line in lines] == ["5", "0", "0"]


def test_with_a_rate_nothing_is_short_and_the_sums_hold_it(engine: DuckDBEngine) -> None:
    report = measured(engine, Rates("EUR", {"USD": ((EVER, Decimal("0.8")),)}))
    assert not any(row.customers.unpriced for row in (*report.rows, report.totals))
    assert report.totals.customers.revenue == 100 * (20 * 3 * 100) + 5 * 50 * 80
    assert "too low" not in value_text(report, Look(width=140))


def test_every_figure_made_of_revenue_is_marked_where_it_stands(engine: DuckDBEngine) -> None:
    report = measured(engine)
    (brings,) = [table for table in plain_tables(report) if "bring" in table.title]
    cells = {names[0]: dict(zip(brings.headings, figures, strict=True)) for names, figures, _young in brings.rows}
    assert cells["ads"]["revenue"] == ("€2,000", "more, no rate")
    assert cells["ads"]["per customer"][0] == "€100, too low"
    assert cells["ads"]["return on spend"][0] == "4.0, too low"
    assert cells["fair"]["revenue"] == ("€2,000", "")
    assert cells["fair"]["per customer"][0] == "€100"
    assert cells["fair"]["return on spend"][0] == "4.0"
    told = value_text(report, Look(width=140)).splitlines()
    for name in ("revenue of these leads so far", "revenue of these days, all orders"):
        (line,) = [line for line in told if name in line]
        assert line.endswith("€6,000, and more without a rate")
    for name in ("return on spend so far", "revenue per customer so far", "within 30 days of the win"):
        (line,) = [line for line in told if name in line]
        assert line.endswith(", too low")


@pytest.mark.parametrize(("dollars_spent_on", "ads", "fair"), [("fair", "low", "high"), ("ads", "not whole", "")])
def test_a_return_says_which_of_its_parts_is_short(
    engine: DuckDBEngine, dollars_spent_on: str, ads: str, fair: str
) -> None:
    rows = {row.segment["channel"]: row for row in measured(engine, dollars_spent_on=dollars_spent_on).rows}
    assert isinstance(rows["ads"].costs.return_on_spend, Estimate)
    assert return_lines(rows["ads"], number(1))[0].endswith(ads)
    assert return_lines(rows["fair"], number(1))[0].removeprefix("4.0") == (f", too {fair}" if fair else "")
