"""Whatever the file: done or refused in words, never a defect, and every row accounted for; also when it comes back."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accord.cli.main import run

HEADINGS = ("decision_id", "lead_id", "at", "outcome", "reason", "note")
CELLS = st.sampled_from(
    [
        *(
            "",
            " ",
            "L1",
            "2026-07-14",
            "14/07/2026",
            "32/07/2026",
            "45000",
            "45000.5",
            "60",
            "1900-01-00",
            "1899-12-31",
        ),
        *("9999-12-31", "2026-03-29 02:30", "2026-10-25 02:30", "24:00", "2026-07-14T10:00+99:00", "1720000000000"),
        *(
            "1e400",
            "NaN",
            "accepted",
            "Refusé",
            "null",
            "a" * 600,
            "x;y",
            "x,y",
            'a"b',
            "a\nb",
            "{value}",
            "\ufeff",
            "%s",
        ),
    ]
)
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252")
HARM: list[Callable[[bytes, int], bytes]] = [
    lambda data, place: data[:place],
    lambda data, place: data[place:],
    lambda data, place: data[:place] + b'"' + data[place:],
    lambda data, place: data[:place] + b"\x00" + data[place:],
    lambda data, place: data[:place] + b"\r" + data[place:],
    lambda data, place: data[:place] + b"\xff" + data[place:],
    lambda data, place: data + data[:place],
]


def imported(capsys: pytest.CaptureFixture[str], *words: str) -> int:
    """How many rows an import refused."""
    capsys.readouterr()
    code = run(["import", *words, "--json"])
    printed = capsys.readouterr()
    assert code in {0, 1}
    assert "defect of Accord" not in printed.err
    if not printed.out:
        assert code == 1
        assert printed.err.strip()
        return 0
    refused = 0
    for counts in json.loads(printed.out)["data"].values():
        assert counts["read"] == counts["added"] + counts["updated"] + counts["unchanged"] + counts["quarantined"]
        refused += counts["quarantined"]
    return refused


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(*[CELLS] * len(HEADINGS)), max_size=6),
    ending=st.sampled_from([".csv", ".xlsx", ".txt", ".jsonl"]),
    delimiter=st.sampled_from(",;\t|^"),
    encoding=st.sampled_from(ENCODINGS),
    harm=st.lists(st.tuples(st.sampled_from(HARM), st.floats(0, 1)), max_size=2),
)
def test_any_file_is_imported_or_refused_in_words(  # noqa: PLR0917 - the ways in which files differ
    capsys: pytest.CaptureFixture[str],
    rows: list[tuple[str, ...]],
    ending: str,
    delimiter: str,
    encoding: str,
    harm: list[tuple[Callable[[bytes, int], bytes], float]],
) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows([HEADINGS, *rows])
    data = out.getvalue().encode(encoding, "replace")
    for damage, share in harm:
        data = damage(data, int(share * len(data)))
    with TemporaryDirectory() as folder:
        path, place = Path(folder) / f"decisions{ending}", str(Path(folder) / "workspace")
        path.write_bytes(data)
        if imported(capsys, str(path), "--workspace", place):
            mend = Path(folder) / "mend"
            assert run(["quarantine", "--csv", str(mend), "--workspace", place]) == 0
            # All of them come back; those that are refused again wait, each once.
            assert imported(capsys, str(mend), "--workspace", place) == len(_waiting(capsys, place))


def _waiting(capsys: pytest.CaptureFixture[str], place: str) -> list[object]:
    capsys.readouterr()
    assert run(["quarantine", "--workspace", place, "--json"]) == 0
    rows: list[object] = json.loads(capsys.readouterr().out)["data"]["rows"]
    return rows
