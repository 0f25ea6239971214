"""Which handoffs turned out well, which badly, and which teach nothing about the lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from accord.learning.frame import Booleans
from accord.metrics.outcomes import Outcome
from accord.tables.reasons import FIT_REASONS, REJECTION_REASONS
from accord.tables.times import DAY

__all__ = ["OUTCOMES", "Events", "OutcomeName", "Verdicts", "verdicts"]

OutcomeName = Literal["acceptance", "opportunity", "win"]
OUTCOMES: tuple[OutcomeName, ...] = get_args(OutcomeName)

_NOT_THE_LEAD = frozenset((*REJECTION_REASONS["procedural"], *REJECTION_REASONS["clerical"]))

_SHORTEST, _LONGEST = 30 * DAY, 365 * DAY
_MOST = 0.9

NEVER = 2**61


@dataclass(frozen=True, eq=False)
class Events:
    """What became of each handoff. Times in microseconds after it, :data:`NEVER` where it has not happened.

    ``outcome``: an :class:`~accord.metrics.outcomes.Outcome`; ``reason``: of the no, where one was given; ``age``: how
    long the handoff could be observed.
    """

    outcome: npt.NDArray[np.int64]
    reason: Sequence[str | None]
    age: npt.NDArray[np.int64]
    opportunity: npt.NDArray[np.int64]
    win: npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Verdicts:
    """Good and known handoffs, and why the others are not known; ``horizons``: days in which a deal had to come."""

    good: Booleans
    known: Booleans
    left_out: Mapping[str, int]
    horizons: Mapping[str, int]


def verdicts(events: Events, names: Sequence[OutcomeName]) -> Verdicts:
    """A handoff is good where it is good by every outcome named, bad where it is bad by one, else not known.

    *acceptance*: accepted is good; a no is bad only where its reason speaks of the lead (definitional rejections, and
    no need, budget, authority or fit after contact). *opportunity* and *win*: good where the deal came within the
    horizon, bad where it did not and the handoff is at least that old; a lead sent back for procedural or clerical
    reasons never had its chance. The horizon is the time in which nine of ten of the deals seen came, between 30 days
    and a year, so that old and young handoffs are asked the same question.
    """
    size = events.outcome.size
    good, bad = np.ones(size, dtype=bool), np.zeros(size, dtype=bool)
    why = np.full(size, "", dtype=object)
    horizons: dict[str, int] = {}
    for name in names:
        if name == "acceptance":
            yes, no, unclear = _acceptance(events)
        else:
            yes, no, unclear, days = _deal(events, events.opportunity if name == "opportunity" else events.win)
            horizons[name] = days
        good &= yes
        bad |= no
        why = np.where(why == "", unclear, why)
    known = good | bad
    reasons, counts = np.unique(why[~known].astype(str), return_counts=True)
    return Verdicts(good, known, dict(zip(reasons.tolist(), counts.tolist(), strict=True)), horizons)


def _acceptance(events: Events) -> tuple[Booleans, Booleans, npt.NDArray[np.object_]]:
    accepted, rejected = events.outcome == Outcome.ACCEPTED, events.outcome == Outcome.REJECTED
    fit = np.array([reason in FIT_REASONS for reason in events.reason], dtype=bool)
    unclear = np.select(
        [
            events.outcome == Outcome.OPEN,
            events.outcome == Outcome.EXPIRED,
            rejected & ~fit & np.array([reason is None for reason in events.reason], dtype=bool),
            rejected & ~fit & _elsewhere(events),
            rejected & ~fit,
        ],
        ["open", "no_answer", "no_reason", "procedural", "other_reason"],
        "",
    ).astype(object)
    return accepted, rejected & fit, unclear


def _elsewhere(events: Events) -> Booleans:
    return np.array([reason in _NOT_THE_LEAD for reason in events.reason], dtype=bool)


def _deal(events: Events, after: npt.NDArray[np.int64]) -> tuple[Booleans, Booleans, npt.NDArray[np.object_], int]:
    came = after < NEVER
    usual = float(np.quantile(after[came], _MOST)) if came.any() else 0.0
    horizon = int(min(max(usual, _SHORTEST), _LONGEST))
    ripe = events.age >= horizon
    sent_back = (events.outcome == Outcome.REJECTED) & _elsewhere(events)
    good = ripe & (after <= horizon)
    bad = ripe & ~good & ~sent_back
    unclear = np.select([~ripe, sent_back & ~good], ["too_early", "procedural"], "").astype(object)
    return good, bad, unclear, -(-horizon // DAY)
