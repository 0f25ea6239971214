"""A scorecard learnt from nothing but outcomes: at most fifteen criteria with whole points."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from accord.learning.candidates import Candidate, candidates, matrix_of
from accord.learning.frame import Frame
from accord.learning.logistic import Fit, Prior, fit_logistic
from accord.learning.points import Scale, fitted_scale, whole_points
from accord.learning.selection import FALSE_ALARM, MOST_CRITERIA, Problem, select
from accord.values import LEVEL, Estimate, Figure, Reason, Unknown

__all__ = ["Learned", "Scorecard", "complement", "evidence", "learn_scorecard", "with_hold_out"]

Floats = npt.NDArray[np.float64]


_NOT_JUDGED = Unknown(Reason.NOT_RECORDED)


@dataclass(frozen=True)
class Learned:
    """One criterion: its points, and what they rest on.

    ``learned`` and ``held_out`` are in points: what the outcomes of the leads learnt from, and of the newest leads
    (which chose nothing), say its points should be. ``n`` of them counts the leads that meet it.
    """

    candidate: Candidate
    points: int
    learned: Figure
    held_out: Figure = _NOT_JUDGED


@dataclass(frozen=True)
class Scorecard:
    """Criteria whose points add up to a score, and the chance that a score stands for."""

    criteria: tuple[Learned, ...]
    scale: Scale
    considered: int

    def scores(self, frame: Frame) -> Floats:
        """The score of each lead; never below 0."""
        columns = matrix_of([one.candidate for one in self.criteria], frame).astype(np.float64)
        points = np.array([one.points for one in self.criteria], dtype=np.float64)
        return np.maximum(columns @ points, 0.0)

    def chances(self, frame: Frame) -> Floats:
        """The chance of each lead."""
        return self.scale.chance(self.scores(frame))


def learn_scorecard(frame: Frame, most: int = MOST_CRITERIA, false_alarm: float = FALSE_ALARM) -> Scorecard:
    """Select, fit, round; with noise alone, a scorecard without criteria in at least 95 of 100 samples."""
    found = candidates(frame)
    columns = matrix_of(found, frame)
    signs = np.array([one.sign for one in found], dtype=np.int8)
    base = np.ones((frame.size, 1))
    problem = Problem(base, Prior.of(1), columns, signs, frame.good.astype(np.float64), frame.weights)
    chosen = select(problem, most, false_alarm)
    own = columns[:, chosen.numbers].astype(np.float64)
    points = whole_points(own, chosen.fit.coefficients[1:], frame.good, frame.weights)
    kept = np.flatnonzero(points)
    picked = [found[chosen.numbers[number]] for number in kept]
    scale = fitted_scale(own[:, kept] @ points[kept], frame.good, frame.weights)
    fit = problem.fit([chosen.numbers[number] for number in kept])
    learned = evidence(own[:, kept], fit, 1, scale.step)
    criteria = [
        Learned(one, int(value), figure) for one, value, figure in zip(picked, points[kept], learned, strict=True)
    ]
    return _from_zero(criteria, own[:, kept], frame, len(found))


def _from_zero(criteria: list[Learned], columns: Floats, frame: Frame, considered: int) -> Scorecard:
    """No score lies below 0: where points would be taken from a lead that has none, the criterion is turned around."""
    points = np.array([one.points for one in criteria], dtype=np.float64)
    if criteria and float((columns @ points).min()) < 0:
        full = {name: bool(one.filled.all()) for name, one in frame.fields.items()}
        criteria = [_turned(one, full, frame.size) if one.points < 0 else one for one in criteria]
    card = Scorecard(tuple(criteria), Scale(0.0, 0.0), considered)
    return replace(card, scale=fitted_scale(card.scores(frame), frame.good, frame.weights))


def _turned(one: Learned, full: dict[str, bool], leads: int) -> Learned:
    assert one.candidate.when is not None, "touches never take points"
    when = complement(dict(one.candidate.when), full)
    candidate = replace(one.candidate, when=when, sign=-one.candidate.sign)
    return replace(one, candidate=candidate, points=-one.points, learned=_negative(one.learned, leads))


def complement(when: dict[str, Any], full: dict[str, bool]) -> dict[str, Any]:
    """The condition that holds exactly where ``when`` does not hold or is unknown."""
    if "exists" in when:
        return {**when, "exists": not when["exists"]}
    if isinstance(when.get("is"), bool) and full[when["field"]]:
        return {**when, "is": not when["is"]}
    opposite = {"not": when}
    return opposite if full[when["field"]] else {"any": [opposite, {"field": when["field"], "exists": False}]}


def _negative(figure: Figure, leads: int) -> Figure:
    """Of the opposite condition, which all the other ``leads`` meet."""
    if isinstance(figure, Unknown):
        return figure
    return Estimate(-figure.value, -figure.high, -figure.low, leads - figure.n, figure.level)


def evidence(columns: Floats, fit: Fit, skipped: int, step: float, level: float = LEVEL) -> list[Figure]:
    """Per column, the points that outcomes support: log-odds ÷ ``step``, with their interval.

    ``skipped``: coefficients of the fit that are no criteria. Wald intervals of the penalised fit.
    """
    half = float(norm.ppf((1 + level) / 2))
    figures: list[Figure] = []
    for number in range(columns.shape[1]):
        met = int((columns[:, number] > 0).sum())
        value, error = float(fit.coefficients[skipped + number]), float(fit.errors[skipped + number])
        if met < 10 or step <= 0:
            figures.append(Unknown(Reason.TOO_FEW, 10))
        else:
            figures.append(
                Estimate(value / step, (value - half * error) / step, (value + half * error) / step, met, level)
            )
    return figures


def with_hold_out(card: Scorecard, frame: Frame) -> Scorecard:
    """The same card with what ``frame`` (leads that chose nothing) says of each criterion."""
    if not card.criteria:
        return card
    columns = matrix_of([one.candidate for one in card.criteria], frame).astype(np.float64)
    design = np.hstack([np.ones((frame.size, 1)), columns])
    size = design.shape[1]
    prior = Prior.of(size, 0.1)
    fit = fit_logistic(design, frame.good, prior, frame.weights)
    figures = evidence(columns, fit, 1, card.scale.step)
    pairs = zip(card.criteria, figures, strict=True)
    return replace(card, criteria=tuple(replace(one, held_out=figure) for one, figure in pairs))
