"""``accord recycle``: what it prints for people and programs, what it says of nothing, and to a wrong command line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import accord
from accord.cli.main import run
from accord.language import use_language
from accord.report.look import display_width
from accord.report.recycle.words import returned_name
from recycle.company import company, written

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "schema" / "recycle.schema.json").read_text("utf-8"))


def strict(schema: Any) -> Any:
    """The schema that allows no key it does not name: what is printed is documented."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: strict(part) for name, part in schema.items()}
    return closed | {"additionalProperties": False} if "properties" in schema and "required" in schema else closed


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company whose leads come back, as files that were imported."""
    folder = tmp_path_factory.mktemp("recycle")
    files = written(company(3, 300), folder / "files")
    assert run(["import", str(files), "--workspace", str(folder / "company")]) == 0
    return folder / "company"


@pytest.fixture
def asked(place: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Callable[..., str]:
    def ask(*words: str, code: int = 0) -> str:
        assert run(["recycle", "--workspace", str(place), *words]) == code
        out, err = capfdbinary.readouterr()
        return (out if code == 0 else err).decode("utf-8")

    return ask


def test_json_is_what_the_schema_says(asked: Callable[..., str]) -> None:
    text = asked("--by", "channel", "--period", "month", "--json")
    answer = json.loads(text)
    Draft202012Validator(strict(SCHEMA)).validate(answer)
    assert answer["data"]["relaunch"]
    assert len(answer["data"]["rows"]) > 10
    assert "NaN" not in text
    assert text == asked("--by", "channel", "--period", "month", "--json")


def test_the_library_gives_the_same(place: Path, asked: Callable[..., str]) -> None:
    with accord.open(place) as figures:
        found = figures.recycle(by="channel")
    assert found.to_json() == json.loads(asked("--by", "channel", "--json"))
    assert found.relaunch == [lead["lead_id"] for lead in found.to_json()["data"]["relaunch"]]
    assert len(found.ledger()) == found.to_json()["data"]["ledger"]["episodes"]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("width", ["60", "120"])
def test_text_fits_the_terminal(
    asked: Callable[..., str], monkeypatch: pytest.MonkeyPatch, language: str, width: str
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    text = asked("--by", "channel", "--period", "quarter", "--lang", language)
    assert max(display_width(line) for line in text.splitlines()) <= int(width)
    assert "{" not in text
    asked("--lang", "en")


def test_the_ledger_and_the_list_are_tables(asked: Callable[..., str], tmp_path: Path) -> None:
    data = json.loads(asked("--json", "--limit", "0"))["data"]
    rows = list(csv.DictReader(io.StringIO(asked("--csv"))))
    assert len(rows) == data["totals"]["handed"]
    assert sum(row["returned"] not in {"", "superseded"} for row in rows) == data["totals"]["returned"]
    assert sum(bool(row["days_waiting"]) for row in rows) == data["totals"]["waiting"]
    file = tmp_path / "list.csv"
    asked("--list", str(file))
    listed = list(csv.DictReader(io.StringIO(file.read_text("utf-8"))))
    assert [row["lead_id"] for row in listed] == [lead["lead_id"] for lead in data["relaunch"]]
    assert len(listed) == data["waiting_leads"]["worth_relaunching"]
    asked("--list", str(file), "--csv-for", "excel-fr", "--limit", "2")
    by_hand = file.read_text("utf-8")
    assert by_hand.startswith("\ufefflead_id;handoff_id;")
    assert len(by_hand.splitlines()) == 3


def test_a_span_in_which_nothing_came_back_says_what_to_record(asked: Callable[..., str]) -> None:
    assert "No lead was handed over" in asked("--to", "2020-01-01")
    data = json.loads(asked("--to", "2020-01-01", "--json"))["data"]
    Draft202012Validator(strict(SCHEMA)).validate(json.loads(asked("--to", "2020-01-01", "--json")))
    assert data["totals"]["returned"] == 0
    assert data["totals"]["return_rate"] == {"unknown": "too_few", "need": 10}
    assert data["stop_rule"]["last_worthwhile_attempt"] == {"unknown": "not_recorded", "need": 100}


def test_without_a_handoff_it_says_what_to_import(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    (tmp_path / "leads.csv").write_text("lead_id,created_at\n1,2026-01-01\n", encoding="utf-8")
    assert run(["import", str(tmp_path / "leads.csv"), "--workspace", str(tmp_path / "company")]) == 0
    capfdbinary.readouterr()
    assert run(["recycle", "--workspace", str(tmp_path / "company")]) == 0
    assert "Import a table handoffs" in capfdbinary.readouterr().out.decode()


def test_only_acceptances_are_an_empty_ledger(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    (tmp_path / "leads.csv").write_text("lead_id,created_at\n1,2026-01-01\n", encoding="utf-8")
    (tmp_path / "handoffs.csv").write_text("handoff_id,lead_id,at\na,1,2026-01-02T10:00:00Z\n", encoding="utf-8")
    decided = "decision_id,handoff_id,at,outcome\nd,a,2026-01-03T10:00:00Z,accepted\n"
    (tmp_path / "decisions.csv").write_text(decided, encoding="utf-8")
    place = str(tmp_path / "company")
    assert run(["import", str(tmp_path), "--workspace", place]) == 0
    capfdbinary.readouterr()
    assert run(["recycle", "--workspace", place]) == 0
    said = capfdbinary.readouterr().out.decode()
    assert "None of 1 handoff came back from sales." in said
    assert "What to record from now on" in said


def test_where_nobody_recorded_an_answer_no_lead_is_said_to_have_come_back(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    (tmp_path / "leads.csv").write_text("lead_id,created_at\n1,2026-01-01\n", encoding="utf-8")
    handed = "handoff_id,lead_id,at\na,1,2026-01-02T10:00:00Z\nb,1,2026-03-02T10:00:00Z\n"
    (tmp_path / "handoffs.csv").write_text(handed, encoding="utf-8")
    place = str(tmp_path / "company")
    assert run(["import", str(tmp_path), "--workspace", place]) == 0
    capfdbinary.readouterr()
    assert run(["recycle", "--workspace", place, "--as-of", "2026-08-01"]) == 0
    said = " ".join(capfdbinary.readouterr().out.decode().split())
    assert "Which of 2 handoffs came back from sales is not known: no decision of sales is recorded." in said
    assert "Worth relaunching" not in said
    assert run(["recycle", "--workspace", place, "--as-of", "2026-08-01", "--json"]) == 0
    answer = json.loads(capfdbinary.readouterr().out)
    Draft202012Validator(strict(SCHEMA)).validate(answer)
    totals = answer["data"]["totals"]
    assert (totals["handed"], totals["returned"], totals["expired"], totals["waiting"]) == (2, 0, 0, 0)
    assert totals["return_rate"]["unknown"] == "not_recorded"
    assert answer["data"]["relaunch"] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--by", "chanel"], "channel"),
        (["--period", "year"], "week, month, quarter"),
        (["--within", "0"], "--within cannot be 0"),
        (["--from", "2026-02", "--to", "2026-01"], "is empty"),
        (["--limit", "-1"], "--limit cannot be below 0"),
        (["--csv", "s.csv", "--list", "./s.csv"], "--csv and --list name the same file"),
        (["--json", "--csv"], "Standard output cannot be JSON and CSV at once"),
    ],
)
def test_a_wrong_command_line_is_explained(asked: Callable[..., str], words: list[str], said: str) -> None:
    assert said in asked(*words, code=2)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_needs_nothing_beside_it(asked: Callable[..., str], tmp_path: Path, language: str) -> None:
    file = tmp_path / "page.html"
    asked("--by", "channel", "--html", str(file), "--limit", "3", "--lang", language)
    page = file.read_text("utf-8")
    asked("--json", "--lang", "en")
    assert page.startswith("<!DOCTYPE html>")
    assert f'<html lang="{language}">' in page
    assert "http" not in page.replace("http://www.w3.org/", "")
    assert "<script" not in page
    listed = json.loads(asked("--json", "--limit", "4"))["data"]["relaunch"]
    assert all(f'<th scope="row">{lead["lead_id"]}</th>' in page for lead in listed[:3])
    assert listed[3]["lead_id"] not in page


def test_the_page_of_nothing_says_what_to_do(asked: Callable[..., str], tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    asked("--to", "2020-01-01", "--html", str(file))
    assert "No lead was handed over to sales in these days" in file.read_text("utf-8")


def test_a_reason_inside_a_sentence_begins_small_and_own_words_stay() -> None:
    use_language("en")
    assert returned_name("rejected", "below_threshold") == "refused, below the threshold"
    use_language("fr")
    assert returned_name("rejected", "below_threshold") == "refusé, sous le seuil"
    assert returned_name("rejected", "other: SAP only") == "refusé, SAP only"
    use_language("en")
