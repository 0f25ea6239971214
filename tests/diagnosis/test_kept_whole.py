"""A finished diagnosis that is kept is the same to the last digit, and never one of other data, rules or code."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path

import pytest

from accord.cli.main import run
from accord.diagnosis import diagnose
from accord.diagnosis.keeping import diagnosed
from accord.diagnosis.report import DiagnosisReport
from accord.readmodel import finished
from accord.readmodel.opening import open_source
from accord.store.single import write_rows
from accord.workspace import Workspace
from value.stored import stored_company

Asked = Callable[[], bytes]


@pytest.fixture
def company(tmp_path: Path) -> Path:
    return stored_company(tmp_path, size=300, seed=4)


@pytest.fixture
def asked(company: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Asked:
    def ask() -> bytes:
        capfdbinary.readouterr()
        assert run(["diagnose", "--json", "--workspace", str(company)]) == 0
        return capfdbinary.readouterr().out

    return ask


def _of(company: Path) -> DiagnosisReport:
    with open_source(Workspace(company)) as source:
        return diagnosed(source)


def _anew(company: Path) -> DiagnosisReport:
    with open_source(Workspace(company)) as source:
        return diagnose.diagnose(source)


def _kinds(value: object) -> object:
    """The classes of everything in it: 3 equals 3.0, and is written differently."""
    if is_dataclass(value):
        return type(value), [_kinds(getattr(value, each.name)) for each in fields(value)]
    if isinstance(value, dict):
        return {name: _kinds(each) for name, each in value.items()}
    return [_kinds(each) for each in value] if isinstance(value, tuple) else type(value)


def test_asked_again_it_is_read_and_the_same(company: Path, asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    made, first = _of(company), asked()
    monkeypatch.setattr(diagnose, "diagnose", None)  # nothing is diagnosed any more
    assert _of(company) == made
    assert _kinds(_of(company)) == _kinds(made)
    assert asked() == first


def test_changed_rows_and_rules_are_diagnosed_anew(company: Path) -> None:
    before = _of(company)
    when = datetime(2026, 6, 1, 12)  # noqa: DTZ001 - naive UTC
    write_rows(Workspace(company).database_url, "leads", [{"lead_id": "0", "created_at": when}])
    write_rows(Workspace(company).database_url, "handoffs", [{"handoff_id": "0", "lead_id": "0", "at": when}])
    after = _of(company)
    assert after.handed == before.handed + 1
    assert after == _anew(company)
    text = (company / "accord.yaml").read_text(encoding="utf-8")
    (company / "accord.yaml").write_text(f"{text}acceptance:\n  window_days: 14\n", encoding="utf-8")
    assert _of(company) == _anew(company) != after


def test_another_moment_and_other_code_are_diagnosed_anew(company: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = _of(company)
    with open_source(Workspace(company), datetime(2026, 3, 1)) as source:  # noqa: DTZ001 - naive UTC
        assert diagnosed(source) == diagnose.diagnose(source) != now
    calls: list[bool] = []

    def counted(*_asked: object, **_more: object) -> DiagnosisReport:
        calls.append(True)
        return now

    monkeypatch.setattr(diagnose, "diagnose", counted)
    monkeypatch.setattr(finished, "_code", lambda _packages: "another version")
    assert _of(company) == now
    assert calls == [True]


def test_what_cannot_be_read_is_diagnosed_anew(company: Path) -> None:
    expected = _of(company)
    shelf = Workspace(company).readmodel / "episodes" / "facts"
    for file in shelf.glob("*/note.json"):
        said = json.loads(file.read_text(encoding="utf-8"))
        if "report" in said["note"]:
            said["note"]["report"] = ["Popen", {"args": "true"}]
            file.write_text(json.dumps(said), encoding="utf-8")
    assert _of(company) == expected
    shutil.rmtree(shelf)
    shelf.write_text("no folder", encoding="utf-8")  # so nothing can be kept, whoever asks
    assert _of(company) == expected
