"""Shares of cases with their intervals: what evidence is made of."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from accord.stats.intervals import jeffreys
from accord.values import MINIMUM_COUNT, Estimate, Figure, Reason, Unknown

__all__ = ["counted", "share"]

Rows = npt.NDArray[np.bool_]


def share(happened: Rows, among: Rows) -> Figure:
    """How often ``happened`` is true ``among`` some cases; unknown below ten."""
    return counted(int(np.count_nonzero(happened & among)), int(np.count_nonzero(among)))


def counted(count: int, of: int) -> Figure:
    """The same of cases that were counted already."""
    if of < MINIMUM_COUNT:
        return Unknown(Reason.TOO_FEW, MINIMUM_COUNT)
    interval = jeffreys(count, of)
    return Estimate(count / of, float(interval.low), float(interval.high), of)
