"""Rows of one lead lie together in every large segment, however they came, and nothing else about them changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from accord.ingest.apply import apply_import
from accord.readmodel import tiers
from accord.readmodel.generation import Generation
from accord.readmodel.manifest import SEGMENTS, read_manifest
from accord.readmodel.refresh import catch_up
from accord.readmodel.segments import Segment
from accord.store.single import write_rows
from accord.workspace import Workspace
from support.staging import MOMENT, queried, stage

ROWS = 60


def activity(number: int, **cells: object) -> dict[str, object]:
    return {"activity_id": f"A{number:03}", "lead_id": f"L{number * 7 % 10}", "at": MOMENT, "kind": "call", **cells}


def segments_of(workspace: Workspace, table: str = "activities") -> tuple[Segment, ...]:
    manifest = read_manifest(workspace.readmodel)
    assert manifest is not None
    return manifest.tables[table]


def leads_in(workspace: Workspace, segment: Segment, column: str = "lead_id") -> list[object]:
    file = workspace.readmodel / SEGMENTS / segment.file
    query = f"SELECT {column} FROM read_parquet('{file}', file_row_number = true) ORDER BY file_row_number"
    return [row[0] for row in queried(query)]


def kinds(generation: Generation) -> dict[object, object]:
    found = queried(f"SELECT activity_id, kind FROM {generation.relations['activities']}")
    assert len(found) == len(dict(found)), "no row twice"
    return dict(found)


@pytest.fixture
def imported(workspace: Workspace, staging: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """An import of so many rows, which hands its file over to the read model; forty rows are many here."""
    monkeypatch.setattr(tiers, "_WORTH_ORDERING", 40)

    def run(rows: int) -> None:
        staged = stage(staging, "activities", [activity(number) for number in range(rows)])
        apply_import(workspace, [staged], source="activities.csv")

    return run


def test_what_an_import_hands_over_is_put_in_order(workspace: Workspace, imported: Callable[[int], None]) -> None:
    imported(ROWS)
    generation = catch_up(workspace)
    (segment,) = segments_of(workspace)
    leads = leads_in(workspace, segment)
    assert segment.in_order
    assert leads == sorted(leads, key=str)
    assert len(leads) == ROWS
    assert kinds(generation) == {f"A{number:03}": "call" for number in range(ROWS)}
    assert len(list((workspace.readmodel / SEGMENTS).glob("activities-*"))) == 1, "the file as it came is not kept"


def test_few_rows_are_taken_as_they_come(workspace: Workspace, imported: Callable[[int], None]) -> None:
    imported(39)
    (segment,) = segments_of(workspace)
    assert not segment.in_order
    assert leads_in(workspace, segment, "activity_id") == [f"A{number:03}" for number in range(39)]


def test_what_an_earlier_version_wrote_comes_into_order_with_the_next_change(
    workspace: Workspace, imported: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiers, "_WORTH_ORDERING", ROWS + 1)
    imported(ROWS)
    (before,) = segments_of(workspace)
    assert not before.in_order
    manifest = workspace.readmodel / "manifest.json"
    said = json.loads(manifest.read_text())
    for segments in said["tables"].values():
        for segment in segments:
            del segment["in_order"]
    manifest.write_text(json.dumps(said))
    monkeypatch.setattr(tiers, "_WORTH_ORDERING", 40)
    monkeypatch.setattr(tiers, "_SMALL", 1)
    assert kinds(catch_up(workspace))["A003"] == "call"
    assert segments_of(workspace) == (before,), "nothing new, nothing to do"
    write_rows(workspace.database_url, "activities", [activity(3, kind="email")])
    assert kinds(catch_up(workspace)) == {f"A{n:03}": "email" if n == 3 else "call" for n in range(ROWS)}
    (after,) = segments_of(workspace)
    leads = leads_in(workspace, after)
    assert leads == sorted(leads, key=str)
    assert (after.in_order, after.rows, after.dead) == (True, ROWS, 0)


def test_a_table_without_leads_keeps_its_order(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiers, "_WORTH_ORDERING", 1)
    for turn in range(3):
        write_rows(workspace.database_url, "reps", [{"rep_id": f"R{turn}", "name": "x", "team": f"T{turn}"}])
        assert catch_up(workspace).rows["reps"] == turn + 1
    assert not any(segment.in_order for segment in segments_of(workspace, "reps"))
