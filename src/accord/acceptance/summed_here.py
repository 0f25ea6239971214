"""State added up here from one narrow row per episode: for the embedded engine, where fetching rows costs little.

The rows depend on the definition and the moment only, so a source keeps them (about 50 bytes an episode): the next
question about other segments or periods is answered without asking the engine again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from accord.acceptance.state import EDGES, Cells, Counts, numbered_cells
from accord.engines.arrays import column_array, column_arrays
from accord.metrics.acceptance import CAUSES, FLAGS, UNPLACED, USUAL_CLOCKS, Clock, Edge, facts
from accord.metrics.cells import EPISODE_ROW, PeriodUnit, period_number, segment_value
from accord.metrics.outcomes import Observation, Outcome, observed
from accord.readmodel.source import Source
from accord.stats.risk import RiskTable

__all__ = ["SummedHere", "sum_here"]

MOST_DENSE = 4_000_000
"""Up to this many places a table indexed by place is quicker than sorting."""

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class SummedHere:
    """See :class:`accord.acceptance.state.Gathered`. ``cell`` and the columns of ``rows`` have an entry per episode."""

    cells: Cells
    counts: Counts
    cell: npt.NDArray[np.int64]
    rows: Mapping[str, npt.NDArray[Any]]

    def risk(self, clock: Clock, edge: Edge = "stated") -> RiskTable:
        """The risk table of every cell on one clock; time in hours."""
        cause = self.rows["answered_cause" if clock.startswith("answered") else "cause"]
        minute = self.rows[f"{edge}_{clock}"]
        cell = self.cell
        placed = minute > UNPLACED
        if not placed.all():
            cell, cause, minute = cell[placed], cause[placed], minute[placed]
        place, cells, minutes = _placed(cell, minute)
        sums = np.bincount(cause.astype(np.int64) * len(cells) + place, minlength=len(cells) * len(CAUSES))
        causes = dict(zip(CAUSES, sums.reshape(len(CAUSES), -1), strict=True))
        return RiskTable(len(self.cells), cells, minutes / 60.0, **causes)

    def weighted(self) -> Mapping[str, npt.NDArray[np.int64]]:
        """The moments of the weighted handling delay, by ``cell`` and ``minute``."""
        handled = self.rows["cause"] <= Outcome.REJECTED
        place, cells, minutes = _placed(self.cell[handled], self.rows["stated_elapsed"][handled])
        weight = self.rows["weight"][handled].astype(np.int64)
        seconds = self.rows["seconds"][handled].astype(np.int64)
        hundredths, delay = (weight + 5) // 10, (seconds + 30) // 60  # halves up, as on the engine
        square = hundredths * hundredths
        parts = {
            "w": weight,
            "wd": weight * seconds,
            "w2": square,
            "w2d": square * delay,
            "w2d2": square * delay * delay,
        }
        sums = {name: _exact_sums(place, part, len(cells)) for name, part in parts.items()}
        return {"count": np.bincount(place, minlength=len(cells)), **sums, "cell": cells, "minute": minutes}


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
    rows = _rows(source, observation, clocks)
    day = rows["local_day"]
    codes = [_coded_period(day, rows["local_month"], period)]
    codes[:0] = [_coded_dimension(source, observation, name) for name in dimensions]
    inside = _inside(day, span)
    if inside is not None:
        rows = {name: values[inside] for name, values in rows.items()}
        codes = [(code[inside], values) for code, values in codes]
    cell, keys = _numbered(codes)
    return SummedHere(numbered_cells(keys, dimensions, period), _counted(cell, rows["flags"], len(keys)), cell, rows)


def _counted(cell: npt.NDArray[np.int64], flags: npt.NDArray[np.int32], cells: int) -> Counts:
    """Every count per cell. Few combinations of flags occur, so episodes are counted by combination, once."""
    size = 1 << len(FLAGS)
    found = np.flatnonzero(np.bincount(flags, minlength=size))
    combination = _lookup(found, np.arange(len(found)), size)[flags]
    table = np.bincount(cell * len(found) + combination, minlength=cells * len(found)).reshape(cells, len(found))
    counted = {name: table[:, (found >> index) & 1 == 1].sum(axis=1) for index, name in enumerate(FLAGS)}
    return {"handed": table.sum(axis=1), **counted}


def _rows(source: Source, observation: Observation, clocks: Sequence[Clock]) -> Mapping[str, npt.NDArray[Any]]:
    def fetch() -> Mapping[str, npt.NDArray[Any]]:
        seen = observed(source.episodes, observation)
        rows = column_arrays(_in_order(source.engine.run(facts(seen, observation.rules, clocks=clocks))))
        dated = 1 << FLAGS.index("dated")
        if (rows["flags"] & dated).any():  # rare: only dates without an hour need the bounds they allow
            return column_arrays(_in_order(source.engine.run(facts(seen, observation.rules, EDGES, clocks))))
        return rows

    rows: Mapping[str, npt.NDArray[Any]] = source.remembered(("facts", observation.definition, tuple(clocks)), fetch)
    return rows


def _in_order(rows: pa.Table) -> pa.Table:
    """``rows`` by the number of the episode: what is asked for column by column has to match row by row."""
    if EPISODE_ROW not in rows.column_names:
        return rows
    number = column_array(rows, EPISODE_ROW)
    rows = rows.drop_columns([EPISODE_ROW])
    return rows if (number[1:] > number[:-1]).all() else rows.take(pa.array(np.argsort(number)))


Coded = tuple[npt.NDArray[np.int64], list[Any]]
"""For each episode the place of its value in the list of values."""


def _coded_dimension(source: Source, observation: Observation, name: str) -> Coded:
    """The episodes' segments, in the order of the facts."""

    def fetch() -> Coded:
        seen = source.episodes.filter(source.episodes.at_us <= observation.as_of_us)
        numbered = [EPISODE_ROW] if EPISODE_ROW in seen.columns else []
        values = _in_order(source.engine.run(seen.select(*numbered, segment=segment_value(seen, name))))["segment"]
        encoded = values.combine_chunks().dictionary_encode()
        return np.from_dlpack(encoded.indices).astype(np.int64), encoded.dictionary.to_pylist()

    found: Coded = source.remembered(("dimension", name), fetch)
    return found


