"""Episodes on DuckDB and PostgreSQL against the contract in plain Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from accord.agreement.model import Acceptance, Agreement, Calendar, RealAction
from accord.clock import business_seconds_between
from accord.engines.base import Engine
from accord.engines.duckdb import DuckDBEngine
from accord.engines.postgres import PostgresEngine
from accord.readmodel.inputs import calendars_of, episode_inputs
from accord.tables.episodes import episodes, left_out
from accord.tables.times import microseconds
from episodes.data import arrow_table, random_tables
from episodes.oracle import episodes as by_hand

MICROSECOND = timedelta(microseconds=1)
AGREEMENTS = {
    "defaults": Agreement(),
    "paris": Agreement(timezone="Europe/Paris", acceptance=Acceptance(window_days=14)),
    "owner": Agreement(timezone="America/New_York", acceptance=Acceptance(real_action=RealAction(by="owner"))),
    "anyone": Agreement(acceptance=Acceptance(real_action=RealAction(by="anyone", kinds=("call", "email")))),
    "calendars": Agreement(
        timezone="Europe/Paris",
        acceptance=Acceptance(
            calendar=Calendar(country="FR"),
            team_calendars={
                "south": Calendar(
                    timezone="Asia/Kolkata",
                    hours={"monday": (("08:00", "12:00"), ("13:00", "17:30")), "saturday": (("22:00", "24:00"),)},
                )
            },
        ),
    ),
}


@pytest.fixture(params=["duckdb", "postgres"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    chosen: Engine
    chosen = DuckDBEngine() if request.param == "duckdb" else PostgresEngine(request.getfixturevalue("postgres_url"))
    yield chosen
    chosen.close()


def loaded(engine: Engine, tables: Mapping[str, list[dict[str, Any]]]) -> Engine:
    for name, rows in tables.items():
        engine.keep(name, arrow_table(name, rows))
    return engine


def plain(value: Any) -> Any:
    return value // MICROSECOND if isinstance(value, timedelta) else value


@pytest.mark.parametrize("agreement", AGREEMENTS.values(), ids=AGREEMENTS.keys())
def test_every_fact_is_what_the_contract_says(engine: Engine, agreement: Agreement) -> None:
    for seed in range(4):
        tables = random_tables(seed)
        loaded(engine, tables)
        found = {row["handoff_id"]: row for row in engine.run(episodes(episode_inputs(engine, agreement))).to_pylist()}
        expected = by_hand(tables, agreement)
        assert found.keys() == expected.keys()
        for identifier, facts in expected.items():
            row = found[identifier]
            wanted = {name: plain(value) for name, value in facts.items()}
            wanted["at_us"] = microseconds(facts["at_us"])
            wanted["local_day"] = (facts["local_day"] - type(facts["local_day"])(1970, 1, 1)).days
            assert {name: row[name] for name in wanted} == wanted, f"seed {seed}, {identifier}"


def test_business_time_is_the_reference_clock(engine: Engine) -> None:
    agreement = AGREEMENTS["calendars"]
    tables = random_tables(7)
    loaded(engine, tables)
    calendars = calendars_of(agreement)
    compared = 0
    expected = by_hand(tables, agreement)
    for row in engine.run(episodes(episode_inputs(engine, agreement))).to_pylist():
        start = expected[row["handoff_id"]]["at_us"]
        calendar = calendars[row["calendar"]]
        assert row["calendar"] == ("team:south" if row["owner_team"] == "south" else "default")
        for event in ("decision", "action", "end"):
            delay = row[f"{event}_us"]
            if delay is None:
                assert row[f"business_{event}_us"] is None
                continue
            seconds = business_seconds_between(calendar, agreement.timezone, start, start + delay * MICROSECOND)
            assert row[f"business_{event}_us"] == pytest.approx(seconds * 1e6, abs=1)
            compared += 1
    assert compared > 100


def test_what_no_episode_can_use_is_counted(engine: Engine) -> None:
    tables = random_tables(3)
    loaded(engine, tables)
    inputs = episode_inputs(engine, Agreement())
    leads = {row["lead_id"] for row in tables["leads"]}
    handoffs = {row["handoff_id"] for row in tables["handoffs"]}
    decisions = tables["decisions"]
    expected = {
        "handoffs_of_unknown_leads": sum(row["lead_id"] not in leads for row in tables["handoffs"]),
        "decisions_of_unknown_handoffs": sum(
            bool(row["handoff_id"]) and row["handoff_id"] not in handoffs for row in decisions
        ),
        "decisions_of_unknown_leads": sum(not row["handoff_id"] and row["lead_id"] not in leads for row in decisions),
        "activities_of_unknown_leads": sum(row["lead_id"] not in leads for row in tables["activities"]),
    }
    found = {reason: engine.run(table)["rows"][0].as_py() for reason, table in left_out(inputs).items()}
    assert found == expected
    assert sum(expected.values()) > 0


def test_the_order_of_rows_changes_nothing(engine: Engine) -> None:
    tables = random_tables(5)
    loaded(engine, tables)
    first = engine.run(episodes(episode_inputs(engine, Agreement()))).sort_by("handoff_id")
    loaded(engine, {name: rows[::-1] for name, rows in tables.items()})
    assert engine.run(episodes(episode_inputs(engine, Agreement()))).sort_by("handoff_id").equals(first)
