"""How far to move the points of a criterion: what is advised, and why it is no more.

What acceptance supports best is a guess, and where it is wide of the mark it may lie far beyond the right points. So
the advice keeps to what acceptance and deals both allow, and goes at most twice as far from today's points as is sure:
then it brings the points nearer to the right ones wherever those lie among the allowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from accord.diagnosis.phrases import filled, number
from accord.diagnosis.report import Action, Texts
from accord.language import mark
from accord.values import Estimate, Figure

__all__ = ["Proposal", "actions_on_points", "proposal"]

WHOLE_FROM = 5.0
"""Points from which whole ones are advised; fewer are changed by tenths."""

GIVE = mark("Give “{label}” {proposed} points instead of {granted}; replay it before both sides sign.")
FIRST_STEP = mark(
    "Give “{label}” {proposed} points instead of {granted} as a first step: acceptance allows anything from {least} to "
    "{most}, and a step of this size comes nearer to the right points wherever they lie between. Replay it before both "
    "sides sign."
)
FIRST_STEP_BOTH = mark(
    "Give “{label}” {proposed} points instead of {granted} as a first step: acceptance and later deals together allow "
    "anything from {least} to {most}, and a step of this size comes nearer to the right points wherever they lie "
    "between. Replay it before both sides sign."
)
AS_MANY_AS_ALLOWED = mark(
    "Give “{label}” {proposed} points instead of {granted}, about the most that the outcomes allow: that it deserves "
    "none is not sure enough to strike it. Replay it before both sides sign."
)
"""Where the outcomes support no points at all: a signal is not struck for the best guess of few outcomes."""

CAP = mark("Or leave its points and let “{label}” never bring more than {cap} in all.")
SETTLE = mark(
    "Leave “{label}” at {granted} points for now: acceptance supports {low} to {high}, later deals {deals_low} to "
    "{deals_high}. Settle first which of the two the points are to foretell."
)
NOT_YET = mark(
    "Leave “{label}” at {granted} points for now: how many it deserves, acceptance does not say well enough to change "
    "them. Look again when more leads are decided."
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """``points`` to give instead, between ``least`` and ``most`` that are allowed; None where none can be advised.

    ``by_deals``: whether deals narrow what acceptance allows; no points and ``by_deals``: they contradict each other.
    """

    points: float | None
    least: float
    most: float
    by_deals: bool


def proposal(granted: float, accepted: Estimate, deals: Figure | None) -> Proposal:
    """How many points to advise instead of ``granted`` (positive), by what acceptance and deals support.

    What acceptance supports best, moved into what both intervals have in common; from today's points at most twice as
    far as the end of it that is nearest to them: whatever in it is right, what is advised is no further from it than
    today's points are. Where no points are supported best, that end itself. A step is a whole point, a tenth where few
    are granted.
    """
    least, most = accepted.low, accepted.high
    by_deals = isinstance(deals, Estimate) and (max(deals.low, 0.0) > least or max(deals.high, 0.0) < most)
    if isinstance(deals, Estimate):
        least, most = max(least, deals.low, 0.0), min(most, max(deals.high, 0.0))
    best = min(max(accepted.value, least), most)
    rising = accepted.value > granted
    nearest = least if rising else most
    if least > most or (nearest <= granted if rising else nearest >= granted):
        return Proposal(None, least, most, by_deals)
    furthest = granted + 2 * (nearest - granted)
    digits = 0 if granted >= WHOLE_FROM else 1
    points = min(best, furthest) if rising else max(best, furthest)
    if not round(points, digits):
        points = nearest
    told = round(points, digits)
    step = 10.0**-digits
    if told == granted:  # the least that can be changed, where it is not too much
        told = granted + step if rising else granted - step
    within = least - step < told < most + step
    return Proposal(told if within and told != granted else None, least, most, by_deals)


def actions_on_points(facts: Mapping[str, float | Texts | None], code: str, proposed: Proposal) -> tuple[Action, ...]:
    """What to do about the points of a criterion; ``facts``: its label, and the points granted and supported."""
    values: dict[str, object] = {
        name: number(value, 1) if isinstance(value, float | int) else value for name, value in facts.items()
    }
    if proposed.points is None:
        message = SETTLE if proposed.by_deals and "deals_low" in facts else NOT_YET
        return (Action("leave_points", filled(message, values)),)
    values |= {"least": number(proposed.least, 1), "most": number(proposed.most, 1)}
    supported = facts["supported"]
    assert isinstance(supported, float | int)
    message = FIRST_STEP_BOTH if proposed.by_deals else FIRST_STEP
    if not round(supported) and proposed.points and abs(proposed.most - proposed.points) < 1:
        message = AS_MANY_AS_ALLOWED
    elif abs(supported - proposed.points) < 1:
        message = GIVE
    actions = [Action(code, filled(message, values))]
    if facts.get("cap") is not None:
        actions.append(Action("cap_points", filled(CAP, values)))
    return tuple(actions)
