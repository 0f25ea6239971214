"""Does the score weigh the right things? Criteria whose points say more, or less, than outcomes support."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from accord.agreement.model import Materiality
from accord.diagnosis.cases import Cases, Floats, Rows
from accord.diagnosis.figuring import acceptances, confidence_of, effect_of, money_lost, share
from accord.diagnosis.how_far import Proposal, actions_on_points, proposal
from accord.diagnosis.points import Criterion, Points
from accord.diagnosis.report import Evidence, Finding, IntentRow, SignalRow, Texts
from accord.diagnosis.search import Found, Searched, Signal
from accord.diagnosis.wording import sentence
from accord.stats.differences import difference
from accord.stats.scorecurve import Supported, departures, supported, unlike
from accord.tables.reasons import FIT_REASONS
from accord.values import MINIMUM_COUNT, Estimate, Figure, Reason, Unknown

__all__ = ["LEAST_TAUGHT", "Weighed", "intents", "signal_finding", "signal_rows", "taught_by", "weighed"]

LEAST_TAUGHT = 300
"""With fewer leads whose outcome says something of the lead, no points are read off outcomes."""

NOTEWORTHY = 2.2
"""Standard errors from its points at which a criterion is looked at closely."""

MOST_CLOSELY = 8

LEAST_GAIN, LEAST_BESIDE = 4.0, 5.5
"""What a criterion must gain to be called underweighted; and beside one that has too many points, for those make others
look as if they had too few. What gains little is told as unsure."""

ALIAS = 0.88
"""Share of either's leads in common from which a value and a criterion select the same leads."""

MOST_FITTED = 40_000
"""Leads that the close look takes, evenly drawn."""

MOST_HELD = 100_000
"""Leads that all criteria are held against, evenly drawn: points are clear to a tenth by then."""

DEALS_AFTER_DAYS = 90
"""Handoffs at least this old say whether a deal came of them."""


@dataclass(frozen=True, eq=False)
class Weighed:
    """What outcomes say of each criterion that deserves a close look, and how many were looked at.

    ``taught``: cases whose outcome says something of the lead: accepted, or refused for what the lead is. ``accepted``,
    ``deals``: points of each criterion that acceptance and deals support, looked at all at once; no ``deals`` where
    none are recorded.
    """

    points: Points
    taught: Rows
    closely: dict[str, Supported]
    looked_at: int
    accepted: Sequence[Figure]
    deals: Sequence[Figure] | None

    def said_by(self, cases: Cases) -> dict[tuple[str, str], str]:
        """The criterion with too few points of a value that selects the same leads, where there is one.

        Only where the points that the outcomes support may be as many as the agreement gives for something: what is
        surely worth more than anything that is agreed on is a kind of lead, and not a matter of points.
        """
        points = self.points
        most = max((one.most or one.points for one in points.criteria), default=0.0)
        found = {}
        for place, criterion in enumerate(points.criteria):
            close = self.closely.get(criterion.id)
            if close is None or close.factor <= 1 or criterion.points <= 0:
                continue
            if (criterion.most or criterion.points) * close.low > most:
                continue
            has = points.known & (points.given[:, place] != 0)
            for dimension in cases.dimensions:
                both = dimension.counts(has)
                value = int(both.argmax())
                theirs = np.count_nonzero(points.known & (dimension.code == value))
                if both[value] >= ALIAS * (np.count_nonzero(has) + theirs - both[value]):
                    found[dimension.name, dimension.values[value]] = criterion.id
        return found

    def signals(self, rows: npt.NDArray[np.int64]) -> list[Signal]:
        """The criteria as causes to be judged beside segments, for the cases in ``rows``.

        Those that take points away are none: leads that fare worse still are a kind of lead, and no points are missing.
        """
        adding = {criterion.id for criterion in self.points.criteria if criterion.points > 0}
        return [Signal(name, one.column[rows]) for name, one in self.closely.items() if name in adding]


