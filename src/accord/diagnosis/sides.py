"""On which side each piece of evidence stands: where its value speaks, and not where such a figure mostly does.

What is told beside a finding is gathered before it is known what it says. A figure whose value takes no side, as how
long handing over takes where answers are late after it, stands apart from both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from accord.diagnosis.report import Evidence, Finding
from accord.values import Estimate, Figure

__all__ = ["on_its_side"]

APART = frozenset({"business_days_to_answer", "hours_to_hand_over", "held_back_by_cap", "rate_held_back"})
"""Figures that nothing is held against: how long something takes, what a cap would do."""

WHOSE = frozenset({"late_from_queue", "late_from_people"})
"""Whose the late answers are: it speaks for a finding that says whose they are."""

DEALS, HANDED_LATE, LOW_SCORES = "points_supported_by_deals", "handed_over_late", "rate_of_low_scores"

LESS = frozenset({"segment_friction", "sudden_drop", "rep_gap"})
"""Findings that say that less is accepted than elsewhere, or than before."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """A figure of the leads in question and what it is held against; the finding says that it is ``more``, or less."""

    what: str
    against: str
    more: bool


def on_its_side(finding: Finding) -> Finding:
    """The same finding with its evidence parted: what speaks for it, what against, and what takes no side."""
    known = {one.what: one.value for one in finding.evidence}
    turned = _turned(finding, known)
    kept: list[Evidence] = []
    against, context = list(finding.against), list(finding.context)
    # beside a cause that is not said nothing stands against it: what is ordinary does
    contrary = context if finding.cause == "undetermined" else against
    for one in finding.evidence:
        side = kept
        if one.what in turned:
            side = contrary
        elif _takes_no_side(finding, one, known):
            side = context
        elif not _speaks_for(finding, one, known):
            side = contrary
        side.append(one)
    return replace(finding, evidence=tuple(kept), against=tuple(against), context=tuple(context))


def _takes_no_side(finding: Finding, one: Evidence, known: Mapping[str, Figure]) -> bool:
    if one.what in WHOSE:
        return not _says_whose(finding)
    if one.what == HANDED_LATE:  # the promise runs from the handoff: what came before it is another matter
        return f"{HANDED_LATE}_elsewhere" not in known
    if one.what == DEALS:
        return _deals_say(finding, one.value, known) == 0
    return one.what in APART


def _speaks_for(finding: Finding, one: Evidence, known: Mapping[str, Figure]) -> bool:
    if one.what == DEALS:
        return _deals_say(finding, one.value, known) > 0
    decided = known.get("accepted_of_decided")
    if one.what == LOW_SCORES and isinstance(one.value, Estimate) and isinstance(decided, Estimate):
        return one.value.high >= decided.low  # whatever the lead is worth: the worst are accepted as the others are
    return True


def _says_whose(finding: Finding) -> bool:
    whose = finding.facts.get("whose")
    return isinstance(whose, Mapping) and bool(whose.get("en")) and not finding.facts.get("by_class")


def _deals_say(finding: Finding, deals: Figure, known: Mapping[str, Figure]) -> int:
    """1 where deals too support other points than today's, on the same side; -1 where they contradict; else 0."""
    accepted, granted = known.get("points_supported"), finding.facts.get("granted")
    if not isinstance(deals, Estimate) or not isinstance(accepted, Estimate) or not isinstance(granted, float | int):
        return 0
    apart = deals.low > accepted.high or accepted.low > deals.high
    fewer = finding.kind == "overweighted_signal"
    if apart or (deals.low >= granted if fewer else deals.high <= granted):
        return -1
    return int(deals.high < granted if fewer else deals.low > granted)


def _turned(finding: Finding, known: Mapping[str, Figure]) -> set[str]:
    """What stands against a finding because the shares as they come say the opposite of it.

    What something is held against is on the side where the comparison speaks; the figure itself is for the finding as
    long as one of its comparisons is.
    """
    speaks: dict[str, bool] = {}
    turned = set()
    for pair in _pairs(finding):
        here, other = known.get(pair.what), known.get(pair.against)
        if not isinstance(here, Estimate) or not isinstance(other, Estimate):
            continue
        holds = here.value > other.value if pair.more else here.value < other.value
        speaks[pair.what] = speaks.get(pair.what, False) or holds
        if not holds:
            turned.add(pair.against)
    return turned | {what for what, holds in speaks.items() if not holds}


def _pairs(finding: Finding) -> Iterator[_Pair]:
    kind = finding.kind
    if kind in LESS:
        for other in ("rate_elsewhere", "rate_before", "same_people_other_leads", "other_people_same_leads"):
            yield _Pair("rate", other, more=False)
    elif kind in {"segment_model", "rubber_stamp", "underweighted_signal"}:
        yield _Pair("rate", "rate_elsewhere", more=True)
    elif kind == "overweighted_signal":
        yield _Pair("marginal_rate", "rate_of_the_others", more=False)
    elif kind in {"slow_response", "token_effort", "definition_gap"}:
        for what in ("late", HANDED_LATE, "token", "ghost", "silent"):
            yield _Pair(what, f"{what}_elsewhere", more=True)
