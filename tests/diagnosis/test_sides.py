"""A piece of evidence stands on the side where its value speaks, and apart where it takes none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from accord.diagnosis.report import Evidence, Finding, Kind, Texts
from accord.diagnosis.sides import on_its_side
from accord.language import use_language
from accord.report.diagnosis.answer import diagnosis_json
from accord.report.diagnosis.text import diagnosis_text
from accord.report.diagnosis.views import card
from accord.report.look import Look
from accord.values import Estimate
from diagnosis.companies import diagnosed_rows, plain_company

Ends = tuple[float, float, float]
EFFECT = Estimate(-0.2, -0.3, -0.1, 100)


def figure(value: float, half: float = 0.03) -> Estimate:
    return Estimate(value, value - half, value + half, 200)


def told(kind: Kind, figures: dict[str, Estimate], **more: Any) -> Finding:
    evidence = tuple(Evidence(what, value) for what, value in figures.items())
    finding = Finding(kind, {"channel": "web"}, 0.99, EFFECT, 100, EFFECT, EFFECT, {}, (), evidence)
    return on_its_side(replace(finding, **more))


def sides(finding: Finding) -> tuple[list[str], list[str], list[str]]:
    return tuple([one.what for one in part] for part in (finding.evidence, finding.against, finding.context))  # type: ignore[return-value]


LATE = {"late": figure(0.6), "late_elsewhere": figure(0.2)}
SYSTEM = {"hours_to_hand_over": Estimate(0.1, 0.05, 0.2, 200), "handed_over_late": figure(0.0, 0.0)}


def test_what_comes_before_the_handoff_takes_no_side_where_answers_after_it_are_late() -> None:
    answered = {"business_days_to_answer": Estimate(0.8, 0.6, 0.9, 200)}
    found = told("slow_response", {**LATE, **answered, **SYSTEM, "late_from_people": figure(0.9)})
    assert sides(found) == (
        ["late", "late_elsewhere"],
        [],
        ["business_days_to_answer", "hours_to_hand_over", "handed_over_late", "late_from_people"],
    )


def test_it_speaks_for_a_finding_that_handing_over_is_late_and_whose_the_delay_is_for_one_that_says_so() -> None:
    people: Texts = {"en": "people", "fr": "people"}
    found = told("slow_response", {**LATE, "late_from_people": figure(0.9)}, facts={"whose": people})
    assert sides(found) == ([*LATE, "late_from_people"], [], [])
    # told by the promise of each class, the sentence does not say whose they are
    found = told("slow_response", {**LATE, "late_from_people": figure(0.9)}, facts={"whose": people, "by_class": 1.0})
    assert sides(found) == ([*LATE], [], ["late_from_people"])
    handed = {"handed_over_late": figure(0.5), "handed_over_late_elsewhere": figure(0.1)}
    found = told("slow_response", {**handed, "hours_to_hand_over": figure(20.0)})
    assert sides(found) == ([*handed], [], ["hours_to_hand_over"])


FRICTION: dict[str, tuple[dict[str, float], list[str], list[str]]] = {
    "as they come": ({"rate": 0.4, "rate_elsewhere": 0.6}, ["rate", "rate_elsewhere"], []),
    "the other way round": ({"rate": 0.6, "rate_elsewhere": 0.5}, [], ["rate", "rate_elsewhere"]),
    "less than before, more than others": (
        {"rate": 0.4, "rate_elsewhere": 0.35, "rate_before": 0.6},
        ["rate", "rate_before"],
        ["rate_elsewhere"],
    ),
}


@pytest.mark.parametrize("name", FRICTION)
def test_shares_that_say_the_opposite_stand_against(name: str) -> None:
    figures, evidence, against = FRICTION[name]
    found = told("sudden_drop", {what: figure(value) for what, value in figures.items()})
    assert sides(found) == (evidence, against, [])


def test_of_a_model_more_speaks_for_it() -> None:
    assert sides(told("segment_model", {"rate": figure(0.8), "rate_elsewhere": figure(0.6)}))[1] == []
    assert sides(told("segment_model", {"rate": figure(0.5), "rate_elsewhere": figure(0.6)}))[0] == []


def test_beside_an_undetermined_cause_nothing_is_called_ordinary_that_speaks_against_the_gap() -> None:
    found = told("rep_gap", {"rate": figure(0.6), "rate_elsewhere": figure(0.5)}, cause="undetermined")
    assert sides(found) == ([], [], ["rate", "rate_elsewhere"])


@pytest.mark.parametrize(("low_scores", "side"), [(0.94, 0), (0.5, 1)])
def test_who_accepts_everything_accepts_low_scores_too(low_scores: float, side: int) -> None:
    figures = {"accepted_of_decided": figure(0.95), "rate_of_low_scores": figure(low_scores)}
    found = told("rubber_stamp", figures)
    assert "rate_of_low_scores" in sides(found)[side]


DEALS: list[tuple[Kind, float, Ends, Ends, int]] = [
    ("overweighted_signal", 15.0, (6.5, 0.0, 10.1), (9.4, 5.5, 13.2), 0),  # deals too: fewer than fifteen
    ("overweighted_signal", 15.0, (6.5, 0.0, 10.1), (12.0, 5.0, 19.0), 2),  # fifteen is as likely
    ("overweighted_signal", 15.0, (6.5, 0.0, 10.1), (17.0, 15.5, 19.0), 1),
    ("underweighted_signal", 12.0, (64.0, 14.0, 144.0), (22.5, 13.0, 34.0), 0),
    ("underweighted_signal", 12.0, (64.0, 14.0, 144.0), (22.5, 11.0, 34.0), 2),
    ("underweighted_signal", 12.0, (64.0, 50.0, 80.0), (22.5, 13.0, 34.0), 1),
]


@pytest.mark.parametrize(("kind", "granted", "accepted", "deals", "side"), DEALS)
def test_deals_stand_where_they_speak(kind: Kind, granted: float, accepted: Ends, deals: Ends, side: int) -> None:
    figures = {
        "points_supported": Estimate(*accepted, 200),
        "points_supported_by_deals": Estimate(*deals, 200),
    }
    found = told(kind, figures, facts={"granted": granted})
    assert "points_supported_by_deals" in sides(found)[side]


def test_what_takes_no_side_is_told_as_that() -> None:
    report = diagnosed_rows(plain_company(200))
    both = told("slow_response", {**LATE, **SYSTEM}, text={"en": "Late.", "fr": "En retard."})
    report = replace(report, findings=(both,))
    text = diagnosis_text(report, Look(width=200)).replace("\u00a0", " ")
    assert "For: answered after the promise: 60%" in text
    assert "Also: half are handed over within 6 min" in text
    assert "For: half are handed over" not in text
    data: Any = diagnosis_json(report)
    assert [one["what"] for one in data["data"]["findings"][0]["context"]] == [*SYSTEM]
    assert len(card(both, 1, "EUR", None).context) == 2
    use_language("fr")
    try:
        assert "À noter : la moitié" in diagnosis_text(report, Look(width=200)).replace("\u00a0", " ")
    finally:
        use_language("en")
