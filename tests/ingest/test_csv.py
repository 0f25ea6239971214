"""Every row of a CSV file is read exactly once, with the cells and the line it has; no slip swallows its neighbours."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from accord.errors import DataError
from accord.ingest import csv_split, survey
from accord.ingest.csv_source import CsvSource, open_csv
from accord.ingest.kinds import examine
from accord.ingest.source import CELL

Row = tuple[int, tuple[str, ...] | str]
"""Line, and the cells or the fault."""


def rows_of(source: CsvSource) -> list[Row]:
    found: list[Row] = []
    for batch in source.read(lambda _read: None):
        for row in batch.to_pylist():
            cells = tuple(row[CELL.format(number)] for number in range(len(source.headings)))
            found.append((row["line"], row["fault"] or cells))
    return sorted(found, key=lambda row: row[0])


def opened(folder: Path, data: bytes, name: str = "table.csv", **settings: Any) -> CsvSource:
    path = folder / name
    path.write_bytes(data)
    return open_csv(examine(path), **settings)


def miscounted(cells: int, width: int) -> str:
    """The fault of a row whose cells are not as many as the headings."""
    if cells == 1 < width - 1:
        return "one_cell"
    return "too_few_cells" if cells < width else "too_many_cells"


def reference(text: str, delimiter: str, width: int) -> list[Row]:
    """The documented rule, one character at a time, without a thought for speed."""
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    found: list[Row] = []
    number = 0
    while number < len(lines):
        if not lines[number].rstrip("\r"):
            number += 1
            continue
        cells, following = reference_record(lines, number, delimiter)
        outcome: tuple[str, ...] | str
        if cells is None:
            outcome = "broken_quotes"
        elif len(cells) != width:
            outcome = miscounted(len(cells), width)
        else:
            outcome = tuple(cells)
        found.append((number + 1, outcome))
        number = following
    return found


def reference_record(lines: list[str], first: int, delimiter: str) -> tuple[list[str] | None, int]:
    cells, cell, state = [], "", "start"
    for number in range(first, len(lines)):
        ended = lines[number].endswith("\r")
        line = lines[number].removesuffix("\r")
        for character in line:
            if state == "start" and character == '"':
                state = "quoted"
            elif state in {"start", "plain", "closed"} and character == delimiter:
                cells.append(cell)
                cell, state = "", "start"
            elif state == "closed" and character == '"':
                cell += '"'
                state = "quoted"
            elif state == "closed":
                return None, first + 1
            elif state == "quoted" and character == '"':
                state = "closed"
            else:
                cell += character
                state = "quoted" if state == "quoted" else "plain"
        if state != "quoted":
            return [*cells, cell], number + 1
        cell += "\r\n" if ended else "\n"
    return None, first + 1


cells = st.text(st.sampled_from('ab1é",;\n\t x'), max_size=6)
tables = st.lists(st.lists(cells, min_size=1, max_size=4), max_size=12)


@pytest.fixture(params=[7, 64, survey.CHUNK], ids=lambda size: f"chunks of {size}")
def chunk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(survey, "CHUNK", request.param)
    return int(request.param)


@given(rows=tables, delimiter=st.sampled_from(",;\t|"), end=st.sampled_from(["\n", "\r\n"]), data=st.data())
def test_well_formed_files_are_read_as_python_reads_them(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], delimiter: str, end: str, data: st.DataObject
) -> None:
    # The oracle is Python's csv module, which wrote the file too.
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end)
    writer.writerow(["h1", "h2", "h3"])
    for row in rows:
        writer.writerow(row)
        if data.draw(st.integers(0, 5)) == 0:
            out.write(end)
    text = out.getvalue()
    expected: list[Row] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    next(reader)
    before = reader.line_num + 1
    for cells in reader:
        if cells and len(cells) == 3:
            expected.append((before, tuple(cells)))
        elif cells:
            expected.append((before, miscounted(len(cells), 3)))
        before = reader.line_num + 1
    folder = tmp_path_factory.mktemp("csv")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(survey, "CHUNK", data.draw(st.sampled_from([5, 50, 5000])))
        source = opened(folder, text.encode(), delimiter=delimiter)
        assume(source.dialect.trailing is None)  # a delimiter at the end of every row has tests of its own
        assert rows_of(source) == expected


@given(text=st.text(st.sampled_from('ab",,"\n\n1 é'), max_size=80), end=st.sampled_from(["\n", "\r\n"]), data=st.data())
def test_messy_files_lose_nothing(
    tmp_path_factory: pytest.TempPathFactory, text: str, end: str, data: st.DataObject
) -> None:
    body = text.replace("\n", end)
    whole = f"h1,h2,h3{end}{body}"
    folder = tmp_path_factory.mktemp("csv")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(survey, "CHUNK", data.draw(st.sampled_from([5, 50, 5000])))
        source = opened(folder, whole.encode(), delimiter=",")
        assume(source.dialect.trailing is None)  # a delimiter at the end of every row has tests of its own
        found = rows_of(source)
    expected = [(line + 1, outcome) for line, outcome in reference(body, ",", 3)]
    assert found == expected


def test_a_quote_that_never_closes_spoils_one_line(tmp_path: Path, chunk: int) -> None:
    text = 'a,b\n1,"open\n2,x\n"3","y"\n4,"two\nlines"\n5,z\n'
    assert rows_of(opened(tmp_path, text.encode())) == [
        (2, "broken_quotes"),
        (3, ("2", "x")),
        (4, ("3", "y")),
        (5, ("4", "two\nlines")),
        (7, ("5", "z")),
    ]


def test_a_quote_that_never_closes_does_not_read_the_whole_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_split, "MOST_BYTES_OF_A_RECORD", 100)
    monkeypatch.setattr("accord.ingest.csv_careful.MOST_BYTES_OF_A_RECORD", 100)
    monkeypatch.setattr(survey, "CHUNK", 256)
    body = "".join(f"{number},x\n" for number in range(300))
    found = rows_of(opened(tmp_path, f'a,b\n1,"open\n{body}'.encode()))
    assert found[0] == (2, "broken_quotes")
    assert [cells for _line, cells in found[1:]] == [(str(number), "x") for number in range(300)]


def test_a_quote_in_the_middle_of_a_cell_is_a_letter(tmp_path: Path) -> None:
    assert rows_of(opened(tmp_path, b'a,b\n27" screen,x\n')) == [(2, ('27" screen', "x"))]


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-8", False), ("utf-8-sig", False), ("utf-16", True), ("utf-16-le", True), ("cp1252", True)],
)
def test_encodings_are_recognised(tmp_path: Path, encoding: str, told: bool, chunk: int) -> None:
    text = "id;société\n1;Éts Dupré\n2;Café – l’été\n"
    source = opened(tmp_path, text.encode(encoding))
    assert source.headings == ("id", "société")
    assert rows_of(source) == [(2, ("1", "Éts Dupré")), (3, ("2", "Café – l’été"))]
    assert any("not UTF-8" in note for note in source.notes) is told


def test_latin_1_where_windows_1252_has_no_letter(tmp_path: Path) -> None:
    source = opened(tmp_path, b"id,name\n1,caf\xe9 \x81\n")
    assert source.survey.encoding == "latin-1"
    assert rows_of(source) == [(2, ("1", "café \x81"))]


def test_a_late_byte_decides_the_encoding(tmp_path: Path) -> None:
    lines = "".join(f"{number},x\n" for number in range(200_000))
    source = opened(tmp_path, f"a,b\n{lines}".encode() + b"9,caf\xe9\n")
    assert rows_of(source)[-1] == (200_002, ("9", "café"))


def test_a_few_damaged_lines_do_not_spoil_a_utf8_file(tmp_path: Path, chunk: int) -> None:
    good = "".join(f"{number},été\n" for number in range(20))
    found = rows_of(opened(tmp_path, f"a,b\n{good}".encode() + b"x,caf\xe9\n" + "y,dernière\n".encode()))
    assert found[-2:] == [(22, "not_utf8"), (23, ("y", "dernière"))]
    assert len(found) == 22


def test_zero_bytes_and_lone_returns(tmp_path: Path) -> None:
    assert rows_of(opened(tmp_path, b"a,b\n1,x\x00\n2,y\n")) == [(2, "zero_byte"), (3, ("2", "y"))]
    assert rows_of(opened(tmp_path, b"a,b\r1,x\r2,y\r")) == [(2, ("1", "x")), (3, ("2", "y"))]
    assert rows_of(opened(tmp_path, b"a,b\n1,x\r2,y\n")) == [(2, ("1", "x")), (3, ("2", "y"))]


def test_a_line_with_a_zero_byte_and_a_stray_one_is_shown_whole(tmp_path: Path) -> None:
    good = "".join(f"{number},été\n" for number in range(20))
    source = opened(tmp_path, f"a,b\n{good}".encode() + b"x,caf\xe9\x00\n" + "y,dernière\n".encode())
    spoilt = [row for batch in source.read(lambda _read: None) for row in batch.to_pylist() if row["fault"]]
    assert [(row["line"], row["fault"]) for row in spoilt] == [(22, "zero_byte")]
    assert "x,café␀" in spoilt[0]["raw"]


def test_gzip_is_read_as_it_is(tmp_path: Path, chunk: int) -> None:
    source = opened(tmp_path, gzip.compress(b"a\tb\n1\tx\n"), "table.csv.gz")
    assert source.stem == "table"
    assert rows_of(source) == [(2, ("1", "x"))]


def test_a_spreadsheet_may_say_its_delimiter(tmp_path: Path) -> None:
    source = opened(tmp_path, b"sep=;\na;b\n1,5;x\n")
    assert rows_of(source) == [(3, ("1,5", "x"))]


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b\n1,5;2,5\n", ";"),
        ("a\tb\n1,5\t2;3\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ("lead_id\n1\n", ","),
    ],
)
def test_the_delimiter_is_found_out(tmp_path: Path, text: str, delimiter: str) -> None:
    assert opened(tmp_path, text.encode()).dialect.delimiter == delimiter


def test_a_line_without_end_is_refused_before_it_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(survey, "MOST_BYTES_OF_A_LINE", 1024 * 1024)
    monkeypatch.setattr(survey, "CHUNK", 64 * 1024)
    with pytest.raises(DataError, match=r"table\.csv:3: This line is longer than 1 MB"):
        opened(tmp_path, b"a,b\n1,2\n" + b"x" * (2 * 1024 * 1024))


def test_damaged_gzip(tmp_path: Path) -> None:
    whole = gzip.compress(b"a,b\n" + bytes(range(65, 91)) * 4000)
    with pytest.raises(DataError, match="damaged"):
        opened(tmp_path, whole[: len(whole) // 2], "table.csv.gz")


def test_blank_lines_only(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nothing but blank lines"):
        opened(tmp_path, b"\n\n  \n"[:2])
