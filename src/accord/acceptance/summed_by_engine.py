"""State added up by the engine, so that only sums travel: for data that stand in a warehouse."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from accord.acceptance.state import EDGES, Cells, Counts, Gathered, numbered_cells
from accord.engines.arrays import column_array
from accord.engines.base import Engine
from accord.metrics.acceptance import (
    CAUSES,
    COUNTS,
    USUAL_CLOCKS,
    Clock,
    counts,
    facts,
    left_by_bin,
    weighted_by_bin,
)
from accord.metrics.cells import PeriodUnit, in_cells
from accord.metrics.outcomes import Edge, Observation, observed
from accord.stats.quantiles import AcceptedDelays
from accord.stats.risk import RiskTable

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["RolledUp", "SummedByEngine", "sum_by_engine"]

Sums = Mapping[str, npt.NDArray[np.int64]]


@dataclass(frozen=True)
class SummedByEngine:
    """See :class:`accord.acceptance.state.Gathered`."""

    cells: Cells
    counts: Counts
    engine: Engine
    narrow: Mapping[Edge, ir.Table]
    keys: pa.Table
    known: dict[object, Any] = field(default_factory=dict, compare=False, repr=False)

    def counts_at(self, edge: Edge) -> Counts:
        """The counts with dates without an hour read by ``edge``; asked for only where ``dated`` counts any."""
        counted: Counts = self.asked(("counts", edge), lambda: self._counts(edge))
        return counted

    def risk(self, clock: Clock, edge: Edge = "stated", horizons: Sequence[float] | None = None) -> RiskTable:
        """The risk table of every cell on one clock; time in hours; with ``horizons`` coarsened to them."""
        table: RiskTable = self.asked(("risk", clock, edge), lambda: self._table(clock, edge))
        return table if horizons is None else table.coarsened(horizons)

    def delays(self, clock: Clock) -> AcceptedDelays:
        """The delays of all accepted leads on one clock, in hours."""
        return AcceptedDelays.of(self.risk(clock))

    def weighted(self, edge: Edge = "stated") -> Sums:
        """The moments of the weighted handling delay: one row per ``cell`` and ``minute``, in this order."""
        sums: Sums = self.asked(("weighted", edge), lambda: self._sums(edge))
        return sums

    def merged(self, mapping: npt.NDArray[np.int64], cells: Cells) -> Gathered:
        """The same in coarser cells."""
        return RolledUp(self, mapping, cells)

    def asked(self, what: object, ask: Callable[[], Any]) -> Any:
        """The engine's answer; it is asked once."""
        if what not in self.known:
            self.known[what] = ask()
        return self.known[what]

    def _counts(self, edge: Edge) -> Counts:
        rows = self.engine.run(counts(self.narrow[edge]))
        order = np.argsort(_positions(rows, self.keys))
        return {count.name: column_array(rows, count.name)[order] for count in COUNTS}

    def _table(self, clock: Clock, edge: Edge) -> RiskTable:
        rows = self.engine.run(left_by_bin(self.narrow[edge], clock, edge))
        causes = {name: column_array(rows, name) for name in CAUSES}
        return RiskTable(len(self.cells), _positions(rows, self.keys), column_array(rows, "minute") / 60.0, **causes)

    def _sums(self, edge: Edge) -> Sums:
        rows = self.engine.run(weighted_by_bin(self.narrow[edge], edge))
        sums = {name: column_array(rows, name) for name in rows.column_names if not name.startswith("cell_")}
        return _summed({**sums, "cell": _positions(rows, self.keys)})


