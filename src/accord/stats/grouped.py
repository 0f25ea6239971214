"""Running sums and searches within cells: the array work that every curve shares.

Rows are sorted by cell; a cell is a run of rows. Every function costs at most one pass over the rows, however many
cells there are.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Bools", "Floats", "Ints", "place_of", "ranks", "running_total", "starts_of", "total"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

DENSE = 1 << 22
"""Up to so many possible codes they are counted rather than sorted, which is several times quicker."""


def starts_of(cell: Ints, cells: int) -> Ints:
    """``cells + 1`` offsets: the rows of cell ``c`` are ``starts[c] … starts[c + 1] - 1``."""
    return np.searchsorted(cell, np.arange(cells + 1), side="left").astype(np.int64)


def total(values: npt.NDArray[Any], cell: Ints, cells: int) -> Floats:
    """The sum of ``values`` in each cell, in row order; 0 where a cell has no row."""
    return np.bincount(cell, weights=values, minlength=cells).astype(np.float64)


def ranks(codes: Ints, below: int) -> tuple[Ints, Ints]:
    """The codes that occur, rising, and for each of ``codes`` its place among them; all are from 0 to ``below``.

    >>> import numpy as np
    >>> present, place = ranks(np.array([7, 2, 7]), 9)
    >>> present.tolist(), place.tolist()
    ([2, 7], [1, 0, 1])
    """
    if below > DENSE:
        present, place = np.unique(codes, return_inverse=True)
        return present, place
    present = np.flatnonzero(np.bincount(codes, minlength=below))
    rank = np.zeros(below, dtype=np.int64)
    rank[present] = np.arange(len(present))
    return present, rank[codes]


def running_total(values: Floats, starts: Ints) -> Floats:
    """The sum of ``values`` from the start of the row's cell to the row, the row included.

    One cumulative sum over all cells would lose digits as it grows. So the total of each cell is taken off where
    the next begins, which keeps the sum as small as one cell, and what rounding is left over at the start of a cell is
    taken off the whole cell. Whole numbers stay exact.

    >>> import numpy as np
    >>> running_total(np.array([1.0, 2.0, 5.0, 0.5]), np.array([0, 2, 2, 4]))
    array([1. , 3. , 5. , 5.5])
    """
    if len(values) == 0:
        return values.astype(np.float64)
    filled = np.flatnonzero(np.diff(starts) > 0)
    first = starts[filled]
    totals = np.add.reduceat(values, first)
    stepped = values.astype(np.float64)
    stepped[first[1:]] -= totals[:-1]
    running = np.cumsum(stepped)
    left_over = running[first] - values[first]
    running -= np.repeat(left_over, np.diff(starts)[filled])
    return running


def place_of(limit: Floats, values: npt.NDArray[Any], starts: Ints, *, after_equal: bool) -> Ints:
    """Per cell, the first row whose value is at or above ``limit`` (above it with ``after_equal``), or the cell's end.

    ``values`` rise within a cell. All cells are searched by bisection at once.

    >>> import numpy as np
    >>> place_of(np.array([2.0, 9.0]), np.array([1.0, 2.0, 3.0, 5.0]), np.array([0, 3, 4]), after_equal=True)
    array([2, 4])
    """
    low, high = starts[:-1].copy(), starts[1:].copy()
    while np.any(low < high):
        middle = (low + high) // 2
        found = values[np.minimum(middle, len(values) - 1)]
        left_of = (found <= limit) if after_equal else (found < limit)
        searching = low < high
        low, high = np.where(searching & left_of, middle + 1, low), np.where(searching & ~left_of, middle, high)
    return low
