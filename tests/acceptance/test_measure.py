"""The acceptance report against lifelines, plain Python and hand-written SQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

import pandas as pd
import pytest
from lifelines import AalenJohansenFitter

from acceptance.oracle import outcome
from acceptance.sources import source_of
from accord.acceptance.figures import AcceptanceReport, AcceptanceRow
from accord.acceptance.measure import measure
from accord.agreement.model import Acceptance, Agreement, Calendar, Definition
from accord.clock import business_seconds_between
from accord.engines.base import Engine
from accord.engines.duckdb import DuckDBEngine
from accord.engines.postgres import PostgresEngine
from accord.errors import UsageError
from accord.readmodel.source import Source
from accord.values import Estimate, Reason, Unknown
from episodes.data import START, random_tables
from episodes.oracle import episodes as by_hand

AGREEMENT = Agreement(timezone="Europe/Paris", acceptance=Acceptance(window_days=14))
HOUR = timedelta(hours=1)
LATE, EARLY = START + timedelta(days=120), START + timedelta(days=30)


@pytest.fixture(scope="module")
def tables() -> dict[str, list[dict[str, Any]]]:
    return random_tables(21, leads=250)


@pytest.fixture
def source(tables: dict[str, list[dict[str, Any]]]) -> Iterator[Source]:
    with source_of(DuckDBEngine(), tables, AGREEMENT, EARLY) as made:
        yield made


def estimate(figure: object) -> Estimate:
    assert isinstance(figure, Estimate), figure
    return figure


def rows_of(report: AcceptanceReport, definition: Definition = "explicit") -> tuple[AcceptanceRow, ...]:
    return report.answers[definition].rows


@pytest.mark.parametrize("definition", get_args(Definition))
@pytest.mark.filterwarnings("ignore")  # lifelines announces its jitter of ties
def test_the_rate_is_the_aalen_johansen_incidence(
    source: Source, tables: dict[str, list[dict[str, Any]]], definition: Definition
) -> None:
    """Against lifelines on exact times. Bins of a minute (an hour beyond 72 h) and its jitter move a rate by less than
    one lead in the risk set: 1 / 400."""
    totals = measure(source, definition=definition).answers[definition].totals
    left = [
        outcome(facts, definition, AGREEMENT.acceptance, EARLY)
        for facts in by_hand(tables, AGREEMENT).values()
        if facts["at_us"] <= EARLY
    ]
    code = {"open": 0, "accepted": 1, "rejected": 2, "expired": 3}
    times = pd.Series([time / HOUR + (1e-6 if name == "open" else 0) for name, time in left])
    fitter = AalenJohansenFitter(calculate_variance=False, seed=1, jitter_level=1e-7)
    fitter.fit(times + 1e-5, pd.Series([code[name] for name, _time in left]), event_of_interest=1)
    curve = fitter.cumulative_density_.iloc[:, 0]
    for figure, hours in ((totals.rate, 14 * 24.0), (totals.within["24h"], 24.0), (totals.within["48h"], 48.0)):
        expected = curve[curve.index <= hours + 1e-4].iloc[-1]
        assert estimate(figure).value == pytest.approx(expected, abs=1 / 400)
        assert estimate(figure).n == totals.handed == len(left)


@pytest.mark.parametrize("definition", get_args(Definition))
def test_with_nothing_open_the_rate_is_the_raw_rate(
    tables: dict[str, list[dict[str, Any]]], definition: Definition
) -> None:
    with source_of(DuckDBEngine(), tables, AGREEMENT, LATE) as source:
        report = measure(source, by=["channel"], period="week", definition=definition)
    for row in (report.answers[definition].totals, *rows_of(report, definition)):
        assert row.open == 0
        assert row.ripe
        if row.handed < 10:
            assert row.raw_rate == row.rate == Unknown(Reason.TOO_FEW, 10)
            continue
        assert estimate(row.raw_rate).value == row.accepted / row.handed
        assert estimate(row.rate).value == pytest.approx(row.accepted / row.handed, abs=1e-12)
        assert estimate(row.rate).low == pytest.approx(estimate(row.raw_rate).low, abs=1e-9)
        assert row.open_bounds.low == row.open_bounds.high == row.accepted / row.handed


def test_the_whole_is_the_sum_of_its_parts(source: Source) -> None:
    for by, period in (([], "week"), (["channel"], None), (["team", "need"], "month"), (["account_size"], "quarter")):
        answer = measure(source, by=by, period=period).answers["explicit"]  # type: ignore[arg-type]
        for name in ("handed", "accepted", "rejected", "expired", "open", "superseded", "disqualified", "recycled"):
            assert sum(getattr(row, name) for row in answer.rows) == getattr(answer.totals, name)
        assert answer.totals == measure(source).answers["explicit"].totals


def test_segments_and_periods_are_the_leads_own(source: Source, tables: dict[str, list[dict[str, Any]]]) -> None:
    facts = [row for row in by_hand(tables, AGREEMENT).values() if row["at_us"] <= EARLY]
    leads = {row["lead_id"]: row for row in tables["leads"]}
    sizes = {None: "(none)", 3: "micro", 10: "small", 49: "small", 50: "medium", 700: "large", 5000: "enterprise"}
    expected: dict[tuple[str, str, str], int] = {}
    for row in facts:
        lead = leads[row["lead_id"]]
        year, week, _day = row["local_day"].isocalendar()
        key = (sizes[lead["employees"]], lead["need"] or "(none)", f"{year}-W{week:02d}")
        expected[key] = expected.get(key, 0) + 1
    rows = rows_of(measure(source, by=["account_size", "need"], period="week"))
    assert {(r.segment["account_size"], r.segment["need"], str(r.period)): r.handed for r in rows} == expected


def test_from_is_inclusive_and_to_is_not(source: Source, tables: dict[str, list[dict[str, Any]]]) -> None:
    start, end = date(2026, 3, 27), date(2026, 4, 2)
    days = [row["local_day"] for row in by_hand(tables, AGREEMENT).values() if row["at_us"] <= EARLY]
    found = measure(source, start=start, end=end).answers["explicit"].totals.handed
    assert found == sum(start <= day < end for day in days)
    assert measure(source, start=end, end=None).answers["explicit"].totals.handed == sum(day >= end for day in days)


def test_promises_on_the_business_clock_count_business_days() -> None:
    """ "24h" is one business day's open hours: nine by default, six for the team that opens from ten to four."""
    short = Calendar(hours=dict.fromkeys(("monday", "tuesday", "wednesday", "thursday"), (("10:00", "16:00"),)))
    agreement = Agreement(timezone="Europe/Paris", acceptance=Acceptance(team_calendars={"short": short}))
    chance = random_tables(3, leads=1)
    assert chance
    at = datetime(2026, 3, 2, 7)  # noqa: DTZ001 - naive UTC
    tables: dict[str, list[dict[str, Any]]] = {
        "leads": [],
        "handoffs": [],
        "decisions": [],
        "activities": [],
        "reps": [],
    }
    kept = {"24h": 0, "48h": 0}
    hours: list[float] = []
    for number in range(200):
        start = at + timedelta(hours=number * 5)
        delay = timedelta(hours=(number * 7) % 90)
        team = "short" if number % 2 else "long"
        tables["leads"].append({"lead_id": f"l{number}", "created_at": start})
        tables["handoffs"].append({"handoff_id": f"h{number}", "lead_id": f"l{number}", "at": start, "team": team})
        tables["decisions"].append(
            {"decision_id": f"d{number}", "handoff_id": f"h{number}", "at": start + delay, "outcome": "accepted"}
        )
        calendar = short if number % 2 else agreement.acceptance.calendar
        seconds = business_seconds_between(calendar, agreement.timezone, start, start + delay)
        hours.append(seconds / 3600)
        day = (6 if number % 2 else 9) * 3600
        kept["24h"] += seconds <= day
        kept["48h"] += seconds <= 2 * day
    with source_of(DuckDBEngine(), tables, agreement, at + timedelta(days=200)) as source:
        totals = measure(source).answers["explicit"].totals
    assert 0 < kept["24h"] < kept["48h"] < 200
    assert estimate(totals.business_within["24h"]).value == pytest.approx(kept["24h"] / 200)
    assert estimate(totals.business_within["48h"]).value == pytest.approx(kept["48h"] / 200)
    assert estimate(totals.business_delay_hours["p50"]).value == pytest.approx(sorted(hours)[99], abs=1 / 60)


