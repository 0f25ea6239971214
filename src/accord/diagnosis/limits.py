"""What a diagnosis could not look at, and what to record so that the next one can."""

from __future__ import annotations

from dataclasses import replace

from accord.diagnosis.cases import Cases
from accord.diagnosis.habits import unattributed
from accord.diagnosis.lateness import open_by_hours
from accord.diagnosis.phrases import filled, number
from accord.diagnosis.questions import LEAST, held_to_promise
from accord.diagnosis.report import Finding, Texts
from accord.diagnosis.signals import LEAST_TAUGHT, taught_by
from accord.diagnosis.wording import actions_for, sentence
from accord.language import both, mark
from accord.values import Figure, Reason, Unknown

__all__ = ["limits_of", "not_measurable"]

LEAST_DECIDED = 20
"""Decisions from which it is remarkable that none is a refusal."""

OFTEN = 0.05
"""Share of leads from which it is worth saying that dates leave something open of them."""

FEW = mark("Leads with an outcome: {settled}; segments are compared from {least} on.")
WIDE = mark("{column} has too many different values to be compared.")
ALONE = mark("There is only one rep: nobody to compare with.")
NO_OUTCOME = mark("Nothing is recorded of what became of the leads: there is no outcome to compare by.")
ALIKE = mark("All leads had the same outcome: there is nothing to explain by comparing them.")
NO_POINTS = mark("The agreement gives no points: no criterion can be held against outcomes.")
UNTAUGHT = mark(
    "{taught} leads were accepted, or refused for what they are; criteria are held against outcomes from {least} on. "
    "Ask for a reason on every refusal."
)
NO_REFUSALS = mark(
    "No lead was ever refused: reasons, criteria and whoever accepts everything cannot be judged. Record refusals too, "
    "each with its reason."
)
CONSTANT = mark("Every lead has the same value in {columns}: nothing can be compared by it.")
BY_DATE = mark(
    "Of {open} of {all} leads it cannot be said whether they were answered as promised: their times are dates without "
    "an hour. Record the hour of handoffs, decisions and calls."
)
SHORT = mark("Days from the first handoff to the last: {days}; a change in time shows from 56 days (8 weeks) on.")


def not_measurable(cases: Cases) -> tuple[Finding, ...]:
    """One finding per field whose absence hides a kind of problem."""
    refused = int((cases.decided & ~cases.accepted).sum())
    absent = {
        "handoffs": not cases.recorded.get("handoffs"),
        "decisions": not cases.recorded.get("decisions"),
        "activities": len(cases) > 0 and not cases.recorded.get("activities"),
        "activities.rep_id": len(cases) > 0 and unattributed(cases),
        "decisions.reason": refused >= 20 and not (cases.reason >= 0).any(),
        "handoffs.rep_id": len(cases) > 0 and cases.dimension("rep_id") is None and _no_reps(cases),
    }
    return tuple(_missing(field, len(cases)) for field, holds in absent.items() if holds)


def limits_of(cases: Cases) -> tuple[Texts, ...]:
    """What was not looked at, and why; empty where everything was."""
    said: list[Texts] = []
    settled = int(cases.settled.sum())
    if not len(cases):
        return ()
    if settled < LEAST:
        said.append(both(FEW, settled=settled, least=LEAST))
    elif not (cases.decided.any() or cases.accepted[cases.settled].any()):
        said.append(both(NO_OUTCOME))
    elif cases.accepted[cases.settled].all() or not cases.accepted[cases.settled].any():
        said.append(both(ALIKE))
    if cases.decided.sum() >= LEAST_DECIDED and cases.accepted[cases.decided].all():
        said.append(both(NO_REFUSALS))
    if (cases.last - cases.first).days < 56:
        said.append(both(SHORT, days=(cases.last - cases.first).days + 1))
    if cases.dimension("rep_id") is None and not _no_reps(cases):
        said.append(both(ALONE))
    if cases.points is None:
        said.append(both(NO_POINTS))
    elif cases.points is not None:
        taught = int((cases.points.known & taught_by(cases)).sum())
        if taught < LEAST_TAUGHT:
            said.append(both(UNTAUGHT, taught=taught, least=LEAST_TAUGHT))
    promised = held_to_promise(cases)
    unsaid = open_by_hours(cases, promised)
    if unsaid >= OFTEN * promised.sum() > 0:
        said.append(filled(BY_DATE, {"open": number(unsaid), "all": number(int(promised.sum()))}))
    if cases.constant:
        said.append(both(CONSTANT, columns=", ".join(cases.constant)))
    said += [both(WIDE, column=name) for name in cases.too_wide]
    return tuple(said)


def _no_reps(cases: Cases) -> bool:
    return cases.reps_named == 0


def _missing(field: str, leads: int) -> Finding:
    unknown: Figure = Unknown(Reason.NOT_RECORDED)
    finding = Finding(
        kind="not_measurable",
        where={"field": field},
        confidence=1.0,
        effect=unknown,
        leads=leads,
        lost_acceptances=unknown,
        cost=unknown,
        text={},
        actions=(),
    )
    return replace(finding, text=sentence(finding), actions=actions_for(finding))
