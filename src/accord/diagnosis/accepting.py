"""Findings about acceptance: drops, friction, models, gaps of reps; the rubber stamps among the models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from accord.agreement.model import Materiality
from accord.diagnosis.cases import Cases, Floats, Rows
from accord.diagnosis.course import Fall, fall
from accord.diagnosis.dating import first_day, over, slid
from accord.diagnosis.figuring import acceptances, confidence_of, effect_of, money_lost, share, weeks_day
from accord.diagnosis.people import corroborated, elsewhere_normal, misrouted, poorly_converting, trained_for, why_rep
from accord.diagnosis.questions import LEAST, about_acceptance, about_stamps, concerning
from accord.diagnosis.report import Evidence, Finding, Kind, SignalRow
from accord.diagnosis.scan import LEAST_CASES
from accord.diagnosis.search import Found, Searched, search
from accord.diagnosis.signals import Weighed, signal_finding, signal_rows
from accord.diagnosis.wording import actions_for, sentence
from accord.metrics.cells import MISSING
from accord.stats.logistic import chances
from accord.stats.steps import cuts
from accord.values import Estimate, Reason, Unknown

__all__ = [
    "ALIAS",
    "CHOOSING",
    "PEOPLE",
    "THE_SAME",
    "Accepting",
    "about_accepting",
    "alias",
    "rising",
    "whole_effect",
]

Places = npt.NDArray[np.int64]
PEOPLE = {"rep_id", "team"}
EPOCH = date(1970, 1, 1)
STAMPED = 0.9
"""Who accepts this share of what they decide, far above what the leads are worth, no longer judges."""

ALIAS = 0.88
"""Share of either's leads in common from which two segments are one thing said twice."""

THE_SAME = 0.97
"""The same where the data cannot tell which of the two it is: with fewer in common, the search chose between them."""

CHOOSING = 3.0
"""Standard errors by which acceptance rises with the score from which somebody chooses all the same."""


@dataclass(frozen=True)
class Accepting:
    """What hurts, what to learn from, how many segments were compared; and how the whole rate came down without a drop
    (``came_down``), by a season or a little every week."""

    findings: tuple[Finding, ...]
    models: tuple[Finding, ...]
    searched: int
    signals: tuple[SignalRow, ...] = ()
    came_down: Fall | None = None


def about_accepting(cases: Cases, materiality: Materiality, left_out: Rows, judged: Weighed | None) -> Accepting:
    """Search acceptance; ``left_out`` are cases whose refusal another finding explains already, ``judged`` is what
    :func:`~accord.diagnosis.signals.weighed` says of the criteria."""
    settled = cases.settled & ~left_out
    if int(settled.sum()) < LEAST or not 0 < int(cases.accepted[settled].sum()) < int(settled.sum()):
        return Accepting((), (), 0)
    rows, question = about_acceptance(cases, settled)
    if judged is not None:
        question = replace(
            question,
            signals=judged.signals(rows),
            signals_looked_at=judged.looked_at,
            said_by=judged.said_by(cases),
        )
    question = replace(question, corroborated=corroborated(cases))
    searched = search(concerning(question, materiality))
    findings: list[Finding] = []
    models: list[Finding] = []
    for found in searched.found:
        if found.signal is not None:
            assert judged is not None
            told = signal_finding(cases, judged, rows, searched, found, materiality)
        else:
            told = _told(cases, rows, searched, found, materiality)
        if told is not None:
            (models if told.kind == "segment_model" else findings).append(told)
    findings += _stamps(cases, materiality, [*findings, *models])
    signals = signal_rows(cases, judged) if judged is not None else ()
    course = searched.course
    came_down = None if course is None else fall(course, searched.model.predictor, question.week)
    return Accepting(tuple(findings), tuple(models), searched.candidates, signals, came_down)


