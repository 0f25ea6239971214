"""From the agreement in force and the outcomes to a proposal: what changes, what stays, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from accord.agreement.criteria import Criterion, QualificationParts
from accord.learning.amend import Amended, amended, supported_points
from accord.learning.candidates import Candidate, column_of
from accord.learning.figures import Change, Proposal, ProposedCriterion
from accord.learning.frame import Frame
from accord.learning.points import Scale
from accord.learning.proposing import fresh_proposal, outcome_rates, written
from accord.learning.scorecard import learn_scorecard, with_hold_out
from accord.learning.scored import Scored
from accord.learning.wording import identifier, label, why
from accord.values import Figure, Reason, Unknown

__all__ = ["draft_proposal"]


def draft_proposal(
    kept: QualificationParts | None,
    learnt: tuple[Frame, Scored | None],
    held_out: tuple[Frame, Scored | None],
    most: int,
) -> Proposal:
    """The criteria of the next version. Threshold, scale and bands are the caller's to fit to its scores.

    Without a qualification, or where its score does not order leads at all, everything is learnt from scratch.
    """
    (older, past), (newer, present) = learnt, held_out
    if kept is not None and past is not None and present is not None:
        result = amended(past.current, older, most)
        if result is not None:
            return _amended(kept, result, (older, past), (newer, present))
    card = with_hold_out(learn_scorecard(older, most), newer)
    proposal = fresh_proposal(card, older)
    if kept is None or past is None:
        return proposal
    gone = tuple(_of_agreement(one, None, number, (older, past)) for number, one in enumerate(kept.criteria))
    taken = {one.id for one in kept.criteria}
    fresh = tuple(_renamed(one, taken) for one in proposal.criteria)
    if not fresh:  # nothing to put in its place
        gone = tuple(_of_agreement(one, one.points, number, (older, past)) for number, one in enumerate(kept.criteria))
    return Proposal((*gone, *fresh), kept.threshold, proposal.threshold, proposal.bands, card.scale, card.considered)


def _amended(
    kept: QualificationParts, result: Amended, learnt: tuple[Frame, Scored], held_out: tuple[Frame, Scored]
) -> Proposal:
    (older, past), (newer, present) = learnt, held_out
    there, new = supported_points(past.current, older, result)
    there_after, new_after = supported_points(present.current, newer, result)
    criteria = [
        _of_agreement(one, after, number, learnt, (there[number], there_after[number]))
        for number, (one, after) in enumerate(zip(kept.criteria, result.moved, strict=True))
    ]
    taken = {one.id for one in kept.criteria}
    for (candidate, points), learned, after in zip(result.new, new, new_after, strict=True):
        one = _new(candidate, points, older, taken, (learned, after))
        taken.add(one.id)
        criteria.append(one)
    bands = tuple((band.name, band.lowest) for band in kept.bands)
    return Proposal(tuple(criteria), kept.threshold, kept.threshold, bands, Scale(0.0, 0.0), result.considered)


_NOT_FITTED = Unknown(Reason.NOT_IDENTIFIED)


def _of_agreement(
    one: Criterion,
    after: float | None,
    number: int,
    learnt: tuple[Frame, Scored],
    evidence: tuple[Figure, Figure] = (_NOT_FITTED, _NOT_FITTED),
) -> ProposedCriterion:
    frame, scored = learnt
    met, others = outcome_rates(scored.current.units[:, number] > 0, frame)
    change: Change = "removed" if after is None else "kept" if after == one.points else "changed"
    texts: Sequence[Mapping[str, str]] = [{"en": text.en, "fr": text.fr} for text in (one.label, one.why)]
    return ProposedCriterion(
        one.id, one.axis, change, one.points, after, {}, texts[0], texts[1], *evidence, met, others
    )


def _new(
    candidate: Candidate, points: float, frame: Frame, taken: set[str], evidence: tuple[Figure, Figure]
) -> ProposedCriterion:
    said = written(candidate)
    met, others = outcome_rates(np.asarray(column_of(candidate, frame) > 0), frame)
    return ProposedCriterion(
        identifier(said, taken),
        candidate.axis,
        "added",
        None,
        points,
        said,
        label(said),
        why(met, others),
        *evidence,
        met,
        others,
    )


def _renamed(one: ProposedCriterion, taken: set[str]) -> ProposedCriterion:
    return one if one.id not in taken else ProposedCriterion(**{**one.__dict__, "id": identifier(one.written, taken)})
