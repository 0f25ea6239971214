"""From an engine to arrays: the additive state of every cell, keyed by one numbering of the cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from accord.engines.base import Engine
from accord.metrics.acceptance import COUNTS, Clock, Edge, counts, left_by_bin, weighted_by_bin
from accord.metrics.cells import PeriodUnit, in_cells, period_label_of
from accord.metrics.outcomes import Observation, observed
from accord.stats.risk import RiskTable

__all__ = ["Cells", "Gathered", "gather"]

Counts = Mapping[str, npt.NDArray[np.int64]]
_CAUSES = ("accepted", "rejected", "expired", "censored")


@dataclass(frozen=True)
class Cells:
    """The cells that have anything handed over, in the order of their values: segment values and period label each."""

    dimensions: tuple[str, ...]
    segments: tuple[tuple[str, ...], ...]
    periods: tuple[str | None, ...]
    period_numbers: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.periods)


@dataclass(frozen=True)
class Gathered:
    """Counts per cell, and a way to fetch risk tables over the same cells."""

    cells: Cells
    counts: Counts
    engine: Engine
    placed: ir.Table
    keys: pa.Table

    def risk(self, clock: Clock, edge: Edge = "stated") -> RiskTable:
        """The risk table of every cell on one clock; time in hours."""
        rows = self.engine.run(left_by_bin(self.placed, clock, edge))
        return RiskTable(
            len(self.cells),
            self._numbered(rows),
            rows["minute"].to_numpy() / 60.0,
            **{name: rows[name].to_numpy() for name in _CAUSES},
        )

    def weighted(self) -> pa.Table:
        """The moments of the weighted handling delay, with the column ``cell`` in place of the keys; time in hours."""
        rows = self.engine.run(weighted_by_bin(self.placed))
        names = [name for name in rows.column_names if not name.startswith("cell_")]
        return rows.select(names).append_column("cell", pa.array(self._numbered(rows)))

    def _numbered(self, rows: pa.Table) -> npt.NDArray[np.int64]:
        return _positions(rows, self.keys)


def gather(
    engine: Engine,
    episodes: ir.Table,
    observation: Observation,
    dimensions: Sequence[str],
    period: PeriodUnit | None,
) -> Gathered:
    """Run the counts and number the cells by (segment values, period)."""
    placed = in_cells(observed(episodes, observation), dimensions, period)
    rows = engine.run(counts(placed, observation.rules))
    names = [f"cell_{index}" for index in range(len(dimensions))]
    rows = rows.sort_by([(name, "ascending") for name in [*names, "cell_period"]])
    numbers = rows["cell_period"].to_numpy()
    segments = zip(*(rows[name].to_pylist() for name in names), strict=True) if names else [()] * rows.num_rows
    cells = Cells(
        tuple(dimensions),
        tuple(segments),
        tuple(period_label_of(int(number), period) for number in numbers),
        numbers,
    )
    return Gathered(
        cells,
        {count.name: rows[count.name].to_numpy() for count in COUNTS},
        engine,
        placed,
        rows.select([*names, "cell_period"]),
    )


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
