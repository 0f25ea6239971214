"""Nothing is lost: whatever a file holds, every row of it is staged once or refused once.

The oracle reads the same files with Python's csv module and judges each row with a few lines of plain Python.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accord.errors import DataError
from accord.ingest import survey
from accord.ingest.own_columns import SURPLUS, WHOLE_ROW
from accord.tables.schema import NULL_WORDS
from support.reading import read

IDS = st.sampled_from(["d1", "d2", " d3 ", "", "n/a", "é", '"q"', "a,b", "a\nb"])
TIMES = st.sampled_from(["2026-07-14", "2026-02-30", "2026-07-14T10:00:00Z", "soon", "", "2026-07-14T10:00+02:00"])
OUTCOMES = st.sampled_from(["accepted", "Rejected", "RECYCLED", "acepted", "", "select", "disqualified"])
NOTES = st.text(st.sampled_from('ab,;"\n\r é'), max_size=8)
CELLS = st.tuples(IDS, IDS, IDS, TIMES, OUTCOMES, NOTES)
HEADINGS = ("decision_id", "handoff_id", "lead_id", "at", "outcome", "note")
BLANK = " \t\r\n\u00a0\u202f\u2007\ufeff"


def value(cell: str) -> str | None:
    text = cell.strip(BLANK)
    return None if text == "" or text.casefold() in NULL_WORDS else text


def is_time(text: str) -> bool:
    match = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(T\d\d:\d\d(:\d\d)?(Z|\+02:00))?", text)
    if match is None:
        return False
    try:
        date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return False
    return True


def judged(row: tuple[str, ...]) -> set[str]:
    """The codes of everything that is wrong with a decision."""
    decision, handoff, lead, at, outcome, _note = map(value, row)
    wrong = set()
    if decision is None or at is None or outcome is None:
        wrong.add("missing")
    if handoff is None and lead is None:
        wrong.add("missing_any_of")
    if at is not None and not is_time(at):
        wrong.add("impossible_date" if at[:1].isdigit() else "not_a_time")
    if outcome is not None and outcome.lower() not in {"accepted", "rejected", "disqualified", "recycled"}:
        wrong.add("unknown_word")
    return wrong


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(CELLS, min_size=1, max_size=25),
    cut=st.lists(st.integers(0, 8), min_size=25, max_size=25),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    chunk=st.sampled_from([40, 100_000]),
)
def test_read_is_staged_plus_refused(  # noqa: PLR0917 - one for each thing that varies
    tmp_path: Path,
    rows: list[tuple[str, ...]],
    cut: list[int],
    delimiter: str,
    encoding: str,
    chunk: int,
) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(HEADINGS)
    for row, width in zip(rows, cut, strict=False):
        # Some rows have too few cells, some too many.
        writer.writerow(row if width > 4 else (*row, *row)[: 6 + width - 2])
    path = tmp_path / "decisions.csv"
    path.write_bytes(out.getvalue().encode(encoding))
    records = [record for record in csv.reader(io.StringIO(out.getvalue(), newline=""), delimiter=delimiter) if record][
        1:
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(survey, "CHUNK", chunk)
        found = read([path])

    staged, refused = found.rows["decisions"], found.refused["decisions"]
    assert found.read["decisions"] == len(records) == len(staged) + len(refused)
    expected = [
        {"too_few_cells"} if len(record) < 6 else {"too_many_cells"} if len(record) > 6 else judged(tuple(record))
        for record in records
    ]
    outcomes: dict[int, set[str]] = {row["line"]: set() for row in staged}
    outcomes |= {row.line: {code for code, _column in row.reasons} for row in refused}
    assert len(outcomes) == len(records)  # no line twice
    assert [outcomes[line] for line in sorted(outcomes)] == expected
    good = [record for record, wrong in zip(records, expected, strict=True) if not wrong]
    shown = [
        (value(row[0]), value(row[1]), value(row[2]), (value(row[4]) or "").lower(), value(row[5])) for row in good
    ]
    assert [
        (row["decision_id"], row["handoff_id"], row["lead_id"], row["outcome"], row["note"])
        for row in sorted(staged, key=lambda row: row["line"])
    ] == shown


CORRUPTIONS: list[Callable[[bytes, int], bytes]] = [
    lambda data, place: data[:place] + b'"' + data[place:],
    lambda data, place: data[:place] + b"\x00" + data[place:],
    lambda data, place: data[:place] + b"\n" + data[place:],
    lambda data, place: data[:place] + b"\xff" + data[place:],
    lambda data, place: data[:place] + data[place + 3 :],
    lambda data, place: data[:place],
]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(CELLS, min_size=3, max_size=20),
    harm=st.lists(st.tuples(st.sampled_from(CORRUPTIONS), st.floats(0.2, 1)), min_size=1, max_size=4),
)
def test_damage_loses_no_text(
    tmp_path: Path, rows: list[tuple[str, ...]], harm: list[tuple[Callable[[bytes, int], bytes], float]]
) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    writer.writerows(rows)
    data = out.getvalue().encode()
    header = data.index(b"\n") + 1
    for damage, share in harm:
        data = data[:header] + damage(data[header:], int(share * (len(data) - header)))
    path = tmp_path / "decisions.csv"
    path.write_bytes(data or b"x")
    if not data[header:].strip():
        return
    if data.count(0) > 2 + len(data) // 200:  # no text any more: refused as a whole, which loses nothing either
        with pytest.raises(DataError, match="binary"):
            read([path])
        return
    found = read([path])
    lines = sorted([row["line"] for row in found.rows["decisions"]] + [row.line for row in found.refused["decisions"]])
    assert len(lines) == len(set(lines)) == found.read["decisions"]
    # Every letter of the file is in some row, good or refused: compared as bags of letters, without what cutting into
    # cells takes away (quotes, delimiters, blanks) or a damaged encoding leaves unclear.
    kept = "".join(
        str(cell)
        for row in found.rows["decisions"]
        for name, cell in row.items()
        if name in HEADINGS and name not in {"at", "outcome"} and cell is not None
    ) + "".join(
        str(cell)
        for row in found.refused["decisions"]
        for name, cell in row.raw.items()
        if name in {*HEADINGS, WHOLE_ROW, SURPLUS}
    )
    written = data[header:].decode("utf-8", "replace")
    for letter in "ab":
        inside = sum(written.count(word) * word.count(letter) for word in ("n/a",))
        in_words = sum(json.dumps(row["outcome"]).count(letter) for row in found.rows["decisions"])
        assert kept.count(letter) + in_words >= written.count(letter) - inside - 2 * written.lower().count("select")
    assert unicodedata.normalize("NFC", kept).count("é") <= written.count("é") + written.count("�") + 1


def test_an_example_of_everything(tmp_path: Path) -> None:
    path = tmp_path / "decisions.csv"
    path.write_text(
        "decision_id,handoff_id,at,outcome\n"
        "d1,h1,2026-07-14,accepted\n"
        "d2,h1\n"
        'd3,"h1"x,2026-07-14,accepted\n'
        "d4,h1,2026-07-14,accepted,more\n"
        "\n"
        "d5,h1,2026-02-30,acepted\n"
        "Total\n"
    )
    found = read([path])
    assert [row["decision_id"] for row in found.rows["decisions"]] == ["d1"]
    assert [(row.line, [code for code, _column in row.reasons]) for row in found.refused["decisions"]] == [
        (3, ["too_few_cells"]),
        (4, ["broken_quotes"]),
        (5, ["too_many_cells"]),
        (7, ["impossible_date", "unknown_word"]),
        (8, ["one_cell"]),
    ]
    spoilt = {name: cell for name, cell in found.refused["decisions"][1].raw.items() if cell}
    assert spoilt == {"_row": 'd3,"h1"x,2026-07-14,accepted'}
    assert found.refused["decisions"][2].raw["_surplus"] == "more"
