"""Small figures that evidence is made of: shares with their intervals, effects in points, money lost."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from accord.diagnosis.cases import Cases, Rows
from accord.diagnosis.report import Kind
from accord.diagnosis.shares import share
from accord.stats.logistic import chances
from accord.values import Estimate, Figure, Reason, Unknown

__all__ = ["acceptances", "confidence_of", "effect_of", "gain_of_confidence", "money_lost", "share", "weeks_day"]

Floats = npt.NDArray[np.float64]
TWO_SIDED = 1.959964


def effect_of(predictor: Floats, effect: float, error: float) -> Estimate:
    """Mean change of a probability over cases, whose log-odds ``predictor`` holds the ``effect`` (logits) already."""
    bare = chances(predictor - effect)

    def mean(logits: float) -> float:
        return float((chances(predictor - effect + logits) - bare).mean())

    value, low, high = mean(effect), mean(effect - TWO_SIDED * error), mean(effect + TWO_SIDED * error)
    return Estimate(value, min(low, value), max(high, value), int(predictor.size))


def acceptances(effect: Estimate, leads: int) -> Estimate:
    """Acceptances lost on so many leads: the effect with its sign turned."""
    return Estimate(-effect.value * leads, -effect.high * leads, -effect.low * leads, leads)


def money_lost(cases: Cases, rows: Rows, lost: Figure) -> Figure:
    """What the lost acceptances cost to bring in, as far as spend is recorded.

    They are spread over ``rows`` alike, and those that fall to leads without recorded spend are in no sum: nobody
    knows what they cost. ``Unknown`` where fewer than half of the leads have a cost.
    """
    known = rows & np.isfinite(cases.cost)
    if isinstance(lost, Unknown):
        return lost
    if not known.any() or known.sum() < 0.5 * rows.sum():
        return Unknown(Reason.NOT_RECORDED)
    each = float(cases.cost[known].sum()) / int(rows.sum())
    return Estimate(lost.value * each, lost.low * each, lost.high * each, int(known.sum()))


def confidence_of(gain: float, kind: Kind) -> float:
    """Probability that a finding is real, from what it gained over its price; fitted to simulated companies.

    A logistic curve for people, habits, promises and points, and another for kinds of lead (drops, friction, models):
    of these thousands are looked at that ordinarily differ, so the same gain says less. Nothing is surer than
    :data:`SUREST`: of the strongest findings, one or two in a hundred are an echo of something else.
    """
    shift = OF_LEADS if kind in LEADS else OF_PEOPLE
    return float(SUREST / (1 + np.exp(-(min(gain, MOST_GAIN) - shift) * SLOPE)))


def gain_of_confidence(confidence: float, kind: Kind) -> float:
    """The gain over its price at which a finding is so sure: :func:`confidence_of` turned around, below its most."""
    shift = OF_LEADS if kind in LEADS else OF_PEOPLE
    sure = min(max(confidence, 1e-6), SUREST - 1e-6)
    return float(shift + np.log(sure / (SUREST - sure)) / SLOPE)


SLOPE, OF_PEOPLE, OF_LEADS, SUREST = 0.6, 3.85, 8.2, 0.988
"""See docs/method/diagnosis.md, Confidence: fitted on 614 reports of simulated companies, judged on others."""

MOST_GAIN = 60.0
"""Beyond it no confidence changes any more."""

LEADS: frozenset[Kind] = frozenset({"sudden_drop", "segment_friction", "segment_model"})
"""Findings about kinds of lead."""


def weeks_day(cases: Cases, week: int) -> int:
    """Day number of the Monday of a week counted from the first of the cases."""
    return ((int(cases.day.min()) + 3) // 7 + week) * 7 - 3
