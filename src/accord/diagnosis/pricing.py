"""What a candidate has to explain before it counts: it pays for how many of its kind were looked at.

Kinds of candidates are questions of their own, and each has its share of the risk of a false alarm (weighted
Bonferroni: Genovese, Roeder & Wasserman 2006, Biometrika 93, 509–524). Who asks which of thirty people accept less does
not pay for hundreds of campaigns and sectors that somebody else asked about.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from accord.diagnosis.scan import Candidate, Scan
from accord.stats.steps import penalty

__all__ = ["Prices", "of_weeks"]

ONE_TEST = 3.84
"""What one test explains by chance at most, in 19 of 20."""

LATER = 4.0
"""What a change in time has to explain beyond its price: weeks differ in more ways than any model of them holds."""

DEEPER = 2.0
"""The same for segments of several dimensions: their like were looked at more often than they can be counted."""

SHAPED = 2.0
"""The same for criteria: what their points should be was read off the same leads."""

APART, OTHERS = 1 / 2, 1 / 3
"""Of the risk that single values may cost: spent on those that are asked about apart, and on all others."""


def of_weeks(weeks: int) -> float:
    """What looking at every week costs beyond one test."""
    return penalty(weeks) - ONE_TEST


@dataclass(frozen=True, eq=False)
class Prices:
    """Prices of what ``scan`` searches; values of the dimensions in ``apart`` (places) are a question of their own.

    ``signals``: how many criteria were looked at.
    """

    scan: Scan
    apart: frozenset[int]
    signals: int

    @property
    def total(self) -> int:
        """How many candidates are looked at."""
        return self.signals + self.scan.singles + (5 * self._pairs if self._pairs else 0)

    def of(self, candidate: Candidate) -> float:
        """What this one has to explain (in squares of z) before it counts."""
        if candidate.signal >= 0:
            return float(2 * np.log(max(self.signals, 1)) + SHAPED)
        if candidate.slope:  # what a step pays, less what the best of all weeks explains by chance: there is one slope
            return LATER
        later = of_weeks(self.scan.weeks) + LATER
        if not candidate.where:
            return later
        if len(candidate.where) == 1 and candidate.since is not None:  # it may begin in any value of any dimension
            return _of(self.scan.singles) + later
        return self._always(candidate) + (0.0 if candidate.since is None else later)

    def _always(self, candidate: Candidate) -> float:
        places = {d for d, _ in candidate.where}
        if len(places) == 1:
            return _of(*self._values(bool(places & self.apart)))
        if len(places) == 2:
            of_people = bool(places & self.scan.people)
            theirs = self.scan.pairs_of_people
            return _of(theirs if of_people else self._pairs - theirs) + DEEPER
        return _of(4 * self._pairs) + DEEPER

    @cached_property
    def _pairs(self) -> int:
        return self.scan.pairs if self.scan.deepest > 1 else 0

    def _values(self, apart: bool) -> tuple[int, float]:
        """How many values are in the same question, and its share of the risk: all of it where there is only one."""
        theirs = sum(len(self.scan.dimensions[d].values) for d in self.apart)
        others = self.scan.singles - theirs
        if not theirs or not others:
            return self.scan.singles, 1.0
        return (theirs, APART) if apart else (others, OTHERS)


def _of(count: int, share: float = 1.0) -> float:
    return float(2 * np.log(max(count, 1) / share))
