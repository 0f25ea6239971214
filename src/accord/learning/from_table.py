"""Learning from a plain table: which columns leak, which criteria the outcomes insist on, how good the score is."""

from __future__ import annotations

from pathlib import Path

from accord.learning.figures import LearningReport, Material
from accord.learning.held_out import Judging
from accord.learning.leaks import leaks
from accord.learning.minimum import HELD_OUT, missing
from accord.learning.proposing import fresh_proposal
from accord.learning.rivals import can_boost
from accord.learning.scorecard import learn_scorecard, with_hold_out
from accord.learning.selection import MOST_CRITERIA
from accord.learning.table import LearningTable, TableQuestion, read_learning_table

__all__ = ["learn_from_table", "learn_table"]


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
    others = {name: values[cut:] for name, values in table.compared.items()}
    judging = Judging(older, newer, card.scores(newer), others=others)
    return judging.report(material, found, fresh_proposal(card, older))
