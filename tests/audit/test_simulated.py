"""The audit of simulated companies: untidy in the ordinary way is no alarm, truly spoiled is one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from pyarrow import parquet

from accord.agreement.model import Agreement
from accord.audit.examine import examine
from accord.audit.report import AuditReport, Severity
from accord.demo.company import HEALTHY, Company, Habits
from accord.demo.simulate import simulate
from accord.engines.duckdb import DuckDBEngine
from accord.readmodel.episodes import materialise_episodes
from accord.tables.schema import TABLES
from audit.company import LoadedSource, finding

MONEY = {"conversion", "revenue", "cost"}
AGREEMENT = Agreement(name="simulated", version="1", timezone="Europe/Paris")
END = datetime(2026, 6, 30, 22)  # noqa: DTZ001 - naive UTC, midnight in Paris


@pytest.fixture
def engine() -> Iterator[DuckDBEngine]:
    engine = DuckDBEngine()
    yield engine
    engine.close()


def audit_of(company: Company, seed: int, folder: Path, engine: DuckDBEngine) -> AuditReport:
    simulate(company, size=2500, seed=seed, until=date(2026, 7, 1)).write(folder, "parquet")
    for table in TABLES:
        engine.keep(table.name, parquet.read_table(folder / f"{table.name}.parquet"))
    materialise_episodes(engine, AGREEMENT)
    return examine(LoadedSource(engine, AGREEMENT, END))


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_a_healthy_company_is_sound(seed: int, tmp_path: Path, engine: DuckDBEngine) -> None:
    report = audit_of(HEALTHY, seed, tmp_path, engine)
    assert {graded.figure.value: graded.grade for graded in report.grades if graded.figure.value not in MONEY} == {
        graded.figure.value: "A" for graded in report.grades if graded.figure.value not in MONEY
    }
    # The company sells in pounds too, which no total can hold; nothing else is more than a note.
    louder = {one.code for one in report.findings if one.severity is not Severity.NOTE}
    assert louder <= {"foreign_currency"}


def test_lost_rows_are_alarms(tmp_path: Path, engine: DuckDBEngine) -> None:
    untidy = replace(HEALTHY, habits=Habits(orphans=0.03, ownerless=0.4))
    report = audit_of(untidy, 5, tmp_path, engine)
    assert finding(report, "decisions_of_nothing", "decisions").severity is Severity.MAJOR
    assert finding(report, "owner_missing").severity is Severity.MAJOR
    grades = {graded.figure.value: graded.grade for graded in report.grades}
    assert grades["by_rep"] == "C"
    assert grades["rate"] == "C"
