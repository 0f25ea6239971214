"""What a first import meets: the next command, workbooks with notes, one language, each note once."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from accord.cli.main import run
from accord.cli.progress import audit_progress, import_progress
from accord.language import use_language
from accord.store.database import open_store
from accord.workspace import Workspace

LEADS = "lead_id,created_at,origin\nL1,2026-07-14 10:00,web\nL2,2026-07-15 10:00,fair\n"
HANDOFFS = "handoff_id,lead_id,at,rep_id\nH1,L1,2026-07-15 09:00,ann\n"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "workspace"


def accord(*words: object) -> int:
    return run([str(word) for word in words])


def told(capsys: pytest.CaptureFixture[str], *words: object, code: int = 0) -> str:
    capsys.readouterr()
    assert accord(*words) == code
    printed = capsys.readouterr()
    return " ".join((printed.out + printed.err).split())


def workbook(path: Path, **sheets: list[list[Any]]) -> Path:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


LEADS_SHEET = [["lead_id", "created_at"], ["L1", "2026-07-14"], ["L2", "2026-07-15"]]


def test_the_text_names_the_next_command(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("leads.csv").write_text(LEADS)
    Path("handoffs.csv").write_text(HANDOFFS)
    said = told(capsys, "import", "leads.csv", "--workspace", "workspace")
    assert "accord audit --workspace workspace" in said
    assert "accord acceptance" not in said  # there is nothing to measure yet
    said = told(capsys, "import", "handoffs.csv", "--workspace", "workspace")
    assert "accord audit --workspace workspace accord acceptance --workspace workspace" in said
    assert "--workspace" not in told(capsys, "import", "leads.csv", "handoffs.csv")  # here, as it was typed


def test_a_rehearsal_names_the_import_it_rehearses(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("export one.csv").write_text(LEADS.replace("lead_id", "id").replace("created_at", "created"))
    said = told(capsys, "import", "export one.csv", "--table", "leads", "--dry-run", "--workspace", place)
    assert f"accord import 'export one.csv' --table leads --workspace {place}" in said


def test_the_time_zone_is_told_once_and_with_what_to_do(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("leads.csv").write_text(LEADS)
    Path("handoffs.csv").write_text(HANDOFFS)
    said = told(capsys, "import", "leads.csv", "handoffs.csv", "--workspace", place)
    assert said.count("without an offset") == 1
    assert "3 rows have a time without an offset; they were read in UTC. No agreement names a time zone." in said
    assert "set timezone in accord.yaml" in said
    (place / "accord.yaml").write_text("name: ours\nversion: '1'\ntimezone: Europe/Paris\n")
    said = told(capsys, "import", "leads.csv", "handoffs.csv", "--workspace", place)
    assert "they were read in Europe/Paris." in said
    assert "No agreement names" not in said


def test_a_missing_handoff_is_told_in_full_once(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("leads.csv").write_text(LEADS)
    Path("touches.csv").write_text("touch_id,lead_id,at,kind\nt1,L1,2026-07-14,form\n")
    Path("reps.csv").write_text("rep_id,team\nann,north\n")
    full, short = "There is no handoff in these data", "Still no handoff"
    assert full not in told(capsys, "import", "reps.csv", "--workspace", place)
    assert full in told(capsys, "import", "leads.csv", "--workspace", place)
    again = told(capsys, "import", "touches.csv", "--workspace", place)
    assert (full in again, short in again) == (False, True)


def test_a_column_that_was_worked_in_is_not_called_unused(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("deals.csv").write_text(
        "Record ID,Deal Name,Deal Stage,Amount,Close Date,Create Date,Associated Contact IDs,Pipeline\n"
        "1,Acme,Closed Won,100,2026-07-20,2026-07-01,7,Sales\n"
    )
    said = told(capsys, "import", "deals.csv", "--workspace", place)
    assert "taken from closed deals only" in said
    unused = re.search(r"opportunities has no columns? (.*?); (?:it is|they are) kept and used by no figure", said)
    assert unused is None or "Close Date" not in unused[1]


def test_sheets_that_are_no_table_are_passed_over(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = workbook(
        Path("book.xlsx"),
        Leads=LEADS_SHEET,
        Notes=[["Ask Bob about the dates"], ["and about the owners"]],
        Pivot=[["a", "a"], [1, 2]],
    )
    said = told(capsys, "import", book, "--workspace", place)
    assert "leads 2 2 0 0 0" in said
    assert "book.xlsx[Notes] was passed over" in said
    assert "book.xlsx[Pivot] was passed over" in said


def test_a_sheet_named_for_a_table_is_never_passed_over(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = workbook(Path("book.xlsx"), Leads=LEADS_SHEET, Handoffs=[["handoff", "when"], ["H1", "2026-07-15"]])
    assert "handoffs needs" in told(capsys, "import", book, "--workspace", place, code=1)


def test_a_sheet_can_be_chosen(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = workbook(Path("book.xlsx"), Leads=LEADS_SHEET, Old=[["lead_id", "created_at"], ["L9", "2020-01-01"]])
    assert "leads 1 1 0 0 0" in told(capsys, "import", book, "--sheet", "Old", "--workspace", place)
    assert "There are: Leads, Old." in told(capsys, "import", book, "--sheet", "New", "--workspace", place, code=1)
    said = told(capsys, "import", book, "--sheet", "Leads", "--workspace", place)  # another sheet is another import
    assert "leads 2 2 0 0 0" in said


def test_a_mapping_can_read_several_sheets(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = workbook(
        Path("book.xlsx"),
        People=[["No", "Made"], ["L1", "2026-07-14"]],
        Sent=[["No", "When"], ["L1", "2026-07-15"]],
        Notes=[["nothing"], ["at all"]],
    )
    Path("map.yaml").write_text(
        "files:\n"
        "  - {match: book.xlsx, read: {sheet: People}, tables: [{table: leads, columns: "
        "{lead_id: 'No', created_at: Made}}]}\n"
        "  - {match: book.xlsx, read: {sheet: Sent}, tables: [{table: handoffs, columns: "
        "{handoff_id: 'No', lead_id: 'No', at: When}}]}\n"
    )
    said = told(capsys, "import", book, "--map", "map.yaml", "--workspace", place)
    assert "leads 1 1 0 0 0" in said
    assert "handoffs 1 1 0 0 0" in said


def test_an_unknown_word_comes_with_what_to_put_into_a_mapping(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("decisions.csv").write_text(
        "decision_id,lead_id,at,outcome\nd1,L1,2026-07-14,refused\nd2,L1,2026-07-14,accepted\n", encoding="utf-8"
    )
    said = told(capsys, "import", "decisions.csv", "--workspace", place)
    snippet = "outcome: {column: outcome, words: {refused: rejected}}"
    assert snippet in said
    columns = f"{{decision_id: decision_id, lead_id: lead_id, at: at, {snippet}}}"
    rule = f"{{table: decisions, columns: {columns}, keep: none}}"
    Path("map.yaml").write_text(f"files: [{{tables: [{rule}]}}]\n", encoding="utf-8")
    said = told(capsys, "import", "decisions.csv", "--map", "map.yaml", "--workspace", place)
    assert "decisions 2 1 0 1 0" in said


def test_companies_alone_give_nothing_and_say_so(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("companies.csv").write_text("Record ID,Company Name,Company Domain Name\n1,Acme,acme.example\n")
    assert "gives no table" in told(capsys, "import", "companies.csv", "--workspace", place, code=1)
    said = told(capsys, "import", "companies.csv", "--dry-run", "--write-map", "m.yaml", "--workspace", place, code=1)
    assert "Nothing: no table comes out of what was given." in said
    assert "No mapping was written" in said
    assert not Path("m.yaml").exists()


def test_a_store_without_a_complete_row_asks_for_the_import(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place.mkdir()
    with open_store(Workspace(place).database_url, create=True):
        pass  # what an import that is killed before its end leaves behind
    for command in ("acceptance", "audit"):
        said = told(capsys, command, "--workspace", place, code=1)
        assert "an import was stopped before its end. Run it again" in said
        assert "1970" not in said


def test_data_without_a_date_are_not_of_1970(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("reps.csv").write_text("rep_id,team,desk\nr1,north,12\n")
    said = told(capsys, "import", "reps.csv", "--workspace", place)
    assert "reps has no column desk; it is kept and used by no figure." in said
    for command in ("acceptance", "audit", "value", "recycle"):
        said = told(capsys, command, "--workspace", place)
        assert "Nothing that is recorded has a date yet." in said, command
        assert "1970" not in said, command
        html = Path(f"{command}.html")
        if command != "audit":
            told(capsys, command, "--html", html, "--workspace", place)
            assert "1 Jan 1970" not in html.read_text(encoding="utf-8"), command


def test_identifiers_that_a_spreadsheet_shortened_are_told(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ids = ("1,23457E+15", "1.2E+15", "#REF!", "#N/A", "E+5", "#1", "12E", "F1E+3")
    rows = "".join(f"{name};2026-07-14\n" for name in ids)
    Path("leads.csv").write_text(f"lead_id;created_at\n{rows}")
    said = told(capsys, "import", "leads.csv", "--dry-run", "--workspace", place)
    assert "lead_id: a spreadsheet has spoilt 4 identifiers, such as #N/A; several leads may have become one." in said
    Path("leads.csv").write_text("lead_id;created_at\nF1E+3;2026-07-14\n")
    assert "spreadsheet" not in told(capsys, "import", "leads.csv", "--dry-run", "--workspace", place)


def test_a_misspelt_column_is_proposed_for_what_it_is(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("leads.csv").write_text("lead_id,creatd_at\nL1,2026-07-14\n")
    said = told(capsys, "import", "leads.csv", "--dry-run", "--write-map", "map.yaml", "--workspace", place, code=1)
    assert "creatd_at 2026-07-14 leads.created_at (time) 40%" in said
    told(capsys, "import", "leads.csv", "--map", "map.yaml", "--workspace", place)


def test_a_store_of_refused_rows_only_says_so(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("decisions.csv").write_text("decision_id,lead_id,at,outcome\nD1,L1,soon,accepted\nD2,L1,later,accepted\n")
    told(capsys, "import", "decisions.csv", "--workspace", place, code=1)
    for command in ("acceptance", "audit"):
        said = told(capsys, command, "--workspace", place, code=1)
        assert f"all 2 rows that were imported were refused. accord quarantine --workspace {place} says why" in said


class Terminal:
    """A stream that says it is a terminal and keeps what is written to it."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self.text = ""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        pass


