"""``accord acceptance`` on a workspace, as a person and as a program would run it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from accord.cli.figure_options import written_out
from accord.cli.main import run
from cli.companies import simulated_workspace

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "schema" / "acceptance.schema.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return simulated_workspace(tmp_path_factory.mktemp("workspace"))


@pytest.fixture
def said(company: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run ``accord acceptance`` with more words, expect it to succeed, and give what it printed."""
    monkeypatch.chdir(company.parent)  # commands that it names carry the workspace as typed: a short one fits any width

    def say(*words: str, code: int = 0) -> tuple[str, str]:
        assert run(["acceptance", "--workspace", company.name, *words]) == code
        captured = capsys.readouterr()
        return captured.out, captured.err

    return say


def answer(text: str) -> Any:
    loaded = json.loads(text)
    Draft202012Validator(SCHEMA).validate(loaded)
    return loaded["data"]


def test_json_answers_in_the_shape_of_the_contract_and_says_the_same_each_time(said: Any) -> None:
    text, complaints = said("--by", "channel", "--period", "month", "--json")
    data = answer(text)
    assert complaints == ""
    assert {tuple(row["segment"]) for row in data["rows"]} == {("channel",)}
    assert sum(row["handed"] for row in data["rows"]) == data["totals"]["handed"] == 400
    assert said("--by", "channel", "--period", "month", "--json")[0] == text


@pytest.mark.parametrize(
    "words", [["--by", "channel", "--by", "team"], ["--by", "channel,team"], ["--by", "channel", "team"]]
)
def test_several_dimensions_however_they_are_given(words: list[str], said: Any) -> None:
    data = answer(said(*words, "--json")[0])
    assert {tuple(row["segment"]) for row in data["rows"]} == {("channel", "team")}


def test_all_definitions(said: Any) -> None:
    data = answer(said("--definition", "all", "--json")[0])
    assert list(data["definitions"]) == ["explicit", "action", "worked", "tacit"]
    one = answer(said("--definition", "tacit", "--json")[0])
    assert one["totals"] == data["definitions"]["tacit"]["totals"]


def test_a_span_holds_what_begins_in_it(said: Any) -> None:
    whole = answer(said("--period", "month", "--json")[0])
    part = answer(said("--from", "2026-01", "--to", "2026-04-01", "--period", "month", "--json")[0])
    assert [row["period"] for row in part["rows"]] == ["2026-01", "2026-02", "2026-03"]
    months = [row for row in whole["rows"] if "2026-01" <= row["period"] <= "2026-03"]
    for row in (*part["rows"], *months):
        del row["shrunk"]  # it leans on the other periods there are
    assert part["rows"] == months


def test_what_came_later_does_not_exist(said: Any) -> None:
    text = said("--as-of", "2026-03-01", "--json")[0]
    assert json.loads(text)["as_of"] == "2026-03-01T00:00:00Z"
    assert answer(text)["totals"]["handed"] < 400
    assert answer(said("--as-of", "2026-03-01T01:00+02:00", "--json")[0])
    assert json.loads(said("--as-of", "2026-03-01T01:00+02:00", "--json")[0])["as_of"] == "2026-02-28T23:00:00Z"


def test_a_person_reads_the_same_figures(said: Any) -> None:
    text, _ = said("--by", "channel", "--sort", "rate")
    data = answer(said("--by", "channel", "--json")[0])
    assert f"of the {data['totals']['handed']:,} leads handed over" in text
    assert "\x1b" not in text  # not a terminal
    assert max(len(line) for line in text.splitlines()) <= 80
    lowest = min((row for row in data["rows"] if "value" in row["rate"]), key=lambda row: row["rate"]["value"])
    table = text[text.index("By channel") :].splitlines()
    assert table[2].split()[0] == lowest["segment"]["channel"]
    assert f"{lowest['rate']['value']:.0%}" in table[2]


def test_a_limit_shows_the_first_and_says_how_many_more(said: Any) -> None:
    text, _ = said("--by", "rep_id", "--limit", "3")
    everything = answer(said("--by", "rep_id", "--json")[0])["rows"]
    assert f"{len(everything) - 3} more segments are not shown" in text
    assert len(answer(said("--by", "rep_id", "--limit", "3", "--json")[0])["rows"]) == 3


