"""How to see later that what was done about a finding worked: after how long, and what must have moved by then."""

from __future__ import annotations

from math import ceil

from accord.diagnosis.cases import Cases
from accord.diagnosis.gains import DAYS
from accord.diagnosis.phrases import filled, leads_of, number
from accord.diagnosis.report import Check, Finding
from accord.language import mark
from accord.values import Estimate

__all__ = ["check_of", "weeks_to_tell"]

WEEK = 7

LEAST_WEEKS = 4
"""Sooner no action is measured."""

MOST_WEEKS = 52

POINTS = ("overweighted_signal", "underweighted_signal")

TOLD_APART = 2.8
"""Standard errors at which a difference is found in four of five cases at the level of 95 % (1.96 + 0.84)."""

BEGIN_SOMEWHERE = mark(
    "Begin in one team or one channel and record it: the others are what it is compared with. What is done everywhere "
    "at once cannot be measured."
)
REPLAY = mark(
    "Change the points in a draft and replay it on past leads; once it is signed, the trend by version of the "
    "agreement tells."
)
LEFT_ALONE = mark(
    "Run this diagnosis again when more leads are decided and more deals are known: what they allow shows then."
)
MIX = mark("In eight weeks, leads {where} must be back from {after}% towards {before}% of what is handed over.")
SHARE = mark("Run this diagnosis again in eight weeks: the {share}% must have come down towards {elsewhere}%.")
SHARE_ALONE = mark("Run this diagnosis again in eight weeks: the {share}% must have come down.")
STILL_BETTER = mark(
    "Once more of them come, see whether they are still accepted {points} points more than comparable leads: those "
    "that are bought more of are not always alike."
)
RECORD = mark(
    "Record what you do: about {weeks} weeks after its beginning, the effect of the action tells from chance whether "
    "the {points} points came back, against comparable leads that nobody touched."
)
RECORD_IN_TIME = mark(
    "Record what you do: about {weeks} weeks after its beginning, the effect of the action tells from chance whether "
    "fewer answers are late, against comparable leads that nobody touched ({share}% here, {elsewhere}% elsewhere)."
)
TOO_LONG = mark(
    "Record what you do; with so few leads it takes more than a year to tell its effect from chance: look at the "
    "reasons of refusals meanwhile."
)


def check_of(cases: Cases, finding: Finding) -> Check | None:
    """How to check that ``finding`` is mended; None where nothing is to be mended but recorded."""
    if finding.kind == "not_measurable" or not isinstance(finding.effect, Estimate):
        return None
    values: dict[str, object] = {
        "where": leads_of(finding.where),
        "points": number(100 * abs(finding.effect.value)),
        **_shares(finding),
    }
    alone = SHARE if "elsewhere" in values else SHARE_ALONE
    seen_again = {
        **dict.fromkeys(POINTS, REPLAY),
        "mix_shift": MIX,
        "segment_model": STILL_BETTER,
        **dict.fromkeys(("token_effort", "definition_gap", "rubber_stamp"), alone),
    }
    if finding.kind in POINTS and finding.facts.get("proposed") is None:
        return Check(filled(LEFT_ALONE, {}), to_record=False)
    if finding.kind in seen_again:
        return Check(filled(seen_again[finding.kind], values), to_record=False)
    if not finding.where:
        return Check(filled(BEGIN_SOMEWHERE, {}), to_record=False)
    weeks = weeks_to_tell(cases, finding)
    if weeks is None:
        return Check(filled(TOO_LONG, {}), to_record=True)
    message = RECORD_IN_TIME if finding.kind == "slow_response" and "elsewhere" in values else RECORD
    return Check(filled(message, {**values, "weeks": number(weeks)}), to_record=True)


def weeks_to_tell(cases: Cases, finding: Finding) -> int | None:
    """Weeks after which an action that closes the gap shows, at the pace at which such leads came; None beyond a year.

    Two shares of n leads each, before and after, differ by the effect with a standard error of √(2 p (1 − p) / n); it
    is found in four of five cases where that is 1/2.8 of the effect. Leads that are accepted need their window as well.
    """
    rate = next((one.value for one in finding.evidence if one.what in {"rate", "late"}), None)
    if not isinstance(finding.effect, Estimate) or not isinstance(rate, Estimate) or not finding.effect.value:
        return None
    days = min(DAYS, (cases.last - cases.first).days + 1)
    coming = int((cases.rows(finding.where) & (cases.day > cases.day.max() - days)).sum())
    if not coming:
        return None
    middle = min(max(rate.value - finding.effect.value / 2, 0.02), 0.98)  # between what it is and what it is to be
    needed = 2 * middle * (1 - middle) * (TOLD_APART / finding.effect.value) ** 2
    ripe = 1 if finding.kind == "slow_response" else ceil(cases.window / WEEK)
    weeks = max(LEAST_WEEKS, ceil(needed / coming * days / WEEK)) + ripe
    return weeks if weeks <= MOST_WEEKS else None


def _shares(finding: Finding) -> dict[str, object]:
    """The shares that a sentence may name: the first piece of evidence, and the same before or elsewhere."""
    known = {one.what: round(100 * one.value.value) for one in finding.evidence if isinstance(one.value, Estimate)}
    told = [("share", next(iter(known), "")), ("after", "share_after"), ("before", "share_before")]
    told.append(("elsewhere", f"{told[0][1]}_elsewhere"))
    return {name: known[what] for name, what in told if what in known}