def test_the_bars_speak_one_language_whoever_moves_them() -> None:
    from threading import Thread

    use_language("fr")
    stream: Any = Terminal()
    with import_progress(stream) as ears:
        mover = Thread(target=lambda: ears.reading("x/leads.csv", 1, 2))  # the engine reads in threads of its own
        mover.start()
        mover.join()
        ears.reading("x/leads.csv", 2, 2)
    assert "Reading" not in stream.text
    assert "leads.csv" in stream.text


def test_an_audit_shows_how_it_gets_on() -> None:
    stream: Any = Terminal()
    with audit_progress(stream) as progress:
        progress(3, 6)
    assert "50%" in stream.text


HAND_MADE = [
    ["N° lead", "Créé le", "Transmis le"],
    ["1", "01/07/2026", "02/07/2026"],
    ["2", "01/07/2026", "03/07/2026"],
]


def test_sheets_of_notes_are_not_proposed_as_leads(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = workbook(Path("book.xlsx"), Suivi=HAND_MADE, Notes=[["Id", "Created"], ["1", "2026-07-02"]])
    said = told(capsys, "import", book, "--dry-run", "--workspace", place, code=1)
    assert "book.xlsx[Notes] was passed over: it is no table of Accord." in said
    assert "book.xlsx[Suivi] not understood; this is what it might be" in said


def test_what_is_no_table_is_not_proposed_as_one(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = workbook(Path("book.xlsx"), Memo=[["Date", "Note"], ["01/07/2026", "Call Bob"], ["02/07/2026", "nothing"]])
    said = told(capsys, "import", book, "--dry-run", "--write-map", "map.yaml", "--workspace", place, code=1)
    assert "No table of Accord can be made of it. If it is one, name it with --table." in said
    assert "No mapping was written" in said
    assert not Path("map.yaml").exists()


def test_a_text_file_called_xlsx_says_so(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("leads.xlsx").write_text(LEADS)
    said = told(capsys, "import", "leads.xlsx", "--workspace", place)
    assert "Its name ends in .xlsx, but it is a text file; it was read as one." in said
    assert "leads 2 2 0 0 0" in said
    Path("other.parquet").write_text("foo;bar\n1;2\n")
    refused = told(capsys, "import", "other.parquet", "--workspace", place, code=1)
    assert "neither its name nor its columns (foo, bar). Its name ends in .parquet, but it is a text file" in refused
    Path("page.xlsx").write_text("<html><body><table><tr><td>1</td></tr></table></body></html>")
    assert "This is a web page or XML" in told(capsys, "import", "page.xlsx", "--workspace", place, code=1)


def test_a_folder_of_unrelated_files_is_told_in_one_line(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path("warehouse")
    folder.mkdir()
    (folder / "leads.csv").write_text(LEADS)
    for number in range(40):
        (folder / f"table_{number}.csv").write_text("_synced,x,y\n2026-07-01,1,2\n")
    said = told(capsys, "import", folder, "--workspace", place)
    assert said.count("passed over") == 1
    assert "40 files were passed over, such as table_0.csv, table_1.csv, table_10.csv" in said
    capsys.readouterr()
    accord("import", folder, "--dry-run", "--json", "--workspace", place)
    notes = json.loads(capsys.readouterr().out)["notes"]
    assert sum("was passed over: Nothing says which table this is" in note for note in notes) == 40


UNKNOWN_LEADS = "N° lead;Créé le;Transmis le\n1;01/07/2026;02/07/2026\n2;01/07/2026;03/07/2026\n"
UNKNOWN_DEALS = "deal no,lead no,won on,amount\nD1,1,2026-07-20,100\nD2,2,2026-07-21,200\n"


def test_a_folder_of_unknown_files_is_proposed_file_by_file(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path("exports")
    folder.mkdir()
    (folder / "suivi.csv").write_text(UNKNOWN_LEADS, encoding="utf-8")
    (folder / "closed.csv").write_text(UNKNOWN_DEALS)
    (folder / "memo.csv").write_text("_synced,x,y\n2026-07-01,1,2\n")
    (folder / "readme.md").write_text("hello")
    said = told(capsys, "import", folder, "--workspace", place, code=1)
    assert "None of the 3 files that could be a table is understood." in said
    for name in ("suivi.csv", "closed.csv"):  # as one by one
        alone = told(capsys, "import", folder / name, "--dry-run", "--workspace", place, code=1)
        assert f"{folder / name} not understood; this is what it might be" in alone
    said = told(capsys, "import", folder, "--dry-run", "--write-map", "map.yaml", "--workspace", place, code=1)
    assert "Nothing: no table" not in said
    assert said.count("not understood; this is what it might be") == 2
    assert "memo.csv was passed over: Nothing says which table this is" in said
    assert "readme.md was passed over" in said
    assert "Look through map.yaml and correct it, then:" in said
    said = told(capsys, "import", folder, "--map", "map.yaml", "--dry-run", "--workspace", place)
    assert said.count("read as the mapping says") == 2


def test_a_folder_of_which_nothing_can_be_made_fails_as_its_import_would(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path("exports")
    folder.mkdir()
    (folder / "memo.csv").write_text("_synced,x,y\n2026-07-01,1,2\n")
    (folder / "other.csv").write_text("_synced,u,v\n2026-07-01,1,2\n")
    said = told(capsys, "import", folder, "--dry-run", "--workspace", place, code=1)
    assert said.count("No table of Accord can be made of it.") == 2
    for path in folder.iterdir():
        path.write_bytes(b"%PDF-1.7 nothing to read")
    said = told(capsys, "import", folder, "--dry-run", "--workspace", place, code=1)
    assert "Nothing: no table comes out of what was given." in said
    assert said.count("was passed over") == 2
