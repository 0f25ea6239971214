"""Handoffs that came to nothing: refused by sales, or over without any activity; and what a handed-over lead cost."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from accord.readmodel.source import Source
from accord.stats.grouped import Bools, Floats
from accord.value.amounts import Sums, sums_of
from accord.value.facts import Facts, Ints

__all__ = ["Wasted", "wasted", "wasted_sums"]


@dataclass(frozen=True)
class Wasted:
    """One entry per handoff that was refused or never worked: its lead, and the cost of one lead handed over then.

    ``cost`` in cents: the spend of the lead's channel in the handoff's local month ÷ the handoffs of that channel in
    that month; NaN where no spend is recorded for them. ``short``: whether more was spent there and then, in a currency
    that nobody said the worth of. ``told``: which of the two the data can tell at all.
    """

    lead: Ints
    refused: Bools
    never_worked: Bools
    cost: Floats
    short: Bools
    told: frozenset[str]


def wasted(
    source: Source, facts: Facts, spent: Mapping[tuple[str, int], int], unpriced: Collection[tuple[str, int]]
) -> Wasted:
    """``spent``: cents by channel and month (months since year 0); ``unpriced``: where more was, without a rate."""
    handoffs, channel = facts.handoffs, facts.leads.channel
    low = int(handoffs.month.min(initial=0))
    size = int(handoffs.month.max(initial=low)) - low + 1
    key = channel.codes[handoffs.lead] * size + handoffs.month - low
    handed = np.bincount(key, minlength=len(channel.values) * size)
    cost, short = np.full(len(handed), np.nan), np.zeros(len(handed), dtype=np.bool_)
    for place in np.flatnonzero(handed).tolist():
        where = (channel.values[place // size], place % size + low)
        short[place] = where in unpriced
        if where in spent:
            cost[place] = spent[where] / (int(handed[place]) + handoffs.others.get(where, 0))
    lost = np.flatnonzero(handoffs.refused | handoffs.never_worked)
    return Wasted(
        handoffs.lead[lost],
        handoffs.refused[lost],
        handoffs.never_worked[lost],
        cost[key[lost]],
        short[key[lost]],
        frozenset(
            kind
            for kind, table in (("refused", "decisions"), ("never_worked", "activities"))
            if source.recorded.get(table)
        ),
    )


def wasted_sums(found: Wasted, which: Bools, of_lead: Ints, cells: int) -> tuple[Sums, Ints, Bools]:
    """What the handoffs of ``which`` cost per cell; how many there are, priced or not; whether any cost more."""
    chosen = which & (of_lead[found.lead] >= 0)
    cell = of_lead[found.lead[chosen]]
    cost = found.cost[chosen]
    priced = ~np.isnan(cost)
    # Thousandths of a cent, in whole numbers: a sum must not depend on the order of rows.
    thousandths = np.rint(cost[priced] * 1000).astype(np.int64)
    order = np.lexsort((thousandths, cell[priced]))
    short = np.bincount(cell[found.short[chosen]], minlength=cells) > 0
    return sums_of(cells, cell[priced][order], thousandths[order]), np.bincount(cell, minlength=cells), short
