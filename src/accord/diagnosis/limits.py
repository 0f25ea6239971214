"""What a diagnosis could not look at, and what to record so that the next one can."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from accord.diagnosis.cases import Cases
from accord.diagnosis.course import Fall
from accord.diagnosis.figuring import weeks_day
from accord.diagnosis.habits import unattributed
from accord.diagnosis.lateness import open_by_hours
from accord.diagnosis.phrases import columns_called, filled, number, the_day
from accord.diagnosis.questions import LEAST, held_to_promise
from accord.diagnosis.report import Finding, Texts
from accord.diagnosis.signals import LEAST_TAUGHT, taught_by
from accord.diagnosis.wording import actions_for, sentence
from accord.language import both, mark
from accord.values import Figure, Reason, Unknown

__all__ = ["limits_of", "not_measurable"]

EPOCH = date(1970, 1, 1)

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
    "Leads accepted, or refused for what they are: {taught}; criteria are held against outcomes from {least} on. "
    "Ask for a reason on every refusal."
)
NO_REFUSALS = mark(
    "No lead was ever refused: reasons, criteria and whoever accepts everything cannot be judged. Record refusals too, "
    "each with its reason."
)
CONSTANT = mark("Every lead has the same value in {columns}: nothing can be compared by it.")
NO_COLUMNS = mark(
    "Leads differ in no column that they could be compared by: record at least their channel, type, sector and "
    "country, and who receives them."
)
NO_SCORE = mark(
    "No score and no touches are recorded: whether the criteria of the agreement fit what becomes of leads cannot be "
    "said. Import what prospects did (touches), or hand leads over with their score."
)
NO_SPEND = mark("No spend is recorded: what any of this costs cannot be said. Import the spend by channel and month.")
NO_COST = mark(
    "Of none of these leads is it known what it cost: spend is recorded for other channels, days or currencies. Record "
    "it by the channels that leads have."
)
BY_DATE = mark(
    "For {open} of {all} leads it cannot be said whether they were answered as promised: their times are dates without "
    "an hour. Record the hour of handoffs, decisions and calls."
)
VAIN_BY_DATE = mark(
    "Of {open} of {all} acceptances some time is a date without an hour: what was done before the acceptance and what "
    "after it, on the same day, nothing tells, so vain calls after it may be more or fewer. Record the hour of "
    "decisions and calls."
)
SHORT = mark("Days from the first handoff to the last: {days}; a change in time shows from 56 days (8 weeks) on.")

SWUNG = mark(
    "From about {high} to about {low} acceptance of comparable leads came down by {points} points (between {least} and "
    "{most}), as it does with a season, and no drop is named for it: one year does not tell a season from something "
    "that happened. If something changed then, compare with the same weeks of the year before."
)
SLID = mark(
    "From about {high} to about {low} acceptance of comparable leads came down by {points} points (between {least} and "
    "{most}), a little every week: there is no day on which it began, and no drop is named for it. Look for what grew "
    "or wore off over that time."
)


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


def limits_of(cases: Cases, came_down: Fall | None = None, points: float = 0.0) -> tuple[Texts, ...]:
    """What was not looked at, and why; empty where everything was.

    ``came_down``: how the whole rate fell without a drop, told from so many ``points`` on.
    """
    if not len(cases):
        return ()
    return (
        *(_of_time(cases, came_down) if came_down is not None and -100 * came_down.effect.value >= points else ()),
        *_of_outcomes(cases),
        *_of_criteria(cases),
        *_of_promises(cases),
        *_of_columns(cases),
        *_of_money(cases),
    )


def _of_time(cases: Cases, came_down: Fall) -> Iterator[Texts]:
    effect = came_down.effect
    days = {
        name: the_day(EPOCH + timedelta(days=weeks_day(cases, week)))
        for name, week in (("high", came_down.high), ("low", came_down.low))
    }
    points = {
        name: number(max(-100 * value, 0.0))
        for name, value in (("points", effect.value), ("least", effect.high), ("most", effect.low))
    }
    yield filled(SWUNG if came_down.swings else SLID, {**days, **points})


def _of_outcomes(cases: Cases) -> Iterator[Texts]:
    settled = int(cases.settled.sum())
    if settled < LEAST:
        yield both(FEW, settled=settled, least=LEAST)
    elif not (cases.decided.any() or cases.accepted[cases.settled].any()):
        yield both(NO_OUTCOME)
    elif cases.accepted[cases.settled].all() or not cases.accepted[cases.settled].any():
        yield both(ALIKE)
    if cases.decided.sum() >= LEAST_DECIDED and cases.accepted[cases.decided].all():
        yield both(NO_REFUSALS)
    if (cases.last - cases.first).days < 56:
        yield both(SHORT, days=(cases.last - cases.first).days + 1)
    if cases.dimension("rep_id") is None and not _no_reps(cases):
        yield both(ALONE)


def _of_criteria(cases: Cases) -> Iterator[Texts]:
    if cases.points is None:
        yield both(NO_POINTS)
        return
    if not cases.recorded.get("touches") and not np.isfinite(cases.score).any():
        yield both(NO_SCORE)
    taught = int((cases.points.known & taught_by(cases)).sum())
    if taught < LEAST_TAUGHT and cases.judgeable:  # else it is said that nothing is recorded to learn from
        yield both(UNTAUGHT, taught=taught, least=LEAST_TAUGHT)


def _of_promises(cases: Cases) -> Iterator[Texts]:
    promised = held_to_promise(cases)
    unsaid = open_by_hours(cases, promised)
    if unsaid >= OFTEN * promised.sum() > 0:
        yield filled(BY_DATE, {"open": number(unsaid), "all": number(int(promised.sum()))})
    followed = cases.flags["token_of"]
    if cases.hours is not None and cases.flags["token"].any():
        dated = int((followed & cases.hours.dated).sum())
        if dated >= OFTEN * followed.sum():
            yield filled(VAIN_BY_DATE, {"open": number(dated), "all": number(int(followed.sum()))})


def _of_columns(cases: Cases) -> Iterator[Texts]:
    if not cases.dimensions:
        yield both(NO_COLUMNS)
    if cases.constant:
        yield filled(CONSTANT, {"columns": columns_called(cases.constant)})
    for name in cases.too_wide:
        yield filled(WIDE, {"column": columns_called([name], beginning=True)})


def _of_money(cases: Cases) -> Iterator[Texts]:
    if not cases.recorded.get("spend"):
        yield both(NO_SPEND)
    elif not np.isfinite(cases.cost).any():
        yield both(NO_COST)


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
