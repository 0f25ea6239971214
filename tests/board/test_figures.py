"""The board report works nothing out: its figures are those of the other commands, and it names nobody."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from accord.cli.main import run
from accord.diagnosis.report import ChangeTable
from accord.language import use_language
from accord.report import formats
from accord.report.board.answer import board_json
from accord.report.board.page import board_page
from accord.report.board.parts import Board
from accord.report.board.sentences import summary
from accord.report.board.views import channels_shown, money_tables, reason_table, tiles
from accord.report.envelope import dumps
from accord.report.value.formats import money, points, share
from accord.value.figures import ValueReport
from accord.values import Estimate
from board.companies import Made, Rows
from board.conftest import OWNER


@pytest.fixture
def said(whole: Made, capsys: pytest.CaptureFixture[str]) -> Any:
    def say(*words: str) -> Any:
        assert run([*words, "--workspace", str(whole.place), "--json"]) == 0
        return json.loads(capsys.readouterr().out)["data"]

    return say


DAYS = ("--from", "2026-05-01", "--to", "2026-06-01")


def without_later(value: dict[str, Any]) -> dict[str, Any]:
    """``accord value`` alone tells what lies after a moment that nobody chose."""
    return {name: part for name, part in value.items() if name not in {"left_out", "noticed"}}


@pytest.mark.slow
def test_every_part_is_the_answer_of_its_command(said: Any) -> None:
    report = said("report")
    assert report["period"] == {
        "label": "2026-05",
        "from": "2026-05-01",
        "to": "2026-06-01",
        "because": "latest_settled",
        "over": True,
    }
    assert report["acceptance"] == said("acceptance", *DAYS)
    assert report["channels"] == said("acceptance", *DAYS, "--by", "channel")
    assert report["trend"] == said("acceptance", "--period", "month", "--from", "2025-05-01")
    april = ("--from", "2026-04-01", "--to", "2026-05-01")
    assert report["compared"]["previous"]["acceptance"] == said("acceptance", *april)
    assert report["compared"]["year_ago"]["acceptance"] is None
    money_of = report["money"]
    assert without_later(money_of["period"]) == without_later(said("value", *DAYS, "--by", "channel"))
    assert without_later(money_of["previous"]) == without_later(said("value", *april, "--by", "channel"))
    assert money_of["year_ago"] is None
    year = ("--from", "2025-06-01", "--to", "2026-06-01")
    assert without_later(money_of["twelve_months"]) == without_later(said("value", *year, "--by", "channel"))
    diagnosis = said("diagnose")
    assert report["diagnosis"]["verdict"] == diagnosis["verdict"]
    of_leads = [finding for finding in diagnosis["findings"] if "rep_id" not in finding["where"]]
    assert report["diagnosis"]["findings"] == of_leads
    assert report["findings_about_people_left_out"] == len(diagnosis["findings"]) - len(of_leads)
    of_many = [action for action in said("actions")["actions"] if "rep_id" not in action["where"]]
    assert report["actions"]["actions"] == of_many
    assert len(of_many) == 1


def test_the_same_data_give_the_same_bytes(whole: Made) -> None:
    assert dumps(board_json(whole.board)) == dumps(board_json(whole.board))


def test_the_page_shows_the_figures_of_the_records(whole: Made) -> None:
    page = re.sub(r"<[^>]+>", " ", board_page(whole.board))
    totals = whole.board.totals
    assert isinstance(totals.rate, Estimate)
    assert f"Sales accepted {formats.share(totals.rate)} of the {totals.handed} leads it was handed" in page
    each = whole.board.money.period.totals.costs.per_accepted_lead
    assert isinstance(each, Estimate)
    assert money("EUR").of(each)[0] in page
    part = whole.board.money.period.revenue.share_from_qualified
    assert isinstance(part, Estimate)
    assert share().of(part)[0] in page


@pytest.mark.parametrize("language", ["en", "fr"])
def test_nobody_is_named(whole: Made, rows: Rows, language: str) -> None:
    use_language(language)
    page, records = board_page(whole.board), dumps(board_json(whole.board))
    for row in rows["reps"]:
        assert not re.search(rf"\b{row['rep_id']}\b", page), row["rep_id"]
    assert OWNER not in page
    assert "Coaching" not in page, "an action about one person"
    assert "A shorter form" in page
    assert '"where": {"rep_id"' not in records.split('"actions"')[0]


def test_people_who_are_left_out_are_counted(whole: Made) -> None:
    page = board_page(replace(whole.board, of_people=2))
    assert "2 findings are about single salespeople" in page


def test_a_report_says_first_what_matters(whole: Made, still_open: Made, unrecorded: Made) -> None:
    assert summary(whole.board)[0].startswith("That is")
    assert any("corrective action" in sentence for sentence in summary(whole.board))
    for board in (still_open.board, unrecorded.board):
        assert "No spend is recorded, so what leads cost cannot be said." in summary(board)


def test_the_usual_file_is_written_here_and_named(
    whole: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["report", "--workspace", str(whole.place)]) == 0
    printed = capsys.readouterr()
    assert printed.err == "Written: board-2026-05.html\n"
    assert printed.out.startswith("Board report, May 2026\n")
    assert (tmp_path / "board-2026-05.html").read_text(encoding="utf-8") == board_page(whole.board)


@pytest.mark.parametrize(("file", "said"), [("no/such/b.html", "is not there"), ("", "")])
def test_a_file_that_cannot_be_written_is_named(
    file: str, said: str, whole: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = str(tmp_path / file) if file else str(tmp_path)
    code = run(["report", "--quarter", "2026-Q1", "--html", given, "--workspace", str(whole.place)])
    error = capsys.readouterr().err
    if file:
        assert code == 1
        assert said in error
    else:
        assert code == 0, "a folder: the usual name in it"
        assert (tmp_path / "board-2026-Q1.html").is_file()


@pytest.mark.parametrize(("amount", "said"), [(5.0, "are too low"), (-5.0, "are not whole")])
def test_costs_that_lack_a_part_of_the_spend_say_so(amount: float, said: str, whole: Made) -> None:
    report = whole.board.money.period
    begins = f"Spend and costs {said}"
    assert not any(sentence.startswith("Spend and costs") for sentence in summary(whole.board))
    costs = replace(report.totals.costs, unpriced=True, left_out={"USD": amount})
    money = replace(whole.board.money, period=replace(report, totals=replace(report.totals, costs=costs)))
    assert [sentence for sentence in summary(replace(whole.board, money=money)) if sentence.startswith(begins)]


COSTS = re.compile("Cost per|Spent on")


@pytest.mark.parametrize(("amount", "mark"), [(5.0, "too low"), (-5.0, "too high")])
def test_each_cost_that_lacks_a_part_of_the_spend_is_marked(amount: float, mark: str, whole: Made) -> None:
    def lacking(report: ValueReport) -> ValueReport:
        costs = replace(report.totals.costs, unpriced=True, refused_unpriced=True, left_out={"USD": amount})
        rows = tuple(replace(row, costs=replace(row.costs, left_out={"USD": amount})) for row in report.rows)
        return replace(report, totals=replace(report.totals, costs=costs), rows=rows)

    def texts(board: Board) -> list[str]:
        period, year = money_tables(board)
        cells = [
            cell.text for table in (period, year) for label, row in table.rows for cell in row[:1] if COSTS.match(label)
        ]
        tile = [tile.text for tile in tiles(board) if COSTS.match(tile.label)]
        channels = [cell.text for view in channels_shown(board) for cell in (view.per_accepted, view.cac)]
        return [text for text in (*cells, *tile, *channels) if re.search(r"\d", text)]

    money = whole.board.money
    short = replace(money, period=lacking(money.period), year=lacking(money.year))
    marked = texts(replace(whole.board, money=short))
    assert len(marked) >= 7
    assert all(text.endswith(mark) for text in marked), marked
    assert not any(mark in text for text in texts(whole.board))


def test_the_parts_of_a_change_add_up_as_they_are_shown(whole: Made) -> None:
    """Rounded one by one they would miss it by a tenth of a point now and then."""
    use_language("en")
    assert whole.board.previous is not None
    seen = set()
    for place in range(200):
        change = -0.05 + 0.00047 * place
        mix, both = 0.0213 - 0.00031 * place, -0.00055
        table = ChangeTable("campaign", (), mix, change - mix - both, both, leads=100, cost_per_lead=None)
        moved = Estimate(change, change - 0.01, change + 0.01, 100)
        previous = replace(whole.board.previous, moved=moved, tables=(table,))
        ((_name, cells),) = reason_table(replace(whole.board, previous=previous)).rows
        shown = [float(cell.text.replace("−", "-")) for cell in cells]
        parts = [100 * part for part in (table.mix, table.rate, table.interaction)]
        assert all(abs(one - part) < 0.1 for one, part in zip(shown, parts, strict=True))
        assert round(sum(shown), 1) == float(points().value(change, 1).replace("−", "-"))
        seen.add(round(sum(round(part, 1) for part in parts) - sum(shown), 1))
    assert seen >= {-0.1, 0.1}, "rounded one by one they would add up as well"
