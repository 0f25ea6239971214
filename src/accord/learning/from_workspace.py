"""Learning from a workspace: what was known at each handoff, what became of it, and what the agreement should say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from accord.agreement.model import Agreement
from accord.clock import local_date
from accord.learning.amending import draft_proposal
from accord.learning.draft import amended_agreement
from accord.learning.exploration import drawn_shares, stands_for
from accord.learning.figures import LearningReport, Material, Proposal
from accord.learning.frame import Floats, Frame
from accord.learning.framing import frame_of
from accord.learning.handoffs import Handoffs, handoffs_of
from accord.learning.held_out import CurrentScores, Judging
from accord.learning.history import as_known_then
from accord.learning.leaks import leaks
from accord.learning.minimum import HELD_OUT, missing
from accord.learning.outcomes import OutcomeName, Verdicts, verdicts
from accord.learning.points import fitted_scale
from accord.learning.proposing import bands_from, moved_bands, threshold_for
from accord.learning.rivals import can_boost
from accord.learning.room import room_of
from accord.learning.scored import Scored, scored_handoffs
from accord.learning.selection import MOST_CRITERIA
from accord.readmodel.source import Source
from accord.workspace import Workspace

__all__ = ["learn_from_workspace"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def learn_from_workspace(
    workspace: Workspace, source: Source, outcomes: Sequence[OutcomeName] = ("acceptance",), most: int = MOST_CRITERIA
) -> LearningReport:
    """Learn from every handoff whose outcome is known; the newest fifth judges and chooses nothing.

    A lead is good where it is good by every outcome of ``outcomes`` (see :func:`~accord.learning.outcomes.verdicts`).
    """
    handoffs, agreement = as_known_then(workspace, source, handoffs_of(source)), source.agreement
    ruled = verdicts(handoffs.events, outcomes)
    chosen = np.flatnonzero(ruled.known)
    kept = agreement.qualification
    scored = scored_handoffs(agreement, handoffs, chosen.tolist()) if kept is not None else None
    weights = stands_for([handoffs.ids[place] for place in chosen.tolist()], drawn_shares(workspace))
    good = ruled.good[chosen]
    # Points are learnt from leads as they are: whether one was handed over follows from its columns and the lot.
    frame, skipped = frame_of(handoffs, chosen.tolist(), good.tolist(), np.ones(chosen.size), agreement)
    drawn = weights > 1
    material = replace(
        _material(handoffs, ruled, chosen, outcomes, skipped, timezone=agreement.timezone),
        explored=int(drawn.sum()),
        stand_for=float(weights[drawn].sum()),
        exploration_share=kept.exploration.share if kept is not None else 0.0,
    )
    too_few = missing(good)
    if too_few is not None:
        return LearningReport(material, (), too_few, {}, 0, (), {}, {}, can_boost())
    learnt = np.arange(chosen.size) < material.older
    found = leaks(frame.rows(learnt))
    frame = frame.without([leak.field for leak in found])
    older, newer = frame.rows(learnt), frame.rows(~learnt)
    past, present = (scored.rows(rows) if scored else None for rows in (learnt, ~learnt))
    draft = draft_proposal(kept, (older, past), (newer, present), most)
    scores, bands = _rescored(agreement, draft, handoffs, chosen)
    proposal = _fitted(draft, scores[learnt], older, past)
    current = None
    if past is not None and present is not None:
        scale = fitted_scale(past.score, older.good, older.weights)
        current = CurrentScores(present.score, present.threshold, scale)
    by_grid = None if bands is None else bands[~learnt]
    room = room_of(source, handoffs.at, handoffs.at[chosen[~learnt]])
    judging = Judging(older, newer, scores[~learnt], current, stand_for=weights[~learnt], bands=by_grid, room=room)
    return judging.report(material, found, proposal)


def _rescored(
    agreement: Agreement, proposal: Proposal, handoffs: Handoffs, chosen: npt.NDArray[np.int64]
) -> tuple[Floats, npt.NDArray[np.object_] | None]:
    if not any(one.after is not None for one in proposal.criteria):
        return np.zeros(chosen.size), None
    # The draft's threshold is fitted to its scores, which do not depend on it.
    after = amended_agreement(agreement, replace(proposal, threshold=0.0))
    found = scored_handoffs(after, handoffs, chosen.tolist())
    kept = after.qualification
    return found.score, found.band if kept is not None and kept.grid is not None else None


def _fitted(draft: Proposal, scores: Floats, older: Frame, past: Scored | None) -> Proposal:
    """Chances for the scores that the draft gives; a scorecard from scratch also needs a threshold and bands.

    The threshold in force stays: how many other leads a lower one would let through cannot be seen among the leads
    that were handed over. Only one that no lead reaches any more is lowered. Bands move with it, and where no lead
    reaches one of them any more.
    """
    scale = fitted_scale(scores, older.good, older.weights)
    if past is None or not any(one.change in {"kept", "changed"} for one in draft.criteria):
        threshold = threshold_for(scores, past.qualified if past else int(older.good.sum()))
        return replace(draft, scale=scale, threshold=threshold, bands=bands_from(scores, threshold))
    threshold = draft.threshold if draft.threshold <= scores.max() else threshold_for(scores, past.qualified)
    out_of_reach = any(
        lowest is not None and scores.max() < lowest <= past.score.max() for _name, lowest in draft.bands
    )
    if not draft.changes or (threshold == draft.threshold and not out_of_reach):
        return replace(draft, scale=scale, threshold=threshold)
    bands = moved_bands(draft.bands, past.score, scores, (draft.threshold, threshold))
    return replace(draft, scale=scale, threshold=threshold, bands=bands, bands_before=draft.bands)


def _material(
    handoffs: Handoffs,
    ruled: Verdicts,
    chosen: npt.NDArray[np.int64],
    outcomes: Sequence[OutcomeName],
    skipped: Mapping[str, str],
    *,
    timezone: str,
) -> Material:
    cut = chosen.size - round(chosen.size * HELD_OUT)
    border = ""
    if cut < chosen.size:
        moment = _EPOCH + timedelta(microseconds=int(handoffs.at[chosen[cut]]))
        border = local_date(moment, timezone).isoformat()
    return Material(
        tuple(outcomes),
        int(chosen.size),
        int(ruled.good[chosen].sum()),
        dict(ruled.left_out),
        cut,
        int(chosen.size) - cut,
        border,
        dict(skipped),
        horizons=dict(ruled.horizons),
    )