def _coded_period(day: npt.NDArray[np.int32], month: npt.NDArray[np.int32], period: PeriodUnit | None) -> Coded:
    numbers = period_number(day.astype(np.int64), month.astype(np.int64), period)
    first = int(numbers.min()) if len(numbers) else 0
    last = int(numbers.max()) if len(numbers) else 0
    return numbers - first, list(range(first, last + 1))


def _inside(day: npt.NDArray[np.int32], span: tuple[date | None, date | None]) -> npt.NDArray[np.bool_] | None:
    start, end = span
    if start is None and end is None:
        return None
    low = (start - EPOCH).days if start else np.iinfo(np.int32).min
    high = (end - EPOCH).days if end else np.iinfo(np.int32).max
    return (day >= low) & (day < high)


def _numbered(codes: Sequence[Coded]) -> tuple[npt.NDArray[np.int64], list[tuple[Any, ...]]]:
    """The cell of each episode, and the values of each cell, sorted by them."""
    combined = codes[0][0]
    for code, items in codes[1:]:
        combined = combined * max(len(items), 1) + code
    size = math.prod(max(len(items), 1) for _code, items in codes)
    dense = size <= MOST_DENSE
    present = np.flatnonzero(np.bincount(combined, minlength=size)) if dense else np.unique(combined)
    keys = _decoded([items for _code, items in codes], present)
    order = sorted(range(len(keys)), key=keys.__getitem__)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    cell = _lookup(present, place, size)[combined] if dense else place[np.searchsorted(present, combined)]
    return cell, [keys[index] for index in order]


def _decoded(values: Sequence[list[Any]], present: npt.NDArray[np.int64]) -> list[tuple[Any, ...]]:
    columns: list[list[Any]] = []
    rest = present
    for items in reversed(values):
        rest, index = np.divmod(rest, max(len(items), 1))
        columns.insert(0, [items[position] for position in index.tolist()])
    return list(zip(*columns, strict=True))


def _lookup(present: npt.NDArray[np.int64], place: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.int64]:
    table = np.zeros(size, dtype=np.int64)
    table[present] = place
    return table


def _placed(
    cell: npt.NDArray[np.int64], minute: npt.NDArray[np.int32]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The place of each episode among the (cell, minute) pairs that occur, in order, and those pairs."""
    width = int(minute.max()) + 1 if len(minute) else 1
    distinct = np.flatnonzero(np.bincount(minute, minlength=width))
    bins = _lookup(distinct, np.arange(len(distinct)), width)[minute]
    pair = cell * len(distinct) + bins
    size = (int(cell.max()) + 1 if len(cell) else 0) * len(distinct)
    if size <= MOST_DENSE:
        pairs = np.flatnonzero(np.bincount(pair, minlength=size))
        place = _lookup(pairs, np.arange(len(pairs)), size)[pair]
    else:
        pairs, place = np.unique(pair, return_inverse=True)
    return place, pairs // max(len(distinct), 1), distinct[pairs % max(len(distinct), 1)]


def _exact_sums(place: npt.NDArray[np.int64], values: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.int64]:
    """Sums by place without rounding: floating point adds whole numbers exactly below 2**53, so in two halves."""
    half = 26
    if len(values) * int(values.max(initial=0)) < 1 << 2 * half:
        return np.bincount(place, weights=values, minlength=size).astype(np.int64)
    high = np.bincount(place, weights=values >> half, minlength=size).astype(np.int64)
    low = np.bincount(place, weights=values & ((1 << half) - 1), minlength=size).astype(np.int64)
    return (high << half) + low
