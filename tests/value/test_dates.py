"""Dates without an hour: what they leave open stands beside the figure, and is what the ends of the days would give."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import pytest

from acceptance.sources import source_of
from accord.engines.duckdb import DuckDBEngine
from accord.readmodel.source import Source
from accord.report.value.lines import funnel_notes
from accord.value.measure import measure_value
from accord.values import Bounds, Estimate
from value.company import AS_OF, Row
from value.conftest import AGREEMENT
from value.oracle import instant

MICROSECOND = timedelta(microseconds=1)
AGES = ("30d", "90d", "180d")


@contextmanager
def opened(tables: dict[str, list[Row]]) -> Iterator[Source]:
    with source_of(DuckDBEngine(), tables, AGREEMENT, AS_OF) as source:
        yield source


def is_date(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def dated(tables: dict[str, list[Row]], table: str, column: str, *, late: bool) -> dict[str, list[Row]]:
    """The tables with every date of a column at the first or the last instant of its local day."""
    rows = []
    for row in tables[table]:
        value = row[column]
        if is_date(value):
            value = instant(value + timedelta(days=1), AGREEMENT) - MICROSECOND if late else instant(value, AGREEMENT)
        rows.append(row | {column: value})
    return tables | {table: rows}


def won(source: Source) -> dict[str, Estimate]:
    figures = measure_value(source, within_days=90).totals.funnel.won_by_age
    found = {}
    for name in AGES:
        figure = figures[name]
        assert isinstance(figure, Estimate)
        found[name] = figure
    return found


def test_the_bounds_are_what_the_ends_of_the_days_give(tables: dict[str, list[Row]]) -> None:
    exact = dated(tables, "leads", "created_at", late=False)
    with opened(exact) as source:
        found = won(source)
    with opened(dated(exact, "opportunities", "closed_at", late=False)) as source:
        soon = won(source)
    with opened(dated(exact, "opportunities", "closed_at", late=True)) as source:
        late = won(source)
    straddled = 0
    for name in AGES:
        assert found[name].value == pytest.approx(soon[name].value, abs=1e-12)
        bounds = found[name].date_bounds or Bounds(found[name].value, found[name].value)
        # A win may be after the moment at the end of its day: no curve can follow it there, so the last day is spared.
        assert bounds.low == pytest.approx(late[name].value, abs=2 / found[name].n)
        assert bounds.high == pytest.approx(soon[name].value, abs=1e-12)
        straddled += found[name].date_bounds is not None
    assert straddled


def test_times_with_hours_leave_nothing_open(tables: dict[str, list[Row]]) -> None:
    hours = dated(tables, "leads", "created_at", late=False)
    hours = dated(hours, "opportunities", "closed_at", late=False)
    hours = dated(hours, "orders", "at", late=False)
    with opened(hours) as source:
        report = measure_value(source, by=["channel"])
    known: list[Estimate] = []
    for row in [report.totals, *report.rows]:
        figures = [*row.funnel.conversion.values(), *row.funnel.won_by_age.values()]
        known += [figure for figure in figures if isinstance(figure, Estimate)]
    assert known
    assert all(figure.date_bounds is None for figure in known)


def test_a_win_on_the_day_of_the_horizon_is_told() -> None:
    made = datetime(2026, 1, 5, 12)  # noqa: DTZ001 - naive UTC
    leads = [
        {"lead_id": f"l{n}", "created_at": made, "channel": "ads", "campaign": None, "merged_into": None}
        for n in range(20)
    ]
    deals = [
        {
            "opportunity_id": f"o{n}",
            "lead_id": f"l{n}",
            "created_at": made,
            "closed_at": (made + timedelta(days=30)).date(),
            "won": True,
        }
        for n in range(10)
    ]
    nothing: dict[str, list[Row]] = {
        name: [] for name in ("handoffs", "decisions", "activities", "reps", "orders", "spend")
    }
    with opened(nothing | {"leads": leads, "opportunities": deals}) as source:
        report = measure_value(source, within_days=30)
        figure = report.totals.funnel.conversion["won"]
        said = " ".join(funnel_notes(report))
    assert isinstance(figure, Estimate)
    assert (figure.value, figure.date_bounds) == (0.5, Bounds(0.0, 0.5))
    assert "from 0% to 50%" in said