def _stamps(cases: Cases, materiality: Materiality, known: Sequence[Finding]) -> list[Finding]:
    """Who accepts nearly whatever they decide, asked of the decided leads alone; less those that are ``known``."""
    if not _anybody_stamps(cases):
        return []
    rows, question = about_stamps(cases)
    happened = int(question.happened.sum())
    if rows.size < LEAST or not question.only or min(happened, rows.size - happened) < LEAST // 10:
        return []
    searched = search(concerning(question, materiality))
    told = (_told(cases, rows, searched, found, materiality) for found in searched.found if found.effect > 0)
    stamps = [one for one in told if one is not None and one.kind == "rubber_stamp"]
    places = [cases.rows(finding.where) for finding in known if finding.since is None]
    return [one for one in stamps if not any(_alike(cases.rows(one.where), place) for place in places)]


def _anybody_stamps(cases: Cases) -> bool:
    """Whether anybody accepts so much of what they decide: only then is it worth a search."""
    decided = cases.settled & cases.decided
    for name in PEOPLE:
        who = cases.dimension(name)
        if who is not None:
            of, accepted = who.counts(decided), who.counts(decided & cases.accepted)
            if ((of >= LEAST_CASES) & (accepted >= STAMPED * of)).any():
                return True
    return False


def _alike(these: Rows, those: Rows) -> bool:
    """Whether two segments are nearly the same leads."""
    return bool((these & those).sum() >= ALIAS * (these | those).sum())


def _told(cases: Cases, rows: Places, searched: Searched, found: Found, materiality: Materiality) -> Finding | None:
    """The finding that a candidate is, where it is material and of a kind that hurts or teaches."""
    effect = effect_of(searched.model.predictor[found.rows], found.effect, found.error)
    where = _by_leads(cases, found)
    inside = cases.rows(where)
    since = since_low = since_high = None
    if found.since is not None:
        dated = _dated(cases, rows, searched, found)
        if dated is None:
            return None
        since, since_low, since_high = dated
        effect = _since_the_day(cases, rows, searched, found, (since - EPOCH).days)
        inside = inside & (cases.day >= (since - EPOCH).days)
    leads = int(inside.sum())
    effect = replace(effect, n=leads)
    if abs(effect.value) * 100 < materiality.points or abs(effect.value) * leads < materiality.acceptances:
        return None
    if found.since is not None and effect.value > 0:
        return None
    kind = _kind(cases, where, inside, found.since, effect.value)
    if kind == "segment_model" and (MISSING in where.values() or where.keys() & PEOPLE):
        # what nobody recorded is no kind of lead to have more of; nor is somebody, and who accepts most is a ranking
        return None
    lost = acceptances(effect, leads)
    finding = Finding(
        kind=kind,
        where=where,
        confidence=0.0,  # it depends on what the finding turns out to be
        effect=effect,
        leads=leads,
        lost_acceptances=lost,
        cost=money_lost(cases, inside, lost) if effect.value < 0 else Unknown(Reason.NOT_IDENTIFIED),
        text={},
        actions=(),
        evidence=(
            Evidence("rate", share(cases.accepted, inside & cases.settled)),
            *_of_others(cases, where, since),
        ),
        since=since,
        since_low=since_low,
        since_high=since_high,
    )
    if since is not None:  # what it was before, of the same leads
        before = cases.rows(where) & (cases.day < (since - EPOCH).days) & cases.settled
        finding = replace(finding, evidence=(*finding.evidence, Evidence("rate_before", share(cases.accepted, before))))
    finding = _explained(cases, rows, searched, found, finding, inside)
    finding = replace(finding, confidence=confidence_of(found.gain, finding.kind))
    return replace(finding, text=sentence(finding), actions=actions_for(finding))


def _of_others(cases: Cases, where: Mapping[str, str], since: date | None) -> tuple[Evidence, ...]:
    """How other leads fare, since the same day where something began; nothing where it touches all leads."""
    if not where:
        return ()
    others = ~cases.rows(where) & cases.settled
    if since is not None:
        others &= cases.day >= (since - EPOCH).days
    return (Evidence("rate_elsewhere", share(cases.accepted, others)),)


def _kind(cases: Cases, where: Mapping[str, str], inside: Rows, since: int | None, effect: float) -> Kind:
    if effect > 0:
        stamped = where.keys() <= PEOPLE and _stamped(cases, inside)
        return "rubber_stamp" if stamped else "segment_model"
    if "rep_id" in where or ("team" in where and since is None):
        return "rep_gap"
    return "segment_friction" if since is None else "sudden_drop"


