"""State added up here from one narrow row per episode: for the embedded engine, where fetching rows costs little."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from accord.acceptance.facts_here import Coded, Facts, coded_dimension, facts_here, in_order_of
from accord.acceptance.state import Cells, Counts, numbered_cells
from accord.metrics.acceptance import CAUSES, FLAGS, UNPLACED, USUAL_CLOCKS, Clock
from accord.metrics.cells import PeriodUnit, period_number
from accord.metrics.outcomes import Edge, Observation
from accord.readmodel.source import Source
from accord.stats.quantiles import AcceptedDelays
from accord.stats.risk import RiskTable, bins_between

__all__ = ["SummedHere", "sum_here"]

MOST_DENSE = 4_000_000
"""Up to this many places a table indexed by place is quicker than sorting."""

CENSORED = CAUSES.index("censored")
EPOCH = date(1970, 1, 1)
Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class SummedHere:
    """See :class:`accord.acceptance.state.Gathered`.

    ``cell`` has an entry per episode handed over in the span; ``inside``, their places in ``facts`` (None: all).
    """

    cells: Cells
    counts: Counts
    cell: Array
    facts: Facts
    inside: Ints | None
    _columns: dict[str, Array] = field(default_factory=dict, compare=False, repr=False)

    def counts_at(self, edge: Edge) -> Counts:
        """The counts with dates without an hour read by ``edge``; asked for only where ``dated`` counts any."""
        return _counted(self.cell, self._column(_read_by("flags", edge)), len(self.cells))

    def risk(self, clock: Clock, edge: Edge = "stated", horizons: Sequence[float] | None = None) -> RiskTable:
        """The risk table of every cell on one clock; time in hours; with ``horizons`` coarsened to them."""
        minutes = self.facts.minutes(clock, edge)
        place, cell = self._column(f"{edge}_{clock}"), self.cell
        cause = self._column(_read_by("answered_cause" if clock.startswith("answered") else "cause", edge))
        if len(minutes) and minutes[0] == UNPLACED:
            placed = place > 0
            place, cell, cause = place[placed], cell[placed], cause[placed]
        times, few = minutes / 60.0, len(self.cells)
        if horizons is None:
            return _table(few, [_fine(cell, place, cause, times, few)])
        edges = bins_between(horizons)
        band = (np.searchsorted(edges, times, side="right") - 1).astype(np.uint8)
        size = few * len(edges)
        key = (cell * np.int32(len(edges)) + band[place]) * np.int32(len(CAUSES)) + cause
        counts = np.bincount(key, minlength=size * len(CAUSES)).reshape(few, len(edges), len(CAUSES))
        open_still: npt.NDArray[np.bool_] = counts[:, :, CENSORED].sum(axis=1) > 0
        whole = np.flatnonzero(~open_still)
        parts = [(np.repeat(whole, len(edges)), np.tile(edges, len(whole)), counts[whole].reshape(-1, len(CAUSES)))]
        if open_still.any():
            chosen = np.flatnonzero(open_still[cell])
            parts.append(_fine(cell[chosen], place[chosen], cause[chosen], times, few))
        return _table(few, parts)

    def delays(self, clock: Clock) -> AcceptedDelays:
        """The delays of all accepted leads on one clock, in hours."""
        accepted = self._inside(self.facts.accepted(clock))
        cell = self.cell[accepted["episode"]]
        starts = np.zeros(len(self.cells) + 1, dtype=np.int64)
        np.cumsum(np.bincount(cell, minlength=len(self.cells)), out=starts[1:])
        place = accepted["bin"][in_order_of(cell, len(self.cells))]
        return AcceptedDelays(place, self.facts.minutes(clock) / 60.0, starts)

    def weighted(self, edge: Edge = "stated") -> Mapping[str, Ints]:
        """The moments of the weighted handling delay: one row per ``cell`` and ``minute``, in this order."""
        handled = self._inside(self.facts.handled(edge))
        cell = self.cell[handled["episode"]]
        order = in_order_of(cell, len(self.cells))
        cell, bins = cell[order], handled["bin"][order]
        last = np.ones(len(order), dtype=np.bool_)
        last[:-1] = (cell[1:] != cell[:-1]) | (bins[1:] != bins[:-1])
        end = np.flatnonzero(last)
        weight, seconds = handled["weight"][order].astype(np.int64), handled["seconds"][order].astype(np.int64)
        hundredths, delay = (weight + 5) // 10, (seconds + 30) // 60  # halves up, as on the engine
        square = hundredths * hundredths
        moment = square * delay
        parts = {"w": weight, "wd": weight * seconds, "w2": square, "w2d": moment, "w2d2": moment * delay}
        # Running sums may pass 64 bits; their differences do not, and wrap back to what they are.
        sums = {name: np.diff(np.cumsum(part)[end], prepend=0) for name, part in parts.items()}
        minute = self.facts.minutes("elapsed", edge)[bins[end]]
        return {**sums, "count": np.diff(end, prepend=-1), "cell": cell[end].astype(np.int64), "minute": minute}

    def merged(self, mapping: Ints, cells: Cells) -> SummedHere:
        """The same in coarser cells: what is in cell ``c`` is in ``mapping[c]`` of ``cells``."""
        counts = {name: _added(values, mapping, len(cells)) for name, values in self.counts.items()}
        return SummedHere(
            cells, counts, _narrow(mapping, len(cells))[self.cell], self.facts, self.inside, _columns=self._columns
        )

    def _column(self, name: str) -> Array:
        if self.inside is None:
            return self.facts[name]
        if name not in self._columns:
            self._columns[name] = self.facts[name][self.inside]
        return self._columns[name]

    def _inside(self, group: dict[str, Array]) -> dict[str, Array]:
        """A group of the facts' episodes: those in the span, at their places among those in the span."""
        if self.inside is None:
            return group
        episode = self._places_here[group["episode"]]
        here = episode >= 0
        return {name: values[here] for name, values in {**group, "episode": episode}.items()}

    @cached_property
    def _places_here(self) -> npt.NDArray[np.int32]:
        places = np.full(len(self.facts["flags"]), -1, dtype=np.int32)
        assert self.inside is not None
        places[self.inside] = np.arange(len(self.inside))
        return places


