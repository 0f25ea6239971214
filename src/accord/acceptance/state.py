"""From an engine to arrays: the additive state of every cell, keyed by one numbering of the cells."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from accord.engines.base import Engine
from accord.metrics.acceptance import (
    CAUSES,
    COUNTS,
    FLAGS,
    Clock,
    Edge,
    counts,
    facts,
    left_by_bin,
    weighted_by_bin,
)
from accord.metrics.cells import PeriodUnit, in_cells, period_label_of
from accord.metrics.outcomes import Observation, observed
from accord.stats.risk import RiskTable

__all__ = ["Cells", "Gathered", "gather"]

Counts = Mapping[str, npt.NDArray[np.int64]]

MOST_DENSE = 4_000_000
"""Up to this many places a table indexed by place is quicker than sorting."""

EDGES: tuple[Edge, ...] = ("stated", "earliest", "latest")


@dataclass(frozen=True)
class Cells:
    """The cells that have anything handed over, in the order of their values: segment values and period label each."""

    dimensions: tuple[str, ...]
    segments: tuple[tuple[str, ...], ...]
    periods: tuple[str | None, ...]
    period_numbers: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.periods)


class Gathered(Protocol):
    """Counts per cell, and risk tables over the same cells. Everything in it adds up."""

    @property
    def cells(self) -> Cells:
        """The cells, in order."""

    @property
    def counts(self) -> Counts:
        """Every count of :data:`accord.metrics.acceptance.COUNTS`, per cell."""

    def risk(self, clock: Clock, edge: Edge = "stated") -> RiskTable:
        """The risk table of every cell on one clock; time in hours."""

    def weighted(self) -> Mapping[str, npt.NDArray[np.int64]]:
        """The moments of the weighted handling delay, by ``cell`` and ``minute``."""


def gather(
    engine: Engine,
    episodes: ir.Table,
    observation: Observation,
    dimensions: Sequence[str],
    period: PeriodUnit | None,
    *,
    fetch: bool,
) -> Gathered:
    """The state of every cell by (segment values, period).

    ``fetch``: take one narrow row per episode and add up here (an embedded engine, where fetching costs nothing and
    memory holds about 60 bytes an episode); else the engine adds up and only sums travel. Both give the same numbers.
    """
    placed = in_cells(observed(episodes, observation), dimensions, period)
    add_up = _fetched if fetch else _summed
    gathered = add_up(engine, facts(placed, observation.rules), dimensions, period)
    if gathered.counts["dated"].any():  # rare: only dates without an hour need the bounds they allow
        return add_up(engine, facts(placed, observation.rules, EDGES), dimensions, period)
    return gathered


def _cells(keys: pa.Table, dimensions: Sequence[str], period: PeriodUnit | None) -> Cells:
    names = [name for name in keys.column_names if name != "cell_period"]
    numbers = keys["cell_period"].to_numpy()
    segments = zip(*(keys[name].to_pylist() for name in names), strict=True) if names else [()] * keys.num_rows
    labels = tuple(period_label_of(int(number), period) for number in numbers)
    return Cells(tuple(dimensions), tuple(segments), labels, numbers)


def _sorted(keys: pa.Table) -> pa.Table:
    return keys.sort_by([(name, "ascending") for name in keys.column_names])


@dataclass(frozen=True)
class _SummedByEngine:
    cells: Cells
    counts: Counts
    engine: Engine
    narrow: ir.Table
    keys: pa.Table

    def risk(self, clock: Clock, edge: Edge = "stated") -> RiskTable:
        rows = self.engine.run(left_by_bin(self.narrow, clock, edge))
        causes = {name: rows[name].to_numpy() for name in CAUSES}
        return RiskTable(len(self.cells), _positions(rows, self.keys), rows["minute"].to_numpy() / 60.0, **causes)

    def weighted(self) -> Mapping[str, npt.NDArray[np.int64]]:
        rows = self.engine.run(weighted_by_bin(self.narrow))
        sums = {name: rows[name].to_numpy() for name in rows.column_names if not name.startswith("cell_")}
        return {**sums, "cell": _positions(rows, self.keys)}


def _summed(engine: Engine, narrow: ir.Table, dimensions: Sequence[str], period: PeriodUnit | None) -> _SummedByEngine:
    rows = engine.run(counts(narrow))
    names = [name for name in rows.column_names if name.startswith("cell_")]
    rows = rows.sort_by([(name, "ascending") for name in names])
    keys = rows.select(names)
    counted = {count.name: rows[count.name].to_numpy() for count in COUNTS}
    return _SummedByEngine(_cells(keys, dimensions, period), counted, engine, narrow, keys)


@dataclass(frozen=True)
class _SummedHere:
    cells: Cells
    counts: Counts
    cell: npt.NDArray[np.int64]
    rows: pa.Table

    def risk(self, clock: Clock, edge: Edge = "stated") -> RiskTable:
        cause = self.rows["answered_cause" if clock == "answered" else "cause"].to_numpy()
        minute = self.rows[f"{edge}_{clock}"]
        cell = self.cell
        if minute.null_count:
            known = pc.is_valid(minute).to_numpy()
            cell, cause, minute = cell[known], cause[known], minute.drop_null()
        bins, found = _bins(minute.to_numpy())
        width = len(found)
        place = cell * width + bins
        if len(self.cells) * width > MOST_DENSE:
            filled, place = np.unique(place, return_inverse=True)
        else:
            filled = np.arange(len(self.cells) * width)
        sums = np.bincount(cause.astype(np.int64) * len(filled) + place, minlength=len(filled) * len(CAUSES))
        causes = dict(zip(CAUSES, sums.reshape(len(CAUSES), -1), strict=True))
        return RiskTable(len(self.cells), filled // max(width, 1), found[filled % max(width, 1)] / 60.0, **causes)

    def weighted(self) -> Mapping[str, npt.NDArray[np.int64]]:
        handled = self.rows["handled"].to_numpy(zero_copy_only=False)
        cell = self.cell[handled]
        bins, found = _bins(self.rows["stated_elapsed"].to_numpy()[handled])
        place = cell * len(found) + bins
        weight = self.rows["weight"].to_numpy()[handled].astype(np.int64)
        seconds = self.rows["seconds"].to_numpy()[handled].astype(np.int64)
        order = np.argsort(place, kind="stable")
        first = np.flatnonzero(np.r_[True, np.diff(place[order]) > 0]) if len(order) else order
        hundredths, minutes = np.rint(weight / 10).astype(np.int64), np.rint(seconds / 60).astype(np.int64)
        square = hundredths * hundredths
        parts = {
            "count": np.ones_like(weight),
            "w": weight,
            "wd": weight * seconds,
            "w2": square,
            "w2d": square * minutes,
            "w2d2": square * minutes * minutes,
        }
        sums = {name: np.add.reduceat(part[order], first) if len(order) else part for name, part in parts.items()}
        at = place[order][first]
        width = max(len(found), 1)
        return {**sums, "cell": at // width, "minute": found[at % width]}


def _fetched(engine: Engine, narrow: ir.Table, dimensions: Sequence[str], period: PeriodUnit | None) -> _SummedHere:
    rows = engine.run(narrow)
    names = [name for name in rows.column_names if name.startswith("cell_")]
    codes = np.zeros(rows.num_rows, dtype=np.int64)
    values: list[pa.Array] = []
    for name in names:
        encoded = rows[name].combine_chunks().dictionary_encode()
        values.append(encoded.dictionary)
        codes = codes * max(len(encoded.dictionary), 1) + encoded.indices.to_numpy()
    size = math.prod(max(len(items), 1) for items in values)
    present = np.flatnonzero(np.bincount(codes, minlength=size)) if size < MOST_DENSE else np.unique(codes)
    keys = _decoded(names, values, present)
    order = pc.sort_indices(keys, [(name, "ascending") for name in names]).to_numpy()
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    cell = place[np.searchsorted(present, codes)] if size >= MOST_DENSE else _lookup(present, place, size)[codes]
    flags = rows["flags"].to_numpy()
    counted = {"handed": np.bincount(cell, minlength=len(order))}
    for index, name in enumerate(FLAGS):
        counted[name] = np.bincount(cell[(flags >> index) & 1 == 1], minlength=len(order))
    return _SummedHere(_cells(keys.take(order), dimensions, period), counted, cell, rows)


def _decoded(names: Sequence[str], values: Sequence[pa.Array], present: npt.NDArray[np.int64]) -> pa.Table:
    columns: dict[str, pa.Array] = {}
    rest = present
    for name, items in zip(reversed(names), reversed(values), strict=True):
        rest, index = np.divmod(rest, max(len(items), 1))
        columns[name] = items.take(pa.array(index))
    return pa.table({name: columns[name] for name in names})


def _lookup(present: npt.NDArray[np.int64], place: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.int64]:
    table = np.zeros(size, dtype=np.int64)
    table[present] = place
    return table


def _bins(minutes: npt.NDArray[np.int32]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """For each value its place among the distinct values, and those values."""
    if not len(minutes):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    if int(minutes.min()) < 0 or int(minutes.max()) > MOST_DENSE:
        distinct, place = np.unique(minutes, return_inverse=True)
        return place.astype(np.int64), distinct.astype(np.int64)
    found = np.flatnonzero(np.bincount(minutes))
    table = np.zeros(int(minutes.max()) + 1, dtype=np.int64)
    table[found] = np.arange(len(found))
    return table[minutes], found.astype(np.int64)


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
