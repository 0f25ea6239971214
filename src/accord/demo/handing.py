"""Handing over: which lead goes to whom and when, the first time and again."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from accord.demo.chance import Codes, Floats, Seconds, draw, hit
from accord.demo.clock import DAY
from accord.demo.people import TEAM_OF_TERRITORY, assign
from accord.demo.population import Leads
from accord.demo.rule import bands
from accord.demo.vocabulary import TERRITORIES
from accord.demo.world import World

__all__ = ["NEVER", "Handoffs", "hand_over", "joined", "superseded_by_chance"]

NEVER = np.int64(2**62)
"""A time that never comes."""


@dataclass(frozen=True)
class Handoffs:
    """One element per handoff.

    ``lead``: row in ``Leads``; ``at``: UTC seconds; ``receiver``: row in ``Reps`` of whoever works it; ``ownerless``:
    stored without a rep; ``territory``: the one it was sent to (not the lead's where misrouted). ``next_at``: UTC
    second of the lead's next handoff, or :data:`NEVER`; ``superseded``: it comes before anybody decided. ``second``:
    not the lead's first.
    """

    lead: NDArray[np.int64]
    at: Seconds
    receiver: NDArray[np.int32]
    territory: Codes
    ownerless: NDArray[np.bool_]
    misrouted: NDArray[np.bool_]
    score: Floats
    band: Codes
    later_version: NDArray[np.bool_]
    second: NDArray[np.bool_]
    next_at: Seconds
    superseded: NDArray[np.bool_]

    def __len__(self) -> int:
        return int(self.at.size)

    @property
    def team(self) -> Codes:
        """Position in ``TEAMS`` of the team it was sent to."""
        return np.asarray(TEAM_OF_TERRITORY[self.territory])

    def take(self, rows: NDArray[np.integer] | slice) -> Handoffs:
        """Those rows, in that order."""
        return Handoffs(**{name: value[rows] for name, value in vars(self).items()})


def joined(first: Handoffs, second: Handoffs) -> Handoffs:
    """One after the other."""
    return Handoffs(**{name: np.concatenate((value, getattr(second, name))) for name, value in vars(first).items()})


def hand_over(
    world: World, leads: Leads, rows: NDArray[np.int64], at: Seconds, rng: np.random.Generator, *, second: bool = False
) -> Handoffs:
    """Hand the leads in ``rows`` over ``at`` those times (UTC seconds)."""
    size = rows.size
    misrouted = hit(rng, world.company.habits.misrouted, size)
    territory = leads.codes["territory"][rows].astype(np.int16)
    territory = np.where(misrouted, draw(rng, [1.0] * len(TERRITORIES), size), territory)
    score = leads.score[rows] + (np.round(rng.exponential(4, size), 1) if second else 0.0)
    return Handoffs(
        lead=rows,
        at=at,
        receiver=assign(world.reps, territory, at // DAY, rng) if size else np.empty(0, dtype=np.int32),
        territory=territory,
        ownerless=hit(rng, world.company.habits.ownerless, size),
        misrouted=misrouted,
        score=score,
        band=bands(score),
        later_version=at // DAY >= (world.calendar.first_day + world.calendar.end_day) // 2,
        second=np.full(size, second),
        next_at=np.full(size, NEVER),
        superseded=np.zeros(size, dtype=np.bool_),
    )


def superseded_by_chance(first: Handoffs, wanted: int, end: int, rng: np.random.Generator) -> Handoffs:
    """The same handoffs, ``wanted`` of them followed by another before anybody decides (a few at the same instant)."""
    possible = np.flatnonzero(first.at < end - 16 * DAY)
    chosen = rng.choice(possible, min(wanted, possible.size), replace=False)
    gap = np.where(hit(rng, 0.05, chosen.size), 0, (DAY * rng.uniform(0.05, 15, chosen.size)).astype(np.int64))
    superseded = np.zeros(len(first), dtype=np.bool_)
    superseded[chosen] = True
    next_at = np.full(len(first), NEVER)
    next_at[chosen] = first.at[chosen] + gap
    return replace(first, superseded=superseded, next_at=next_at)
