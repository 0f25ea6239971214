"""An audit in the shape that programs read; every sentence in both languages."""

from __future__ import annotations

from accord.audit.registry import CHECKS
from accord.audit.report import AuditReport, CheckFinding, GradedFigure
from accord.language import both
from accord.report.audit.words import commands
from accord.report.envelope import envelope
from accord.typed import for_others
from accord.values import Json, Unknown

__all__ = ["audit_json"]

_CHECKS = {check.code: check for check in CHECKS}


@for_others()
def audit_json(report: AuditReport) -> dict[str, Json]:
    """The whole answer in its envelope.

    ``data``: ``checks`` (what was found, worst first), ``grades`` (per figure ``{"grade", "because"}``, or
    ``{"unknown", "because"}`` where it cannot be measured), ``tables`` (rows of each), ``passed`` and ``skipped``
    (codes of checks that found nothing, and that had nothing to look at), ``definition`` (the one that counts).
    """
    data: dict[str, Json] = {
        "definition": report.definition,
        "checks": [_finding(finding) for finding in report.findings],
        "grades": {graded.figure.value: _grade(graded) for graded in report.grades},
        "tables": dict(report.tables),
        "passed": list(report.passed),
        "skipped": list(report.skipped),
    }
    return envelope(report.agreement_name, report.agreement_version, report.as_of, data)


def _finding(finding: CheckFinding) -> dict[str, Json]:
    check = _CHECKS[finding.code]
    answer: dict[str, Json] = {
        "code": finding.code,
        "severity": finding.severity.value,
        "table": finding.table,
        "column": finding.column,
        "counted": finding.counted,
        "affected": finding.affected,
        "of": finding.of,
        "share": round(finding.share, 6),
        "samples": list(finding.samples),
        "details": dict(finding.details),
        "figures": [figure.value for figure in finding.hurts],
        "title": dict(both(check.title)),
        "effect": dict(both(check.effect)),
        "action": dict(both(check.action, **commands())),
    }
    if check.detail is not None:
        answer["detail"] = dict(both(check.detail, **commands(), **finding.details))
    return answer


def _grade(graded: GradedFigure) -> dict[str, Json]:
    because: list[Json] = list(graded.because)
    if isinstance(graded.grade, Unknown):
        return {**graded.grade.to_json(), "because": because}
    return {"grade": graded.grade, "because": because}