def weighed(cases: Cases) -> Weighed | None:
    """Look at every criterion; None where the agreement scores nothing or too few outcomes teach."""
    points = cases.points
    if points is None:
        return None
    taught = points.known & taught_by(cases)
    chosen = np.flatnonzero(taught)
    good = cases.accepted[chosen]
    if min(int(good.sum()), int((~good).sum())) < LEAST_TAUGHT // 3 or chosen.size < LEAST_TAUGHT:
        return None
    if np.ptp(points.score[chosen]) == 0:
        return None
    held = _evenly(chosen, MOST_HELD)
    theirs = np.ascontiguousarray(points.given[held])
    nothing = np.zeros(held.size)
    delta, error = departures(points.score[held], theirs, cases.accepted[held], nothing)
    apart = np.abs(unlike(points.score[held], theirs != 0, cases.accepted[held], nothing))
    used = (theirs != 0).sum(axis=0)
    usable = (used >= MINIMUM_COUNT) & (used <= held.size - MINIMUM_COUNT)
    z = np.where(usable, np.maximum(np.abs(delta) / error, apart), 0.0)
    some = _evenly(chosen, MOST_FITTED)
    closely = {}
    for place in np.argsort(-z, kind="stable")[:MOST_CLOSELY]:
        if z[place] < NOTEWORTHY:
            break
        given = points.given[:, place].astype(np.float64)
        found = supported(points.score[some], given[some], cases.accepted[some], np.zeros(some.size))
        if found.gain > 0:
            closely[points.criteria[place].id] = replace(found, column=found.column_of(points.score, given))
    accepted = _told(points, delta, error, used)
    return Weighed(points, taught, closely, int((z > 0).sum()), accepted, _deals(cases, points))


def taught_by(cases: Cases) -> Rows:
    """Accepted leads, and those refused for what they are; other refusals speak of routing, data or timing."""
    speaks = np.array([reason in FIT_REASONS for reason in cases.reasons], dtype=bool)
    refused = cases.settled & cases.decided & ~cases.accepted & (cases.reason >= 0)
    refused &= speaks[np.maximum(cases.reason, 0)] if speaks.any() else False
    return (cases.settled & cases.accepted) | refused


def signal_finding(  # noqa: PLR0917 - the whole of one search
    cases: Cases,
    weighed_: Weighed,
    rows: npt.NDArray[np.int64],
    searched: Searched,
    found: Found,
    materiality: Materiality,
) -> Finding | None:
    """The finding that a criterion weighs too much or too little; None where it moves too few acceptances."""
    name = str(found.signal)
    close = weighed_.closely[name]
    place = next(k for k, one in enumerate(weighed_.points.criteria) if one.id == name)
    criterion = weighed_.points.criteria[place]
    given = weighed_.points.given[:, place].astype(np.float64)
    if found.effect <= 0:
        return None
    if close.factor < 1:
        return _over(cases, weighed_, criterion, given, close, found, materiality)
    inside = np.zeros(len(cases), dtype=np.bool_)
    inside[rows[found.rows]] = True
    column = close.column[rows][found.rows]
    predictor = searched.model.predictor[found.rows]
    mean = float(np.abs(column).mean()) or 1.0
    effect = effect_of(predictor, found.effect * mean, found.error * mean)
    if abs(effect.value) * 100 < materiality.points or abs(effect.value) * effect.n < materiality.acceptances:
        return None
    if found.gain < (LEAST_BESIDE if _any_too_many(weighed_, searched) else LEAST_GAIN):
        return None
    unknown = Unknown(Reason.NOT_IDENTIFIED)  # whom the threshold kept back was never handed over
    finding = Finding(
        kind="underweighted_signal",
        where={"criterion": name},
        confidence=confidence_of(found.gain, "underweighted_signal"),
        effect=effect,
        leads=effect.n,
        lost_acceptances=unknown,
        cost=unknown,
        text={},
        actions=(),
        evidence=(
            *_points_of(weighed_, place, close),
            Evidence("rate", share(cases.accepted, inside & cases.settled)),
            Evidence("rate_elsewhere", share(cases.accepted, weighed_.points.known & ~inside & cases.settled)),
        ),
    )
    return _said(finding, criterion, close, _proposal(weighed_, criterion, close))


def _any_too_many(weighed_: Weighed, searched: Searched) -> bool:
    """Whether one of the criteria found has more points than outcomes support."""
    return any(one.signal is not None and weighed_.closely[one.signal].factor < 1 for one in searched.found)


