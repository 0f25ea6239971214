"""What ``accord value`` finds on the shelf answers as the engine would, and never for other data."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from accord.cli.main import run
from accord.store.single import write_rows
from accord.workspace import Workspace
from value.stored import stored_company

ASKED = (
    ("--by", "channel"),
    ("--by", "sector", "--by", "band", "--period", "quarter"),
    ("--attribution", "markov"),
    ("--by", "team", "--attribution", "time_decay"),
    ("--if", "acceptance=+10%", "--where", "channel=webinar"),
    ("--by", "band", "--as-of", "2026-03-01"),
)
Ask = Callable[..., bytes]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stored_company(tmp_path_factory.mktemp("kept"), size=250, seed=4)


@pytest.fixture
def ask(company: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Ask:
    def asked(*words: str) -> bytes:
        assert run(["value", "--workspace", str(company), "--json", *words]) == 0
        return capfdbinary.readouterr().out

    return asked


def _emptied(company: Path) -> None:
    shutil.rmtree(Workspace(company).readmodel / "episodes" / "facts", ignore_errors=True)


def _asked_of_the_engine(company: Path, ask: Ask, words: tuple[str, ...]) -> bytes:
    _emptied(company)
    return ask(*words)


def test_the_order_of_questions_changes_no_answer(company: Path, ask: Ask) -> None:
    expected = {words: _asked_of_the_engine(company, ask, words) for words in ASKED}
    for order in (ASKED, ASKED[::-1]):
        _emptied(company)
        for words in (*order, *order):
            assert ask(*words) == expected[words], words


def test_new_rows_are_in_the_next_answer(company: Path, ask: Ask) -> None:
    words = ("--by", "channel", "--attribution", "linear")
    before = ask(*words)
    address = Workspace(company).database_url
    when = datetime(2026, 6, 1, 12)  # noqa: DTZ001 - naive UTC
    write_rows(address, "leads", [{"lead_id": "0-first-of-all", "created_at": when, "channel": "a new one"}])
    write_rows(address, "touches", [{"touch_id": "0", "lead_id": "0-first-of-all", "at": when, "kind": "form"}])
    write_rows(address, "orders", [{"order_id": "0", "lead_id": "0-first-of-all", "at": when, "amount": 12.5}])
    after = ask(*words)
    assert b"a new one" in after
    assert after != before
    assert after == _asked_of_the_engine(company, ask, words)


def test_asked_again_it_loads_nothing_that_queries_are_written_with(company: Path) -> None:
    program = (
        "import sys; from accord.cli.main import run; code = run(sys.argv[1:]); print(code, 'ibis' in sys.modules)"
    )
    words = ["value", "--by", "sector", "--attribution", "markov", "--json", "--workspace", str(company)]

    def last_words() -> str:
        process = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=True)
        return process.stdout.splitlines()[-1]

    _emptied(company)
    assert last_words() == "0 True"
    assert last_words() == "0 False"
