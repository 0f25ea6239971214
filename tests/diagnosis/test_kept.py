"""What was fetched is kept: the next process gives the same answer, and asks no engine."""

from __future__ import annotations

from pathlib import Path

from accord.diagnosis.diagnose import diagnose
from accord.engines.duckdb import DuckDBEngine
from accord.readmodel.episodes import materialise_episodes
from accord.readmodel.shelf import Shelf
from accord.readmodel.source import Source
from diagnosis.companies import AGREEMENT, AS_OF, plain_company
from episodes.data import arrow_table


def test_the_second_diagnosis_is_the_first_and_asks_no_engine(tmp_path: Path) -> None:
    tables = plain_company(400, channel=lambda k: ("web", "fair")[k % 2], budget=lambda k: float(1_000 + k))
    shelf = Shelf(tmp_path, "these data").at(AS_OF)
    recorded = {name: len(rows) for name, rows in tables.items()}
    engine = DuckDBEngine()
    for name, rows in tables.items():
        engine.keep(name, arrow_table(name, rows))
    materialise_episodes(engine, AGREEMENT)
    with Source(engine, AGREEMENT, AS_OF, recorded, shelf=shelf) as source:
        first = diagnose(source)
    with Source(DuckDBEngine(), AGREEMENT, AS_OF, recorded, shelf=shelf) as nothing_in_it:
        again = diagnose(nothing_in_it)
    assert first.handed == 400
    assert again == first
