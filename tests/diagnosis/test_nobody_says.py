"""What nobody recorded is no verdict and no finding: it is said to be missing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from accord.agreement.model import Acceptance, Agreement
from accord.demo.company import HEALTHY, Cause, Company
from accord.diagnosis.diagnose import diagnose
from accord.diagnosis.report import DiagnosisReport
from accord.report.diagnosis.text import diagnosis_text
from accord.report.look import Look
from accord.values import Estimate, Reason, Unknown
from diagnosis.companies import (
    AGREEMENT,
    SCORED,
    diagnosed,
    diagnosed_rows,
    finding_of,
    kinds,
    own_agreement,
    plain_company,
    source_of,
)

Tables = dict[str, list[dict[str, Any]]]


def called(tables: Tables, **columns: Any) -> Tables:
    """The same company, every lead called for two minutes an hour after its handoff."""
    calls = [
        {
            "activity_id": f"a{number}",
            "lead_id": row["lead_id"],
            "at": row["at"] + timedelta(hours=30),
            "rep_id": row.get("rep_id"),
            "kind": "call",
            "duration_s": 120,
            **columns,
        }
        for number, row in enumerate(tables["handoffs"])
    ]
    return {**tables, "activities": calls}


def missing(report: DiagnosisReport) -> set[str]:
    return {one.where["field"] for one in report.findings if one.kind == "not_measurable"}


@pytest.mark.parametrize("definition", ["explicit", "worked"])
def test_where_nobody_records_decisions_a_definition_that_counts_them_gives_no_verdict(definition: Any) -> None:
    tables = called(plain_company(800))
    del tables["decisions"]
    report = diagnosed_rows(tables, Agreement(acceptance=Acceptance(definition=definition)))
    assert report.verdict == "unclear"
    assert "No decision of sales is recorded" in report.because["en"]
    assert report.rate == Unknown(Reason.NOT_RECORDED)
    assert not kinds(report)
    assert "decisions" in missing(report)


def test_working_a_lead_accepts_it_where_the_agreement_says_so() -> None:
    tables = called(plain_company(800))
    del tables["decisions"]
    report = diagnosed_rows(tables, Agreement(acceptance=Acceptance(definition="action")))
    assert report.verdict == "healthy"


def test_refusals_alone_are_a_verdict() -> None:
    """Whoever says no to everything has said something."""
    report = diagnosed_rows(plain_company(800, rate=0.0))
    assert report.verdict == "durably_low"


def test_activities_without_a_name_blame_nobody_and_are_said_to_lack_it() -> None:
    nameless = called(plain_company(800), rep_id=None)
    report = diagnosed_rows(nameless)
    assert "activities.rep_id" in missing(report)
    assert not kinds(report)
    named = diagnosed_rows(called(plain_company(800)))
    assert "activities.rep_id" not in missing(named)
    anybody = Agreement.model_validate({"acceptance": {"real_action": {"by": "anyone"}}})
    assert "activities.rep_id" not in missing(diagnosed_rows(nameless, anybody))


def test_of_leads_never_decided_as_many_are_lost_acceptances_as_are_accepted_of_those_decided() -> None:
    report = diagnosed(Company().with_causes(Cause("definition_gap", {"country": "FR"}, 0.5)), 5_000, 506, AGREEMENT)
    finding = finding_of(report, "definition_gap")
    silent, lost = finding.effect, finding.lost_acceptances
    assert isinstance(silent, Estimate)
    assert isinstance(lost, Estimate)
    never_decided = silent.value * silent.n
    rate = lost.value / never_decided
    assert 0.4 < rate < 0.9, "of those decided in the company about two thirds are accepted"
    assert lost.low < lost.value < lost.high < never_decided
    assert np.isclose(lost.low / (silent.low * silent.n), rate, atol=0.1)
    assert finding.cost == Unknown(Reason.NOT_IDENTIFIED), "they were worked: their money is not lost"


def test_where_nobody_says_anything_no_rate_is_said_to_be_zero(tmp_path: Path) -> None:
    names = tuple(name for name in SCORED if name not in {"decisions", "activities"})
    with source_of(HEALTHY, 1_500, 31, own_agreement(HEALTHY, 1_500, tmp_path), names) as source:
        report = diagnose(source)
    assert report.rate == Unknown(Reason.NOT_RECORDED)
    assert report.intents
    assert {row.rate for row in report.intents} == {Unknown(Reason.NOT_RECORDED)}
    assert report.change is None
    assert "0% accepted" not in diagnosis_text(report, Look(width=100))


@pytest.mark.parametrize(("definition", "said"), [("explicit", "as not accepted"), ("action", "as accepted, though")])
def test_what_is_never_decided_is_counted_as_the_definition_has_it(definition: Any, said: str) -> None:
    tables = called(plain_company(900))
    tables["decisions"] = tables["decisions"][::2]
    report = diagnosed_rows(tables, Agreement(acceptance=Acceptance(definition=definition)))
    gap = finding_of(report, "definition_gap")
    assert said in gap.text["en"]
