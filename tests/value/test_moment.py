"""What is dated by its day has come with its local midnight: it is in the sums then, and told as later before."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from acceptance.sources import source_of
from accord.agreement.model import Agreement
from accord.engines.duckdb import DuckDBEngine
from accord.report.value.sentences import left_out_sentences
from accord.value.measure import measure_value

Row = dict[str, Any]
MADE = datetime(2026, 1, 5, 10)  # noqa: DTZ001 - naive UTC
DAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("timezone", "day", "hour", "minute", "come"),
    [
        ("Europe/Paris", 28, 22, 59, False),
        ("Europe/Paris", 28, 23, 0, True),  # midnight there
        ("America/New_York", 1, 4, 59, False),
        ("America/New_York", 1, 5, 0, True),
    ],
)
def test_money_dated_by_its_day_is_in_the_sums_or_told_as_later(
    timezone: str, day: int, hour: int, minute: int, come: bool
) -> None:
    moment = datetime(2026, 2 if day == 28 else 3, day, hour, minute)  # noqa: DTZ001 - naive UTC
    tables: dict[str, list[Row]] = {
        "leads": [{"lead_id": f"l{n}", "created_at": MADE, "channel": "ads"} for n in range(20)],
        "opportunities": [
            {"opportunity_id": "o", "lead_id": "l0", "created_at": MADE, "closed_at": DAY, "won": True},
        ],
        "orders": [{"order_id": "p", "lead_id": "l0", "at": DAY, "amount": 10}],
        **{name: [] for name in ("handoffs", "decisions", "activities", "reps", "spend")},
    }
    with source_of(DuckDBEngine(), tables, Agreement(timezone=timezone), moment) as source:
        report = measure_value(source, tell_later=True)
    later = [(left.reason, left.rows, left.amount) for left in report.left_out]
    assert (report.revenue.total, report.totals.funnel.won) == ((1000, 1) if come else (0, 0))
    assert later == ([] if come else [("after_as_of", 1, 10)])
    told = [found.what for found in report.noticed]
    assert ("wins_after_as_of" in told) is not come


def test_of_spend_without_a_rate_what_is_of_days_to_come_is_told_apart() -> None:
    """30 francs over the thirty days of a month of which twenty have begun, and 12 of the month before."""
    spend = [
        {"start": date(2026, 6, 1), "end": date(2026, 6, 30), "channel": "ads", "amount": 30.0, "currency": "CHF"},
        {"start": date(2026, 5, 1), "end": date(2026, 5, 31), "channel": "ads", "amount": 12.0, "currency": "CHF"},
        {"start": date(2026, 5, 1), "end": date(2026, 5, 31), "channel": "ads", "amount": 5.0, "currency": "USD"},
    ]
    tables: dict[str, list[Row]] = {
        "leads": [{"lead_id": f"l{n}", "created_at": MADE, "channel": "ads"} for n in range(20)],
        "spend": spend,
        **{name: [] for name in ("handoffs", "decisions", "activities", "reps", "opportunities", "orders")},
    }
    moment = datetime(2026, 6, 20, 12)  # noqa: DTZ001 - naive UTC
    with source_of(DuckDBEngine(), tables, Agreement(), moment) as source:
        report = measure_value(source)
    told = {left.currency: (left.rows, left.amount, left.amount_in_span) for left in report.left_out}
    assert told == {"CHF": (2, 42.0, 32.0), "USD": (1, 5.0, None)}
    said = " ".join(left_out_sentences(report))
    assert "CHF42.00 of 2 rows of spend are left out" in said
    assert said.count("falls on days that have come") == 1
    assert "Of that, CHF32.00 falls on days that have come." in said
