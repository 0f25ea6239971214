"""Facts kept on disk change no figure, are never out of date, go with an erased person, and stand in no way."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from accord.acceptance.measure import measure
from accord.demo.company import DEMO
from accord.demo.files import write_table
from accord.demo.simulate import simulate
from accord.engines.duckdb import DuckDBEngine
from accord.ingest.importing import import_files
from accord.readmodel import shelf as shelves
from accord.readmodel.erasure import erase
from accord.readmodel.opening import open_source
from accord.readmodel.shelf import SHELF, Kept, Shelf
from accord.readmodel.source import Source
from accord.report.acceptance.answer import acceptance_json
from accord.report.envelope import dumps
from accord.stats.side_by_side import LONG
from accord.store.single import write_rows
from accord.workspace import Workspace

UNTIL = datetime(2026, 7, 1)  # noqa: DTZ001 - naive UTC
EARLIER = datetime(2026, 3, 1, 12)  # noqa: DTZ001 - naive UTC


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("company")
    made = simulate(DEMO, 300, 1, UNTIL.date())
    files = []
    for name in ("reps", "leads", "handoffs", "decisions", "activities"):
        files.append(folder / f"{name}.csv")
        write_table(made.tables[name](), files[-1])
    workspace = Workspace(folder / "work")
    workspace.root.mkdir()
    import_files(workspace, files)
    return workspace


def shown(workspace: Workspace, as_of: datetime | None = None) -> str:
    """What a person is told, in a process that knows nothing yet."""
    with open_source(workspace, as_of) as source:
        report = measure(source, by=("channel", "team"), period="month", definition="all")
    return dumps(acceptance_json(report, every_definition=True))


def shelf_of(workspace: Workspace) -> Path:
    return workspace.readmodel / "episodes" / SHELF


@pytest.fixture
def queries(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What engines are asked."""
    asked: list[str] = []
    ask = DuckDBEngine.run_sql

    def run_sql(engine: DuckDBEngine, text: str) -> object:
        asked.append(text)
        return ask(engine, text)

    monkeypatch.setattr(DuckDBEngine, "run_sql", run_sql)
    return asked


def test_with_and_without_the_same_bytes_and_no_question_to_the_engine(company: Workspace, queries: list[str]) -> None:
    first = shown(company)
    assert any(shelf_of(company).iterdir())
    queries.clear()
    assert shown(company) == first
    assert queries == []
    for place in shelf_of(company).iterdir():
        for file in place.iterdir():
            file.unlink()
    assert shown(company) == first


def test_another_moment_and_other_rules_ask_again(company: Workspace) -> None:
    now, earlier = shown(company), shown(company, EARLIER)
    assert earlier != now
    assert (shown(company, EARLIER), shown(company)) == (earlier, now)
    rules = company.root / "accord.yaml"
    rules.write_text("acceptance:\n  ghost_after_days: 1\n", encoding="utf-8")
    changed = shown(Workspace(company.root))
    rules.unlink()
    assert changed != now
    assert shown(Workspace(company.root)) == now


def test_what_is_imported_later_is_seen(company: Workspace) -> None:
    before = shown(company)
    with open_source(company) as source:
        accepted = source.episodes.filter(source.episodes.decision == "accepted")
        rows = source.engine.run(accepted.select("handoff_id", "lead_id").limit(5))
    for row in rows.to_pylist():
        write_rows(
            company.database_url,
            "decisions",
            [{"decision_id": f"later {row['handoff_id']}", "handoff_id": row["handoff_id"], "at": UNTIL,
              "outcome": "disqualified"}],
        )  # fmt: skip
    after = shown(company)
    assert after != before
    for place in shelf_of(company).iterdir():
        for file in place.iterdir():
            file.unlink()
    assert shown(company) == after


def test_an_erased_person_is_in_no_facts(company: Workspace) -> None:
    shown(company)
    kept = {place.name for place in shelf_of(company).iterdir()}
    with open_source(company) as source:
        lead = source.engine.run(source.episodes.select("lead_id").limit(1))["lead_id"][0].as_py()
    assert erase(company, lead)["leads"]
    assert not kept & ({place.name for place in shelf_of(company).iterdir()} if shelf_of(company).exists() else set())
    shown(company)
    assert not kept & {place.name for place in shelf_of(company).iterdir()}


