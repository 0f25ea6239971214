"""The diagnosis use case: why acceptance is what it is, what hurts it, what to learn from, and what cannot be said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from accord.acceptance.measure import definition_that_counts
from accord.agreement.model import Agreement, Definition
from accord.diagnosis.accepting import Accepting, about_accepting
from accord.diagnosis.advice import advised
from accord.diagnosis.apart import candid
from accord.diagnosis.cases import Cases, Rows, fetch_cases
from accord.diagnosis.changes import change_of, own_changes
from accord.diagnosis.delays import delays_of
from accord.diagnosis.fetching import observation_of
from accord.diagnosis.habits import Handled, definition_gaps, ghosts, slow_responses, token_efforts
from accord.diagnosis.limits import limits_of, not_measurable
from accord.diagnosis.mixing import mix_shifts
from accord.diagnosis.qualifying import Qualified, beside, sampling
from accord.diagnosis.report import ChosenBecause, DiagnosisReport, Finding, SignalRow
from accord.diagnosis.sides import on_its_side
from accord.diagnosis.signals import intents, weighed
from accord.diagnosis.verdict import by_what_counts, hurts_within, judge, said_to_have_fallen
from accord.diagnosis.viewing import REVENUE_OPERATIONS, Viewer, seen_by, teams_of_reps
from accord.diagnosis.watching import settling
from accord.readmodel.source import Source
from accord.stats.side_by_side import LONG, side_by_side
from accord.values import Estimate

if TYPE_CHECKING:
    from accord.value.rates import Rates

__all__ = ["diagnose", "examine_cases", "in_order"]

MOSTLY = 0.6
"""A finding that lies so far inside another is a part of it."""


def diagnose(source: Source, viewer: Viewer = REVENUE_OPERATIONS, *, rates: Rates | None = None) -> DiagnosisReport:
    """Say what is wrong, since when and where, by the definition of acceptance that counts; nothing where nothing is.

    ``viewer``: who looks; of people, each sees what is for them. ``rates``: what other currencies are worth in the
    agreement's; without it, spend in them is in no cost. Method and measured error rates:
    docs/method/diagnosis.md.
    """
    report = examine_cases(source, fetch_cases(source, observation_of(source), rates))
    teams = {} if viewer.role != "manager" else teams_of_reps(source)
    return seen_by(report, viewer, teams)


def examine_cases(source: Source, cases: Cases) -> DiagnosisReport:
    """The diagnosis of cases that were fetched."""
    chosen = definition_that_counts(source)
    sampled = sampling(source, cases)
    try:
        return _examined(source, cases, chosen, sampled)
    finally:
        sampled()  # nobody leaves the engine while it is asked


def _examined(
    source: Source, cases: Cases, chosen: tuple[Definition, ChosenBecause], sampled: Callable[[], Qualified | None]
) -> DiagnosisReport:
    agreement = source.agreement
    definition, because = chosen
    missing = not_measurable(cases)
    if not len(cases):
        judged = judge(cases, agreement, ())
        found: list[Finding] = []
        models: tuple[Finding, ...] = ()
        searched = 0
        signals: tuple[SignalRow, ...] = ()
        came_down = None
    else:
        looked = _looked_at(cases, agreement)
        gaps, accepting = looked.gaps, looked.accepting
        hurting = [settling(cases, finding) for finding in _without_echoes(cases, accepting.findings)]
        drops = [finding for finding in hurting if finding.kind == "sudden_drop"]
        shifts = [settling(cases, finding) for finding in looked.shifts]
        judged = judge(cases, agreement, [*drops, *shifts])
        explained = gaps.explained | _burdened(cases, hurting)
        late = looked.late if np.array_equal(explained, gaps.explained) else None
        found = [
            *([judged.finding] if judged.finding else []),
            *hurting,
            *gaps.findings,
            *(slow_responses(cases, agreement, explained) if late is None else late),
            *looked.tokens,
            *looked.ghosts,
            *shifts,
        ]
        judged = by_what_counts(judged, cases, agreement.acceptance.floor, found)
        came_down = accepting.came_down
        judged = said_to_have_fallen(judged, came_down, agreement.materiality.points)
        judged = hurts_within(judged) if any(finding.sure for finding in found) else judged
        models, searched, signals = accepting.models, accepting.searched, accepting.signals
    delays = None
    if len(cases):
        everything = np.ones(len(cases), dtype=np.bool_)
        delays = delays_of(cases, everything, agreement.acceptance.promises_hours[0])
        found, delays = beside(found, delays, sampled())

    def told(finding: Finding) -> Finding:
        return on_its_side(advised(cases, candid(cases, finding), agreement))

    ordered = [told(finding) for finding in in_order(found, judged.named)]
    return DiagnosisReport(
        agreement_name=agreement.name,
        agreement_version=agreement.version,
        currency=agreement.currency,
        as_of=source.as_of,
        first=cases.first if len(cases) else None,
        last=cases.last if len(cases) else None,
        handed=len(cases),
        rate=judged.rate,
        floor=agreement.acceptance.floor,
        definition=definition,
        definition_because=because,
        verdict=judged.verdict,
        because=judged.because,
        findings=(*ordered, *missing),
        models=tuple(told(finding) for finding in in_order(models)),
        limits=limits_of(cases, came_down, agreement.materiality.points),
        searched=searched,
        signals=signals,
        intents=intents(cases),
        change=change_of(cases, ordered),
        own_changes=own_changes(cases, ordered),
        refusals=cases.refusals,
        delays=delays,
    )


@dataclass(frozen=True)
class _Looked:
    """``late``: None where nobody looked, for it may still turn out that something else explains it."""

    gaps: Handled
    accepting: Accepting
    tokens: Sequence[Finding]
    ghosts: Sequence[Finding]
    shifts: Sequence[Finding]
    late: Sequence[Finding] | None


def _looked_at(cases: Cases, agreement: Agreement) -> _Looked:
    """What acceptance says and what habits say; what does not follow from one another is looked at at once.

    Acceptance takes longest and follows from two of the others: these first, and beside it whatever can wait.
    """
    asked: tuple[Callable[[], Any], ...]
    asked = lambda: definition_gaps(cases, agreement), lambda: weighed(cases), lambda: token_efforts(cases, agreement)
    gaps, judged, tokens = side_by_side(lambda ask: ask(), asked, len(cases))

    def of_lateness() -> Sequence[Finding] | None:
        return slow_responses(cases, agreement, gaps.explained) if len(cases) >= LONG else None

    asked = (
        lambda: about_accepting(cases, agreement.materiality, gaps.explained, judged),
        of_lateness,
        lambda: ghosts(cases, agreement, tokens),
        lambda: mix_shifts(cases, agreement.materiality),
    )
    accepting, late, unworked, shifts = side_by_side(lambda ask: ask(), asked, len(cases))
    return _Looked(gaps, accepting, tokens, unworked, shifts, late)


def _without_echoes(cases: Cases, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Less the drops among the leads of somebody whose queue outgrew them: it grew, so acceptance fell."""
    crowded = np.zeros(len(cases), dtype=np.bool_)
    for finding in findings:
        if finding.cause == "overload":
            crowded |= cases.rows(finding.where)

    def echoes(finding: Finding) -> bool:
        rows = cases.rows(finding.where)
        return finding.kind == "sudden_drop" and bool(finding.where) and crowded[rows].mean() >= MOSTLY

    return tuple(finding for finding in findings if not echoes(finding))


