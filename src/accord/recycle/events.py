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
        found = np.full(len(lead), NEVER, dtype=np.int64)
        if not len(self.lead) or not len(lead):
            return found
        many = np.bincount(self.lead, minlength=int(lead.max()) + 1)
        starts = np.cumsum(many) - many
        asked = np.flatnonzero(many[lead])  # most leads have none
        low, end, since = starts[lead[asked]], (starts + many)[lead[asked]], at[asked]
        high = end
        while (searching := low < high).any():
            middle = (low + high) // 2
            before = searching & (self.at[np.minimum(middle, len(self.at) - 1)] < since)
            low, high = np.where(before, middle + 1, low), np.where(searching & ~before, middle, high)
        there = low < end
        found[asked[there]] = self.at[low[there]]
        return found


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