def test_a_date_without_an_hour_gives_bounds_never_a_guess() -> None:
    """Handed over Monday 10:00, accepted "on Tuesday": within 24 h or not, nobody can tell."""
    at = datetime(2026, 3, 2, 10)  # noqa: DTZ001 - naive UTC
    tables: dict[str, list[dict[str, Any]]] = {
        "leads": [{"lead_id": f"l{n}", "created_at": at} for n in range(20)],
        "handoffs": [{"handoff_id": f"h{n}", "lead_id": f"l{n}", "at": at} for n in range(20)],
        "decisions": [
            {"decision_id": f"d{n}", "handoff_id": f"h{n}", "at": date(2026, 3, 3), "outcome": "accepted"}
            if n < 8
            else {"decision_id": f"d{n}", "handoff_id": f"h{n}", "at": at + timedelta(hours=1), "outcome": "accepted"}
            for n in range(20)
        ],
        "activities": [],
        "reps": [],
    }
    with source_of(DuckDBEngine(), tables, Agreement(), at + timedelta(days=90)) as source:
        totals = measure(source).answers["explicit"].totals
    day = estimate(totals.within["24h"])
    assert day.date_bounds is not None
    assert (day.date_bounds.low, day.date_bounds.high) == (12 / 20, 1.0)
    assert day.date_bounds.low <= day.value <= day.date_bounds.high
    assert estimate(totals.within["48h"]).date_bounds is None
    assert estimate(totals.rate).value == 1.0