def _over(  # noqa: PLR0917 - everything known of one criterion
    cases: Cases,
    weighed_: Weighed,
    criterion: Criterion,
    given: Floats,
    close: Supported,
    found: Found,
    materiality: Materiality,
) -> Finding | None:
    points = weighed_.points
    qualified = points.known & (points.score >= points.threshold)
    marginal = qualified & (points.score + (close.factor - 1) * given < points.threshold)
    settled = cases.settled
    others = share(cases.accepted, qualified & ~marginal & settled)
    effect = difference(share(cases.accepted, marginal & settled), others)
    if not isinstance(effect, Estimate):
        return None
    leads = int(marginal.sum())
    if -effect.value * 100 < materiality.points or -effect.value * leads < materiality.acceptances:
        return None
    lost = acceptances(effect, leads)
    place = points.criteria.index(criterion)
    alone = qualified & (points.score - given < points.threshold)
    evidence = [
        *_points_of(weighed_, place, close),
        Evidence("marginal_share", share(marginal, qualified)),
        Evidence("marginal_rate", share(cases.accepted, marginal & settled)),
        Evidence("rate_of_the_others", others),
        Evidence("only_thanks_share", share(alone, qualified)),
        Evidence("only_thanks_rate", share(cases.accepted, alone & settled)),
    ]
    proposed = _proposal(weighed_, criterion, close)
    most = _cap(criterion, proposed)
    if most is not None:
        kept_back = qualified & (points.score - np.maximum(given - most, 0.0) < points.threshold)
        evidence += [
            Evidence("held_back_by_cap", share(kept_back, qualified)),
            Evidence("rate_held_back", share(cases.accepted, kept_back & settled)),
        ]
    finding = Finding(
        kind="overweighted_signal",
        where={"criterion": criterion.id},
        confidence=confidence_of(found.gain, "overweighted_signal"),
        effect=replace(effect, n=leads),
        leads=leads,
        lost_acceptances=lost,
        cost=money_lost(cases, marginal, lost),
        text={},
        actions=(),
        evidence=tuple(evidence),
    )
    return _said(finding, criterion, close, proposed)


def _supports(weighed_: Weighed, place: int, close: Supported) -> Estimate:
    """The points that acceptance supports, of a criterion that was looked at closely."""
    each = weighed_.points.criteria[place].points
    used = int(np.count_nonzero(weighed_.taught & (weighed_.points.given[:, place] != 0)))
    low, high = sorted((each * close.low, each * close.high))
    return Estimate(each * close.factor, low, high, used)


def _points_of(weighed_: Weighed, place: int, close: Supported) -> tuple[Evidence, ...]:
    """The points that outcomes support; those granted are no estimate, and stand in the sentence and in ``signals``."""
    found = [Evidence("points_supported", _supports(weighed_, place, close))]
    if weighed_.deals is not None:
        found.append(Evidence("points_supported_by_deals", weighed_.deals[place]))
    return tuple(found)


def _proposal(weighed_: Weighed, criterion: Criterion, close: Supported) -> Proposal:
    place = weighed_.points.criteria.index(criterion)
    deals = weighed_.deals[place] if weighed_.deals is not None else None
    return proposal(criterion.points, _supports(weighed_, place, close), deals)


def _cap(criterion: Criterion, proposed: Proposal) -> float | None:
    """The most points that go with those proposed for each time, where touches add up."""
    if criterion.most is None or proposed.points is None or proposed.points >= criterion.points:
        return None
    return float(max(round(criterion.most * proposed.points / criterion.points), 1))


def _said(finding: Finding, criterion: Criterion, close: Supported, proposed: Proposal) -> Finding:
    values: dict[str, float | Texts | None] = {
        "label": criterion.label,
        "granted": criterion.points,
        "supported": criterion.points * close.factor,
        "proposed": proposed.points,
        "low": criterion.points * close.low,
        "high": criterion.points * close.high,
        "cap": _cap(criterion, proposed),
    }
    deals = next((one.value for one in finding.evidence if one.what == "points_supported_by_deals"), None)
    if isinstance(deals, Estimate):
        values |= {"deals_low": deals.low, "deals_high": deals.high}
    finding = replace(finding, facts=values)
    code = "lower_points" if finding.kind == "overweighted_signal" else "raise_points"
    return replace(finding, text=sentence(finding), actions=actions_on_points(values, code, proposed))


