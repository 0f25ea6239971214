"""What ``accord recycle`` finds on the shelf answers as the engine would, and never for other data or other rules."""

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
from recycle.company import company, written

ASKED = (
    (),
    ("--by", "channel"),
    ("--by", "team", "--by", "account_size", "--period", "quarter", "--limit", "0"),
    ("--as-of", "2025-11-01"),
    ("--by", "channel", "--as-of", "2025-11-01"),
    ("--within", "60", "--from", "2025-06-01"),
)
Ask = Callable[..., bytes]
WITH_IBIS = "import sys; from accord.cli.main import run; code = run(sys.argv[1:]); print(code, 'ibis' in sys.modules)"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A company whose leads come back, as files that were imported."""
    files = written(company(5, 200), tmp_path / "files")
    assert run(["import", str(files), "--workspace", str(tmp_path / "company")]) == 0
    return tmp_path / "company"


@pytest.fixture
def ask(place: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Ask:
    def asked(*words: str) -> bytes:
        capfdbinary.readouterr()
        assert run(["recycle", "--workspace", str(place), "--json", *words]) == 0
        return capfdbinary.readouterr().out

    return asked


def _shelf(place: Path) -> Path:
    return Workspace(place).readmodel / "episodes" / "facts"


def _asked_of_the_engine(place: Path, ask: Ask, words: tuple[str, ...]) -> bytes:
    shutil.rmtree(_shelf(place), ignore_errors=True)
    return ask(*words)


def test_the_order_of_questions_changes_no_answer(place: Path, ask: Ask) -> None:
    expected = {words: _asked_of_the_engine(place, ask, words) for words in ASKED}
    assert len(set(expected.values())) == len(ASKED)
    for order in (ASKED, ASKED[::-1]):
        shutil.rmtree(_shelf(place), ignore_errors=True)
        for words in (*order, *order):
            assert ask(*words) == expected[words], words


def test_changed_and_new_rows_are_in_the_next_answer(place: Path, ask: Ask) -> None:
    address, words = Workspace(place).database_url, ("--by", "channel", "--limit", "0")
    when = datetime(2026, 2, 1, 12)  # noqa: DTZ001 - naive UTC
    for table, row in (
        ("leads", {"lead_id": "0", "created_at": when, "channel": "a new one"}),
        ("handoffs", {"handoff_id": "00", "lead_id": "0", "at": when}),
        ("decisions", {"decision_id": "00", "handoff_id": "00", "at": when, "outcome": "rejected", "reason": "role"}),
        ("decisions", {"decision_id": "00", "handoff_id": "00", "at": when, "outcome": "rejected", "reason": "sector"}),
        ("touches", {"touch_id": "00", "lead_id": "0", "at": when, "kind": "form"}),
        ("leads", {"lead_id": "0", "created_at": when, "channel": "renamed"}),
    ):
        before = ask(*words)
        write_rows(address, table, [row])
        after = ask(*words)
        assert after == _asked_of_the_engine(place, ask, words), table
        assert after != before or table == "leads", table
    assert b"renamed" in after
    assert b"a new one" not in after


def test_other_rules_have_other_answers(place: Path, ask: Ask) -> None:
    answers = set()
    for rules in ("definition: explicit", "definition: action", "definition: explicit\n  window_days: 14"):
        (place / "accord.yaml").write_text(f"timezone: Europe/Paris\nacceptance:\n  {rules}\n", encoding="utf-8")
        kept = ask()
        assert kept == ask()
        assert kept == _asked_of_the_engine(place, ask, ())
        answers.add(kept)
    assert len(answers) == 3


def test_a_shelf_that_cannot_be_written_changes_no_answer(place: Path, ask: Ask) -> None:
    expected = _asked_of_the_engine(place, ask, ("--by", "channel"))
    shutil.rmtree(_shelf(place))
    _shelf(place).write_text("no folder", encoding="utf-8")  # so nothing can be kept, whoever asks
    assert ask("--by", "channel") == expected


def test_half_a_set_counts_as_missing(place: Path, ask: Ask) -> None:
    everybody = ("--limit", "0")  # no finished report holds them all
    expected = _asked_of_the_engine(place, ask, everybody)
    broken = list(_shelf(place).rglob("numbers"))
    assert broken
    for file in broken:
        file.write_bytes(file.read_bytes()[:-8])
    assert ask(*everybody) == expected


def test_two_processes_at_once_answer_alike(place: Path, ask: Ask) -> None:
    words = ("--by", "channel", "--period", "month")
    expected = _asked_of_the_engine(place, ask, words)
    shutil.rmtree(_shelf(place))
    command = [sys.executable, "-m", "accord", "recycle", "--json", "--workspace", str(place), *words]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE) for _process in range(2)]
    assert [process.communicate()[0] for process in both] == [expected, expected]
    assert ask(*words) == expected


def test_asked_again_it_loads_nothing_that_queries_are_written_with(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))  # no text is kept that another run has written
    words = ["recycle", "--by", "channel", "--json", "--workspace", str(place)]

    def last_words() -> str:
        process = subprocess.run([sys.executable, "-c", WITH_IBIS, *words], capture_output=True, text=True, check=True)
        return process.stdout.splitlines()[-1]

    assert last_words() == "0 True"
    assert last_words() == "0 False"
