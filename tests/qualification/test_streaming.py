"""Scores written as they are worked out: the same bytes as all at once, and files whole or not at all."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from accord.cli.main import run
from accord.qualification import score
from accord.report.envelope import dumped, dumps
from accord.report.scoring.files import write_scores
from accord.store.database import open_store
from accord.store.single import write_rows
from accord.workspace import Workspace

AGREEMENT = """
name: many
qualification:
  criteria:
    - {id: size, axis: fit, label: {en: a, fr: b}, why: {en: a, fr: b}, points: 3,
       when: {field: employees, at_least: 50}}
    - {id: large, axis: fit, label: {en: a, fr: b}, why: {en: a, fr: b}, points: 2.5,
       when: {field: employees, at_least: 90}}
  threshold: 3
"""

cells = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
records = st.lists(st.dictionaries(st.text(), cells | st.lists(st.dictionaries(st.text(), cells))))


@given(st.dictionaries(st.text(), cells | records | st.dictionaries(st.text(), cells)), records, st.integers(0, 9))
def test_pieces_are_the_bytes_of_the_whole(answer: dict[str, Any], found: list[dict[str, Any]], place: int) -> None:
    before = list(answer.items())
    whole = dict([*before[:place], ("data", found), *before[place:]])
    assert "".join(dumped({**whole, "data": []}, "data", iter(found))) == dumps(whole)


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """137 leads, ten of which are held at a time."""
    monkeypatch.setattr(score, "_AT_ONCE", 10)
    (tmp_path / "accord.yaml").write_text(AGREEMENT)
    place = Workspace(tmp_path)
    open_store(place.database_url, create=True).close()
    start = datetime(2026, 1, 1)  # noqa: DTZ001 - naive UTC
    rows = [
        {"lead_id": f"l{number}", "created_at": start + timedelta(hours=number), "employees": number * 7 % 120}
        for number in range(137)
    ]
    write_rows(place.database_url, "leads", rows)
    return tmp_path


def test_all_leads_in_their_order_whatever_is_held_at_a_time(many: Path, capsysbinary: Any) -> None:
    def out(*words: str) -> bytes:
        assert run(["score", "--workspace", str(many), *words]) == 0
        printed: bytes = capsysbinary.readouterr().out
        return printed

    answer = json.loads(out("--json"))["data"]
    expected = sorted(
        ((3 if number * 7 % 120 >= 50 else 0) + (2.5 if number * 7 % 120 >= 90 else 0), f"l{number}")
        for number in range(137)
    )
    ordered = sorted(expected, key=lambda pair: (-pair[0], pair[1]))
    assert [(row["score"], row["lead_id"]) for row in answer] == ordered
    assert json.loads(out("--json", "--limit", "25"))["data"] == answer[:25]
    listed = list(csv.DictReader(io.StringIO(out("--csv", "-").decode())))
    assert [(float(row["score"]), row["lead_id"]) for row in listed] == ordered
    files = many / "s.csv", many / "s.parquet"
    assert out("--csv", str(files[0]), "--parquet", str(files[1])) == b""
    assert list(csv.DictReader(io.StringIO(files[0].read_text()))) == listed
    table = parquet.read_table(files[1])
    assert list(zip(table["score"].to_pylist(), table["lead_id"].to_pylist(), strict=True)) == ordered


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    def broken() -> Any:
        yield pa.table({"a": [1]})
        raise ValueError("half-way")

    with pytest.raises(ValueError, match="half-way"):
        write_scores(broken(), tmp_path / "a.csv", tmp_path / "a.parquet")
    assert list(tmp_path.iterdir()) == []
