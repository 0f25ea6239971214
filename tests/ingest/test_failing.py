"""How an import fails: in one sentence that names file, line and value, what is allowed and what to do; nothing half
done.
"""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from accord.errors import AccordError, DataError, UsageError
from accord.ingest import survey
from accord.ingest.importing import import_files, rehearse
from accord.workspace import Workspace

LEADS = "lead_id,created_at\nL1,2026-07-14\n"


def attempt(folder: Path, *names: str, **settings: Any) -> str:
    """What is said when the files cannot be imported."""
    place = folder / "workspace"
    with pytest.raises(AccordError) as raised:
        import_files(Workspace(place), [folder / name for name in names], **settings)
    assert not place.exists()  # nothing half done
    return str(raised.value)


def zipped(path: Path, *inside: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name in inside:
            archive.writestr(name, "x")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("leads.csv", b"", "leads.csv: The file is empty. Export it again"),
        ("leads.csv", b"lead_id,created_at\n", "leads.csv: There is a heading and not one row below it."),
        ("leads.csv", b"\n\n", "leads.csv: The file holds nothing but blank lines."),
        ("leads.csv.gz", gzip.compress(b"", mtime=0), "leads.csv.gz: The gzip file holds nothing."),
        ("leads.csv.gz", gzip.compress(b"x" * 9999, mtime=0)[:20], "leads.csv.gz: The gzip file is damaged"),
        (
            "leads.xls",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600,
            "This is an old Excel file (.xls). Open it and save",
        ),
        ("leads.csv", bytes(range(256)) * 40, "This is not a table: the file holds binary data."),
        ("leads.pdf", b"%PDF-1.7 x", "This is a PDF."),
        ("leads.xls", b"<html><table>", "This is a web page or XML, whatever its name says."),
        ("leads.csv", b"7z\xbc\xaf\x27\x1c", "This is a compressed file. Unpack it first"),
        ("leads.json", b'[{"lead_id": 1}]', "This is one JSON list. Write JSON lines"),
        ("leads.jsonl", b"1\n2\n", "No line holds a JSON object."),
        ("leads.parquet", b"PAR1 nothing like it", "The Parquet file is damaged"),
        ("leads.xlsx", b"PK\x03\x04 cut short", "The file is cut short"),
        ("leads.csv", b"lead_id,x,x,created_at\n1,2,3,4\n", "Columns 2 and 3 are both called x."),
        ("export.csv", b"lead_id^created_at^origin\n1^2026-07-14^web\n", "The whole heading is one cell"),
        ("export.csv", b'[\n {"lead_id": 1, "created_at": "2026-07-14"}]', "This is one JSON list."),
        ("leads.csv", "lead_id,created_at\n1,2026-07-14\n".encode("utf-32"), "The text is in UTF-32."),
        ("leads.csv", b"lead_id,created_at,\n1,2026-07-14,hm\n", "leads.csv:2: Column 3 has no heading, and holds hm."),
        ("leads.csv", b"lead_id,Lead ID,created_at\n1,2,3\n", "The columns lead_id and Lead ID both mean lead_id."),
        ("handoffs.csv", b"handoff_id,lead_id\n1,2\n", "handoffs needs at, and the file has: handoff_id, lead_id."),
        ("handoffs.csv", b"handoff,leads_id,date\n1,2,3\n", "Is leads_id meant for lead_id?"),
        ("export.csv", b"lead_id,creatd_at\n1,2026-07-14\n", "Is creatd_at meant for created_at? Let accord import"),
        ("export.csv", b"touch_id,lead_id,at,knd\n1,2,3,4\n", "Is knd meant for kind? Let accord import"),
        ("export.csv", b"a,b\n1,2\n", "Nothing says which table this is: neither its name nor its columns (a, b)."),
    ],
)
def test_files_that_cannot_be_used(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert said in attempt(tmp_path, name)


def test_zip_files_are_named_for_what_they_hold(tmp_path: Path) -> None:
    zipped(tmp_path / "export.zip", "leads.csv", "deals.csv", "a.csv", "b.csv")
    said = attempt(tmp_path, "export.zip")
    assert "This is a ZIP file that holds leads.csv, deals.csv, a.csv, …" in said
    assert "Unpack it" in said
    zipped(tmp_path / "leads.ods", "mimetype", "content.xml")
    assert "a spreadsheet in a format Accord does not read. Save it as XLSX or CSV." in attempt(tmp_path, "leads.ods")


def test_what_is_not_there(tmp_path: Path) -> None:
    assert "nowhere.csv: There is no such file or folder." in attempt(tmp_path, "nowhere.csv")
    (tmp_path / "empty").mkdir()
    assert "The folder holds no file that could be a table." in attempt(tmp_path, "empty")


def test_every_faulty_file_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"")
    (tmp_path / "b.csv").write_bytes(b"%PDF-")
    said = attempt(tmp_path, "a.csv", "b.csv")
    assert "a.csv: The file is empty." in said
    assert "b.csv: This is a PDF." in said


