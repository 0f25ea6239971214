"""How long acceptance takes: quantiles of the delay, open leads counted fairly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from accord.stats.curve import Curve
from accord.stats.functions import special
from accord.stats.grouped import Bools, Floats, Ints, place_of, running_total, starts_of, total
from accord.stats.risk import RiskTable
from accord.stats.stages import Ledger, Stages
from accord.values import LEVEL

__all__ = ["AcceptedDelays", "DelayQuantiles", "delay_quantiles"]

ROUNDING = 1e-12
"""A share this much short of p, relatively, has reached p: weights carry rounding, counts do not."""


@dataclass(frozen=True, eq=False)
class DelayQuantiles:
    """Quantiles of the time to acceptance, arrays (cells, probabilities), in the unit of the risk table.

    ``n`` (cells,) is how many acceptances they rest on, ``identified`` (cells,) whether the curve can be read at the
    window and holds an acceptance; where it does not, value and interval are 0 and mean nothing. ``told`` (cells,
    probabilities): whether the acceptances seen bound the quantile on either side; where one late acceptance stands
    for all that is slow they do not, and the interval would say no more than "between nothing and the window".
    """

    value: Floats
    low: Floats
    high: Floats
    level: float
    identified: Bools
    told: Bools
    n: Ints


@dataclass(frozen=True, eq=False)
class AcceptedDelays:
    """The delay of every accepted lead, in the order of (cell, delay): the place it has in ``times``.

    ``starts``: ``cells + 1`` offsets into ``place``.
    """

    place: npt.NDArray[np.integer[Any]]
    times: Floats
    starts: Ints

    @classmethod
    def of(cls, table: RiskTable) -> AcceptedDelays:
        """The delays that a table with all its bins holds."""
        place = np.repeat(np.arange(len(table.time)), table.accepted)
        return cls(place, table.time, starts_of(table.cell[place], table.cells))

    def of_rank(self, rank: Ints) -> Floats:
        """The delay of the acceptance that is number ``rank`` of all cells' (from 1)."""
        delay: Floats = self.times[self.place[np.clip(rank - 1, 0, len(self.place) - 1)]]
        return delay

    def longest(self) -> Floats:
        """The longest delay per cell; 0 where nothing was accepted."""
        filled = np.diff(self.starts) > 0
        longest = np.zeros(len(filled))
        longest[filled] = self.of_rank(self.starts[1:][filled])
        return longest


