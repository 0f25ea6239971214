"""Running sums within cells: the one piece of array work that every curve shares.

Rows are sorted by cell; a cell is a run of rows. All functions cost one pass over the rows, however many cells.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Bools", "Floats", "Ints", "running_total", "starts_of", "total"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def starts_of(cell: Ints, cells: int) -> Ints:
    """``cells + 1`` offsets: the rows of cell ``c`` are ``starts[c] … starts[c + 1] - 1``."""
    return np.searchsorted(cell, np.arange(cells + 1), side="left").astype(np.int64)


def total(values: npt.NDArray[Any], cell: Ints, cells: int) -> Floats:
    """The sum of ``values`` in each cell, in row order; 0 where a cell has no row."""
    return np.bincount(cell, weights=values, minlength=cells).astype(np.float64)


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
