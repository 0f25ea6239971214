"""From findings to grades: how far each figure falls, and what cannot be measured at all."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from accord.agreement.model import Acceptance
from accord.audit.check import Ladder
from accord.audit.figures import BY_DEFINITION, Audited
from accord.audit.grades import penalties
from accord.audit.registry import CHECKS
from accord.audit.report import AuditReport, Severity
from accord.audit.thresholds import THRESHOLDS
from accord.report.audit.answer import audit_json
from accord.report.envelope import dumps
from accord.values import Reason, Unknown
from audit.company import AGREEMENT, audit, clean_company
from audit.scenarios import SCENARIOS

BY_CODE = {check.code: check for check in CHECKS}


def grade_of(report: AuditReport, figure: Audited) -> object:
    return next(graded.grade for graded in report.grades if graded.figure is figure)


@pytest.mark.parametrize(
    ("affected", "of", "severity"),
    [
        (0, 1000, None),
        (4, 1000, None),  # fewer than the least count
        (5, 1000, Severity.NOTE),
        (9, 1000, Severity.NOTE),
        (10, 1000, Severity.MINOR),
        (199, 1000, Severity.MINOR),
        (200, 1000, Severity.MAJOR),
        (1000, 1000, Severity.MAJOR),
        (0, 0, None),
    ],
)
def test_a_ladder_is_climbed_at_its_steps(affected: int, of: int, severity: Severity | None) -> None:
    assert Ladder(note=0, minor=0.01, major=0.2, least=5).severity(affected, of) == severity


def test_every_threshold_belongs_to_a_check_and_rises() -> None:
    assert THRESHOLDS.keys() == BY_CODE.keys()
    for ladder in THRESHOLDS.values():
        steps = [step for step in (ladder.note, ladder.minor, ladder.major, ladder.critical) if step is not None]
        assert steps == sorted(steps)
        assert len(steps) >= 1


def test_a_note_hurts_nothing() -> None:
    for check in CHECKS:
        assert penalties(check, Severity.NOTE, "worked") == {}


def test_severity_is_the_number_of_grades_lost_and_what_is_blurred_loses_one_less() -> None:
    check = BY_CODE["late_decisions"]
    lost = penalties(check, Severity.CRITICAL, "explicit")
    assert lost[Audited.RATE] == 3
    assert lost[Audited.DELAY] == 2
    assert Audited.GHOST not in lost


@pytest.mark.parametrize(
    ("code", "definition", "spared"),
    [
        ("batch_decisions", "action", True),
        ("batch_decisions", "explicit", False),
        ("batch_decisions", "tacit", False),
        ("activity_bursts", "explicit", True),
        ("activity_bursts", "tacit", True),
        ("activity_bursts", "action", False),
        ("activity_bursts", "worked", False),
        ("doubled_handoffs", "action", False),
        ("doubled_handoffs", "explicit", False),
    ],
)
def test_a_rate_is_spared_what_its_definition_does_not_look_at(code: str, definition: str, spared: bool) -> None:
    lost = penalties(BY_CODE[code], Severity.CRITICAL, definition)  # type: ignore[arg-type]
    assert (Audited.RATE not in lost) is spared
    if spared:
        assert not set(lost) & BY_DEFINITION


def test_what_was_never_recorded_has_no_grade() -> None:
    tables = clean_company(leads=150)
    for name in ("activities", "spend", "orders"):
        tables[name].clear()
    report = audit(tables)
    for figure in (Audited.GHOST, Audited.SILENT, Audited.TOKEN, Audited.NEVER_WORKED, Audited.COST):
        assert grade_of(report, figure) == Unknown(Reason.NOT_RECORDED)
    assert grade_of(report, Audited.RATE) == "A"
    # Revenue is what was paid: the amounts of deals are what was hoped for.
    assert grade_of(report, Audited.REVENUE) == Unknown(Reason.NOT_RECORDED)


def test_what_cannot_be_measured_is_not_graded_beside_the_figures_either() -> None:
    tables = clean_company()
    report = audit({**tables, "handoffs": [], "decisions": [], "activities": []})
    assert grade_of(report, Audited.RATE) == Unknown(Reason.NOT_RECORDED)
    assert any(finding.severity is Severity.CRITICAL for finding in report.findings)
    assert all(Audited.RATE not in figures for figures in report.lowered.values())


def test_the_definition_decides_what_must_be_recorded() -> None:
    tables = clean_company(leads=60)
    tables["decisions"].clear()
    assert grade_of(audit(tables), Audited.RATE) == "A"  # by action
    explicit = AGREEMENT.model_copy(update={"acceptance": Acceptance(definition="explicit")})
    assert grade_of(audit(tables, explicit), Audited.RATE) == Unknown(Reason.NOT_RECORDED)


def test_below_ten_there_is_no_grade_but_a_need() -> None:
    tables = clean_company(leads=9)
    assert grade_of(audit(tables), Audited.RAW_RATE) == Unknown(Reason.TOO_FEW, need=10)


def test_an_empty_workspace_is_answered() -> None:
    report = audit({})
    assert report.findings == ()
    assert {graded.grade for graded in report.grades} == {Unknown(Reason.NOT_RECORDED)}
    assert set(report.tables.values()) == {0}


def test_grades_fall_with_what_is_found() -> None:
    tables = clean_company(leads=120)
    for code in ("missing_reasons", "late_decisions"):
        SCENARIOS[code].spoil(tables)
    report = audit(tables)
    by_figure = {graded.figure: graded for graded in report.grades}
    assert by_figure[Audited.REASONS].grade == "C"
    assert by_figure[Audited.REASONS].because == ("missing_reasons",)
    assert by_figure[Audited.RATE].grade == "C"  # 12 of about 100 decisions came late
    assert by_figure[Audited.RATE].because == ("late_decisions",)
    assert by_figure[Audited.DELAY].grade == "B"
    assert by_figure[Audited.COST].grade == "A"
    assert [finding.severity for finding in report.findings] == [Severity.MAJOR, Severity.MAJOR, Severity.NOTE]
    assert len(report.findings[0].hurts) >= len(report.findings[1].hurts)


def test_what_comes_after_the_moment_described_is_not_there() -> None:
    tables = clean_company(leads=120)
    before = audit(tables)
    handed = sorted(row["at"] for row in tables["handoffs"])
    early = audit(tables, as_of=handed[40])
    assert {finding.code for finding in early.findings} <= {"later_than_as_of", "automation_not_recorded"}
    assert before.findings == ()


def test_the_order_of_rows_changes_no_byte() -> None:
    tables = clean_company(leads=240)
    for code in ("instant_actions", "missing_reasons", "duplicate_leads", "batch_decisions", "spelling_variants"):
        SCENARIOS[code].spoil(tables)
    first = dumps(audit_json(audit(tables)))
    chance = random.Random(4)
    for rows in tables.values():
        chance.shuffle(rows)
    assert dumps(audit_json(audit(tables))) == first


def test_a_finding_says_how_many_of_how_many() -> None:
    tables = clean_company(leads=60)
    SCENARIOS["missing_reasons"].spoil(tables)
    found = next(one for one in audit(tables).findings if one.code == "missing_reasons")
    assert found.share == found.affected / found.of
    assert replace(found, of=0).share == 0.0
