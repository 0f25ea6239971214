"""Totals and promises are worked out once over the same data, whatever a report is cut by."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from accord.acceptance import measure as measuring
from accord.cli.main import run
from accord.store.single import write_rows
from accord.workspace import Workspace
from value.stored import stored_company

ASKED = (
    ("--by", "channel"),
    ("--definition", "all"),
    ("--by", "team", "--period", "month"),
    ("--by", "channel", "--from", "2026-01-01", "--to", "2026-04-01"),
    ("--by", "channel", "--as-of", "2026-03-01"),
)
Ask = Callable[..., bytes]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stored_company(tmp_path_factory.mktemp("totals"), size=250, seed=5)


@pytest.fixture
def ask(company: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Ask:
    def asked(*words: str) -> bytes:
        assert run(["acceptance", "--workspace", str(company), "--json", *words]) == 0
        return capfdbinary.readouterr().out

    return asked


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was worked out instead of read."""
    worked_out: list[str] = []
    for name in ("whole_row", "promises_kept", "commitments_met"):
        real = getattr(measuring, name)

        def noted(*given: Any, _name: str = name, _real: Any = real) -> Any:
            worked_out.append(_name)
            return _real(*given)

        monkeypatch.setattr(measuring, name, noted)
    return worked_out


def _emptied(company: Path) -> None:
    shutil.rmtree(Workspace(company).readmodel / "episodes" / "facts", ignore_errors=True)


def test_the_order_of_questions_changes_no_answer(company: Path, ask: Ask) -> None:
    expected = {}
    for words in ASKED:
        _emptied(company)
        expected[words] = ask(*words)
    assert len(set(expected.values())) == len(ASKED)
    for order in (ASKED, ASKED[::-1]):
        _emptied(company)
        for words in (*order, *order):
            assert ask(*words) == expected[words], words


def test_another_cut_reads_the_totals(company: Path, ask: Ask, made: list[str]) -> None:
    _emptied(company)
    ask("--by", "channel")
    assert sorted(made) == ["commitments_met", "promises_kept", "whole_row"]
    made.clear()
    ask("--by", "sector", "--period", "week")
    assert made == []
    ask("--by", "channel", "--from", "2026-01-01")
    ask("--by", "channel", "--from", "2026-01-01")
    assert made.count("whole_row") == 2  # of a span of days nothing is kept: there are as many as days


def test_a_new_decision_is_in_the_next_totals(company: Path, ask: Ask, made: list[str]) -> None:
    before = ask()
    made.clear()
    address = Workspace(company).database_url
    when = datetime(2026, 3, 2, 12)  # noqa: DTZ001 - naive UTC
    write_rows(address, "leads", [{"lead_id": "new", "created_at": when, "channel": "web"}])
    write_rows(address, "handoffs", [{"handoff_id": "new", "lead_id": "new", "at": when}])
    assert ask() != before
    assert "whole_row" in made
