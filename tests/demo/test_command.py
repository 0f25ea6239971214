"""``accord demo``: from nothing to a report, twice, and never over what is not its own."""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from accord.cli.main import run
from accord.demo.place import Order, claim, finish
from accord.tables.schema import TABLES

UNTIL = "2026-07-01"
SMALL = ["--size", "400", "--until", UNTIL]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("ACCORD_DATABASE", "ACCORD_ENGINE", "ACCORD_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)


def test_from_nothing_to_a_report_and_twice_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo", *SMALL]) == 0
    printed = capsys.readouterr()
    assert "Orvane Monitoring" in printed.out
    assert "400" in printed.out
    assert "content_syndication" in printed.out
    assert "What to do next" in printed.out
    assert "rows in nine tables" in printed.err
    files = tmp_path / "demo" / "files"
    assert sorted(path.name for path in files.iterdir()) == sorted(f"{table.name}.csv" for table in TABLES)
    assert "<html" in (tmp_path / "demo" / "report.html").read_text(encoding="utf-8")
    # the figures are those of the workspace, and any command finds them there
    assert run(["acceptance", "--workspace", "demo", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["agreement"] == {"name": "Orvane Monitoring", "version": "1.1"}
    assert answer["as_of"] < "2026-06-30T22:00:00Z"
    assert answer["data"]["definition"] == "explicit"
    assert answer["data"]["totals"]["handed"] == 400
    # asked again, it is shown as it is
    written = (files / "leads.csv").stat().st_mtime_ns
    assert run(["demo", *SMALL]) == 0
    again = capsys.readouterr()
    assert again.out == printed.out
    assert again.err == ""
    assert (files / "leads.csv").stat().st_mtime_ns == written


def test_commands_to_copy_work_where_they_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "activate").touch()
    monkeypatch.setattr("sys.executable", str(tmp_path / "bin" / "python"))
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    assert run(["demo", *SMALL, "--workspace", "our demo"]) == 0
    said = capsys.readouterr().out
    assert "accord diagnose --workspace 'our demo'" in said
    assert said.endswith("accord is found once its environment is active: source bin/activate\n")
    program = tmp_path / "nothing" / "accord"
    program.parent.mkdir()
    program.touch(mode=0o755)
    assert run(["demo", *SMALL, "--workspace", "our demo"]) == 0
    assert "activate" not in capsys.readouterr().out


def test_another_demo_in_its_place_only_when_forced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    theirs = tmp_path / "demo" / "letter.txt"
    theirs.parent.mkdir()
    theirs.write_text("Dear")
    assert run(["demo", *SMALL]) == 1
    assert "--force" in capsys.readouterr().err
    assert run(["demo", *SMALL, "--force"]) == 0
    assert run(["demo", "--size", "300", "--until", UNTIL]) == 1
    assert "another size, seed, date or format" in capsys.readouterr().err
    assert run(["demo", "--size", "300", "--until", UNTIL, "--format", "parquet", "--force"]) == 0
    assert "of the 300 leads handed over" in " ".join(capsys.readouterr().out.split())
    assert {path.suffix for path in (tmp_path / "demo" / "files").iterdir()} == {".parquet"}
    assert theirs.read_text() == "Dear"


def test_a_demo_that_was_interrupted_is_made_anew(tmp_path: Path) -> None:
    order = Order(400, 1, None, "csv", healthy=False)
    assert claim(tmp_path / "demo", order, force=False) is False
    (tmp_path / "demo" / "files").mkdir()
    (tmp_path / "demo" / "files" / "leads.csv").write_text("half a li")
    assert claim(tmp_path / "demo", order, force=False) is False
    assert [path.name for path in (tmp_path / "demo").iterdir()] == ["demo.json"]
    finish(tmp_path / "demo", order)
    assert claim(tmp_path / "demo", order, force=False) is True
    assert claim(tmp_path / "demo", order, force=True) is False


@pytest.mark.parametrize("force", [[], ["--force"]], ids=["asked", "forced"])
@pytest.mark.parametrize("name", ["accord.yaml", "accord.db"])
def test_a_workspace_is_never_touched(name: str, force: list[str], tmp_path: Path) -> None:
    theirs = tmp_path / "mine" / name
    theirs.parent.mkdir()
    theirs.write_text("years of work")
    assert run(["demo", *SMALL, "--workspace", "mine", *force]) == 1
    assert [path.name for path in theirs.parent.iterdir()] == [name]
    assert theirs.read_text() == "years of work"


def test_files_only_imports_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo", *SMALL, "--files-only", "company", "--truth", "truth.json"]) == 0
    printed = capsys.readouterr()
    assert "accord import company" in printed.err
    assert printed.out == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["company", "truth.json"]
    kinds = [planted["kind"] for planted in json.loads((tmp_path / "truth.json").read_text())["planted"]]
    assert kinds == ["overweighted_signal", "sudden_drop", "slow_response"]
    assert run(["demo", *SMALL, "--files-only", "company"]) == 2


def test_a_healthy_company_has_nothing_planted(tmp_path: Path) -> None:
    assert run(["demo", *SMALL, "--healthy", "--files-only", "company", "--truth", "truth.json"]) == 0
    assert json.loads((tmp_path / "truth.json").read_text()) == {"planted": []}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--size", "3"], "50 or more"),
        (["--size", "many"], "many"),
        (["--until", "yesterday"], "--until 'yesterday'"),
        (["--format", "xlsx"], "csv, parquet"),
    ],
)
def test_what_makes_no_sense_is_said(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo", *words]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("name", ["ACCORD_DATABASE", "ACCORD_ENGINE"])
def test_the_demo_keeps_to_its_folder(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, "postgresql://accord@localhost/production")
    assert run(["demo", *SMALL]) == 2
    assert name in capsys.readouterr().err
    assert not (tmp_path / "demo").exists()


def test_it_speaks_french(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["--lang", "fr", "demo", *SMALL, "--files-only", "entreprise"]) == 0
    assert (tmp_path / "entreprise" / "leads.csv").exists()
    assert capsys.readouterr().err


def test_numbers_are_told_as_the_language_writes_them(capsys: pytest.CaptureFixture[str]) -> None:
    told = {}
    for language in ("en", "fr"):
        assert run(["demo", *SMALL, "--files-only", language, "--lang", language]) == 0
        told[language] = capsys.readouterr().err
    assert re.search(r" \d+,\d{3} .* \d+\.\d s", told["en"], re.DOTALL)
    assert re.search(r" \d+\u202f\d{3} .* \d+,\d[\u00a0 ]s", told["fr"], re.DOTALL)


def test_a_full_disk_names_the_file_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """A file that may not hold a byte is the nearest to a disk that is full before the first one."""
    place = tmp_path / "demo"
    command = [sys.executable, "-m", "accord", "demo", *SMALL, "--workspace", str(place)]
    full = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)),
    )
    assert full.returncode == 1
    assert str(place / "demo.json") in full.stderr
    assert not list(place.iterdir())
    (place / "demo.json.part").write_text("{")  # of a run that was killed while it wrote
    assert run(["demo", *SMALL, "--workspace", str(place)]) == 0
