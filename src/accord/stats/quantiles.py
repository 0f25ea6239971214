"""How long acceptance takes: quantiles of the delay, open leads counted fairly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import bdtrik

from accord.stats.curve import Curve
from accord.stats.grouped import Bools, Floats, Ints, running_total, total
from accord.stats.risk import RiskTable
from accord.values import LEVEL

__all__ = ["DelayQuantiles", "delay_quantiles"]

ROUNDING = 1e-12
"""A share this much short of p, relatively, has reached p: weights carry rounding, counts do not."""


@dataclass(frozen=True, eq=False)
class DelayQuantiles:
    """Quantiles of the time to acceptance, arrays (cells, probabilities), in the unit of the risk table.

    ``n`` (cells,) is how many acceptances they rest on, ``identified`` (cells,) whether the curve can be read at the
    window and holds an acceptance; where it does not, value and interval are 0 and mean nothing.
    """

    value: Floats
    low: Floats
    high: Floats
    level: float
    identified: Bools
    n: Ints


def delay_quantiles(
    table: RiskTable, probabilities: npt.ArrayLike, window: npt.ArrayLike, level: float = LEVEL
) -> DelayQuantiles:
    r"""Quantiles of the delay of those leads that are accepted by ``window``.

    .. math:: \hat q_p = \min\{t : \hat H(t) \ge p\}, \qquad \hat H(t) = \hat F(t) / \hat F(window)

    :math:`\hat F` is the cumulative incidence of acceptance (:class:`~accord.stats.curve.Curve`), so a recent lead
    still open counts as one that may yet be accepted late; quantiles of decided leads alone would look too fast. With
    nothing open it is the plain empirical quantile: of ten delays sorted, p50 is the fifth and p90 the ninth.

    The interval asks which times could be the true quantile: below it lies a binomial number of the m acceptances, with
    chance p each, so its ends are the order statistics whose ranks are the ``level`` range of that binomial (mid-p).
    Under censoring m is the effective number :math:`p (1 - p) / \widehat{var}\,\hat H(\hat q_p)`, by the delta method
    from the same steps as the variance of the curve, just before the quantile or at it, whichever is less. Where even
    the longest delay seen may lie below the quantile, the upper end is the window: no accepted lead waits longer.

    ``window`` is one time or one per cell, in the table's unit; infinity means "until everybody has left", and then the
    upper end is at most the last time anybody left. Raises ``ValueError`` for probabilities outside (0, 1).

    >>> table = RiskTable.of_episodes(1, [0] * 10, [1, 2, 3, 4, 5, 6, 7, 8, 9, 24], ["accepted"] * 10)
    >>> answer = delay_quantiles(table, [0.5, 0.9], window=720)
    >>> answer.value, answer.low, answer.high
    (array([[5., 9.]]), array([[2., 7.]]), array([[  9., 720.]]))

    References: Woodruff (1952), J. Amer. Statist. Assoc. 47, 635–646; Berry & Armitage (1995), The Statistician 44,
    417–423, for mid-p. Coverage: docs/method/acceptance-rate.md.
    """
    wanted = np.asarray(probabilities, dtype=np.float64)
    if not np.all((wanted > 0) & (wanted < 1)):
        raise ValueError("probabilities must lie between 0 and 1")
    delays = _AcceptedDelays.of(table, np.broadcast_to(np.asarray(window, dtype=np.float64), (table.cells,)))
    tail = (1 - level) / 2
    columns = []
    for p in wanted:
        value = delays.reached(np.full(table.cells, p))
        effective = delays.effective(value)
        lower = np.floor(bdtrik(tail, effective, p) + 0.5) + 1
        # Not even the shortest is surely below.
        lower = np.where((1 - p) ** effective / 2 >= tail * (1 - ROUNDING), 0, lower)
        upper = np.ceil(bdtrik(1 - tail, effective, p) - 0.5) + 1
        low, high = delays.reached(lower / effective), delays.reached(upper / effective)
        columns.append((value, np.minimum(low, value), np.maximum(high, value)))
    value, low, high = (np.stack(part, axis=1) for part in zip(*columns, strict=True))
    return DelayQuantiles(value, low, high, level, delays.identified, delays.count)


@dataclass(frozen=True, eq=False)
class _AcceptedDelays:
    """The distribution H of the delays of accepted leads, all cells at once."""

    curve: Curve
    seen: Bools
    count: Ints
    weight: Floats
    """Acceptances per cell, each for as many as it stands for."""
    steps: Floats
    """What each row adds to H."""
    share: Floats
    """H at each row."""
    identified: Bools
    last: Floats
    """The longest an accepted lead can wait, per cell."""

    @classmethod
    def of(cls, table: RiskTable, window: Floats) -> _AcceptedDelays:
        curve = Curve(table)
        seen = table.time <= window[table.cell]
        accepted = np.where(seen, table.accepted, 0)
        count = total(accepted, table.cell, table.cells).astype(np.int64)
        weight = accepted / curve.uncensored
        whole = np.maximum(total(weight, table.cell, table.cells), 1.0)
        return cls(
            curve=curve,
            seen=seen,
            count=count,
            weight=whole,
            steps=weight / whole[table.cell],
            share=running_total(weight, curve.starts) / whole[table.cell],
            identified=curve.at(window[:, None]).identified[:, 0] & (count > 0),
            last=np.where(np.isfinite(window), window, _last_time(curve)),
        )

    def reached(self, share: Floats) -> Floats:
        """When H first reaches ``share``: 0 for a share of 0 or less, the longest possible for one above 1."""
        table = self.curve.table
        if len(table.time) == 0:
            return np.zeros(table.cells)
        goal = share * (1 - ROUNDING)
        short = np.bincount(table.cell[self.share < goal[table.cell]], minlength=table.cells)
        time = table.time[np.minimum(self.curve.starts[:-1] + short, len(table.time) - 1)]
        time = np.where(share > 1 + ROUNDING, self.last, np.where(share > 0, time, 0.0))
        return np.where(self.identified, time, 0.0)

    def effective(self, quantile: Floats) -> Floats:
        """The number of plain acceptances that would tell where the quantile is as surely: at most their count.

        The smaller of two, for H just before the quantile and at it: where a single late acceptance stands for many, H
        is certain to be 1 after it and uncertain before.
        """
        limit, time = quantile[self.curve.table.cell], self.curve.table.time
        return np.minimum(self._effective(time < limit), self._effective(time <= limit))

    def _effective(self, below: Bools) -> Floats:
        curve, cell, cells = self.curve, self.curve.table.cell, self.curve.table.cells
        stages = curve.stages
        reached = total(np.where(below, self.steps, 0.0), cell, cells)
        # One bin moves H twice: by the leads accepted in it (own), and by those that go on beyond it (later).
        own = stages.at_risk / curve.uncensored / self.weight[cell] * (below - reached[cell])
        later = np.maximum(reached[cell] - self.share, 0.0) - reached[cell] * (1 - self.share)
        going_on = stages.at_risk - stages.leaving
        np.divide(later * stages.at_risk, going_on, out=later, where=going_on > 0)
        mean = (stages.of_interest * own + going_on * later) / stages.at_risk
        square = (stages.of_interest * own**2 + going_on * later**2) / stages.at_risk
        variance = total(np.where(self.seen, (square - mean**2) / stages.at_risk, 0.0), cell, cells)
        spread = reached * (1 - reached)
        most = np.maximum(self.count, 1).astype(np.float64)
        censored = self.weight > self.count
        effective = np.where(censored, 1.0, most)  # H is 0 or 1 here although weights differ: hardly anything is known
        np.divide(spread, variance, out=effective, where=censored & (variance > 0) & (spread > 0))
        return np.clip(effective, 1.0, most)


def _last_time(curve: Curve) -> Floats:
    """When the last lead of each cell left; 0 where there is none."""
    latest = np.zeros(curve.table.cells)
    filled = np.flatnonzero(np.diff(curve.starts) > 0)
    latest[filled] = curve.table.time[curve.starts[filled + 1] - 1]
    return latest
