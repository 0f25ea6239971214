"""What comes after the moment the data describe does not exist, and a merged lead is one with the other (contract,
sections 1 and 2): no answer knows the one, and none tells the others apart.
"""

from __future__ import annotations

import csv
import json
import math
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from accord.cli.main import run

MOMENT = "2026-03-01T00:00:00Z"
LATER = "2026-03-02T10:00:00Z"
ZONE = ZoneInfo("Europe/Paris")  # the demo's
NOW = datetime.fromisoformat(MOMENT)
TIME = {
    "leads": "created_at",
    "touches": "at",
    "handoffs": "at",
    "decisions": "at",
    "activities": "at",
    "opportunities": "created_at",
    "orders": "at",
}
COMMANDS = (
    "acceptance --by channel --period month --definition all",
    "diagnose",
    "value --by channel",
    "value --attribution markov",
    "value --if acceptance=+10%",
    "recycle",
    "score",
    "learn",
    "learn --outcome win",
)
Row = dict[str, str]
Tables = dict[str, list[Row]]


def read(folder: Path) -> Tables:
    """The tables in the files of a folder."""
    tables = {}
    for file in folder.glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as opened:
            tables[file.stem] = list(csv.DictReader(opened))
    return tables


def write(tables: Tables, folder: Path) -> None:
    folder.mkdir()
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as opened:
            writer = csv.DictWriter(opened, list(dict.fromkeys(column for row in rows for column in row)))
            writer.writeheader()
            writer.writerows(rows)


def come(row: Row, time: str) -> bool:
    found = datetime.fromisoformat(row[time])
    return (found if found.tzinfo else found.replace(tzinfo=ZONE)) <= NOW


def as_it_was(tables: Tables) -> Tables:
    """The rows that had come by then, as they stood then: a deal that closed later was open."""
    kept = {name: [row for row in rows if name not in TIME or come(row, TIME[name])] for name, rows in tables.items()}
    open_then = {"closed_at": "", "won": "", "stage": "open"}
    kept["opportunities"] = [
        row if not row["closed_at"] or come(row, "closed_at") else row | open_then for row in kept["opportunities"]
    ]
    return kept


def with_a_future(tables: Tables) -> Tables:
    """The same, with one more of everything that can happen to a lead, for every lead and afterwards."""
    answer = dict(tables)
    for n, lead in enumerate(tables["leads"]):
        of = {"lead_id": lead["lead_id"], "at": LATER}
        rows: dict[str, Row] = {
            "touches": of | {"touch_id": f"later{n}", "kind": "demo_request"},
            "handoffs": of | {"handoff_id": f"later{n}"},
            "decisions": of | {"decision_id": f"later{n}", "outcome": "accepted"},
            "activities": of | {"activity_id": f"later{n}", "kind": "meeting", "outcome": "held"},
            "orders": of | {"order_id": f"later{n}", "amount": "1000"},
            "opportunities": {
                "lead_id": lead["lead_id"],
                "opportunity_id": f"later{n}",
                "created_at": LATER,
                "closed_at": LATER,
                "won": "true",
                "amount": "1000",
            },
        }
        answer = {name: [*known, *([rows[name]] if name in rows else [])] for name, known in answer.items()}
    return answer


def under_other_names(tables: Tables) -> Tables:
    """The same, with every event but the handoffs of a lead under a name that was merged into it."""
    answer = dict(tables)
    answer["leads"] = [
        *tables["leads"],
        *({**row, **other_name(row), "merged_into": row["lead_id"]} for row in tables["leads"]),
    ]
    for name in ("touches", "decisions", "activities", "opportunities", "orders"):
        answer[name] = [row | other_name(row) if row["lead_id"] else row for row in tables[name]]
    return answer


def other_name(row: Row) -> Row:
    return {"lead_id": f"former {row['lead_id']}"}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company in its own folder, at the moment."""
    folder = tmp_path_factory.mktemp("made")
    options = ["--size", "1500", "--until", "2026-04-01", "--seed", "3"]
    assert run(["demo", *options, "--workspace", str(folder)]) == 0
    return workspace(as_it_was(read(folder / "files")), tmp_path_factory.mktemp("company"), folder)


def workspace(tables: Tables, folder: Path, agreed: Path) -> Path:
    write(tables, folder / "files")
    (folder / "accord.yaml").write_bytes((agreed / "accord.yaml").read_bytes())
    assert run(["import", str(folder / "files"), "--workspace", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module", params=[with_a_future, under_other_names])
def altered(request: pytest.FixtureRequest, company: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same company with rows that change nothing."""
    return workspace(request.param(read(company / "files")), tmp_path_factory.mktemp("altered"), company)


def answer(capsys: pytest.CaptureFixture[str], command: str, folder: Path) -> Any:
    capsys.readouterr()
    assert run([*command.split(), "--json", "--as-of", MOMENT, "--workspace", str(folder)]) == 0, command
    return json.loads(capsys.readouterr().out)["data"]


def differences(one: Any, other: Any, path: str = "") -> list[str]:
    """Where two answers differ, but for the last digits: other rows beside them are added up in another order."""
    if isinstance(one, float) and isinstance(other, float) and math.isclose(one, other, rel_tol=1e-9):
        return []
    if isinstance(one, dict) and isinstance(other, dict):
        return [
            found
            for name in sorted({*one, *other})
            for found in differences(one.get(name), other.get(name), f"{path}.{name}")
        ]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [
            found
            for n, (a, b) in enumerate(zip(one, other, strict=True))
            for found in differences(a, b, f"{path}[{n}]")
        ]
    return [] if one == other else [f"{path}: {one!s:.120} / {other!s:.120}"]


@pytest.mark.parametrize("command", COMMANDS)
def test_what_has_not_come_and_what_is_called_otherwise_changes_nothing(
    command: str, company: Path, altered: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert differences(answer(capsys, command, company), answer(capsys, command, altered)) == []
