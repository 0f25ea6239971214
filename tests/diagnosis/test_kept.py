"""What was fetched is kept: the next process gives the same answer and asks no engine; other rows need no new SQL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import ibis
import numpy as np
import pytest

from accord.acceptance.measure import DEFINITIONS
from accord.demo.company import DEMO
from accord.diagnosis import fetching
from accord.diagnosis.diagnose import diagnose
from accord.diagnosis.fetching import fetched
from accord.engines.base import compile_sql
from accord.engines.duckdb import DuckDBEngine
from accord.metrics.outcomes import Observation, observed
from accord.readmodel import asking, compiled
from accord.readmodel.episodes import materialise_episodes
from accord.readmodel.inputs import BusinessClockAt
from accord.readmodel.shelf import Kept, Shelf
from accord.readmodel.source import Source
from accord.tables.times import microseconds
from diagnosis.companies import AGREEMENT, AS_OF, SCORED, own_agreement, plain_company, source_of
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


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where texts of SQL are kept: nobody else's."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    compiled._texts.clear()
    yield tmp_path / "cache" / "accord" / "queries"
    compiled._texts.clear()


def asked(seed: int, as_of: datetime, place: Path) -> Kept:
    """What a diagnosis of a scored company fetches at the moment."""
    source = source_of(DEMO, 500, seed, own_agreement(DEMO, 500, place), SCORED)
    with replace(source, as_of=as_of, _arrays={}, _notes={}) as then:
        clock = BusinessClockAt(then.agreement, as_of)
        return fetched(then, Observation("explicit", then.agreement.acceptance, microseconds(as_of), clock))


def test_texts_kept_at_one_moment_serve_other_rows_at_another(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = [AS_OF - timedelta(days=ago, microseconds=7 * ago) for ago in (3, 40, 170)]
    anew = []
    for seed, moment in enumerate(moments):
        compiled._texts.clear()
        shutil.rmtree(folder, ignore_errors=True)
        anew.append(asked(seed, moment, tmp_path))
    assert len({note["criteria"] is None for _columns, note in anew}) == 1
    assert anew[0][1]["criteria"]
    asked(3, AS_OF, tmp_path)
    monkeypatch.setattr(asking, "compile_sql", None)  # nothing is compiled any more
    for (columns, note), (seed, moment) in zip(anew, enumerate(moments), strict=True):
        again, noted = asked(seed, moment, tmp_path)
        assert noted == note
        assert again.keys() == columns.keys()
        for name, values in columns.items():
            np.testing.assert_array_equal(again[name], values)


def test_what_is_written_for_every_moment_is_what_is_written_for_one(folder: Path, tmp_path: Path) -> None:
    source = source_of(DEMO, 300, 1, own_agreement(DEMO, 300, tmp_path), SCORED)
    agreement = source.agreement
    for definition in DEFINITIONS:
        clock = BusinessClockAt(agreement, source.as_of)
        observation = Observation(definition, agreement.acceptance, microseconds(source.as_of), clock)
        with fetching._asking(source, observation) as questions:
            seen = questions._filled_in(compile_sql(fetching._seen(questions, observation), "duckdb"))
        first = ibis.literal((source.as_of.date() - fetching.EPOCH).days - fetching.ANALYSED_DAYS, type="int64")
        rows = observed(source.episodes, observation)
        assert seen == compile_sql(fetching._needed(rows.filter(rows.local_day > first), source), "duckdb")
