"""Findings about how leads are handled: promises missed, token efforts, leads worked but never decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

import numpy as np
import numpy.typing as npt

from accord.agreement.model import Agreement
from accord.diagnosis.cases import Cases, Rows
from accord.diagnosis.delays import SYSTEM, delays_of, evidence_of, handed_late, said_whose
from accord.diagnosis.figuring import confidence_of, effect_of, money_lost, share, weeks_day
from accord.diagnosis.lateness import (
    answered_within,
    habit_share,
    habit_surely,
    how_many_late,
    late_share,
    late_surely,
)
from accord.diagnosis.phrases import number
from accord.diagnosis.promise_shares import missed_by_promise
from accord.diagnosis.questions import (
    LEAST,
    about_ghosts,
    about_handing_over,
    about_late,
    about_silent,
    about_token,
    concerning,
    held_to_promise,
)
from accord.diagnosis.report import Evidence, Finding, Kind, Texts
from accord.diagnosis.search import Found, Question, Searched, search
from accord.diagnosis.wording import actions_for, sentence
from accord.values import MINIMUM_COUNT, Bounds, Estimate, Figure, Reason, Unknown

__all__ = ["Handled", "definition_gaps", "ghosts", "slow_responses", "token_efforts", "unattributed"]

Places = npt.NDArray[np.int64]
EPOCH = date(1970, 1, 1)
LEAST_POINTS = 10
"""A habit that touches fewer points of the leads than this is how people differ, and no finding."""

FAR_APART = 0.2
"""Difference of the rates of two definitions from which they tell different stories, whatever the floor is."""

SURE = 0.99
"""Of what is counted everywhere and compared with nothing."""

GHOSTS_EVERYWHERE = 0.15
"""Share of acceptances without an action up to which the two definitions tell the same story."""

SILENT_EVERYWHERE = 0.15
"""Share of worked leads never decided, in all, from which the definitions tell different stories."""


@dataclass(frozen=True, eq=False)
class Handled:
    """Findings, and the cases that they explain."""

    findings: tuple[Finding, ...]
    explained: Rows


def slow_responses(cases: Cases, agreement: Agreement, left_out: Rows) -> tuple[Finding, ...]:
    """Where answers come later than promised, beyond comparable leads and the pace of people.

    ``left_out``: cases whose lateness another finding explains already.
    """
    rules = agreement.acceptance
    promised = held_to_promise(cases)

    def told(finding: Finding, inside: Rows) -> Finding:
        judged = inside & promised
        said, shares = missed_by_promise(cases, judged, rules)
        delays = delays_of(cases, inside, rules.promises_hours[0])
        evidence = [
            Evidence("late", late_share(cases, judged)),
            Evidence("late_elsewhere", late_share(cases, promised & ~inside)),
            *answered_within(cases, judged),
            *shares,
            *evidence_of(delays),
        ]
        facts: dict[str, float | Texts | None] = {"whose": said_whose(delays), "by_class": float(bool(rules.promises))}
        finding = replace(finding, evidence=tuple(evidence), facts=facts)
        values = {
            "hours": f"{rules.promises_hours[0]:g}",
            "late": how_many_late(cases, judged),
            "promises": said if rules.promises else None,
        }
        return replace(finding, text=sentence(finding, **values), actions=actions_for(finding))

    rows, question = about_late(cases, left_out)
    answered = _asked(
        cases, agreement, rows, question, "slow_response", told, partial(_late_by, cases, promised, left_out)
    )
    return (*answered, *_handed_late(cases, agreement, {finding.id for finding in answered}))


def _late_by(cases: Cases, promised: Rows, left_out: Rows, segment: Rows) -> tuple[float, float]:
    """What dates leave open of how much more often the cases of a segment are late than the others."""
    inside = segment & promised & ~left_out
    return late_surely(inside, promised & ~inside, cases)


def _habit_by(cases: Cases, habit: str, left_out: Rows, segment: Rows) -> tuple[float, float]:
    """The same of how much more often a habit shows in a segment."""
    return habit_surely(cases, habit, segment & ~left_out, ~segment & ~left_out)


def _segment(cases: Cases, found: Found) -> Rows:
    """The cases of what was found, since it began."""
    inside = cases.rows(dict(found.where))
    return inside if found.since is None else inside & (cases.day >= weeks_day(cases, found.since))


def _handed_late(cases: Cases, agreement: Agreement, known: set[str]) -> tuple[Finding, ...]:
    """Where leads are handed over later after they qualified than an answer is promised; less what is ``known``."""
    promise = agreement.acceptance.promises_hours[0]
    late, of = handed_late(cases, promise), np.isfinite(cases.handed_after)

    def told(finding: Finding, inside: Rows) -> Finding:
        evidence = (
            Evidence("handed_over_late", share(late, inside & of)),
            Evidence("handed_over_late_elsewhere", share(late, of & ~inside)),
            *(one for one in evidence_of(delays_of(cases, inside, promise)) if one.what != "handed_over_late"),
        )
        finding = replace(finding, evidence=evidence, facts={"whose": SYSTEM})
        count = int((late & inside).sum())
        return replace(
            finding, text=sentence(finding, hours=f"{promise:g}", late=number(count)), actions=actions_for(finding)
        )

    rows, question = about_handing_over(cases, late, of)
    found = _asked(cases, agreement, rows, question, "slow_response", told)
    return tuple(finding for finding in found if finding.id not in known)


def token_efforts(cases: Cases, agreement: Agreement) -> tuple[Finding, ...]:
    """Whose acceptances are followed by one vain call and nothing else."""

    def told(finding: Finding, inside: Rows) -> Finding:
        of = cases.flags["token_of"]
        evidence = (
            Evidence("token", share(cases.flags["token"], inside & of)),
            Evidence("token_elsewhere", share(cases.flags["token"], of & ~inside)),
        )
        finding = replace(finding, evidence=evidence)
        return replace(finding, text=sentence(finding), actions=actions_for(finding))

    rows, question = about_token(cases)
    return _asked(cases, agreement, rows, question, "token_effort", told)


def definition_gaps(cases: Cases, agreement: Agreement) -> Handled:
    """Where leads are worked but never decided: everywhere, or beyond comparable leads."""
    of, silent = cases.flags["silent_of"], cases.flags["silent"]
    explained = np.zeros(len(cases), dtype=np.bool_)

    def told(finding: Finding, inside: Rows) -> Finding:
        evidence = [Evidence("silent", habit_share(cases, "silent", inside))]
        undecided = cases.accepted[inside & silent]
        accepted = undecided.size > 0 and float(undecided.mean()) > 0.5  # by what sales does, or did not refuse
        if finding.where:
            evidence.append(Evidence("silent_elsewhere", habit_share(cases, "silent", ~inside)))
            finding = _as_often_as_decided(cases, finding, inside)
        if accepted:  # the rate has them already
            finding = replace(finding, lost_acceptances=Unknown(Reason.NOT_IDENTIFIED))
        finding = replace(finding, evidence=tuple(evidence))
        said = sentence(finding, counted_as_accepted=accepted)
        return replace(finding, text=said, actions=actions_for(finding))

    rows, question = about_silent(cases)
    nothing = np.zeros(len(cases), dtype=np.bool_)
    open_ = partial(_habit_by, cases, "silent", nothing)
    findings = _asked(cases, agreement, rows, question, "definition_gap", told, open_)
    everything = np.ones(len(cases), dtype=np.bool_)
    whole = habit_share(cases, "silent", everything)
    surely = isinstance(whole, Estimate) and (whole.date_bounds.low if whole.date_bounds else whole.value)
    if not findings and of.sum() >= LEAST and surely >= SILENT_EVERYWHERE and cases.decided.any():
        assert isinstance(whole, Estimate)
        bare = _bare("definition_gap", {}, SURE, whole, len(cases))
        findings = (told(bare, everything),)
    # those undecided so far are of the same kind: whether they stay so shows when their window is over
    so_far = ~cases.decided & (cases.age < cases.window)
    for finding in findings:
        explained |= cases.rows(finding.where) & (silent | so_far)
    return Handled(findings, explained)


def _as_often_as_decided(cases: Cases, finding: Finding, inside: Rows) -> Finding:
    """The acceptances that nobody recorded: of the leads never decided, as many as of those decided there.

    Their money is not wasted: they were worked.
    """
    rate, silent = share(cases.accepted, inside & cases.decided & cases.settled), finding.lost_acceptances
    lost: Figure = Unknown(Reason.NOT_IDENTIFIED)
    if isinstance(rate, Estimate) and isinstance(silent, Estimate):
        low, high = rate.low * silent.low, rate.high * silent.high
        lost = Estimate(rate.value * silent.value, low, high, silent.n)
    return replace(finding, lost_acceptances=lost, cost=Unknown(Reason.NOT_IDENTIFIED))


def ghosts(cases: Cases, agreement: Agreement, tokens: Sequence[Finding]) -> tuple[Finding, ...]:
    """Where acceptances are followed by nothing: somebody's habit, some leads', or everywhere.

    Of people it is a ``token_effort``, as an acceptance with one vain call is; of leads the definitions disagree.
    ``tokens``: who is known for such calls already.
    """
    if not cases.recorded.get("activities") or unattributed(cases):
        return ()
    known = np.zeros(len(cases), dtype=np.bool_)
    for finding in tokens:
        known |= cases.rows(finding.where)

    def told(finding: Finding, inside: Rows) -> Finding:
        evidence = [Evidence("ghost", habit_share(cases, "ghost", inside))]
        if finding.where:
            evidence.append(Evidence("ghost_elsewhere", habit_share(cases, "ghost", ~inside)))
        if finding.where and finding.where.keys() <= {"rep_id", "team"}:
            finding = replace(finding, kind="token_effort")
        finding = replace(finding, evidence=tuple(evidence))
        days = f"{agreement.acceptance.ghost_after_days:g}"
        return replace(finding, text=sentence(finding, days=days), actions=actions_for(finding))

    rows, question = about_ghosts(cases, known)
    open_ = partial(_habit_by, cases, "ghost", known | cases.flags["token"])
    findings = _asked(cases, agreement, rows, question, "definition_gap", told, open_)
    everywhere = not findings and not tokens and _disagree(cases, agreement.acceptance.floor)
    if not everywhere:
        return findings
    everything = np.ones(len(cases), dtype=np.bool_)
    effect = habit_share(cases, "ghost", everything)
    assert isinstance(effect, Estimate)
    unreal = Estimate(effect.value * effect.n, effect.low * effect.n, effect.high * effect.n, effect.n)
    bare = replace(_bare("definition_gap", {}, SURE, effect, effect.n), lost_acceptances=unreal)
    return (told(replace(bare, cost=money_lost(cases, everything, unreal)), everything),)


def unattributed(cases: Cases) -> bool:
    """Whether activities follow acceptances and not one counts as a real action, though they are no vain calls either.

    So it is where nobody is named on them: they count for no owner, and say nothing of who does nothing.
    """
    followed = cases.flags["token_of"]
    few = int(followed.sum()) < MINIMUM_COUNT
    return not few and not cases.worked.any() and bool(cases.flags["token"][followed].mean() < 0.5)


def _disagree(cases: Cases, floor: float) -> bool:
    """Whether the verdict is another once acceptances without an action are left out: below the floor, or far lower."""
    of, ghost = cases.flags["ghost_of"], cases.flags["ghost"]
    said, real = share(of, of | _refused(cases)), share(of & ~ghost, of | _refused(cases))
    often = habit_share(cases, "ghost", np.ones(len(cases), dtype=np.bool_))
    if of.sum() < LEAST or not (
        isinstance(said, Estimate) and isinstance(real, Estimate) and isinstance(often, Estimate)
    ):
        return False
    if min(often.low, (often.date_bounds or often).low) < GHOSTS_EVERYWHERE:
        return False
    return bool(said.low >= floor > real.high or said.value - real.value >= FAR_APART)


def _refused(cases: Cases) -> Rows:
    """Mature leads that nobody accepted."""
    return (cases.age >= cases.window) & ~cases.accepted & ~cases.flags["ghost_of"]


def _asked(  # noqa: PLR0917 - the whole of one search
    cases: Cases,
    agreement: Agreement,
    rows: npt.NDArray[np.int64],
    question: Question,
    kind: Kind,
    told: Callable[[Finding, Rows], Finding],
    left_open: Callable[[Rows], tuple[float, float]] | None = None,
) -> tuple[Finding, ...]:
    """What a search finds, told in full; ``left_open``: by how much less, and more, the effect on some cases may be."""
    happened = int(question.happened.sum())
    if rows.size < LEAST or not question.dimensions or min(happened, rows.size - happened) < 10:
        return ()
    searched = search(concerning(question, agreement.materiality, LEAST_POINTS))
    findings = []
    for found in searched.found:
        open_ = left_open(_segment(cases, found)) if left_open is not None else (0.0, 0.0)
        finding = _found(cases, rows, searched, found, kind, agreement, open_)
        if finding is not None:
            inside = cases.rows(finding.where)
            if finding.since is not None:
                inside = inside & (cases.day >= (finding.since - EPOCH).days)
            findings.append(told(finding, inside))
    return tuple(findings)


def _found(  # noqa: PLR0917 - the whole of one search
    cases: Cases,
    rows: Places,
    searched: Searched,
    found: Found,
    kind: Kind,
    agreement: Agreement,
    left_open: tuple[float, float],
) -> Finding | None:
    """The finding that a candidate is; none where what dates leave open may make it immaterial."""
    effect, gain = effect_of(searched.model.predictor[found.rows], found.effect, found.error), found.gain
    least = effect.value + left_open[0]
    if least * 100 < LEAST_POINTS or least * found.rows.size < agreement.materiality.acceptances:
        return None
    if left_open != (0.0, 0.0):  # it is as sure as it would be were it no more than the dates make sure
        effect = replace(effect, date_bounds=Bounds(least, min(effect.value + left_open[1], 1.0)))
        gain -= (found.effect / found.error) ** 2 * (1 - (least / effect.value) ** 2)
    where = dict(found.where)
    if not where:  # a week in which everything is late is a holiday or a change of habits, and not somewhere
        return None
    finding = _bare(kind, where, confidence_of(gain, kind), effect, found.rows.size)
    if kind != "slow_response":  # acceptances that are none, or that nobody recorded
        size = found.rows.size
        unreal = Estimate(size * effect.value, size * effect.low, size * effect.high, size)
        if effect.date_bounds is not None:
            bounds = Bounds(size * effect.date_bounds.low, size * effect.date_bounds.high)
            unreal = replace(unreal, date_bounds=bounds)
        finding = replace(finding, lost_acceptances=unreal, cost=money_lost(cases, cases.rows(where), unreal))
    if found.since is None:
        return finding
    monday = EPOCH + timedelta(days=weeks_day(cases, found.since))
    week = timedelta(days=7)
    return replace(finding, since=monday, since_low=monday - week, since_high=monday + week)


def _bare(kind: Kind, where: dict[str, str], confidence: float, effect: Estimate, leads: int) -> Finding:
    return Finding(
        kind=kind,
        where=where,
        confidence=confidence,
        effect=effect,
        leads=leads,
        lost_acceptances=Unknown(Reason.NOT_IDENTIFIED),
        cost=Unknown(Reason.NOT_IDENTIFIED),
        text={},
        actions=(),
    )
