"""The additive state of every cell that figures are finished from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from accord.metrics.acceptance import Clock, Edge
from accord.metrics.cells import PeriodUnit, period_label_of
from accord.stats.risk import RiskTable

__all__ = ["EDGES", "Cells", "Counts", "Gathered", "numbered_cells"]

Counts = Mapping[str, npt.NDArray[np.int64]]

EDGES: tuple[Edge, ...] = ("stated", "earliest", "latest")


@dataclass(frozen=True)
class Cells:
    """The cells that have anything handed over, in the order of their values: segment values and period label each."""

    dimensions: tuple[str, ...]
    segments: tuple[tuple[str, ...], ...]
    periods: tuple[str | None, ...]
    period_numbers: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.periods)


class Gathered(Protocol):
    """Counts per cell, and risk tables over the same cells. Everything in it adds up."""

    @property
    def cells(self) -> Cells:
        """The cells, in order."""

    @property
    def counts(self) -> Counts:
        """Every count of :data:`accord.metrics.acceptance.COUNTS`, per cell."""

    def risk(self, clock: Clock, edge: Edge = "stated") -> RiskTable:
        """The risk table of every cell on one clock; time in hours."""

    def weighted(self) -> Mapping[str, npt.NDArray[np.int64]]:
        """The moments of the weighted handling delay, by ``cell`` and ``minute``."""


def numbered_cells(keys: Sequence[tuple[Any, ...]], dimensions: Sequence[str], period: PeriodUnit | None) -> Cells:
    """The cells of ``keys``: segment values and the period's number, one tuple each, in order."""
    return Cells(
        tuple(dimensions),
        tuple(key[:-1] for key in keys),
        tuple(period_label_of(key[-1], period) for key in keys),
        np.array([key[-1] for key in keys], dtype=np.int64),
    )
