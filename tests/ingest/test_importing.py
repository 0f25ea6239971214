"""Imports from beginning to end: what is stored, what the commands print, and how refused rows come back mended."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from accord.cli.main import run
from accord.ingest.importing import import_files, rehearse
from accord.language import use_language
from accord.store.database import open_store
from accord.workspace import Workspace

LEADS = "lead_id,created_at,origin,employees,Region\nL1,2026-07-14,web,12,North\nL2,2026-07-15T10:00:00Z,fair,,South\n"
COUNTS = ("read", "added", "updated", "unchanged", "quarantined")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "workspace"


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def accord(*words: object) -> int:
    return run([str(word) for word in words])


def answer(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = accord(*words, "--json")
    printed: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, printed


def test_the_json_of_an_import(tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, "leads.csv", LEADS + "L3,2026-02-30,web,x,\n")
    code, printed = answer(capsys, "import", path, "--workspace", place)
    assert code == 0
    assert printed["data"] == {"leads": {"read": 3, "added": 2, "updated": 0, "unchanged": 0, "quarantined": 1}}
    assert list(printed)[:4] == ["accord", "agreement", "as_of", "data"]
    assert printed["as_of"] == "2026-07-15T10:00:00Z"
    (file,) = printed["files"]
    assert file["refused"] == [
        {
            "table": "leads",
            "code": "impossible_date",
            "column": "created_at",
            "rows": 1,
            "line": 4,
            "value": "2026-02-30",
            "heading": None,
        },
        {"table": "leads", "code": "not_an_integer", "column": "employees", "rows": 1, "line": 4, "value": "x"}
        | {"heading": None},
    ]


def test_what_is_stored(tmp_path: Path, place: Path) -> None:
    import_files(Workspace(place), [write(tmp_path, "leads.csv", LEADS)])
    with open_store(Workspace(place).database_url, read_only=True) as store:
        row = store.row("leads", "L1")
        assert row is not None
        assert (row.values["origin"], row.values["employees"], row.values["created_at_is_date"]) == ("web", 12, True)
        assert row.extra == {"Region": "North"}


def test_the_same_file_again_changes_nothing(tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, "leads.csv", LEADS + "L3,bad,,,\n")
    accord("import", path, "--workspace", place)
    code, printed = answer(capsys, "import", path, "--workspace", place)
    assert code == 0
    assert printed["data"] == {"leads": dict(zip(COUNTS, (3, 0, 0, 2, 1), strict=True))}
    renamed = write(tmp_path, "leads_again.csv", LEADS)
    code, printed = answer(capsys, "import", renamed, "--workspace", place)
    assert printed["data"] == {"leads": dict(zip(COUNTS, (2, 0, 0, 2, 0), strict=True))}


def test_absent_columns_stay_and_empty_cells_clear(tmp_path: Path, place: Path) -> None:
    workspace = Workspace(place)
    import_files(workspace, [write(tmp_path, "leads.csv", LEADS)])
    import_files(workspace, [write(tmp_path, "leads.csv", "lead_id,created_at,origin\nL1,2026-07-14,\n")])
    with open_store(workspace.database_url, read_only=True) as store:
        row = store.row("leads", "L1")
        assert row is not None
        assert (row.values["origin"], row.values["employees"], row.extra) == (None, 12, {"Region": "North"})


def test_within_one_file_the_last_wins(tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(
        tmp_path, "leads.csv", "lead_id,created_at,origin\nL1,2026-07-14,a\nL1,2026-07-14,b\nL1,2026-07-14,c\n"
    )
    code, printed = answer(capsys, "import", path, "--workspace", place)
    assert (code, printed["data"]["leads"]) == (0, dict(zip(COUNTS, (3, 1, 2, 0, 0), strict=True)))
    with open_store(Workspace(place).database_url, read_only=True) as store:
        row = store.row("leads", "L1")
        assert row is not None
        assert row.values["origin"] == "c"


def test_a_rehearsal_foresees_and_changes_nothing(
    tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, "leads.csv", LEADS)
    code, printed = answer(capsys, "import", path, "--dry-run", "--workspace", place)
    assert (code, printed["dry_run"], printed["as_of"]) == (0, True, None)
    assert printed["data"] == {"leads": dict(zip(COUNTS, (2, 2, 0, 0, 0), strict=True))}
    assert not place.exists()
    accord("import", path, "--workspace", place)
    changed = write(tmp_path, "leads.csv", LEADS.replace("web", "fair").replace("L2", "L9"))
    foreseen = rehearse(Workspace(place), [changed]).accounting
    assert [getattr(foreseen["leads"], name) for name in COUNTS] == [2, 1, 1, 0, 0]
    assert import_files(Workspace(place), [changed]).accounting == foreseen


def test_a_rehearsal_tells_what_each_column_becomes(
    tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(
        tmp_path,
        "prospects.csv",
        "Contact ID,Email,Create Date,Lead Source,Lead Status\n1,a@x.org,2026-07-14,Web,New\n",
    )
    assert accord("import", path, "--dry-run", "--workspace", place) == 0
    shown = capsys.readouterr().out
    assert "recognised as HubSpot contacts" in shown
    assert "Create Date  2026-07-14  leads.created_at (time)   95%" in shown
    assert "Lead Status  New         kept with leads (text)    95%" in shown
    assert "There is no handoff in these data" in shown


def test_a_proposed_mapping_gives_the_same(tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(
        tmp_path,
        "prospects.csv",
        "Contact ID,Email,Create Date,Lead Source,Lead Status\n1,a@x.org,2026-07-14,Web,New\n",
    )
    mapping = tmp_path / "mapping.yaml"
    assert accord("import", path, "--dry-run", "--write-map", mapping, "--workspace", place) == 0
    text = mapping.read_text(encoding="utf-8")
    assert "origin: Lead Source" in text
    mapping.write_text(text.replace("origin: Lead Source", "channel: Lead Source"), encoding="utf-8")
    code, printed = answer(capsys, "import", path, "--map", mapping, "--workspace", place)
    assert (code, printed["data"]["leads"]["added"]) == (0, 1)
    with open_store(Workspace(place).database_url, read_only=True) as store:
        row = store.row("leads", "1")
        assert row is not None
        assert (row.values["channel"], row.values["origin"]) == ("Web", None)


def test_what_nobody_understands_is_proposed(tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, "liste.csv", "Numéro;Société;Pays\n1;Acme;FR\n")
    mapping = tmp_path / "mapping.yaml"
    words = ("import", path, "--table", "leads", "--dry-run", "--write-map", mapping, "--workspace", place)
    assert accord(*words) == 1
    assert "not understood; this is what it might be" in capsys.readouterr().out
    text = mapping.read_text(encoding="utf-8")
    assert "company: Société" in text
    assert "lead_id: name the column" in text
    assert accord("import", path, "--map", mapping, "--workspace", place) == 1
    assert "Name the column of" in capsys.readouterr().err
    text = text.replace("lead_id: name the column", "lead_id: Numéro")
    mapping.write_text(
        text.replace("created_at: name the column", "created_at: {constant: 2026-07-14}"), encoding="utf-8"
    )
    assert accord("import", path, "--map", mapping, "--workspace", place) == 0


def test_write_map_needs_dry_run(tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, "leads.csv", LEADS)
    assert accord("import", path, "--write-map", "x.yaml", "--workspace", place) == 2
    assert "--write-map goes with --dry-run" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["import"], 2),
        # what the command line names is not there: the command line is at fault, for data and mapping alike
        (["import", "nowhere.csv"], 2),
        (["import", "x.csv", "--map", "nowhere.yaml"], 2),
        (["import", "x.csv", "--table", "laeds"], 2),
        (["import", "--nope"], 2),
    ],
)
def test_exit_codes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], code: int) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "x.csv", LEADS)
    assert accord(*words) == code


def test_every_row_refused(tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, "leads.csv", "lead_id,created_at\n,2026-07-14\n")
    code, printed = answer(capsys, "import", path, "--workspace", place)
    assert (code, printed["data"]["leads"]["quarantined"]) == (1, 1)


def test_a_table_may_be_told(tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, "export.csv", "id,source,date de création\n1,web,14/07/2026\n")
    code, printed = answer(capsys, "import", path, "--table", "leads", "--workspace", place)
    assert (code, printed["data"]["leads"]["added"]) == (0, 1)
    assert "Columns were read by what their names mean" in " ".join(printed["files"][0]["notes"])


BAD = "lead_id;created_at;budget\nL1;14/07/2026;1 000,5\nL2;32/07/2026;2,5\n;03/04/2026;x\nL4;01/02/2026\n"


def test_refused_rows_come_back_mended(tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    accord("import", write(tmp_path, "leads.csv", BAD), "--workspace", place)
    capsys.readouterr()
    assert accord("quarantine", "--workspace", place) == 0
    listed = capsys.readouterr().out
    assert "3 rows in quarantine" in listed
    assert "leads.csv:3" in listed
    assert "created_at is 32/07/2026: there is no such day or hour" in listed

    mended = tmp_path / "mend.csv"
    assert accord("quarantine", "--csv", mended, "--workspace", place) == 0
    rows = list(csv.DictReader(io.StringIO(mended.read_text(encoding="utf-8"))))
    assert [row["_line"] for row in rows] == ["3", "4", "5"]
    assert "lead_id is empty. Every row needs it" in rows[1]["_reasons"]
    rows[0]["created_at"] = "03/07/2026"  # read the day first, as in the file it came from
    rows[1] |= {"lead_id": "L3", "budget": "1,234"}  # the comma is the decimal sign, as in the file it came from
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows[:2])
    code, printed = answer(capsys, "import", write(tmp_path, "mended.csv", out.getvalue()), "--workspace", place)
    assert (code, printed["data"]["leads"]) == (0, dict(zip(COUNTS, (2, 2, 0, 0, 0), strict=True)))
    with open_store(Workspace(place).database_url, read_only=True) as store:
        second, third = store.row("leads", "L2"), store.row("leads", "L3")
        assert second is not None
        assert third is not None
        assert str(second.values["created_at"]) == "2026-07-03 00:00:00"
        assert third.values["budget"] == 1.234
        assert third.extra == {}
        assert [row.line for row in store.quarantined("leads")] == [5]
        assert len(store.quarantined("leads", mended=True)) == 3


def test_a_row_mended_badly_is_refused_anew(tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    accord("import", write(tmp_path, "leads.csv", "lead_id,created_at\nL1,bad\nL2,2026-07-14\n"), "--workspace", place)
    mended = tmp_path / "mend.csv"
    accord("quarantine", "--csv", mended, "--workspace", place)
    code, printed = answer(capsys, "import", mended, "--workspace", place)
    assert (code, printed["data"]["leads"]["quarantined"]) == (1, 1)
    _code, kept = answer(capsys, "quarantine", "--workspace", place)
    (row,) = kept["data"]["rows"]
    origin = str(tmp_path / "leads.csv")
    assert (row["file"], row["raw"]["lead_id"], row["reasons"][0]["code"]) == (origin, "L1", "not_a_time")


def test_quarantine_by_table(tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    write(folder, "leads.csv", "lead_id,created_at\nL1,2026-07-14\n,x\n")
    write(folder, "decisions.csv", "decision_id,lead_id,at,outcome\nd1,L1,2026-07-14,nope\n")
    accord("import", folder, "--workspace", place)
    assert accord("quarantine", "--csv", tmp_path / "mend.csv", "--workspace", place) == 0
    assert {path.name for path in tmp_path.glob("mend*")} == {"mend"}
    assert {path.name for path in (tmp_path / "mend").iterdir()} == {"leads.csv", "decisions.csv"}
    told = capsys.readouterr().err
    assert f"Written: the folder {tmp_path / 'mend'} with " in told
    assert f"accord import {tmp_path / 'mend'} --workspace {place}" in told
    _code, kept = answer(capsys, "quarantine", "--table", "decisions", "--workspace", place)
    assert [row["table"] for row in kept["data"]["rows"]] == ["decisions"]
    assert accord("quarantine", "--table", "nope", "--workspace", place) == 2


def test_reasons_are_told_in_the_readers_language(
    tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    accord("import", write(tmp_path, "leads.csv", "lead_id,created_at\n,2026-07-14\n"), "--workspace", place)
    with open_store(Workspace(place).database_url, read_only=True) as store:
        (row,) = store.quarantined()
    assert row.reasons[0]["message"] == "lead_id is empty."  # a database keeps one language
    use_language("fr")
    capsys.readouterr()
    assert accord("quarantine", "--workspace", place, "--lang", "fr") == 0
    assert "lead_id" in capsys.readouterr().out


def test_a_lookup_finds_what_is_already_stored(tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    accord(
        "import",
        write(tmp_path, "contacts.csv", "Contact ID,Email,Create Date,Lead Status\nC1,Ann@x.org,2026-07-14,New\n"),
        "--workspace",
        place,
    )
    activities = (
        "Activity ID,Activity Type,Activity Date,Associated Contact Email\nA1,Call,2026-07-15,ann@x.org\n"
        "A2,Call,2026-07-15,bob@x.org\n"
    )
    code, printed = answer(capsys, "import", write(tmp_path, "activities.csv", activities), "--workspace", place)
    assert (code, printed["data"]["activities"]) == (0, dict(zip(COUNTS, (2, 1, 0, 0, 1), strict=True)))
    with open_store(Workspace(place).database_url, read_only=True) as store:
        row = store.row("activities", "A1")
        assert row is not None
        assert row.values["lead_id"] == "C1"


def test_a_folder_is_one_import(tmp_path: Path, place: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    write(folder, "leads.csv", LEADS)
    write(folder, "handoffs.csv", "handoff_id,lead_id,at\nH1,L1,2026-07-16T10:00:00Z\n")
    import_files(Workspace(place), [folder])
    with open_store(Workspace(place).database_url, read_only=True) as store:
        (record,) = store.imports()
        assert set(record.accounting) == {"leads", "handoffs"}
