"""Grades that an audit left behind: the same figures as the audit's, for as long as nothing changed, and no longer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from accord.audit import workspace as module
from accord.audit.figures import Audited
from accord.audit.kept import keep, kept
from accord.audit.report import LoweredGrade
from accord.audit.workspace import audit_workspace, grades_beside
from accord.readmodel.opening import open_source
from accord.readmodel.source import Source
from accord.store.single import write_rows
from accord.workspace import Workspace
from cli.companies import simulated_workspace


@pytest.fixture
def company(tmp_path: Path) -> Workspace:
    return Workspace(simulated_workspace(tmp_path, size=60))


@pytest.fixture
def source(company: Workspace) -> Iterator[Source]:
    with open_source(company) as opened:
        yield opened


def files(company: Workspace) -> set[str]:
    return {path.name for path in (company.readmodel / "audit").glob("*")}


def test_an_audit_leaves_what_reports_show(company: Workspace) -> None:
    report = audit_workspace(company)
    with open_source(company) as source:
        found = kept(company, source, {})
    assert found == report.lowered
    measured = {graded.figure: graded.grade for graded in report.grades if isinstance(graded.grade, str)}
    lowered = {figure: grade for figure, grade in measured.items() if grade != "A"}
    assert {figure: found[report.definition][figure].grade for figure in lowered} == lowered


def test_every_grade_below_a_is_explained_by_one_of_its_findings(company: Workspace) -> None:
    report = audit_workspace(company)
    because = {graded.figure: graded.because for graded in report.grades}
    lowered = report.lowered[report.definition]
    assert lowered
    for figure, grade in lowered.items():
        assert grade.because in because[figure]


def test_a_small_workspace_is_audited_when_its_report_is_read(company: Workspace, source: Source) -> None:
    assert kept(company, source, {}) is None
    found = grades_beside(company, source)
    assert found == kept(company, source, {}) == audit_workspace(company).lowered


def test_a_large_one_waits_for_its_audit(company: Workspace, source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FEW_ROWS", 10)
    assert grades_beside(company, source) is None
    audit_workspace(company)
    assert grades_beside(company, source) is not None


def test_what_was_found_once_is_not_looked_for_again(
    company: Workspace, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = grades_beside(company, source)

    def never(*_arguments: object, **_named: object) -> None:
        raise AssertionError("examined again")

    monkeypatch.setattr("accord.audit.examine.examine", never)
    assert grades_beside(company, source) == found


def test_changed_data_another_moment_and_another_agreement_have_grades_of_their_own(company: Workspace) -> None:
    audit_workspace(company)
    write_rows(company.database_url, "leads", [{"lead_id": "new", "created_at": date(2026, 6, 30)}])
    with open_source(company) as changed:
        assert kept(company, changed, {}) is None
        assert kept(company, changed, {"leads": 1}) is None
        audit_workspace(company)
        assert kept(company, changed, {}) is not None
        assert kept(company, changed, {"leads": 1}) is None  # a row went to quarantine since
    (company.root / "accord.yaml").write_text("name: Other\nversion: '2'\ntimezone: Europe/Paris\n")
    other = Workspace(company.root)
    with open_source(other) as source:
        assert kept(other, source, {}) is None
        earlier = open_source(other, source.as_of.replace(month=3, day=1))
        audit_workspace(other)
        assert kept(other, source, {}) is not None
        assert kept(other, earlier, {}) is None
        earlier.engine.close()


def test_few_states_stay(company: Workspace, source: Source) -> None:
    for waiting in range(12):
        keep(company, source, {"leads": waiting}, {"explicit": {Audited.RATE: LoweredGrade("D", str(waiting))}})
    assert len(files(company)) == 8
    assert kept(company, source, {"leads": 0}) is None
    assert kept(company, source, {"leads": 11}) == {"explicit": {Audited.RATE: LoweredGrade("D", "11")}}
    assert all(name.endswith(".json") for name in files(company))


def test_a_file_nobody_can_read_counts_as_none(company: Workspace, source: Source) -> None:
    found = grades_beside(company, source)
    (path,) = (company.readmodel / "audit").glob("*.json")
    for nonsense in ("", "[]", '{"explicit": {"rate": ["D"]}}', '{"explicit": {"nothing": ["D", "x"]}}', "\udcff"):
        path.write_text(nonsense, encoding="utf-8", errors="surrogateescape")
        assert kept(company, source, {}) is None
    assert grades_beside(company, source) == found


def test_a_folder_one_may_not_write_to_costs_time_only(company: Workspace, source: Source) -> None:
    (company.readmodel / "audit").write_text("in the way")
    assert grades_beside(company, source) == audit_workspace(company).lowered
