"""``accord value``: what it prints for people and programs, and what it says to a wrong command line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from accord.cli.main import run
from accord.report.look import display_width
from value.stored import stored_company


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small simulated company, with all its money."""
    return stored_company(tmp_path_factory.mktemp("value"), size=500, seed=3, without={"touches"})


@pytest.fixture
def asked(company: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Callable[..., str]:
    def ask(*words: str, code: int = 0) -> str:
        assert run(["value", "--workspace", str(company), *words]) == code
        out, err = capfdbinary.readouterr()
        return (out if code == 0 else err).decode("utf-8")

    return ask


def test_json_is_the_house_envelope(asked: Callable[..., str]) -> None:
    text = asked("--by", "channel", "--period", "month", "--json")
    answer = json.loads(text)
    assert answer.keys() == {"accord", "agreement", "as_of", "data"}
    data = answer["data"]
    for row in [data["totals"], *data["rows"]]:
        assert row["qualified"] == row["handed_over"]
        for name in ("cost_per_lead", "cost_per_qualified_lead", "cost_per_accepted_lead", "cac"):
            assert ("value" in row[name]) != ("unknown" in row[name])
    assert sum(round(row["spend"] * 100) for row in data["rows"]) == round(data["totals"]["spend"] * 100)
    assert sum(round(row["revenue"] * 100) for row in data["rows"]) == round(data["totals"]["revenue"] * 100)
    assert text == asked("--by", "channel", "--period", "month", "--json")


def test_csv_has_a_line_per_row(asked: Callable[..., str]) -> None:
    rows = list(csv.DictReader(io.StringIO(asked("--by", "channel", "--csv"))))
    data = json.loads(asked("--by", "channel", "--json"))["data"]
    assert [row["channel"] for row in rows] == [row["segment"]["channel"] for row in data["rows"]]
    assert float(rows[0]["spend"]) == data["rows"][0]["spend"]
    assert rows[0]["cac_unknown"] == data["rows"][0]["cac"].get("unknown", "")


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("words", [[], ["--by", "channel"], ["--by", "sector", "--period", "quarter"]], ids="-".join)
def test_text_fits_eighty_columns(asked: Callable[..., str], language: str, words: list[str]) -> None:
    lines = asked(*words, "--lang", language).splitlines()
    assert max(map(display_width, lines)) <= 80
    assert len(lines) > 40


SCENARIO = ["--if", "acceptance=+10%", "--if", "late_acceptances=-5pts", "--where", "channel=webinar"]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_scenario_is_told_alone_and_fits_eighty_columns(asked: Callable[..., str], language: str) -> None:
    lines = asked(*SCENARIO, "--lang", language).splitlines()
    assert max(map(display_width, lines)) <= 80
    assert 15 < len(lines) < 60
    assert "webinar" in lines[0]


def test_a_scenario_is_the_same_in_json_and_csv(asked: Callable[..., str]) -> None:
    data = json.loads(asked(*SCENARIO, "--json"))["data"]
    rows = list(csv.DictReader(io.StringIO(asked(*SCENARIO, "--csv"))))
    figures = data["scenario"]["figures"]
    assert [row["figure"] for row in rows] == [figure["figure"] for figure in figures]
    for row, figure in zip(rows, figures, strict=True):
        change = figure["change"]
        assert row["change"] == str(change.get("value", ""))
        assert row["change_unknown"] == change.get("unknown", "")
    assert data["scenario"]["where"] == {"channel": "webinar"}
    assert [each["lever"] for each in data["scenario"]["if"]] == ["acceptance", "late_acceptances"]
    assert "scenario" not in json.loads(asked("--json"))["data"]


def test_a_page_is_written_and_named(asked: Callable[..., str], tmp_path: Path) -> None:
    page = tmp_path / "value.html"
    assert asked(*SCENARIO, "--html", str(page)) == ""
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_rates_beside_the_agreement_are_used(asked: Callable[..., str], company: Path, tmp_path: Path) -> None:
    without = json.loads(asked("--json"))["data"]
    assert {left["currency"] for left in without["left_out"]} == {"GBP"}
    rates = tmp_path / "rates.csv"
    rates.write_text("currency,rate\nGBP,1.15\n", encoding="utf-8")
    given = json.loads(asked("--json", "--rates", str(rates)))["data"]
    assert given["left_out"] == []
    (company / "rates.csv").write_text(rates.read_text(encoding="utf-8"), encoding="utf-8")
    try:
        found = json.loads(asked("--json"))["data"]
    finally:
        (company / "rates.csv").unlink()
    assert found["revenue"] == given["revenue"]
    assert given["revenue"]["total"] > without["revenue"]["total"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--period", "week"], "month, quarter"),
        (["--by", "chanel"], "Did you mean channel?"),
        (["--currency", "EURO"], "is not a currency"),
        (["--inactive-after", "0"], "--inactive-after cannot be 0"),
        (["--json", "--csv"], "JSON and CSV at once"),
        (["--if", "acceptance=+900%"], "no share is below 0% or above 100%"),
        (["--if", "acceptance=+10%", "--where", "channel=webinr"], "Did you mean webinar?"),
        (["--if", "acceptance=+10%", "--where", "webinar"], "is no segment"),
        (["--where", "channel=webinar"], "give --if too"),
        (["--from", "2026-05", "--to", "2026-05"], "is empty"),
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_told(asked: Callable[..., str], words: list[str], said: str) -> None:
    assert said in asked(*words, code=2)


def test_a_rate_table_at_fault_is_told_with_its_line(asked: Callable[..., str], tmp_path: Path) -> None:
    rates = tmp_path / "r.csv"
    rates.write_text("currency,rate\nGBP,x\n", encoding="utf-8")
    assert f"{rates}:2:" in asked("--rates", str(rates), code=1)
    assert "no such file" in asked("--rates", str(tmp_path / "absent.csv"), code=1)
