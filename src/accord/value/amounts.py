"""Sums of money per cell, in cents, with the interval that luck leaves them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from accord.stats.grouped import Floats
from accord.stats.grouped import total as total_of
from accord.stats.intervals import Interval
from accord.stats.means import mean_interval
from accord.stats.sums import difference_interval, sum_interval
from accord.value.facts import Ints
from accord.values import MINIMUM_COUNT, Estimate, Figure, Reason, Unknown

__all__ = ["Sums", "figure_list", "means_of", "sums_of"]


@dataclass(frozen=True)
class Sums:
    """Per cell the sum of what each unit (a lead, a customer) brought net of refunds, and its interval.

    ``total`` in cents, exact; ``units`` how many brought anything; ``square`` Σ x².
    """

    total: Ints
    interval: Interval
    units: Ints
    square: Floats


def sums_of(cells: int, cell: Ints, net: Ints) -> Sums:
    """The sums of ``net``, one entry per unit with an order, in its cell.

    Units whose refunds outweigh what they paid are a sum of their own that is taken off.
    """

    def part(values: Ints) -> tuple[Ints, Floats, Floats]:
        total = np.zeros(cells, dtype=np.int64)
        np.add.at(total, cell, values)
        square: Floats = total_of(values.astype(np.float64) ** 2, cell, cells)
        largest = np.zeros(cells)
        np.maximum.at(largest, cell, values.astype(np.float64))
        return total, square, largest

    plus, plus_square, most = part(np.maximum(net, 0))
    minus, minus_square, worst = part(np.maximum(-net, 0))
    interval = difference_interval(
        plus.astype(np.float64),
        sum_interval(plus, plus_square, most),
        minus.astype(np.float64),
        sum_interval(minus, minus_square, worst),
    )
    return Sums(plus - minus, interval, np.bincount(cell, minlength=cells), plus_square + minus_square)


def means_of(cells: int, cell: Ints, net: Ints, customers: Ints) -> Sums:
    """The sums of ``net``, one entry per customer with an order, to be divided by how many ``customers`` there are.

    They are given: only what each of them brings is left to chance.
    """
    sums = np.zeros(cells, dtype=np.int64)
    np.add.at(sums, cell, net)
    mean = mean_interval(cells, cell, net, customers)
    return Sums(
        sums,
        Interval(mean.low * customers, mean.high * customers, mean.level),
        np.bincount(cell, minlength=cells),
        total_of(net.astype(np.float64) ** 2, cell, cells),
    )


def figure_list(
    sums: Sums, over: Ints, n: Ints, scale: float = 1.0, why_not: Callable[[int], Figure | None] = lambda cell: None
) -> list[Figure]:
    """``sums`` ÷ ``over`` per cell, times ``scale``; ``too_few`` where ``n`` is; ``why_not`` may say why none."""
    figures: list[Figure] = []
    for cell in range(len(over)):
        reason = why_not(cell)
        if reason is not None:
            figures.append(reason)
        elif n[cell] < MINIMUM_COUNT or over[cell] <= 0:
            figures.append(Unknown(Reason.TOO_FEW, MINIMUM_COUNT))
        else:
            parts = (sums.total[cell], sums.interval.low[cell], sums.interval.high[cell])
            value, low, high = (float(part) / int(over[cell]) * scale for part in parts)
            figures.append(Estimate(value, low, high, int(n[cell])))
    return figures
