"""The proposal and everything it is held against, judged on the newest leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from accord.learning.figures import LearningReport, Material, Proposal, Scorer
from accord.learning.frame import Floats, Frame
from accord.learning.leaks import Leak
from accord.learning.points import Scale
from accord.learning.quality import Judged, band_rates, judge, named_band_rates, turned_away
from accord.learning.rivals import boosting_chances, can_boost, logistic_chances
from accord.learning.room import Room

__all__ = ["CurrentScores", "Judging"]


@dataclass(frozen=True, eq=False)
class CurrentScores:
    """The agreement's scores of the newest leads, the threshold of each, and the chance a score stood for before."""

    score: Floats
    threshold: Floats
    scale: Scale


@dataclass(frozen=True, eq=False)
class Judging:
    """The leads, and the scores to judge. ``others``: columns with another score, NaN where it is not filled.
    ``stand_for``: for how many leads each of the newest stands; only for itself where nothing is said. ``bands``: of
    each of the newest, where a grid gives them. ``room``: what sales could take of them; None where there is no sales
    to speak of.
    """

    older: Frame
    newer: Frame
    scores: Floats
    current: CurrentScores | None = None
    others: Mapping[str, Floats] = field(default_factory=dict)
    stand_for: Floats | None = None
    bands: npt.NDArray[np.object_] | None = None
    room: Room | None = None

    def report(self, material: Material, leaks: tuple[Leak, ...], proposal: Proposal) -> LearningReport:
        """Judge everything by what became of the newest leads.

        Sales could take as many of them as their recorded capacity allows. Where none is recorded, they are taken to
        have had time for as many as the agreement lets through, or else the proposal.
        """
        good, scores = self.newer.good, self.scores
        let_through = scores >= proposal.threshold
        if self.current is not None:
            let_through = self.current.score >= self.current.threshold
        weights = np.ones(let_through.size) if self.stand_for is None else self.stand_for
        capacity = max(1, round(float(weights[let_through].sum())))
        if self.room is not None and self.room.for_the_judging is not None:
            capacity = min(self.room.for_the_judging, round(float(weights.sum())))
        judged: dict[Scorer, Judged] = {
            "proposal": judge(
                scores,
                good,
                capacity=capacity,
                chances=proposal.scale.chance(scores),
                weights=self.stand_for,
            )
        }
        away = {"proposal": turned_away(scores, good, proposal.threshold, self.stand_for)}
        if self.current is not None:
            judged["current"] = self._rival(self.current.score, self.current.scale.chance(self.current.score), capacity)
            away["current"] = turned_away(self.current.score - self.current.threshold, good, 0.0, self.stand_for)
        chances = logistic_chances(self.older, self.newer)
        judged["logistic"] = self._rival(chances, chances, capacity)
        boosts = can_boost()
        if boosts:
            chances = boosting_chances(self.older, self.newer)
            judged["boosting"] = self._rival(chances, chances, capacity)
        compared = {}
        for name, values in self.others.items():
            filled = ~np.isnan(values)
            compared[name] = int(filled.sum())
            judged[name] = judge(values[filled], good[filled], capacity=capacity, against=scores[filled])
            judged[f"proposal on {name}"] = judge(scores[filled], good[filled], capacity=capacity)
        if self.current is None and not proposal.criteria:  # nothing is agreed and nothing was learnt: no score at all
            return LearningReport(material, leaks, proposal, judged, capacity, (), {}, compared, boosts, self.room)
        if self.bands is not None:
            order = [name for name, _lowest in proposal.bands]
            bands = named_band_rates(self.bands, good, order, self.stand_for)
        else:
            bands = band_rates(scores, good, proposal.bands, self.stand_for) if proposal.bands else ()
        return LearningReport(material, leaks, proposal, judged, capacity, bands, away, compared, boosts, self.room)

    def _rival(self, scores: Floats, chances: Floats, capacity: int) -> Judged:
        """A score of another kind, its order held against the proposal's."""
        return judge(
            scores,
            self.newer.good,
            capacity=capacity,
            chances=chances,
            against=self.scores,
            weights=self.stand_for,
        )
