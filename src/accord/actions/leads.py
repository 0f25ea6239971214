"""What effects are measured on: one narrow row per handoff, fetched once for all actions, counted by week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from accord.engines.arrays import column_array
from accord.late import Late
from accord.metrics.cells import segment_value
from accord.metrics.outcomes import NEVER, Observation, Outcome, observed
from accord.readmodel.source import Source
from accord.tables.times import DAY

if TYPE_CHECKING:
    import ibis
else:
    ibis = Late("ibis")

__all__ = ["Handed", "Rows", "fetch_handed"]

Rows = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

UNANSWERED = 1e9
"""Days that no answer takes."""


@dataclass(frozen=True, eq=False)
class Handed:
    """An element per handoff, in no order. ``day``: local day of the handoff, counted from 1970.

    ``age``: days since the handoff; ``accepted_after``: days until it was accepted, infinite where it was not;
    ``answered_after``: days until the first answer on the promises' clock, infinite where there was none. ``codes`` and
    ``values``: of each dimension that an action names.
    """

    day: npt.NDArray[np.int64]
    age: Floats
    accepted_after: Floats
    answered_after: Floats
    codes: Mapping[str, npt.NDArray[np.int64]]
    values: Mapping[str, tuple[str, ...]]

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
    rows = source.engine.run(
        seen.select(
            "local_day",
            "age_us",
            "outcome",
            "left_us",
            answered_days=ibis.ifelse(
                seen.answered_us < NEVER, seen.business_answered_us / seen.business_day_us, UNANSWERED
            ).cast("float64"),
            **{f"dim_{place}": segment_value(seen, name) for place, name in enumerate(dimensions)},
        )
    )
    accepted = column_array(rows, "outcome") == Outcome.ACCEPTED
    answered_days = column_array(rows, "answered_days")
    coded = {name: _coded(rows[f"dim_{place}"]) for place, name in enumerate(dimensions)}
    return Handed(
        day=column_array(rows, "local_day").astype(np.int64),
        age=column_array(rows, "age_us") / DAY,
        accepted_after=np.where(accepted, column_array(rows, "left_us") / DAY, np.inf),
        answered_after=np.where(answered_days < UNANSWERED, answered_days, np.inf),
        codes={name: codes for name, (codes, _values) in coded.items()},
        values={name: values for name, (_codes, values) in coded.items()},
    )


def _coded(column: pa.ChunkedArray) -> tuple[npt.NDArray[np.int64], tuple[str, ...]]:
    """Codes in the alphabetical order of the values, so that nothing depends on the order of rows."""
    encoded = column.combine_chunks().dictionary_encode()
    values = encoded.dictionary.to_pylist()
    order = sorted(range(len(values)), key=values.__getitem__)
    place = np.empty(len(values), dtype=np.int64)
    place[order] = np.arange(len(values))
    codes = np.from_dlpack(encoded.indices).astype(np.int64)
    return place[codes] if len(values) else codes, tuple(values[index] for index in order)
