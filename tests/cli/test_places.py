"""A workspace that is not there is said to be missing, by every command that only reads, and nothing is made of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.cli.main import run

READING = (["acceptance"], ["audit"], ["agreement", "check"], ["agreement", "show"])


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_a_folder_that_is_not_there(command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = tmp_path / "compny"
    assert run([*command, "--workspace", str(missing)]) == 1
    said = capsys.readouterr()
    assert f"There is no folder {missing}." in said.err
    assert f"accord import PATH --workspace {missing}" in said.err
    assert said.out == ""
    assert not missing.exists()


def test_the_nearest_workspace_beside_it_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("company", "elsewhere"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "accord.db").touch()
    assert run(["acceptance", "--workspace", str(tmp_path / "compny")]) == 1
    assert "Beside it there are workspaces: company. " in capsys.readouterr().err


def test_a_file_is_no_workspace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "accord.yaml"
    file.write_text("name: a\n")
    assert run(["agreement", "check", "--workspace", str(file)]) == 1
    assert f"{file} is a file, not a folder." in capsys.readouterr().err


def test_a_folder_without_an_agreement_has_the_defaults(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["agreement", "check", "--workspace", str(tmp_path)]) == 0
    assert "the defaults hold" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["ACCORD_DATABASE", "ACCORD_ENGINE"])
def test_with_the_data_elsewhere_no_folder_is_asked_for(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, "nonsense://nowhere")
    assert run(["acceptance", "--workspace", str(tmp_path / "missing")]) != 0
    assert "There is no folder" not in capsys.readouterr().err
