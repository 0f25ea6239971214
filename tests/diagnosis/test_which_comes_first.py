"""The verdict's own cause stands first, what is not sure last and apart; among people no order is a ranking."""

from __future__ import annotations

from dataclasses import replace

import pytest

from accord.diagnosis.charting import steps_of
from accord.diagnosis.diagnose import in_order
from accord.diagnosis.report import DiagnosisReport, Finding, Kind
from accord.language import use_language
from accord.report.diagnosis.text import diagnosis_text
from accord.report.look import Look
from accord.values import Estimate, Reason, Unknown
from diagnosis.companies import diagnosed_rows, plain_company


def found(kind: Kind, lost: float, confidence: float = 0.99, **where: str) -> Finding:
    said = {"en": f"{kind} of {where}", "fr": f"{kind} chez {where}"}
    effect = Estimate(-0.1, -0.15, -0.05, 1_000)
    cost = Unknown(Reason.NOT_RECORDED)
    return Finding(kind, where, confidence, effect, 1_000, Estimate(lost, lost, lost, 1_000), cost, said, ())


LATE = found("slow_response", 900, team="DACH")
DROP = found("sudden_drop", 100, channel="webinar")
WEAK = found("segment_friction", 2_000, 0.6, sector="retail")


def ids(findings: list[Finding]) -> list[str]:
    return [finding.id for finding in findings]


def test_the_cause_that_the_verdict_names_comes_first() -> None:
    assert in_order([LATE, DROP]) == [LATE, DROP]
    assert in_order([LATE, DROP], DROP.id) == [DROP, LATE]


def test_what_is_not_sure_comes_last_whatever_it_costs() -> None:
    assert in_order([WEAK, DROP, LATE]) == [LATE, DROP, WEAK]
    assert in_order([WEAK, LATE], WEAK.id) == [LATE, WEAK], "named by an unclear verdict, and no surer for it"
    assert replace(WEAK, confidence=0.8).sure


def test_people_stand_by_their_ids_among_those_as_sure() -> None:
    costs = {"r3": (50, 0.99), "r1": (10, 0.99), "r2": (30, 0.99), "r5": (90, 0.5), "r4": (20, 0.5)}
    gaps = [found("rep_gap", lost, sure, rep_id=rep) for rep, (lost, sure) in costs.items()]
    ordered = in_order([*gaps, DROP])
    assert ids(ordered)[0] == DROP.id
    assert [finding.where["rep_id"] for finding in ordered[1:]] == ["r1", "r2", "r3", "r4", "r5"]


@pytest.fixture(scope="module")
def quiet() -> DiagnosisReport:
    return diagnosed_rows(plain_company(600))


@pytest.mark.parametrize(
    ("language", "hurts", "nothing", "watch", "more"),
    [
        ("en", "What hurts", "hurts acceptance for sure", "Worth watching: not sure yet", "What to have more of"),
        ("fr", "Ce qui nuit", "nuit avec certitude", "À surveiller\u00a0: pas encore certain", "Ce dont il faut"),
    ],
)
def test_what_is_not_sure_is_read_under_a_heading_of_its_own(  # noqa: PLR0917 - the words of a language
    quiet: DiagnosisReport, language: str, hurts: str, nothing: str, watch: str, more: str
) -> None:
    model = found("segment_model", 0, 0.7, channel="fair")
    use_language(language)
    try:
        both = diagnosis_text(replace(quiet, findings=(DROP, WEAK), models=(model,)), Look(width=200))
        weak = diagnosis_text(replace(quiet, findings=(WEAK,)), Look(width=200))
        none = diagnosis_text(quiet, Look(width=200))
    finally:
        use_language("en")
    order = [both.index(part) for part in (hurts, "1. sudden_drop", watch, "2. segment_friction", "3. segment_model")]
    assert order == sorted(order)
    assert nothing not in both
    assert more not in both, "a model that is not sure is nothing to have more of yet"
    assert weak.index(nothing) < weak.index(watch) < weak.index("1. segment_friction")
    assert watch not in none


def test_what_is_not_sure_is_in_no_sum(quiet: DiagnosisReport) -> None:
    report = replace(quiet, findings=(DROP, WEAK))
    assert [step.finding for step in steps_of(report, 400)] == [DROP]
