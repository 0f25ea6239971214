"""Every check finds what it is for, counts it as a person would, and says nothing of a clean company."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from accord.audit.examine import examine
from accord.audit.registry import CHECKS
from accord.engines.base import Engine
from accord.engines.duckdb import DuckDBEngine
from accord.engines.postgres import PostgresEngine
from accord.readmodel.episodes import materialise_episodes
from audit.company import AGREEMENT, AS_OF, LoadedSource, arrow_table, clean_company, finding, loaded
from audit.scenarios import SCENARIOS

READ_EPISODES = {
    "instant_actions",
    "clockwork_actions",
    "passed_on",
    "undecided",
    "reps_who_never_decide",
    "ghosts_of_nobody",
    "unworked_of_nobody",
}
BY_CODE = {check.code: check for check in CHECKS}


@pytest.fixture(params=["duckdb", "postgres"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    chosen: Engine
    chosen = DuckDBEngine() if request.param == "duckdb" else PostgresEngine(request.getfixturevalue("postgres_url"))
    yield chosen
    chosen.close()


def test_every_check_has_a_scenario() -> None:
    assert SCENARIOS.keys() == BY_CODE.keys()
    assert len(BY_CODE) == len(CHECKS)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_clean_company_gets_no_alarm(engine: Engine, seed: int) -> None:
    report = examine(loaded(engine, clean_company(seed, leads=400)))
    assert report.findings == ()
    assert {graded.grade for graded in report.grades} == {"A"}
    assert set(report.passed) | set(report.skipped) == BY_CODE.keys()


@pytest.mark.parametrize("code", SCENARIOS)
def test_what_is_wrong_is_found_and_counted(engine: Engine, code: str) -> None:
    tables = clean_company(leads=240)
    scenario = SCENARIOS[code]
    expected = scenario.spoil(tables)
    source = loaded(engine, tables, scenario.agreement, with_episodes=code in READ_EPISODES)
    report = examine(source, checks=[BY_CODE[code]], **scenario.more)
    found = finding(report, code, expected.table)
    assert (found.affected, found.of) == (expected.affected, expected.of)
    if expected.samples is not None:
        assert found.samples == expected.samples
    if expected.column is not None:
        assert found.column == expected.column


def test_a_warehouse_may_lack_tables_and_columns(engine: Engine) -> None:
    """Views of a part of the contract: what is not there is empty, a time of type date is a date without a time."""
    tables = clean_company(leads=40)
    engine.keep("leads", arrow_table("leads", tables["leads"]).select(["lead_id", "created_at", "channel"]))
    handoffs = arrow_table("handoffs", tables["handoffs"]).select(["handoff_id", "lead_id", "at"])
    engine.keep("handoffs", handoffs.set_column(2, "at", handoffs["at"].cast("date32")))
    source = LoadedSource(engine, AGREEMENT, AS_OF)
    materialise_episodes(engine, AGREEMENT)
    report = examine(source)
    assert finding(report, "handoff_dates").affected == 40
    assert finding(report, "owner_missing").affected == 40
    assert {one.code for one in report.findings} == {"handoff_dates", "owner_missing", "no_decisions", "no_activities"}
    assert report.tables["leads"] == 40
    assert report.tables["activities"] == 0