def _stamped(cases: Cases, inside: Rows) -> bool:
    judged = inside & cases.decided
    if not judged.any() or cases.accepted[judged].mean() < STAMPED:
        return False
    score = cases.score if cases.points is None else np.where(cases.points.known, cases.points.score, cases.score)
    scored = judged & np.isfinite(score)
    return rising(cases.accepted[scored], score[scored]) < CHOOSING


def rising(accepted: Rows, score: Floats) -> float:
    """Standard errors by which the accepted have the higher scores (the score test of a logistic slope)."""
    if not accepted.size or accepted.all() or not accepted.any():
        return 0.0
    rate, apart = float(accepted.mean()), score - score.mean()
    return float((accepted - rate) @ apart / max((rate * (1 - rate) * (apart**2).sum()) ** 0.5, 1e-9))


def _explained(cases: Cases, rows: Places, searched: Searched, found: Found, finding: Finding, inside: Rows) -> Finding:  # noqa: PLR0917 - the whole of one search
    """The same finding with its cause, for people and territories."""
    if finding.kind == "rep_gap":
        return _gap(cases, rows, searched, found, finding, inside)
    if finding.kind == "segment_friction":
        if finding.where.keys() == {"territory"}:
            told = [poorly_converting(cases, inside), misrouted(cases, inside)]
            if any(holds for holds, _, _ in told):
                speaks = [one for holds, *both in told if holds for one in both]
                against = [one for holds, *both in told if not holds for one in both if isinstance(one.value, Estimate)]
                evidence = (*finding.evidence, *speaks)
                return replace(finding, kind="rep_gap", cause="territory", evidence=evidence, against=tuple(against))
        team = alias(cases, inside, "team")
        if team is not None:
            why = why_rep(cases, inside, trained=False)
            if why.cause in {"resistance", "overload"}:
                return replace(
                    finding,
                    kind="rep_gap",
                    where={"team": team},
                    cause=why.cause,
                    evidence=(*finding.evidence, *why.evidence),
                    against=why.against,
                )
    if finding.kind == "sudden_drop" and len(finding.where) == 1:
        team = alias(cases, cases.rows(finding.where), "team")
        queued = why_rep(cases, inside, trained=False)
        if team is not None and queued.cause == "overload":  # the queue grew, and so did the gap
            evidence = (*finding.evidence, *queued.evidence)
            where = {"team": team}
            return replace(
                finding, kind="rep_gap", where=where, cause="overload", evidence=evidence, against=queued.against
            )
    if finding.kind == "segment_model" and len(finding.where) == 1:
        team = alias(cases, inside, "team", THE_SAME)
        if team is not None and _stamped(cases, inside):
            finding = replace(finding, kind="rubber_stamp", where={"team": team})
    if finding.kind == "rubber_stamp":
        scored = np.isfinite(cases.score)  # where nobody scores, no lead has a low score
        low = cases.score < np.median(cases.score[scored]) if scored.any() else scored
        weak = Evidence("rate_of_low_scores", share(cases.accepted, inside & cases.decided & low))
        nobody_knows = Unknown(Reason.NOT_IDENTIFIED)  # which of them should have been refused
        decided = Evidence("accepted_of_decided", share(cases.accepted, inside & cases.decided))
        return replace(finding, lost_acceptances=nobody_knows, evidence=(decided, *finding.evidence, weak))
    return finding


