"""Of people, a rep sees what is said of them, a manager their team, revenue operations everything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from accord.api import Figures
from accord.demo.company import Cause, Company
from accord.diagnosis.diagnose import diagnose
from accord.diagnosis.report import DiagnosisReport, Finding, OwnChange, Texts, Verdict
from accord.diagnosis.verdict import Judged, dropped, healthy, hurts_within, may_have_dropped
from accord.diagnosis.viewing import REVENUE_OPERATIONS, Viewer, seen_by
from accord.errors import UsageError
from accord.report.diagnosis.text import diagnosis_text
from accord.report.look import Look
from accord.values import Reason, Unknown
from diagnosis.companies import AGREEMENT, diagnosed_rows, plain_company, source_of

TEAMS = {"r1": "north", "r2": "north", "r3": "south"}
UNKNOWN = Unknown(Reason.TOO_FEW)


def finding(where: dict[str, str]) -> Finding:
    return Finding(
        "rep_gap" if where.keys() & {"rep_id"} else "segment_friction",
        where,
        0.99,
        UNKNOWN,
        100,
        UNKNOWN,
        UNKNOWN,
        {},
        (),
    )


@pytest.fixture(scope="module")
def report() -> DiagnosisReport:
    places = (
        {"rep_id": "r1"},
        {"rep_id": "r2", "lead_type": "trial"},
        {"rep_id": "r3"},
        {"team": "north"},
        {"channel": "web"},
    )
    began = tuple(OwnChange(date(2026, 1, 5), "rep_id", rep, ("rep_gap:rep_id=r3",)) for rep in ("r1", "r3"))
    whole = diagnosed_rows(plain_company(600, channel=lambda k: "web" if k % 3 else "fair"))
    return replace(whole, findings=tuple(map(finding, places)), own_changes=began)


def places(report: DiagnosisReport) -> list[dict[str, str]]:
    return [dict(one.where) for one in report.findings]


def test_a_rep_sees_what_is_said_of_them_and_of_leads(report: DiagnosisReport) -> None:
    seen = seen_by(report, Viewer("rep", rep_id="r2"), TEAMS)
    assert places(seen) == [{"rep_id": "r2", "lead_type": "trial"}, {"channel": "web"}]
    assert not seen.own_changes
    assert seen.change is not None
    assert {table.dimension for table in seen.change.tables} == {"channel"}


def test_a_manager_sees_their_team(report: DiagnosisReport) -> None:
    seen = seen_by(report, Viewer("manager", team="north"), TEAMS)
    assert places(seen) == [
        {"rep_id": "r1"},
        {"rep_id": "r2", "lead_type": "trial"},
        {"team": "north"},
        {"channel": "web"},
    ]
    assert [(change.value, change.beside) for change in seen.own_changes] == [("r1", ())]


def test_who_sees_no_finding_reads_of_none(report: DiagnosisReport) -> None:
    judged = Judged("healthy", healthy(report.rate), None, report.rate)
    whole = replace(report, verdict="healthy", because=hurts_within(judged).because, searched=40)
    said = {"en": "Somebody.", "fr": "Quelqu’un."}
    hurting = [replace(finding(where), text=said) for where in ({"rep_id": "r3"}, {"team": "south"})]
    others = replace(whole, findings=tuple(hurting))
    told = diagnosis_text(others, Look(width=100))
    assert "What hurts lies within it." in told
    seen = diagnosis_text(seen_by(others, Viewer("manager", team="north"), TEAMS), Look(width=100))
    assert "lies within" not in seen
    assert "neither the floor nor a drop is in question" in seen
    assert "Nothing was found for you to see that hurts acceptance beyond ordinary differences." in seen
    # whoever sees one reads the same as everybody
    assert "lies within" in diagnosis_text(seen_by(others, Viewer("manager", team="south"), TEAMS), Look(width=100))
    # a fall that is told to everybody stands, whatever else the viewer does not see
    came_down = replace(others, because={"en": "It came down.", "fr": "Il a baissé."})
    assert seen_by(came_down, Viewer("manager", team="north"), TEAMS).because == came_down.because
    # and the words give nothing away: they are those where there is nothing
    nothing = replace(others, findings=(), because=healthy(report.rate))
    assert diagnosis_text(seen_by(nothing, Viewer("manager", team="north"), TEAMS), Look(width=100)) == seen


def test_revenue_operations_see_everything(report: DiagnosisReport) -> None:
    assert seen_by(report, REVENUE_OPERATIONS, TEAMS) is report
    assert diagnose.__defaults__ == (REVENUE_OPERATIONS,)


@pytest.mark.parametrize(("verdict", "said"), [("sudden_drop", dropped), ("unclear", may_have_dropped)])
@pytest.mark.parametrize("where", [{"team": "north"}, {"rep_id": "r1"}])
def test_the_verdict_names_no_people_whom_the_viewer_does_not_see(
    report: DiagnosisReport, where: dict[str, str], verdict: Verdict, said: Callable[[Finding], Texts]
) -> None:
    drop = replace(finding(where), kind="sudden_drop", since=date(2026, 3, 2))
    told = replace(report, verdict=verdict, because=said(drop), findings=(drop,))
    name = next(iter(where.values()))
    assert all(name in text for text in told.because.values())
    elsewhere = [Viewer("rep", rep_id="r3"), Viewer("manager", team="south")]
    for viewer in elsewhere:
        seen = seen_by(told, viewer, TEAMS)
        assert not any(name in text for text in seen.because.values())
        assert "dropped" in seen.because["en"]
    assert seen_by(told, Viewer("manager", team="north"), TEAMS).because == told.because


def test_a_viewer_says_who_they_are() -> None:
    with pytest.raises(UsageError, match="rep_id"):
        Viewer("rep")
    with pytest.raises(UsageError, match="team"):
        Viewer("manager")


@pytest.mark.parametrize("role", ["Rep", "representative", "revops", "", None])
def test_nobody_of_an_unknown_role_looks(role: str) -> None:
    """Programs take roles from elsewhere: whom the product does not know must not see what managers see."""
    with pytest.raises(UsageError, match="rep, manager, revenue_operations"):
        Viewer(role, rep_id="r1")  # type: ignore[arg-type]


def test_the_library_answers_whoever_looks_alone() -> None:
    """What a program shows other people, as an answer or as a page, holds nothing that is not for them."""
    company = Company().with_causes(Cause("slow_response", {"team": "DACH"}, strength=6.0))
    with Figures(source_of(company, 4_000, 505, AGREEMENT)) as figures:
        everything = figures.diagnose()
        theirs = figures.diagnose(Viewer("manager", team="DACH"))
        others = figures.diagnose(Viewer("manager", team="Benelux"))
        whole, page = everything.page(), others.page()
    assert {"team": "DACH"} in places(everything.report)
    assert {"team": "DACH"} in places(theirs.report)
    assert not [one for one in places(others.report) if one.keys() & {"team", "rep_id"}]
    assert others.to_json()["data"]["findings"] != everything.to_json()["data"]["findings"]
    assert "DACH" in whole
    assert "DACH" not in page
