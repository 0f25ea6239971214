"""From a learnt scorecard to a proposal people can read: names, reasons, threshold, bands."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from accord.learning.candidates import Candidate, column_of
from accord.learning.figures import Proposal, ProposedCriterion
from accord.learning.frame import Frame
from accord.learning.quality import share
from accord.learning.scorecard import Scorecard
from accord.learning.wording import identifier, label, why
from accord.values import Figure

__all__ = ["bands_from", "fresh_proposal", "moved_bands", "outcome_rates", "threshold_for", "written"]

Floats = npt.NDArray[np.float64]


def fresh_proposal(card: Scorecard, frame: Frame) -> Proposal:
    """The proposal where there is no agreement to begin with.

    As many of the leads learnt from are qualified as turned out well.
    """
    taken: list[str] = []
    criteria = []
    for one in card.criteria:
        said = written(one.candidate)
        name = identifier(said, taken)
        taken.append(name)
        met, others = outcome_rates(column_of(one.candidate, frame) > 0, frame)
        criteria.append(
            ProposedCriterion(
                name,
                one.candidate.axis,
                "added",
                None,
                one.points,
                said,
                label(said),
                why(met, others),
                one.learned,
                one.held_out,
                met,
                others,
            )
        )
    scores = card.scores(frame)
    threshold = threshold_for(scores, int(frame.good.sum()))
    return Proposal(tuple(criteria), None, threshold, bands_from(scores, threshold), card.scale, card.considered)


def written(candidate: Candidate) -> dict[str, object]:
    """The criterion as accord.yaml has it, without name and points."""
    if candidate.touches is not None:
        return {"touches": dict(candidate.touches)}
    assert candidate.when is not None
    return {"when": dict(candidate.when)}


def outcome_rates(met: npt.NDArray[np.bool_], frame: Frame) -> tuple[Figure, Figure]:
    """Share of good leads among those that meet a criterion, and among the others."""
    with_it, without_it = (share(int(frame.good[chosen].sum()), int(chosen.sum())) for chosen in (met, ~met))
    return with_it, without_it


def threshold_for(scores: Floats, leads: int) -> float:
    """The whole score from which about ``leads`` of the leads are qualified; at least 1: no points are not enough."""
    if not scores.size or scores.max() <= 0:
        return 0.0
    wanted = np.sort(scores)[::-1][min(max(leads, 1), scores.size) - 1]
    above = float(np.ceil(wanted)) or 1.0
    return min(above, float(np.floor(scores.max())))


def moved_bands(
    bands: Sequence[tuple[str, float | None]], before: Floats, after: Floats, thresholds: tuple[float, float]
) -> tuple[tuple[str, float | None], ...]:
    """The bands of an agreement on new scores: each begins where about as many leads reach it as did before.

    ``before`` and ``after``: scores of the same leads; ``thresholds`` likewise. A band that began at the threshold
    begins there again; one that nobody reached stays where it is. Bands stay apart by a point at least.

    >>> scores = np.array([60.0, 55.0, 50.0, 40.0])
    >>> moved_bands([("A", 55.0), ("B", 50.0), ("C", None)], scores, scores - 20, (50.0, 31.0))
    (('A', 35.0), ('B', 31.0), ('C', None))
    """
    ordered, highest = np.sort(after)[::-1], float(np.floor(after.max()))
    moved: list[tuple[str, float | None]] = []
    for name, lowest in bands:
        if lowest is None:
            moved.append((name, None))
            continue
        reached = int((before >= lowest).sum())
        if lowest == thresholds[0]:
            begins = thresholds[1]
        elif reached:
            begins = min(float(np.ceil(ordered[reached - 1])), highest)
        else:
            begins = lowest
        earlier = moved[-1][1] if moved else None
        moved.append((name, begins if earlier is None else min(begins, earlier - 1)))
    return tuple(moved)


def bands_from(scores: Floats, threshold: float) -> tuple[tuple[str, float | None], ...]:
    """A for the better half of the qualified leads, B for the others, C from half the threshold, D below."""
    qualified = scores[scores >= threshold]
    best = float(np.ceil(np.median(qualified))) if qualified.size else threshold
    borders: Sequence[tuple[str, float]] = (("A", best), ("B", threshold), ("C", float(np.ceil(threshold / 2))))
    bands: list[tuple[str, float | None]] = []
    for name, lowest in borders:
        if lowest > 0 and (not bands or lowest < (bands[-1][1] or 0)):
            bands.append((name, lowest))
    return (*bands, ("D", None))
