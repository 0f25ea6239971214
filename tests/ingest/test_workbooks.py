"""What a workbook says of itself: from which day it counts, which of its sheets are hidden."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, to_excel

from accord.cli.main import run
from support.reading import read

MADE = [datetime(2026, 3, 29, 14, 30), datetime(2026, 4, 2, 9)]  # noqa: DTZ001 - as a spreadsheet writes them


@pytest.mark.parametrize("epoch", [CALENDAR_WINDOWS_1900, CALENDAR_MAC_1904])
@pytest.mark.parametrize("bare", [True, False])
def test_days_are_counted_from_where_the_workbook_says(tmp_path: Path, epoch: datetime, *, bare: bool) -> None:
    book = Workbook()
    book.epoch = epoch
    sheet = book.worksheets[0]
    sheet.append(["lead_id", "created_at"])
    for number, made in enumerate(MADE):
        sheet.append([f"L{number}", to_excel(made, epoch) if bare else made])
    book.save(tmp_path / "leads.xlsx")
    assert [row["created_at"] for row in read([tmp_path / "leads.xlsx"]).rows["leads"]] == MADE


def test_a_hidden_sheet_is_named_and_read_when_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = Workbook()
    for name, leads in (("leads", ["A", "B"]), ("Old", ["C"])):
        sheet = book.create_sheet(name)
        sheet.append(["lead_id", "created_at"])
        for lead in leads:
            sheet.append([lead, MADE[0]])
    del book["Sheet"]
    book["Old"].sheet_state = "hidden"
    path = tmp_path / "leads.xlsx"
    book.save(path)

    def told(*more: str) -> str:
        assert run(["import", str(path), "--workspace", str(tmp_path / "w"), *more]) == 0
        return " ".join(capsys.readouterr().out.split())

    first = told()
    assert "The hidden sheet Old was not read." in first
    assert "leads 2 2 0" in first
    again = told("--sheet", "Old", "--table", "leads")
    assert "The hidden sheet" not in again
    assert "leads 1 1 0" in again


def test_dates_in_both_orders_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "leads.csv"
    path.write_text("lead_id,created_at\nA,13/04/2026\nB,04/14/2026\nC,05/06/2026\n", encoding="utf-8")
    run(["import", str(path), "--workspace", str(tmp_path / "w")])
    said = " ".join(capsys.readouterr().out.split())
    assert "some dates have the day first, as 31/12/2026, and some the month, as 12/31/2026" in said
    assert "nothing in the file proves it" not in said


def test_identifiers_too_long_for_a_number_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (["lead_id", "created_at", "weight"], [123456789012345678, MADE[0], 2e20], [15, MADE[1], 3.5]):
        sheet.append(row)
    path = tmp_path / "leads.xlsx"
    book.save(path)
    run(["import", str(path), "--workspace", str(tmp_path / "w")])
    said = " ".join(capsys.readouterr().out.split())
    assert "lead_id: a spreadsheet has spoilt 1 identifier" in said
    assert [row["extra"]["weight"] for row in read([path]).rows["leads"]] == [2e20, 3.5]


def with_errors(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    """A workbook with ``rows`` under lead_id, created_at, channel, employees, weight; text that begins with = is a
    formula, and without a result, as its writer calculates nothing.
    """
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Leads"
    sheet.append(["lead_id", "created_at", "channel", "employees", "weight"])
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    return path


ROWS = [
    ["A", MADE[0], "ads", 10, 1.5],
    ["B", MADE[0], "#REF!", 20, 2.5],
    ["C", MADE[1], "ads", "#DIV/0!", 3.5],
    ["D", MADE[1], "ads", 30, "#NUM!"],
    ["E", MADE[1], "=UPPER(A2)", 30, 4.5],
    ["F", MADE[1], "ads", None, None],
    ["G", MADE[1], "ads", "=A1+1", "=A1+2"],
]


def test_errors_and_formulas_without_a_result_are_not_empty(tmp_path: Path) -> None:
    found = read([with_errors(tmp_path / "leads.xlsx", ROWS)])
    assert [row["lead_id"] for row in found.rows["leads"]] == ["A", "F"]
    assert found.rows["leads"][0]["extra"] == {"weight": 1.5}  # still a number
    assert [(row.line, row.raw["lead_id"], row.reasons) for row in found.refused["leads"]] == [
        (3, "B", [("spreadsheet_error", "channel")]),
        (4, "C", [("spreadsheet_error", "employees")]),
        (5, "D", [("spreadsheet_error", "weight")]),
        (6, "E", [("never_calculated", "channel")]),
        (8, "G", [("never_calculated", "employees"), ("never_calculated", "weight")]),
    ]
    assert found.refused["leads"][1].messages == ["employees is #DIV/0!: an error of the spreadsheet, and no value."]
    assert found.refused["leads"][3].raw["channel"] == "#CALC! =UPPER(A2)"
    assert "Sheet Leads: 6 cells hold an error or a formula that was never calculated, the first of them C3." in (
        found.said
    )


def test_an_error_clears_nothing_that_is_stored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace = ["--workspace", str(tmp_path / "w")]
    good = with_errors(tmp_path / "leads.xlsx", [["A", MADE[0], "ads", 10, 1.5]])
    assert run(["import", str(good), *workspace]) == 0
    with_errors(tmp_path / "leads.xlsx", [["A", MADE[0], "#REF!", "=B2", 1.5], ["B", MADE[0], "ads", 5, 2.5]])
    capsys.readouterr()
    assert run(["import", str(good), *workspace, "--json"]) == 0
    counted = json.loads(capsys.readouterr().out)["data"]["leads"]
    assert (counted["read"], counted["added"], counted["updated"], counted["quarantined"]) == (2, 1, 0, 1)


def test_a_result_that_is_the_empty_text_is_empty(tmp_path: Path) -> None:
    path = with_errors(tmp_path / "leads.xlsx", [["A", MADE[0], '=IF(TRUE,"",1)', 10, 1.5]])
    with ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    assert b'<c r="C2"><f>' in parts[sheet]
    parts[sheet] = parts[sheet].replace(b'<c r="C2">', b'<c r="C2" t="str">')
    with ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    (lead,) = read([path]).rows["leads"]
    assert lead["channel"] is None


def test_a_refused_error_comes_back_as_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace = ["--workspace", str(tmp_path / "w")]
    assert run(["import", str(with_errors(tmp_path / "leads.xlsx", ROWS)), *workspace]) == 0
    kept = tmp_path / "kept.csv"
    assert run(["quarantine", *workspace, "--csv", str(kept)]) == 0
    capsys.readouterr()
    kept.write_text(kept.read_text("utf-8").replace("#DIV/0!", "25"), encoding="utf-8")
    run(["import", str(kept), *workspace, "--json"])
    counted = json.loads(capsys.readouterr().out)["data"]["leads"]
    assert (counted["read"], counted["added"], counted["quarantined"]) == (5, 1, 4)
