"""Slips of the programs that write files: each is read as it was meant where that is certain, else refused by name."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from accord.cli.main import run

Told = dict[str, Any]


def imported(capsys: pytest.CaptureFixture[str], path: Path, status: int = 0) -> tuple[Told, str]:
    """The counts of the leads, and what was said: the notes on the file, or on standard error what is wrong."""
    workspace = path.parent / "workspace"
    assert run(["import", str(path), "--table", "leads", "--workspace", str(workspace), "--json"]) == status
    printed = capsys.readouterr()
    if not printed.out:
        return {}, printed.err
    answer = json.loads(printed.out)
    return answer["data"]["leads"], " ".join(note for file in answer["files"] for note in file["notes"])


def kept(capsys: pytest.CaptureFixture[str], folder: Path) -> list[Told]:
    assert run(["quarantine", "--workspace", str(folder / "workspace"), "--json"]) == 0
    rows: list[Told] = json.loads(capsys.readouterr().out)["data"]["rows"]
    return rows


def said_of(rows: list[Told]) -> list[tuple[int, str]]:
    return [(row["line"], reason["message"]) for row in rows for reason in row["reasons"]]


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


HEADED = "lead_id,created_at,channel"


def test_a_delimiter_at_the_end_of_every_row_is_no_cell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, "leads.csv", f"{HEADED}\nA,2026-01-01,x,\nB,2026-01-02,,\nC,2026-01-03,y,\n")
    counts, said = imported(capsys, path)
    assert counts == {"read": 3, "added": 3, "updated": 0, "unchanged": 0, "quarantined": 0}
    assert "ends with a delimiter" in said


def test_a_cell_without_a_heading_that_holds_something_asks_for_a_heading(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(f"L{number},2026-01-01,x,\n" for number in range(80)) + "M,2026-01-01,x,more\n"
    _counts, said = imported(capsys, written(tmp_path, "leads.csv", f"{HEADED}\n{rows}"), 1)
    assert "Column 4 has no heading, and holds more" in said
    assert "82" in said


def test_a_row_that_slipped_by_one_cell_is_not_taken_for_a_habit_of_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"{HEADED}\nA,2026-01-01,x\nB,2026-01-02,x,\nC,2026-01-03,x\n"
    counts, _said = imported(capsys, written(tmp_path, "leads.csv", text))
    assert (counts["added"], counts["quarantined"]) == (2, 1)
    (refused,) = kept(capsys, tmp_path)
    assert "delimiter too many at the end" in refused["reasons"][0]["hint"]


def test_a_delimiter_at_the_end_of_the_headings_is_no_column(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counts, said = imported(capsys, written(tmp_path, "leads.csv", f"{HEADED},\nA,2026-01-01,x\nB,2026-01-02,\n"))
    assert (counts["added"], counts["quarantined"]) == (2, 0)
    assert "headings end with a delimiter" in said


def test_one_row_without_the_delimiter_that_ends_all_others_is_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Unless its last cell is empty: then it has the delimiter, and another cell is missing."""
    text = f"{HEADED},\nA,2026-01-01,x,\nB,2026-01-02,y\nC,2026-01-03,\n"
    counts, _said = imported(capsys, written(tmp_path, "leads.csv", text))
    assert (counts["added"], counts["quarantined"]) == (2, 1)
    assert [line for line, _message in said_of(kept(capsys, tmp_path))] == [4]


@pytest.mark.parametrize(
    "inner", ['"lead_id": "B", "lead_id": "C"', '"lead_id": "B", "more": {"lead_id": 1, "lead_id": 2}']
)
def test_an_object_that_has_a_key_twice_is_refused_with_the_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], inner: str
) -> None:
    text = f'{{"lead_id": "A", "created_at": "2026-01-01"}}\n{{{inner}, "created_at": "2026-01-02"}}\n'
    counts, _said = imported(capsys, written(tmp_path, "leads.jsonl", text))
    assert (counts["added"], counts["quarantined"]) == (1, 1)
    (refused,) = kept(capsys, tmp_path)
    assert said_of([refused]) == [(2, "The object has the key lead_id twice.")]
    assert refused["reasons"][0]["value"] == "lead_id"


@pytest.mark.parametrize("column", ["budget", "worth"])
@pytest.mark.parametrize("kind", ["parquet", "jsonl", "csv"])
def test_an_infinite_number_is_refused_in_every_column(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str, column: str
) -> None:
    path = tmp_path / f"leads.{kind}"
    numbers = [1.5, float("inf"), float("-inf"), float("nan")]
    if kind == "parquet":
        pq.write_table(pa.table({"lead_id": list("ABCD"), "created_at": ["2026-01-01"] * 4, column: numbers}), path)
    elif kind == "jsonl":
        rows = [
            {"lead_id": name, "created_at": "2026-01-01", column: number}
            for name, number in zip("ABCD", numbers, strict=True)
        ]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    else:
        path.write_text(
            f"lead_id,created_at,{column}\nA,2026-01-01,1.5\nB,2026-01-01,1e400\nC,2026-01-01,-1e400\nD,2026-01-01,\n"
        )
    counts, _said = imported(capsys, path)
    assert (counts["added"], counts["quarantined"]) == (2, 2)
    assert {reason["code"] for row in kept(capsys, tmp_path) for reason in row["reasons"]} == {"infinite"}


@pytest.mark.parametrize("path", ["/dev/zero", "pipe"])
def test_what_never_ends_or_is_read_once_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    place = Path(path)
    if path == "pipe":
        place = tmp_path / "leads.csv"
        os.mkfifo(place)
    assert run(["import", str(place), "--table", "leads", "--workspace", str(tmp_path / "workspace")]) == 1
    assert "it is a device, a pipe or a socket" in capsys.readouterr().err
