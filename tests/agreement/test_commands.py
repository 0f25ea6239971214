"""`accord init` and `accord agreement`, run as a person runs them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from accord.agreement.model import Agreement
from accord.agreement.packaged import template
from accord.cli.main import run
from accord.store.database import open_store
from accord.store.single import write_rows
from accord.workspace import Workspace


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of one command."""
    code = run(words)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_init_writes_the_defaults_and_never_overwrites(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = ("--workspace", str(tmp_path / "new" / "company"))
    path = tmp_path / "new" / "company" / "accord.yaml"
    code, out, _ = said(capsys, "init", *place)
    assert code == 0
    assert str(path) in out
    assert path.read_text(encoding="utf-8") == template("en")
    assert Workspace(path.parent).agreement == Agreement()
    assert list(path.parent.iterdir()) == [path], "nothing else is left there"

    path.write_text("name: ours\n")
    code, out, err = said(capsys, "init", *place)
    assert (code, out) == (1, "")
    assert str(path) in err
    assert "--force" in err
    assert path.read_text() == "name: ours\n"

    assert said(capsys, "init", "--force", *place)[0] == 0
    assert path.read_text(encoding="utf-8") == template("en")


def test_init_in_french(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "init", "--lang", "fr", "--workspace", str(tmp_path))[0] == 0
    assert (tmp_path / "accord.yaml").read_text(encoding="utf-8") == template("fr")


def test_init_where_no_folder_can_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    code, _, err = said(capsys, "init", "--workspace", str(tmp_path / "file" / "inner"))
    assert code == 1
    assert "the folder cannot be made" in err


def test_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = ("--workspace", str(tmp_path))
    path = tmp_path / "accord.yaml"
    code, out, _ = said(capsys, "agreement", "check", *place)
    assert code == 0
    assert "the defaults hold" in out

    path.write_text("name: Ours\nversion: '7'\nreview_by: 2020-01-01\nattribution: by mood\n")
    code, out, err = said(capsys, "agreement", "check", *place)
    assert (code, err) == (0, "")
    first, *notes = out.splitlines()
    assert first.startswith(f"{path} holds: Ours, version 7, digest ")
    assert [note[:40] for note in notes] == [
        "- It is a draft that nobody has signed: ",
        "- It should have been reviewed by 2020-0",
        "- attribution names no rule that Accord ",
    ]
    path.write_text("name: Ours\nversion: '7'\nattribution: {rule: time_decay, half_life_days: 14}\n")
    code, out, _ = said(capsys, "agreement", "check", *place)
    assert "attribution" not in out

    path.write_text("nam: Ours\ntimezone: Paris\n")
    code, out, err = said(capsys, "agreement", "check", *place)
    assert (code, out) == (1, "")
    assert err.splitlines()[0] == f"{path} has 2 faults:"
    assert err.splitlines()[1].startswith(f"{path}:1: nam is not a key of an agreement. Did you mean name?")


def test_check_another_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "accord.yaml").write_text("not: ours\n")
    (tmp_path / "next.yaml").write_text("version: 2027\n")
    code, out, _ = said(capsys, "agreement", "check", str(tmp_path / "next.yaml"), "--workspace", str(tmp_path))
    assert code == 0
    assert "next.yaml holds: default, version 2027" in out
    code, _, err = said(capsys, "agreement", "check", str(tmp_path / "nowhere.yaml"))
    assert code == 2
    assert "nowhere.yaml is not there" in err


def test_check_knows_the_columns_of_the_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = ("--workspace", str(tmp_path))
    path = tmp_path / "accord.yaml"
    path.write_text("segments: [channel, vip_programme, vip_program]\n")
    code, out, _ = said(capsys, "agreement", "check", *place)
    assert code == 0
    assert out.count("Nothing is imported yet, so nobody can tell.") == 2

    url = Workspace(tmp_path).database_url
    open_store(url, create=True).close()
    write_rows(url, "leads", [{"lead_id": "1", "created_at": datetime(2026, 7, 1, tzinfo=UTC), "vip_program": "gold"}])
    code, out, err = said(capsys, "agreement", "check", *place)
    assert (code, out) == (1, "")
    assert err.splitlines() == [f"{path}:1: vip_programme is not a column of the leads. Did you mean vip_program?"]


def test_show(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "accord.yaml").write_text("name: Ours\nacceptance: {floor: 0.6}\n")
    code, out, _ = said(capsys, "agreement", "show", "--keys", "--workspace", str(tmp_path))
    assert code == 0
    rows = {line.split()[0]: line.split(maxsplit=1)[1] for line in out.splitlines() if len(line.split()) > 1}
    assert rows["name"] == "Ours  (default: default)"
    assert rows["acceptance.floor"] == "0.6  (default: 0.5)"
    assert rows["acceptance.target"] == "0.8"

    code, out, _ = said(capsys, "agreement", "show", "--json", "--workspace", str(tmp_path))
    answer = json.loads(out)
    assert code == 0
    assert answer["agreement"] == {"name": "Ours", "version": "0"}
    assert answer["data"]["differs"] == ["name", "acceptance.floor"]
    assert answer["data"]["agreement"]["acceptance"]["floor"] == 0.6
    assert answer["data"]["digest"] == Workspace(tmp_path).file.digest


def test_schema(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "agreement", "schema")
    assert code == 0
    Draft202012Validator.check_schema(json.loads(out))


def test_a_word_that_is_no_command(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = said(capsys, "agreement", "chek")
    assert code == 2
    assert "The nearest is check." in err
