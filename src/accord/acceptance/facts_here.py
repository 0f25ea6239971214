"""The narrow facts of every episode as NumPy arrays, kept between questions and, where there is a shelf, processes.

They depend on the definition and the moment only: another segment, period or span asks no engine for them again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from accord.acceptance.state import EDGES
from accord.engines.arrays import column_array, column_arrays
from accord.metrics.acceptance import FLAGS, UNPLACED, Clock, facts
from accord.metrics.cells import EPISODE_ROW, segment_value
from accord.metrics.outcomes import Edge, Observation, Outcome, observed
from accord.readmodel.asking import Asking
from accord.readmodel.inputs import calendars_of
from accord.readmodel.source import EPISODES, Source

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["Coded", "Facts", "coded_dimension", "facts_here", "in_order_of"]

Array = npt.NDArray[Any]

NOW = "as_of"
"""The moment: no text of a query follows from it."""

_PACKAGES = ("acceptance", "metrics", "tables", "engines", "readmodel")
"""Whose source the queries follow from."""

_MINUTES = "minutes."
_ACCEPTED = "accepted."
_HANDLED = "handled."
_BY_EDGE = ("flags", "cause", "answered_cause", "seconds")


@dataclass(frozen=True)
class Facts:
    """One entry per episode in every column, the same episode at the same place.

    ``flags``, ``cause``, ``answered_cause``, ``local_day`` and ``local_month`` as in
    :func:`accord.metrics.acceptance.facts`; per clock and edge, the place of the episode's minute in :meth:`minutes`.
    At the other edges ``earliest_flags`` and so on, where dates without an hour occur.
    Further, once and for all, the accepted and the handled episodes in the order of their delay.
    """

    columns: Mapping[str, Array]

    def __getitem__(self, name: str) -> Array:
        return self.columns[name]

    def minutes(self, clock: Clock, edge: Edge = "stated") -> npt.NDArray[np.int32]:
        """The minutes at which anybody left on a clock, rising; the first may be ``UNPLACED``."""
        return self.columns[f"{_MINUTES}{edge}_{clock}"]

    def accepted(self, clock: Clock) -> dict[str, Array]:
        """The accepted episodes in the order of their delay on a clock: ``episode``, the place of each, and ``bin``."""
        return self._group(f"{_ACCEPTED}{clock}.")

    def handled(self, edge: Edge = "stated") -> dict[str, Array]:
        """Likewise on the elapsed clock the accepted and rejected, with their ``weight`` and ``seconds`` too."""
        return self._group(_of_handled(edge))

    def _group(self, prefix: str) -> dict[str, Array]:
        return {name.removeprefix(prefix): found for name, found in self.columns.items() if name.startswith(prefix)}


@dataclass(frozen=True)
class Coded:
    """For each episode the place (``codes``) of its value in ``values``."""

    codes: Array
    values: Sequence[Any]


def facts_here(source: Source, observation: Observation, clocks: Sequence[Clock]) -> Facts:
    """The facts under one definition, on ``clocks``."""

    def fetch() -> Mapping[str, Array]:
        with _asking(source, observation) as asking:
            rows = _read(asking, observation, clocks, "stated")
            dated = 1 << FLAGS.index("dated")
            if (rows["flags"] & dated).any():  # rare: only dates without an hour need the bounds they allow
                for edge in EDGES[1:]:
                    read = _read(asking, observation, clocks, edge)
                    rows |= {f"{edge}_{name}": read[name] for name in _BY_EDGE}
                    rows |= {name: values for name, values in read.items() if name.startswith(f"{edge}_")}
        return _narrowed(rows, clocks)

    columns, _note = source.kept(f"facts {observation.definition} {' '.join(clocks)}", lambda: (fetch(), {}))
    return Facts(columns)


def coded_dimension(source: Source, observation: Observation, name: str) -> Coded:
    """The episodes' segments, in the order of the facts."""

    def fetch() -> tuple[Mapping[str, Array], Mapping[str, Any]]:
        numbered = [EPISODE_ROW] if EPISODE_ROW in source.columns else []
        with _asking(source, observation) as asking:

            def segments() -> ir.Table:
                seen = source.episodes.filter(source.episodes.at_us <= asking.number(NOW))
                return seen.select(*numbered, segment=segment_value(seen, name))

            rows = asking.rows("segments", segments, name)
        encoded = rows["segment"].combine_chunks().dictionary_encode()
        words = encoded.dictionary.to_pylist()
        codes = {"codes": np.from_dlpack(encoded.indices).astype(_holding(len(words)))}
        if numbered:
            codes[EPISODE_ROW] = column_array(rows, EPISODE_ROW)
        return _in_order(codes), {"values": words}

    columns, note = source.kept(f"dimension {name}", fetch)
    return Coded(columns["codes"], note["values"])


