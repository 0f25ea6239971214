"""What is to be expected of chosen leads, from what became of handed-over leads of about the same score.

Outcomes exist only for leads that were handed over. A chosen lead that was handed over long enough ago counts as what
it became. For the others the handed-over leads of the same tenth of scores stand in: their rate is carried over
(post-stratification). That holds as far as leads of one score are alike, whether somebody handed them over or not;
where no handed-over lead has such a score nothing is carried over, and the bounds say what no assumption can change.

In a stratum b of :math:`t_b` leads with an outcome, :math:`o_b` of them chosen, that stand for :math:`c_b` chosen ones
without, each of the :math:`o_b` weighs :math:`(1 + c_b / t_b) / N` of the :math:`N` leads covered, each of the others
:math:`(c_b / t_b) / N`. The variance of the expected share is the sum of the squared weights times
:math:`p_b (1 - p_b)`, with the rate :math:`p_b` of the stratum; the interval is that of Jeffreys on the complete sample
that would tell as much (docs/decisions/0030-intervals-from-an-equivalent-sample.md). ``n`` is the number of leads of
equal weight that would weigh as much (Kish 1965, Survey Sampling, 427).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from accord.replay.report import Expectation
from accord.stats.intervals import jeffreys
from accord.values import MINIMUM_COUNT, Bounds, Estimate, Figure, Reason, Unknown

__all__ = ["Comparables"]

_STRATA = 10
_LEAST_COMPARABLE = 0.5
"""Below this share of the chosen, what can be carried over says too little of the whole."""

Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Comparables:
    """Handed-over leads in strata of about the same score.

    ``outcome``: 1, 0, or -1 where it is not known. ``stratum`` of every lead, known or not; -1 outside the scores that
    were handed over. ``tried`` and ``good`` per stratum.
    """

    outcome: npt.NDArray[np.int8]
    stratum: npt.NDArray[np.int64]
    tried: npt.NDArray[np.float64]
    good: npt.NDArray[np.float64]

    @classmethod
    def of(cls, score: npt.NDArray[np.int64], outcome: npt.NDArray[np.int8]) -> Comparables:
        """Cut the scores of the leads whose outcome is known into tenths; equal scores stay together."""
        known = outcome >= 0
        scores = np.sort(score[known])
        if scores.size == 0:
            nothing = np.zeros(0)
            return cls(outcome, np.full(score.size, -1, dtype=np.int64), nothing, nothing)
        inner = scores[(np.arange(1, _STRATA) * scores.size) // _STRATA]
        cuts = np.unique(inner)
        stratum = np.searchsorted(cuts, score, side="right")
        outside = (score < scores[0]) | (score > scores[-1])
        strata = cuts.size + 1
        tried = np.bincount(stratum[known], minlength=strata).astype(np.float64)
        good = np.bincount(stratum[known], weights=outcome[known], minlength=strata).astype(np.float64)
        return cls(outcome, np.where(outside, -1, stratum), tried, good)

    def expect(self, chosen: Booleans) -> Expectation:
        """What to expect of the chosen leads together."""
        total = int(np.count_nonzero(chosen))
        outcome, stratum = self.outcome[chosen], self.stratum[chosen]
        known = outcome >= 0
        good = int(np.count_nonzero(outcome == 1))
        missing = total - int(np.count_nonzero(known))
        bounds = Bounds(good / total, (good + missing) / total) if total else Bounds(0.0, 1.0)
        enough = np.concatenate([self.tried >= MINIMUM_COUNT, [False]])  # the last stands for -1: no stratum
        alike = ~known & enough[stratum]
        covered = int(np.count_nonzero(known)) + int(np.count_nonzero(alike))
        share = covered / total if total else 0.0
        return Expectation(self._figure(stratum, outcome, known, alike, share), bounds, share)

    def _figure(
        self,
        stratum: npt.NDArray[np.int64],
        outcome: npt.NDArray[np.int8],
        known: Booleans,
        alike: Booleans,
        share: float,
    ) -> Figure:
        strata = self.tried.size
        own = np.bincount(stratum[known], minlength=strata) if strata else np.zeros(0)
        carried = np.bincount(stratum[alike], minlength=strata) if strata else np.zeros(0)
        covered = own.sum() + carried.sum()
        others = np.where(carried > 0, self.tried - own, 0.0)
        rests_on = int(own.sum() + others.sum())
        if min(covered, rests_on) < MINIMUM_COUNT:
            return Unknown(Reason.TOO_FEW, MINIMUM_COUNT)
        if share < _LEAST_COMPARABLE:
            return Unknown(Reason.NOT_IDENTIFIED)
        # What one lead that became something weighs: for itself where it was chosen, and for those it stands for.
        stands_for = np.divide(carried, self.tried, out=np.zeros(strata), where=self.tried > 0)
        value = float((np.count_nonzero(outcome == 1) + stands_for @ self.good) / covered)
        weight = (own * (1 + stands_for) ** 2 + others * stands_for**2) / covered**2
        # A rate of 0 or 1 in a stratum is never certain: half a lead is added on either side for the variance alone.
        careful = (self.good + 0.5) / (self.tried + 1)
        variance = float(weight @ (careful * (1 - careful)))
        centre = min(max(value, 0.5 / rests_on), 1 - 0.5 / rests_on)
        sample = min(centre * (1 - centre) / variance, rests_on)
        interval = jeffreys(value * sample, sample)
        alike_many = round(float(1 / weight.sum()))
        return Estimate(value, min(float(interval.low), value), max(float(interval.high), value), alike_many)
