"""Risk tables: how many leads left observation when, and why. Everything a curve needs, and it adds up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from accord.stats.grouped import Floats, Ints

__all__ = ["CAUSES", "RiskTable", "bins_between"]

CAUSES = ("accepted", "rejected", "expired")
"""The ways an episode ends. The fourth way to leave, ``censored``, is that we stop looking while it is open."""

_COUNTS = (*CAUSES, "censored")


@dataclass(frozen=True, eq=False)
class RiskTable:
    """Counts of leads by cell, by time since handoff, and by how they left.

    Row ``i`` says: of cell ``cell[i]``, ``accepted[i]`` leads were accepted, ``rejected[i]`` rejected, ``expired[i]``
    ran out of time, and ``censored[i]`` were still open when observation stopped, all in the time bin whose right edge
    is ``time[i]``. Everybody handed over leaves exactly once, so the counts of a cell add up to its leads.

    ``cells`` is how many cells there are, numbered from 0; a cell may have no row. ``time`` is 0 or more, in any unit
    as long as it is one unit (hours, minutes, open hours); 0 is "at once". Within a bin events come before censoring: a
    lead censored in a bin was under observation for the whole of it.

    The rows may come in any order and a bin may come in parts: they are sorted and summed. The arrays are
    read-only. Tables over the same cells add up, and :meth:`roll_up` merges cells; both are exact, so a whole is always
    the sum of its parts.

    Raises ``ValueError`` for arrays of different lengths, cells out of range, negative or infinite times, and negative
    or broken counts.

    >>> table = RiskTable(cells=2, cell=[0, 1, 0], time=[2.0, 1.0, 2.0], accepted=[1, 1, 0], rejected=[0, 0, 3],
    ...                   expired=[0, 0, 0], censored=[0, 1, 0])
    >>> table.time, table.rejected, table.n()
    (array([2., 1.]), array([3, 0]), array([4, 2]))
    >>> table.roll_up([0, 0], cells=1).n()
    array([6])
    """

    cells: int
    cell: Ints
    time: Floats
    accepted: Ints
    rejected: Ints
    expired: Ints
    censored: Ints

    def __init__(
        self,
        cells: int,
        cell: npt.ArrayLike,
        time: npt.ArrayLike,
        *,
        accepted: npt.ArrayLike,
        rejected: npt.ArrayLike,
        expired: npt.ArrayLike,
        censored: npt.ArrayLike,
    ) -> None:
        columns = {
            "cell": _whole("cell", cell),
            "time": np.asarray(time, dtype=np.float64),
            "accepted": _whole("accepted", accepted),
            "rejected": _whole("rejected", rejected),
            "expired": _whole("expired", expired),
            "censored": _whole("censored", censored),
        }
        _check(cells, columns)
        object.__setattr__(self, "cells", int(cells))
        for name, values in _summed(columns).items():
            values.setflags(write=False)
            object.__setattr__(self, name, values)

    @classmethod
    def empty(cls, cells: int) -> RiskTable:
        """A table of ``cells`` cells with nobody in them."""
        return cls(cells, [], [], accepted=[], rejected=[], expired=[], censored=[])

    @classmethod
    def of_episodes(cls, cells: int, cell: npt.ArrayLike, time: npt.ArrayLike, outcome: Iterable[str]) -> RiskTable:
        """The table of single episodes: ``outcome`` is accepted, rejected, expired or censored, one per episode.

        >>> RiskTable.of_episodes(1, [0, 0], [3.0, 3.0], ["accepted", "censored"]).censored
        array([1])
        """
        words = np.asarray(list(outcome), dtype=object)
        if strange := sorted(set(words) - set(_COUNTS)):
            raise ValueError(f"outcome {strange[0]!r} is not one of {', '.join(_COUNTS)}")
        return cls(cells, cell, time, **{name: (words == name).astype(np.int64) for name in _COUNTS})

    def n(self) -> Ints:
        """Leads handed over, per cell."""
        return _count(self.cell, self.leaving() + self.censored, self.cells)

    def leaving(self) -> Ints:
        """Leads whose episode ended, for whatever cause, per row."""
        return self.accepted + self.rejected + self.expired

    def totals(self, name: str) -> Ints:
        """The count ``name`` (accepted, rejected, expired or censored) summed over time, per cell."""
        if name not in _COUNTS:
            raise ValueError(f"count {name!r} is not one of {', '.join(_COUNTS)}")
        return _count(self.cell, getattr(self, name), self.cells)

    def __add__(self, other: RiskTable) -> RiskTable:
        if not isinstance(other, RiskTable):
            return NotImplemented
        if other.cells != self.cells:
            raise ValueError(f"tables of {self.cells} and {other.cells} cells do not add up: number the cells alike")
        both = {
            name: np.concatenate([getattr(self, name), getattr(other, name)]) for name in ("cell", "time", *_COUNTS)
        }
        return RiskTable(self.cells, **both)

    def roll_up(self, mapping: npt.ArrayLike, cells: int) -> RiskTable:
        """The same leads in coarser cells: cell ``c`` becomes cell ``mapping[c]`` of ``cells``."""
        target = _whole("mapping", mapping)
        if target.shape != (self.cells,):
            raise ValueError(f"mapping has {target.size} entries for {self.cells} cells: give one for each")
        return RiskTable(cells, target[self.cell], self.time, **{name: getattr(self, name) for name in _COUNTS})

    def coarsened(self, horizons: Sequence[float]) -> RiskTable:
        """The same leads in fewer bins; read at any of ``horizons``, a curve of it is the curve of this table.

        In a cell where nobody is censored a curve read at a horizon is a plain share: what counts is who left up to it,
        not when. There all times between two horizons become one bin, just after the earlier (:func:`bins_between`).

        >>> table = RiskTable.of_episodes(1, [0] * 4, [3.0, 20.0, 30.0, 700.0], ["accepted"] * 4)
        >>> table.coarsened([24.0, 48.0]).accepted
        array([2, 1, 1])
        """
        whole = self.totals("censored")[self.cell] == 0
        edges = bins_between(horizons)
        coarse = edges[np.searchsorted(edges, self.time, side="right") - 1]
        counts = {name: getattr(self, name) for name in _COUNTS}
        return RiskTable(self.cells, self.cell, np.where(whole, coarse, self.time), **counts)


def bins_between(horizons: Sequence[float]) -> Floats:
    """The bins of :meth:`RiskTable.coarsened`: 0, and the earliest time after each of ``horizons``."""
    return np.array([0.0, *(np.nextafter(horizon, np.inf) for horizon in sorted(set(horizons)))])


def _whole(name: str, values: npt.ArrayLike) -> Ints:
    given = np.asarray(values)
    whole = given.astype(np.int64)
    if given.dtype.kind not in "iub" and not np.array_equal(whole, given):
        raise ValueError(f"{name} holds numbers that are not whole")
    return whole


def _check(cells: int, columns: dict[str, npt.NDArray[Any]]) -> None:
    rows = columns["cell"].shape
    for name, values in columns.items():
        if values.ndim != 1 or values.shape != rows:
            raise ValueError(f"{name} has shape {values.shape} where cell has {rows}")
    if not rows[0]:
        return
    if (low := columns["cell"].min()) < 0 or (high := columns["cell"].max()) >= cells:
        raise ValueError(f"cell {low if low < 0 else high} is not between 0 and {cells - 1}")
    if not np.isfinite(columns["time"]).all() or columns["time"].min() < 0:
        raise ValueError("time holds a value that is negative or not finite")
    for name in _COUNTS:
        if columns[name].min() < 0:
            raise ValueError(f"{name} holds a negative count")


def _summed(columns: dict[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    """Rows with somebody in them, in the order of (cell, time), one per bin."""
    somebody = np.any([columns[name] > 0 for name in _COUNTS], axis=0)
    if not somebody.all():
        columns = {name: values[somebody] for name, values in columns.items()}
    cell, time = columns["cell"], columns["time"]
    if _strictly_rising(cell, time):
        return {name: values.copy() for name, values in columns.items()}
    order = np.lexsort((time, cell))
    columns = {name: values[order] for name, values in columns.items()}
    cell, time = columns["cell"], columns["time"]
    new = np.ones(len(cell), dtype=np.bool_)
    new[1:] = (cell[1:] != cell[:-1]) | (time[1:] != time[:-1])
    first = np.flatnonzero(new)
    keys = {"cell": cell[first], "time": time[first]}
    return keys | {name: np.add.reduceat(columns[name], first) for name in _COUNTS}


def _strictly_rising(cell: Ints, time: Floats) -> bool:
    later = (cell[1:] > cell[:-1]) | ((cell[1:] == cell[:-1]) & (time[1:] > time[:-1]))
    return bool(np.all(later))


def _count(cell: Ints, values: Ints, cells: int) -> Ints:
    counts = np.zeros(cells, dtype=np.int64)
    np.add.at(counts, cell, values)
    return counts