def _asking(source: Source, observation: Observation) -> Asking:
    """Questions under one definition, whose texts hold for every moment."""
    clock = observation.business_as_of_us
    return Asking(
        source,
        "acceptance",
        packages=_PACKAGES,
        tables=(EPISODES,),
        follows_from=(observation.definition, observation.rules.model_dump_json()),
        numbers={
            NOW: lambda: observation.as_of_us,
            **{_now_of(name): partial(clock.__getitem__, name) for name in calendars_of(source.agreement)},
        },
    )


def _now_of(calendar: str) -> str:
    return f"{NOW} {calendar}"


def _read(asking: Asking, observation: Observation, clocks: Sequence[Clock], edge: Edge) -> dict[str, Array]:
    def narrow() -> ir.Table:
        clock = {name: asking.number(_now_of(name)) for name in calendars_of(asking.source.agreement)}
        at_any_time = replace(observation, as_of_us=asking.number(NOW), business_as_of_us=clock)
        return facts(observed(asking.source.episodes, at_any_time, edge), observation.rules, clocks, edge)

    return _in_order(column_arrays(asking.rows(f"facts {edge}", narrow, *clocks)))


def in_order_of(cell: Array, cells: int) -> npt.NDArray[np.int64]:
    """The stable order by ``cell``. Sixteen bits are sorted by counting, which is ten times quicker than comparing."""
    if cells == 1:
        return np.arange(len(cell))
    if cells <= 1 << 16:
        return np.argsort(cell.astype(np.uint16), kind="stable")
    order = np.argsort((cell & 0xFFFF).astype(np.uint16), kind="stable")
    return order[in_order_of((cell >> 16)[order], (cells >> 16) + 1)]


def _in_order(columns: Mapping[str, Array]) -> dict[str, Array]:
    """``columns`` by the number of the episode: what is asked for column by column has to match row by row."""
    ordered = dict(columns)
    number = ordered.pop(EPISODE_ROW, None)
    if number is None or (number[1:] > number[:-1]).all():
        return ordered
    order = np.argsort(number, kind="stable")  # runs in order are merged, not sorted
    return {name: values[order] for name, values in ordered.items()}


def _narrowed(rows: Mapping[str, Array], clocks: Sequence[Clock]) -> dict[str, Array]:
    columns: dict[str, Array] = {}
    for name, values in rows.items():
        edge, _, clock = name.partition("_")
        if clock in clocks and edge in EDGES:
            columns[name], columns[_MINUTES + name] = _binned(values)
        else:
            columns[name] = values
    cause = columns["cause"]
    for clock in clocks:
        if not clock.startswith("answered"):
            places = np.flatnonzero((cause == Outcome.ACCEPTED) & (rows[f"stated_{clock}"] > UNPLACED))
            columns |= _by_delay(f"{_ACCEPTED}{clock}.", places, columns, clock)
    weight = columns.pop("weight")
    for edge in EDGES:
        before = "" if edge == "stated" else f"{edge}_"
        if f"{before}seconds" not in columns:
            continue
        prefix, seconds = _of_handled(edge), columns.pop(f"{before}seconds")
        handled = np.flatnonzero(columns[f"{before}cause"] <= Outcome.REJECTED)
        columns |= _by_delay(prefix, handled, columns, "elapsed", edge)
        places = columns[f"{prefix}episode"]
        columns |= {f"{prefix}weight": weight[places], f"{prefix}seconds": seconds[places]}
    return columns


def _of_handled(edge: Edge) -> str:
    return _HANDLED if edge == "stated" else f"{edge}_{_HANDLED}"


def _by_delay(
    prefix: str, places: Array, columns: Mapping[str, Array], clock: str, edge: Edge = "stated"
) -> dict[str, Array]:
    bins = columns[f"{edge}_{clock}"]
    places = places[in_order_of(bins[places], len(columns[f"{_MINUTES}{edge}_{clock}"]))]
    return {f"{prefix}episode": places.astype(np.int32), f"{prefix}bin": bins[places]}


def _binned(minute: npt.NDArray[np.int32]) -> tuple[Array, npt.NDArray[np.int32]]:
    """The place of each minute among those that occur, and these."""
    low = int(minute.min()) if len(minute) else 0
    shifted = minute.astype(np.int64) - low
    occurring = np.flatnonzero(np.bincount(shifted))
    place = np.zeros(int(occurring[-1]) + 1 if len(occurring) else 0, dtype=_holding(len(occurring)))
    place[occurring] = np.arange(len(occurring))
    return place[shifted], (occurring + low).astype(np.int32)


def _holding(count: int) -> type[np.unsignedinteger[Any]]:
    """The narrowest kind of number that tells ``count`` things apart."""
    return np.uint8 if count <= 1 << 8 else np.uint16 if count <= 1 << 16 else np.uint32