def test_what_was_never_recorded_is_not_zero() -> None:
    at = datetime(2026, 3, 2, 10)  # noqa: DTZ001 - naive UTC
    tables: dict[str, list[dict[str, Any]]] = {
        "leads": [{"lead_id": f"l{n}", "created_at": at} for n in range(20)],
        "handoffs": [{"handoff_id": f"h{n}", "lead_id": f"l{n}", "at": at} for n in range(20)],
        "decisions": [],
        "activities": [],
        "reps": [],
    }
    with source_of(DuckDBEngine(), tables, Agreement(), at + timedelta(days=90)) as source:
        report = measure(source, definition="all")
    assert report.chosen == "action"
    assert report.chosen_because == "no_decisions"
    for definition in get_args(Definition):
        totals = report.answers[definition].totals
        assert totals.handed == 20
        assert totals.raw_rate == totals.rate == totals.ghost == totals.never_worked == Unknown(Reason.NOT_RECORDED, 10)


def test_an_empty_workspace_has_an_answer_too() -> None:
    empty: dict[str, list[dict[str, Any]]] = {
        "leads": [],
        "handoffs": [],
        "decisions": [],
        "activities": [],
        "reps": [],
    }
    with source_of(DuckDBEngine(), empty, Agreement(), START) as source:
        answer = measure(source, by=["channel"], period="week").answers["action"]
    assert answer.rows == ()
    assert answer.totals.handed == 0
    assert answer.totals.rate == Unknown(Reason.NOT_RECORDED, 10)
    assert (answer.totals.open_bounds.low, answer.totals.open_bounds.high) == (0.0, 1.0)


def test_weeks_that_are_not_over_do_not_pass_for_low_ones(source: Source) -> None:
    """Cohorts followed for less than the window have a raw rate and bounds, and no rate."""
    young = [row for row in rows_of(measure(source, period="week")) if row.handed >= 10 and not row.ripe]
    assert any(row.rate == Unknown(Reason.NOT_MATURE, row.handed) for row in young)
    assert all(isinstance(row.raw_rate, Estimate) for row in young)


def test_the_definition_that_counts_is_named_or_follows_from_the_data(tables: dict[str, list[dict[str, Any]]]) -> None:
    with source_of(DuckDBEngine(), tables, AGREEMENT, EARLY) as source:
        assert measure(source).chosen_because == "decisions_recorded"
    named = Agreement(acceptance=Acceptance(definition="worked"))
    with source_of(DuckDBEngine(), tables, named, EARLY) as source:
        report = measure(source)
    assert (report.chosen, report.chosen_because) == ("worked", "agreement")
    assert set(report.answers) == {"worked"}


@pytest.mark.parametrize("engine_of", ["duckdb", "postgres"])
def test_decisions_dated_by_a_day_that_has_not_begun_are_none(request: pytest.FixtureRequest, engine_of: str) -> None:
    """In New York the first of March begins at five, by UTC."""
    at = datetime(2026, 2, 20, 10)  # noqa: DTZ001 - naive UTC
    tables: dict[str, list[dict[str, Any]]] = {
        "leads": [{"lead_id": f"l{n}", "created_at": at} for n in range(20)],
        "handoffs": [{"handoff_id": f"h{n}", "lead_id": f"l{n}", "at": at} for n in range(20)],
        "decisions": [
            {"decision_id": f"d{n}", "handoff_id": f"h{n}", "at": date(2026, 3, 1), "outcome": "accepted"}
            for n in range(20)
        ],
        "activities": [],
        "reps": [],
    }
    found = []
    for hour in (4, 5):
        moment = datetime(2026, 3, 1, hour)  # noqa: DTZ001 - naive UTC
        engine: Engine = (
            DuckDBEngine() if engine_of == "duckdb" else PostgresEngine(request.getfixturevalue("postgres_url"))
        )
        with source_of(engine, tables, Agreement(timezone="America/New_York"), moment) as source:
            report = measure(source)
        found.append((report.chosen, report.chosen_because))
    assert found == [("action", "no_decisions"), ("explicit", "decisions_recorded")]


