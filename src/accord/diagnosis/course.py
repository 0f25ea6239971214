"""The course that the whole rate takes over the time looked at, where it is taken for a season or a slide.

What swings with the year, or slides a little every week, is adjusted for and no drop is named for it
(:mod:`accord.diagnosis.search`). That is a judgement, and one that a year of leads cannot make for sure: so how far the
rate came down on its way is told to whoever reads the diagnosis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from accord.diagnosis.cases import Floats
from accord.diagnosis.figuring import TWO_SIDED
from accord.diagnosis.scan import A_YEAR, Candidate, swing
from accord.stats.logistic import chances
from accord.values import Estimate

__all__ = ["Course", "Fall", "course_of", "fall", "moved"]


@dataclass(frozen=True, eq=False)
class Course:
    """What the whole rate was adjusted for: ``moves`` (week × way of moving), in logits by ``effects``, which have a
    ``covariance``; ``swings``: whether a season is among them.

    A swing comes with its quadrature, a quarter of a year later and of no effect, whose error is as large: in which
    week it is highest was read off the same leads.
    """

    moves: Floats
    effects: Floats
    covariance: Floats
    swings: bool


@dataclass(frozen=True)
class Fall:
    """From the week ``high`` to the week ``low`` (counted from the first) the rate of comparable leads came down.

    ``effect``: by how much, a negative fraction; ``swings``: as with a season, else a little every week.
    """

    high: int
    low: int
    effect: Estimate
    swings: bool


def course_of(chosen: Sequence[Candidate], effects: Floats, covariance: Floats, weeks: int) -> Course | None:
    """The course among what a search chose; None where the whole rate neither slides nor swings."""
    moving = [k for k, candidate in enumerate(chosen) if candidate.slope]
    if not moving:
        return None
    week = np.arange(weeks)
    swinging = [place for place, k in enumerate(moving) if chosen[k].crest >= 0]
    later = [swing(week, chosen[moving[place]].crest + A_YEAR // 4) for place in swinging]
    errors = np.diag(np.concatenate([np.zeros(len(moving)), np.diag(covariance)[moving][swinging]]))
    errors[: len(moving), : len(moving)] = covariance[np.ix_(moving, moving)]
    return Course(
        np.column_stack([*(moved(week, chosen[k], weeks) for k in moving), *later]),
        np.concatenate([effects[moving], np.zeros(len(later))]),
        errors,
        bool(swinging),
    )


def moved(week: npt.NDArray[np.integer], candidate: Candidate, weeks: int) -> Floats:
    """How much of a slope or a swing each week has, of ``weeks`` in all."""
    return swing(week, candidate.crest) if candidate.crest >= 0 else (week - week.mean()) / max(weeks, 1)


def fall(course: Course, predictor: Floats, week: npt.NDArray[np.integer]) -> Fall | None:
    """The deepest fall on the way, of cases whose log-odds ``predictor`` holds the course already.

    By how much their mean chance differs between the two weeks; the interval by the delta method. None where the rate
    only rose.
    """
    path = course.moves @ course.effects
    highest = np.maximum.accumulate(path)
    low = int((highest - path).argmax())
    high = int(path[: low + 1].argmax())
    if high == low:
        return None
    bare = predictor - path[week]
    before, after = chances(bare + path[high]), chances(bare + path[low])
    slopes = float((before * (1 - before)).mean()), float((after * (1 - after)).mean())
    gradient = slopes[1] * course.moves[low] - slopes[0] * course.moves[high]
    error = float(gradient @ course.covariance @ gradient) ** 0.5
    effect = float((after - before).mean())
    return Fall(
        high,
        low,
        Estimate(effect, effect - TWO_SIDED * error, effect + TWO_SIDED * error, predictor.size),
        course.swings,
    )
