"""Where a customer costs least and most, and whether that is more than chance does among so many."""

from __future__ import annotations

from dataclasses import dataclass
from math import log, sqrt
from statistics import NormalDist

from accord.metrics.cells import MISSING
from accord.value.figures import ValueReport, ValueRow
from accord.values import LEVEL, Estimate

__all__ = ["Apart", "cheapest_and_dearest"]

CHANCE = 0.05
"""How often companies whose segments all cost the same may be told that two of them differ."""


@dataclass(frozen=True, slots=True)
class Apart:
    """The rows of ``compared`` ones whose customers cost least and most; ``different``: beyond chance."""

    cheapest: ValueRow
    dearest: ValueRow
    compared: int
    different: bool


def cheapest_and_dearest(report: ValueReport) -> Apart | None:
    """By what a customer costs once the leads are as old as the horizon; None where fewer than two rows say it.

    Cohorts are compared as they are, so only ripe ones; and only what is known whole: neither costs that lack spend
    for want of a rate, nor those of a campaign that seems renamed, nor of what has no campaign in channels that may
    have nothing to do with each other. Of k segments that cost the same the two furthest apart
    always look different, the more so the larger k is. So the difference of their logarithms, measured by the halves of
    their intervals that face each other, must be rarer than 1 in 20 among all k (k − 1) / 2 pairs (Bonferroni).
    """
    rows = [(row, figure) for row in report.rows if (figure := _cost(row)) is not None]
    if len(rows) < 2:
        return None
    (cheap, low), (dear, high) = (choose(rows, key=lambda pair: pair[1].value) for choose in (min, max))
    pairs = len(rows) * (len(rows) - 1) // 2
    return Apart(cheap, dear, len(rows), _chance(low, high) * pairs < CHANCE)


def _chance(low: Estimate, high: Estimate) -> float:
    """How often two figures that are the same are seen so far apart: normal on the scale of logarithms, two-sided."""
    if min(low.value, low.low, high.low) <= 0:
        return 1.0
    sure = NormalDist().inv_cdf((1 + LEVEL) / 2)
    spread = sqrt(log(low.high / low.value) ** 2 + log(high.value / high.low) ** 2) / sure
    distance = log(high.value / low.value)
    return 2 * (1 - NormalDist().cdf(distance / spread)) if spread else float(distance == 0)


def _cost(row: ValueRow) -> Estimate | None:
    figure = row.costs.cac_at_horizon
    unripe = row.period is not None and not row.ripe
    no_campaign = row.segment.get("campaign") == MISSING and "channel" not in row.segment
    if unripe or row.renamed or row.costs.left_out or no_campaign:
        return None
    return figure if isinstance(figure, Estimate) else None
