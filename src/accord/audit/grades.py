"""One grade per figure: what the findings leave of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from accord.agreement.model import Definition
from accord.audit.check import About, Check
from accord.audit.facts import Facts
from accord.audit.figures import BY_DEFINITION, Audited
from accord.audit.report import CheckFinding, Grade, GradedFigure, LoweredGrade, Severity
from accord.values import MINIMUM_COUNT, Reason, Unknown

__all__ = ["grades", "hurt_by", "lowered_grades", "penalties"]

_GRADES: tuple[Grade, ...] = ("A", "B", "C", "D")


def penalties(check: Check, severity: Severity, definition: Definition) -> Mapping[Audited, int]:
    """How many steps below A a finding of that severity puts each figure; figures it leaves alone are absent.

    A figure that depends on the definition of acceptance is spared by findings about what that definition does not
    look at: decisions under ``action``, activities under ``explicit`` and ``tacit``.
    """
    steps = dict.fromkeys(check.blurs, severity.weight - 1) | dict.fromkeys(check.hurts, severity.weight)
    return {
        figure: step
        for figure, step in steps.items()
        if step > 0 and not (figure in BY_DEFINITION and not _looks_at(definition, check.about))
    }


def _looks_at(definition: Definition, about: About) -> bool:
    if about == "decisions":
        return definition != "action"
    if about == "activities":
        return definition in {"action", "worked"}
    return True


def hurt_by(check: Check, severity: Severity, definition: Definition) -> tuple[Audited, ...]:
    """The figures that a finding puts below A, in the order of :class:`Audited`."""
    put_down = penalties(check, severity, definition)
    return tuple(figure for figure in Audited if figure in put_down)


def grades(
    findings: Sequence[CheckFinding], checks: Mapping[str, Check], facts: Facts, definition: Definition
) -> tuple[GradedFigure, ...]:
    """The grade of every figure, or why it cannot be measured."""
    answer = []
    for figure in Audited:
        steps = {
            finding.code: penalties(checks[finding.code], finding.severity, definition).get(figure, 0)
            for finding in reversed(findings)
        }
        because = tuple(dict.fromkeys(finding.code for finding in findings if steps[finding.code]))
        missing = _unmeasurable(figure, facts, definition)
        worst = max(steps.values(), default=0)
        answer.append(GradedFigure(figure, missing or _GRADES[worst], because))
    return tuple(answer)


def lowered_grades(
    findings: Sequence[CheckFinding], checks: Mapping[str, Check], facts: Facts, definition: Definition
) -> Mapping[Audited, LoweredGrade]:
    """The figures that findings put below A under ``definition``, each with the finding that puts it lowest.

    A figure that cannot be measured at all has no grade: it says so itself.
    """
    worst: dict[Audited, tuple[int, str]] = {}
    for finding in findings:
        for figure, steps in penalties(checks[finding.code], finding.severity, definition).items():
            if steps > worst.get(figure, (0, ""))[0] and _unmeasurable(figure, facts, definition) is None:
                worst[figure] = (steps, finding.code)
    return {figure: LoweredGrade(_GRADES[steps], code) for figure, (steps, code) in worst.items()}


def _unmeasurable(figure: Audited, facts: Facts, definition: Definition) -> Unknown | None:
    """Why no data could carry the figure; None when they can."""
    needed = _needed(figure, facts, definition)
    if 0 in needed:
        return Unknown(Reason.NOT_RECORDED)
    if min(needed) < MINIMUM_COUNT:
        return Unknown(Reason.TOO_FEW, need=MINIMUM_COUNT)
    return None


def _needed(figure: Audited, facts: Facts, definition: Definition) -> tuple[int, ...]:
    """The counts that the figure rests on: where one is 0 it was not recorded."""
    evidence = facts.activities if definition == "action" else facts.decisions
    accepting = (facts.handoffs, evidence, *((facts.activities,) if definition == "worked" else ()))
    return {
        Audited.ANSWERED_WITHIN: (facts.handoffs, facts.decisions + facts.activities),
        Audited.GHOST: (facts.handoffs, facts.acceptances, facts.activities),
        Audited.SILENT: (facts.handoffs, facts.decisions, facts.activities),
        Audited.TOKEN: (facts.handoffs, facts.acceptances, facts.activities),
        Audited.NEVER_WORKED: (facts.handoffs, facts.activities),
        Audited.BY_SEGMENT: (*accepting, facts.channelled),
        Audited.BY_REP: (*accepting, facts.owned),
        Audited.BY_TEAM: (*accepting, facts.teamed),
        Audited.REASONS: (facts.refusals,),
        Audited.CONVERSION: (facts.leads, facts.wins or facts.opportunities),
        Audited.REVENUE: (facts.orders,),
        Audited.COST: (facts.leads, facts.spend * MINIMUM_COUNT),
    }.get(figure, accepting)
