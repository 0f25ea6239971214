"""What a candidate has to explain before it counts: it pays for how many of its kind were looked at.

Somebody's kind of lead is a question of its own: it pays for the few hundred such pairs, not for the thousands of
others (weighted Bonferroni: Genovese, Roeder & Wasserman 2006, Biometrika 93, 509–524). So is a value that something
independent of the outcome speaks of already: it pays for the values of its dimension.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from accord.diagnosis.scan import Candidate, Scan
from accord.stats.steps import penalty

__all__ = ["DEEPER", "Prices", "of_weeks"]

ONE_TEST = 3.84
"""What one test explains by chance at most, in 19 of 20."""

LATER = 4.0
"""What a change in time has to explain beyond its price: weeks differ in more ways than any model of them holds."""

DEEPER = 2.0
"""The same for segments of several dimensions: their like were looked at more often than they can be counted."""

SWINGING = 2.0
"""The same for a yearly swing beyond a slope: the week of its crest is read off the same leads."""

SHAPED = 2.0
"""The same for criteria: what their points should be was read off the same leads."""


def of_weeks(weeks: int) -> float:
    """What looking at every week costs beyond one test."""
    return penalty(weeks) - ONE_TEST


@dataclass(frozen=True, eq=False)
class Prices:
    """Prices of what ``scan`` searches; ``signals``: how many criteria were looked at.

    ``corroborated``: dimensions (their places) and codes of values of whose lasting difference something else speaks.
    """

    scan: Scan
    signals: int
    corroborated: frozenset[tuple[int, int]] = frozenset()

    @property
    def total(self) -> int:
        """How many candidates are looked at: segments, criteria, and the weeks in which the rate may step."""
        segments = self.signals + self.scan.singles + (5 * self._pairs if self._pairs else 0)
        return segments + (self.scan.weeks if self.scan.steps else 0)

    @property
    def of_change(self) -> float:
        """What a change in time has to explain beside whatever lasts: it pays for the weeks that were looked at."""
        return of_weeks(self.scan.weeks) + LATER

    def of(self, candidate: Candidate) -> float:
        """What this one has to explain (in squares of z) before it counts."""
        if candidate.signal >= 0:
            return float(2 * np.log(max(self.signals, 1)) + SHAPED)
        if candidate.slope:  # what a step pays, less what the best of all weeks explains by chance: there is one slope
            return LATER + (SWINGING if candidate.crest >= 0 else 0.0)
        later = self.of_change
        if not candidate.where:
            return later
        if candidate.since is None and len(candidate.where) == 1 and self.corroborated.issuperset(candidate.where):
            return _of(len(self.scan.dimensions[candidate.where[0][0]].values))
        return self._always(candidate) + (0.0 if candidate.since is None else later)

    def _always(self, candidate: Candidate) -> float:
        places = {d for d, _ in candidate.where}
        if len(places) == 1:
            return _of(self.scan.singles)
        if len(places) == 2:
            of_people = bool(places & self.scan.people)
            theirs = self.scan.pairs_of_people
            return _of(theirs if of_people else self._pairs - theirs) + DEEPER
        return _of(4 * self._pairs) + DEEPER

    @cached_property
    def _pairs(self) -> int:
        return self.scan.pairs if self.scan.deepest > 1 else 0


def _of(count: int) -> float:
    return float(2 * np.log(max(count, 1)))
