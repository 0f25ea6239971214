"""What the evidence of a finding says: a figure, its interval, and what dates without an hour leave open of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from accord.actions.wording import signed
from accord.diagnosis.report import Evidence
from accord.language import current_language, mark, ngettext
from accord.language import gettext as _
from accord.report import formats
from accord.report.diagnosis.sections import interval_of, want_of_hours
from accord.values import Estimate

__all__ = ["EVIDENCE", "points_interval", "said_of"]

EVIDENCE: Mapping[str, str] = {
    "rate": mark("accepted here: {share} ({interval}) of {n}"),
    "rate_elsewhere": mark("accepted elsewhere: {share} ({interval}) of {n}"),
    "rate_before": mark("accepted here before: {share} ({interval}) of {n}"),
    "same_people_other_leads": mark("accepted of their other leads: {share} ({interval}) of {n}"),
    "other_people_same_leads": mark("accepted of such leads elsewhere: {share} ({interval}) of {n}"),
    "share_after": mark("share of leads since then: {share} ({interval}) of {n}"),
    "share_before": mark("share of leads before: {share} ({interval}) of {n}"),
    "refusals_without_reason": mark("refusals without a reason: {share} ({interval}) of {n}"),
    "refusals_without_reason_elsewhere": mark("elsewhere, refusals without a reason: {share} ({interval}) of {n}"),
    "refusals_without_effort": mark("refusals without any real action: {share} ({interval}) of {n}"),
    "refusals_without_effort_elsewhere": mark(
        "elsewhere, refusals without any real action: {share} ({interval}) of {n}"
    ),
    "refused_here_accepted_elsewhere": mark("refused here, accepted by somebody else: {share} ({interval}) of {n}"),
    "weeks_above_capacity": mark("leads received in weeks above capacity: {share} ({interval}) of {n}"),
    "weeks_above_capacity_elsewhere": mark(
        "elsewhere, leads received in weeks above capacity: {share} ({interval}) of {n}"
    ),
    "refused_in_busy_weeks": mark("not accepted in the weeks with more leads: {share} ({interval}) of {n}"),
    "refused_in_quiet_weeks": mark("not accepted in the weeks with fewer leads: {share} ({interval}) of {n}"),
    "refusals_for_overload": mark("refusals for overload: {share} ({interval}) of {n}"),
    "refusals_for_overload_elsewhere": mark("elsewhere, refusals for overload: {share} ({interval}) of {n}"),
    "deals_from_accepted": mark("accepted leads that became deals: {share} ({interval}) of {n}"),
    "deals_from_accepted_elsewhere": mark("elsewhere, accepted leads that became deals: {share} ({interval}) of {n}"),
    "routing_refusals": mark("refusals for whose or where the lead is: {share} ({interval}) of {n}"),
    "routing_refusals_elsewhere": mark(
        "elsewhere, refusals for whose or where the lead is: {share} ({interval}) of {n}"
    ),
    "accepted_of_decided": mark("accepted of what they decide: {share} ({interval}) of {n}"),
    "rate_of_low_scores": mark("accepted of leads with a low score: {share} ({interval}) of {n}"),
    "late": mark("answered after the promise: {share} ({interval}) of {n}"),
    "late_elsewhere": mark("answered after the promise elsewhere: {share} ({interval}) of {n}"),
    "handed_over_late": mark(
        "handed over later after they qualified than an answer is promised: {share} ({interval}) of {n}"
    ),
    "handed_over_late_elsewhere": mark(
        "elsewhere, handed over later after they qualified: {share} ({interval}) of {n}"
    ),
    "late_from_queue": mark("late because more leads came than can be worked: {share} ({interval}) of {n}"),
    "late_from_people": mark("late though there was room: {share} ({interval}) of {n}"),
    "token": mark("acceptances with one vain call: {share} ({interval}) of {n}"),
    "token_elsewhere": mark("acceptances with one vain call elsewhere: {share} ({interval}) of {n}"),
    "silent": mark("worked and never decided: {share} ({interval}) of {n}"),
    "silent_elsewhere": mark("worked and never decided elsewhere: {share} ({interval}) of {n}"),
    "ghost": mark("acceptances without a real action: {share} ({interval}) of {n}"),
    "ghost_elsewhere": mark("acceptances without a real action elsewhere: {share} ({interval}) of {n}"),
    "marginal_rate": mark("accepted of those that crossed only because of it: {share} ({interval}) of {n}"),
    "rate_of_the_others": mark("accepted of the other qualified leads: {share} ({interval}) of {n}"),
    "held_back_by_cap": mark("qualified leads that the cap would keep back: {share} ({interval}) of {n}"),
    "rate_held_back": mark("of these, accepted so far: {share} ({interval}) of {n}"),
}
"""What each code of evidence says; a code without words is shown in JSON alone."""

POINTS: Mapping[str, str] = {
    "points_supported_by_deals": mark("points that later deals support: {value} ({low} to {high})"),
}
"""The same for points."""


def said_of(evidence: Evidence) -> str:
    """The figure in words, in the language in use; nothing of what is unknown, or shown in JSON alone."""
    figure, what = evidence.value, evidence.what
    if not isinstance(figure, Estimate):
        return ""
    if what in EVIDENCE:
        values = {"share": formats.share(figure), "interval": interval_of(figure), "n": formats.count(figure.n)}
        return _(EVIDENCE[what]).format(**values)
    if what == "hours_to_hand_over":
        took = _ends(figure, formats.delay)
        return _("half are handed over within {value} ({low} to {high})").format(**took)
    tenths = _ends(figure, lambda part: formats.decimal(part, 1).replace("-", "−"))
    if what == "business_days_to_answer":
        said = ngettext(
            "half are answered within {value} business day ({low} to {high}{open})",
            "half are answered within {value} business days ({low} to {high}{open})",
            _how_many(figure.value),
        )
        return said.format(**tenths, open=_left_open(figure))
    return _(POINTS[what]).format(**tenths) if what in POINTS else ""


def points_interval(effect: Estimate) -> str:
    """From where to where an effect may lie, in points, its lower end first."""
    low, high = sorted((effect.low * 100, effect.high * 100))
    told = _("{low} to {high}").format(low=signed(low), high=signed(high))
    bounds = effect.date_bounds
    return told if bounds is None else f"{told}{want_of_hours(signed(bounds.low * 100), signed(bounds.high * 100))}"


def _ends(figure: Estimate, written: Callable[[float], str]) -> dict[str, str]:
    return {name: written(getattr(figure, name)) for name in ("value", "low", "high")}


def _left_open(figure: Estimate) -> str:
    bounds = figure.date_bounds
    return "" if bounds is None else want_of_hours(formats.decimal(bounds.low, 1), formats.decimal(bounds.high, 1))


def _how_many(value: float) -> int:
    """What a noun after ``value``, told to a tenth, is counted by: in French 1.9 is singular, in English only 1 is."""
    told = round(value, 1)
    if current_language() == "fr":
        return int(told)
    return 1 if told == 1 else 2
