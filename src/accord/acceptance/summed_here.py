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
        """The moments of the weighted handling delay, by ``cell`` and ``minute``."""
        handled = self.rows["cause"].to_numpy() <= Outcome.REJECTED
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
