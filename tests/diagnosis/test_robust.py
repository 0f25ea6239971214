"""However little there is, a diagnosis says what it cannot say; it never guesses and never fails."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from accord.demo.company import HEALTHY
from accord.diagnosis.phrases import between, span
from accord.diagnosis.report import DiagnosisReport
from accord.report.diagnosis.answer import diagnosis_json
from accord.report.diagnosis.text import diagnosis_text
from accord.report.envelope import dumps
from accord.report.look import Look
from diagnosis.companies import diagnosed_rows, diagnosed_with_points, kinds, own_agreement, plain_company


def emptied(tables: dict[str, list[dict[str, Any]]], name: str) -> dict[str, list[dict[str, Any]]]:
    return {**tables, name: []}


POOR: dict[str, dict[str, list[dict[str, Any]]]] = {
    "nothing": {name: [] for name in plain_company(0)},
    "one lead": plain_company(1),
    "twelve leads": plain_company(12),
    "one day": plain_company(400, days=1),
    "one rep": plain_company(400, reps=1),
    "all accepted": plain_company(400, rate=1.0),
    "all refused": plain_company(400, rate=0.0),
    "no decisions": emptied(plain_company(400), "decisions"),
    "no reps": emptied(plain_company(400), "reps"),
    "constant columns": plain_company(400, channel="web", country="FR", sector=None),
    "ten thousand values": plain_company(10_000, channel=lambda k: f"c{k}"),
    "no activities nor reasons": {**plain_company(400), "activities": []},
    "all open": {**plain_company(300, days=20), "decisions": []},
    "one value a lead": plain_company(300, campaign=lambda k: f"campaign {k}", sector=lambda k: f"s{k % 40}"),
}


@pytest.mark.parametrize("name", POOR)
def test_poor_data_are_diagnosed_without_a_guess(name: str) -> None:
    report = diagnosed_rows(POOR[name])
    allowed = {"durably_low"} if name == "all refused" else {"not_measurable"}
    assert set(kinds(report)) <= allowed
    assert not report.models
    answer = json.loads(dumps(diagnosis_json(report)))
    assert answer["data"]["verdict"] in {"healthy", "durably_low", "unclear"}
    assert diagnosis_text(report, Look()).strip()


def test_a_single_day_is_no_span() -> None:
    """Nobody says from a day to the same day."""
    rows = plain_company(40)
    for row in rows["handoffs"]:
        row["at"] = datetime(2026, 5, 4, 9)  # noqa: DTZ001 - naive UTC
    told = " ".join(diagnosis_text(diagnosed_rows(rows), Look()).split())
    assert "40 leads handed over on 4 May 2026;" in told
    assert "from 4 May" not in told


def test_too_young_a_company_is_unclear_and_says_what_settles_it() -> None:
    report = diagnosed_rows(plain_company(200, days=40))
    assert report.verdict == "unclear"
    assert "of the three that are needed" in report.because["en"]


def test_too_few_to_compare_are_not_called_healthy() -> None:
    """Clearly above the floor, and nobody looked for a drop: 90 more are missing to 150."""
    few = diagnosed_rows(plain_company(60, days=120))
    assert few.verdict == "unclear"
    assert "cannot be said of 60 leads with an outcome: 90 more settle it" in few.because["en"]
    assert "60" in few.because["fr"]
    assert diagnosed_rows(plain_company(160, days=120)).verdict == "healthy"


def test_where_all_leads_are_alike_their_weeks_are_compared() -> None:
    report = diagnosed_rows(plain_company(400, reps=1))
    assert report.verdict == "healthy"
    assert report.searched == 48, "weeks from 1 July 2025 to 26 May 2026"
    told = " ".join(diagnosis_text(report, Look()).split())
    assert "48 segments and dates compared" in told
    assert "nothing could be compared" not in told
    two = diagnosed_rows(plain_company(400, reps=2))
    assert two.searched == 50, "the same weeks, and either rep"


def test_without_a_handoff_the_verdict_says_what_to_record() -> None:
    report = diagnosed_rows({**{name: [] for name in plain_company(0)}, "leads": plain_company(40)["leads"]})
    assert report.verdict == "unclear"
    assert "No handoff is recorded" in report.because["en"]
    assert {finding.where["field"] for finding in report.findings} == {"handoffs", "decisions"}
    told = diagnosis_text(report, Look())
    assert "cannot be said: nothing could be compared" in " ".join(told.split())
    assert "Nothing was found" not in told


def test_asked_of_a_day_before_the_data_it_names_the_day() -> None:
    tables = plain_company(300)
    for handoff in tables["handoffs"]:
        handoff["at"] += timedelta(days=900)
    report = diagnosed_rows(tables)
    assert report.verdict == "unclear"
    assert "None of the handoffs recorded lies in the year up to 1 July 2026" in report.because["en"]
    assert "1er juillet 2026" in report.because["fr"]
    assert not report.limits
    assert "Nothing was found" not in diagnosis_text(report, Look())


def test_all_still_open_is_unclear() -> None:
    tables = emptied(plain_company(300, days=20), "decisions")
    for handoff in tables["handoffs"]:
        handoff["at"] = tables["leads"][0]["created_at"].replace(month=6, day=28)
    report = diagnosed_rows(tables)
    assert report.verdict == "unclear"
    assert not kinds(report)


def test_what_is_not_recorded_is_named_with_what_to_record() -> None:
    report = diagnosed_rows(plain_company(400))
    fields = {finding.where["field"] for finding in report.findings if finding.kind == "not_measurable"}
    assert fields == {"activities", "decisions.reason"}
    for finding in report.findings:
        assert finding.actions[0].code == "record_it"
        assert finding.text.keys() == {"en", "fr"}


def test_limits_name_what_was_not_compared() -> None:
    wide = diagnosed_rows(POOR["ten thousand values"])
    assert any("channel" in limit["en"] for limit in wide.limits)
    assert any("one rep" in limit["en"] for limit in diagnosed_rows(POOR["one rep"]).limits)
    assert any("had the same outcome" in limit["en"] for limit in diagnosed_rows(POOR["all accepted"]).limits)
    assert any("compared from 150 on" in limit["en"] for limit in diagnosed_rows(POOR["twelve leads"]).limits)


@pytest.mark.parametrize("name", POOR)
def test_every_sentence_of_a_poor_diagnosis_is_there_in_both_languages(name: str) -> None:
    """What cannot be said, why, and what to record: nothing is left unfilled, in either language."""
    report = diagnosed_rows(POOR[name])
    texts = [report.because, *report.limits]
    texts += [finding.text for finding in report.findings]
    texts += [action.text for finding in report.findings for action in finding.actions]
    for text in texts:
        for said in (text["en"], text["fr"]):
            assert said.strip()
            assert "{" not in said
    if name != "nothing":  # of nothing, the verdict says it all
        assert any("gives no points" in limit["en"] for limit in report.limits)


def said_of(report: DiagnosisReport, language: str = "en") -> str:
    return " ".join(limit[language] for limit in report.limits)


def test_money_columns_and_scores_that_nobody_recorded_cannot_be_said(tmp_path: Path) -> None:
    """Each stands there with what to record, and goes once it is recorded."""
    bare = diagnosed_rows(plain_company(400, rate=0.6, reps=1))
    assert "No spend is recorded" in said_of(bare)
    assert "differ in no column" in said_of(bare)
    assert "touches" not in said_of(bare), "where the agreement gives no points there is no criterion to hold"
    agreement = own_agreement(HEALTHY, 400, tmp_path)
    scoreless = diagnosed_rows(plain_company(400, rate=0.6, channel=lambda k: "ab"[k % 2]), agreement)
    assert "No score and no touches are recorded" in said_of(scoreless)
    assert "differ in no column" not in said_of(scoreless)
    told = diagnosed_with_points(HEALTHY, 400, 5, tmp_path)
    for missing in ("No score and no touches", "No spend", "differ in no column"):
        assert missing not in said_of(told)


def test_columns_are_called_by_their_names() -> None:
    report = diagnosed_rows(
        plain_company(400, rate=0.6, lead_type="web", job_function="it", campaign=lambda k: f"c{k}")
    )
    assert "the same value in team, lead type, job function:" in said_of(report)
    assert "Campaign has too many different values" in said_of(report)
    assert "type de lead" in said_of(report, "fr")


def test_what_came_within_days_is_told_in_days() -> None:
    assert span(1) == {"en": "one day", "fr": "un jour"}
    assert span(6)["en"] == "6 days"
    assert span(91) == {"en": "13 weeks", "fr": "13 semaines"}


def test_points_without_reasons_are_not_held_against_outcomes(tmp_path: Path) -> None:
    """Refusals without reasons teach nothing: it is said how many leads teach, and what to ask for."""
    agreement = own_agreement(HEALTHY, 400, tmp_path)
    report = diagnosed_rows(plain_company(400, rate=0.6), agreement)
    assert not report.signals
    assert any("Ask for a reason" in limit["en"] for limit in report.limits)


def test_where_waiting_settles_nothing_nobody_is_told_to_wait() -> None:
    """Of leads that all had their time no later day makes more; those of the last weeks will have theirs."""
    tables = plain_company(200, days=25)
    assert "waiting does not settle it" in diagnosed_rows(tables).because["en"]
    for row in (row for rows in tables.values() for row in rows):
        for column in {"at", "created_at"} & row.keys():
            row[column] += timedelta(days=30)
    assert "Come back when" in diagnosed_rows(tables).because["en"]


def test_without_decisions_nobody_is_asked_for_reasons_of_refusals(tmp_path: Path) -> None:
    agreement = own_agreement(HEALTHY, 200, tmp_path)
    tables = plain_company(200)

    def asked(report: DiagnosisReport) -> bool:
        return any("Ask for a reason on every refusal" in text["en"] for text in report.limits)

    assert asked(diagnosed_rows(tables, agreement))
    assert not asked(diagnosed_rows({**tables, "decisions": [], "activities": []}, agreement))


def test_what_may_have_begun_in_either_of_two_weeks_is_looked_for_in_both() -> None:
    friday, monday, sunday = date(2026, 3, 27), date(2026, 3, 30), date(2026, 4, 5)
    assert between(monday, friday, monday)["en"] == "between 27 March 2026 and 30 March 2026"
    assert between(monday, monday, sunday)["en"] == "in the week of 30 March 2026"
    assert between(monday, None, None)["fr"] == "dans la semaine du 30 mars 2026"


def test_no_threshold_is_to_be_raised_where_the_agreement_has_none() -> None:
    report = diagnosed_rows(POOR["all refused"])
    (low,) = [one for one in report.findings if one.kind == "durably_low"]
    said = [action.text["en"] for action in low.actions]
    assert any("the agreement gives none yet" in text for text in said)
    assert not any("higher threshold" in text for text in said)


def test_one_lead_a_month_is_no_plural() -> None:
    assert "Leads handed over a month: about 1, too few" in diagnosed_rows(POOR["twelve leads"]).because["en"]
