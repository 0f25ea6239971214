"""State added up by the engine, so that only sums travel: for data that stand in a warehouse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from accord.acceptance.state import EDGES, Cells, Counts, numbered_cells
from accord.engines.arrays import column_array
from accord.engines.base import Engine
from accord.metrics.acceptance import (
    CAUSES,
    COUNTS,
    USUAL_CLOCKS,
    Clock,
    Edge,
    counts,
    facts,
    left_by_bin,
    weighted_by_bin,
)
from accord.metrics.cells import PeriodUnit, in_cells
from accord.metrics.outcomes import Observation, observed
from accord.stats.risk import RiskTable

__all__ = ["SummedByEngine", "sum_by_engine"]


@dataclass(frozen=True)
class SummedByEngine:
    """See :class:`accord.acceptance.state.Gathered`."""

    cells: Cells
    counts: Counts
    engine: Engine
    narrow: ir.Table
    keys: pa.Table

    def risk(self, clock: Clock, edge: Edge = "stated") -> RiskTable:
        """The risk table of every cell on one clock; time in hours."""
        rows = self.engine.run(left_by_bin(self.narrow, clock, edge))
        causes = {name: column_array(rows, name) for name in CAUSES}
        return RiskTable(len(self.cells), _positions(rows, self.keys), column_array(rows, "minute") / 60.0, **causes)

    def weighted(self) -> Mapping[str, npt.NDArray[np.int64]]:
        """The moments of the weighted handling delay, by ``cell`` and ``minute``."""
        rows = self.engine.run(weighted_by_bin(self.narrow))
        sums = {name: column_array(rows, name) for name in rows.column_names if not name.startswith("cell_")}
        return {**sums, "cell": _positions(rows, self.keys)}


def sum_by_engine(
    engine: Engine,
    episodes: ir.Table,
    observation: Observation,
    dimensions: Sequence[str],
    period: PeriodUnit | None,
    *,
    clocks: Sequence[Clock] = USUAL_CLOCKS,
) -> SummedByEngine:
    """Counts now, risk tables when asked for, each by one query."""
    placed = in_cells(observed(episodes, observation), dimensions, period)
    found = _counted(engine, facts(placed, observation.rules, clocks=clocks), dimensions, period)
    if found.counts["dated"].any():  # rare: only dates without an hour need the bounds they allow
        return replace(found, narrow=facts(placed, observation.rules, EDGES, clocks))
    return found


def _counted(engine: Engine, narrow: ir.Table, dimensions: Sequence[str], period: PeriodUnit | None) -> SummedByEngine:
    rows = engine.run(counts(narrow))
    names = [name for name in rows.column_names if name.startswith("cell_")]
    rows = rows.sort_by([(name, "ascending") for name in names])
    keys = list(zip(*(rows[name].to_pylist() for name in names), strict=True))
    counted = {count.name: column_array(rows, count.name) for count in COUNTS}
    cells = numbered_cells(keys, dimensions, period)
    return SummedByEngine(cells, counted, engine, narrow, rows.select(names))


def _positions(rows: pa.Table, keys: pa.Table) -> npt.NDArray[np.int64]:
    """For each row, the position of its key columns in ``keys`` (which holds every combination once)."""
    codes = np.zeros(rows.num_rows, dtype=np.int64)
    known = np.zeros(keys.num_rows, dtype=np.int64)
    for name in keys.column_names:
        values = pc.unique(keys[name])
        width = max(len(values), 1)
        codes = codes * width + pc.index_in(rows[name], values).to_numpy(zero_copy_only=False)
        known = known * width + pc.index_in(keys[name], values).to_numpy(zero_copy_only=False)
    order = np.argsort(known)
    return order[np.searchsorted(known[order], codes)].astype(np.int64)