def _read_by(name: str, edge: Edge) -> str:
    return name if edge == "stated" else f"{edge}_{name}"


def sum_here(
    source: Source,
    observation: Observation,
    dimensions: Sequence[str],
    period: PeriodUnit | None,
    *,
    span: tuple[date | None, date | None] = (None, None),
    clocks: Sequence[Clock] = USUAL_CLOCKS,
) -> SummedHere:
    """Number the cells of the episodes handed over in ``span`` and count each; risk tables when asked for."""
    facts = facts_here(source, observation, clocks)
    day = facts["local_day"]
    codes = [_coded_period(day, facts["local_month"], period)]
    codes[:0] = [coded_dimension(source, observation, name) for name in dimensions]
    inside = _inside(day, span)
    flags = facts["flags"]
    if inside is not None:
        codes = [Coded(coded.codes[inside], coded.values) for coded in codes]
        flags = flags[inside]
    cell, keys = _numbered(codes)
    return SummedHere(numbered_cells(keys, dimensions, period), _counted(cell, flags, len(keys)), cell, facts, inside)


def _counted(cell: Array, flags: npt.NDArray[np.int32], cells: int) -> Counts:
    """Every count per cell. Few combinations of flags occur, so episodes are counted by combination, once."""
    size = 1 << len(FLAGS)
    found = np.flatnonzero(np.bincount(flags, minlength=size))
    combination = _lookup(found, np.arange(len(found)), size)[flags]
    place = cell.astype(np.int64) * len(found) + combination
    table = np.bincount(place, minlength=cells * len(found)).reshape(cells, len(found))
    counted = {name: table[:, (found >> index) & 1 == 1].sum(axis=1) for index, name in enumerate(FLAGS)}
    return {"handed": table.sum(axis=1), **counted}


