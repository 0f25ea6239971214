"""The same table is the same rows, whatever kind of file it comes in."""

# ruff: noqa: DTZ001 - a naive moment is UTC, or local where the test says so

from __future__ import annotations

import gzip
import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from accord.errors import DataError
from accord.tables.schema import Type
from support.reading import Read, read

ROWS: list[dict[str, Any]] = [
    {
        "activity_id": "A1",
        "lead_id": "L1",
        "at": datetime(2026, 7, 14, 10, 22),
        "kind": "call",
        "duration_s": 61,
        "automated": False,
        "note": "déjà vu",
        "weight": 1.5,
    },
    {
        "activity_id": "A2",
        "lead_id": "L2",
        "at": datetime(2026, 7, 15),
        "kind": "email",
        "duration_s": None,
        "automated": True,
        "note": None,
        "weight": 2.0,
    },
]


def as_csv(folder: Path) -> Path:
    path = folder / "activities.csv"
    lines = [",".join(ROWS[0])]
    lines += [",".join("" if value is None else str(value) for value in row.values()) for row in ROWS]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def as_gzipped_csv(folder: Path) -> Path:
    path = folder / "activities.csv.gz"
    path.write_bytes(gzip.compress(as_csv(folder).read_bytes()))
    return path


def as_json_lines(folder: Path) -> Path:
    path = folder / "activities.jsonl"
    path.write_text("".join(json.dumps(row, default=str) + "\n" for row in ROWS), encoding="utf-8")
    return path


def as_gzipped_json_lines(folder: Path) -> Path:
    path = folder / "activities.jsonl.gz"
    path.write_bytes(gzip.compress(as_json_lines(folder).read_bytes()))
    return path


def as_parquet(folder: Path) -> Path:
    path = folder / "activities.parquet"
    pq.write_table(pa.Table.from_pylist(ROWS), path)
    return path


def as_xlsx(folder: Path) -> Path:
    path = folder / "activities.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(ROWS[0]))
    for row in ROWS:
        sheet.append(list(row.values()))
    book.save(path)
    return path


@pytest.mark.parametrize(
    "write",
    [as_csv, as_gzipped_csv, as_json_lines, as_gzipped_json_lines, as_parquet, as_xlsx],
    ids=lambda f: f.__name__,
)
def test_every_kind_of_file(tmp_path: Path, write: Any) -> None:
    found = read([write(tmp_path)], timezone="Europe/Paris")
    first, second = found.rows["activities"]
    assert first["at"] == datetime(2026, 7, 14, 8, 22)
    if write is as_xlsx:  # a spreadsheet does not tell midnight from a date, and of two rows neither is the rule
        assert (second["at"], second["at_is_date"]) == (datetime(2026, 7, 15), True)
    else:
        assert (second["at"], second["at_is_date"]) == (datetime(2026, 7, 14, 22), False)
    assert first["at_is_date"] is False
    assert (first["duration_s"], second["duration_s"]) == (61, None)
    assert (first["automated"], second["automated"]) == (False, True)
    assert first["extra"] == {"note": "déjà vu", "weight": 1.5}
    assert second["extra"] == {"note": None, "weight": 2.0}
    assert found.extra_types["activities"] == {"note": Type.TEXT, "weight": Type.NUMBER}


def test_parquet_keeps_what_it_knows(tmp_path: Path) -> None:
    path = tmp_path / "leads.parquet"
    table = pa.table(
        {
            "lead_id": pa.array([1, 2], pa.int64()),
            "created_at": pa.array([date(2026, 7, 14), None], pa.date32()),
            "employees": pa.array([12.0, float("nan")], pa.float64()),
            "budget": pa.array([None, 1.234], pa.float64()),
            "origin": pa.array(["web", "web"]).dictionary_encode(),
            "seen": pa.array([datetime(2026, 7, 14, 10, tzinfo=UTC)] * 2, pa.timestamp("us", "UTC")),
            "tags": pa.array([["a", "b"], None], pa.list_(pa.string())),
        }
    )
    pq.write_table(table, path)
    found = read([path], timezone="Europe/Paris")
    (row,) = found.rows["leads"]
    assert row["lead_id"] == "1"
    assert (row["created_at"], row["created_at_is_date"]) == (datetime(2026, 7, 14), True)
    assert (row["employees"], row["origin"]) == (12, "web")
    assert row["extra"] == {"seen": "2026-07-14T10:00:00Z", "tags": '["a", "b"]'}
    (refused,) = found.refused["leads"]
    assert (refused.line, refused.reasons) == (2, [("missing", "created_at")])
    assert refused.raw["budget"] == "1.234"


