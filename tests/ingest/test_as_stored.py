"""A history that is exported again with its moments written in another way tells the same rows."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from accord.ingest.importing import import_files
from accord.readmodel.refresh import catch_up
from accord.workspace import Workspace

HEADINGS = ("Lead ID", "Field / Event", "Old Value", "New Value", "Edit Date", "Edited By")
START = datetime(2026, 3, 13, 9, 5)  # noqa: DTZ001 - as a report writes it, without an offset
LEADS = 12


def history(leads: int = LEADS) -> list[tuple[str, str, str, str, datetime, str]]:
    """Each lead is given to Ann, who answers three hours later."""
    rows = []
    for number in range(leads):
        lead, at = f"00Q5e00000A{number:04d}", START + timedelta(hours=7 * number)
        answer = "Qualified" if number % 2 else "Unqualified"
        rows.append((lead, "Lead Owner", "Queue", "Ann", at, "Robot"))
        rows.append((lead, "Lead Status", "Open", answer, at + timedelta(hours=3), "Ann"))
    return rows


def written(path: Path, rows: list[tuple[str, str, str, str, datetime, str]], form: str) -> Path:
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        for row in (HEADINGS, *rows):
            sheet.append(row)
        book.save(path)
        return path
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([HEADINGS, *((*row[:4], row[4].strftime(form), row[5]) for row in rows)])
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def workspace(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    if request.param == "postgresql":
        monkeypatch.setenv("ACCORD_DATABASE", request.getfixturevalue("postgres_url"))
    return Workspace(tmp_path / "company")


def test_the_same_history_in_other_writing_adds_nothing(workspace: Workspace, tmp_path: Path) -> None:
    import_files(workspace, [written(tmp_path / "paris.csv", history(), "%d/%m/%Y %H:%M")])
    for name, form in (("boston.csv", "%m/%d/%Y %I:%M %p"), ("book.xlsx", ""), ("paris.csv", "%d/%m/%Y %H:%M")):
        report = import_files(workspace, [written(tmp_path / name, history(LEADS + 1), form)])
        new = 1 if name == "boston.csv" else 0  # the lead of the week after, which comes with the first of them
        for table in ("handoffs", "decisions"):
            found = report.accounting[table]
            assert (found.added, found.updated, found.unchanged) == (new, 0, LEADS + 1 - new), (name, table)
    assert catch_up(workspace).rows["handoffs"] == LEADS + 1


def test_another_moment_is_another_handoff(workspace: Workspace, tmp_path: Path) -> None:
    import_files(workspace, [written(tmp_path / "paris.csv", history(), "%d/%m/%Y %H:%M")])
    again = [(*row[:4], row[4] + timedelta(days=40), row[5]) for row in history()]
    report = import_files(workspace, [written(tmp_path / "book.xlsx", again, "")])
    assert [report.accounting[table].added for table in ("handoffs", "decisions")] == [LEADS, LEADS]