def test_one_faulty_file_stops_all(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text(LEADS)
    (tmp_path / "handoffs.csv").write_text("handoff_id\n1\n")
    assert "handoffs needs lead_id, at" in attempt(tmp_path, "leads.csv", "handoffs.csv")


def test_an_unknown_table_or_mapping(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(LEADS)
    with pytest.raises(UsageError, match=r"--table cannot be laeds: the tables are leads, .* Is leads meant?"):
        import_files(Workspace(tmp_path / "workspace"), [tmp_path / "x.csv"], table="laeds")
    with pytest.raises(UsageError, match=r"no\.yaml: There is no such file or folder"):
        import_files(Workspace(tmp_path / "workspace"), [tmp_path / "x.csv"], mapping=tmp_path / "no.yaml")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text(LEADS)
    (tmp_path / "leads.csv").chmod(0)
    assert "leads.csv: The file cannot be read" in attempt(tmp_path, "leads.csv")


def test_a_line_that_never_ends_does_not_fill_the_memory(tmp_path: Path) -> None:
    # Two gigabytes that take no disk: a sparse file reads as zero bytes, so its first bytes say that it is text.
    path = tmp_path / "leads.csv"
    with path.open("wb") as file:
        file.write(b"lead_id,created_at\n" + b"a,2026-07-14\n" * 1000)
        file.truncate(2 * 1024**3)
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from accord.errors import DataError\n"
        "from accord.ingest.importing import import_files\n"
        "from accord.workspace import Workspace\n"
        "try:\n    import_files(Workspace(Path(sys.argv[2])), [Path(sys.argv[1])])\n"
        "except DataError as error:\n    print(error)\n"
        # Not ru_maxrss: a new process inherits there what the process that started it has held.
        "words = Path('/proc/self/status').read_text().split()\n"
        "print(int(words[words.index('VmHWM:') + 1]) // 1024)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path), str(tmp_path / "workspace")],
        capture_output=True,
        text=True,
        check=True,
    )
    said, megabytes = done.stdout.strip().rsplit("\n", 1)
    assert "leads.csv:1002: This line is longer than 16 MB" in said
    assert int(megabytes) < 600


def test_a_long_line_in_json_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey, "MOST_BYTES_OF_A_LINE", 1000)
    monkeypatch.setattr(survey, "CHUNK", 100)
    (tmp_path / "leads.jsonl").write_text('{"lead_id": "' + "x" * 2000 + '"}\n')
    assert "leads.jsonl:1: This line is longer" in attempt(tmp_path, "leads.jsonl")


def test_a_file_that_breaks_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The error of the file comes out, not the engine's report of it.
    (tmp_path / "leads.csv").write_text(LEADS)

    def broken(*_arguments: Any) -> Any:
        raise DataError("the disk is gone")

    monkeypatch.setattr("accord.ingest.stage._write", lambda *_args: broken())
    assert attempt(tmp_path, "leads.csv") == "the disk is gone"
    monkeypatch.undo()
    calls = {"n": 0}
    original: Callable[..., Any] = survey.utf8_chunks

    def breaks_later(*arguments: Any) -> Any:
        calls["n"] += 1
        if calls["n"] > 2:
            raise OSError(5, "Input/output error", "leads.csv")
        return original(*arguments)

    monkeypatch.setattr("accord.ingest.csv_source.utf8_chunks", breaks_later)
    with pytest.raises(OSError, match="Input/output error"):
        import_files(Workspace(tmp_path / "workspace"), [tmp_path / "leads.csv"])
    assert not (tmp_path / "workspace").exists()


def test_every_row_refused_is_still_kept(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text("lead_id,created_at\n,\n,bad\n")
    report = import_files(Workspace(tmp_path / "workspace"), [tmp_path / "leads.csv"])
    assert report.every_row_refused
    assert report.accounting["leads"].quarantined == 2


@pytest.mark.parametrize("hits", [1, 20], ids=["once", "hammered"])
def test_ctrl_c_stops_and_leaves_nothing(tmp_path: Path, hits: int) -> None:
    path, place = tmp_path / "activities.parquet", tmp_path / "workspace"
    count = 3_000_000
    pq.write_table(
        pa.table(
            {
                "activity_id": pa.array(range(count)),
                "lead_id": pa.array(["L"] * count),
                "at": pa.array(["2026-07-14T10:00:00Z"] * count),
                "kind": pa.array(["call"] * count),
            }
        ),
        path,
    )
    command = [sys.executable, "-m", "accord", "import", str(path), "--workspace", str(place)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while process.poll() is None and not (place / "readmodel" / "incoming").exists():
        time.sleep(0.05)
    time.sleep(0.5)  # somewhere in the middle of the rows
    for _hit in range(hits):
        process.send_signal(signal.SIGINT)
        time.sleep(0.02)
    _out, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert said.startswith("Stopped before the end.")
    assert (
        not (place / "accord.db").exists() or rehearse(Workspace(place), [path]).accounting["activities"].added == count
    )
