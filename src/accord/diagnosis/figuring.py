"""Small figures that evidence is made of: shares with their intervals, effects in points, money lost."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from accord.diagnosis.cases import Cases, Rows
from accord.diagnosis.shares import share
from accord.values import Estimate, Figure, Reason, Unknown

__all__ = ["acceptances", "confidence_of", "effect_of", "money_lost", "share", "weeks_day"]

Floats = npt.NDArray[np.float64]
TWO_SIDED = 1.959964


def effect_of(predictor: Floats, effect: float, error: float) -> Estimate:
    """Mean change of a probability over cases, whose log-odds ``predictor`` holds the ``effect`` (logits) already."""
    bare = expit(predictor - effect)

    def mean(logits: float) -> float:
        return float((expit(predictor - effect + logits) - bare).mean())

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


def confidence_of(gain: float) -> float:
    """Probability that a candidate is real, from what it gained over its price; fitted to simulated companies."""
    return float(np.clip(1 / (1 + np.exp(-(gain + SHIFT) * SLOPE)), 0.0, 0.999))


SHIFT, SLOPE = 1.0, 0.45
"""See docs/method/diagnosis.md: share of true findings by gain, on seeds that are in no test."""


def weeks_day(cases: Cases, week: int) -> int:
    """Day number of the Monday of a week counted from the first of the cases."""
    return ((int(cases.day.min()) + 3) // 7 + week) * 7 - 3
