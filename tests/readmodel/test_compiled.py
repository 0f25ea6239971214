"""The kept text of the episodes: the same query as compiled anew, and never one that follows from something else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import ibis.expr.types as ir
import pytest

from accord.agreement.model import Acceptance, Agreement
from accord.engines.base import compile_sql
from accord.engines.duckdb import DuckDBEngine
from accord.readmodel import compiled as kept
from accord.readmodel.compiled import compiled
from accord.readmodel.episodes import rules_fingerprint
from accord.readmodel.inputs import episode_inputs
from accord.tables.episodes import EpisodeInputs, left_out
from episodes.data import arrow_table, random_tables

AGREEMENT = Agreement(timezone="Europe/Paris")
RULES = rules_fingerprint(AGREEMENT)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    another_process()
    yield tmp_path / "cache" / "accord" / "queries"
    another_process()


@pytest.fixture
def inputs() -> Iterator[EpisodeInputs]:
    engine = DuckDBEngine()
    for name, rows in random_tables(1).items():
        engine.keep(name, arrow_table(name, rows))
    yield episode_inputs(engine, AGREEMENT)
    engine.close()


def another_process() -> None:
    kept._texts.clear()


def orphaned(inputs: EpisodeInputs) -> ir.Table:
    """A small definition, which counts how often it is asked for."""
    asked.append(inputs)
    return left_out(inputs)["activities_of_unknown_leads"]


asked: list[EpisodeInputs] = []


def times_compiled(inputs: EpisodeInputs, rules: str = RULES, dialect: str = "duckdb") -> tuple[str, int]:
    """The text, and how often the definition was worked out for it."""
    asked.clear()
    return compiled(orphaned, inputs, rules, dialect), len(asked)


def test_it_is_the_text_of_the_definition_and_the_next_process_has_it(folder: Path, inputs: EpisodeInputs) -> None:
    text = compile_sql(orphaned(inputs), "duckdb")
    assert times_compiled(inputs) == (text, 1)
    assert times_compiled(inputs) == (text, 0)
    another_process()
    assert times_compiled(inputs) == (text, 0)
    assert folder.stat().st_mode & 0o077 == 0


def test_whatever_it_follows_from_has_a_text_of_its_own(folder: Path, inputs: EpisodeInputs) -> None:
    times_compiled(inputs)
    stricter = Agreement(timezone="Europe/Paris", acceptance=Acceptance(window_days=3))
    for others in (
        replace(inputs, has_merges=not inputs.has_merges),
        replace(inputs, has_dates=not inputs.has_dates),
        replace(inputs, offsets=[*inputs.offsets, (2**60, 0)]),
        replace(inputs, intervals=inputs.intervals + 1),
        replace(inputs, day_seconds={"default": 1}),
        replace(inputs, calendar_of_team={"north": "default"}),
        replace(inputs, leads=inputs.leads.mutate(sector=inputs.leads.sector.cast("int64"))),
        replace(inputs, activities=inputs.activities.semi_join(inputs.leads.select("lead_id"), "lead_id")),
    ):
        assert times_compiled(others)[1] == 1
    assert times_compiled(inputs, rules_fingerprint(stricter))[1] == 1
    assert times_compiled(inputs, dialect="postgres")[1] == 1
    assert times_compiled(inputs)[1] == 0
    assert len(list(folder.iterdir())) == 11


def test_a_text_that_is_not_whole_is_made_again(folder: Path, inputs: EpisodeInputs) -> None:
    text, _times = times_compiled(inputs)
    (file,) = folder.iterdir()
    for broken in (file.read_bytes()[:-5], b"", b"\xff\xfe", b"DROP TABLE leads"):
        file.write_bytes(broken)
        another_process()
        assert times_compiled(inputs) == (text, 1)
        another_process()
        assert times_compiled(inputs) == (text, 0)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="files have no owner there")
@pytest.mark.parametrize("which", ["file", "folder"])
def test_what_others_could_have_written_is_not_run(folder: Path, inputs: EpisodeInputs, which: str) -> None:
    text, _times = times_compiled(inputs)
    (file,) = folder.iterdir()
    (file if which == "file" else folder).chmod(0o777)
    another_process()
    assert times_compiled(inputs) == (text, 1)


def test_without_a_place_to_keep_it_nothing_is_kept(
    tmp_path: Path, inputs: EpisodeInputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    another_process()
    text, times = times_compiled(inputs)
    assert times == 1
    another_process()
    assert times_compiled(inputs) == (text, 1)


def test_there_are_never_many(folder: Path, inputs: EpisodeInputs) -> None:
    for number in range(kept._MOST_TEXTS + 5):
        times_compiled(inputs, f"rules {number}")
    assert len(list(folder.iterdir())) == kept._MOST_TEXTS
    assert len(kept._texts) == kept._MOST_TEXTS
