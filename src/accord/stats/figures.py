"""From arrays to figures: one :class:`~accord.values.Estimate` or :class:`~accord.values.Unknown` per cell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from accord.stats.curve import IncidenceAt
from accord.stats.grouped import Bools, Floats, Ints
from accord.stats.intervals import Interval, incidence_interval, jeffreys
from accord.stats.quantiles import DelayQuantiles
from accord.stats.shrinkage import Shrunk
from accord.stats.weighted import WeightedMean
from accord.values import LEVEL, MINIMUM_COUNT, Bounds, Estimate, Figure, Reason, Unknown

__all__ = ["figures", "incidence_figures", "quantile_figures", "share_figures", "shrunk_figures", "weighted_figures"]


def figures(
    value: Floats,
    interval: Interval,
    n: Ints,
    *,
    identified: Bools | None = None,
    date_bounds: tuple[Floats, Floats] | None = None,
) -> list[Figure]:
    """One figure per entry of the one-dimensional arrays.

    Fewer than ``MINIMUM_COUNT`` counted: ``too_few``, needing that many. Not identified: ``not_mature``, needing the
    ``n`` there are. ``date_bounds`` are the lowest and highest value that dates without an hour allow; they are kept
    where they differ.
    """
    known = np.ones(len(n), dtype=np.bool_) if identified is None else identified
    bounds: list[Bounds | None] = [None] * len(n)
    if date_bounds is not None:
        bounds = [
            Bounds(low, high) if low != high else None
            for low, high in zip(date_bounds[0].tolist(), date_bounds[1].tolist(), strict=True)
        ]
    too_few = Unknown(Reason.TOO_FEW, MINIMUM_COUNT)
    rows = zip(
        value.tolist(), interval.low.tolist(), interval.high.tolist(), n.tolist(), known.tolist(), bounds, strict=True
    )
    return [
        too_few
        if count < MINIMUM_COUNT
        else Estimate(middle, low, high, count, interval.level, bound)
        if readable
        else Unknown(Reason.NOT_MATURE, count)
        for middle, low, high, count, readable, bound in rows
    ]


def share_figures(
    successes: npt.ArrayLike,
    trials: npt.ArrayLike,
    level: float = LEVEL,
    date_bounds: tuple[Floats, Floats] | None = None,
) -> list[Figure]:
    """Plain shares with Jeffreys intervals, for example the raw rate: accepted of handed over."""
    won, tried = np.asarray(successes, dtype=np.int64), np.asarray(trials, dtype=np.int64)
    return figures(won / np.maximum(tried, 1), jeffreys(won, tried, level), tried, date_bounds=date_bounds)


def incidence_figures(
    at: IncidenceAt, level: float = LEVEL, date_bounds: Sequence[tuple[Floats, Floats] | None] | None = None
) -> list[list[Figure]]:
    """One list of figures per horizon of ``at``; ``date_bounds`` may give a pair of arrays for each."""
    interval = incidence_interval(at, level)
    return [
        figures(
            at.value[:, column],
            Interval(interval.low[:, column], interval.high[:, column], level),
            at.n,
            identified=at.identified[:, column],
            date_bounds=date_bounds[column] if date_bounds else None,
        )
        for column in range(at.value.shape[1])
    ]


def quantile_figures(
    quantiles: DelayQuantiles, date_bounds: Sequence[tuple[Floats, Floats] | None] | None = None
) -> list[list[Figure]]:
    """One list of figures per probability of ``quantiles``; ``date_bounds`` may give a pair of arrays for each."""
    return [
        figures(
            quantiles.value[:, column],
            Interval(quantiles.low[:, column], quantiles.high[:, column], quantiles.level),
            quantiles.n,
            identified=quantiles.identified & quantiles.told[:, column],
            date_bounds=date_bounds[column] if date_bounds else None,
        )
        for column in range(quantiles.value.shape[1])
    ]


def weighted_figures(mean: WeightedMean, date_bounds: tuple[Floats, Floats] | None = None) -> list[Figure]:
    """Weighted mean delays, one figure per cell."""
    interval = Interval(mean.low, mean.high, mean.level)
    return figures(mean.value, interval, mean.n, identified=mean.identified, date_bounds=date_bounds)


def shrunk_figures(
    shrunk: Shrunk, n: Ints, *, identified: Bools | None = None, date_bounds: tuple[Floats, Floats] | None = None
) -> list[Figure]:
    """Rates drawn towards their group, one figure per segment; ``n`` is its own leads, borrowed ones do not count."""
    interval = Interval(shrunk.low, shrunk.high, shrunk.level)
    return figures(shrunk.value, interval, n, identified=identified, date_bounds=date_bounds)
