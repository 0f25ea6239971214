"""State added up here from one narrow row per episode: for the embedded engine, where fetching rows costs little.

The rows depend on the definition and the moment only, so a source keeps them (about 50 bytes an episode): the next
question about other segments or periods is answered without asking the engine again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from accord.acceptance.state import EDGES, Cells, Counts, numbered_cells
from accord.metrics.acceptance import CAUSES, FLAGS, Clock, Edge, facts
from accord.metrics.cells import PeriodUnit, period_number, segment_value
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
    rows: pa.Table

    def risk(self, clock: Clock, edge: Edge = "stated") -> RiskTable:
        """The risk table of every cell on one clock; time in hours."""
        cause = self.rows["answered_cause" if clock == "answered" else "cause"].to_numpy()
        minute = self.rows[f"{edge}_{clock}"]
        cell = self.cell
        if minute.null_count:
            known = pc.is_valid(minute).to_numpy()
            cell, cause, minute = cell[known], cause[known], minute.drop_null()
        place, cells, minutes = _placed(cell, minute.to_numpy())
        sums = np.bincount(cause.astype(np.int64) * len(cells) + place, minlength=len(cells) * len(CAUSES))
        causes = dict(zip(CAUSES, sums.reshape(len(CAUSES), -1), strict=True))
        return RiskTable(len(self.cells), cells, minutes / 60.0, **causes)

    def weighted(self) -> Mapping[str, npt.NDArray[np.int64]]:
        """The moments of the weighted handling delay, by ``cell`` and ``minute``."""
        handled = self.rows["cause"].to_numpy() <= Outcome.REJECTED
        place, cells, minutes = _placed(self.cell[handled], self.rows["stated_elapsed"].to_numpy()[handled])
        weight = self.rows["weight"].to_numpy()[handled].astype(np.int64)
        seconds = self.rows["seconds"].to_numpy()[handled].astype(np.int64)
        hundredths, delay = np.rint(weight / 10).astype(np.int64), np.rint(seconds / 60).astype(np.int64)
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
    span: tuple[date | None, date | None] = (None, None),
) -> SummedHere:
    """Number the cells of the episodes handed over in ``span`` and count each; risk tables when asked for."""
    rows = _rows(source, observation)
    day = rows["local_day"].to_numpy()
    codes = [_coded_period(day, rows["local_month"].to_numpy(), period)]
    codes[:0] = [_coded_dimension(source, observation, name) for name in dimensions]
    inside = _inside(day, span)
    if inside is not None:
        rows = rows.filter(pa.array(inside))
        codes = [(code[inside], values) for code, values in codes]
    cell, keys = _numbered(codes)
    flags = rows["flags"].to_numpy()
    counted = {"handed": np.bincount(cell, minlength=keys.num_rows)}
    for index, name in enumerate(FLAGS):
        counted[name] = np.bincount(cell[(flags >> index) & 1 == 1], minlength=keys.num_rows)
    return SummedHere(numbered_cells(keys, dimensions, period), counted, cell, rows)


def _rows(source: Source, observation: Observation) -> pa.Table:
    def fetch() -> pa.Table:
        seen = observed(source.episodes, observation)
        rows = source.engine.run(facts(seen, observation.rules))
        dated = 1 << FLAGS.index("dated")
        if pc.any(pc.greater(pc.bit_wise_and(rows["flags"], dated), 0)).as_py():
            # rare: only dates without an hour need the bounds they allow
            rows = source.engine.run(facts(seen, observation.rules, EDGES))
        return rows.combine_chunks()

    rows: pa.Table = source.remembered(("facts", observation.definition), fetch)
    return rows


def _coded_dimension(source: Source, observation: Observation, name: str) -> tuple[npt.NDArray[np.int64], pa.Array]:
    """For each episode the place of its segment among the segments. In the order of the facts: the engine keeps it."""

    def fetch() -> tuple[npt.NDArray[np.int64], pa.Array]:
        seen = source.episodes.filter(source.episodes.at_us <= observation.as_of_us)
        values = source.engine.run(seen.select(segment=segment_value(seen, name)))["segment"]
        encoded = values.combine_chunks().dictionary_encode()
        return encoded.indices.to_numpy().astype(np.int64), encoded.dictionary

    found: tuple[npt.NDArray[np.int64], pa.Array] = source.remembered(("dimension", name), fetch)
    return found


def _coded_period(
    day: npt.NDArray[np.int32], month: npt.NDArray[np.int32], period: PeriodUnit | None
) -> tuple[npt.NDArray[np.int64], pa.Array]:
    numbers = period_number(day.astype(np.int64), month.astype(np.int64), period)
    first = int(numbers.min()) if len(numbers) else 0
    last = int(numbers.max()) if len(numbers) else 0
    return numbers - first, pa.array(np.arange(first, last + 1))


def _inside(day: npt.NDArray[np.int32], span: tuple[date | None, date | None]) -> npt.NDArray[np.bool_] | None:
    start, end = span
    if start is None and end is None:
        return None
    low = (start - EPOCH).days if start else np.iinfo(np.int32).min
    high = (end - EPOCH).days if end else np.iinfo(np.int32).max
    return (day >= low) & (day < high)


def _numbered(codes: Sequence[tuple[npt.NDArray[np.int64], pa.Array]]) -> tuple[npt.NDArray[np.int64], pa.Table]:
    """The cell of each episode, and the values of each cell (``cell_0`` …, ``cell_period``), sorted by them."""
    names = [*(f"cell_{index}" for index in range(len(codes) - 1)), "cell_period"]
    values = [items for _code, items in codes]
    combined = codes[0][0]
    for code, items in codes[1:]:
        combined = combined * max(len(items), 1) + code
    size = math.prod(max(len(items), 1) for items in values)
    dense = size <= MOST_DENSE
    present = np.flatnonzero(np.bincount(combined, minlength=size)) if dense else np.unique(combined)
    keys = _decoded(names, values, present)
    order = pc.sort_indices(keys, [(name, "ascending") for name in names]).to_numpy().astype(np.int64)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    cell = _lookup(present, place, size)[combined] if dense else place[np.searchsorted(present, combined)]
    return cell, keys.take(pa.array(order))


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
    high = np.bincount(place, weights=values >> half, minlength=size).astype(np.int64)
    low = np.bincount(place, weights=values & ((1 << half) - 1), minlength=size).astype(np.int64)
    return (high << half) + low