def _gap(cases: Cases, rows: Places, searched: Searched, found: Found, finding: Finding, inside: Rows) -> Finding:  # noqa: PLR0917 - the whole of one search
    skills = {name: value for name, value in finding.where.items() if name not in PEOPLE}
    if not skills and found.since is None:
        predictor = searched.model.predictor[found.rows]
        skills = dict(trained_for(cases, rows, found.rows, predictor, found.effect))
        if skills:
            finding = replace(finding, where={**finding.where, **skills})
    why = why_rep(cases, inside, trained=bool(skills))
    if why.cause == "training":
        who = {name: value for name, value in finding.where.items() if name in PEOPLE}
        normal = elsewhere_normal(cases, cases.rows(who), cases.rows(skills))
        here = Evidence("rate", share(cases.accepted, cases.rows(finding.where) & cases.settled))
        return replace(finding, cause=why.cause, evidence=(here, *normal), against=why.against)
    if why.cause == "undetermined" and finding.where.keys() == {"team"}:
        for name in ("country", "territory"):
            value = alias(cases, inside, name)
            if value is not None:
                return replace(finding, kind="segment_friction", where={name: value})
    return replace(
        finding, cause=why.cause, evidence=(*finding.evidence, *why.evidence), against=(*finding.against, *why.against)
    )


def alias(cases: Cases, inside: Rows, name: str, common: float = ALIAS) -> str | None:
    """The value of another dimension that selects nearly the same leads."""
    dimension = cases.dimension(name)
    if dimension is None or not inside.any():
        return None
    counts = dimension.counts(inside)
    value = int(counts.argmax())
    either = np.count_nonzero(inside | (dimension.code == value))
    return dimension.values[value] if counts[value] >= common * either else None


def _by_leads(cases: Cases, found: Found) -> dict[str, str]:
    """Where a candidate lies; the leads instead of the team that has a country or a territory to itself.

    Nothing tells such a team's way with a kind of lead from that of the country's leads. A drop or a gap of the team in
    all its leads is told apart by other signs.
    """
    where = dict(found.where)
    whole = where.keys() == {"team"}
    if "team" not in where or found.since is not None or (whole and found.effect < 0):
        return where
    theirs = cases.rows({"team": where["team"]})
    if whole and _stamped(cases, theirs):
        return where
    for name in ("country", "territory"):
        value = None if name in where else alias(cases, theirs, name)
        if value is not None:
            return {name: value, **{other: kind for other, kind in where.items() if other != "team"}}
    return where


def _dated(cases: Cases, rows: Places, searched: Searched, found: Found) -> tuple[date, date, date] | None:
    """First day of the new regime with its interval, by a scan of cuts day by day in the segment.

    None where the rate slid over the whole time instead of stepping, and where it has come back since.
    """
    segment = np.flatnonzero(cases.rows(dict(found.where))[rows])
    first = int(cases.day.min())
    day = cases.day[rows][segment] - first
    span = int(cases.day.max()) - first + 1
    touched = np.zeros(rows.size)
    touched[found.rows] = found.effect
    bare = chances(searched.model.predictor - touched)[segment]
    residual, variance = cases.accepted[rows][segment] - bare, bare * (1 - bare)
    by_day = np.bincount(day, residual, span).astype(np.float64)
    known = np.bincount(day, variance, span).astype(np.float64)
    scan = cuts(by_day, known)
    best, low, high = first_day(scan, weeks_day(cases, int(found.since or 0)) - first, found.effect)
    if slid(by_day, known, scan, best) or over(by_day, known, best, found.effect) is not None:
        return None
    start = EPOCH + timedelta(days=first)
    return start + timedelta(days=best), start + timedelta(days=low), start + timedelta(days=high)


def _since_the_day(cases: Cases, rows: Places, searched: Searched, found: Found, day: int) -> Estimate:
    """The effect on the cases since ``day``: found by whole weeks, it was thinned by those of the first week before."""
    later = cases.day[rows[found.rows]] >= day
    if not later.any():
        return effect_of(searched.model.predictor[found.rows], found.effect, found.error)
    thinned = max(float(later.mean()), 0.5)
    predictor = searched.model.predictor[found.rows][later] + found.effect * (1 / thinned - 1)
    return effect_of(predictor, found.effect / thinned, found.error / thinned)


def whole_effect(finding: Finding, cases: Cases) -> float:
    """By how much a finding moves the rate of all leads handed over since it began."""
    if finding.since is None or not isinstance(finding.effect, Estimate):
        return 0.0
    since = cases.day >= (finding.since - EPOCH).days
    return finding.effect.value * finding.leads / max(int(since.sum()), 1)
