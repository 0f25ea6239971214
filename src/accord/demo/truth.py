"""What was planted in a simulated company: the answer sheet for tests and for judging a diagnosis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from accord.demo.chance import Booleans, Floats
from accord.demo.columns import identifiers
from accord.demo.company import Cause
from accord.demo.verdict import Odds
from accord.demo.year import Year
from accord.values import Json

__all__ = ["Planted", "Truth", "truth_of"]


_SCORE_STEP = 5.0


@dataclass(frozen=True)
class Planted:
    """One cause and what it really did.

    ``since``: first local day, ``None`` = always. ``leads``: handoffs it touched. ``effect``: mean change of the true
    acceptance rate on them (0.1 = ten points more); for a signal that weighs too much, the rate of the leads that only
    it let through against the rate of the others; for one that weighs too little, the rate of the leads that have it
    against others of the same score (in steps of five points). ``lost_acceptances``: expected acceptances lost to it
    (negative = gained).
    """

    cause: Cause
    since: date | None
    leads: int
    effect: float
    lost_acceptances: float

    def to_json(self) -> dict[str, Json]:
        """The record as plain JSON."""
        return {
            "kind": self.cause.kind,
            "cause": self.cause.reason,
            "where": dict(self.cause.where),
            "since": self.since.isoformat() if self.since else None,
            "strength": self.cause.strength,
            "leads": self.leads,
            "effect": self.effect,
            "lost_acceptances": self.lost_acceptances,
        }


@dataclass(frozen=True)
class Truth:
    """What was planted, and the true acceptance probability of every handoff.

    ``acceptance``: probability that the first decision of the episode is an acceptance once the window is over, in the
    order of the handoffs; a handoff that is superseded before anybody decides has 0.
    """

    planted: tuple[Planted, ...]
    acceptance: Floats

    def handoffs(self) -> Any:
        """An Arrow table ``handoff_id, acceptance``."""
        return pa.table(
            {
                "handoff_id": identifiers("H", np.arange(self.acceptance.size)),
                "acceptance": pa.array(self.acceptance, pa.float64()),
            }
        )

    def to_json(self) -> Mapping[str, Json]:
        """What was planted, as plain JSON."""
        return {"planted": [planted.to_json() for planted in self.planted]}


def truth_of(year: Year) -> Truth:
    """The answer sheet of a simulated year."""
    chances = year.odds
    planted = tuple(
        _planted(year, cause, rows, without)
        for cause, rows, without in zip(year.world.company.causes, chances.touched, chances.without, strict=True)
    )
    return Truth(planted, chances.truth)


def _planted(year: Year, cause: Cause, rows: Booleans, without: Floats) -> Planted:
    chances: Odds = year.odds
    if cause.kind == "overweighted_signal":
        lost = np.full(int(rows.sum()), chances.truth[~rows].mean() if (~rows).any() else np.nan) - chances.truth[rows]
    elif cause.kind == "underweighted_signal":
        lost = _of_like_score(year, rows) - chances.truth[rows]
    elif cause.kind == "definition_gap":
        lost = chances.accept[rows] * (chances.undecided[rows] - year.world.company.undecided)
    else:
        lost = (without - chances.accept)[rows] * (1 - chances.undecided[rows])
    since = year.world.calendar.since(cause.weeks_before_end)
    return Planted(
        cause,
        None if since is None else date(1970, 1, 1) + timedelta(days=since),
        int(rows.sum()),
        float(-lost.mean()) if lost.size else 0.0,
        float(lost.sum()),
    )


def _of_like_score(year: Year, rows: Booleans) -> Floats:
    """The true rate of the handoffs that are not in ``rows`` and have the score that each of ``rows`` has."""
    step = np.floor(year.handoffs.score / _SCORE_STEP).astype(np.int64)
    size = int(step.max()) + 1 if step.size else 1
    count = np.bincount(step[~rows], minlength=size)
    total = np.bincount(step[~rows], year.odds.truth[~rows], size)
    here = step[rows]
    like = np.where(count > 0, total / np.maximum(count, 1), np.nan)[here]
    return np.where(np.isnan(like), year.odds.truth[rows], like)
