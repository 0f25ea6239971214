"""The additive state of every cell that figures are finished from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from accord.metrics.acceptance import Clock
from accord.metrics.cells import PeriodUnit, period_label_of
from accord.metrics.outcomes import Edge
from accord.stats.quantiles import AcceptedDelays
from accord.stats.risk import RiskTable

__all__ = ["EDGES", "ONE_CELL", "Cells", "Counts", "Gathered", "numbered_cells"]

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


ONE_CELL = Cells((), ((),), (None,), np.zeros(1, dtype=np.int64))
"""Everything together."""


class Gathered(Protocol):
    """Counts per cell, and risk tables over the same cells. Everything in it adds up."""

    @property
    def cells(self) -> Cells:
        """The cells, in order."""

    @property
    def counts(self) -> Counts:
        """Every count of :data:`accord.metrics.acceptance.COUNTS`, per cell."""

    def counts_at(self, edge: Edge) -> Counts:
        """The counts with dates without an hour read by ``edge``; asked for only where ``dated`` counts any."""

    def risk(self, clock: Clock, edge: Edge = "stated", horizons: Sequence[float] | None = None) -> RiskTable:
        """The risk table of every cell on one clock; time in hours; with ``horizons`` coarsened to them."""

    def delays(self, clock: Clock) -> AcceptedDelays:
        """The delays of all accepted leads on one clock, in hours."""

    def weighted(self, edge: Edge = "stated") -> Mapping[str, npt.NDArray[np.int64]]:
        """The moments of the weighted handling delay: one row per ``cell`` and ``minute``, in this order."""

    def merged(self, mapping: npt.NDArray[np.int64], cells: Cells) -> Gathered:
        """The same in coarser cells: what is in cell ``c`` is in ``mapping[c]`` of ``cells``."""


def numbered_cells(keys: Sequence[tuple[Any, ...]], dimensions: Sequence[str], period: PeriodUnit | None) -> Cells:
    """The cells of ``keys``: segment values and the period's number, one tuple each, in order."""
    return Cells(
        tuple(dimensions),
        tuple(key[:-1] for key in keys),
        tuple(period_label_of(key[-1], period) for key in keys),
        np.array([key[-1] for key in keys], dtype=np.int64),
    )
