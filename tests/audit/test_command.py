"""``accord audit`` on a workspace, from the command line: both databases, text and JSON, quarantine and moments."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from accord.cli.main import run
from accord.ingest.apply import apply_import
from accord.ingest.staged import StagedTable
from accord.tables.schema import TABLES, Type
from accord.workspace import Workspace
from audit.company import Row, Tables, arrow_table, clean_company
from audit.scenarios import SCENARIOS

AGREEMENT = """name: acme
version: "3"
timezone: Europe/Paris
acceptance:
  calendar:
    country: FR
"""


def stage(name: str, rows: list[Row], folder: Path, refused: int = 0) -> StagedTable:
    """The rows of one table as an import would have read them; the last ``refused`` lines were refused."""
    table = next(table for table in TABLES if table.name == name)
    stored = arrow_table(name, rows)
    known = [column for column in stored.column_names if column != "Email"]
    extra = [json.dumps({"Email": row.get("Email")}) for row in rows] if name == "leads" else [None] * len(rows)
    staged = stored.select(known)
    staged = staged.append_column("extra", pa.array(extra, pa.string()))
    staged = staged.append_column("line", pa.array(range(2, len(rows) + 2), pa.int64()))
    parquet.write_table(staged, folder / f"{name}.parquet")
    quarantined = None
    if refused:
        quarantined = folder / f"{name}-refused.parquet"
        parquet.write_table(
            pa.table(
                {
                    "file": [f"{name}.csv"] * refused,
                    "line": pa.array(range(len(rows) + 2, len(rows) + 2 + refused), pa.int64()),
                    "raw": ['{"at": "soon"}'] * refused,
                    "reasons": ['[{"code": "not_a_time", "column": "at", "value": "soon", "message": "", "hint": ""}]']
                    * refused,
                }
            ),
            quarantined,
        )
    return StagedTable(
        table=name,
        source=f"{name}.csv",
        rows=folder / f"{name}.parquet",
        present=tuple(column.name for column in table.columns),
        extra_types={"Email": Type.TEXT} if name == "leads" else {},
        read=len(rows) + refused,
        refused=refused,
        quarantined=quarantined,
    )


def fill(place: Path, tables: Tables, refused: Mapping[str, int] | None = None) -> None:
    """Import ``tables`` into the workspace at ``place``."""
    staging = place / "staged"
    staging.mkdir(parents=True)
    (place / "accord.yaml").write_text(AGREEMENT, encoding="utf-8")
    staged = [
        stage(name, rows, staging, (refused or {}).get(name, 0))
        for name, rows in tables.items()
        if rows or (refused or {}).get(name)
    ]
    apply_import(Workspace(place), staged, source="test")


def said(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    code = run(["audit", *arguments])
    captured = capsys.readouterr()
    assert code == 0, captured.err
    return captured.out


def answered(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(said(["--json", *arguments], capsys))
    return answer


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_workspace_is_audited(
    database: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if database == "postgresql":
        monkeypatch.setenv("ACCORD_DATABASE", request.getfixturevalue("postgres_url"))
    tables = clean_company(leads=150)
    expected = SCENARIOS["missing_reasons"].spoil(tables)
    SCENARIOS["duplicate_leads"].spoil(tables)
    fill(tmp_path, tables, refused={"decisions": 4})
    answer = answered(["--workspace", str(tmp_path)], capsys)
    found = {check["code"]: check for check in answer["data"]["checks"]}
    assert (found["missing_reasons"]["affected"], found["missing_reasons"]["of"]) == (expected.affected, expected.of)
    assert found["duplicate_leads"]["affected"] == 4
    assert (found["quarantined_rows"]["affected"], found["quarantined_rows"]["table"]) == (4, "decisions")
    assert answer["agreement"] == {"name": "acme", "version": "3"}
    newest = max(row["at"] for name in ("handoffs", "decisions", "activities", "touches") for row in tables[name])
    assert answer["as_of"] == f"{newest.isoformat()}Z"
    assert answer["data"]["tables"]["activities"] == len(tables["activities"])
    again = answered(["--workspace", str(tmp_path)], capsys)
    assert again == answer


def test_a_person_reads_it_in_either_language(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(tmp_path, clean_company(leads=60))
    english = said(["--workspace", str(tmp_path)], capsys)
    assert english.startswith("Can these data carry the figures?")
    french = said(["--workspace", str(tmp_path), "--lang", "fr"], capsys)
    assert french != english


def test_the_moment_can_be_chosen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tables = clean_company(leads=60)
    fill(tmp_path, tables)
    answer = answered(["--workspace", str(tmp_path), "--as-of", "2026-03-31"], capsys)
    assert answer["as_of"] == "2026-03-30T22:00:00Z"
    later = {
        check["table"]: check["affected"] for check in answer["data"]["checks"] if check["code"] == "later_than_as_of"
    }
    moment = answer["as_of"].removesuffix("Z")
    assert later["handoffs"] == sum(row["at"].isoformat() > moment for row in tables["handoffs"])


def test_leads_and_deals_alone_have_an_audit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tables = clean_company(leads=150)
    for name in ("handoffs", "decisions", "activities", "touches", "orders", "spend"):
        tables[name].clear()
    fill(tmp_path, tables)
    answer = answered(["--workspace", str(tmp_path)], capsys)
    newest = max(row["created_at"] for name in ("leads", "opportunities") for row in tables[name])
    assert answer["as_of"] == f"{newest.isoformat()}Z"
    assert answer["data"]["checks"][0]["code"] == "nothing_handed_over"
    grades = answer["data"]["grades"]
    assert grades["rate"]["unknown"] == "not_recorded"
    assert grades["conversion"]["grade"] == "A"


def test_without_a_workspace_it_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["audit", "--workspace", str(tmp_path)]) == 1
    assert "accord import" in capsys.readouterr().err


def test_a_wrong_moment_is_the_command_lines_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["audit", "--workspace", str(tmp_path), "--as-of", "yesterday"]) == 2
    assert "yesterday" in capsys.readouterr().err
