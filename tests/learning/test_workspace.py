"""Learning from a workspace, end to end: a simulated company that overrates webinars, through the command line."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from accord.agreement.load import load_agreement
from accord.cli.main import run
from accord.learning.framing import frame_of
from accord.learning.from_workspace import learn_from_workspace
from accord.learning.handoffs import handoffs_of
from accord.learning.history import as_known_then
from accord.readmodel.opening import open_source
from accord.store.database import open_store
from accord.store.single import write_rows
from accord.workspace import Workspace
from learning.companies import TRUE_WEBINAR, company_in


@pytest.fixture(scope="module")
def overrating(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return company_in(tmp_path_factory.mktemp("overrating"), 7000, webinar=3.0)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return company_in(tmp_path_factory.mktemp("small"), 60)


@pytest.fixture(scope="module")
def answer(overrating: Path) -> dict[str, Any]:
    place = Workspace(overrating)
    with open_source(place) as source:
        report = learn_from_workspace(place, source)
        from accord.report.learning.answer import learning_json

        found: dict[str, Any] = json.loads(json.dumps(learning_json(report, source.agreement, source.as_of)))
        return found["data"]  # type: ignore[no-any-return]


def test_the_overrated_touch_is_found_and_nothing_else(answer: dict[str, Any]) -> None:
    changed = {one["id"]: one for one in answer["proposal"]["criteria"] if one["change"] != "kept"}
    assert changed.keys() == {"webinar"}
    webinar = changed["webinar"]
    assert webinar["before"] == 3 * TRUE_WEBINAR
    # Leads that cross the threshold thanks to webinars alone are worth less than their points say in this company,
    # so the outcomes support at most what a webinar deserves.
    assert webinar["supported"]["low"] <= TRUE_WEBINAR
    assert webinar["after"] == round(webinar["supported"]["high"])  # as far as the outcomes insist
    assert abs(webinar["after"] - TRUE_WEBINAR) < TRUE_WEBINAR


def test_the_proposal_orders_the_newest_leads_better_than_the_agreement(answer: dict[str, Any]) -> None:
    gain = answer["quality"]["current"]["auc_above_proposal"]  # of the agreement in force over the proposal
    assert gain["value"] < 0
    assert answer["quality"].keys() == {"proposal", "current", "logistic", "boosting"}
    assert sum(band["leads"] for band in answer["bands"]) == answer["judged_on"]
    assert answer["judged_on"] == round(answer["leads"] / 5)
    assert answer["leaks"] == []


def test_leads_that_teach_nothing_are_counted(answer: dict[str, Any], overrating: Path) -> None:
    assert answer["left_out"].keys() >= {"procedural", "no_answer", "no_reason"}
    with open_source(Workspace(overrating)) as source:
        handed = handoffs_of(source).size
    assert answer["leads"] + sum(answer["left_out"].values()) == handed


def test_no_touch_after_the_handoff_is_known_at_the_handoff(overrating: Path) -> None:
    with open_source(Workspace(overrating)) as source:
        handoffs = handoffs_of(source)
        everything = range(handoffs.size)
        good = [True] * handoffs.size
        import numpy as np

        frame, _skipped = frame_of(handoffs, everything, good, np.ones(handoffs.size), source.agreement)
        by_hand = source.engine.run_sql(  # type: ignore[attr-defined]
            "SELECT count(*) AS n FROM (SELECT h.handoff_id, h.at AS handed, coalesce(l.merged_into, h.lead_id) AS "
            "lead FROM handoffs h JOIN leads l USING (lead_id)) h JOIN (SELECT coalesce(l.merged_into, t.lead_id) "
            "AS lead, t.at AS touched FROM touches t JOIN leads l USING (lead_id)) t USING (lead) "
            "WHERE touched <= handed"
        ).to_pylist()[0]["n"]
    assert all(touch.at <= handoffs.at[place] for place in everything for touch in handoffs.touches[place])
    assert frame.touches is not None
    assert frame.touches.days.min() >= 0
    assert frame.touches.row.size == by_hand
    assert (np.diff(handoffs.at) >= 0).all()


@pytest.mark.parametrize("where", ["sqlite", "stored on postgresql", "computed on postgresql"])
def test_columns_are_those_known_at_the_handoff(
    where: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What sales corrected after the handoff, and what was recorded before it, told apart by the store's history."""
    if where != "sqlite":
        url = request.getfixturevalue("postgres_url")
        monkeypatch.setenv("ACCORD_DATABASE", url)
        if where == "computed on postgresql":
            monkeypatch.setenv("ACCORD_ENGINE", url)
    company = tmp_path / "company"
    company.mkdir()
    address = Workspace(company).database_url
    open_store(address, create=True).close()
    long_ago, long_after = datetime(2020, 1, 1), datetime(2100, 1, 1)  # noqa: DTZ001 - naive UTC
    leads = [{"lead_id": name, "created_at": long_ago, "sector": "first", "mood": "calm"} for name in ("L1", "L2")]
    write_rows(address, "leads", leads)
    write_rows(address, "leads", [{**leads[0], "sector": "corrected", "mood": "signed"}])
    moments = {"before": long_ago, "after": long_after}
    write_rows(
        address,
        "handoffs",
        [
            {"handoff_id": f"{lead}-{name}", "lead_id": lead, "at": at}
            for lead in ("L1", "L2")
            for name, at in moments.items()
        ],
    )
    place = Workspace(company)
    with open_source(place, datetime(2101, 1, 1)) as source:  # noqa: DTZ001 - naive UTC
        known = as_known_then(place, source, handoffs_of(source))
    told = {name: (lead["sector"], lead["mood"]) for name, lead in zip(known.ids, known.leads, strict=True)}
    assert told == {
        "L1-before": ("first", "calm"),
        "L1-after": ("corrected", "signed"),
        "L2-before": ("first", "calm"),
        "L2-after": ("first", "calm"),
    }


