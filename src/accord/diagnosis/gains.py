"""What acting on a finding would bring over the weeks to come, if as many leads come as did in the last thirteen weeks.

What a finding cost is about the past, and is no promise: a drop that began five weeks ago costs more in the quarter to
come than it did so far, and what points let through too easily are refusals, not acceptances lost.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from accord.agreement.model import Agreement
from accord.diagnosis.asking_more import qualified
from accord.diagnosis.cases import Cases, Rows
from accord.diagnosis.figuring import money_lost, share
from accord.diagnosis.phrases import Said, filled, number, span
from accord.diagnosis.report import Finding, Gain, GainOf
from accord.language import mark
from accord.values import Estimate, Figure, Reason, Unknown

__all__ = ["DAYS", "gain_of"]

DAYS = 91
"""The quarter to come is told by the last one."""

WEEK = 7

OF: dict[str, GainOf] = {
    "segment_model": "acceptances",
    "overweighted_signal": "refusals_avoided",
    "slow_response": "answers_in_time",
    "token_effort": "acceptances_worked",
    "definition_gap": "leads_counted_right",
    "rubber_stamp": "leads_refused",
}
"""What there would be more (or fewer) of, by kind; acceptances for the others."""

SAID: dict[GainOf, str] = {
    "acceptances": mark("up to about {amount} acceptances more in {span} ({low} to {high})"),
    "refusals_avoided": mark(
        "about {amount} refusals fewer in {span} ({low} to {high}), and {given_up} acceptances fewer: of the "
        "leads that are still handed over {after}% are accepted instead of {before}%"
    ),
    "answers_in_time": mark("up to about {amount} answers more in time in {span} ({low} to {high})"),
    "acceptances_worked": mark(
        "up to about {amount} accepted leads more are really worked in {span} ({low} to {high})"
    ),
    "leads_counted_right": mark(
        "up to about {amount} leads more are counted for what they are in {span} ({low} to {high})"
    ),
    "leads_refused": mark(
        "up to about {amount} leads fewer in {span} ({low} to {high}) on which work begins though comparable "
        "ones are refused"
    ),
}
OF_HUNDRED = mark(
    "of every 100 leads more of this kind, about {amount} acceptances more than of other leads ({low} to {high})"
)
MONEY = mark("{gain}; such leads cost about {money} {currency}")
NONE_CAME = mark("none now: no such lead came in the last {weeks} weeks")
KEPT_BACK = mark(
    "it cannot be said beforehand: whom the threshold kept back was never handed over, so hand over a few of them and "
    "see"
)
LEFT_ALONE = mark("nothing while its points stay as they are")
NOT_SAID = mark("it cannot be said from these data")


def gain_of(cases: Cases, finding: Finding, agreement: Agreement) -> Gain:
    """What acting on ``finding`` would bring in as many days as are looked back on: thirteen weeks, or all there are.

    The effect, with its interval, on as many leads as came; that as many come again is supposed.
    """
    if finding.kind == "not_measurable" or not len(cases) or not isinstance(finding.effect, Estimate):
        return _unknown("acceptances", Reason.NOT_RECORDED, NOT_SAID)
    if finding.kind == "underweighted_signal":
        left_alone = finding.facts.get("proposed") is None
        return _unknown("acceptances", Reason.NOT_IDENTIFIED, LEFT_ALONE if left_alone else KEPT_BACK)
    days = min(DAYS, (cases.last - cases.first).days + 1)
    lately = cases.day > cases.day.max() - days
    if finding.kind == "overweighted_signal":
        return _of_fewer_points(cases, finding, lately, days, agreement.currency)
    if finding.kind == "segment_model":
        return _of_more_leads(finding, days)
    coming = lately & _touched(cases, finding)
    return _told(cases, finding, coming, int(coming.sum()), days, agreement.currency)


def _touched(cases: Cases, finding: Finding) -> Rows:
    """The cases whose like the effect is about."""
    inside = cases.rows(finding.where)
    if finding.kind == "mix_shift":  # its effect is on the rate of all
        return np.ones(len(cases), dtype=np.bool_)
    said = {one.what for one in finding.evidence}
    if "ghost" in said:
        return inside & cases.flags["ghost_of"]
    if finding.kind == "token_effort":
        return inside & cases.flags["token_of"]
    if finding.kind == "definition_gap":
        return inside & cases.flags["silent_of"]
    return inside


def _told(cases: Cases, finding: Finding, coming: Rows, leads: int, days: int, currency: str) -> Gain:  # noqa: PLR0917 - everything the gain is made of
    of = OF.get(finding.kind, "acceptances")
    weeks = number(max(round(days / WEEK), 1))
    if not leads:
        return replace(_unknown(of, Reason.TOO_FEW, NONE_CAME), text=filled(NONE_CAME, {"weeks": weeks}), days=days)
    amount = _times(finding.effect, leads)
    money: Figure = Unknown(Reason.NOT_IDENTIFIED)
    if of == "acceptances":
        money = money_lost(cases, coming, amount)
    return Gain(of, amount, money, days, _said(SAID[of], amount, money, currency, span=span(days)))


def _of_more_leads(finding: Finding, days: int) -> Gain:
    amount = _times(finding.effect, 100)
    unknown = Unknown(Reason.NOT_IDENTIFIED)
    return Gain("acceptances_of_100", amount, unknown, days, _said(OF_HUNDRED, amount, unknown, ""))


def _of_fewer_points(cases: Cases, finding: Finding, lately: Rows, days: int, currency: str) -> Gain:
    """Fewer points let fewer leads through: refusals that do not come, and acceptances that do not come either."""
    points, proposed, granted = cases.points, finding.facts.get("proposed"), finding.facts.get("granted")
    if proposed is None:
        return _unknown("refusals_avoided", Reason.NOT_IDENTIFIED, LEFT_ALONE)
    if points is None or not isinstance(proposed, float | int) or not isinstance(granted, float | int) or not granted:
        return _unknown("refusals_avoided", Reason.NOT_IDENTIFIED, NOT_SAID)
    place = next(k for k, one in enumerate(points.criteria) if one.id == finding.where["criterion"])
    crossed = qualified(cases)
    fewer = (1 - proposed / granted) * points.given[:, place].astype(np.float64)
    back = crossed & (points.score - fewer < points.threshold)
    rate = share(cases.accepted, back & cases.settled)
    before, after = (share(cases.accepted, crossed & cases.settled & ~out) for out in (np.zeros_like(back), back))
    leads = int((back & lately).sum())
    if not leads or not all(isinstance(one, Estimate) for one in (rate, before, after)):
        return _unknown("refusals_avoided", Reason.TOO_FEW, NOT_SAID)
    assert isinstance(rate, Estimate)
    assert isinstance(before, Estimate)
    assert isinstance(after, Estimate)
    refused = Estimate((1 - rate.value) * leads, (1 - rate.high) * leads, (1 - rate.low) * leads, rate.n)
    money = money_lost(cases, back & lately, refused)
    values: dict[str, object] = {
        "span": span(days),
        "given_up": number(rate.value * leads),
        "before": round(100 * before.value),
        "after": round(100 * after.value),
    }
    said = _said(SAID["refusals_avoided"], refused, money, currency, **values)
    return Gain("refusals_avoided", refused, money, days, said)


def _times(effect: Figure, leads: int) -> Estimate:
    """The effect on so many leads, counted as what is gained."""
    assert isinstance(effect, Estimate)
    signed = leads if effect.value > 0 else -leads
    ends = [effect.low * signed, effect.high * signed]
    if effect.date_bounds is not None:  # what dates leave open is as much in doubt as what chance does
        ends += [effect.date_bounds.low * signed, effect.date_bounds.high * signed]
    return Estimate(effect.value * signed, min(ends), max(ends), leads)


def _said(message: str, amount: Estimate, money: Figure, currency: str, **more: object) -> Said:
    values = {"amount": number(amount.value), "low": number(amount.low), "high": number(amount.high), **more}
    said: Said = filled(message, values)
    if isinstance(money, Estimate) and money.value >= 1:
        said = filled(MONEY, {"gain": said, "money": number(money.value), "currency": currency})
    return said


def _unknown(of: GainOf, why: Reason, message: str) -> Gain:
    said = filled(message, {"weeks": number(DAYS // WEEK)})
    return Gain(of, Unknown(why), Unknown(why), DAYS, said)
