"""A campaign that has two names: its own row says so, wherever it is read, and no verdict rests on it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from acceptance.sources import source_of
from accord.agreement.model import Agreement
from accord.engines.duckdb import DuckDBEngine
from accord.report.look import Look
from accord.report.value.answer import value_json
from accord.report.value.records import value_csv
from accord.report.value.tables import plain_tables
from accord.report.value.text import value_text
from accord.value.apart import cheapest_and_dearest
from accord.value.figures import PeriodUnit, ValueReport
from accord.value.measure import measure_value

AS_OF = datetime(2026, 9, 1)  # noqa: DTZ001 - naive UTC
MADE = datetime(2026, 1, 5, 10)  # noqa: DTZ001 - naive UTC
LATER = datetime(2026, 3, 9)  # noqa: DTZ001 - naive UTC

Measured = Any


def company(renamed_in: str) -> dict[str, list[dict[str, Any]]]:
    """Two campaigns in January and March, twenty leads each, all won; spring becomes printemps in one of the tables."""
    new = {"leads": ("printemps", "spring"), "spend": ("spring", "printemps"), "": ("spring", "spring")}[renamed_in]
    people: list[dict[str, Any]] = [
        {"lead_id": f"{name}{part}{n}", "created_at": made, "channel": "ads", "campaign": name}
        for part, made, names in ((0, MADE, ("spring", "brand", "fair")), (1, LATER, (new[0], "brand", "fair")))
        for name in names
        for n in range(20)
    ]
    spend = [
        {"start": start, "end": end, "channel": "ads", "campaign": name, "amount": amount, "currency": "EUR"}
        for start, end, spring in (
            (date(2026, 1, 1), date(2026, 1, 31), "spring"),
            (date(2026, 3, 1), date(2026, 3, 31), new[1]),
        )
        for name, amount in ((spring, 9000), ("brand", 1000), ("fair", 1000))
    ]
    deals = [
        {"opportunity_id": f"o{row['lead_id']}", "lead_id": row["lead_id"], "created_at": row["created_at"]}
        | {"closed_at": row["created_at"] + timedelta(days=5), "won": True}
        for row in people
    ]
    return {"leads": people, "spend": spend, "opportunities": deals}


@pytest.fixture
def measured() -> Iterator[Measured]:
    made = DuckDBEngine()

    def report(
        renamed_in: str, by: tuple[str, ...], period: PeriodUnit | None = None, end: date | None = None
    ) -> ValueReport:
        names = ("handoffs", "decisions", "activities", "reps", "orders")
        nothing: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
        tables = nothing | company(renamed_in)
        return measure_value(source_of(made, tables, Agreement(), AS_OF), by=by, period=period, end=end)

    yield report
    made.close()


@pytest.mark.parametrize("table", ["leads", "spend"])
def test_both_names_are_marked_and_in_no_verdict(measured: Measured, table: str) -> None:
    report = measured(table, ("campaign",))
    marks = {row.segment["campaign"]: row.renamed for row in report.rows}
    assert marks == {"brand": False, "fair": False, "spring": True, "printemps": True}
    apart = cheapest_and_dearest(report)
    assert apart is not None
    assert (apart.compared, apart.different) == (2, False)
    assert not report.totals.renamed


def test_the_mark_stands_in_every_form(measured: Measured) -> None:
    report = measured("leads", ("campaign",))
    told = value_text(report, Look(width=100, unicode=False))
    tables = [part for part in told.split("\n\n") if part.startswith("By campaign")]
    assert len(tables) == 2
    for part in tables:
        starts = [line.strip() for line in part.splitlines()]
        assert any(line.startswith("* spring ") for line in starts)
        assert any(line.startswith("* printemps ") for line in starts)
        assert not any(line.startswith("* brand ") for line in starts)
        assert "* seems to go by two names" in part
    for table in plain_tables(report):
        assert {names[0] for names, _cells, _unripe in table.rows} == {"brand", "fair", "≠ spring", "≠ printemps"}
        assert table.notes
    data: Any = value_json(report)["data"]
    assert [row["renamed"] for row in data["rows"]] == [row.renamed for row in report.rows]
    lines = list(csv.DictReader(io.StringIO(value_csv(report))))
    assert [line["renamed"] for line in lines] == [str(row.renamed) for row in report.rows]


def test_of_cohorts_only_those_from_the_new_name_on_are_marked(measured: Measured) -> None:
    report = measured("leads", ("channel", "campaign"), "month")
    marked = {(row.segment["campaign"], row.period) for row in report.rows if row.renamed}
    assert marked == {("spring", "2026-03"), ("printemps", "2026-03")}
    before = measured("leads", ("campaign",), end=date(2026, 3, 1))
    assert not any(row.renamed for row in before.rows)


def test_where_nothing_is_renamed_or_campaigns_are_not_told_apart_nothing_is_marked(measured: Measured) -> None:
    for report in (measured("", ("campaign",)), measured("leads", ("channel",)), measured("leads", ())):
        assert not any(row.renamed for row in report.rows)
        assert "two names" not in value_text(report, Look(width=100))