@dataclass(frozen=True)
class RolledUp:
    """Sums of the engine in coarser cells. See :class:`accord.acceptance.state.Gathered`."""

    parts: Gathered
    mapping: npt.NDArray[np.int64]
    cells: Cells

    @property
    def counts(self) -> Counts:
        """Every count, per cell."""
        return {name: self._added(values) for name, values in self.parts.counts.items()}

    def counts_at(self, edge: Edge) -> Counts:
        """The counts with dates without an hour read by ``edge``; asked for only where ``dated`` counts any."""
        return {name: self._added(values) for name, values in self.parts.counts_at(edge).items()}

    def risk(self, clock: Clock, edge: Edge = "stated", horizons: Sequence[float] | None = None) -> RiskTable:
        """The risk table of every cell on one clock; time in hours; with ``horizons`` coarsened to them."""
        table = self.parts.risk(clock, edge).roll_up(self.mapping, len(self.cells))
        return table if horizons is None else table.coarsened(horizons)

    def delays(self, clock: Clock) -> AcceptedDelays:
        """The delays of all accepted leads on one clock, in hours."""
        return AcceptedDelays.of(self.risk(clock))

    def weighted(self, edge: Edge = "stated") -> Sums:
        """The moments of the weighted handling delay: one row per ``cell`` and ``minute``, in this order."""
        sums = self.parts.weighted(edge)
        return _summed({**sums, "cell": self.mapping[sums["cell"]]})

    def merged(self, mapping: npt.NDArray[np.int64], cells: Cells) -> Gathered:
        """The same in coarser cells still."""
        return RolledUp(self.parts, mapping[self.mapping], cells)

    def _added(self, values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        added = np.zeros(len(self.cells), dtype=np.int64)
        np.add.at(added, self.mapping, values)
        return added


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

    def narrow(edge: Edge) -> ir.Table:
        placed = in_cells(observed(episodes, observation, edge), dimensions, period)
        return facts(placed, observation.rules, clocks, edge)

    found = _counted(engine, narrow("stated"), dimensions, period)
    if found.counts["dated"].any():  # rare: only dates without an hour need the bounds they allow
        return replace(found, narrow={edge: narrow(edge) for edge in EDGES})
    return found


def _counted(engine: Engine, narrow: ir.Table, dimensions: Sequence[str], period: PeriodUnit | None) -> SummedByEngine:
    rows = engine.run(counts(narrow))
    names = [name for name in rows.column_names if name.startswith("cell_")]
    rows = rows.sort_by([(name, "ascending") for name in names])
    keys = list(zip(*(rows[name].to_pylist() for name in names), strict=True))
    counted = {count.name: column_array(rows, count.name) for count in COUNTS}
    cells = numbered_cells(keys, dimensions, period)
    return SummedByEngine(cells, counted, engine, {"stated": narrow}, rows.select(names))


def _summed(sums: Sums) -> Sums:
    """One row per cell and minute, in whole numbers, so that a total does not depend on what it was cut by."""
    order = np.lexsort((sums["minute"], sums["cell"]))
    cell, minute = sums["cell"][order], sums["minute"][order]
    if not len(order):
        return sums
    first = np.flatnonzero(np.r_[True, (np.diff(cell) != 0) | (np.diff(minute) != 0)])
    added = {
        name: np.add.reduceat(values[order], first) for name, values in sums.items() if name not in {"cell", "minute"}
    }
    return {**added, "cell": cell[first], "minute": minute[first]}


def _positions(rows: pa.Table, keys: pa.Table) -> npt.NDArray[np.int64]:
    """For each row, the position of its key columns in ``keys`` (which holds every combination once)."""
    codes = np.zeros(rows.num_rows, dtype=np.int64)
    known = np.zeros(keys.num_rows, dtype=np.int64)
    for name in keys.column_names:
        # Both at once, so that a value has one code in both; a missing value has one as well.
        together = pa.concat_arrays([*keys[name].chunks, *rows[name].chunks])
        encoded = together.dictionary_encode(null_encoding="encode")
        places = np.from_dlpack(encoded.indices).astype(np.int64)
        width = max(len(encoded.dictionary), 1)
        known = known * width + places[: keys.num_rows]
        codes = codes * width + places[keys.num_rows :]
    order = np.argsort(known)
    return order[np.searchsorted(known[order], codes)].astype(np.int64)
