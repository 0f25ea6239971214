"""The chances that make up the way from lead to customer, told apart: handed over, accepted, won once accepted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from accord.engines.arrays import column_array
from accord.late import Late
from accord.metrics.outcomes import NEVER
from accord.readmodel.source import Source
from accord.stats.curve import Curve
from accord.stats.draws import conditional_trials
from accord.stats.grouped import Bools, Floats
from accord.stats.risk import RiskTable
from accord.tables.times import HOUR
from accord.value.facts import Ints, LeadFacts
from accord.value.figures import Stage
from accord.values import MINIMUM_COUNT, Reason, Unknown

if TYPE_CHECKING:
    from accord.value import fetching
else:
    fetching = Late("accord.value.fetching")

__all__ = ["TOO_FEW", "Chance", "Chances", "chances_of", "first_scores"]

NOT_RECORDED = Unknown(Reason.NOT_RECORDED, MINIMUM_COUNT)
TOO_FEW = Unknown(Reason.TOO_FEW, MINIMUM_COUNT)
LOWEST = 1 / 3
"""The part of the accepted leads, by score, that stands for those at the margin."""


@dataclass(frozen=True, slots=True)
class Chance:
    """A share, the size of the complete sample that would tell as much of it, and the leads it is a share of."""

    share: float
    trials: float
    n: int


@dataclass(frozen=True, slots=True)
class Chances:
    """All by the horizon since creation: handed over, of all leads; accepted, of these; won, of these.

    ``ahead``: of the leads accepted, those not won before it, for no acceptance can win the others any more; None where
    there is no other. ``won`` is a share of these. ``won_otherwise``: won without having been accepted, of leads not
    accepted. ``won_marginal``: won, of the lowest third by score of the leads accepted.
    """

    qualified: Chance | Unknown
    accepted: Chance | Unknown
    ahead: Chance | None
    won: Chance | Unknown
    won_otherwise: Chance | Unknown
    won_marginal: Chance | Unknown


def chances_of(
    leads: LeadFacts,
    inside: Ints,
    scores: Floats,
    *,
    as_of_us: int,
    horizon_days: int,
    unrecorded: frozenset[Stage] = frozenset(),
) -> Chances:
    """The chances of the leads at the places ``inside``; ``scores``: of their first handoffs, NaN where none is.

    Aalen–Johansen, each as a ratio of two incidences since creation, so that their products are the conversions that
    are shown elsewhere: handed over · accepted, and with ``ahead`` as r,

        q · a · (r · won + 1 − r) + (1 − q · a) · won_otherwise.
    """
    created, handed, accepted, won, won_late = (
        column[inside] for column in (leads.created, leads.handed, leads.accepted, leads.won, leads.won_late)
    )
    before = (won < NEVER) & (won_late < accepted)  # on a day without an hour as late as the day's end
    noted = before & (accepted < NEVER)
    lowest = _lowest(scores, accepted < NEVER)
    everybody = np.ones(len(inside), dtype=np.bool_)
    never = np.full(len(inside), NEVER, dtype=np.int64)
    through, otherwise = np.where(before, NEVER, won), np.where(before, won, NEVER)
    first, after = np.where(noted, NEVER, accepted), np.where(noted, accepted, NEVER)
    asked = (
        (handed, never, everybody),
        (accepted, never, everybody),
        (first, after, everybody),
        (through, otherwise, everybody),
        (otherwise, through, everybody),
        (first, after, lowest),
        (through, otherwise, lowest),
    )
    read = [_read(created[who], event[who], rival[who], as_of_us, horizon_days) for event, rival, who in asked]
    *whole, low_ahead, low_gained = read
    qualified, taken, ahead, gained, gained_otherwise = _fitting(whole)
    n_handed, n_accepted = int((handed < NEVER).sum()), int((accepted < NEVER).sum())
    n_ahead, n_low = int((first < NEVER).sum()), int((lowest & (first < NEVER)).sum())

    def within(part: _Read, whole: _Read, n: int, *stages: Stage, least: int = MINIMUM_COUNT) -> Chance | Unknown:
        if set(stages) & unrecorded:
            return NOT_RECORDED
        if n < least:
            return TOO_FEW
        if not (part.identified and whole.identified):
            return Unknown(Reason.NOT_MATURE, len(inside))
        if whole.share <= 0:
            return TOO_FEW
        trials = conditional_trials(part.share, part.trials, whole.share, whole.trials)
        return Chance(min(part.share / whole.share, 1.0), trials, n)

    all_leads = _Read(1.0, qualified.trials, qualified.identified)
    rest = _Read(1 - taken.share, taken.trials, taken.identified)
    marginal = within(low_gained, low_ahead, n_low, "accepted", "won")
    in_time = within(ahead, taken, n_accepted, "accepted", "won")
    return Chances(
        within(qualified, all_leads, len(inside), "qualified"),
        within(taken, qualified, n_handed, "qualified", "accepted"),
        in_time if ahead.share < taken.share and isinstance(in_time, Chance) else None,
        within(gained, ahead, n_ahead, "accepted", "won"),
        # However few they are, their wins are among the customers there are.
        within(gained_otherwise, rest, len(inside) - n_accepted, "accepted", "won", least=1),
        marginal if np.isfinite(scores).any() or "won" in unrecorded else NOT_RECORDED,
    )


@dataclass(frozen=True, slots=True)
class _Read:
    share: float
    trials: float
    identified: bool


def _fitting(read: Sequence[_Read]) -> tuple[_Read, ...]:
    """The shares handed over, accepted, accepted before any win, won after it and won before or without it, each within
    the one that it is a part of, and the wins together as many as before; of the last, those never accepted.

    Curves told apart have each their own leads at risk, so that among few followed to the end a part can come out
    larger than its whole.
    """
    qualified, taken, ahead, gained, before = read
    if qualified.share < taken.share:
        qualified = taken
    wins = gained.share + before.share
    noted = min(taken.share - ahead.share, wins)
    otherwise = min(max(before.share - noted, 0.0), 1 - taken.share, wins - noted)
    through = gained.share if otherwise + noted == before.share else wins - noted - otherwise
    if through > taken.share - noted:
        through, otherwise = taken.share - noted, wins - taken.share
    return (
        qualified,
        taken,
        replace(ahead, share=taken.share - noted) if noted else taken,
        replace(gained, share=through),
        replace(before, share=otherwise),
    )


def _read(created: Ints, event: Ints, rival: Ints, as_of_us: int, horizon_days: int) -> _Read:
    """The incidence of ``event`` by the horizon, ``rival`` taking leads away before."""
    last = horizon_days * 24
    first = np.minimum(event, rival)
    delay = -(-np.maximum(first - created, 0) // HOUR)
    seen = (first < NEVER) & (delay <= last)
    hours = np.where(seen, delay, np.minimum((as_of_us - created) // HOUR, last))
    came, went = seen & (event <= rival), seen & (event > rival)
    kind = np.where(came, 1, np.where(went, 2, 0))
    counts = np.bincount(hours * 3 + kind, minlength=3 * (last + 1)).reshape(-1, 3)
    bins = np.flatnonzero(counts.any(axis=1))
    nobody = np.zeros(len(bins), dtype=np.int64)
    table = RiskTable(
        1,
        nobody,
        bins,
        accepted=counts[bins, 1],
        rejected=counts[bins, 2],
        expired=nobody,
        censored=counts[bins, 0],
    )
    at = Curve(table).at([last])
    return _Read(float(at.value[0, 0]), float(at.trials[0, 0]), bool(at.identified[0, 0]))


def _lowest(scores: Floats, accepted: Bools) -> Bools:
    """The leads whose score is at most what a third of the accepted ones have."""
    known = np.sort(scores[accepted & np.isfinite(scores)])
    if not len(known):
        return np.zeros(len(scores), dtype=np.bool_)
    bound = known[int(np.ceil(len(known) * LOWEST)) - 1]
    return np.asarray(np.nan_to_num(scores, nan=np.inf) <= bound)


def first_scores(source: Source, leads: LeadFacts, as_of_us: int) -> Floats:
    """The score of each lead's first handoff that has one, NaN without."""
    rows = fetching.scores(source, leads.identifiers, leads.created, as_of_us)
    number, at, sequence = (column_array(rows, name) for name in ("number", "at_us", "sequence"))
    score = column_array(rows, "score").astype(np.float64)
    order = np.lexsort((sequence, at, number))
    there, first = np.unique(number[order], return_index=True)
    scores = np.full(len(leads), np.nan)
    scores[there] = score[order[first]]
    return scores
