"""What a workbook says of itself: from which day it counts, which of its sheets are hidden."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

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
