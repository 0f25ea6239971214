"""What dates without an hour leave open: a figure's least and greatest value over the ways to read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from accord.acceptance.state import EDGES, Counts
from accord.metrics.outcomes import Edge
from accord.stats.curve import IncidenceAt
from accord.stats.grouped import Bools, Floats

__all__ = ["Read", "bounds", "incidence_bounds", "readings", "share_bounds"]

ROUNDING = 1e-9
"""Values this close, relatively, are the same sum added up in another order."""


class Read(NamedTuple):
    """A figure per cell under one reading, and where it can be told at all."""

    value: Floats
    known: Bools


def readings(counts: Counts) -> tuple[Edge, ...]:
    """The ways to read the dates that ``counts`` has: one where no time is a date without an hour."""
    return EDGES if counts["dated"].any() else EDGES[:1]


def bounds(read: Mapping[Edge, Read]) -> tuple[Floats, Floats] | None:
    """The least and the greatest of the readings, the stated one among them; ``None`` where there is no other.

    A reading under which a cell's figure cannot be told says nothing about that cell.
    """
    if len(read) == 1:
        return None
    stated = low = high = read["stated"].value
    for value, known in read.values():
        other = known & ~np.isclose(value, stated, rtol=ROUNDING, atol=ROUNDING)
        low = np.where(other, np.minimum(low, value), low)
        high = np.where(other, np.maximum(high, value), high)
    return low, high


def incidence_bounds(read: Mapping[Edge, IncidenceAt]) -> list[tuple[Floats, Floats] | None]:
    """The bounds at each horizon."""
    columns = read["stated"].value.shape[1]
    return [
        bounds({edge: Read(at.value[:, column], at.identified[:, column]) for edge, at in read.items()})
        for column in range(columns)
    ]


def share_bounds(counts: Mapping[Edge, Counts], of: str, among: str) -> tuple[Floats, Floats] | None:
    """The bounds of a plain share of two counts."""
    return bounds(
        {edge: Read(_share(counted[of], counted[among]), counted[among] > 0) for edge, counted in counts.items()}
    )


def _share(part: npt.NDArray[np.int64], whole: npt.NDArray[np.int64]) -> Floats:
    share: Floats = part / np.maximum(whole, 1)
    return share
