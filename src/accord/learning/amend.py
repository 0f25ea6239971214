"""What outcomes would change in the agreement in force: only points the data insist on, and by how much.

The model holds the current score fixed: log-odds = start + step × score. A criterion, or a candidate, enters only where
the outcomes reject that at a level that noise passes in at most five of a hundred samples, over everything looked at;
what it adds in log-odds, divided by the step, on top of its old points is what the outcomes support, with an interval;
its new points are those of the interval that are nearest to the old ones. All others keep their points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from accord.learning.candidates import Candidate, candidates, column_of, matrix_of
from accord.learning.frame import Frame
from accord.learning.logistic import Fit, Prior
from accord.learning.selection import FALSE_ALARM, MOST_CRITERIA, Problem, select
from accord.values import LEVEL, MINIMUM_COUNT, Estimate, Figure, Reason, Unknown

__all__ = ["Amended", "Current", "amended", "supported_points"]

Floats = npt.NDArray[np.float64]

_SLOPE_SHOWN = 2.0
"""Standard errors from 0 at which the current score is taken to order leads at all."""


@dataclass(frozen=True, eq=False)
class Current:
    """The agreement in force, on the leads learnt from.

    ``units``: how many times each criterion gave its points (leads × criteria; 0.5 for half faded). ``points`` of each;
    ``one_way``: whether more of it can only be better. ``score`` as the agreement adds it up, axes' maxima included.
    """

    units: Floats
    points: Floats
    one_way: npt.NDArray[np.bool_]
    score: Floats


@dataclass(frozen=True, eq=False)
class Amended:
    """``moved``: new points of every criterion of the agreement, in its order (None: it goes). ``new``: candidates to
    add, with their points. ``considered`` counts everything that was looked at; ``chosen`` is what entered the model.
    """

    moved: tuple[float | None, ...]
    new: tuple[tuple[Candidate, float], ...]
    considered: int
    chosen: tuple[int, ...]
    looked_at: tuple[Candidate, ...]


def amended(
    current: Current, frame: Frame, most: int = MOST_CRITERIA, false_alarm: float = FALSE_ALARM
) -> Amended | None:
    """The changes that outcomes insist on; None where the current score does not order leads at all.

    A scale read off a score that says nothing would turn noise into points; then a scorecard is learnt from scratch.
    """
    found = [one for one in candidates(frame) if not _is_there(column_of(one, frame), current.units)]
    problem = _problem(current, frame, found)
    if not _orders(problem.fit([])):
        return None
    result = select(problem, most, false_alarm)
    if not _orders(result.fit):
        return None
    count = current.points.size
    supported = _supported(problem, current, result.numbers)
    moved: list[float | None] = list(map(float, current.points))
    new = []
    for number in result.numbers:
        figure = supported[number]
        if isinstance(figure, Unknown):
            continue
        if number < count:
            moved[number] = _new_points(figure, current, number)
        elif points := round(_nearest(0.0, figure)):
            new.append((found[number - count], float(points)))
    return Amended(tuple(moved), tuple(new), problem.columns.shape[1], tuple(result.numbers), tuple(found))


def supported_points(current: Current, frame: Frame, result: Amended) -> tuple[list[Figure], list[Figure]]:
    """What the outcomes of ``frame`` say the points should be: of every criterion there is, and of every new one."""
    problem = _problem(current, frame, list(result.looked_at))
    figures = _supported(problem, current, list(result.chosen))
    count = current.points.size
    added = [candidate for candidate, _points in result.new]
    return (
        [figures[number] for number in range(count)],
        [figures[count + result.looked_at.index(candidate)] for candidate in added],
    )


def _problem(current: Current, frame: Frame, found: list[Candidate]) -> Problem:
    columns = np.hstack([current.units.astype(np.float32), matrix_of(found, frame)])
    signs = np.concatenate([np.zeros(current.points.size, np.int8), np.array([one.sign for one in found], np.int8)])
    base = np.column_stack([np.ones(frame.size), current.score])
    count = current.points.size
    return Problem(base, Prior.of(2, 1e-8), columns, signs, frame.good.astype(np.float64), frame.weights, count)


def _orders(fit: Fit) -> bool:
    return bool(fit.coefficients[1] >= _SLOPE_SHOWN * fit.errors[1])


def _supported(problem: Problem, current: Current, chosen: list[int]) -> dict[int, Figure]:
    """Points supported for the chosen columns, and for each criterion of the agreement if it were freed as well."""
    fit = problem.fit(chosen)
    figures = {
        number: _in_points(fit, position, current, number, problem.columns) for position, number in enumerate(chosen)
    }
    for number in range(current.points.size):
        if number not in figures:
            freed = problem.fit([*chosen, number])
            figures[number] = _in_points(freed, len(chosen), current, number, problem.columns)
    return figures


def _is_there(column: npt.NDArray[np.float32], units: Floats) -> bool:
    """Whether a criterion of the agreement already asks just this."""
    return bool(((units > 0) == (column > 0)[:, None]).all(axis=0).any()) if units.size else False


def _in_points(fit: Fit, position: int, current: Current, number: int, columns: npt.NDArray[np.float32]) -> Figure:
    met, step = int((columns[:, number] != 0).sum()), float(fit.coefficients[1])
    if met < MINIMUM_COUNT or not _orders(fit):
        return Unknown(Reason.TOO_FEW, MINIMUM_COUNT)
    before = float(current.points[number]) if number < current.points.size else 0.0
    value = before + float(fit.coefficients[2 + position]) / step
    half = float(norm.ppf((1 + LEVEL) / 2)) * float(fit.errors[2 + position]) / step
    return Estimate(value, value - half, value + half, met)


def _new_points(supported: Estimate, current: Current, number: int) -> float | None:
    before = float(current.points[number])
    points = float(round(_nearest(before, supported)))
    if current.one_way[number] and points * np.sign(before) < 0:
        return None
    return points or None


def _nearest(points: float, supported: Estimate) -> float:
    """The supported points nearest to those in force: moved as far as the outcomes insist, and no further.

    It also takes back what chance adds to whatever is picked for being the largest.
    """
    return min(max(points, supported.low), supported.high)
