"""The board report from Python: the same as on the command line, with the same rates."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import accord
from accord.api import Figures
from accord.cli.main import run
from accord.readmodel.opening import open_source
from accord.report.board.page import board_page
from accord.workspace import Workspace
from board.companies import Made


def test_it_is_what_the_command_writes(whole: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rates = tmp_path / "rates.csv"
    rates.write_text("currency,rate\nGBP,1.2\nUSD,0.9\nCHF,1.05\n", encoding="utf-8")
    words = ["report", "--month", "2026-05", "--rates", str(rates), "--json", "--workspace", str(whole.place)]
    assert run(words) == 0
    printed = json.loads(capsys.readouterr().out)
    with accord.open(whole.place) as figures:
        plain = figures.board(month="2026-05")
        converted = figures.board(month="2026-05", rates=rates)
        with pytest.raises(accord.UsageError, match="2026-5x"):
            figures.board(month="2026-5x")
    assert json.loads(json.dumps(converted.to_json())) == printed
    money = printed["data"]["money"]["twelve_months"]
    assert money["rates"] == str(rates)
    assert not [left for left in money["left_out"] if left["reason"] == "no_rate"]
    assert [left for left in plain.board.money.year.left_out if left.reason == "no_rate"]
    assert plain.page() == board_page(plain.board)
    assert str(plain).startswith("Board report, May 2026\n")
    assert repr(plain).startswith("<2026-05: Sales accepted")


def test_figures_without_a_workspace_have_no_report(whole: Made) -> None:
    with open_source(Workspace(whole.place)) as source, pytest.raises(accord.WorkspaceError, match=r"accord\.open"):
        Figures(source).board()
