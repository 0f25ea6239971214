"""An import that is killed at any moment leaves nothing half done, and running it again completes it."""

from __future__ import annotations

import random
import time
from pathlib import Path

import duckdb
import pytest

from accord.ingest.apply import apply_import
from accord.readmodel.refresh import catch_up
from accord.store.database import open_store
from accord.store.single import write_rows
from accord.workspace import Workspace
from support.importing import activities, start_import
from support.staging import MOMENT, queried

ROWS = 60_000
ROUNDS = 5


def write_activities(path: Path, rows: int, *, first: int = 0, kind: str = "call") -> Path:
    columns = (
        "'A' || lpad(CAST(i AS VARCHAR), 7, '0') AS activity_id",
        "'L' || CAST(i % 500 AS VARCHAR) AS lead_id",
        "TIMESTAMP '2026-01-01' + to_minutes(i) AS \"at\"",
        "false AS at_is_date",
        "'R1' AS rep_id",
        f"'{kind}' AS kind",
        "'out' AS direction",
        "i % 90 AS duration_s",
        "CAST(NULL AS VARCHAR) AS outcome",
        "false AS automated",
        "CAST(NULL AS VARCHAR) AS extra",
        "i + 2 AS line",
    )
    duckdb.sql(f"COPY (SELECT {', '.join(columns)} FROM range({first}, {first + rows}) AS t (i)) TO '{path}'")
    return path


def state(workspace: Workspace) -> tuple[int, int, dict[str, int]]:
    """What figures see: position, rows, and how many of each kind."""
    generation = catch_up(workspace)
    kinds = queried(f"SELECT kind, count(*) FROM {generation.relations['activities']} GROUP BY ALL")
    return generation.position, generation.rows["activities"], dict(kinds)


@pytest.mark.slow
def test_killed_at_any_moment(workspace: Workspace, staging: Path) -> None:
    chance = random.Random(20260301)
    first = write_activities(staging / "first.parquet", ROWS)
    # The second file changes half of what is there and adds as much again.
    second = write_activities(staging / "second.parquet", ROWS, first=ROWS // 2, kind="email")
    apply_import(workspace, [activities(first, ROWS)], source="first")
    before = state(workspace)
    assert before[1:] == (ROWS, {"call": ROWS})
    killed_unfinished = 0
    for _round in range(ROUNDS):
        process = start_import(workspace.root, second, ROWS)
        time.sleep(chance.uniform(0, 0.6))
        process.kill()
        output, _none = process.communicate()
        if "done" in output:
            break
        killed_unfinished += 1
        write_rows(workspace.database_url, "leads", [{"lead_id": f"L{_round}", "created_at": MOMENT}])
        rest = list(state(workspace)[1:])
        finished = rest == [ROWS + ROWS // 2, {"call": ROWS // 2, "email": ROWS}]
        assert finished or rest == list(before[1:])
        if finished:
            break
    assert killed_unfinished, "every import was over before it was killed: give it more rows"
    apply_import(workspace, [activities(second, ROWS)], source="second")
    assert state(workspace)[1:] == (ROWS + ROWS // 2, {"call": ROWS // 2, "email": ROWS})
    again = apply_import(workspace, [activities(second, ROWS)], source="second")["activities"]
    assert again.unchanged == ROWS
    with open_store(workspace.database_url) as store:
        versions = store.session.one("SELECT COUNT(*) FROM activities_versions")
        assert versions == (2 * ROWS,), "what dead imports left is swept away"
        assert {record.state for record in store.imports()} <= {"committed", "abandoned"}
    left = [path for path in (workspace.readmodel / "incoming").rglob("*") if path.is_file()]
    assert not left


@pytest.mark.slow
def test_readers_see_the_state_before_until_it_is_over(workspace: Workspace, staging: Path) -> None:
    first = write_activities(staging / "first.parquet", 1000)
    apply_import(workspace, [activities(first, 1000)], source="first")
    second = write_activities(staging / "second.parquet", ROWS, kind="email")
    process = start_import(workspace.root, second, ROWS)
    seen = []
    while process.poll() is None:
        seen.append(state(workspace)[2])
    assert process.wait() == 0
    process.communicate()
    assert {"call": 1000} in seen
    assert all(kinds in ({"call": 1000}, {"email": ROWS}) for kinds in seen)
    assert state(workspace)[2] == {"email": ROWS}
