"""The weighted handling delay: how long the leads that matter most had to wait.

With a risk table that knows who is still open, handled leads stand for those, too; with one of handled leads only, as
the acceptance report gives it (contract: Σ w d ÷ Σ w), it is their plain weighted mean.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from accord.stats.curve import Curve
from accord.stats.functions import special
from accord.stats.grouped import Bools, Floats, Ints, running_total, total
from accord.stats.risk import RiskTable
from accord.stats.stages import Stages
from accord.values import LEVEL

__all__ = ["WeightedMean", "WeightedSums", "weighted_mean"]


@dataclass(frozen=True, eq=False)
class WeightedSums:
    """Sums over handled leads by cell and by time bin: what a weighted mean delay needs, and it adds up.

    Row ``i`` is about the ``count[i]`` leads of cell ``cell[i]`` that were handled in the time bin whose right edge is
    ``time[i]``, the same bins as in the risk table. With w a lead's weight and d its delay: ``w`` = Σ w, ``wd`` =
    Σ w d, ``ww`` = Σ w², ``wwd`` = Σ w² d, ``wwdd`` = Σ w² d². The delay may be finer than the bins.

    Rows may come in any order and in parts. Raises ``ValueError`` for arrays of different lengths, cells out of range
    and values that are negative or not finite.
    """

    cells: int
    cell: Ints
    time: Floats
    count: Ints
    w: Floats
    wd: Floats
    ww: Floats
    wwd: Floats
    wwdd: Floats

    def __post_init__(self) -> None:
        for field in fields(self)[1:]:
            kind = np.int64 if field.name in {"cell", "count"} else np.float64
            values = np.array(getattr(self, field.name), dtype=kind)
            if values.shape != np.shape(self.cell) or values.ndim != 1:
                raise ValueError(f"{field.name} has shape {values.shape} where cell has {np.shape(self.cell)}")
            if not np.isfinite(values).all() or (values < 0).any():
                raise ValueError(f"{field.name} holds a value that is negative or not finite")
            values.setflags(write=False)
            object.__setattr__(self, field.name, values)
        if len(self.cell) and self.cell.max() >= self.cells:
            raise ValueError(f"cell {self.cell.max()} is not between 0 and {self.cells - 1}")

    @classmethod
    def of_leads(
        cls, cells: int, cell: npt.ArrayLike, time: npt.ArrayLike, weight: npt.ArrayLike, delay: npt.ArrayLike
    ) -> WeightedSums:
        """The sums of single leads, one row each."""
        w, d = np.asarray(weight, dtype=np.float64), np.asarray(delay, dtype=np.float64)
        ones = np.ones(w.shape, dtype=np.int64)
        at = (np.asarray(cell, dtype=np.int64), np.asarray(time, dtype=np.float64))
        return cls(cells, *at, ones, w, w * d, w * w, w * w * d, w * w * d * d)

    def __add__(self, other: WeightedSums) -> WeightedSums:
        if not isinstance(other, WeightedSums):
            return NotImplemented
        if other.cells != self.cells:
            raise ValueError(f"sums of {self.cells} and {other.cells} cells do not add up: number the cells alike")
        columns = [field.name for field in fields(self)[1:]]
        return WeightedSums(
            self.cells, *(np.concatenate([getattr(self, name), getattr(other, name)]) for name in columns)
        )

    def roll_up(self, mapping: npt.ArrayLike, cells: int) -> WeightedSums:
        """The same leads in coarser cells: cell ``c`` becomes cell ``mapping[c]`` of ``cells``."""
        target = np.asarray(mapping, dtype=np.int64)
        if target.shape != (self.cells,):
            raise ValueError(f"mapping has {target.size} entries for {self.cells} cells: give one for each")
        columns = [field.name for field in fields(self)[2:]]
        return WeightedSums(cells, target[self.cell], *(getattr(self, name) for name in columns))


@dataclass(frozen=True, eq=False)
class WeightedMean:
    """Weighted mean delay per cell, with its interval; ``n`` is how many handled leads it rests on.

    Where ``identified`` is False the late delays cannot be known yet, and value and interval mean nothing.
    """

    value: Floats
    low: Floats
    high: Floats
    level: float
    identified: Bools
    n: Ints


def weighted_mean(sums: WeightedSums, table: RiskTable, window: npt.ArrayLike, level: float = LEVEL) -> WeightedMean:
    r"""Weighted mean delay :math:`\sum w_i d_i / \sum w_i` of the leads handled by ``window``, per cell.

    .. math:: \hat M = \frac{\sum_i w_i d_i / \hat G(t_i^-)}{\sum_i w_i / \hat G(t_i^-)}

    In plain words: an urgent lead with weight 6 that waits a day costs as much as six ordinary ones. Slow leads of the
    last weeks are still open and missing from the sums; every handled lead therefore also stands for those that entered
    as it did but are not seen as long, by the factor :math:`1 / \hat G`, the inverse of the chance of being followed
    up to its bin (Kaplan–Meier of censoring from ``table``). With nothing open :math:`\hat G` is 1 and the mean is the
    plain weighted mean.

    ``table`` must be the risk table of the same leads, in the same bins; one without open leads asks for the plain mean
    of those handled so far. ``window`` is one time or
    one per cell, in its unit; infinity means "until everybody has left".

    The interval starts from the linearised variance of a ratio, less what estimating :math:`\hat G` takes off:

    .. math:: \widehat{var} = \Bigl[\sum_i u_i^2 - \sum_j \frac{c_j}{Y_j'^2} \Bigl(\sum_{t_i > t_j} u_i\Bigr)^2\Bigr]
              \Big/ \Bigl(\sum_i w_i / \hat G_i\Bigr)^2, \qquad u_i = w_i (d_i - \hat M) / \hat G_i

    with :math:`c_j` censored of :math:`Y_j'` left after the events of bin j. Delays are skewed, a few leads wait very
    long, so Student's t (its degrees of freedom from the effective number of leads) is bent by Hall's cubic
    transformation with the estimated skewness; a straight 95 % interval of twenty such delays holds 79 %. Delays lie
    between 0 and the window, and so does the interval.

    Three leads with weights 1, 1, 2 wait 1, 5 and 9 hours: (1 + 5 + 18) / 4.

    >>> sums = WeightedSums.of_leads(1, [0, 0, 0], [1, 5, 9], weight=[1, 1, 2], delay=[1, 5, 9])
    >>> table = RiskTable.of_episodes(1, [0, 0, 0], [1, 5, 9], ["accepted"] * 3)
    >>> weighted_mean(sums, table, window=720).value
    array([6.])

    References: Cochran (1977), Sampling Techniques, §6; Bang & Tsiatis (2000), Biometrika 87, 329–343; Hall (1992), J.
    R. Statist. Soc. B 54, 221–228. Coverage: docs/method/acceptance-rate.md.
    """
    if sums.cells != table.cells:
        raise ValueError(f"sums of {sums.cells} cells and a table of {table.cells} are not about the same leads")
    curve = Curve(table)
    limit = np.broadcast_to(np.asarray(window, dtype=np.float64), (table.cells,))
    sums = _up_to(sums, limit)
    stages = curve.ledger.stages()
    stage = _stage_of(sums, stages, table)
    weight = total(stages.weight[stage] * sums.w, sums.cell, sums.cells)
    scale = np.where(weight > 0, weight, 1.0)
    value = np.minimum(total(stages.weight[stage] * sums.wd, sums.cell, sums.cells) / scale, limit)
    variance, skew, effective = _spread(sums, stages, stage, value, scale)
    tail = (1 - level) / 2
    student = -special.stdtrit(np.maximum(effective - 1, 1.0), tail)
    error = np.sqrt(variance * effective / np.maximum(effective - 1, 0.5))
    known = curve.at(limit[:, None]).identified[:, 0] & (weight > 0)
    return WeightedMean(
        value=value,
        low=np.clip(value - error * _bent(student, skew), 0.0, value),
        high=np.clip(value - error * _bent(-student, skew), value, limit),
        level=level,
        identified=known,
        n=total(sums.count, sums.cell, sums.cells).astype(np.int64),
    )


def _spread(
    sums: WeightedSums, stages: Stages, stage: Ints, value: Floats, scale: Floats
) -> tuple[Floats, Floats, Floats]:
    """Variance of the mean, skewness of its error, and the effective number of leads, per cell."""
    cell, cells, middle = stages.cell, sums.cells, value[stages.cell]
    w, wd, ww, wwd, wwdd = (
        total(part, stage, len(stages.end)) for part in (sums.w, sums.wd, sums.ww, sums.wwd, sums.wwdd)
    )
    square = stages.weight**2 * (wwdd - 2 * middle * wwd + middle**2 * ww)
    own = total(np.maximum(square, 0.0), cell, cells)
    moved = stages.weight * (wd - middle * w)
    later = total(moved, cell, cells)[cell] - running_total(moved, stages.starts)
    left = stages.at_risk - stages.leaving
    per_left = np.divide(later, left, out=np.zeros(len(left)), where=left > 0)
    taken_off = total(stages.censored * per_left**2, cell, cells)
    # Not below a tenth: what estimating G takes off is itself an estimate.
    variance = np.maximum(own - taken_off, own / 10) / scale**2
    # A bin's Σ w³ (d − M)³ from the sums there are: exact where it holds one lead, or leads alike.
    offset = sums.wd - value[sums.cell] * sums.w
    ratio = np.divide(offset, sums.w, out=np.zeros(len(offset)), where=sums.w > 0)
    alike = np.divide(sums.ww, sums.w, out=np.zeros(len(offset)), where=sums.w > 0)
    cube = sums.ww * alike * (ratio * ratio * ratio)
    third = total(stages.weight**3 * total(cube, stage, len(stages.end)), cell, cells)
    skew = np.divide(third, own**1.5, out=np.zeros(cells), where=own > 0)
    squares = total(stages.weight**2 * ww, cell, cells)
    effective = np.divide(scale**2, squares, out=np.ones(cells), where=squares > 0)
    return variance, skew, effective


def _bent(student: Floats, skew: Floats) -> Floats:
    """Hall's transformation undone: the standardised error that corresponds to ``student`` under ``skew``."""
    straight = np.abs(skew) < 1e-6
    safe = np.where(straight, 1.0, skew)
    return np.where(straight, student, 3 / safe * (np.cbrt(1 + safe * (student - safe / 6)) - 1))


def _up_to(sums: WeightedSums, limit: Floats) -> WeightedSums:
    inside = sums.time <= limit[sums.cell]
    if inside.all():
        return sums
    columns: list[npt.NDArray[Any]] = [getattr(sums, field.name)[inside] for field in fields(sums)[1:]]
    return WeightedSums(sums.cells, *columns)


def _stage_of(sums: WeightedSums, stages: Stages, table: RiskTable) -> Ints:
    """The stage in which each row of ``sums`` lies: the first of its cell that ends at its time or later."""
    last = table.time[stages.end - 1]
    if np.all(stages.cell[1:] > stages.cell[:-1]):  # one stage per cell: nobody is censored
        of_cell = np.full(len(stages.n), -1, dtype=np.int64)
        of_cell[stages.cell] = np.arange(len(stages.cell))
        stage = of_cell[sums.cell]
        beyond = bool(np.any(stage < 0) or np.any(sums.time > last[stage]))
    else:
        # Complex numbers compare by their real part, then by the other: by cell, then by time.
        stage = np.searchsorted(stages.cell + 1j * last, sums.cell + 1j * sums.time, side="left")
        beyond = bool(np.any(stage >= len(stages.end)) or np.any(stages.cell[stage] != sums.cell))
    if beyond:
        raise ValueError("the sums hold a later time than the risk table: they are not about the same leads")
    return stage