def _coded_period(day: npt.NDArray[np.int32], month: npt.NDArray[np.int32], period: PeriodUnit | None) -> Coded:
    if period is None:
        return Coded(np.zeros(len(day), dtype=np.uint8), [0])
    numbers = period_number(day, month, period)
    first = int(numbers.min()) if len(numbers) else 0
    last = int(numbers.max()) if len(numbers) else 0
    return Coded(numbers - first, list(range(first, last + 1)))


def _inside(day: npt.NDArray[np.int32], span: tuple[date | None, date | None]) -> Ints | None:
    start, end = span
    if start is None and end is None:
        return None
    low = (start - EPOCH).days if start else np.iinfo(np.int32).min
    high = (end - EPOCH).days if end else np.iinfo(np.int32).max
    return np.flatnonzero((day >= low) & (day < high))


def _numbered(codes: Sequence[Coded]) -> tuple[Array, list[tuple[Any, ...]]]:
    """The cell of each episode, and the values of each cell, sorted by them."""
    combined = codes[0].codes.astype(np.int64)
    for coded in codes[1:]:
        combined = combined * max(len(coded.values), 1) + coded.codes
    size = math.prod(max(len(coded.values), 1) for coded in codes)
    dense = size <= MOST_DENSE
    present = np.flatnonzero(np.bincount(combined, minlength=size)) if dense else np.unique(combined)
    keys = _decoded([coded.values for coded in codes], present)
    order = sorted(range(len(keys)), key=keys.__getitem__)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    place = _narrow(place, len(keys))
    cell = _lookup(present, place, size)[combined] if dense else place[np.searchsorted(present, combined)]
    return cell, [keys[index] for index in order]


def _decoded(values: Sequence[Sequence[Any]], present: Ints) -> list[tuple[Any, ...]]:
    columns: list[list[Any]] = []
    rest = present
    for items in reversed(values):
        rest, index = np.divmod(rest, max(len(items), 1))
        columns.insert(0, [items[position] for position in index.tolist()])
    return list(zip(*columns, strict=True))


def _lookup(present: Ints, place: Array, size: int) -> Array:
    table = np.zeros(size, dtype=place.dtype)
    table[present] = place
    return table


def _narrow(cell: Ints, cells: int) -> Array:
    """Numbers of cells in as few bits as hold them: what is looked up a million times should fit the nearest memory."""
    return cell.astype(np.uint16 if cells <= 1 << 16 else np.int32)


def _fine(cell: Array, place: Array, cause: Array, times: npt.NDArray[np.float64], cells: int) -> _Rows:
    """How many left for each cause, by cell and bin, where anybody did."""
    found = np.flatnonzero(np.bincount(cell, minlength=cells))
    bins = max(len(times), 1)
    size = len(found) * bins * len(CAUSES)
    number = cell if len(found) == cells else _lookup(found, np.arange(len(found)), cells)[cell]
    key = (number.astype(np.int64) * bins + place) * len(CAUSES) + cause
    if size <= MOST_DENSE:
        counts = np.bincount(key, minlength=size)
        keys = np.flatnonzero(counts)
        counts = counts[keys]
    else:
        keys, counts = np.unique(key, return_counts=True)
    pair = keys // len(CAUSES)
    new = np.ones(len(pair), dtype=np.bool_)
    new[1:] = pair[1:] != pair[:-1]
    table = np.zeros((int(new.sum()), len(CAUSES)), dtype=np.int64)
    table[np.cumsum(new) - 1, keys % len(CAUSES)] = counts
    pair = pair[new]
    return found[pair // bins], times[pair % bins], table


_Rows = tuple[Ints, npt.NDArray[np.float64], Ints]
"""Cells, times, and the counts of each cause; by cell and time."""


def _table(cells: int, parts: Sequence[_Rows]) -> RiskTable:
    """The risk table of parts that have no cell in common."""
    cell, time, counts = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    if len(parts) > 1:
        order = np.argsort(cell, kind="stable")
        cell, time, counts = cell[order], time[order], counts[order]
    return RiskTable(cells, cell, time, **dict(zip(CAUSES, np.ascontiguousarray(counts.T), strict=True)))


def _added(values: Ints, mapping: Ints, cells: int) -> Ints:
    added = np.zeros(cells, dtype=np.int64)
    np.add.at(added, mapping, values)
    return added
