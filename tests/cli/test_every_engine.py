"""What the commands print is the same where PostgreSQL computes as where DuckDB does."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from accord.cli.main import run

ASKED = (
    ["diagnose", "--json"],
    ["value", "--by", "channel", "--json"],
    ["value", "--by", "sector", "--if", "acceptance=+5%", "--if", "leads=+5%", "--where", "channel=webinar", "--json"],
    ["recycle", "--by", "channel", "--period", "quarter", "--json"],
    ["actions", "--json"],
    ["acceptance", "--by", "channel", "--by", "team", "--definition", "all", "--json"],
    ["learn", "--json"],
    ["agreement", "replay", "--json"],
)


@pytest.mark.slow
def test_every_engine_prints_the_same(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files, company = tmp_path / "files", tmp_path / "company"
    size = ["--size", "800"]
    assert run(["demo", "--workspace", str(tmp_path / "demo"), *size]) == 0
    assert run(["demo", "--workspace", str(tmp_path / "none"), *size, "--files-only", str(files)]) == 0
    monkeypatch.setenv("ACCORD_DATABASE", postgres_url)
    company.mkdir()
    shutil.copy(tmp_path / "demo" / "accord.yaml", company)
    assert run(["import", str(files), "--workspace", str(company)]) == 0
    action = ["Training", "--where", "team=DACH", "--start", "2026-04-20", "--owner", "Ann", "--by", "Bob"]
    assert run(["actions", "add", *action, "--workspace", str(company)]) == 0
    capsys.readouterr()

    def answers() -> list[tuple[int, str]]:
        return [(run([*words, "--workspace", str(company)]), capsys.readouterr().out) for words in ASKED]

    embedded = answers()
    assert [code for code, _out in embedded] == [0] * len(ASKED)
    monkeypatch.setenv("ACCORD_ENGINE", postgres_url)
    assert answers() == embedded
