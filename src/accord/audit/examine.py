"""The use case: can these data carry the figures?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import get_args

import ibis
import ibis.expr.types as ir

from accord.agreement.model import Definition
from accord.audit.check import Check, Measurement, Rows
from accord.audit.evidence import Audible, Evidence
from accord.audit.facts import facts_of
from accord.audit.grades import grades, hurt_by, lowered_grades
from accord.audit.registry import CHECKS
from accord.audit.report import AuditReport, CheckFinding

__all__ = ["Progress", "examine"]

MOST_SAMPLES = 5

Progress = Callable[[int, int], None]
"""Hears how many checks are done, and how many there are."""


def examine(
    source: Audible,
    *,
    quarantined: Mapping[str, int] | None = None,
    waiting: Mapping[str, Collection[str]] | None = None,
    checks: Sequence[Check] = CHECKS,
    progress: Progress = lambda _done, _total: None,
) -> AuditReport:
    """Run every check on the tables of ``source`` as of its moment, and grade the figures by what they find.

    ``quarantined``: rows that wait in quarantine, per table; ``waiting``: the identifiers that leads and handoffs among
    them would have. Rows later than ``source.as_of`` do not exist for any
    check but those that look for them. ``EngineError`` when the engine refuses.
    """
    evidence = Evidence(source, quarantined, waiting)
    facts = evidence.once("facts", lambda: facts_of(evidence))
    definition: Definition = source.agreement.acceptance.definition or facts.chosen
    measured = _measured(evidence, checks, progress)
    findings: list[CheckFinding] = []
    passed: list[str] = []
    for check in checks:
        found = [finding for taken in measured[check.code] if (finding := _judged(check, taken, definition))]
        findings += found
        if measured[check.code] and not found:
            passed.append(check.code)
    findings.sort(key=lambda finding: (-finding.severity.weight, -len(finding.hurts), -finding.share, finding.code))
    known = {check.code: check for check in checks}
    return AuditReport(
        agreement_name=source.agreement.name,
        agreement_version=source.agreement.version,
        as_of=source.as_of,
        timezone=source.agreement.timezone,
        definition=definition,
        tables=evidence.counts,
        findings=tuple(findings),
        grades=grades(findings, known, facts, definition),
        passed=tuple(passed),
        skipped=tuple(check.code for check in checks if not measured[check.code]),
        lowered={name: lowered_grades(findings, known, facts, name) for name in get_args(Definition)},
    )


def _judged(check: Check, taken: Measurement, definition: Definition) -> CheckFinding | None:
    severity = check.ladder.severity(taken.affected, taken.of)
    if severity is None:
        return None
    return CheckFinding(
        code=check.code,
        severity=severity,
        table=taken.table or check.table,
        column=taken.column or (None if taken.table else check.column),
        counted=taken.table or check.counted or check.table,
        affected=taken.affected,
        of=taken.of,
        samples=taken.samples[:MOST_SAMPLES],
        details=taken.details,
        hurts=hurt_by(check, severity, definition),
    )


def _measured(evidence: Evidence, checks: Sequence[Check], progress: Progress) -> Mapping[str, tuple[Measurement, ...]]:
    """The measurements per check; none where there was nothing to look at."""
    progress(0, len(checks))
    counted = _counted(
        evidence,
        [check for check in checks if isinstance(check.measure, Rows)],
        lambda done, _total: progress(done, len(checks)),
    )
    answer = dict(counted)
    for check in checks:
        if not isinstance(check.measure, Rows):
            answer[check.code] = tuple(taken for taken in check.measure(evidence) if taken.of)
            progress(len(answer), len(checks))
    return answer


def _counted(evidence: Evidence, checks: Sequence[Check], progress: Progress) -> dict[str, tuple[Measurement, ...]]:
    """Row checks: one aggregate query per population, and one for the samples of each check that found something."""
    together: dict[object, list[tuple[Check, Rows]]] = {}
    for check in checks:
        assert isinstance(check.measure, Rows)
        together.setdefault(check.measure.population, []).append((check, check.measure))
    answer: dict[str, tuple[Measurement, ...]] = {}
    for group in together.values():
        progress(len(answer), len(checks))
        rows = group[0][1].population(evidence)
        if rows is None:
            answer |= {check.code: () for check, _measure in group}
            continue
        aggregates: dict[str, ir.IntegerScalar] = {}
        for position, (_check, measure) in enumerate(group):
            aggregates[f"of{position}"] = rows.count(where=_among(measure, rows))
            aggregates[f"affected{position}"] = rows.count(where=_faulty(measure, rows))
        (counts,) = evidence.rows(rows.aggregate(**aggregates))
        for position, (check, measure) in enumerate(group):
            of, affected = counts[f"of{position}"], counts[f"affected{position}"]
            samples: tuple[str, ...] = ()
            if check.ladder.severity(affected, of):
                faulty = rows.filter(_faulty(measure, rows)).select(sample=measure.sample)
                found = evidence.rows(faulty.order_by("sample").limit(MOST_SAMPLES))
                samples = tuple(row["sample"] for row in found)
            answer[check.code] = (Measurement(affected, of, samples=samples),) if of else ()
    return answer


def _among(measure: Rows, rows: ir.Table) -> ir.BooleanValue:
    condition = measure.among(rows) if measure.among else ibis.literal(value=True)
    return ibis.coalesce(condition, ibis.literal(value=False))


def _faulty(measure: Rows, rows: ir.Table) -> ir.BooleanValue:
    return _among(measure, rows) & ibis.coalesce(measure.faulty(rows), ibis.literal(value=False))
