"""The commands: text, JSON, CSV, both languages, and every way they are said no to."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from accord.cli.main import run
from accord.qualification.freezing import scored_json
from accord.qualification.handoff import hand_over
from accord.qualification.score import score_leads
from accord.readmodel.opening import open_source
from accord.workspace import Workspace
from handoff.company import NOON, fill, leads

AT = "2026-03-11T12:00Z"


@pytest.fixture
def shop(here: Workspace) -> Workspace:
    """Two leads that cross, one below, one disqualified, and two people."""
    fill(here, **leads(3, but={"L003": {"sector": "rival"}}), reps=[{"rep_id": "R1", "team": "field", "capacity": 1}])
    fill(here, **leads(1, first=9, webinars=0))
    return here


def accord(workspace: Workspace, *words: str) -> int:
    return run([*words, "--workspace", str(workspace.root)])


def answer(capfd: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capfd.readouterr().out)


def test_json_of_handing_over(shop: Workspace, capfd: pytest.CaptureFixture[str]) -> None:
    assert accord(shop, "handoff", "--as-of", AT, "--json") == 0
    found = answer(capfd)
    assert found["agreement"] == {"name": "small", "version": "1"}
    assert found["as_of"] == "2026-03-11T12:00:00Z"
    data = found["data"]
    assert (data["dry_run"], data["counts"]) == (False, {"all_full": 1, "disqualified": 1, "handed": 1})
    (handed,) = data["handed"]
    assert (handed["score"], handed["band"], handed["kind"], handed["rep_id"]) == (30.5, "B", "crossed", "R1")
    assert handed["why"][0]["code"] == "crossed"
    assert handed["why"][0]["text"]["en"] == "Its score of 30.5 reaches the threshold of 30."
    assert data["people"] == [{"rep_id": "R1", "team": "field", "capacity": 1.0, "before": 0, "now": 1}]
    assert accord(shop, "handoff", "--show", handed["handoff_id"], "--json") == 0
    kept = answer(capfd)["data"]
    assert kept["intact"]
    assert kept["trace"]["lead_id"] == handed["lead_id"]
    assert accord(shop, "handoff", "--show", handed["handoff_id"]) == 0
    assert f"{handed['lead_id']} as it was handed over" in capfd.readouterr().out


def test_the_same_bytes_again(shop: Workspace, capfd: pytest.CaptureFixture[str]) -> None:
    printed = []
    for _each in range(2):
        assert accord(shop, "handoff", "--dry-run", "--json") == 0
        printed.append(capfd.readouterr().out)
    assert printed[0] == printed[1]
    assert json.loads(printed[0])["as_of"] == "2026-03-10T12:00:00Z", "old data end with their newest event"


def test_text_and_csv(shop: Workspace, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    assert accord(shop, "handoff", "--as-of", AT, "--dry-run", "--csv", str(file)) == 0
    text = capfd.readouterr().out
    assert text.startswith("1 lead would go to sales.\n")
    assert "(30.5 points, band B) to R1, team field" in text
    assert "waiting: those who could take them are full, or there is nobody" in text
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    assert sorted(row["code"] for row in rows) == ["all_full", "disqualified", "handed"]


def test_overrides(shop: Workspace, capfd: pytest.CaptureFixture[str]) -> None:
    told = ["--reason", "Met them.", "--by", "Ann", "--as-of", AT]
    assert accord(shop, "override", "L009", "--up", *told) == 0
    assert "L009 is put forward" in capfd.readouterr().out
    assert accord(shop, "override", "L009", "--hold", *told) == 0
    assert "Before, since 11 Mar 2026, 13:00: up, by Ann (Met them.)." in capfd.readouterr().out.replace("\n", " ")
    assert accord(shop, "override", "--list") == 0
    assert [line.split()[:2] for line in capfd.readouterr().out.splitlines()[1:]] == [["L009", "up"], ["L009", "hold"]]
    assert accord(shop, "override", "--list", "--json") == 0
    assert [each["judgement"] for each in answer(capfd)["data"]] == ["up", "hold"]
    assert accord(shop, "override", "--effect", "--json") == 0
    data = answer(capfd)["data"]
    assert [each["group"] for each in data["groups"]] == ["put_forward", "near_the_threshold", "against_a_judgement"]
    assert data["better_accepted"] == {"unknown": "too_few", "need": 10}


def test_nobody_hands_over_into_the_future(shop: Workspace, capfd: pytest.CaptureFixture[str]) -> None:
    assert accord(shop, "handoff", "--as-of", "2200-01-01") == 2
    assert "2199-12-31T23:00Z has not come yet" in capfd.readouterr().err
    assert accord(shop, "handoff", "--as-of", "2200-01-01", "--dry-run") == 0


def test_a_route_to_nobody_is_told_where_people_look(shop: Workspace, capfd: pytest.CaptureFixture[str]) -> None:
    path = shop.root / "accord.yaml"
    routes = "handoff: {routes: [{where: {sector: [none_of_them]}, team: Fields}, {rep_id: R9}]}\n"
    path.write_text(path.read_text(encoding="utf-8") + routes, encoding="utf-8")
    assert accord(shop, "agreement", "check") == 0
    said = capfd.readouterr().out
    assert 'handoff.routes[2].rep_id: nobody in sales so far has "R9".' in said
    assert 'handoff.routes[1].team: nobody in sales so far has "Fields".' in said
    assert accord(shop, "handoff", "--as-of", AT, "--dry-run") == 0
    told = " ".join(capfd.readouterr().out.split())
    assert "Route 2 names R9, who is not in the data." in told


def test_who_is_put_forward_and_stays_all_the_same_is_told_why(
    shop: Workspace, capfd: pytest.CaptureFixture[str]
) -> None:
    told = ["--up", "--reason", "Met them.", "--by", "Ann"]
    assert accord(shop, "override", "L009", *told) == 0
    handoff = f"accord handoff --workspace {shop.root}"
    assert f"L009 is put forward: the next {handoff} hands it over" in " ".join(capfd.readouterr().out.split())
    assert accord(shop, "override", "L003", *told) == 0
    said = " ".join(capfd.readouterr().out.split())
    assert f"L003 is put forward, but {handoff} does not hand it over now: " in said
    assert accord(shop, "handoff", "--dry-run", "--lead", "L003") == 0
    reason = " ".join(capfd.readouterr().out.split()).partition("L003 stays: ")[2]
    assert reason
    assert reason in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["handoff", "--limit", "0"], "--limit must be at least 1"),
        (["handoff", "--show", "H1", "--dry-run"], "--show goes only with"),
        (["override", "L001"], "Say one of --up"),
        (["override", "L001", "--up", "--down"], "Say one of --up"),
        (["override", "--up", "--reason", "a", "--by", "b"], "Name the lead"),
        (["override", "L001", "--up", "--by", "b"], "needs a reason"),
        (["override", "L001", "--up", "--reason", "a"], "needs a name"),
        (["override", "--list", "--margin", "3"], "--margin goes only with --effect"),
        (["override", "--effect", "--margin", "-1"], "--margin must be above 0"),
        (["override", "--effect", "L001"], "name none"),
        (["override", "--list", "--by", "b"], "go only with --up"),
    ],
    ids=" ".join,
)
def test_what_makes_no_sense(shop: Workspace, capfd: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    assert accord(shop, *words) == 2
    assert said in capfd.readouterr().err


def test_what_is_not_there(shop: Workspace, capfd: pytest.CaptureFixture[str]) -> None:
    fill(shop, handoffs=[{"handoff_id": "H1", "lead_id": "L001", "at": NOON}])
    assert accord(shop, "handoff", "--show", "H7") == 1
    assert "There is no handoff H7." in capfd.readouterr().err
    assert accord(shop, "handoff", "--show", "H1") == 1
    assert "not made by Accord" in capfd.readouterr().err
    assert accord(shop, "handoff", "--lead", "L77") == 1
    assert "There is no lead L77" in capfd.readouterr().err


def test_what_is_kept_is_what_accord_score_says(shop: Workspace) -> None:
    """Frozen and live answers are one: the same keys and values, labels and reasons why added."""
    with open_source(shop, NOON) as source:
        report = score_leads(shop, source, past=True)
    live = {row.lead_id: scored_json(report.rules, row) for row in report.rows}
    handed = hand_over(shop, NOON).handed
    assert handed
    for each in handed:
        kept = json.loads(each.trace)
        for entry in kept["trace"]:
            assert set(entry.pop("label")) == set(entry.pop("why")) == {"en", "fr"}
        assert {name: kept[name] for name in live[each.lead_id]} == live[each.lead_id]
