"""Rows that an earlier version refused, which kept neither the mapping, nor the reading, nor the identifier."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from accord.cli.main import run
from ingest.test_mending import mend, waiting

FOLLOWUP = "Dossier,Reçu le,Confié le\nA1,2026-03-01,2026-03-02\nA2,2026-03-01,later\nA3,soon,2026-03-04\n"
MAPPING = """\
files:
  - match: followup.csv
    tables:
      - table: leads
        columns: {lead_id: {column: Dossier}, created_at: {column: Reçu le}}
      - table: handoffs
        columns: {handoff_id: {column: Dossier}, lead_id: {column: Dossier}, at: {column: Confié le}}
"""
CONTACTS = (
    ("Record ID", "Email", "Create Date", "Became a Marketing Qualified Lead Date"),
    ("10", "a@example.com", "2026-01-01 10:00", "2026-02-20 10:00"),
    ("11", "b@example.com", "2026-01-01 10:00", "later"),
)
OLD_FORMAT = 1


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def grown_old() -> None:
    """The database as the first version left it, without what later ones keep with a refused row and their tables."""
    later = ("handoff_traces", "lead_overrides", "corrective_actions", "agreement_signatures", "agreement_versions")
    with sqlite3.connect("accord.db") as database:
        database.execute("UPDATE quarantine SET raw = json_remove(raw, '$._mapping', '$._reading', '$._key')")
        for table in later:
            database.execute(f"DROP TABLE {table}")
        database.execute("DELETE FROM django_migrations WHERE app = 'store' AND name > '0002'")
        database.execute("UPDATE accord_format SET version = ?", (OLD_FORMAT,))


def soon_mended(path: Path) -> None:
    mend(path, lambda row: row.update({name: "2026-03-05" for name, cell in row.items() if cell in {"soon", "later"}}))


def test_they_are_told_to_need_their_mapping_and_come_back_with_it(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("followup.csv").write_text(FOLLOWUP, encoding="utf-8")
    Path("map.yaml").write_text(MAPPING, encoding="utf-8")
    assert run(["import", "followup.csv", "--map", "map.yaml"]) == 0
    grown_old()
    assert waiting(capsys) == [("leads", "followup.csv", 4), ("handoffs", "followup.csv", 3)]
    assert run(["quarantine", "--csv", "mend.csv"]) == 0
    for name in ("leads", "handoffs"):
        soon_mended(Path("mend") / f"{name}.csv")

    capsys.readouterr()
    assert run(["import", "mend"]) == 1
    told = capsys.readouterr().err
    for name in ("leads", "handoffs"):
        needed = "How followup.csv was read was not kept with these rows. Import them with its mapping: "
        assert f"{needed}accord import mend/{name}.csv --map mapping.yaml" in told
    assert counts(capsys, "import", "mend", "--map", "map.yaml") == {"leads": 1, "handoffs": 1}
    assert waiting(capsys) == []


def test_those_of_a_recognised_export_need_nothing(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(Path("contacts.csv"), CONTACTS)
    assert run(["import", "contacts.csv"]) == 0
    grown_old()
    assert waiting(capsys) == [("handoffs", "contacts.csv", 3)]
    assert run(["quarantine", "--csv", "mend.csv"]) == 0
    soon_mended(Path("mend.csv"))
    assert counts(capsys, "import", "mend.csv") == {"handoffs": 1}
    assert waiting(capsys) == []


def counts(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, int]:
    """Rows added by an import, per table; nothing may be refused."""
    capsys.readouterr()
    assert run([*words, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)["data"]
    assert not any(each["quarantined"] for each in data.values())
    return {table: each["added"] for table, each in data.items()}


def write(path: Path, lines: Sequence[Sequence[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(lines)
