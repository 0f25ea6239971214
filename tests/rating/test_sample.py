"""Which leads are drawn for a blind rating, through the command a person types."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from accord.cli.main import run
from accord.readmodel.opening import open_source
from accord.workspace import Workspace
from cli.companies import simulated_workspace


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return simulated_workspace(tmp_path_factory.mktemp("workspace"))


def drawn(company: Path, out: Path, *words: str, code: int = 0) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    assert run(["rating", "sample", "--workspace", str(company), "--out", str(out), *words]) == code
    sheets = [out / f"rating-{side}.csv" for side in ("marketing", "sales")]
    both = [list(csv.DictReader(path.read_text("utf-8").splitlines())) for path in sheets if path.exists()]
    return (both[0], both[1]) if both else ([], [])


def known_of(company: Path) -> tuple[set[str], set[str]]:
    """Leads handed over, and leads refused as no fit, read plainly."""
    with open_source(Workspace(company)) as source:
        table = source.engine.run(source.episodes.select("lead_id", "decision", "reason")).to_pylist()
    fit = {"company_size", "sector", "geography", "role", "below_threshold", "competitor_or_partner"}
    refused = {row["lead_id"] for row in table if row["decision"] == "rejected" and row["reason"] in fit}
    return {row["lead_id"] for row in table}, refused


def test_both_sides_get_the_same_leads_in_another_order_and_nothing_that_tells(company: Path, tmp_path: Path) -> None:
    marketing, sales = drawn(company, tmp_path, "--size", "40", "--days", "365")
    ours, theirs = [row["lead_id"] for row in marketing], [row["lead_id"] for row in sales]
    assert len(ours) == len(set(ours)) == 40
    assert ours != theirs
    assert sorted(ours) == sorted(theirs)
    assert not {"score", "band", "rep_id", "team", "outcome", "merged_into", "customer_id"} & set(marketing[0])
    assert all(row["rate:overall"] == "" for row in marketing)


def test_half_were_handed_over_and_disputed_ones_come_first(company: Path, tmp_path: Path) -> None:
    handed, refused = known_of(company)
    marketing, _sales = drawn(company, tmp_path, "--size", "40", "--disputed", "6", "--days", "365")
    leads = {row["lead_id"] for row in marketing}
    assert len(leads & refused) >= 6
    assert len(leads - handed) == 17
    assert len(leads & handed) == 23


def test_the_same_seed_draws_the_same_and_another_seed_others(company: Path, tmp_path: Path) -> None:
    first, _sales = drawn(company, tmp_path / "a", "--days", "365")
    again, _sales = drawn(company, tmp_path / "b", "--days", "365")
    other, _sales = drawn(company, tmp_path / "c", "--days", "365", "--seed", "second")
    assert first == again
    assert {row["lead_id"] for row in first} != {row["lead_id"] for row in other}


def test_sheets_that_are_there_are_not_overwritten(
    company: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn(company, tmp_path, "--days", "365")
    drawn(company, tmp_path, "--days", "365", "--seed", "other", code=1)
    assert "--force" in capsys.readouterr().err
    drawn(company, tmp_path, "--days", "365", "--seed", "other", "--force")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--size", "3"], "between 10 and 1000"),
        (["--disputed", "70"], "between 0 and --size, 60"),
        (["--columns", "sectr"], "The nearest is sector"),
        (["--days", "0"], "at least 1"),
        (["--as-of", "2001-01-01"], "No lead was created"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_what_makes_no_sense_is_said(
    company: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert drawn(company, tmp_path, *words, code=2) == ([], [])
    assert said in " ".join(capsys.readouterr().err.split())


def test_compare_says_what_to_do(company: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    drawn(company, tmp_path, "--days", "365")
    capsys.readouterr()
    sides: dict[str, Any] = {}
    for side in ("marketing", "sales"):
        path = tmp_path / f"rating-{side}.csv"
        rows = list(csv.DictReader(path.read_text("utf-8").splitlines()))
        for row in rows:
            # Sales refuses a third of what marketing takes, the same leads each time.
            row["rate:overall"] = "no" if side == "sales" and int(row["lead_id"][1:]) % 3 == 0 else "yes"
            row["rate:fit"] = "yes" if int(row["lead_id"][1:]) % 2 else "no"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
        sides[side] = str(path)
    apart = tmp_path / "apart.csv"
    assert run(["rating", "compare", sides["marketing"], sides["sales"], "--csv", str(apart)]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "they do not read the agreement the same way" in text
    assert "Fit 60 100% 1.00" in text
    refused = sum(int(row["lead_id"][1:]) % 3 == 0 for row in csv.DictReader(apart.read_text("utf-8").splitlines()))
    assert refused == len(apart.read_text("utf-8").splitlines()) - 1 > 0