@pytest.mark.parametrize("engine_of", ["duckdb", "postgres"])
def test_numbers_beyond_those_that_a_computer_counts_with_are_segments_too(
    request: pytest.FixtureRequest, engine_of: str
) -> None:
    at = datetime(2026, 2, 20, 10)  # noqa: DTZ001 - naive UTC
    budgets = [1e20] * 11 + [5.0] * 12 + [5.5] * 13
    tables: dict[str, list[dict[str, Any]]] = {
        "leads": [{"lead_id": f"l{n}", "created_at": at, "budget": value} for n, value in enumerate(budgets)],
        "handoffs": [{"handoff_id": f"h{n}", "lead_id": f"l{n}", "at": at} for n in range(len(budgets))],
        "decisions": [],
        "activities": [],
        "reps": [],
    }
    engine: Engine = (
        DuckDBEngine() if engine_of == "duckdb" else PostgresEngine(request.getfixturevalue("postgres_url"))
    )
    with source_of(engine, tables, Agreement(), at + timedelta(days=90)) as source:
        rows = measure(source, by=["budget"], definition="action").answers["action"].rows
    assert {row.segment["budget"]: row.handed for row in rows} == {"1e+20": 11, "5": 12, "5.5": 13}


def test_a_dimension_nobody_has_is_refused_with_the_nearest(source: Source) -> None:
    with pytest.raises(UsageError, match=r"chanel.*Did you mean channel\?.*account_size"):
        measure(source, by=["chanel"])
    with pytest.raises(UsageError) as refused:
        measure(source, by=["channl", "taem", "taem"])
    wrong, last, twice = (str(fault) for fault in refused.value.faults)
    assert wrong == "There is no dimension channl. Did you mean channel?"
    assert last.startswith("There is no dimension taem. Did you mean team? Leads can be cut by: team, ")
    assert "given twice" in twice
    with pytest.raises(UsageError, match=r"no dimension month\. --period month cuts by it\."):
        measure(source, by=["month"])
    with pytest.raises(UsageError, match="twice"):
        measure(source, by=["channel", "channel"])
    with pytest.raises(UsageError, match="empty"):
        measure(source, start=date(2026, 5, 1), end=date(2026, 5, 1))


def test_both_engines_give_the_same_report(tables: dict[str, list[dict[str, Any]]], postgres_url: str) -> None:
    reports = []
    engines: list[Engine] = [DuckDBEngine(), PostgresEngine(postgres_url)]
    for engine in engines:
        with source_of(engine, tables, AGREEMENT, EARLY) as source:
            reports.append(measure(source, by=["channel", "rep_id"], period="month", definition="all"))
    assert reports[0] == reports[1]


def test_the_same_question_gets_the_same_answer_to_the_last_digit(source: Source) -> None:
    first = measure(source, by=["team"], period="week", definition="all")
    assert all(measure(source, by=["team"], period="week", definition="all") == first for _time in range(3))


def test_local_midnight_decides_the_period() -> None:
    """23:30 UTC on 31 December is 1 January in Paris: another week, month and quarter."""
    at = datetime(2025, 12, 31, 23, 30, tzinfo=UTC).replace(tzinfo=None)
    tables: dict[str, list[dict[str, Any]]] = {
        "leads": [{"lead_id": "l", "created_at": at}],
        "handoffs": [{"handoff_id": "h", "lead_id": "l", "at": at}],
        "decisions": [],
        "activities": [],
        "reps": [],
    }
    with source_of(DuckDBEngine(), tables, Agreement(timezone="Europe/Paris"), at) as source:
        labels = [rows_of(measure(source, period=unit), "action")[0].period for unit in ("week", "month", "quarter")]
    assert labels == ["2026-W01", "2026-01", "2026-Q1"]


def test_the_weighted_delay_is_the_mean_over_what_was_handled(
    source: Source, tables: dict[str, list[dict[str, Any]]]
) -> None:
    """Σ w d / Σ w over accepted and rejected leads, open ones or not; delays count in whole seconds."""
    bands, needs = {"A": 3.0, "B": 2.0, "C": 1.0}, {"urgent": 2.0, "defined": 1.5}
    lead, handoff = (
        {row[key]: row for row in tables[name]} for name, key in (("leads", "lead_id"), ("handoffs", "handoff_id"))
    )
    total = weights = 0.0
    for name, facts in by_hand(tables, AGREEMENT).items():
        if facts["at_us"] > EARLY:
            continue
        word, time = outcome(facts, "explicit", AGREEMENT.acceptance, EARLY)
        if word in ("accepted", "rejected"):
            weight = bands.get(handoff[name]["band"], 1.0) * needs.get(lead[facts["lead_id"]]["need"], 1.0)
            total, weights = total + weight * (time / HOUR), weights + weight
    figure = estimate(measure(source).answers["explicit"].totals.weighted_delay_hours)
    assert figure.value == pytest.approx(total / weights, abs=1 / 3600)
    assert figure.low < figure.value < figure.high