def delay_quantiles(
    table: RiskTable,
    probabilities: npt.ArrayLike,
    window: npt.ArrayLike,
    level: float = LEVEL,
    delays: AcceptedDelays | None = None,
    *,
    identified: Bools | None = None,
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
    A larger quantile is never the shorter delay, so of the probabilities asked together each lower end is at least that
    of every smaller one, and each upper end at most that of every larger one.

    ``window`` is one time or one per cell, in the table's unit; infinity means "until everybody has left", and then the
    upper end is at most the last time anybody left. ``delays`` are those of the same leads, for a ``table`` that is
    :meth:`~accord.stats.risk.RiskTable.coarsened` and whose bins do not tell them; ``window`` is then finite.
    ``identified``: the cells whose curve counts as known at the window, where the caller decides it. Raises
    ``ValueError`` for probabilities outside (0, 1).

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
    limit = np.broadcast_to(np.asarray(window, dtype=np.float64), (table.cells,))
    spread = _Distribution.of(table, limit, delays, identified)
    columns = []
    for p in wanted:
        share = np.full(table.cells, p)
        value, effective = spread.reached(share), spread.effective(share)
        lower, upper = _ranks(effective, p, level)
        low, high = spread.reached(lower / effective), spread.reached(upper / effective)
        told = (lower > 0) | (upper <= effective * (1 + ROUNDING))
        columns.append((value, np.minimum(low, value), np.maximum(high, value), told))
    value, low, high, told = (np.stack(part, axis=1) for part in zip(*columns, strict=True))
    order = np.argsort(wanted)
    low[:, order] = np.maximum.accumulate(low[:, order], axis=1)
    high[:, order[::-1]] = np.minimum.accumulate(high[:, order[::-1]], axis=1)
    return DelayQuantiles(value, low, high, level, spread.identified, told, spread.count)


def _ranks(count: Floats, p: float, level: float) -> tuple[Floats, Floats]:
    """Ranks of the delays between which the p-quantile of ``count`` delays lies: 0 means 0, above count the window.

    The number below the quantile is binomial; as ``count`` may have fractions, its distribution is taken in the
    continuous form of the incomplete beta function, half a rank inwards (mid-p).
    """
    tail = (1 - level) / 2

    def ranks_with_less(share: float, shift: float) -> Floats:
        """How many whole ranks r ≥ 1 have less than ``share`` of the distribution up to r - ``shift``."""
        low, high = np.zeros(len(count)), np.ceil(count) + 1
        # Looked for by halving, but first on both sides of where the normal distribution puts it.
        near = count * p + special.ndtri(share) * np.sqrt(count * p * (1 - p))
        looks = iter((np.floor(near) - 2, np.floor(near) + 2))
        while np.any(low < high):
            middle = np.floor((low + high) / 2)
            middle = np.clip(next(looks, middle), low, np.maximum(high - 1, low))
            at = middle + 1 - shift
            inside = at < count
            up_to = special.betainc(np.where(inside, count - at, 1.0), at + 1, 1 - p)
            less = inside & (up_to < share)
            searching = low < high
            low = np.where(searching & less, middle + 1, low)
            high = np.where(searching & ~less, middle, high)
        return low

    # Not even the shortest delay is surely below the quantile.
    none = (1 - p) ** count / 2 >= tail * (1 - ROUNDING)
    return np.where(none, 0.0, ranks_with_less(tail, 1.5)), ranks_with_less(1 - tail, 0.5) + 1


@dataclass(frozen=True, eq=False)
class _Distribution:
    """The distribution H of the delays of accepted leads, all cells at once."""

    ledger: Ledger
    until: Ints
    """One past the last row up to the window, per cell."""
    stages: Stages
    weight: Floats
    """Acceptances by the window per cell, each for as many as it stands for."""
    count: Ints
    identified: Bools
    last: Floats
    """The longest an accepted lead can wait, per cell."""
    delays: AcceptedDelays | None

    @classmethod
    def of(
        cls, table: RiskTable, window: Floats, delays: AcceptedDelays | None, identified: Bools | None
    ) -> _Distribution:
        curve = Curve(table)
        ledger = curve.ledger
        known = curve.at(window[:, None]).identified[:, 0] if identified is None else identified
        until = place_of(window, table.time, ledger.starts, after_equal=True)
        stages = ledger.stages(until)
        seen = np.where(stages.end <= until[stages.cell], stages.of_interest, 0.0)
        count = ledger.of_interest[until] - ledger.of_interest[ledger.starts[:-1]]
        final = np.zeros(table.cells)
        filled = np.diff(ledger.starts) > 0
        final[filled] = table.time[ledger.starts[1:][filled] - 1]
        return cls(
            ledger=ledger,
            until=until,
            stages=stages,
            weight=np.maximum(total(seen * stages.weight, stages.cell, table.cells), 1.0),
            count=count,
            identified=known & (count > 0),
            last=np.where(np.isfinite(window), window, final),
            delays=delays,
        )

    def rank(self, share: Floats) -> Ints:
        """The acceptance with which H first reaches ``share``, numbered from 1 over all cells, per cell: the first
        acceptance for 0, the last for 1 and more."""
        stages, ledger = self.stages, self.ledger
        goal = share * self.weight * (1 - ROUNDING)
        so_far = running_total(stages.of_interest * stages.weight, stages.starts)
        short = np.bincount(stages.cell[so_far < goal[stages.cell]], minlength=len(goal))
        stage = np.minimum(stages.starts[:-1] + short, len(stages.end) - 1)
        missing = goal - (so_far[stage] - stages.of_interest[stage] * stages.weight[stage])
        more = np.ceil(missing / stages.weight[stage] - ROUNDING * self.weight)
        begin = np.where(stage > 0, stages.end[stage - 1], 0)
        rank = ledger.of_interest[begin] + np.maximum(more, 1)
        first, final = ledger.of_interest[ledger.starts[:-1]], ledger.of_interest[self.until]
        inside: Ints = np.clip(rank, first + 1, np.maximum(final, first + 1)).astype(np.int64)
        return inside

    def row(self, rank: Ints) -> Ints:
        """The row of the table that the acceptance lies in."""
        place: Ints = np.searchsorted(self.ledger.of_interest, rank, side="left") - 1
        return np.minimum(place, len(self.ledger.table.time) - 1)

    def reached(self, share: Floats) -> Floats:
        """When H first reaches ``share``: 0 for a share of 0 or less, the longest possible for one above 1."""
        if not self.identified.any():
            return np.zeros(len(self.count))
        rank = self.rank(share)
        delay = self.delays.of_rank(rank) if self.delays else self.ledger.table.time[self.row(rank)]
        time = np.where(share > 0, delay, 0.0)
        return np.where(self.identified, np.where(share > 1 + ROUNDING, self.last, time), 0.0)

    def effective(self, share: Floats) -> Floats:
        """The number of plain acceptances that would tell the quantile as surely: at most their count.

        The smaller of two, for H just before the quantile and at it: where a single late acceptance stands for many, H
        is certain to be 1 after it and uncertain before.
        """
        most = np.maximum(self.count, 1).astype(np.float64)
        if not (self.identified & (self.weight > most)).any():
            return most
        row = self.row(self.rank(share))
        stages = self.ledger.stages(self.until, row, row + 1)
        censored = self.identified & (self.weight > most)
        counts = (self._effective(stages, split) for split in (row, row + 1))
        return np.where(censored, np.clip(np.minimum(*counts), 1.0, most), most)

    def _effective(self, stages: Stages, split: Ints) -> Floats:
        cell, cells = stages.cell, len(split)
        seen, below = stages.end <= self.until[cell], stages.end <= split[cell]
        steps = np.where(seen, stages.of_interest * stages.weight, 0.0) / self.weight[cell]
        share = running_total(steps, stages.starts)
        reached = total(np.where(below, steps, 0.0), cell, cells)
        # One stage moves H twice: by the leads accepted in it (own), and by those that go on beyond it (later).
        own = stages.at_risk * stages.weight / self.weight[cell] * (below - reached[cell])
        later = np.maximum(reached[cell] - share, 0.0) - reached[cell] * (1 - share)
        going_on = stages.at_risk - stages.leaving
        np.divide(later * stages.at_risk, going_on, out=later, where=going_on > 0)
        mean = (stages.of_interest * own + going_on * later) / stages.at_risk
        square = (stages.of_interest * own**2 + going_on * later**2) / stages.at_risk
        variance = total(np.where(seen, (square - mean**2) / stages.at_risk, 0.0), cell, cells)
        spread = reached * (1 - reached)
        # Where H is 0 or 1 although the leads weigh differently, hardly anything is known.
        return np.divide(spread, variance, out=np.ones(cells), where=(variance > 0) & (spread > 0))
