"""Refused rows of files that a mapping read: written to be mended, mended, refused again, and never lost."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accord.cli.main import run

FOLLOWUP = (
    "Prospect;Entreprise;Créé le;Transmis le;Commercial;Accepté le;Refusé le;Motif\n"
    "P1;Acme;01/07/2026;02/07/2026 09:30;Bea;03/07/2026 15:30;;\n"
    "P2;Beta;32/07/2026;13/07/2026 09:30;Léo;;34/07/2026 15:30;hors cible\n"  # refused as a lead and as a decision
    'P3;Ga"mma;02/07/2026;13/07/2026 09:30\n'  # cannot be cut into cells
    ";Delta;02/07/2026;14/07/2026 09:30;Léo;;15/07/2026 15:30;hors cible\n"  # names no lead
)
Rows = list[dict[str, str]]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def answer(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = run([*map(str, words), "--json"])
    printed: dict[str, Any] = json.loads(capsys.readouterr().out)
    for counts in printed["data"].values():
        if words[0] == "import":
            assert counts["read"] == sum(number for name, number in counts.items() if name != "read")
    return code, printed


def waiting(capsys: pytest.CaptureFixture[str]) -> list[tuple[str, str, int]]:
    _code, printed = answer(capsys, "quarantine")
    rows = printed["data"]["rows"]
    assert not {name for row in rows for name in row["raw"]} & {"_mapping", "_key", "_quarantine"}
    return [(row["table"], row["file"], row["line"]) for row in rows]


def mend(path: Path, change: Callable[[dict[str, str]], object]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        change(row)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def mapped(capsys: pytest.CaptureFixture[str]) -> None:
    """The follow-up imported by the mapping that is proposed for it."""
    Path("followup.csv").write_text(FOLLOWUP, encoding="utf-8")
    run(["import", "followup.csv", "--dry-run", "--write-map", "map.yaml"])
    code, printed = answer(capsys, "import", "followup.csv", "--map", "map.yaml")
    assert code == 0
    assert {table: counts["quarantined"] for table, counts in printed["data"].items()} == {
        "leads": 3,
        "handoffs": 1,
        "decisions": 2,
    }


def test_the_mapping_travels_with_the_refused_rows(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mapped(capsys)
    assert run(["quarantine", "--csv", "mend.csv"]) == 0
    assert {path.name for path in Path("mend").iterdir()} == {
        *("leads.csv", "leads-2.csv", "handoffs.csv", "decisions.csv")
    }
    headings = Path("mend/decisions.csv").read_text(encoding="utf-8").splitlines()[0]
    assert headings.endswith("Prospect,Entreprise,Créé le,Transmis le,Commercial,Accepté le,Refusé le,Motif")
    # As they are, they are refused again: nothing is lost, nothing is there twice.
    before = waiting(capsys)
    _code, printed = answer(capsys, "import", "mend")
    assert printed["data"]["decisions"] == {"read": 2, "added": 0, "updated": 0, "unchanged": 0, "quarantined": 2}
    expected = sorted(row for row in before if row != ("leads", "followup.csv", 4))
    # The row that could not be cut reads as a lead and a handoff now: its decision says nothing yet.
    assert sorted(waiting(capsys)) == expected

    def better(row: dict[str, str]) -> None:
        row |= {name: cell.replace("32/07", "02/07") for name, cell in row.items() if not name.startswith("_")}
        row["Prospect"] = row["Prospect"] or "P4"

    for path in Path("mend").iterdir():
        mend(path, better)
    _code, printed = answer(capsys, "import", "mend")
    assert printed["data"]["decisions"] == {"read": 2, "added": 1, "updated": 0, "unchanged": 0, "quarantined": 1}
    assert waiting(capsys) == [("decisions", "followup.csv", 3)]
    # The same file, mended once more: its number is that of the first refusal.
    mend(Path("mend/decisions.csv"), lambda row: row.update({"Refusé le": row["Refusé le"].replace("34", "14")}))
    _code, printed = answer(capsys, "import", "mend/decisions.csv")
    assert printed["data"] == {"decisions": {"read": 2, "added": 1, "updated": 0, "unchanged": 1, "quarantined": 0}}
    assert waiting(capsys) == []
    _code, printed = answer(capsys, "acceptance")
    totals = printed["data"]["totals"]
    assert (totals["handed"], totals["accepted"], totals["rejected"]) == (4, 1, 2)


def test_a_row_that_could_not_be_cut_gives_all_its_tables(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mapped(capsys)
    run(["quarantine", "--csv", "mend.csv", "--table", "leads"])
    mend(Path("mend/leads-2.csv"), lambda row: row.update({"Commercial": "Zoé", "Accepté le": "15/07/2026"}))
    _code, printed = answer(capsys, "import", "mend/leads-2.csv")
    assert {table: counts["added"] for table, counts in printed["data"].items()} == {
        "leads": 1,
        "handoffs": 1,
        "decisions": 1,
    }


def test_messages_name_the_heading(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mapped(capsys)
    capsys.readouterr()
    run(["quarantine"])
    said = " ".join(capsys.readouterr().out.split())
    assert "Créé le (created_at) is 32/07/2026" in said
    assert "Refusé le (at) is 34/07/2026 15:30" in said
    assert "Prospect (lead_id) is empty. Every row needs it: fill it in. followup.csv:5 handoffs" in said
    _code, printed = answer(capsys, "quarantine")
    told = {
        (row["table"], reason["column"], reason["heading"])
        for row in printed["data"]["rows"]
        for reason in row["reasons"]
        if reason["code"] == "impossible_date"
    }
    assert told == {("leads", "created_at", "Créé le"), ("decisions", "at", "Refusé le")}


def test_a_better_mapping_takes_back_what_it_now_reads(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("log.csv").write_text(
        "No;Prospect;Le;Verdict\n1;P1;2026-07-14;oui\n2;P2;2026-07-15;bof\n3;P3;2026-02-30;oui\n", encoding="utf-8"
    )
    rule = (
        "files: [{{match: log.csv, tables: [{{table: decisions, columns: {{decision_id: 'No', lead_id: Prospect, "
        "at: Le, outcome: {{column: Verdict, words: {{{words}}}}}}}, keep: none}}]}}]"
    )
    Path("map.yaml").write_text(rule.format(words="oui: accepted"), encoding="utf-8")
    _code, printed = answer(capsys, "import", "log.csv", "--map", "map.yaml")
    assert printed["data"]["decisions"]["quarantined"] == 2
    capsys.readouterr()
    run(["quarantine"])
    snippet = "outcome: {column: Verdict, words: {bof: accepted}}"
    assert snippet in " ".join(capsys.readouterr().out.split())
    Path("map.yaml").write_text(rule.format(words="oui: accepted, bof: rejected"), encoding="utf-8")
    _code, printed = answer(capsys, "import", "log.csv", "--map", "map.yaml")
    assert printed["data"]["decisions"] == {"read": 3, "added": 1, "updated": 0, "unchanged": 1, "quarantined": 1}
    # Line 3 is read now; line 4 is refused again, by another mapping, and waits once.
    assert waiting(capsys) == [("decisions", "log.csv", 4)]


def test_the_same_key_in_a_newer_file_makes_the_refused_row_obsolete(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("leads.csv").write_text("lead_id,created_at\nL1,2026-07-32\nL2,2026-07-33\n,2026-07-14\n", encoding="utf-8")
    answer(capsys, "import", "leads.csv")
    Path("leads_august.csv").write_text("lead_id,created_at\nL1,2026-07-31\n", encoding="utf-8")
    answer(capsys, "import", "leads_august.csv")
    assert waiting(capsys) == [("leads", "leads.csv", 3), ("leads", "leads.csv", 4)]
    answer(capsys, "import", "leads.csv")  # the first file again: L1 was dealt with, the others wait once
    assert waiting(capsys) == [("leads", "leads.csv", 3), ("leads", "leads.csv", 4)]


def test_an_unmended_file_leaves_its_rows_waiting(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("leads.csv").write_text("lead_id,created_at\nL1,2026-07-32\n,2026-07-14\n", encoding="utf-8")
    answer(capsys, "import", "leads.csv")
    for round_ in range(3):
        run(["quarantine", "--csv", f"mend{round_}.csv"])
        code, printed = answer(capsys, "import", f"mend{round_}.csv")
        assert (code, printed["data"]["leads"]["quarantined"]) == (1, 2)
        assert waiting(capsys) == [("leads", "leads.csv", 2), ("leads", "leads.csv", 3)]


def test_exports_of_a_system_come_back_without_a_mapping(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("contacts.csv").write_text(
        "Record ID,Email,Create Date,Contact owner,Lifecycle Stage,Became a Marketing Qualified Lead Date\n"
        "101,a@x.org,2026-07-01 09:12,Bea,Marketing Qualified Lead,2026-07-02 25:00\n"
        "102,b@x.org,2026-07-01 11:40,Bea,Marketing Qualified Lead,2026-07-04 08:30\n",
        encoding="utf-8",
    )
    answer(capsys, "import", "contacts.csv")
    assert waiting(capsys) == [("handoffs", "contacts.csv", 2)]
    run(["quarantine", "--csv", "mend.csv"])
    mend(Path("mend.csv"), lambda row: row.update({"Became a Marketing Qualified Lead Date": "2026-07-02 15:00"}))
    _code, printed = answer(capsys, "import", "mend.csv")
    assert printed["data"] == {"handoffs": {"read": 1, "added": 1, "updated": 0, "unchanged": 0, "quarantined": 0}}
    assert printed["files"][0]["understood"] == "mended"
    assert waiting(capsys) == []


def test_files_with_other_headings_are_mended_apart(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # One file for both would give the second a column origin, empty: it would clear what is known.
    Path("leads.csv").write_text("lead_id,created_at,origin\nL1,2026-07-32,web\n", encoding="utf-8")
    Path("leads_2.csv").write_text("Lead ID,Created at\nL2,2026-07-33\n", encoding="utf-8")
    answer(capsys, "import", "leads.csv", "leads_2.csv")
    run(["quarantine", "--csv", "mend.csv"])
    headings = {path.name: path.read_text(encoding="utf-8").splitlines()[0] for path in Path("mend").iterdir()}
    assert headings["leads.csv"].endswith("lead_id,created_at,origin")
    assert headings["leads-2.csv"].endswith("Lead ID,Created at")


def test_rows_read_in_two_ways_are_not_taken_for_one(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mapped(capsys)
    run(["quarantine", "--csv", "mend.csv"])
    one, two = (Path(f"mend/{name}.csv").read_text(encoding="utf-8").splitlines() for name in ("leads", "decisions"))
    Path("both.csv").write_text("\n".join([*one, *two[1:]]), encoding="utf-8")
    capsys.readouterr()
    assert run(["import", "both.csv"]) == 1
    assert "were not all read in the same way" in " ".join(capsys.readouterr().err.split())


def test_a_column_that_was_taken_away_is_named(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mapped(capsys)
    run(["quarantine", "--csv", "mend.csv"])
    path = Path("mend/decisions.csv")
    path.write_text(path.read_text(encoding="utf-8").replace("Refusé le", "Refus"), encoding="utf-8")
    capsys.readouterr()
    assert run(["import", str(path)]) == 1
    assert "has no column Refusé le" in " ".join(capsys.readouterr().err.split())


def test_the_command_names_the_file_that_is_needed_beside(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("people.csv").write_text("Mail;Code\nann@x.org;7\n", encoding="utf-8")
    Path("acts.csv").write_text("Ref;Mail;Le;Quoi\na1;ann@x.org;2026-07-32;call\n", encoding="utf-8")
    Path("map.yaml").write_text(
        "files: [{match: acts.csv, tables: [{table: activities, columns: {activity_id: Ref, at: Le, kind: Quoi, "
        "lead_id: {lookup: Mail, in: {file: people.csv}, by: Mail, give: Code}}, keep: none}]}, {match: people.csv, "
        "tables: [{table: leads, columns: {lead_id: Code, created_at: {constant: '2026-07-01'}}}]}]",
        encoding="utf-8",
    )
    answer(capsys, "import", "acts.csv", "people.csv", "--map", "map.yaml")
    run(["quarantine", "--csv", "mend.csv"])
    assert "then: accord import mend.csv people.csv" in " ".join(capsys.readouterr().err.split())


def test_it_is_the_same_in_postgresql(
    here: Path, postgres_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCORD_DATABASE", postgres_url)
    mapped(capsys)
    run(["quarantine", "--csv", "mend.csv", "--table", "decisions"])
    answer(capsys, "import", "mend.csv")
    mend(
        Path("mend.csv"), lambda row: row.update({"Refusé le": "14/07/2026 15:30", "Prospect": row["Prospect"] or "P4"})
    )
    _code, printed = answer(capsys, "import", "mend.csv")
    assert printed["data"] == {"decisions": {"read": 2, "added": 2, "updated": 0, "unchanged": 0, "quarantined": 0}}
    assert [row[0] for row in waiting(capsys)] == ["leads", "leads", "leads", "handoffs"]


def test_the_first_file_again_after_mending_points_to_no_empty_list(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(*words: str) -> str:
        capsys.readouterr()
        run(list(words))
        printed = capsys.readouterr()
        return " ".join((printed.out + printed.err).split())

    Path("leads.csv").write_text("lead_id,created_at\nL1,2026-07-32\n,2026-07-14\nL3,2026-07-01\n", encoding="utf-8")
    assert "accord quarantine --csv mend.csv" in said("import", "leads.csv")
    run(["quarantine", "--csv", "mend.csv"])
    mend(Path("mend.csv"), lambda row: row.update(lead_id=row["lead_id"] or "L2", created_at="2026-07-14"))
    said("import", "mend.csv")
    assert waiting(capsys) == []
    for _again in range(3):  # the last time, the files are known without reading them
        again = said("import", "leads.csv")
        assert "2 rows were refused; they were mended before, and nothing waits." in again
        assert "accord quarantine" not in again
    Path("new.csv").write_text("lead_id,created_at\nL9,2026-07-32\n", encoding="utf-8")
    said("import", "new.csv", "--table", "leads")
    assert "accord quarantine --csv mend.csv" in said("import", "leads.csv")  # another row of leads waits


def test_a_row_that_was_mended_in_vain_still_waits_when_the_first_file_comes_again(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("leads.csv").write_text("lead_id,created_at\nL1,2026-07-32\n,2026-07-14\n", encoding="utf-8")
    answer(capsys, "import", "leads.csv")
    run(["quarantine", "--csv", "mend.csv"])
    mend(Path("mend.csv"), lambda row: row.update(lead_id=row["lead_id"] or "L2"))
    answer(capsys, "import", "mend.csv")
    assert waiting(capsys) == [("leads", "leads.csv", 2)]
    run(["import", "leads.csv"])
    assert "accord quarantine" in capsys.readouterr().out
    assert waiting(capsys) == [("leads", "leads.csv", 2)]
    run(["quarantine", "--csv", "mend.csv"])
    mend(Path("mend.csv"), lambda row: row.update(created_at="2026-07-31"))
    answer(capsys, "import", "mend.csv")
    assert waiting(capsys) == []
