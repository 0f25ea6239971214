"""Episodes laid over for the leads that changed are the episodes computed anew."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from accord.agreement.model import Agreement
from accord.ingest.apply import apply_import
from accord.ingest.staged import StagedTable
from accord.metrics.cells import EPISODE_ROW
from accord.readmodel.episodes import current_episodes
from accord.readmodel.opening import open_source
from accord.tables.episodes import ORPHANS
from accord.tables.schema import table_named
from accord.workspace import Workspace
from episodes.data import arrow_table, random_tables

Tables = dict[str, list[dict[str, Any]]]


def staged(folder: Path, tables: Tables) -> list[StagedTable]:
    folder.mkdir(parents=True, exist_ok=True)
    answer = []
    for name, rows in tables.items():
        path = folder / f"{name}.parquet"
        table = arrow_table(name, rows)
        table = table.append_column("extra", pa.nulls(len(rows), pa.string()))
        table = table.append_column("line", pa.array(range(1, len(rows) + 1), pa.int64()))
        pq.write_table(table, path)
        present = tuple(column.name for column in table_named(name).columns)
        answer.append(StagedTable(name, f"{name}.csv", path, present, {}, len(rows), 0, None))
    return answer


def all_episodes(workspace: Workspace) -> pa.Table:
    with open_source(workspace) as source:
        return source.engine.run(source.episodes.drop(EPISODE_ROW)).sort_by("handoff_id")


@pytest.mark.parametrize("seed", range(4))
def test_laying_over_is_computing_anew(tmp_path: Path, seed: int) -> None:
    workspace = Workspace(tmp_path / "work")
    workspace.root.mkdir()
    chance = random.Random(seed)
    # Many quiet leads, so that the changed ones are few enough to be laid over.
    first = random_tables(seed, leads=300)
    apply_import(workspace, staged(tmp_path / "first", first), source="first")
    all_episodes(workspace)
    base = current_episodes(workspace.readmodel / "episodes")
    assert base is not None
    assert base.overlay is None
    for number in range(3):
        later = random_tables(100 + seed * 10 + number, leads=300)
        changes = {name: chance.sample(rows, 12) for name, rows in later.items() if name != "reps"}
        apply_import(workspace, staged(tmp_path / f"later{number}", changes), source=f"later {number}")
        found = all_episodes(workspace)
        files = current_episodes(workspace.readmodel / "episodes")
        assert files is not None
        assert files.base == base.base
        assert files.overlay is not None
        shutil.copytree(workspace.root, tmp_path / f"copy{number}", ignore=shutil.ignore_patterns("readmodel"))
        anew = all_episodes(Workspace(tmp_path / f"copy{number}"))
        assert found.select(anew.column_names).equals(anew)
        made_anew = current_episodes(tmp_path / f"copy{number}" / "readmodel" / "episodes")
        assert made_anew is not None
        assert made_anew.overlay is None
        assert files.left_out == made_anew.left_out
        assert files.left_out[ORPHANS] > 0


def test_another_rule_computes_anew_and_the_same_rules_do_not(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    apply_import(workspace, staged(tmp_path / "first", random_tables(1)), source="first")
    all_episodes(workspace)
    folder = workspace.readmodel / "episodes"
    before = current_episodes(folder)
    all_episodes(workspace)
    assert current_episodes(folder) == before
    (tmp_path / "accord.yaml").write_text("acceptance:\n  floor: 0.6\n", encoding="utf-8")
    all_episodes(Workspace(tmp_path))
    assert current_episodes(folder) == before
    (tmp_path / "accord.yaml").write_text("acceptance:\n  window_days: 10\n", encoding="utf-8")
    narrow = all_episodes(Workspace(tmp_path))
    assert Workspace(tmp_path).agreement != Agreement()
    assert max(narrow["end_us"].to_pylist()) == 10 * 86_400_000_000
