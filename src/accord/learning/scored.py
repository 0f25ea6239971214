"""The agreement's own scores of handoffs, each with what was known then: the one meaning that scoring gives them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from accord.agreement.model import Agreement
from accord.learning.amend import Current
from accord.learning.frame import Booleans, Floats
from accord.learning.handoffs import Handoffs
from accord.scoring.one import score_one
from accord.scoring.rules import prepare

__all__ = ["Scored", "scored_handoffs"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_ONE_WAY = frozenset({"need", "budget", "authority", "engagement"})
"""Axes on which more can only be better; whom one sells to (fit) may have an upper end."""


@dataclass(frozen=True, eq=False)
class Scored:
    """Scores, the threshold that holds for each lead, how many times each criterion gave its points, and the band of
    each, by its score or by the grid.
    """

    current: Current
    threshold: Floats
    names: tuple[str, ...]
    band: npt.NDArray[np.object_]

    @property
    def score(self) -> Floats:
        """The score of each lead."""
        return self.current.score

    @property
    def qualified(self) -> int:
        """How many reach their threshold."""
        return int((self.score >= self.threshold).sum())

    def rows(self, chosen: Booleans) -> Scored:
        """Some of the handoffs."""
        one = self.current
        current = Current(one.units[chosen], one.points, one.one_way, one.score[chosen])
        return Scored(current, self.threshold[chosen], self.names, self.band[chosen])


def scored_handoffs(agreement: Agreement, handoffs: Handoffs, chosen: Sequence[int]) -> Scored:
    """Score the ``chosen`` handoffs by ``agreement`` as of the moment each was handed over.

    A criterion of 0 points, only tracked so far, leaves no trace in a score; how many times it would have given its
    points is told by a score in which it gives one.
    """
    rules = prepare(agreement)
    criteria = rules.kept.criteria
    tracked = frozenset(one.id for one in criteria if one.points == 0)
    telling = prepare(_with_a_point(agreement, tracked)) if tracked else rules
    names = tuple(one.id for one in criteria)
    place = {name: number for number, name in enumerate(names)}
    points = np.array([one.points for one in criteria], dtype=np.float64)
    given = np.zeros((len(chosen), len(names)))
    score, threshold = np.zeros(len(chosen)), np.zeros(len(chosen))
    band = np.full(len(chosen), None, dtype=object)
    for row, number in enumerate(chosen):
        moment = _EPOCH + timedelta(microseconds=int(handoffs.at[number]))
        found = score_one(rules, handoffs.leads[number], handoffs.touches[number], moment)
        score[row], threshold[row], band[row] = found.score / 100, found.threshold / 100, found.band
        if tracked:
            found = score_one(telling, handoffs.leads[number], handoffs.touches[number], moment)
        for each in found.trace:
            given[row, place[each.criterion]] = each.points / 100
    units = given / np.where(points == 0, 1.0, points)
    one_way = np.array([one.axis in _ONE_WAY for one in criteria], dtype=bool)
    return Scored(Current(units, points, one_way, score), threshold, names, band)


def _with_a_point(agreement: Agreement, tracked: frozenset[str]) -> Agreement:
    kept = agreement.qualification
    assert kept is not None
    criteria = tuple(one.model_copy(update={"points": 1.0}) if one.id in tracked else one for one in kept.criteria)
    return agreement.model_copy(update={"qualification": kept.model_copy(update={"criteria": criteria})})
