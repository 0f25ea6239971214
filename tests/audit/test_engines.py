"""Nasty data give the same audit on every engine, byte for byte."""

from __future__ import annotations

import pytest

from accord.agreement.model import Acceptance, Agreement
from accord.audit.checks import leads as words_of_leads
from accord.audit.examine import examine
from accord.engines.base import Engine
from accord.engines.duckdb import DuckDBEngine
from accord.engines.postgres import PostgresEngine
from accord.report.audit.answer import audit_json
from accord.report.envelope import dumps
from audit.company import AS_OF, Tables, clean_company, loaded
from audit.scenarios import SCENARIOS
from episodes.data import START, random_tables

AGREEMENTS = {
    "utc": Agreement(),
    "paris": Agreement(timezone="Europe/Paris", acceptance=Acceptance(definition="worked", window_days=14)),
}
ALL_AT_ONCE = (
    "merge_rings",
    "late_decisions",
    "missing_reasons",
    "first_touch_ever",
    "worked_by_others",
    "activity_bursts",
    "duplicate_leads",
    "spelling_variants",
    "spend_without_leads",
    "foreign_currency",
    "activity_dates",
)


def told(engine: Engine, tables: Tables, agreement: Agreement) -> str:
    as_of = max(START, AS_OF) if "Email" in tables["leads"][0] else START.replace(month=5)
    try:
        return dumps(audit_json(examine(loaded(engine, tables, agreement, as_of))))
    finally:
        engine.close()


@pytest.mark.parametrize("agreement", AGREEMENTS.values(), ids=AGREEMENTS.keys())
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_random_data(seed: int, agreement: Agreement, postgres_url: str) -> None:
    tables = random_tables(seed, leads=60)
    on_duckdb = told(DuckDBEngine(), tables, agreement)
    assert told(PostgresEngine(postgres_url), tables, agreement) == on_duckdb
    assert '"code": "decisions_of_nothing"' in on_duckdb


def test_many_faults_at_once(postgres_url: str) -> None:
    tables = clean_company(leads=200)
    for code in ALL_AT_ONCE:
        SCENARIOS[code].spoil(tables)
    on_duckdb = told(DuckDBEngine(), tables, AGREEMENTS["paris"])
    assert told(PostgresEngine(postgres_url), tables, AGREEMENTS["paris"]) == on_duckdb
    for code in ALL_AT_ONCE:
        assert f'"code": "{code}"' in on_duckdb


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_words_are_counted_alike_here_and_by_the_engine(
    engine: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def audited(most_fetched: int) -> str:
        monkeypatch.setattr(words_of_leads, "MOST_FETCHED", most_fetched)
        opened = DuckDBEngine() if engine == "duckdb" else PostgresEngine(request.getfixturevalue("postgres_url"))
        return told(opened, tables, AGREEMENTS["utc"])

    tables = clean_company(leads=200)
    for code in ("null_like_words", "spelling_variants"):
        SCENARIOS[code].spoil(tables)
    for lead in tables["leads"]:
        lead["note"] = f"about {lead['lead_id']}"  # too many values for a segment
    fetched = audited(10**9)
    assert audited(0) == fetched
    for code in ("null_like_words", "spelling_variants"):
        assert f'"code": "{code}"' in fetched
