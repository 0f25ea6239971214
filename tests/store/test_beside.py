"""Imports beside imports, and single writes beside an import: nothing is lost, nobody waits long."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from accord.ingest.apply import apply_import
from accord.readmodel.refresh import catch_up
from accord.store.address import address_of
from accord.store.database import open_store
from accord.store.single import SingleWriter, write_rows
from accord.workspace import Workspace
from store.test_kill import write_activities
from support.importing import activities, start_import
from support.staging import MOMENT, queried, stage


def test_two_imports_take_turns(workspace: Workspace, staging: Path) -> None:
    rows = 5000
    files = [write_activities(staging / f"{n}.parquet", rows, first=n * rows // 2, kind=f"k{n}") for n in range(3)]
    waited = threading.Event()

    def run(file: Path) -> dict[str, object]:
        return dict(apply_import(workspace, [activities(file, rows)], source=file.name, on_wait=waited.set))

    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(run, files))
    total = [result["activities"] for result in results]
    generation = catch_up(workspace)
    assert generation.position == 3
    assert generation.rows["activities"] == 2 * rows
    assert sum(account.added for account in total) == 2 * rows  # type: ignore[attr-defined]
    assert sum(account.updated for account in total) == rows  # type: ignore[attr-defined]
    assert waited.is_set()


@pytest.mark.slow
def test_single_writes_beside_an_import(
    workspace: Workspace, staging: Path, record_property: Callable[[str, object], None]
) -> None:
    rows = 150_000
    file = write_activities(staging / "large.parquet", rows)
    process = start_import(workspace.root, file, rows)
    acknowledged: list[int] = []
    seconds: list[float] = []
    with SingleWriter(address_of(workspace.database_url)) as writer:
        while process.poll() is None:
            # Every third click concerns a row of the import itself.
            number = len(acknowledged)
            started = time.perf_counter()
            writer.write("touches", [{"touch_id": f"T{number}", "lead_id": "L1", "at": MOMENT, "kind": "form"}])
            if number % 3 == 0:
                changed = {"activity_id": f"A{number:07}", "lead_id": "LX", "at": MOMENT, "kind": "visit"}
                writer.write("activities", [changed])
            seconds.append(time.perf_counter() - started)
            acknowledged.append(number)
            time.sleep(0.002)
    assert process.wait() == 0
    process.communicate()
    record_property("p99_ms", 1000 * statistics.quantiles(seconds, n=100)[-1])
    generation = catch_up(workspace)
    assert generation.rows["touches"] == len(acknowledged)
    assert generation.rows["activities"] == rows
    # The import was committed after the clicks that came while it ran, so its rows win.
    with open_store(workspace.database_url) as store:
        position = next(record.position for record in store.imports() if record.source == file.name)
        history = store.history("activities", "A0000000")
    assert position is not None
    winner = history[-1]
    assert winner.row.values["kind"] == ("call" if winner.position == position else "visit")
    kinds = dict(queried(f"SELECT kind, count(*) FROM {generation.relations['activities']} GROUP BY ALL"))
    assert kinds["call"] > rows - len(acknowledged)


def test_many_writers_lose_nothing(workspace: Workspace) -> None:
    def run(worker: int) -> list[int]:
        with SingleWriter(address_of(workspace.database_url)) as writer:
            return [
                writer.write("touches", [{"touch_id": f"{worker}-{n}", "lead_id": "L", "at": MOMENT, "kind": "form"}])
                for n in range(40)
            ]

    with ThreadPoolExecutor(6) as pool:
        positions = [position for some in pool.map(run, range(6)) for position in some]
    assert sorted(positions) == list(range(1, 241))
    assert catch_up(workspace).rows["touches"] == 240


def test_readers_and_refreshers_at_once(workspace: Workspace) -> None:
    """Every reader sees a whole generation: as many rows as its position says."""
    stop = threading.Event()

    def read() -> int:
        seen = 0
        connection = duckdb.connect()
        while not stop.is_set():
            generation = catch_up(workspace)
            found = connection.execute(f"SELECT count(*) FROM {generation.relations['touches']}").fetchone()
            assert found == (generation.position,) == (generation.rows["touches"],)
            seen += 1
        return seen

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(read) for _ in range(3)]
        for number in range(30):
            row = {"touch_id": f"T{number}", "lead_id": "L", "at": MOMENT, "kind": "form"}
            write_rows(workspace.database_url, "touches", [row])
        stop.set()
        assert all(reader.result() > 0 for reader in readers)


def test_a_click_between_comparison_and_commit_is_laid_under(
    workspace: Workspace, staging: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The import's row wins by order, but a column it does not have keeps what the click wrote meanwhile."""
    write_rows(workspace.database_url, "leads", [{"lead_id": "L1", "created_at": MOMENT, "channel": "old"}])
    staged = stage(
        staging,
        "leads",
        [
            {"lead_id": "L1", "created_at": MOMENT, "channel": "old"},
            {"lead_id": "L2", "created_at": MOMENT, "channel": "new"},
            {"lead_id": "L3", "created_at": MOMENT, "channel": "new"},
        ],
    )

    def clicks(done: int, total: int) -> None:
        if done == 0:
            url = workspace.database_url
            write_rows(url, "leads", [{"lead_id": "L1", "channel": "clicked", "sector": "steel"}])
            write_rows(url, "leads", [{"lead_id": "L2", "created_at": MOMENT, "channel": "new"}])

    found = apply_import(workspace, [staged], source="leads.csv", progress=clicks)["leads"]
    # L1 seemed unchanged and is not; L2 seemed new and is there by now, the same; L3 is new.
    assert (found.added, found.updated, found.unchanged) == (1, 1, 1)
    generation = catch_up(workspace)
    rows = queried(f"SELECT lead_id, channel, sector FROM {generation.relations['leads']} ORDER BY 1")
    assert rows == [("L1", "old", "steel"), ("L2", "new", None), ("L3", "new", None)]
    with open_store(workspace.database_url) as store:
        assert [v.row.values["channel"] for v in store.history("leads", "L1")] == ["old", "clicked", "old"]
        assert len(store.history("leads", "L2")) == 1