def signal_rows(cases: Cases, weighed_: Weighed) -> tuple[SignalRow, ...]:
    """Every criterion: points granted, points that acceptance and deals support, and who crossed thanks to it alone."""
    points, accepted, deals = weighed_.points, list(weighed_.accepted), weighed_.deals
    for place, criterion in enumerate(points.criteria):
        if criterion.id in weighed_.closely:  # looked at closely: the one figure that a finding says as well
            accepted[place] = _supports(weighed_, place, weighed_.closely[criterion.id])
    qualified = points.known & (points.score >= points.threshold)
    rows = []
    for place, criterion in enumerate(points.criteria):
        alone = qualified & (points.score - points.given[:, place] < points.threshold)
        rows.append(
            SignalRow(
                criterion.id,
                criterion.label,
                criterion.points,
                criterion.most,
                accepted[place],
                deals[place] if deals is not None else Unknown(Reason.NOT_RECORDED),
                share(alone, qualified),
                share(cases.accepted, alone & cases.settled),
            )
        )
    return tuple(rows)


def intents(cases: Cases) -> tuple[IntentRow, ...]:
    """Qualified leads that only read, those that only asked, and those that did both, compared directly."""
    points = cases.points
    if points is None:
        return ()
    kinds = {
        intent: np.array([one.intent == intent for one in points.criteria], dtype=bool)
        for intent in ("content", "direct")
    }
    if not all(places.any() for places in kinds.values()):
        return ()
    qualified = points.known & (points.score >= points.threshold)
    read, asked = ((points.given[:, places] > 0).any(axis=1) for places in kinds.values())
    ripe = cases.age >= DEALS_AFTER_DAYS
    groups = {"content": read & ~asked, "mixed": read & asked, "direct": asked & ~read}
    return tuple(
        IntentRow(
            name,
            int((rows & qualified).sum()),
            share(cases.accepted, rows & qualified & cases.settled)
            if cases.judgeable
            else Unknown(Reason.NOT_RECORDED),
            share(cases.converted, rows & qualified & ripe)
            if cases.recorded.get("opportunities")
            else Unknown(Reason.NOT_RECORDED),
        )
        for name, rows in groups.items()
    )


def _deals(cases: Cases, points: Points) -> list[Figure] | None:
    """Points that deals support; None where no deals are recorded."""
    if not cases.recorded.get("opportunities"):
        return None
    ripe = np.flatnonzero(points.known & (cases.age >= DEALS_AFTER_DAYS))
    return _supported_points(points, ripe, cases.converted[ripe])


def _supported_points(points: Points, chosen: npt.NDArray[np.int64], good: Rows) -> list[Figure]:
    few: Figure = Unknown(Reason.TOO_FEW, LEAST_TAUGHT)
    if chosen.size < LEAST_TAUGHT or min(int(good.sum()), int((~good).sum())) < LEAST_TAUGHT // 10:
        return [few] * len(points.criteria)
    held = _evenly(np.arange(chosen.size), MOST_HELD)
    given = np.ascontiguousarray(points.given[chosen[held]])
    delta, error = departures(points.score[chosen[held]], given, good[held], np.zeros(held.size))
    return _told(points, delta, error, (given != 0).sum(axis=0))


def _told(points: Points, delta: Floats, error: Floats, used: npt.NDArray[np.int64]) -> list[Figure]:
    """The points of each criterion that outcomes support, of which :func:`departures` says ``delta`` and ``error``."""
    figures: list[Figure] = []
    for place, criterion in enumerate(points.criteria):
        if used[place] < MINIMUM_COUNT or error[place] > 3:  # three times its points either way
            reason = Reason.TOO_FEW if used[place] < MINIMUM_COUNT else Reason.NOT_IDENTIFIED
            figures.append(Unknown(reason, MINIMUM_COUNT))
            continue
        value, half = criterion.points * (1 + delta[place]), 1.959964 * abs(criterion.points) * error[place]
        figures.append(Estimate(float(value), float(value - half), float(value + half), int(used[place])))
    return figures


def _evenly(places: npt.NDArray[np.int64], most: int) -> npt.NDArray[np.int64]:
    """No more than about so many of the places, evenly drawn."""
    return places[:: max(places.size // most, 1)]
