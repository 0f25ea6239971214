"""Why a rep or a team accepts less: what they did tells causes apart, and speaks against as well as for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from accord.diagnosis.cases import Cases, Dimension, Floats, Rows
from accord.diagnosis.figuring import share
from accord.diagnosis.lateness import late_share
from accord.diagnosis.questions import held_to_promise
from accord.diagnosis.report import Evidence, RepCause
from accord.diagnosis.shares import counted
from accord.metrics.cells import MISSING
from accord.stats.logistic import chances
from accord.tables.reasons import OTHER, REJECTION_REASONS
from accord.values import MINIMUM_COUNT, Estimate, Figure

__all__ = [
    "CLEARLY",
    "WhyRep",
    "corroborated",
    "elsewhere_normal",
    "misrouted",
    "poorly_converting",
    "trained_for",
    "why_rep",
]

MOST_SIGNS = 2
"""Of the fainter signs of resistance, each of which has other reasons too, so many make one."""

SKILLS = ("lead_type", "sector")

POORER, CLEARER, IDLER, FULLER = 0.06, 0.15, 0.12, 0.25
"""By how much shares differ that are a sign: of deals, of reasons, of leads never tried, of weeks above capacity."""

TAKEN = 0.6
"""Share of the leads refused by somebody that colleagues accept afterwards, from which it is a sign."""

CLEARLY = 3.0
"""Standard errors from which a sign that was looked for in many places holds."""

NAMED = 2.0
"""The same for what a gap is called that is settled already: one question, of one place."""

ROUTING = frozenset((*REJECTION_REASONS["procedural"], "geography")) - {"overloaded"}
"""Reasons that are about whose the lead is and where it is, and say nothing of the lead nor of who got it."""


@dataclass(frozen=True)
class Sign:
    """A sign of a cause: whether it ``holds``, whether it at least ``leans`` that way, and the figures that say so.

    What leans is too little to settle a cause, and does not speak against it.
    """

    holds: bool
    leans: bool
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class WhyRep:
    """The cause, and what speaks for it and against it."""

    cause: RepCause
    evidence: tuple[Evidence, ...]
    against: tuple[Evidence, ...]


def why_rep(cases: Cases, rows: Rows, trained: bool) -> WhyRep:
    """The cause of a gap in ``rows``, all of one rep or team; ``trained``: it lies in one kind of lead alone.

    Resistance shows in refusals without a reason of the agreed ones, or in two of these: without effort, late, accepted
    by colleagues afterwards. Overload shows in more leads than capacity, or in more refusals in the weeks that bring
    more leads. Where both or neither show, it stays undetermined.
    """
    others = ~rows
    refused = _refused(cases)
    resistance, overload = _resisting(cases, rows, others, refused), _loaded(cases, rows, others, refused)
    vague, *fainter = [sign.holds for sign in resistance]
    loaded = any(sign.holds for sign in overload)
    cause: RepCause = "undetermined"
    if loaded and not vague:  # late, without effort, and gladly taken by others: so are the leads of who has too many
        cause = "overload"
    elif not loaded and (vague or sum(fainter) >= MOST_SIGNS):
        cause = "resistance"
    if trained:
        cause = "training"
    causes: tuple[tuple[RepCause, list[Sign]], ...] = (("resistance", resistance), ("overload", overload))
    signs = [(what, sign, one) for what, each in causes for sign in each for one in sign.evidence]
    known = [sign for sign in signs if isinstance(sign[2].value, Estimate)]
    if cause == "training":  # what it rests on is where the gap lies; a sign of something else speaks against it
        return WhyRep(cause, (), tuple(one for _, sign, one in known if sign.holds))
    if cause == "undetermined":
        return WhyRep(
            cause,
            tuple(one for _, sign, one in known if sign.holds),
            tuple(one for _, sign, one in known if not sign.leans),
        )
    return WhyRep(
        cause,
        tuple(one for what, sign, one in known if sign.leans and what == cause),
        tuple(one for what, sign, one in known if (not sign.leans if what == cause else sign.holds)),
    )


def _resisting(cases: Cases, rows: Rows, others: Rows, refused: Rows) -> list[Sign]:
    """The signs of resistance, the strongest first, and whether each holds."""
    vague = _vague(cases)
    vague_here, vague_elsewhere = share(vague, rows & refused), share(vague, others & refused)
    idle = refused & ~cases.worked
    idle_here, idle_elsewhere = share(idle, rows & refused), share(idle, others & refused)
    promised = held_to_promise(cases)
    late_here, late_elsewhere = late_share(cases, rows & promised), late_share(cases, others & promised)
    taken = share(cases.retried == 1, rows & refused & (cases.retried >= 0))
    return [
        _beside("refusals_without_reason", vague_here, vague_elsewhere, CLEARER),
        _beside("refusals_without_effort", idle_here, idle_elsewhere, IDLER),
        Sign(
            isinstance(taken, Estimate) and taken.value > TAKEN,
            isinstance(taken, Estimate) and taken.high > TAKEN,
            (Evidence("refused_here_accepted_elsewhere", taken),),
        ),
        _beside("late", late_here, late_elsewhere, 0.15),
    ]


def _loaded(cases: Cases, rows: Rows, others: Rows, refused: Rows) -> list[Sign]:
    """The signs of overload, and whether each holds."""
    crowded = np.nan_to_num(cases.load, nan=0.0) > 1
    full_here, full_elsewhere = share(crowded, rows), share(crowded, others)
    full = _more(full_here, full_elsewhere, FULLER) and _mean_load(cases.load[rows]) > 1.1
    known = bool(np.isfinite(cases.load[rows]).any())
    crowding = _beside("weeks_above_capacity", full_here, full_elsewhere, FULLER)
    signs = [replace(crowding, holds=full)] if known else []
    if "overloaded" in cases.reasons:
        overloaded = refused & _said(cases, {"overloaded"})
        over_here, over_elsewhere = share(overloaded, rows & refused), share(overloaded, others & refused)
        signs.append(_beside("refusals_for_overload", over_here, over_elsewhere, CLEARER))
    week = (cases.day + 3) // 7
    week = week - week.min()
    received = np.bincount(week[rows])[week[rows]]
    busy = np.zeros(len(cases), dtype=np.bool_)
    busy[np.flatnonzero(rows)[received > np.median(received)]] = True
    of = rows & cases.settled
    in_busy, in_quiet = share(~cases.accepted, of & busy), share(~cases.accepted, of & ~busy)
    busier = (Evidence("refused_in_busy_weeks", in_busy), Evidence("refused_in_quiet_weeks", in_quiet))
    return [*signs, Sign(_more(in_busy, in_quiet, 0.1), _more(in_busy, in_quiet, 0.0), busier)]


def _beside(what: str, here: Figure, elsewhere: Figure, by: float) -> Sign:
    """A figure and what it is elsewhere: without it nobody can tell if it is much; ``by``: a sign from there on."""
    both = Evidence(what, here), Evidence(f"{what}_elsewhere", elsewhere)
    surely, perhaps = _more(_least(here), _most(elsewhere), by), _more(_most(here), _least(elsewhere), 0.0)
    return Sign(surely, perhaps, both)


def trained_for(
    cases: Cases, settled: npt.NDArray[np.int64], rows: npt.NDArray[np.int64], predictor: Floats, effect: float
) -> Mapping[str, str]:
    """The one kind of lead in which the whole gap lies, where there is one; else nothing.

    ``rows`` (places in ``settled``) are a rep's cases, ``predictor`` their log-odds with the gap's ``effect`` in it.
    """
    bare = chances(predictor - effect)
    residual, variance = cases.accepted[settled[rows]] - bare, bare * (1 - bare)
    best: tuple[float, Mapping[str, str]] = (0.0, {})
    for name in SKILLS:
        dimension = cases.dimension(name)
        if dimension is None:
            continue
        code, size = dimension.code[settled[rows]], len(dimension.values)
        total, spread = np.bincount(code, residual, size), np.bincount(code, variance, size)
        for value in np.flatnonzero(np.bincount(code, minlength=size) >= 15):
            here = total[value] / np.sqrt(spread[value])
            rest = (total.sum() - total[value]) / np.sqrt(max(spread.sum() - spread[value], 1e-9))
            if here < -3.5 and rest > -1.8 and here < best[0]:
                best = float(here), {name: dimension.values[value]}
    return best[1]


def poorly_converting(cases: Cases, rows: Rows, errors: float = NAMED) -> tuple[bool, Evidence, Evidence]:
    """Whether accepted leads of ``rows`` become deals clearly less often than other accepted ones, and both shares."""
    accepted = cases.accepted & cases.settled
    here, elsewhere = share(cases.converted, accepted & rows), share(cases.converted, accepted & ~rows)
    poor = _more(elsewhere, here, POORER, errors)
    return poor, Evidence("deals_from_accepted", here), Evidence("deals_from_accepted_elsewhere", elsewhere)


def misrouted(cases: Cases, rows: Rows, errors: float = NAMED) -> tuple[bool, Evidence, Evidence]:
    """Whether refusals of ``rows`` are clearly more often about whose the lead is and where it is, and both shares."""
    refused = _refused(cases) & (cases.reason >= 0)
    about = refused & _said(cases, ROUTING)
    here, elsewhere = share(about, rows & refused), share(about, refused & ~rows)
    more = _more(here, elsewhere, CLEARER, errors)
    return more, Evidence("routing_refusals", here), Evidence("routing_refusals_elsewhere", elsewhere)


def elsewhere_normal(cases: Cases, people: Rows, kind: Rows) -> tuple[Evidence, Evidence]:
    """What a lack of training rests on: the same people with other leads, and others with leads of this kind."""
    return (
        Evidence("same_people_other_leads", share(cases.accepted, people & ~kind & cases.settled)),
        Evidence("other_people_same_leads", share(cases.accepted, kind & ~people & cases.settled)),
    )


def corroborated(cases: Cases) -> frozenset[tuple[str, str]]:
    """Values of which something else than acceptance speaks, that does not depend on how many leads are accepted: it
    says where to look without having looked.

    Territories: accepted leads become deals less often, or whose lead it is, is disputed. People: they refuse without a
    reason more often than others, or have too many leads.
    """
    accepted, refused = cases.accepted & cases.settled, _refused(cases)
    of_places = (
        (~cases.converted, accepted, POORER),
        (_said(cases, ROUTING), refused & (cases.reason >= 0), CLEARER),
    )
    of_people = (
        (_vague(cases), refused, CLEARER),
        (_said(cases, {"overloaded"}), refused, CLEARER),
        (np.nan_to_num(cases.load, nan=0.0) > 1, np.ones(len(cases), dtype=np.bool_), FULLER),
    )
    found = set()
    for name, signs in (("territory", of_places), ("team", of_people), ("rep_id", of_people)):
        dimension = cases.dimension(name)
        if dimension is not None:
            found |= {(name, value) for sign in signs for value in _standing_out(dimension, *sign) if value != MISSING}
    return frozenset(found)


def _standing_out(dimension: Dimension, happened: Rows, among: Rows, by: float) -> list[str]:
    """The values with which something happens clearly more often, by at least so much, than with all others."""
    of, count = dimension.counts(among), dimension.counts(among & happened)
    others, theirs = of.sum() - of, count.sum() - count
    apart = count / np.maximum(of, 1) - theirs / np.maximum(others, 1)
    found = []
    for value in np.flatnonzero((of >= MINIMUM_COUNT) & (apart >= by)):
        here = counted(int(count[value]), int(of[value]))
        if _more(here, counted(int(theirs[value]), int(others[value])), by):
            found.append(dimension.values[value])
    return found


def _refused(cases: Cases) -> Rows:
    return cases.decided & ~cases.accepted


def _said(cases: Cases, reasons: Collection[str]) -> Rows:
    """Refusals with one of these reasons."""
    telling = np.array([reason in reasons for reason in cases.reasons], dtype=bool)
    if not telling.any():
        return np.zeros(len(cases), dtype=np.bool_)
    return np.asarray((cases.reason >= 0) & telling[np.maximum(cases.reason, 0)])


def _vague(cases: Cases) -> Rows:
    """Refusals without one of the agreed reasons; where nobody gives any, all of them."""
    agreed = _said(cases, [reason for reason in cases.reasons if not reason.startswith(OTHER)])
    return _refused(cases) & ~agreed


def _more(here: Figure, elsewhere: Figure, by: float, errors: float = CLEARLY) -> bool:
    """Whether one share exceeds another by at least ``by``, so many standard errors apart."""
    if not isinstance(here, Estimate) or not isinstance(elsewhere, Estimate):
        return False
    error = ((here.high - here.low) ** 2 + (elsewhere.high - elsewhere.low) ** 2) ** 0.5 / 3.92
    return bool(here.value - elsewhere.value >= max(by, errors * error))


def _least(figure: Figure) -> Figure:
    """The share at the least that dates without an hour leave open."""
    return _moved(figure, figure.date_bounds.low) if isinstance(figure, Estimate) and figure.date_bounds else figure


def _most(figure: Figure) -> Figure:
    return _moved(figure, figure.date_bounds.high) if isinstance(figure, Estimate) and figure.date_bounds else figure


def _moved(figure: Estimate, to: float) -> Estimate:
    by = to - figure.value
    return Estimate(to, figure.low + by, figure.high + by, figure.n)


def _mean_load(load: Floats) -> float:
    known = load[np.isfinite(load)]
    return float(known.mean()) if known.size else 0.0
