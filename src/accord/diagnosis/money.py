"""What a lead cost that was handed over: the spend of its channel in its month, over the leads it brought."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from accord.late import Late
from accord.readmodel.source import Source
from accord.tables.schema import table_named

if TYPE_CHECKING:
    from accord.engines import shape
else:
    shape = Late("accord.engines.shape")

__all__ = ["cost_of_leads"]


def cost_of_leads(
    source: Source, channels: tuple[npt.NDArray[np.int64], tuple[str, ...]] | None, month: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Money per handed-over lead of each case's channel and month, in the agreement's currency; NaN = not recorded.

    ``channels``: a code per case, and what each code stands for. A campaign's amount is spread evenly over its
    days. Spend in other currencies is left out: it has no rate here.
    """
    unknown = np.full(month.size, np.nan)
    if channels is None or not source.recorded.get("spend") or not month.size:
        return unknown
    code, values = channels
    spend = shape.contract_table(source.engine, table_named("spend"))
    rows = source.engine.run(spend.select("start", "end", "channel", "amount", "currency")).to_pylist()
    first, width = int(month.min()), int(month.max() - month.min()) + 1
    spent = np.full((len(values), width), np.nan)
    place = {value: number for number, value in enumerate(values)}
    for row in rows:
        if row["channel"] not in place or row["amount"] is None or None in (row["start"], row["end"]):
            continue
        if row["currency"] not in {None, source.agreement.currency}:
            continue
        for number, share in _months(row["start"], row["end"]):
            if 0 <= number - first < width:
                there = place[row["channel"]], number - first
                spent[there] = np.nan_to_num(spent[there]) + share * row["amount"]
    cell = code * width + (month - first)
    handed = np.bincount(cell, minlength=spent.size)
    return np.asarray((spent.ravel() / np.maximum(handed, 1))[cell])


def _months(start: date, end: date) -> list[tuple[int, float]]:
    """Months (since year 0) that a span touches, and the share of its days in each."""
    days = (end - start).days + 1
    if days <= 0:
        return []
    shares: dict[int, int] = {}
    month = start.replace(day=1)
    while month <= end:
        following = (month + timedelta(days=32)).replace(day=1)
        covered = (min(following - timedelta(days=1), end) - max(month, start)).days + 1
        shares[month.year * 12 + month.month - 1] = covered
        month = following
    return [(number, covered / days) for number, covered in shares.items()]
