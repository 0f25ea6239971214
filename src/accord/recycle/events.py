"""What happened around handoffs: answers, what was tried first, what the prospect did meanwhile, deals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from accord.metrics.outcomes import NEVER
from accord.recycle.coded import Coded
from accord.stats.grouped import Bools, Ints

__all__ = ["Events", "Moments"]


@dataclass(frozen=True)
class Moments:
    """Times of something that happened to leads, by lead and time."""

    lead: Ints
    at: Ints

    @classmethod
    def of(cls, lead: Ints, at: Ints) -> Moments:
        """The same of times in any order."""
        order = np.lexsort((at, lead))
        return cls(lead[order], at[order])

    def first_after(self, lead: Ints, at: Ints) -> Ints:
        """For each (lead, time) the first moment of that lead at or after it; :data:`NEVER` where there is none."""
        if not len(self.lead):
            return np.full(len(lead), NEVER, dtype=np.int64)
        known = np.arange(len(self.lead))
        # one merge of both lists: an asked time stands before a known one of the same instant
        order = np.lexsort(
            (
                np.concatenate([np.ones(len(known), np.int8), np.zeros(len(lead), np.int8)]),
                np.concatenate([self.at, at]),
                np.concatenate([self.lead, lead]),
            )
        )
        place = np.cumsum(order < len(known))
        asked = order >= len(known)
        following = np.empty(len(lead), dtype=np.int64)
        following[order[asked] - len(known)] = place[asked]
        there = np.minimum(following, len(known) - 1)
        found = (following < len(known)) & (self.lead[there] == lead)
        return np.where(found, self.at[there], NEVER).astype(np.int64)


@dataclass(frozen=True)
class Events:
    """Per handoff: ``answered``, when the prospect first answered in the episode; ``tried``, what was done first
    (``(none)``: nothing); ``touches`` between the return and the next handoff, the last of them ``last_touch`` of the
    kind ``brought``; ``refused_late``, whether sales said no after its episode had ended. Per lead: ``opened`` and
    ``won`` deals, ``customer``, ``open_deal``, ``keep_away`` (asked not to be contacted).
    """

    answered: Ints
    tried: Coded
    touches: Ints
    last_touch: Ints
    brought: Coded
    opened: Moments
    won: Moments
    customer: Bools
    open_deal: Bools
    keep_away: Bools
    refused_late: Bools