def test_the_command_writes_a_draft_that_holds(
    overrating: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = tmp_path / "next.yaml"
    assert run(["learn", "--workspace", str(overrating), "--write", str(draft)]) == 0
    printed = capsys.readouterr().out
    assert "What the outcomes insist on" in printed
    assert "Outcomes exist only for leads that were handed over" in printed
    agreement = load_agreement(draft).agreement
    assert agreement.version == "1.2"
    assert agreement.qualification is not None
    points = {one.id: (one.points, one.cap) for one in agreement.qualification.criteria}
    before = {one.id: (one.points, one.cap) for one in Workspace(overrating).agreement.qualification.criteria}  # type: ignore[union-attr]
    assert {name for name in points if points[name] != before[name]} == {"webinar"}
    assert points["webinar"][1] == 2 * points["webinar"][0]  # the cap keeps its proportion


def test_too_few_leads_are_told_how_many_are_missing(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["learn", "--workspace", str(small), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["data"]["proposal"]["unknown"] == "too_few"
    assert answer["data"]["proposal"]["need"] >= 200
    assert run(["learn", "--workspace", str(small)]) == 0
    assert "are too few to learn from: about" in capsys.readouterr().out
    draft = tmp_path / "next.yaml"
    assert run(["learn", "--workspace", str(small), "--write", str(draft)]) == 1, "a script must not go on without it"
    assert f"{draft} was not written." in capsys.readouterr().err
    assert not draft.exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--outcome", "joy"], "--outcome joy is not known. Allowed: acceptance, opportunity, win."),
        (["--order-column", "x", "--good", "y"], "--order-column, --good speak of a table: name it with --table."),
        (["--table", "x.csv"], "Learning from a table needs --outcome-column, --order-column."),
        (["--table", "x.csv", "--outcome", "win"], "--outcome and --as-of speak of a workspace, not of a table."),
        (["--criteria", "0"], "--criteria 0: at least 1."),
        (
            ["--table", "x.csv", "--outcome-column", "a", "--order-column", "b", "--axis", "fit"],
            "--axis fit: write it as engagement=COLUMN.",
        ),
    ],
)
def test_what_makes_no_sense_is_said(words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["learn", *words]) == 2
    assert sentence in capsys.readouterr().err
