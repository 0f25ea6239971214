"""``accord value --attribution``: what it prints for people and programs, and what it says to a wrong rule."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from accord.agreement.attribution import RULES, AttributionChoice, rule_written
from accord.cli.main import run
from accord.demo.simulate import simulate
from accord.report.look import display_width


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small simulated company, touches included."""
    folder = tmp_path_factory.mktemp("attribution")
    simulate(size=400, seed=3, until=date(2026, 7, 1)).write(folder / "tables", "parquet")
    place = folder / "company"
    place.mkdir()
    (place / "accord.yaml").write_text("timezone: Europe/Paris\nattribution: u-shape\n", encoding="utf-8")
    assert run(["import", str(folder / "tables"), "--workspace", str(place)]) == 0
    return place


@pytest.fixture
def asked(company: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Callable[..., str]:
    def ask(*words: str, code: int = 0) -> str:
        assert run(["value", "--workspace", str(company), *words]) == code
        out, err = capfdbinary.readouterr()
        return (out if code == 0 else err).decode("utf-8")

    return ask


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_named_and_fits_eighty_columns(asked: Callable[..., str], rule: str, language: str) -> None:
    text = asked("--attribution", rule, "--lang", language)
    assert max(map(display_width, text.splitlines())) <= 80
    if language == "en":
        assert "\nWho gets the credit: " in text
        assert "\nWhat the choice of the rule changes\n" in text


def test_the_agreements_rule_counts_unless_another_is_asked(asked: Callable[..., str]) -> None:
    found = json.loads(asked("--json"))["data"]["attribution"]
    assert (found["rule"], found["because"]) == ("position", "agreement")
    found = json.loads(asked("--json", "--attribution", "time_decay:30"))["data"]["attribution"]
    assert (found["rule"], found["because"], found["half_life_days"]) == ("time_decay", "asked", 30.0)


def test_tables_of_credit_and_groups_are_those_of_the_json(asked: Callable[..., str]) -> None:
    data = json.loads(asked("--json"))["data"]
    lines = list(csv.DictReader(io.StringIO(asked("--csv", "--csv-of", "attribution"))))
    assert [line["rule"] for line in lines if line["chosen"] == "True"] == ["position"] * len(
        data["attribution"]["rows"]
    )
    credited = {line["channel"]: float(line["won"]) for line in lines if line["rule"] == "markov"}
    assert credited == {row["channel"]: row["won"] for row in data["attribution"]["comparison"]["markov"]}
    fronts = list(csv.DictReader(io.StringIO(asked("--csv", "--csv-of", "fronts"))))
    assert [int(line["handed_over"]) for line in fronts] == [front["handed_over"] for front in data["fronts"]]
    combinations = list(csv.DictReader(io.StringIO(asked("--csv", "--csv-of", "combinations"))))
    assert [line["channels"].split(" + ") for line in combinations if line["channels"]] == [
        one["channels"] for one in data["combinations"] if one["channels"]
    ]


def test_the_page_names_the_rule_and_shows_every_other(asked: Callable[..., str], tmp_path: Path) -> None:
    asked("--attribution", "linear", "--html", str(tmp_path / "page.html"))
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    data = json.loads(asked("--attribution", "linear", "--json"))["data"]
    assert "<h2 id=" in page
    for words in ("Who gets the credit: linear, each touch the same", "Customers credited to each channel", "linear ●"):
        assert words in page
    for row in data["attribution"]["rows"]:
        assert f">{row['channel']}<" in page
    assert "Met through one channel or several, before the handoff" in page


def test_shown_tenths_add_up(asked: Callable[..., str]) -> None:
    text = asked("--attribution", "linear")
    data = json.loads(asked("--attribution", "linear", "--json"))["data"]
    block = text.split("Who gets the credit")[1].split("\n\n")[0].splitlines()
    shown = [line.split()[1] for line in block[2:] if len(line.split()) > 3 and line.split()[0] in _channels(data)]
    assert len(shown) == len(data["attribution"]["rows"])
    assert sum(round(float(tenth) * 10) for tenth in shown) == data["totals"]["won"] * 10


def _channels(data: dict[str, dict[str, list[dict[str, str]]]]) -> set[str]:
    return {row["channel"] for row in data["attribution"]["rows"]}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--attribution", "liner"], "Did you mean linear?"),
        (["--attribution", "time_decay:0"], "after the colon stand days"),
        (["--attribution", "time_decay:soon"], "after the colon stand days"),
        (["--attribution", "linear:3"], "only time_decay takes days"),
        (["--within", "0"], "--within cannot be 0"),
        (["--limit", "-1"], "--limit cannot be below 0"),
        (["--csv", "--csv-of", "leads"], "--csv-of cannot be 'leads'"),
        (["--csv-of", "fronts"], "add --csv"),
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_told(asked: Callable[..., str], words: list[str], said: str) -> None:
    assert said in asked(*words, code=2)


def test_an_agreement_that_names_no_rule_is_told(asked: Callable[..., str], company: Path) -> None:
    agreement = company / "accord.yaml"
    before = agreement.read_text(encoding="utf-8")
    agreement.write_text("timezone: Europe/Paris\nattribution: by mood\n", encoding="utf-8")
    try:
        text, data = asked(), json.loads(asked("--json"))["data"]
        said = asked("--csv", "--csv-of", "attribution", code=2)
    finally:
        agreement.write_text(before, encoding="utf-8")
    assert "names no rule that Accord knows" in text
    assert data["attribution"] == {"rule": "lead_channel", "because": "not_understood"}
    assert "add --attribution linear" in said


@pytest.mark.parametrize(
    ("written", "choice"),
    [
        ("Last-Touch", AttributionChoice("last")),
        ("U shaped", AttributionChoice("position")),
        ("time decay: 3.5", AttributionChoice("time_decay", 3.5)),
        ({"rule": "markov"}, AttributionChoice("markov")),
        ({"rule": "decay", "half_life_days": 90}, AttributionChoice("time_decay", 90.0)),
        ("touch", None),
        ("time_decay:-1", None),
        ("time_decay:inf", None),
        ("time_decay:nan", None),
        ({"days": 50}, None),
        ("", None),
    ],
    ids=str,
)
def test_words_for_rules(written: str | dict[str, object], choice: AttributionChoice | None) -> None:
    assert rule_written(written) == choice
