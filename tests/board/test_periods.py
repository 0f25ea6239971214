"""Which month or quarter a board report is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.cli.main import run
from accord.errors import UsageError
from accord.report.board.periods import period_asked, period_before, same_a_year_before
from accord.workspace import Workspace
from board.companies import Made, Rows, made, workspace_of


@pytest.mark.parametrize(
    ("month", "quarter", "label"),
    [("2026-06", "", "2026-06"), ("", "2026-Q2", "2026-Q2"), ("", " 2026-q2 ", "2026-Q2"), ("", "", "")],
)
def test_a_period_is_read_as_it_is_written(month: str, quarter: str, label: str) -> None:
    assert period_asked(month, quarter) == label


@pytest.mark.parametrize(
    ("month", "quarter", "named"),
    [
        ("2026-13", "", "2026-13"),
        ("June", "", "June"),
        ("2026-Q2", "", "2026-Q2"),
        ("2026-W23", "", "2026-W23"),
        ("", "2026-06", "2026-06"),
        ("", "2026-Q5", "2026-Q5"),
        ("2026-06", "2026-Q2", "--quarter"),
    ],
)
def test_what_is_no_such_period_is_named_with_an_example(month: str, quarter: str, named: str) -> None:
    with pytest.raises(UsageError) as refused:
        period_asked(month, quarter)
    assert named in str(refused.value)


@pytest.mark.parametrize(
    ("label", "before", "a_year_ago"),
    [("2026-01", "2025-12", "2025-01"), ("2026-Q1", "2025-Q4", "2025-Q1"), ("2024-02", "2024-01", "2023-02")],
)
def test_what_a_period_is_held_against(label: str, before: str, a_year_ago: str) -> None:
    assert (period_before(label), same_a_year_before(label)) == (before, a_year_ago)


def test_by_default_the_latest_settled_month_is_told(whole: Made) -> None:
    """The data end with June, and leads have 30 days: some of June's are open, none of May's."""
    assert (whole.board.period.label, whole.board.period.because) == ("2026-05", "latest_settled")
    assert whole.board.totals.open == 0
    june = made(whole.place, "2026-06").board
    assert june.period.because == "asked"
    assert june.totals.open > 0


def test_where_no_month_is_settled_the_latest_that_is_over_is_told(still_open: Made) -> None:
    assert (still_open.board.period.label, still_open.board.period.because) == ("2026-06", "latest_over")


def test_where_no_month_is_over_the_only_one_is_told(rows: Rows, tmp_path: Path) -> None:
    june = [row for row in rows["handoffs"] if row["at"].strftime("%Y-%m") == "2026-06" and row["at"].day < 10]
    known = {row["lead_id"] for row in june}
    leads = [row for row in rows["leads"] if row["lead_id"] in known]
    board = made(workspace_of(tmp_path / "begun", {"leads": leads, "handoffs": june})).board
    assert (board.period.label, board.period.because, board.period.over) == ("2026-06", "only_one", False)


@pytest.mark.parametrize(("asked", "said"), [("2026-09", "has not begun"), ("2024-05", "before the data begin")])
def test_a_period_outside_the_data_is_refused_in_words(
    asked: str, said: str, whole: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["report", "--month", asked, "--workspace", str(whole.place)]) == 2
    assert said in capsys.readouterr().err


def test_a_moment_before_the_data_begin_is_told_when_they_do(whole: Made, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["report", "--as-of", "2020-01-01", "--workspace", str(whole.place)]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "the data begin later, the first lead was handed over on 1 Jul 2025" in said
    assert "accord import" not in said


@pytest.mark.parametrize("pdf", ["one.html", "elsewhere/../one.html", "linked.pdf"])
def test_one_file_is_not_written_twice(
    pdf: str, whole: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "linked.pdf").symlink_to("one.html")
    assert run(["report", "--html", "one.html", "--pdf", pdf, "--workspace", str(whole.place)]) == 2
    assert "the same file" in capsys.readouterr().err
    assert not (tmp_path / "one.html").exists()


def test_where_nothing_was_handed_over_the_next_step_is_said(
    rows: Rows, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = workspace_of(tmp_path / "nothing", {"leads": rows["leads"][:50]})
    assert run(["report", "--workspace", str(place)]) == 1
    assert "accord import" in capsys.readouterr().err
    assert Workspace(place).root == place
