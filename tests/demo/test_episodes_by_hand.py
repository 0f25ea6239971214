"""Episodes against a query written by hand from the contract (``bench/episodes.sql``): every column of every row."""

from __future__ import annotations

import importlib.util
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from accord.agreement.load import load_agreement
from accord.agreement.model import Acceptance, Agreement
from accord.demo.agreement import agreement_text
from accord.demo.company import DEMO
from accord.demo.simulate import simulate
from accord.engines.duckdb import DuckDBEngine
from accord.readmodel.inputs import episode_inputs
from accord.tables.episodes import episodes
from accord.tables.schema import Type, table_named
from episodes.data import arrow_table, random_tables
from support.source import ROOT

UNTIL = date(2026, 7, 1)


def yardstick() -> Any:
    spec = importlib.util.spec_from_file_location("yardstick", ROOT / "bench" / "yardstick.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def stored(name: str, rows: pa.Table) -> pa.Table:
    """A simulated table as the read model has it: naive UTC instants, dates at midnight with their companion."""
    db = duckdb.connect()
    db.execute("SET TimeZone = 'UTC'")
    db.register("rows", rows)
    columns = []
    for column in rows.schema:
        known = table_named(name).column(column.name)
        if known is not None and known.type is Type.TIME:
            is_date = pa.types.is_date(column.type)
            columns.append(f'"{column.name}"::TIMESTAMP AS "{column.name}", {is_date} AS "{column.name}_is_date"')
        else:
            columns.append(f'"{column.name}"')
    return db.sql(f"SELECT {', '.join(columns)} FROM rows").to_arrow_table()


def compared(engine: DuckDBEngine, agreement: Agreement) -> dict[str, int]:
    hand = yardstick()
    engine.keep("ours", engine.run(episodes(episode_inputs(engine, agreement))))
    hand.prepare(engine.connection, agreement)
    engine.connection.execute(f"CREATE OR REPLACE TEMP TABLE theirs AS {hand.episodes_query(engine.connection)}")
    assert engine.connection.execute("SELECT count(*) > 0 FROM theirs").fetchone() == (True,)
    found: dict[str, int] = hand.differences(engine.connection, "ours", "theirs")
    return found


def test_a_simulated_year_gives_the_same_episodes(tmp_path: Path) -> None:
    made = simulate(DEMO, 4_000, seed=3, until=UNTIL)
    (tmp_path / "accord.yaml").write_text(agreement_text(DEMO, 4_000, UNTIL), encoding="utf-8")
    engine = DuckDBEngine()
    for name in ("reps", "leads", "handoffs", "decisions", "activities"):
        engine.keep(name, stored(name, pa.concat_tables(made.tables[name]())))
    assert compared(engine, load_agreement(tmp_path / "accord.yaml").agreement) == {}
    engine.close()


@pytest.mark.parametrize("seed", range(6))
def test_ties_dates_rings_and_orphans_give_the_same_episodes(seed: int) -> None:
    engine = DuckDBEngine()
    for name, rows in random_tables(seed).items():
        engine.keep(name, arrow_table(name, rows))
    agreement = Agreement(timezone="Europe/Paris", acceptance=Acceptance(window_days=14))
    assert compared(engine, agreement) == {}
    engine.close()


def test_a_difference_would_be_seen() -> None:
    """The comparison itself can fail."""
    engine = DuckDBEngine()
    for name, rows in random_tables(0).items():
        engine.keep(name, arrow_table(name, rows))
    compared(engine, Agreement())
    engine.connection.execute("UPDATE theirs SET token = NOT coalesce(token, false), end_us = end_us + 1")
    assert yardstick().differences(engine.connection, "ours", "theirs").keys() >= {"token", "end_us"}
    engine.close()
