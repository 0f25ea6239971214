"""The verdict on the whole rate: healthy, durably low, dropped, or unclear and what would settle it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from accord.agreement.model import Agreement
from accord.diagnosis.accepting import whole_effect
from accord.diagnosis.cases import Cases
from accord.diagnosis.course import Fall
from accord.diagnosis.figuring import acceptances, money_lost, share
from accord.diagnosis.phrases import around, filled, leads_of, number, the_day
from accord.diagnosis.questions import LEAST
from accord.diagnosis.report import Evidence, Finding, Texts, Verdict
from accord.diagnosis.wording import actions_for, sentence
from accord.language import both, mark
from accord.stats.durable import durably_below
from accord.values import Estimate, Figure, Reason, Unknown

__all__ = [
    "Judged",
    "by_what_counts",
    "dropped",
    "dropped_somewhere",
    "healthy",
    "healthy_with_findings",
    "hurts_within",
    "judge",
    "may_have_dropped",
    "said_to_have_fallen",
]

EPOCH = date(1970, 1, 1)
MONTHS = 3
LEAST_A_MONTH = 10
DAYS_A_MONTH = 30.4

BECAUSE = {
    "healthy": mark("Sales accepts {rate}% of mature leads, and neither the floor nor a drop is in question."),
    "healthy with findings": mark(
        "The whole rate is in order: sales accepts {rate}% of mature leads. What hurts lies within it."
    ),
    "healthy but for a season": mark(
        "Sales accepts {rate}% of mature leads, and the floor is not in question. Acceptance of comparable leads came "
        "down by {points} points as it does with a season; one year alone does not tell a season from a drop: see what "
        "cannot be said."
    ),
    "healthy but for a slide": mark(
        "Sales accepts {rate}% of mature leads, and the floor is not in question. Acceptance of comparable leads came "
        "down by {points} points, a little every week: see what cannot be said."
    ),
    "durably_low": mark("The rate is below the floor of {floor}% in each of the last three mature months."),
    "sudden_drop": mark("The rate dropped {when} and has not come back."),
    "sudden_drop in": mark("The rate dropped {when}, among leads {where}, and has not come back."),
    "may_have_dropped": mark("The rate may have dropped {when}, {sure}% sure: too little to say so. {settles}"),
    "may_have_dropped in": mark(
        "The rate may have dropped {when}, among leads {where}, {sure}% sure: too little to say so. {settles}"
    ),
    "mix_shift": mark("The rate dropped {when}, because other leads are handed over, and has not come back."),
    "too_young": mark(
        "Mature months with at least {least} leads: {months} of the three that are needed. Come back when the leads of "
        "the last {window} days have had their time."
    ),
    "too_short": mark(
        "Mature months with at least {least} leads: {months} of the three that are needed, and no lead is younger: "
        "waiting does not settle it. Import what was handed over before and since."
    ),
    "definitions": mark(
        "Sales says it accepts {said}% of its leads; accepted and worked are {worked}%, below the floor of {floor}%. "
        "Agree which of the two counts: that settles it."
    ),
    "too_few": mark(
        "Leads handed over a month: about {each}, too few for a rate by month, however long you wait. Read the rate of "
        "the whole year, with its interval; from {least} leads a month on the verdict can be told."
    ),
    "nothing_handed": mark(
        "No handoff is recorded: whether sales accepts its leads cannot be said. Record which lead is handed over, "
        "when and to whom, and what sales decides; three months of it settle the verdict."
    ),
    "nothing_handed_then": mark(
        "None of the handoffs recorded lies in the year up to {day}: whether leads were accepted then cannot be said. "
        "Ask as of another day."
    ),
    "nothing_recorded": mark(
        "Neither decisions nor activities of sales are recorded: whether leads are accepted cannot be said. Record the "
        "decision on every lead; three months of it settle the verdict."
    ),
    "nothing_decided": mark(
        "No decision of sales is recorded, and the agreement counts decisions: whether leads are accepted cannot be "
        "said. Record the decision on every lead, or agree that working a lead accepts it (definition: action)."
    ),
    "too_few_to_compare": mark(
        "Sales accepts {rate}% of mature leads, above the floor of {floor}%. Whether the rate dropped, or some leads "
        "fare worse, cannot be said of {settled} leads with an outcome: {need} more settle it."
    ),
    "near_the_floor": mark(
        "The last three mature months cannot be told from the floor of {floor}%: about {need} more leads would settle "
        "it."
    ),
    "not_steadily": mark(
        "The last three mature months are below the floor of {floor}% together, but not surely each of them: the next "
        "mature months say whether it lasts."
    ),
}


@dataclass(frozen=True)
class Judged:
    """The verdict, why, the finding it rests on where the whole rate is low, and the rate of mature leads.

    ``named``: the id of the finding that the verdict speaks of.
    """

    verdict: Verdict
    because: Texts
    finding: Finding | None
    rate: Figure
    named: str | None = None


def judge(cases: Cases, agreement: Agreement, drops: Sequence[Finding]) -> Judged:
    """A material drop wins over low; what neither can be shown nor ruled out is unclear.

    ``drops``: what began at some time and lowers the rate since, a shift of the mix as well.
    """
    floor = agreement.acceptance.floor
    mature = cases.age >= cases.window
    nobody_says = len(cases) > 0 and not cases.judgeable
    rate: Figure = Unknown(Reason.NOT_RECORDED) if nobody_says else share(cases.accepted, mature)
    percent = {"rate": _percent(rate), "floor": round(floor * 100)}
    low, unclear = _low(cases, agreement)
    if low is not None and any(_came_down(drop, cases, floor) for drop in drops):
        low = None  # it is low because it dropped: one finding, not two
    material = [drop for drop in drops if -100 * whole_effect(drop, cases) >= agreement.materiality.points]
    sure = [
        drop for drop in material if drop.sure
    ]  # one that is not makes no verdict: the verdict says what settles it
    if sure:
        largest = _largest(sure, cases)
        return Judged("sudden_drop", dropped(largest), low, rate, largest.id)
    if low is not None:
        return Judged("durably_low", both(BECAUSE["durably_low"], **percent), low, rate, low.id)
    if material:
        largest = _largest(material, cases)
        return Judged("unclear", may_have_dropped(largest), None, rate, largest.id)
    if unclear is not None:
        return Judged("unclear", unclear, None, rate)
    settled = int(cases.settled.sum())
    if settled < LEAST:  # nothing was compared
        need = LEAST - settled
        because = both(BECAUSE["too_few_to_compare"], **percent, settled=settled, need=need)
        return Judged("unclear", because, None, rate)
    return Judged("healthy", healthy(rate), None, rate)


def healthy(rate: Figure) -> Texts:
    """Why the verdict is healthy, where nothing that was found is spoken of."""
    return both(BECAUSE["healthy"], rate=_percent(rate))


def healthy_with_findings(rate: Figure) -> Texts:
    """The same where something was found."""
    return both(BECAUSE["healthy with findings"], rate=_percent(rate))


def said_to_have_fallen(judged: Judged, came_down: Fall | None, points: float) -> Judged:
    """The same; where all is healthy but the rate surely came down by so many ``points``, no drop is ruled out.

    What it is taken for, a season or a slow slide, is a judgement that a year of leads cannot make for sure.
    """
    if judged.because != healthy(judged.rate) or came_down is None or -100 * came_down.effect.high < points:
        return judged
    key = "healthy but for a season" if came_down.swings else "healthy but for a slide"
    values = {"rate": str(_percent(judged.rate)), "points": number(-100 * came_down.effect.value)}
    return replace(judged, because=filled(BECAUSE[key], values))


def _percent(rate: Figure) -> int | str:
    return round(rate.value * 100) if isinstance(rate, Estimate) else "?"


def hurts_within(judged: Judged) -> Judged:
    """The same where the whole rate is healthy and something was found all the same."""
    if judged.because != healthy(judged.rate) or not isinstance(judged.rate, Estimate):
        return judged
    return replace(judged, because=healthy_with_findings(judged.rate))


def by_what_counts(judged: Judged, cases: Cases, floor: float, found: Sequence[Finding]) -> Judged:
    """The same, unclear where it is another once acceptances that nobody worked are left out."""
    of, ghost = cases.flags["ghost_of"], cases.flags["ghost"]
    disagree = any(
        finding.kind == "definition_gap" and not finding.where and any(one.what == "ghost" for one in finding.evidence)
        for finding in found
    )
    refused = (cases.age >= cases.window) & ~cases.accepted & ~of
    said, worked = share(of, of | refused), share(of & ~ghost, of | refused)
    if not (disagree and isinstance(said, Estimate) and isinstance(worked, Estimate)):
        return judged
    if judged.verdict != "healthy" or worked.high >= floor:
        return judged
    values = {"said": round(said.value * 100), "worked": round(worked.value * 100), "floor": round(floor * 100)}
    return replace(judged, verdict="unclear", because=both(BECAUSE["definitions"], **values))


def _largest(drops: Sequence[Finding], cases: Cases) -> Finding:
    return min(drops, key=lambda drop: whole_effect(drop, cases))


def may_have_dropped(drop: Finding) -> Texts:
    """Why the verdict is unclear where a drop is suspected: when it may have begun, and among which leads."""
    somewhere = drop.kind == "mix_shift" or not drop.where
    return _suspected(drop, "may_have_dropped" if somewhere else "may_have_dropped in")


def _suspected(drop: Finding, key: str) -> Texts:
    values = {
        "when": around(drop.since, drop.since_low, drop.since_high),
        "where": leads_of(drop.where),
        "sure": number(round(100 * drop.confidence)),
        "settles": drop.facts.get("settles") or "",
    }
    return filled(BECAUSE[key], values)


def dropped(drop: Finding) -> Texts:
    """Why the verdict is a drop: when it began, and among which leads."""
    key = drop.kind if drop.kind == "mix_shift" or not drop.where else f"{drop.kind} in"
    return filled(
        BECAUSE[key], {"when": around(drop.since, drop.since_low, drop.since_high), "where": leads_of(drop.where)}
    )


def dropped_somewhere(drop: Finding, because: Texts) -> Texts | None:
    """``because`` for whoever may not see among which leads; None where it does not speak of this drop."""
    if because == dropped(drop):
        return filled(BECAUSE["sudden_drop"], {"when": around(drop.since, drop.since_low, drop.since_high)})
    if because == may_have_dropped(drop):
        return _suspected(drop, "may_have_dropped")
    return None


def _came_down(drop: Finding, cases: Cases, floor: float) -> bool:
    """Whether the whole rate was above the floor before it dropped."""
    if drop.where or drop.since is None:
        return False
    before = (cases.age >= cases.window) & (cases.day < (drop.since - EPOCH).days)
    return bool(before.any() and cases.accepted[before].mean() >= floor)


def _low(cases: Cases, agreement: Agreement) -> tuple[Finding | None, Texts | None]:
    """The finding ``durably_low``, or why it cannot be told; neither where the rate is clearly above the floor."""
    floor, window = agreement.acceptance.floor, cases.window
    nothing = _nothing_to_judge(cases)
    if nothing is not None:
        return None, nothing
    months = np.unique(cases.month)
    whole = [m for m in months if (cases.age[cases.month == m] >= window).all()]
    handed = [int((cases.month == m).sum()) for m in whole]
    full = [m for m, count in zip(whole, handed, strict=True) if count >= LEAST_A_MONTH][-MONTHS:]
    if len(full) < MONTHS:
        return None, _too_little(cases, len(full), len(months))
    leads = np.array([(cases.month == m).sum() for m in full])
    accepted = np.array([cases.accepted[cases.month == m].sum() for m in full])
    durability = durably_below(accepted, leads, floor)
    percent = round(floor * 100)
    rows = np.isin(cases.month, full)
    rate = share(cases.accepted, rows)
    assert isinstance(rate, Estimate)
    if durability.holds():
        effect = Estimate(rate.value - floor, rate.low - floor, rate.high - floor, rate.n)
        mature = int((cases.age >= window).sum())
        lost = acceptances(effect, mature)
        finding = Finding(
            kind="durably_low",
            where={},
            confidence=min(durability.pooled, 0.999),
            effect=effect,
            leads=mature,
            lost_acceptances=lost,
            cost=money_lost(cases, cases.age >= window, lost),
            text={},
            actions=(),
            evidence=(Evidence("rate", rate),),
        )
        return replace(finding, text=sentence(finding), actions=actions_for(finding)), None
    if durability.pooled >= 0.95:
        return None, both(BECAUSE["not_steadily"], floor=percent)
    if durability.pooled > 0.05:
        gap = max(abs(rate.value - floor), 0.005)
        need = round(max(floor * (1 - floor) * (1.645 / gap) ** 2 - leads.sum(), 0))
        return None, filled(BECAUSE["near_the_floor"], {"floor": percent, "need": number(max(need, 10))})
    return None, None


def _too_little(cases: Cases, full: int, months: int) -> Texts:
    """Why there are not enough months: they are to come, or not imported, or have so few leads that none will do."""
    each = len(cases) / max((cases.last - cases.first).days / DAYS_A_MONTH, 1.0)
    if months > MONTHS and each < LEAST_A_MONTH:
        return both(BECAUSE["too_few"], each=max(round(each), 1), least=LEAST_A_MONTH)
    if (cases.age >= cases.window).all():
        return both(BECAUSE["too_short"], months=full, least=LEAST_A_MONTH)
    return both(BECAUSE["too_young"], months=full, least=LEAST_A_MONTH, window=cases.window)


def _nothing_to_judge(cases: Cases) -> Texts | None:
    """Why there is no rate at all, where there is none."""
    if not len(cases) and not cases.recorded.get("handoffs"):
        return both(BECAUSE["nothing_handed"])
    if not len(cases):
        return filled(BECAUSE["nothing_handed_then"], {"day": the_day(EPOCH + timedelta(days=cases.as_of_day))})
    if not cases.judgeable:
        return both(BECAUSE["nothing_decided" if cases.worked.any() else "nothing_recorded"])
    return None
