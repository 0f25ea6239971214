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
        place, there = self._first(lead, at)
        found[there] = self.at[place[there]]
        return found

    def raised(self, lead: Ints, first: Ints, late: Ints) -> Ints:
        """For each (lead, span of time) the last moment of that lead in the span; its first instant where there is
        none."""
        place, _there = self._first(lead, late + 1)
        before = np.maximum(place - 1, 0)
        found = first.copy()
        if len(self.lead):
            own = (place > 0) & (self.lead[before] == lead)
            found[own] = np.maximum(first[own], self.at[before[own]])
        return found

    def _first(self, lead: Ints, at: Ints) -> tuple[Ints, Bools]:
        """For each (lead, time) the place of the first moment of that lead at or after it, and whether there is one:
        where there is none, the place after its last."""
        many = np.bincount(self.lead, minlength=int(lead.max(initial=0)) + 1)
        starts = np.cumsum(many) - many
        place = starts[lead]
        asked = np.flatnonzero(many[lead])  # most leads have none
        low, end, since = place[asked], (starts + many)[lead[asked]], at[asked]
        high = end
        while (searching := low < high).any():
            middle = (low + high) // 2
            before = searching & (self.at[np.minimum(middle, len(self.at) - 1)] < since)
            low, high = np.where(before, middle + 1, low), np.where(searching & ~before, middle, high)
        place[asked] = low
        there = np.zeros(len(lead), dtype=np.bool_)
        there[asked] = low < end
        return place, there


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
