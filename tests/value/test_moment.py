"""What is dated by its day has come with its local midnight: it is in the sums then, and told as later before."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from acceptance.sources import source_of
from accord.agreement.model import Agreement
from accord.engines.duckdb import DuckDBEngine
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