def test_what_is_cut_short_is_not_used_and_is_mended(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "facts", "state")
    arrays: dict[str, npt.NDArray[Any]] = {"a": np.arange(5000), "none": np.zeros(0, dtype=np.int32)}
    shelf.put("x", arrays, {"words": ["é", "b"]})
    for cut in ("numbers", "note.json"):
        (place,) = (tmp_path / "facts").iterdir()
        file = place / cut
        file.write_bytes(file.read_bytes()[:-7])
        assert shelf.get("x") is None
        shelf.put("x", arrays, {"words": ["é", "b"]})
        found = shelf.get("x")
        assert found is not None
        assert {name: values.tolist() for name, values in found[0].items()} == {"a": list(range(5000)), "none": []}
        assert found[1] == {"words": ["é", "b"]}
    assert shelf.get("y") is None
    assert Shelf(tmp_path / "facts", "other state").get("x") is None
    assert shelf.at(UNTIL).get("x") is None


def test_a_shelf_that_cannot_be_written_stands_in_no_way(tmp_path: Path) -> None:
    (tmp_path / "facts").write_text("a file where the folder should be")
    shelf = Shelf(tmp_path / "facts", "state")
    shelf.put("x", {"a": np.arange(3)}, {})
    assert shelf.get("x") is None


def test_who_leaves_waits_until_what_is_long_is_on_the_shelf(
    company: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf, may, put = Shelf(tmp_path / "facts", "state"), threading.Event(), Shelf.put

    def when_told(self: Shelf, *what: Any) -> None:
        assert may.wait(60)
        put(self, *what)

    monkeypatch.setattr(Shelf, "put", when_told)
    made: Kept = ({"a": np.arange(LONG)}, {"n": LONG})
    with Source(DuckDBEngine(), company.agreement, UNTIL, {}, shelf=shelf) as source:
        assert source.kept("long", lambda: made) is made
        assert shelf.get("long") is None  # nobody waits for it
        may.set()
        source.kept("short", lambda: ({"a": np.arange(9)}, {}))
        assert shelf.get("short") is not None  # it is there before the next is asked
    found = shelf.get("long")
    assert found is not None
    assert (found[0]["a"] == made[0]["a"]).all()
    assert found[1] == made[1]


def test_a_shelf_stays_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelves, "MOST_BYTES", 100_000)
    shelf = Shelf(tmp_path / "facts", "state")
    for number in range(5):
        shelf.put(f"set {number}", {"a": np.zeros(5000)}, {})
    assert [number for number in range(5) if shelf.get(f"set {number}")] == [3, 4]
    shelf.put("large", {"a": np.zeros(50_000)}, {})
    assert shelf.get("large") is not None
    assert len(list((tmp_path / "facts").iterdir())) == 1


def loads_what_writes_queries(workspace: Workspace) -> bool:
    """Whether the figures of a process of its own had to load that."""
    program = "import sys; from accord.cli.main import run; assert not run(sys.argv[1:]); print('ibis' in sys.modules)"
    words = ["acceptance", "--by", "job_function", "--json", "--workspace", str(workspace.root)]
    process = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=True)
    return process.stdout.splitlines()[-1] == "True"


def test_a_process_that_finds_all_on_the_shelf_loads_nothing_that_queries_are_written_with(
    company: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))  # no text is kept that another run has written
    assert loads_what_writes_queries(company)
    assert not loads_what_writes_queries(company)


def test_nor_does_one_that_finds_the_texts_after_handoffs_changed(company: Workspace, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "work")
    shutil.copytree(company.root, workspace.root)
    with open_source(workspace) as source:
        assert isinstance(source.engine, DuckDBEngine)
        first = source.engine.run_sql("SELECT min(handoff_id) AS handoff_id FROM handoffs").to_pylist()
    needed = []
    for score in (1.0, 2.0):  # the first change may be asked in words that were not kept
        write_rows(workspace.database_url, "handoffs", [{**first[0], "score": score}])
        needed.append(loads_what_writes_queries(workspace))
    assert not needed[-1]
