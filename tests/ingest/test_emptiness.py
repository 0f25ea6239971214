"""Columns with nothing in them and mappings that want no row: in every kind of file, for every type of column."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from accord.cli.main import run
from accord.tables.schema import TABLES, Table, Type

VALUES = {
    Type.TEXT: "x",
    Type.INTEGER: "3",
    Type.NUMBER: "2.5",
    Type.BOOLEAN: "true",
    Type.TIME: "2026-07-14T10:00:00Z",
    Type.DATE: "2026-07-14",
}
Row = dict[str, str | None]


def as_csv(path: Path, rows: list[Row]) -> Path:
    path = path.with_suffix(".csv")
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def as_json_lines(path: Path, rows: list[Row]) -> Path:
    path = path.with_suffix(".jsonl")
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n", encoding="utf-8")
    return path


def as_parquet(path: Path, rows: list[Row]) -> Path:
    path = path.with_suffix(".parquet")
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    # An empty column of a data frame often has no type at all.
    kinds = {name: pa.string() if any(cells) else pa.null() for name, cells in columns.items()}
    pq.write_table(pa.table({name: pa.array(cells, kinds[name]) for name, cells in columns.items()}), path)
    return path


def as_xlsx(path: Path, rows: list[Row]) -> Path:
    path = path.with_suffix(".xlsx")
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append(list(row.values()))
    book.save(path)
    return path


FORMATS: dict[str, Callable[[Path, list[Row]], Path]] = {
    "csv": as_csv,
    "jsonl": as_json_lines,
    "parquet": as_parquet,
    "xlsx": as_xlsx,
}


def full_row(table: Table, number: int) -> Row:
    """A row with every column filled."""
    row: Row = {}
    for column in table.columns:
        row[column.name] = column.allowed[0] if column.allowed else VALUES[column.type]
        if column.name in table.key and column.type is Type.TEXT:
            row[column.name] = f"k{number}"
    return row | {"Note": "own", "Merged": None} if table.name == "leads" else row


def imported(folder: Path, capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, dict[str, dict[str, int]]]:
    capsys.readouterr()
    code = run([str(word) for word in ("import", *words, "--workspace", folder / "workspace", "--json")])
    printed = capsys.readouterr()
    assert "a defect of Accord" not in printed.err
    return code, json.loads(printed.out)["data"] if printed.out else {}


def written(folder: Path, kind: str, rows: dict[str, list[Row]]) -> Path:
    """A folder with one file per table: every table, and with them every type of column, in one import."""
    folder.mkdir()
    for name, of_table in rows.items():
        FORMATS[kind](folder / name, of_table)
    return folder


def full(rows: int = 3) -> dict[str, list[Row]]:
    return {table.name: [full_row(table, number) for number in range(rows)] for table in TABLES}


@pytest.mark.parametrize("kind", FORMATS)
def test_columns_that_are_empty_in_every_row(tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str) -> None:
    """All columns but those that a row needs are empty at once."""
    rows, bare = full(), full()
    for table in TABLES:
        needed = {column.name for column in table.columns if column.required} | set(table.key)
        needed |= {group[0] for group in table.any_of}
        for row in bare[table.name]:
            row.update(dict.fromkeys(row.keys() - needed))
    code, data = imported(tmp_path, capsys, written(tmp_path / "bare", kind, bare))
    assert code == 0
    assert {name: account["added"] for name, account in data.items()} == {name: len(rows[name]) for name in rows}
    # Filled later, the same rows change; emptied again, they are cleared.
    changed = {name: len(rows[name]) for name in rows} | {"spend": 0}  # each of its columns is needed, or is in its key
    for number, again in enumerate((rows, bare)):
        code, data = imported(tmp_path, capsys, written(tmp_path / f"again{number}", kind, again))
        assert code == 0
        assert {name: account["updated"] for name, account in data.items()} == changed


@pytest.mark.parametrize("kind", FORMATS)
def test_a_needed_column_that_is_empty_in_every_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    rows = full()
    for table in TABLES:
        needed = next(column.name for column in table.columns if column.required)
        for row in rows[table.name]:
            row[needed] = None
    code, data = imported(tmp_path, capsys, written(tmp_path / "spoilt", kind, rows))
    assert code == 1
    assert {name: account["quarantined"] for name, account in data.items()} == {name: len(rows[name]) for name in rows}


@pytest.mark.parametrize("kind", FORMATS)
def test_a_mapping_that_wants_no_row(tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str) -> None:
    rows = {name: [row | {"Wanted": "no"} for row in of_table] for name, of_table in full().items()}
    rules = []
    for table in TABLES:
        columns = ", ".join(f"{column.name}: {column.name}" for column in table.columns)
        rule = f"{{table: {table.name}, when: {{column: Wanted, is: 'yes'}}, columns: {{{columns}}}}}"
        rules.append(f"  - {{match: '{table.name}.*', tables: [{rule}]}}\n")
    mapping = tmp_path / "map.yaml"
    mapping.write_text("files:\n" + "".join(rules))
    folder = written(tmp_path / "unwanted", kind, rows)
    code, data = imported(tmp_path, capsys, folder, "--map", mapping)
    assert code == 0
    assert {name: account["read"] for name, account in data.items()} == dict.fromkeys(rows, 0)


@pytest.mark.parametrize("folder", ["fivetran_hubspot", "fivetran_marketo", "fivetran_salesforce", "hubspot_dummy"])
def test_real_export_folders_come_in_or_are_refused_with_reasons(
    shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], folder: str
) -> None:
    code, data = imported(tmp_path, capsys, shared_data / "crm_exports" / folder)
    assert code in {0, 1}
    for account in data.values():
        parts = ("added", "updated", "unchanged", "quarantined")
        assert account["read"] == sum(account[part] for part in parts)
