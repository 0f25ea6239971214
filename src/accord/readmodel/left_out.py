"""Rows that no episode can use, as they stood at a moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from accord.agreement.model import Agreement
from accord.engines.base import Engine
from accord.readmodel.inputs import episode_inputs
from accord.readmodel.shelf import Shelf
from accord.tables.episodes import EpisodeInputs, left_out
from accord.tables.times import instant, microseconds

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["left_out_at", "left_out_then"]

LEFT_OUT = "rows left out by then"


def left_out_at(engine: Engine, inputs: EpisodeInputs, moment: datetime | None) -> dict[str, int]:
    """How many rows no episode can use, by reason: of all rows, or of those up to ``moment`` (naive UTC)."""

    def by_then(table: ir.Table) -> ir.Table:
        if moment is None:
            return table
        return table.filter(instant(table["at"], table.at_is_date, inputs.offsets_of_dates) <= microseconds(moment))

    known = replace(
        inputs,
        handoffs=by_then(inputs.handoffs),
        decisions=by_then(inputs.decisions),
        activities=by_then(inputs.activities),
    )
    return {reason: int(engine.run(table)["rows"][0].as_py()) for reason, table in left_out(known).items()}


def left_out_then(
    shelf: Shelf, engine: Engine, agreement: Agreement, ever: Mapping[str, int], moment: datetime
) -> Mapping[str, int]:
    """The same of the read model, where ``ever`` counts all rows; kept on the ``shelf`` of the moment."""
    if not any(ever.values()):
        return ever
    found = shelf.get(LEFT_OUT)
    if found is not None:
        counts: dict[str, int] = found[1]["rows"]
        return counts
    counts = left_out_at(engine, episode_inputs(engine, agreement), moment)
    shelf.put(LEFT_OUT, {}, {"rows": counts})
    return counts
