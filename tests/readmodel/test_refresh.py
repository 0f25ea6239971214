"""The read model follows the store, whatever happens to its files, and is the same as one made anew."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import pytest

from accord.ingest.apply import apply_import
from accord.readmodel import refresh, tiers
from accord.readmodel.generation import Generation, current_generation
from accord.readmodel.manifest import SEGMENTS, read_manifest
from accord.readmodel.refresh import catch_up
from accord.readmodel.segments import Segment
from accord.store.database import open_store
from accord.store.single import write_rows
from accord.tables.schema import Type
from accord.workspace import Workspace
from support.staging import MOMENT, fresh_sqlite, queried, stage, wipe


def touch(number: int, **cells: object) -> dict[str, object]:
    return {"touch_id": f"T{number}", "lead_id": f"L{number % 7}", "at": MOMENT, "kind": "form", **cells}


def rows_of(generation: Generation, table: str = "touches") -> list[tuple[object, ...]]:
    return sorted(queried(f"FROM {generation.relations[table]}"), key=repr)


def test_an_empty_store_has_empty_tables(workspace: Workspace) -> None:
    generation = catch_up(workspace)
    assert (generation.number, generation.position, set(generation.rows.values())) == (1, 0, {0})
    assert rows_of(generation, "reps") == []
    assert [row[0] for row in queried(f"DESCRIBE FROM {generation.relations['spend']}")] == [
        "start",
        "end",
        "channel",
        "campaign",
        "amount",
        "currency",
    ]


def test_nothing_new_costs_nothing(workspace: Workspace) -> None:
    write_rows(workspace.database_url, "touches", [touch(1)])
    first = catch_up(workspace)
    before = {path: path.stat().st_mtime_ns for path in workspace.readmodel.rglob("*")}
    assert catch_up(workspace) == first == current_generation(workspace.readmodel)
    assert {path: path.stat().st_mtime_ns for path in workspace.readmodel.rglob("*")} == before


def test_types_are_the_contract_s(workspace: Workspace) -> None:
    found = {row[0]: row[1] for row in queried(f"DESCRIBE FROM {catch_up(workspace).relations['leads']}")}
    assert found["lead_id"] == "VARCHAR"
    assert found["created_at"] == "TIMESTAMP"
    assert (found["created_at_is_date"], found["employees"], found["budget"]) == ("BOOLEAN", "BIGINT", "DOUBLE")


def test_many_small_refreshes_are_as_one_made_anew(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """With tiers of a few rows, every way of merging segments is gone through."""
    monkeypatch.setattr(tiers, "_SMALL", 3)
    monkeypatch.setattr(tiers, "_AT_MOST", 12)
    numbers: set[int] = set()
    for number in range(40):
        # New rows, and rows changed again and again.
        rows = [touch(number, value=1.0), touch(number // 3, value=float(number))]
        write_rows(workspace.database_url, "touches", rows)
        generation = catch_up(workspace)
        numbers.add(generation.number)
        assert generation.position == number + 1
        assert generation.rows["touches"] == number + 1 == len(rows_of(generation))
    assert len(numbers) == 40
    manifest = read_manifest(workspace.readmodel)
    assert manifest is not None
    assert 1 < len(manifest.tables["touches"]) < 12
    followed = rows_of(catch_up(workspace))
    shutil.rmtree(workspace.readmodel)
    assert rows_of(catch_up(workspace)) == followed


def test_each_row_is_rewritten_few_times() -> None:
    """Adding 50,000 rows a thousand times rewrites each about log2 of their number times, and leaves few segments."""
    segments: list[Segment] = []
    written, largest_refresh = 0, 0
    for _refresh in range(1000):
        chosen = tiers.to_rewrite(segments, 50_000)
        rows = 50_000 + sum(segment.live for segment in chosen)
        segments = [segment for segment in segments if segment not in chosen] + [Segment(f"{_refresh}", rows, 1)]
        written, largest_refresh = written + rows, max(largest_refresh, rows)
    assert sum(segment.live for segment in segments) == 50_000_000
    assert written < 50_000_000 * 6
    assert largest_refresh <= tiers._AT_MOST
    assert len(segments) < 80


def test_readers_keep_the_generation_they_have(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    write_rows(workspace.database_url, "touches", [touch(1)])
    first = catch_up(workspace)
    write_rows(workspace.database_url, "touches", [touch(1, value=2.0)])
    second = catch_up(workspace)
    assert [row[-1] for row in rows_of(first)] == [None]
    assert [row[-1] for row in rows_of(second)] == [2.0]
    files = set((workspace.readmodel / SEGMENTS).iterdir())
    monkeypatch.setattr(refresh, "_GRACE_SECONDS", 0)
    write_rows(workspace.database_url, "touches", [touch(2)])
    third = catch_up(workspace)
    time.sleep(0.01)
    write_rows(workspace.database_url, "touches", [touch(3)])
    assert len(rows_of(catch_up(workspace))) == 3
    assert not files & set((workspace.readmodel / SEGMENTS).iterdir()), "what nobody needs any more is removed"
    assert third.number == 3


@pytest.mark.parametrize("damage", ["segment gone", "segment cut", "manifest cut", "manifest of another version"])
def test_damage_costs_a_rebuild(workspace: Workspace, damage: str) -> None:
    write_rows(workspace.database_url, "touches", [touch(1), touch(2)])
    expected = rows_of(catch_up(workspace))
    manifest = workspace.readmodel / "manifest.json"
    (segment,) = (workspace.readmodel / SEGMENTS).iterdir()
    match damage:
        case "segment gone":
            segment.unlink()
        case "segment cut":
            os.truncate(segment, 100)
        case "manifest cut":
            manifest.write_text(manifest.read_text()[:50])
        case _:
            manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "shape": 0}))
    assert current_generation(workspace.readmodel) is None
    assert rows_of(catch_up(workspace)) == expected


def test_a_backup_put_back_is_noticed(tmp_path: Path) -> None:
    """The same position with another past: the database from the backup went on differently."""
    url, workspace = fresh_sqlite(tmp_path), Workspace(tmp_path)
    write_rows(url, "touches", [touch(1)])
    shutil.copyfile(tmp_path / "accord.db", tmp_path / "backup")
    write_rows(url, "touches", [touch(2)])
    catch_up(workspace)
    (workspace.readmodel / "episodes").mkdir()
    for name in ("accord.db-wal", "accord.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    shutil.copyfile(tmp_path / "backup", tmp_path / "accord.db")
    write_rows(url, "touches", [touch(3)])
    generation = catch_up(workspace)
    assert [row[0] for row in rows_of(generation)] == ["T1", "T3"]
    assert not (workspace.readmodel / "episodes").exists(), "what was made from the other past is forgotten"


def test_another_database_is_noticed(postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCORD_DATABASE", postgres_url)
    workspace = Workspace(tmp_path)
    for name in ("before", "after"):
        wipe(postgres_url)
        write_rows(postgres_url, "touches", [touch(1, kind=name)])
        assert [row[4] for row in rows_of(catch_up(workspace))] == [name]


def test_an_import_that_nobody_refreshed_after_is_adopted(workspace: Workspace, tmp_path: Path) -> None:
    """The importer was killed between its commit and the refresh: its file waits, and later clicks are laid over it."""
    (tmp_path / "staging").mkdir()
    staged = stage(tmp_path / "staging", "touches", [touch(number) for number in range(5)])
    write_rows(workspace.database_url, "touches", [touch(0, kind="old"), touch(7)])

    class Killed(BaseException):
        pass

    with pytest.MonkeyPatch.context() as patch:
        generations = [catch_up(workspace)]

        def once(_workspace: Workspace) -> Generation:
            if not generations:
                raise Killed
            return generations.pop()

        patch.setattr("accord.ingest.apply.catch_up", once)
        with pytest.raises(Killed):
            apply_import(workspace, [staged], source="touches.csv")
    write_rows(workspace.database_url, "touches", [touch(3, kind="chat"), touch(8)])
    waiting = list((workspace.readmodel / "incoming").rglob("*.parquet"))
    assert len(waiting) == 1
    adopted = rows_of(catch_up(workspace))
    assert [(row[0], row[4]) for row in adopted] == [
        ("T0", "form"),
        ("T1", "form"),
        ("T2", "form"),
        ("T3", "chat"),
        ("T4", "form"),
        ("T7", "form"),
        ("T8", "form"),
    ]
    assert not waiting[0].exists()
    shutil.rmtree(workspace.readmodel)
    assert rows_of(catch_up(workspace)) == adopted


def test_a_new_column_of_leads_is_there_at_once(workspace: Workspace) -> None:
    url = workspace.database_url
    write_rows(url, "leads", [{"lead_id": "L1", "created_at": MOMENT}])
    assert catch_up(workspace).lead_columns == {}
    write_rows(url, "leads", [{"lead_id": "L2", "created_at": MOMENT, "tier": 1}])
    generation = catch_up(workspace)
    assert generation.lead_columns == {"tier": Type.INTEGER}
    write_rows(url, "leads", [{"lead_id": "L3", "created_at": MOMENT, "tier": 1.5}])
    generation = catch_up(workspace)
    assert generation.lead_columns == {"tier": Type.NUMBER}
    found = queried(f"SELECT lead_id, tier FROM {generation.relations['leads']} ORDER BY 1")
    assert found == [("L1", None), ("L2", 1.0), ("L3", 1.5)]


def test_a_deleted_folder_costs_a_rebuild_and_nothing_else(workspace: Workspace) -> None:
    write_rows(workspace.database_url, "touches", [touch(1)])
    first = catch_up(workspace)
    shutil.rmtree(workspace.readmodel)
    again = catch_up(workspace)
    assert (again.position, again.rows, rows_of(again)) == (first.position, first.rows, rows_of(again))
    with open_store(workspace.database_url) as store:
        assert store.position() == again.position
