"""What is not sure: what to look at meanwhile, and how many more leads would settle it.

A finding that is less sure than what is acted on is worth looking into, and nothing else: no points, no routes and no
budget are moved for it. What settles it is counted, and not promised for a fixed day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil

from accord.diagnosis.cases import EPOCH, Cases, Rows
from accord.diagnosis.figuring import TWO_SIDED, gain_of_confidence
from accord.diagnosis.gains import DAYS
from accord.diagnosis.phrases import filled, leads_of, number, people_of, span, the_day
from accord.diagnosis.report import SURE, Action, Finding, Kind
from accord.language import mark
from accord.values import Estimate, Reason

__all__ = ["Settled", "look_at", "settling", "to_settle"]

WEEK = 7

MOST_WEEKS = 52

IN_FOUR_OF_FIVE = 0.84
"""Standard errors beyond what is asked at which it is reached in four of five cases."""

OF_WHICH = {"slow_response": "judged", "token_effort": "token_of", "definition_gap": "silent_of"}
"""The leads that a habit is a share of; those with an outcome for everything else."""

UNCOUNTED = frozenset({"overweighted_signal", "underweighted_signal", "mix_shift"})
"""Findings that hang on all leads and all points at once: no number of such leads settles them."""

SUCH = mark(
    "If it is as large as it looks, about {leads} more such leads settle it: at the present pace they have come, and "
    "had their time, in about {span}."
)
ALL = mark(
    "If it is as large as it looks, about {leads} more leads settle it: at the present pace they have come, and had "
    "their time, in about {span}."
)
TOO_FEW = mark(
    "So few such leads come that another year of them would not settle it: ask those who work them what they see."
)
ORDINARY = mark(
    "More such leads would hardly settle it, for differences of this size are nearly ordinary: ask those who work "
    "them what they see."
)
AGAIN = mark("Run this diagnosis again in a quarter: what is real shows more clearly then, and chance fades.")

REFUSALS = ("read_refusals", mark("Read 20 refusals of leads {where} together: do they have something in common?"))
LISTEN = ("listen", mark("With {people}: go through ten refused leads. What would have made them worth a call?"))
LOOK: Mapping[Kind, tuple[str, str]] = {
    "mix_shift": ("look_at", mark("Look at where leads {where} come from since {since}, and whether it goes on.")),
    "segment_friction": REFUSALS,
    "segment_model": (
        "look_at",
        mark("Read 20 accepted leads {where} together: what do they have that others do not?"),
    ),
    "overweighted_signal": (
        "look_at",
        mark("Read 20 leads together that only “{label}” lifted over the threshold: are they ready for sales?"),
    ),
    "underweighted_signal": (
        "look_at",
        mark("Read 20 leads with “{label}” together: are they worth more than their points say?"),
    ),
    "rep_gap": LISTEN,
    "slow_response": (
        "look_at",
        mark("Look at ten late answers to leads {where}: what did they wait for?"),
    ),
    "token_effort": (
        "look_at",
        mark("With {people}: go through ten acceptances that nothing seems to follow. Was the work done, or recorded?"),
    ),
    "definition_gap": (
        "look_at",
        mark("Look at ten leads {where} that were worked and never decided: what became of them?"),
    ),
}
LATE_HANDOFFS = mark("Look at ten late handoffs of leads {where}: what did they wait for?")
UNWORKED = mark("Look at ten accepted leads {where} that nobody seems to have worked: was the work recorded?")
COUNT_LOAD = mark("Note for four weeks how many leads {people} can work.")


@dataclass(frozen=True, slots=True)
class Settled:
    """So many more ``leads`` settle it, which come and have their time within so many ``days``."""

    leads: int
    days: int


def settling(cases: Cases, finding: Finding) -> Finding:
    """The same finding; where it is not sure, with what would settle it among its facts."""
    if finding.sure or "settles" in finding.facts:
        return finding
    told = AGAIN
    values: dict[str, object] = {}
    if finding.kind not in UNCOUNTED:
        more = to_settle(cases, finding)
        if isinstance(more, Settled):
            told = SUCH if finding.where else ALL
            values = {"leads": number(_rounded(more.leads)), "span": span(more.days)}
        else:
            told = ORDINARY if more is Reason.NOT_IDENTIFIED else TOO_FEW
    return replace(finding, facts={**finding.facts, "settles": filled(told, values)})


def to_settle(cases: Cases, finding: Finding) -> Settled | Reason:
    """How many more leads make ``finding`` sure in four of five cases, if its effect is what it seems.

    It gained its squared z less the price of the search. The price stays; of the error, the chance of single leads,
    √(p (1 − p) / n), shrinks with more of them, and how much such leads, people and weeks ordinarily differ by does
    not: ``NOT_IDENTIFIED`` where that alone is too much, ``TOO_FEW`` where a year does not bring enough leads.
    """
    effect = finding.effect
    if not isinstance(effect, Estimate) or not effect.value or effect.high <= effect.low:
        return Reason.NOT_IDENTIFIED
    error = (effect.high - effect.low) / (2 * TWO_SIDED)
    wanted = gain_of_confidence(SURE, finding.kind) - gain_of_confidence(finding.confidence, finding.kind)
    needed = abs(effect.value) / (((effect.value / error) ** 2 + wanted) ** 0.5 + IN_FOUR_OF_FIVE)
    inside = cases.rows(finding.where)
    here = inside if finding.since is None else inside & (cases.day >= (finding.since - EPOCH).days)
    now = int((here & _of(cases, finding)).sum())
    if not now:
        return Reason.TOO_FEW
    rate = _rate(finding)
    by_chance = rate * (1 - rate) / now
    left = needed**2 - max(error**2 - by_chance, 0.0)
    if left <= 0:
        return Reason.NOT_IDENTIFIED
    more = max(ceil(by_chance * now / left) - now, 1)
    days = min(DAYS, (cases.last - cases.first).days + 1)
    coming = int((inside & (cases.day > cases.day.max() - days)).sum())
    if not coming:
        return Reason.TOO_FEW
    until = ceil(more / coming * days) + (0 if finding.kind == "slow_response" else cases.window)
    return Settled(more, until) if until <= MOST_WEEKS * WEEK else Reason.TOO_FEW


def look_at(finding: Finding) -> tuple[Action, ...]:
    """What to look into, or to note, about a finding that is not sure: nothing that changes anything."""
    if finding.kind in {"sudden_drop", "rubber_stamp"} or finding.kind not in LOOK:
        return finding.actions  # what changed then, refusals with a reason, a sample judged blind: all of it is looking
    code, message = LOOK[finding.kind]
    said = {one.what for one in finding.evidence}
    if finding.cause == "overload":
        code, message = "look_at", COUNT_LOAD
    elif "handed_over_late_elsewhere" in said:
        message = LATE_HANDOFFS
    elif finding.kind == "definition_gap" and "ghost" in said:
        message = UNWORKED
    values: dict[str, object] = {
        "where": leads_of(finding.where),
        "people": people_of(finding.where),
        "since": the_day(finding.since) if finding.since else "",
        "label": finding.facts.get("label") or "",
    }
    return (Action(code, filled(message, values)),)


def _of(cases: Cases, finding: Finding) -> Rows:
    """The cases that its rate is a share of."""
    what = OF_WHICH.get(finding.kind)
    if what is None:
        return cases.settled
    if what == "judged":
        return cases.judged
    said = {one.what for one in finding.evidence}
    return cases.flags["ghost_of" if "ghost" in said else what]


def _rate(finding: Finding) -> float:
    """Between what the rate is here and what it would be without the finding: neither 0 nor 1."""
    assert isinstance(finding.effect, Estimate)
    first = next((one.value for one in finding.evidence if isinstance(one.value, Estimate)), None)
    value = first.value if first is not None else 0.5
    return min(max(value - finding.effect.value / 2, 0.02), 0.98)


def _rounded(leads: int) -> int:
    """Two digits are as many as such a number holds."""
    digits = max(len(str(leads)) - 2, 0)
    return round(leads, -digits)
