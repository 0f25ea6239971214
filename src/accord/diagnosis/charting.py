"""What a diagnosis is drawn from: the trend, what each finding costs, and people against what their leads warrant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from accord.acceptance.figures import AcceptanceReport
from accord.acceptance.measure import definition_that_counts, dimensions_of, measure
from accord.diagnosis.cases import Cases, Floats, fetch_cases
from accord.diagnosis.questions import about_acceptance
from accord.diagnosis.report import DiagnosisReport, Finding
from accord.diagnosis.search import ANY
from accord.diagnosis.seeing import diagnosed_for
from accord.diagnosis.viewing import REVENUE_OPERATIONS, Viewer, teams_of_reps
from accord.metrics.cells import MISSING
from accord.metrics.outcomes import Observation
from accord.readmodel.inputs import BusinessClockAt
from accord.readmodel.source import Source
from accord.stats.effects import Crossed, fit
from accord.stats.overdispersion import spread_between
from accord.tables.times import microseconds
from accord.values import Estimate

if TYPE_CHECKING:
    from accord.value.rates import Rates

__all__ = [
    "RECOVERABLE",
    "Charting",
    "Funnel",
    "FunnelPoint",
    "Limit",
    "Step",
    "diagnosed_with_charts",
    "funnel_of",
    "steps_of",
]

PEOPLE = ("rep_id", "team")

LEAST_LEADS = 25
"""Nobody is drawn with fewer settled leads: a handful says nothing of a person."""

LEAST_PEOPLE = 4
"""Below it there is no ordinary spread to speak of, and everybody would know who is meant."""

RECOVERABLE = frozenset({"durably_low", "sudden_drop", "mix_shift", "segment_friction", "rep_gap"})
"""Findings without which more leads would be accepted. Points that weigh too much let leads through: without them there
would be fewer refusals; and acceptances that are none would not become real ones."""

SHORT_SPAN = 8
"""Up to so many months are drawn week by week."""

MOST_SEGMENTS = 3
"""Findings that began at some time and whose own trend is drawn."""

TWO, THREE = 1.959964, 3.090232
"""Of people who only differ as people do, 1 in 20 lies outside the inner limits and 1 in 500 outside the outer."""


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    """One rep or team, by id: settled ``leads``, the share accepted, and the share comparable leads are accepted.

    ``gap``: the first less the second. ``outside``: how many limits it lies beyond: 0, 1 or 2.
    """

    id: str
    leads: int
    observed: float
    expected: float
    gap: float
    outside: int


@dataclass(frozen=True, slots=True)
class Limit:
    """Control limits for somebody with so many ``leads``: gaps within ± ``inner`` and ± ``outer`` are ordinary."""

    leads: float
    inner: float
    outer: float


@dataclass(frozen=True, slots=True)
class Funnel:
    """Everybody of one ``dimension``, sorted by id and never by figure; ``left_out`` have too few leads.

    ``spread``: the ordinary standard deviation between them beyond chance, as a share.
    """

    dimension: str
    points: tuple[FunnelPoint, ...]
    limits: tuple[Limit, ...]
    spread: float
    left_out: int


@dataclass(frozen=True, slots=True)
class Step:
    """What one finding costs, laid upon the ones before: acceptances from ``start`` to ``end``."""

    finding: Finding
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Charting:
    """What is drawn beside a diagnosis.

    ``trend``: everything by period, None where nothing was handed over. ``segments``: the id of a finding that began at
    some time → its segment by period. ``accepted``: acceptances in the analysed period; ``steps``: what sure
    findings of the :data:`RECOVERABLE` kinds cost, in the order of the report. ``funnels``: reps, then teams, where
    there are enough.
    """

    trend: AcceptanceReport | None
    segments: Mapping[str, AcceptanceReport]
    accepted: int
    steps: tuple[Step, ...]
    funnels: tuple[Funnel, ...]


def diagnosed_with_charts(
    source: Source, viewer: Viewer = REVENUE_OPERATIONS, *, rates: Rates | None = None
) -> tuple[DiagnosisReport, Charting]:
    """The diagnosis of :func:`accord.diagnosis.diagnose.diagnose`, and what is drawn beside it, off the same cases.

    ``viewer``: who looks. A rep is drawn alone, a manager sees the own team; the limits hold everybody. ``rates``: what
    other currencies are worth.
    """
    definition, _ = definition_that_counts(source)
    agreement = source.agreement
    clock = BusinessClockAt(agreement, source.as_of)
    observation = Observation(definition, agreement.acceptance, microseconds(source.as_of), clock)
    cases = fetch_cases(source, observation, rates)
    teams = teams_of_reps(source) if viewer.role == "manager" else {}
    report = diagnosed_for(source, viewer, rates=rates)
    funnels = [funnel for name in PEOPLE if (funnel := funnel_of(cases, name)) is not None]
    accepted = int((cases.accepted & cases.settled).sum()) if len(cases) else 0
    charting = Charting(
        trend=_trend(source, report.first),
        segments=dict(_segments(source, report)),
        accepted=accepted,
        steps=tuple(steps_of(report, accepted)),
        funnels=tuple(seen for funnel in funnels if (seen := _seen(funnel, viewer, teams)).points),
    )
    return report, charting


def _seen(funnel: Funnel, viewer: Viewer, teams: Mapping[str, str]) -> Funnel:
    """The funnel with those whom the viewer may see."""
    if viewer.role == "revenue_operations":
        return funnel
    if funnel.dimension == "team":
        shown = tuple(point for point in funnel.points if viewer.role == "manager" and point.id == viewer.team)
    elif viewer.role == "rep":
        shown = tuple(point for point in funnel.points if point.id == viewer.rep_id)
    else:
        shown = tuple(point for point in funnel.points if teams.get(point.id) == viewer.team)
    return replace(funnel, points=shown, left_out=0)


def _trend(source: Source, first: date | None) -> AcceptanceReport | None:
    if first is None:
        return None
    whole = measure(source, period="month", start=first.replace(day=1))
    few = len(whole.answers[whole.chosen].rows) <= SHORT_SPAN
    return measure(source, period="week", start=first.replace(day=1)) if few else whole


def _segments(source: Source, report: DiagnosisReport) -> Iterator[tuple[str, AcceptanceReport]]:
    known = dimensions_of(source.episodes)
    began = [each for each in report.findings if each.kind == "sudden_drop" and each.since and each.where]
    for finding in began[:MOST_SEGMENTS]:
        if report.first is None or not finding.where.keys() <= set(known):
            continue
        cut = measure(source, by=tuple(finding.where), period="month", start=report.first.replace(day=1))
        answer = cut.answers[cut.chosen]
        rows = tuple(replace(row, segment={}) for row in answer.rows if dict(row.segment) == dict(finding.where))
        yield finding.id, replace(cut, dimensions=(), answers={cut.chosen: replace(answer, rows=rows)})


def steps_of(report: DiagnosisReport, accepted: int) -> Iterator[Step]:
    """What sure findings of the :data:`RECOVERABLE` kinds cost, in the order of the report, from ``accepted`` on.

    Less a shift of the mix towards leads that have a finding of their own: that there are more of them costs what they
    cost, and that stands there already.
    """
    at = float(accepted)
    priced = [each for each in report.findings if each.sure and each.kind in RECOVERABLE and _lost(each) > 0]
    own = [each.where for each in priced if each.kind != "mix_shift"]
    for finding in priced:
        if finding.kind == "mix_shift" and finding.where in own:
            continue
        yield Step(finding, at, at + _lost(finding))
        at += _lost(finding)


def _lost(finding: Finding) -> float:
    return finding.lost_acceptances.value if isinstance(finding.lost_acceptances, Estimate) else 0.0


def funnel_of(cases: Cases, dimension: str) -> Funnel | None:
    """Reps or teams against what comparable leads are accepted; None with fewer than four that can be drawn.

    Expected is each lead's probability in a hierarchical model of all that is known of it but who received it. Control
    limits hold the chance of single leads and the ordinary spread between people (Spiegelhalter 2005, Statist. Med. 24,
    1185-1202, with the additive spread of its section 5).
    """
    people = cases.dimension(dimension)
    if people is None or not cases.settled.any():
        return None
    rows, expected = _expected(cases)
    code, size = people.code[rows], len(people.values)
    leads = np.bincount(code, minlength=size)
    hits = np.bincount(code, cases.accepted[rows], size)
    sums, chance = np.bincount(code, expected, size), np.bincount(code, expected * (1 - expected), size)
    named = np.array([value != MISSING for value in people.values])
    drawn = np.flatnonzero(named & (leads >= LEAST_LEADS))
    if drawn.size < LEAST_PEOPLE:
        return None
    gap, variance = (hits - sums)[drawn] / leads[drawn], chance[drawn] / leads[drawn] ** 2
    spread = spread_between(gap, variance)
    each = float(chance[drawn].sum() / leads[drawn].sum())
    wide = np.sqrt(variance + spread**2)
    outside = (np.abs(gap) > TWO * wide).astype(int) + (np.abs(gap) > THREE * wide)
    points = [
        FunnelPoint(
            people.values[place],
            int(leads[place]),
            float(hits[place] / leads[place]),
            float(sums[place] / leads[place]),
            float(gap[number]),
            int(outside[number]),
        )
        for number, place in enumerate(drawn)
    ]
    left_out = int((named & (leads > 0) & (leads < LEAST_LEADS)).sum())
    ordered = tuple(sorted(points, key=lambda point: point.id))
    return Funnel(dimension, ordered, tuple(_limits(leads[drawn], each, spread)), spread, left_out)


def _expected(cases: Cases) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], Floats]:
    """Settled cases, and the probability that each is accepted, whoever received it."""
    rows, question = about_acceptance(cases, cases.settled)
    dimensions = [each for each in question.dimensions if each.name not in PEOPLE]
    weeks = int(question.week.max()) + 1
    design = Crossed(
        [*(each.code for each in dimensions), question.week, *(each.code for each in question.beside)],
        [*(len(each.values) for each in dimensions), weeks, *(len(each.values) for each in question.beside)],
        [*(0 for _ in dimensions), 1, *(2 for _ in question.beside)],
        np.concatenate((np.ones((rows.size, 1)), question.adjusted), axis=1),
    )
    model = fit(question.happened, design, (question.spreads[0], question.spreads[2], ANY), question.offset)
    return rows, model.mean


def _limits(leads: np.ndarray[tuple[int], np.dtype[np.int64]], chance: float, spread: float) -> Iterator[Limit]:
    for count in np.geomspace(max(float(leads.min()) * 0.8, 5.0), float(leads.max()) * 1.08, 40):
        error = float(np.sqrt(chance / count + spread**2))
        yield Limit(float(count), TWO * error, THREE * error)