def test_csv_goes_to_standard_output_or_to_a_file(said: Any, tmp_path: Path) -> None:
    text, _ = said("--by", "channel", "--csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    data = answer(said("--by", "channel", "--json")[0])
    assert [row["channel"] for row in rows] == [row["segment"]["channel"] for row in data["rows"]]
    assert [int(row["handed"]) for row in rows] == [row["handed"] for row in data["rows"]]
    path = tmp_path / "acceptance.csv"
    out, err = said("--csv", str(path), "--by", "channel")
    assert (out, err) == ("", f"Written: {path}\n")
    assert path.read_text("utf-8") == text


def test_a_csv_file_in_french_is_for_a_french_excel_unless_told_otherwise(said: Any, tmp_path: Path) -> None:
    plain, _ = said("--by", "channel", "--csv")
    path = tmp_path / "rapport.csv"
    _out, err = said("--by", "channel", "--csv", str(path), "--lang", "fr")
    assert "--csv-for programs" in err
    opened = path.read_bytes().decode("utf-8-sig")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(opened), delimiter=";"))
    for row, same in zip(rows, csv.DictReader(io.StringIO(plain)), strict=True):
        assert row["channel"] == same["channel"]
        assert float(row["rate"].replace(",", ".") or 0) == float(same["rate"] or 0)

    said("--by", "channel", "--csv", str(path), "--csv-for", "programs", "--lang", "fr")
    assert path.read_text("utf-8") == plain
    assert said("--by", "channel", "--csv", "--lang", "fr")[0] == plain  # a pipe is read by a program
    assert said("--by", "channel", "--csv", "--csv-for", "excel-fr")[0].startswith("\ufeffdefinition;")
    assert "excel-en, excel-fr" in said("--csv", "--csv-for", "excel", code=2)[1]


@pytest.mark.parametrize("sort", ["handed", "rate", "lost", "open", "delay", "name"])
@pytest.mark.parametrize("how", [(), ("--period", "month"), ("--definition", "all")], ids=["plain", "period", "all"])
def test_what_segments_are_sorted_by_is_shown_however_narrow_the_terminal(
    said: Any, monkeypatch: pytest.MonkeyPatch, sort: str, how: tuple[str, ...]
) -> None:
    headings = {"lost": "lost", "delay": "half accepted within", "open": " open"}
    for width in ("80",) if how == ("--definition", "all") else ("80", "60"):
        monkeypatch.setenv("COLUMNS", width)
        text, _ = said("--by", "team", "--sort", sort, *how)
        table = text[text.index("By team") :]
        assert headings.get(sort, "n") in table
        assert max(len(line) for line in text.splitlines()) <= int(width)


def test_the_page_in_the_language_asked_for(said: Any, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    out, err = said("--html", str(path), "--by", "channel", "--lang", "fr")
    assert out == ""
    assert str(path) in err
    page = path.read_text("utf-8")
    assert '<html lang="fr">' in page
    assert "organic_search" in page
    assert "<script" not in page


def test_a_page_and_json_at_once(said: Any, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    text, _ = said("--html", str(path), "--by", "team", "--json")
    assert answer(text)["rows"]
    assert path.exists()


def test_a_place_that_cannot_be_written_is_said_and_nothing_is_left(said: Any, tmp_path: Path) -> None:
    for option in ("--html", "--csv"):
        out, err = said(option, str(tmp_path / "nowhere" / "report"), "--by", "team", code=1)
        assert out == ""
        assert "nowhere is not there" in err
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_dimension_names_the_nearest(said: Any) -> None:
    out, err = said("--by", "chanel", code=2)
    assert out == ""
    assert "chanel" in err
    assert "channel" in err


def test_a_folder_without_data_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["acceptance", "--workspace", str(tmp_path)]) == 1
    assert "accord import" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_broken_agreement_is_said_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "accord.yaml").write_text("acceptance:\n  floor: 50\n", encoding="utf-8")
    assert run(["acceptance", "--workspace", str(tmp_path)]) == 1
    assert "accord.yaml:2" in capsys.readouterr().err


def test_the_workspace_may_come_from_the_environment(
    company: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ACCORD_WORKSPACE", str(company))
    assert run(["acceptance", "--json"]) == 0
    assert answer(capsys.readouterr().out)["totals"]["handed"] == 400


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("--by a b --json", "--by a --by b --json"),
        ("--by a --workspace w", "--by a --workspace w"),
        ("--by a b c --by d", "--by a --by b --by c --by d"),
        ("--csv", "--csv -"),
        ("--csv --json", "--csv - --json"),
        ("--csv -", "--csv -"),
        ("--csv f.csv --by a b", "--csv f.csv --by a --by b"),
        ("--by", "--by"),
        ("--period week x", "--period week x"),
    ],
)
def test_short_ways_of_writing_arewritten_out(given: str, written: str) -> None:
    assert written_out(given.split()) == written.split()
