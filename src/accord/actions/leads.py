"""What effects are measured on: one narrow row per handoff, fetched once for all actions, counted by week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from accord.diagnosis.by_hours import DATED, by_date, read_both_ways
from accord.diagnosis.promised import missed
from accord.engines.arrays import column_array
from accord.late import Late
from accord.metrics.cells import segment_value
from accord.metrics.outcomes import Observation, Outcome, observed
from accord.readmodel.source import Source
from accord.tables.times import DAY

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir
else:
    ibis = Late("ibis")

__all__ = ["Handed", "Rows", "fetch_handed"]

Rows = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Handed:
    """An element per handoff, in no order. ``day``: local day of the handoff, counted from 1970.

    ``age``: days since the handoff; ``accepted_after``: days until it was accepted, infinite where it was not;
    ``late``: not answered within what its class was promised, on that promise's clock, as a diagnosis counts it.
    ``codes`` and ``values``: of each dimension that an action names. ``unsaid``: of which dates without an
    hour leave open whether they were ``late``; None where every time has its hour.
    """

    day: npt.NDArray[np.int64]
    age: Floats
    accepted_after: Floats
    late: Rows
    codes: Mapping[str, npt.NDArray[np.int64]]
    values: Mapping[str, tuple[str, ...]]
    unsaid: Rows | None = None

    def rows(self, where: Mapping[str, str]) -> Rows:
        """The handoffs in a segment."""
        inside = np.ones(self.day.size, dtype=np.bool_)
        for name, value in where.items():
            known = self.values.get(name, ())
            inside &= self.codes[name] == known.index(value) if value in known else np.False_
        return inside


def fetch_handed(source: Source, observation: Observation, dimensions: Sequence[str], first_day: int) -> Handed:
    """Everything handed over from ``first_day`` (counted from 1970) on, cut by ``dimensions``, in one query."""
    seen = observed(source.episodes, observation)
    seen = seen.filter(seen.local_day >= first_day)
    dated = source.engine.run(seen.filter(by_date(seen)).limit(1).select("lead_id")).num_rows > 0
    if dated:
        seen = read_both_ways(seen, source.episodes, observation)
    rows = source.engine.run(
        seen.select(
            "local_day",
            "age_us",
            "outcome",
            "left_us",
            late=missed(seen, observation.rules).cast("int8"),
            unsaid=_unsaid(seen, observation).cast("int8"),
            **{f"dim_{place}": segment_value(seen, name) for place, name in enumerate(dimensions)},
        )
    )
    accepted = column_array(rows, "outcome") == Outcome.ACCEPTED
    coded = {name: _coded(rows[f"dim_{place}"]) for place, name in enumerate(dimensions)}
    return Handed(
        day=column_array(rows, "local_day").astype(np.int64),
        age=column_array(rows, "age_us") / DAY,
        accepted_after=np.where(accepted, column_array(rows, "left_us") / DAY, np.inf),
        late=column_array(rows, "late").astype(np.bool_),
        unsaid=column_array(rows, "unsaid").astype(np.bool_) if dated else None,
        codes={name: codes for name, (codes, _values) in coded.items()},
        values={name: values for name, (_codes, values) in coded.items()},
    )


def _unsaid(seen: ir.Table, observation: Observation) -> ir.BooleanValue:
    """Whether an answer was late in one reading of the dates and in time in another."""
    if DATED not in seen.columns:
        return ibis.literal(value=False)
    late = missed(seen, observation.rules).cast("int8")
    return ibis.coalesce(seen.late_least, late) != ibis.coalesce(seen.late_most, late)


def _coded(column: pa.ChunkedArray) -> tuple[npt.NDArray[np.int64], tuple[str, ...]]:
    """Codes in the alphabetical order of the values, so that nothing depends on the order of rows."""
    encoded = column.combine_chunks().dictionary_encode()
    values = encoded.dictionary.to_pylist()
    order = sorted(range(len(values)), key=values.__getitem__)
    place = np.empty(len(values), dtype=np.int64)
    place[order] = np.arange(len(values))
    codes = np.from_dlpack(encoded.indices).astype(np.int64)
    return place[codes] if len(values) else codes, tuple(values[index] for index in order)
