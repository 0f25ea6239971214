"""Learning from a plain table: which columns leak, which criteria the outcomes insist on, how good the score is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from accord.learning.figures import LearningReport, Material, Proposal
from accord.learning.frame import Frame
from accord.learning.leaks import Leak, leaks
from accord.learning.minimum import HELD_OUT, missing
from accord.learning.proposing import fresh_proposal
from accord.learning.quality import Judged, band_rates, judge, turned_away
from accord.learning.rivals import boosting_chances, can_boost, logistic_chances
from accord.learning.scorecard import Scorecard, learn_scorecard, with_hold_out
from accord.learning.selection import MOST_CRITERIA
from accord.learning.table import LearningTable, TableQuestion, read_learning_table

__all__ = ["learn_from_table", "learn_table"]

Floats = npt.NDArray[np.float64]


def learn_from_table(path: Path, question: TableQuestion, most: int = MOST_CRITERIA) -> LearningReport:
    """Read ``path`` and learn; see :func:`learn_table`."""
    return learn_table(read_learning_table(path, question), question, most)


def learn_table(table: LearningTable, question: TableQuestion, most: int = MOST_CRITERIA) -> LearningReport:
    """Learn from the older four fifths, judge by the newest fifth, which chooses nothing.

    Leaks are looked for among the older leads and left out of every score that is compared, the proposal's rivals
    included.
    """
    frame = table.frame
    cut = frame.size - round(frame.size * HELD_OUT)
    material = Material(
        outcomes=(question.outcome,),
        leads=frame.size,
        good=int(frame.good.sum()),
        left_out={"no_outcome": table.undecided} if table.undecided else {},
        older=cut,
        newer=frame.size - cut,
        border=table.order[cut] if cut < frame.size else "",
        skipped=table.skipped,
    )
    too_few = missing(frame.good)
    if too_few is not None:
        return LearningReport(material, (), too_few, {}, 0, (), {}, {}, can_boost())
    older, newer = frame.split(HELD_OUT)
    found = leaks(older)
    names = [leak.field for leak in found]
    older, newer = older.without(names), newer.without(names)
    card = with_hold_out(learn_scorecard(older, most), newer)
    proposal = fresh_proposal(card, older)
    others = {name: values[cut:] for name, values in table.compared.items()}
    return _judged(material, found=found, proposal=proposal, card=card, older=older, newer=newer, others=others)


def _judged(
    material: Material,
    *,
    found: tuple[Leak, ...],
    proposal: Proposal,
    card: Scorecard,
    older: Frame,
    newer: Frame,
    others: Mapping[str, Floats],
) -> LearningReport:
    scores, good = card.scores(newer), newer.good
    capacity = max(1, int((scores >= proposal.threshold).sum()))
    judging = _Judging(good, capacity, scores)
    judged = {"proposal": judge(scores, good, capacity=capacity, chances=card.scale.chance(scores))}
    judged["logistic"] = judging.rival(logistic_chances(older, newer))
    boosts = can_boost()
    if boosts:
        judged["boosting"] = judging.rival(boosting_chances(older, newer))
    compared = {}
    for name, values in others.items():
        filled = ~np.isnan(values)
        compared[name] = int(filled.sum())
        judged[name] = judge(values[filled], good[filled], capacity=capacity, against=scores[filled])
        judged[f"proposal on {name}"] = judge(scores[filled], good[filled], capacity=capacity)
    return LearningReport(
        material,
        found,
        proposal,
        judged,
        capacity,
        band_rates(scores, good, proposal.bands),
        {"proposal": turned_away(scores, good, proposal.threshold)},
        compared,
        boosts,
    )


@dataclass(frozen=True, eq=False)
class _Judging:
    good: npt.NDArray[np.bool_]
    capacity: int
    scores: Floats

    def rival(self, chances: Floats) -> Judged:
        """A score of another kind, its order held against the proposal's."""
        return judge(chances, self.good, capacity=self.capacity, chances=chances, against=self.scores)
