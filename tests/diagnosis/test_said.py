"""What a diagnosis says of itself: the definition it is by, outcomes that nobody recorded, a gap that began."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from accord.agreement.model import Acceptance, Agreement
from accord.diagnosis import advice, checking, how_far, watching
from accord.diagnosis.report import DiagnosisReport, Evidence, Finding
from accord.diagnosis.wording import ACTIONS, sentence
from accord.language import gettext, use_language
from accord.report.diagnosis.answer import diagnosis_json
from accord.report.diagnosis.text import diagnosis_text
from accord.report.diagnosis.views import card
from accord.report.envelope import dumps
from accord.report.look import Look
from accord.report.words import definition_name
from accord.values import Estimate, Reason, Unknown
from diagnosis.companies import diagnosed_rows, plain_company

Tables = dict[str, list[dict[str, Any]]]
WIDE = Look(width=1_000)


def worked_and_never_decided() -> Tables:
    tables = plain_company(300)
    calls = [
        {
            "activity_id": f"a{place}",
            "lead_id": handoff["lead_id"],
            "rep_id": handoff["rep_id"],
            "at": handoff["at"] + timedelta(hours=2),
            "kind": "call",
        }
        for place, handoff in enumerate(tables["handoffs"])
        if place % 5
    ]
    return {**tables, "decisions": [], "activities": calls}


BY = {
    "named": (plain_company(300), Agreement(acceptance=Acceptance(definition="worked")), "worked", "agreement"),
    "decided": (plain_company(300), Agreement(), "explicit", "decisions_recorded"),
    "undecided": (worked_and_never_decided(), Agreement(), "action", "no_decisions"),
}


@pytest.mark.parametrize("name", BY)
def test_the_definition_and_why_it_is_the_one_are_said(name: str) -> None:
    tables, agreement, definition, because = BY[name]
    report = diagnosed_rows(tables, agreement)
    data = json.loads(dumps(diagnosis_json(report)))["data"]
    assert (data["definition"], data["definition_because"]) == (definition, because)
    text = " ".join(diagnosis_text(report, WIDE).split())
    assert f"(definition “{definition_name(report.definition)}”)" in text
    assert ("The agreement names it." in text) == (because == "agreement")
    assert ("no decision of sales is recorded." in text) == (because == "no_decisions")


def limits(report: DiagnosisReport) -> str:
    return " ".join(limit["en"] for limit in report.limits)


def test_nothing_recorded_is_no_outcome_that_all_share() -> None:
    named = Agreement(acceptance=Acceptance(definition="explicit"))
    for tables in ({**plain_company(300), "decisions": []}, worked_and_never_decided()):
        silent = limits(diagnosed_rows(tables, named))
        assert "Nothing is recorded of what became of the leads" in silent
        assert "same outcome" not in silent
    refused = limits(diagnosed_rows(plain_company(300, rate=0.0), named))
    assert "same outcome" in refused
    assert "Nothing is recorded" not in refused


@pytest.mark.parametrize("days", [1, 2, 50])
def test_the_span_is_told_in_days(days: int) -> None:
    report = diagnosed_rows(plain_company(40, days=days))
    assert report.first is not None
    assert report.last is not None
    assert f"Days from the first handoff to the last: {(report.last - report.first).days + 1};" in limits(report)


def gap(cause: Any, **more: Any) -> Finding:
    rate = Estimate(0.28, 0.21, 0.37, 120)
    return Finding(
        kind="rep_gap",
        where={"rep_id": "R05"},
        confidence=0.99,
        effect=Estimate(-0.35, -0.43, -0.27, 120),
        leads=120,
        lost_acceptances=Unknown(Reason.NOT_IDENTIFIED),
        cost=Unknown(Reason.NOT_IDENTIFIED),
        text={"en": "…", "fr": "…"},
        actions=(),
        evidence=(Evidence("rate", rate),),
        against=(Evidence("refusals_without_reason", Estimate(0.04, 0.01, 0.1, 79)),),
        cause=cause,
        **more,
    )


def test_a_gap_that_began_says_when_and_what_it_was_before() -> None:
    began = gap("undetermined", since=date(2026, 6, 1))
    assert sentence(began)["en"].startswith("Since 1 June 2026: for rep R05")
    before = Evidence("rate_before", Estimate(0.62, 0.56, 0.69, 192))
    told = sentence(replace(began, evidence=(*began.evidence, before)))
    assert told["en"].startswith("Since 1 June 2026 (62% of the same people's leads were accepted before, 28% since)")
    assert told["fr"].startswith("Depuis le 1er juin 2026 (62")


@pytest.mark.parametrize(("cause", "heading"), [("undetermined", "Looked at, and ordinary"), ("resistance", "Against")])
def test_nothing_speaks_against_a_cause_that_is_not_said(cause: str, heading: str) -> None:
    shown = card(gap(cause), 1, "EUR", None)
    assert shown.beside == heading
    assert shown.against == ["refusals without a reason: 4% (1–10%) of 79"]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_definition_is_said_in_both_languages(language: str) -> None:
    report = diagnosed_rows(plain_company(300))
    use_language(language)
    try:
        told = " ".join(diagnosis_text(report, WIDE).split())
        assert {"en": "Accepted means:", "fr": "définition"}[language] in told
    finally:
        use_language("en")


ADVICE = [
    *(text for actions in ACTIONS.values() for _, text in actions),
    *(text for name, text in vars(advice).items() if name.isupper() and isinstance(text, str) and text.endswith(".")),
    *(text for _, text in watching.LOOK.values()),
    *(how_far.GIVE, how_far.FIRST_STEP, how_far.FIRST_STEP_BOTH, how_far.AS_MANY_AS_ALLOWED, how_far.SETTLE),
    *(checking.REPLAY, checking.SHARE, checking.SHARE_ALONE, checking.RECORD, checking.RECORD_IN_TIME),
]


@pytest.mark.parametrize("message", ADVICE)
def test_what_to_do_is_said_to_you_in_french(message: str) -> None:
    """One form: what is done is asked of the reader, and never stands in the infinitive."""
    use_language("fr")
    try:
        said = gettext(message)
    finally:
        use_language("en")
    assert re.search(r"\b(\w+ez|Faites)\b", said), said
    assert not re.match(r"\w+(er|ir|re) ", said), said


@pytest.mark.parametrize(
    ("leads", "searched", "english", "french"),
    [
        (1, 0, "1 lead handed over from", "1 lead transmis du"),
        (1, 1, "; 1 segment or date compared.", " ; 1 segment ou date comparé."),
        (40, 1_200, "; 1,200 segments and dates compared.", " ; 1 200 segments et dates comparés."),
    ],
)
def test_one_lead_and_one_segment_are_one(leads: int, searched: int, english: str, french: str) -> None:
    report = replace(diagnosed_rows(plain_company(40)), handed=leads, searched=searched)
    assert english in diagnosis_text(report, WIDE)
    use_language("fr")
    try:
        text = diagnosis_text(report, WIDE)
    finally:
        use_language("en")
    assert french in re.sub("[\u00a0\u202f]", " ", text)
