"""Handoffs that came to nothing: refused by sales, or over without any activity; and what a handed-over lead cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ibis
import numpy as np
import pyarrow as pa

from accord.engines.arrays import column_array
from accord.readmodel.source import Source
from accord.stats.grouped import Bools, Floats
from accord.value.amounts import Sums, sums_of
from accord.value.facts import LEADS, SEEN, Ints

__all__ = ["Wasted", "wasted", "wasted_sums"]


@dataclass(frozen=True)
class Wasted:
    """One entry per handoff that was refused or never worked: its lead, and the cost of one lead handed over then.

    ``cost`` in cents: the spend of the lead's channel in the handoff's local month ÷ the handoffs of that channel in
    that month; NaN where no spend is recorded for them. ``told``: which of the two the data can tell at all.
    """

    lead: Ints
    refused: Bools
    never_worked: Bools
    cost: Floats
    told: frozenset[str]


def wasted(source: Source, spent: Mapping[tuple[str, int], int]) -> Wasted:
    """``spent``: cents by channel and month (months since year 0). Reads the tables that ``gather`` laid out."""
    marked = source.engine.table(SEEN)
    handed = source.engine.run(marked.group_by("of_channel", "local_month").aggregate(handed=marked.count()))
    cost = {
        (row["of_channel"], row["local_month"]): spent[row["of_channel"], row["local_month"]] / row["handed"]
        for row in handed.to_pylist()
        if (row["of_channel"], row["local_month"]) in spent
    }
    lost = marked.filter(marked.refused | marked.never_worked)
    numbered = lost.inner_join(source.engine.table(LEADS).select("lead_id", "number"), "lead_id")
    kinds = numbered.group_by("number", "of_channel", "local_month", "refused", "never_worked")
    rows = source.engine.run(kinds.aggregate(times=numbered.count()).mutate(times=ibis._.times.cast("int64")))
    times = column_array(rows, "times")
    channel = rows["of_channel"].combine_chunks().dictionary_encode()
    names, month = channel.dictionary.to_pylist(), column_array(rows, "local_month").astype(np.int64)
    low = int(month.min(initial=0))
    # A column of words for every handoff would take longer than all the rest: there are few channels and months.
    keys, place = np.unique((month - low) * len(names) + np.from_dlpack(channel.indices), return_inverse=True)
    named = ((names[key % len(names)], key // len(names) + low) for key in keys.tolist())
    each = np.array([cost.get(key, np.nan) for key in named], dtype=np.float64)[place]

    def column(name: str) -> Bools:
        return np.repeat(np.from_dlpack(rows[name].combine_chunks().cast(pa.uint8())).astype(np.bool_), times)

    return Wasted(
        np.repeat(column_array(rows, "number").astype(np.int64), times),
        column("refused"),
        column("never_worked"),
        np.repeat(each, times),
        frozenset(
            kind
            for kind, table in (("refused", "decisions"), ("never_worked", "activities"))
            if source.recorded.get(table)
        ),
    )


def wasted_sums(found: Wasted, which: Bools, of_lead: Ints, cells: int) -> tuple[Sums, Ints]:
    """What the handoffs of ``which`` cost per cell, and how many there are, priced or not."""
    chosen = which & (of_lead[found.lead] >= 0)
    cell = of_lead[found.lead[chosen]]
    cost = found.cost[chosen]
    priced = ~np.isnan(cost)
    # Thousandths of a cent, in whole numbers: a sum must not depend on the order of rows.
    thousandths = np.rint(cost[priced] * 1000).astype(np.int64)
    order = np.lexsort((thousandths, cell[priced]))
    return sums_of(cells, cell[priced][order], thousandths[order]), np.bincount(cell, minlength=cells)
