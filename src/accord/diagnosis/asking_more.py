"""How many points more some leads would have to have: read off what became of those that had them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from accord.diagnosis.cases import Cases, Floats, Rows
from accord.diagnosis.figuring import share
from accord.stats.intervals import jeffreys
from accord.stats.steps import cuts, penalty
from accord.values import Estimate

__all__ = ["Asked", "points_apart", "points_more", "qualified"]

LEAST_LEFT = 50
"""A bar that fewer leads clear is no bar anybody agrees on."""

MOST_POINTS = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """``points`` more than the threshold: as few as do, with what chance leaves open.

    ``rate``: accepted of the leads that had as many; ``left`` of ``among`` leads had them. ``threshold``: what is asked
    now, None where it differs between these leads.
    """

    points: Estimate
    rate: Estimate
    left: int
    among: int
    threshold: float | None


def qualified(cases: Cases) -> Rows:
    """Leads that crossed the threshold by the agreement in force, as far as their points are known."""
    if cases.points is None:
        return np.zeros(len(cases), dtype=np.bool_)
    return cases.points.known & (cases.points.score >= cases.points.threshold)


def points_more(cases: Cases, rows: Rows, target: Estimate) -> Asked | None:
    """The fewest points more than now by which leads of ``rows`` are accepted as often as ``target``.

    None where the agreement gives no points, or no bar that at least :data:`LEAST_LEFT` leads clear reaches it, or
    those above the bar are not accepted more than those below by more than the best of all bars exceeds by chance: then
    points do not tell which of these leads are accepted. ``low`` and ``high`` of the points: the first at which the
    intervals of both rates touch, and the first from which they no longer do (or the last bar looked at).
    """
    return _first_bar(cases, rows & qualified(cases) & cases.settled, target)


def points_apart(cases: Cases, rows: Rows) -> Asked | None:
    """How many points above the threshold other leads have to be to be accepted as often as those of ``rows``.

    What the leads of ``rows`` are worth beyond their score, in points. None as for :func:`points_more`.
    """
    asked = qualified(cases) & cases.settled
    theirs = share(cases.accepted, asked & rows)
    return _first_bar(cases, asked & ~rows, theirs) if isinstance(theirs, Estimate) else None


def _first_bar(cases: Cases, rows: Rows, target: Estimate) -> Asked | None:
    points = cases.points
    if points is None or int(rows.sum()) < LEAST_LEFT:
        return None
    above = np.minimum(np.floor(points.score[rows] - points.threshold[rows]), MOST_POINTS).astype(np.int64)
    handed = np.cumsum(np.bincount(above)[::-1])[::-1]
    hits = np.cumsum(np.bincount(above, cases.accepted[rows])[::-1])[::-1].astype(np.int64)
    bars = int((handed >= LEAST_LEFT).sum())  # fewer and fewer leads clear them
    reached = np.flatnonzero(hits[:bars] >= target.value * handed[:bars])
    if not reached.size:
        return None
    bar = int(reached[0])
    if bar and not _separates(
        np.bincount(above).astype(np.float64), np.bincount(above, cases.accepted[rows]).astype(np.float64), bar
    ):
        return None
    chance = jeffreys(hits[:bars], handed[:bars])
    low = int(np.argmax(chance.high >= target.low))  # true at the bar itself
    clear = np.flatnonzero(chance.low[bar:] >= target.high)
    high = bar + int(clear[0]) if clear.size else bars - 1
    left = int(handed[bar])
    asked = np.unique(points.threshold[rows])
    return Asked(
        points=Estimate(float(bar), float(low), float(high), int(rows.sum())),
        rate=Estimate(float(hits[bar] / left), float(chance.low[bar]), float(chance.high[bar]), left),
        left=left,
        among=int(rows.sum()),
        threshold=float(asked[0]) if asked.size == 1 else None,
    )


def _separates(handed: Floats, hits: Floats, bar: int) -> bool:
    """Whether leads from ``bar`` on are accepted more than those below it, beyond what the best of all bars shows.

    Every bar was looked at, so the best of them exceeds the others by chance: its price is that of a cut in a series of
    as many periods, the points in place of the weeks.
    """
    rate = hits.sum() / handed.sum()
    z = cuts(hits - rate * handed, rate * (1 - rate) * handed).z[bar]
    return bool(z > 0 and z**2 >= penalty(max(int((handed > 0).sum()), 2)))
