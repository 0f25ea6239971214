"""A title above the headings is no row of the table, is told, and never makes a row of data into headings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.cli.main import run
from accord.ingest.heading_row import heading_row
from accord.tables.schema import TABLES
from support.reading import read

LEADS = ["lead_id;created_at;channel", "L1;2026-07-01;web", "L2;2026-07-02;event"]
REPORT = """\
"Leads by Source"

"Filtered By:   Show: All leads"

"Lead ID","Lead Owner","Company / Account","Lead Source","Lead Status","Created Date"
"00Q1","Ann","Acme, Inc.","Web","Open - Not Contacted","07/14/2026"
"00Q2","Ann","Beta","Web","Open - Not Contacted","07/15/2026"

"Grand Totals (2 records)"
"""


def write(folder: Path, name: str, *lines: str) -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "above",
    [
        ["Leads of July"],
        ["Leads of July;;", ";;", "Filters;channel = all;"],
        ["", "Leads; of July"],
        ["sep=;", "Leads of July"],
        ["Identity;;"],
    ],
)
def test_rows_above_the_headings_are_passed_over(tmp_path: Path, above: list[str]) -> None:
    path = write(tmp_path, "leads.csv", *above, *LEADS)
    found = read([path])
    assert [row["lead_id"] for row in found.rows["leads"]] == ["L1", "L2"]
    assert [row["line"] for row in found.rows["leads"]] == [len(above) + 2, len(above) + 3]
    assert found.read["leads"] == 2


def test_a_report_as_it_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("report.csv").write_text(REPORT)
    assert run(["import", "report.csv", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["data"]["leads"] == {"read": 3, "added": 2, "updated": 0, "unchanged": 0, "quarantined": 1}
    assert run(["--lang", "fr", "import", "report.csv"]) == 0
    capsys.readouterr()
    assert run(["import", "report.csv", "--dry-run"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "recognised as Salesforce leads" in said
    assert "The headings are on line 5; the 2 lines above them were passed over, the first: “Leads by Source”." in said
    assert "line 9: Only the first cell of this row is there. A title, a total or a remark is no row" in said


def test_a_sheet_with_a_title(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = "leads"
    sheet["A1"] = "Leads of July"
    sheet.merge_cells("A1:C1")
    sheet.append([])
    for line in LEADS:
        sheet.append(line.split(";"))
    path = tmp_path / "book.xlsx"
    book.save(path)
    found = read([path])
    assert [(row["lead_id"], row["line"]) for row in found.rows["leads"]] == [("L1", 4), ("L2", 5)]


def test_a_mapping_says_where_headings_of_ones_own_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "own.csv", "Our list", "Nr,Wann,Wo", "1,2026-07-01,web")
    mapping = [
        "files:",
        "  - match: own.csv",
        "    read: {headings_line: 2}",
        "    tables:",
        "      - table: leads",
        "        columns: {lead_id: Nr, created_at: Wann, channel: Wo}",
    ]
    write(tmp_path, "own.yaml", *mapping)
    assert run(["import", "own.csv", "--map", "own.yaml", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["data"]["leads"]["added"] == 1
    write(tmp_path, "wrong.yaml", *(line.replace("2}", "second}") for line in mapping))
    assert run(["import", "own.csv", "--map", "wrong.yaml"]) == 1
    assert "wrong.yaml:3: second is not the number of a line." in capsys.readouterr().err


@given(
    headings=st.lists(st.text("abcxyz", min_size=1, max_size=4), min_size=1, max_size=6, unique=True),
    rows=st.lists(st.lists(st.sampled_from(["L1", "lead_id", "created_at", "channel", "", "Date"]), max_size=6)),
)
def test_no_row_below_full_headings_is_taken_for_them(headings: list[str], rows: list[list[str]]) -> None:
    # A row of data may hold any words, even the names of columns: it has no more cells than the headings have.
    assert heading_row([headings, *(row[: len(headings)] for row in rows)]) == 0


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_is_found_below_a_title(table: Any) -> None:
    names = [column.name for column in table.columns]
    assert heading_row([["Title"], [""], names, ["x"] * len(names)]) == 2
    assert heading_row([names, ["lead_id", "created_at", "channel", "at", "kind"] * 9]) == 0