def _burdened(cases: Cases, findings: Sequence[Finding]) -> Rows:
    """Leads of those who are overloaded or resist: that they wait longer is the same finding, not another."""
    rows = np.zeros(len(cases), dtype=np.bool_)
    for finding in findings:
        if finding.cause in {"overload", "resistance"}:
            rows |= cases.rows(finding.where)
    return rows


def in_order(findings: Sequence[Finding], named: str | None = None) -> list[Finding]:
    """The one the verdict names (its id) first, then by what they cost; those that are not sure after all that are.

    People and teams stand by their ids among those that are as sure, so that no order of theirs is a ranking.
    """

    def place(finding: Finding) -> tuple[bool, bool]:
        return not finding.sure, finding.id != named

    ordered = sorted(findings, key=lambda finding: (*place(finding), *_weight(finding)))
    for who in ("rep_id", "team"):
        for group in sorted({place(finding) for finding in ordered}):
            theirs = [k for k, finding in enumerate(ordered) if who in finding.where and place(finding) == group]
            by_id = sorted((ordered[k] for k in theirs), key=lambda finding: (finding.where[who], finding.id))
            for k, finding in zip(theirs, by_id, strict=True):
                ordered[k] = finding
    return ordered


def _weight(finding: Finding) -> tuple[float, str]:
    lost = abs(finding.lost_acceptances.value) if isinstance(finding.lost_acceptances, Estimate) else 0.0
    touched = abs(finding.effect.value) * finding.leads if isinstance(finding.effect, Estimate) and not lost else 0.0
    return -max(lost, touched if finding.kind == "rubber_stamp" else touched / 2), finding.id
