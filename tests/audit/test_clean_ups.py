"""Clean-ups are seen however many of the decisions they hold, and nobody's ordinary day is one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

import pytest

from accord.audit.examine import examine
from accord.audit.registry import CHECKS
from accord.audit.report import CheckFinding
from accord.engines.duckdb import DuckDBEngine
from audit.company import AS_OF, Tables, clean_company, loaded

BY_CODE = {check.code: check for check in CHECKS}


@pytest.fixture
def engine() -> Iterator[DuckDBEngine]:
    chosen = DuckDBEngine()
    yield chosen
    chosen.close()


def found(engine: DuckDBEngine, tables: Tables, code: str, *, with_episodes: bool = False) -> CheckFinding | None:
    report = examine(loaded(engine, tables, with_episodes=with_episodes), checks=[BY_CODE[code]])
    return next((one for one in report.findings if one.code == code), None)


def decided_at(tables: Tables, moments: list[datetime]) -> None:
    """Each decision at the moment of its number, its lead handed over an hour before."""
    handed = {row["handoff_id"]: row for row in tables["handoffs"]}
    for row, moment in zip(tables["decisions"], moments, strict=True):
        row["at"] = moment
        handed[row["handoff_id"]]["at"] = moment - timedelta(hours=1)


def test_where_every_decision_is_a_clean_up_all_are_found(engine: DuckDBEngine) -> None:
    tables = clean_company(leads=240)
    n = len(tables["decisions"])
    fridays = [AS_OF - timedelta(days=20 + 14 * week) for week in range(6)]
    decided_at(tables, [fridays[number % 6] + timedelta(seconds=number // 6) for number in range(n)])
    batch = found(engine, tables, "batch_decisions")
    assert batch is not None
    assert (batch.affected, batch.of) == (n, n)
    assert batch.details == {"minutes": 6, "largest": -(-n // 6)}


def test_one_minute_of_all_decisions(engine: DuckDBEngine) -> None:
    tables = clean_company(leads=120)
    moment = AS_OF - timedelta(days=20, seconds=50)
    decided_at(tables, [moment + timedelta(milliseconds=number) for number in range(len(tables["decisions"]))])
    batch = found(engine, tables, "batch_decisions")
    assert batch is not None
    assert batch.affected == len(tables["decisions"])


@pytest.mark.parametrize("a_minute", [1, 4, 9])
def test_a_busy_hour_of_many_people_is_no_clean_up(engine: DuckDBEngine, a_minute: int) -> None:
    """Decisions that fall where they like within few hours: Poisson minutes, some of them twice the mean."""
    tables = clean_company(leads=60 * a_minute)
    random, n = Random(a_minute), len(tables["decisions"])
    start = AS_OF - timedelta(days=20)
    decided_at(tables, [start + timedelta(seconds=random.uniform(0, 60 * n / a_minute)) for _ in range(n)])
    assert found(engine, tables, "batch_decisions") is None


def test_times_to_the_hour_are_no_clean_up(engine: DuckDBEngine) -> None:
    """Twelve an hour, all written down at the full hour: an imprecise clock, which another check speaks of."""
    tables = clean_company(leads=240)
    start = AS_OF.replace(minute=0, second=0, microsecond=0) - timedelta(days=20)
    decided_at(tables, [start + timedelta(hours=number // 12) for number in range(len(tables["decisions"]))])
    assert found(engine, tables, "batch_decisions") is None


def test_a_handoff_that_the_next_one_ended_is_not_called_undecided(engine: DuckDBEngine) -> None:
    tables = clean_company(leads=120)
    first = [
        {**row, "handoff_id": f"first-{row['handoff_id']}", "at": row["at"] - timedelta(hours=2)}
        for row in tables["handoffs"]
    ]
    tables["handoffs"] += first
    assert found(engine, tables, "undecided", with_episodes=True) is None
    passed = found(engine, tables, "passed_on", with_episodes=True)
    assert passed is not None
    assert (passed.affected, passed.of) == (len(first), 2 * len(first))


@pytest.mark.parametrize("minutes", [5, 240])
def test_quick_people_are_no_clockwork(engine: DuckDBEngine, minutes: int) -> None:
    """Nearly everybody is answered within the minutes: close together, and never the same."""
    tables = clean_company(leads=2000)
    handed = {row["handoff_id"]: row for row in tables["handoffs"]}
    random = Random(minutes)
    for row in tables["decisions"]:
        row["at"] = handed[row["handoff_id"]]["at"] + timedelta(minutes=random.expovariate(3 / minutes))
    assert found(engine, tables, "clockwork_decisions") is None


def test_times_to_the_minute_are_no_clockwork(engine: DuckDBEngine) -> None:
    """Where neither time has seconds, many delays are ten minutes: nobody wrote down that they were 9:41 or 10:12."""
    tables = clean_company(leads=600)
    handed = {row["handoff_id"]: row for row in tables["handoffs"]}
    random = Random(1)
    for row in tables["decisions"]:
        start = handed[row["handoff_id"]]["at"].replace(second=0, microsecond=0)
        handed[row["handoff_id"]]["at"] = start
        row["at"] = start + timedelta(minutes=random.randrange(1, 15))
    assert found(engine, tables, "clockwork_decisions") is None
    for row in handed.values():
        row["at"] += timedelta(seconds=1)
    for row in tables["decisions"]:
        row["at"] += timedelta(seconds=1)
    assert found(engine, tables, "clockwork_decisions") is not None
