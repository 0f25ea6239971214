"""Precision at what sales can take: the room of recorded capacities, against counting it by hand."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.agreement.handing import Handoff
from accord.agreement.model import Agreement
from accord.cli.main import run
from accord.language import use_language
from accord.learning.quality import precision_at
from accord.learning.room import room_in_weeks
from accord.qualification.capacity import Capacity, capacity_of_sales
from accord.qualification.routing import Person
from accord.values import Estimate

AGREEMENT = """\
name: Room
timezone: Europe/Paris
qualification:
  threshold: 10
  bands: [{name: A, from: 10}, {name: B}]
  criteria:
    - {id: size, axis: fit, points: 20, when: {field: employees, at_least: 50}, label: {en: S, fr: T},
       why: {en: Agreed., fr: Convenu.}}
"""
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
LEADS = 600
HOURS = 5
"""Hours from one handoff to the next."""


def company(folder: Path, reps: str, extra: str = "") -> Path:
    """Handoffs at even steps; large firms are accepted more often; every sixth refusal speaks of no lead."""
    lot = random.Random(8)
    (folder / "tables").mkdir(parents=True)
    (folder / "accord.yaml").write_text(AGREEMENT + extra, encoding="utf-8")
    leads, handoffs, decisions = (
        ["lead_id,created_at,employees"],
        ["handoff_id,lead_id,at"],
        ["decision_id,handoff_id,"],
    )
    decisions[0] += "at,outcome,reason"
    for place in range(LEADS):
        at = START + timedelta(hours=HOURS * place)
        large = lot.random() < 0.5
        accepted = lot.random() < (0.75 if large else 0.35)
        reason = "" if accepted else "duplicate" if place % 6 == 0 else "sector"
        leads.append(f"L{place},{(at - timedelta(hours=1)).isoformat()},{200 if large else 5}")
        handoffs.append(f"H{place},L{place},{at.isoformat()}")
        outcome = "accepted" if accepted else "rejected"
        decisions.append(f"D{place},H{place},{(at + timedelta(hours=1)).isoformat()},{outcome},{reason}")
    for name, rows in (("leads", leads), ("handoffs", handoffs), ("decisions", decisions)):
        (folder / "tables" / f"{name}.csv").write_text("\n".join([*rows, ""]), encoding="utf-8")
    if reps:
        (folder / "tables" / "reps.csv").write_text(reps, encoding="utf-8")
    assert run(["import", str(folder / "tables"), "--workspace", str(folder)]) == 0
    return folder


def learnt(folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    capsys.readouterr()
    assert run(["learn", "--workspace", str(folder), "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)["data"]
    return found


def told(folder: Path) -> list[tuple[datetime, bool, bool]]:
    """Every handoff with a known outcome, from the files: when, whether the firm is large, whether it was accepted."""
    tables = folder / "tables"
    size = {row.split(",")[0]: row.split(",")[2] for row in (tables / "leads.csv").read_text().split()[1:]}
    rows = []
    for line in (tables / "decisions.csv").read_text().split()[1:]:
        _id, handoff, at, outcome, reason = line.split(",")
        if reason != "duplicate":
            lead = handoff.replace("H", "L")
            rows.append((datetime.fromisoformat(at) - timedelta(hours=1), size[lead] == "200", outcome == "accepted"))
    return rows


def test_precision_is_that_of_as_many_as_recorded_capacity_takes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """7.9 counts as 7 whole leads, whoever takes none as none, and whoever was hired after the last lead not at all."""
    reps = "rep_id,team,capacity,hired_at\na,N,7.9,2020-01-01\nb,S,5,\nc,S,0,\nd,S,,\nlate,S,90,2026-12-01\n"
    folder = company(tmp_path / "one", reps)
    found = learnt(folder, capsys)
    rows = told(folder)
    newest = rows[-round(len(rows) / 5) :]
    first, last = newest[0][0], newest[-1][0]
    days = (last.astimezone(PARIS).date() - first.astimezone(PARIS).date()).days + 1
    handed = sum(first <= START + timedelta(hours=HOURS * place) <= last for place in range(LEADS))
    room = 12 * days / 7
    assert len(newest) < handed
    basis = found["capacity_from"]
    assert basis == {
        "basis": "recorded",
        "a_week": 12.0,
        "weeks": pytest.approx(days / 7),
        "leads": pytest.approx(room),
        "handed": handed,
        "judging": len(newest),
        "people": 4,
        "without_capacity": 1,
    }
    taken = round(room * len(newest) / handed)
    assert found["capacity"] == taken
    assert 10 < taken < sum(large for _at, large, _good in newest), "otherwise the border lies elsewhere"
    # The agreement puts large firms first, and draws lots among them: on average their share.
    share = np.mean([good for _at, large, good in newest if large])
    assert found["quality"]["current"]["precision"]["value"] == pytest.approx(share)
    assert found["quality"]["current"]["precision"]["n"] == taken


@pytest.mark.parametrize("language", ["en", "fr"])
def test_where_nobody_recorded_it_that_is_said(
    tmp_path: Path, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = company(tmp_path / "one", "rep_id,team\na,N\n")
    found = learnt(folder, capsys)
    assert found["capacity_from"] == {"basis": "agreement"}
    newest = told(folder)[-found["judged_on"] :]
    assert found["capacity"] == sum(large for _at, large, _good in newest)
    try:
        asked, file = ["learn", "--workspace", str(folder), "--lang", language], tmp_path / "page.html"
        assert run(asked) == 0
        printed = capsys.readouterr().out
        assert run([*asked, "--html", str(file)]) == 0
        page = file.read_text(encoding="utf-8")
    finally:
        use_language("en")
    for place in ("handoff: capacity", "accord.yaml"):
        assert place in " ".join(printed.split())
        assert place in page


def test_sales_that_can_take_all_of_them_need_no_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = company(tmp_path / "one", "rep_id,team\na,N\nb,N\n", "handoff: {capacity: 500}\n")
    found = learnt(folder, capsys)
    assert found["capacity_from"]["a_week"] == 1000
    assert found["capacity"] == found["judged_on"]
    assert run(["learn", "--workspace", str(folder)]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert f"Good ones among the best {found['judged_on']}: sales can take them all" in printed


def test_what_sales_can_take_is_what_teams_and_the_agreement_let_it() -> None:
    people = [Person("a", "N", None, 10), Person("b", "N", None, None), Person("c", "S", None, 6)]
    assert capacity_of_sales(Handoff(), people) == Capacity(16, 3, 1)
    limits = {"team_at_most_a_week": {"N": 4, "Outside": 3}}
    assert capacity_of_sales(Handoff.model_validate(limits), people) == Capacity(13, 3, 0)
    assert capacity_of_sales(Handoff.model_validate({**limits, "at_most_a_week": 5}), people) == Capacity(5, 3, 0)
    assert capacity_of_sales(Handoff.model_validate({"capacity": 2}), people) == Capacity(18, 3, 0)
    assert capacity_of_sales(Handoff(), people[1:2]) == Capacity(None, 1, 1)
    assert capacity_of_sales(Handoff.model_validate({"at_most_a_week": 5}), []) == Capacity(5, 0, 0)


@given(st.lists(st.integers(0, 400 * 86_400), min_size=1, max_size=40), st.data())
def test_the_room_is_shared_with_leads_that_teach_nothing(seconds: list[int], data: st.DataObject) -> None:
    at = np.array(sorted(seconds), dtype=np.int64) * 1_000_000
    first = data.draw(st.integers(0, at.size - 1))
    judges = np.array(sorted({first, *data.draw(st.sets(st.integers(first, at.size - 1)))}))
    found = room_in_weeks(Agreement(), Capacity(10, 1, 0), at, at[judges])
    start, end = at[judges[0]], at[judges[-1]]
    assert found.weeks == (end // 86_400_000_000 - start // 86_400_000_000 + 1) / 7  # the agreement's days are UTC's
    assert found.handed == sum(start <= moment <= end for moment in at)
    assert found.leads == 10 * found.weeks
    assert found.for_the_judging == max(1, round(found.leads * judges.size / found.handed))
    assert room_in_weeks(Agreement(), Capacity(None, 1, 1), at, at[judges]).for_the_judging is None


@pytest.mark.parametrize("room", [4_000, 8_000, 11_200])
def test_precision_with_an_exploration_is_that_of_all_who_came(room: int) -> None:
    """20,000 leads came, two in five crossed, and a lot drew one in twenty of the others. Outcomes are known of nine in
    ten that crossed and of half that were drawn. What the best are worth for whom there is room is known here.
    """
    chance = np.random.default_rng(20_261)
    score = chance.integers(0, 101, 20_000).astype(np.float64)
    good = chance.random(score.size) < score / 125
    crossing = score >= 60
    handed = np.flatnonzero(crossing | (chance.random(score.size) < 0.05))
    judges = np.flatnonzero(chance.random(handed.size) < np.where(crossing[handed], 0.9, 0.5))
    at = np.sort(chance.integers(0, 4 * 7 * 86_400, handed.size)) * 1_000_000
    found = room_in_weeks(Agreement(), Capacity(room / 4, 1, 0), at, at[judges])
    assert found.leads == pytest.approx(room, rel=0.01)  # four weeks, to the day of the first and the last of them
    assert found.for_the_judging is not None
    mine = handed[judges]
    stand_for = np.where(crossing[mine], 1.0, 20.0)
    precision = precision_at(score[mine], good[mine], found.for_the_judging, stand_for)
    best = np.argsort(-score, kind="stable")[:room]
    assert isinstance(precision, Estimate)
    # Over 40 such companies it errs by half a point at most, with a standard deviation of one point: three of these.
    assert precision.value == pytest.approx(good[best].mean(), abs=0.035)
