"""Every check finds what it is for, counts it as a person would, and says nothing of a clean company."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from accord.audit.examine import examine
from accord.audit.registry import CHECKS
from accord.engines.base import Engine
from accord.engines.duckdb import DuckDBEngine
from accord.engines.postgres import PostgresEngine
from audit.company import clean_company, finding, loaded
from audit.scenarios import SCENARIOS

READ_EPISODES = {"instant_actions", "undecided", "reps_who_never_decide"}
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