def test_json_lines_that_are_no_objects_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "leads.jsonl"
    path.write_text(
        '{"lead_id": "L1", "created_at": "2026-07-14", "budget": 1.50, "deep": {"a": [1]}}\n'
        "\n[1, 2]\n{broken\n"
        '{"lead_id": 2, "created_at": "2026-07-14", "late": true}\n'
    )
    found = read([path])
    first, second = found.rows["leads"]
    assert (first["budget"], first["extra"]) == (1.5, {"deep": '{"a": [1]}', "late": None})
    assert (second["lead_id"], second["line"], second["extra"]["late"]) == ("2", 5, True)
    assert [(refused.line, refused.reasons) for refused in found.refused["leads"]] == [
        (3, [("not_an_object", None)]),
        (4, [("not_an_object", None)]),
    ]
    assert {name: cell for name, cell in found.refused["leads"][1].raw.items() if cell} == {"_row": "{broken"}


def workbook(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_a_workbook_may_hold_several_tables(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "export.xlsx",
        {
            "leads": [["lead_id", "created_at"], ["L1", date(2026, 7, 14)]],
            "Sheet2": [["handoff_id", "lead_id", "at"], ["H1", "L1", datetime(2026, 7, 14, 10)]],
            "empty": [],
        },
    )
    found = read([path])
    assert found.rows["leads"][0]["created_at_is_date"] is True
    assert found.rows["handoffs"][0]["at"] == datetime(2026, 7, 14, 10)
    assert {file.name for file in found.files} == {f"{path}[leads]", f"{path}[Sheet2]"}


def test_a_spreadsheet_has_dates_hours_durations_and_blank_rows(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "activities.xlsx",
        {
            "Sheet1": [
                [],
                ["activity_id", "lead_id", "at", "kind", "duration_s", "clock"],
                [1, "L1", datetime(2026, 7, 14), "call", timedelta(minutes=2), time(9, 30)],
                [None] * 6,
                [2, "L1", datetime(2026, 7, 14, 10), "call", 30.0, None],
                [3, "L1", "n/a", "call", 30.5, None],
            ]
        },
    )
    found = read([path])
    rows = found.rows["activities"]
    # A date beside hours stays a date.
    assert [(row["at"], row["at_is_date"], row["line"]) for row in rows] == [
        (datetime(2026, 7, 14), True, 3),
        (datetime(2026, 7, 14, 10), False, 5),
    ]
    assert [row["duration_s"] for row in rows] == [120, 30]
    assert [row["activity_id"] for row in rows] == ["1", "2"]
    assert rows[0]["extra"] == {"clock": "09:30:00"}
    (refused,) = found.refused["activities"]
    assert (refused.line, refused.reasons) == (6, [("missing", "at"), ("not_an_integer", "duration_s")])


def test_a_midnight_among_very_many_hours_of_a_spreadsheet_is_an_hour(tmp_path: Path) -> None:
    hours = [datetime(2026, 3, 1) + timedelta(minutes=61 * number) for number in range(1, 601)]
    lines: list[list[Any]] = [["lead_id", "created_at"], *[[f"L{number}", at] for number, at in enumerate(hours)]]
    few = workbook(tmp_path / "leads.xlsx", {"Sheet1": [*lines[:20], ["M", datetime(2026, 2, 1)]]})
    many = workbook(tmp_path / "leads_2.xlsx", {"Sheet1": [*lines, ["M", datetime(2026, 2, 1)]]})
    assert [row["created_at_is_date"] for row in read([few]).rows["leads"]][-1] is True
    assert [row["created_at_is_date"] for row in read([many]).rows["leads"]][-1] is False


def several(folder: Path) -> Read:
    (folder / "leads.csv").write_text("lead_id,created_at\nL1,2026-07-14\n")
    (folder / "leads_part_2.jsonl").write_text('{"lead_id": "L2", "created_at": "2026-07-14"}\n')
    (folder / "Deals Q3.csv").write_text("opportunity_id;lead_id;created_at\nD1;L1;2026-07-15\n")
    (folder / "notes.csv").write_text("a,b\n1,2\n")
    (folder / "readme.md").write_text("hello")
    (folder / ".hidden.csv").write_text("x")
    (folder / "more").mkdir()
    return read([folder])


def test_a_folder_is_one_import(tmp_path: Path) -> None:
    found = several(tmp_path)
    assert [row["lead_id"] for row in found.rows["leads"]] == ["L1", "L2"]
    assert [row["opportunity_id"] for row in found.rows["opportunities"]] == ["D1"]


def test_a_folder_says_what_it_passed_over(tmp_path: Path) -> None:
    said = several(tmp_path).said
    assert "readme.md was passed over" in said
    assert "more was passed over" in said
    assert "notes.csv was passed over: Nothing says which table this is" in said
    assert ".hidden" not in said


def test_a_file_that_is_named_for_a_table_must_be_usable(tmp_path: Path) -> None:
    (tmp_path / "handoffs.csv").write_text("handoff_id,at\nH1,2026-07-14\n")
    with pytest.raises(DataError, match="handoffs needs lead_id, and the file has: handoff_id, at"):
        several(tmp_path)
