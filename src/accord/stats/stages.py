"""Bins of risk tables, merged where merging loses nothing: what curves are computed from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from accord.stats.grouped import Bools, Floats, Ints, running_total, starts_of
from accord.stats.risk import RiskTable

__all__ = ["Ledger", "Stages"]

ROUNDING = 1e-12
"""No share of fewer than a million million leads is closer to 1 without being 1."""


@dataclass(frozen=True, eq=False)
class Stages:
    """Stages of all cells, in the order of (cell, time); in each, events come before censoring.

    ``cell``: the stage's cell; ``end``: one past its last row in the risk table; ``n``: leads per cell; per stage
    ``at_risk``, and of these ``of_interest`` leave for the causes that count, ``leaving`` for any cause, ``censored``
    are open and not seen longer.
    """

    cell: Ints
    end: Ints
    n: Floats
    at_risk: Floats
    of_interest: Floats
    leaving: Floats
    censored: Floats

    @cached_property
    def starts(self) -> Ints:
        """Offsets of the cells' stages."""
        return starts_of(self.cell, len(self.n))

    def lost(self, extra: int) -> Floats:
        r"""By how much censoring in the earlier stages of the cell thinned it out, with ``extra`` leads added.

        The running product of (left after events + extra) ÷ (left after events and censoring + extra), stages before
        this one: 1 while nothing is censored. It turns a plain share of n into a product over stages:
        :math:`\prod_{k<j} (1 - d_k / Y_k) = (Y_j / n) \cdot lost_j`. With no lead added it is
        :math:`1 / \hat G(t_j^-)`, the inverse of the Kaplan–Meier share not censored before the stage.
        """
        after_events = self.at_risk - self.leaving + extra
        # Where the last lead of a cell is censored nothing follows and its factor is never used.
        used = (self.censored > 0) & (after_events > self.censored)
        factor = np.ones(len(self.at_risk))
        np.divide(after_events, after_events - self.censored, out=factor, where=used)
        logs = np.log(factor)
        product: Floats = np.exp(running_total(logs, self.starts) - logs)
        return product

    @cached_property
    def weight(self) -> Floats:
        """How many leads each lead leaving in the stage stands for."""
        return self.lost(0)

    @cached_property
    def waiting(self) -> Floats:
        """Share of the leads still undecided just before the stage."""
        share: Floats = self.at_risk / self.n[self.cell] * self.weight
        return share

    @cached_property
    def incidence(self) -> Floats:
        """Share of the leads that left for the causes of interest by the end of the stage."""
        gone = running_total(self.of_interest * self.weight, self.starts)
        share = gone / self.n[self.cell]
        # Weights are products, and sums of them end within a rounding of 1 where everybody left for these causes.
        whole: Floats = np.where(share > 1 - ROUNDING, 1.0, share)
        return whole


@dataclass(frozen=True, eq=False)
class Ledger:
    """Running counts over the rows of a risk table, from which any division into stages is read off.

    A stage may span many bins: as long as nobody is censored between two bins, a curve read after both does not depend
    on when in between anybody left (the shares telescope), nor do its variance and its interval. So reading a curve
    costs one pass over the rows and then only as many stages as there are bins with censoring.
    """

    table: RiskTable
    causes: tuple[str, ...]

    @cached_property
    def starts(self) -> Ints:
        """Offsets of the cells' rows."""
        return starts_of(self.table.cell, self.table.cells)

    @cached_property
    def of_interest(self) -> Ints:
        """Leads that left for the causes of interest in all rows before: one entry more than rows."""
        return _before(sum((getattr(self.table, cause) for cause in self.causes), np.zeros_like(self.table.cell)))

    @cached_property
    def leaving(self) -> Ints:
        """Leads that left for any cause in all rows before."""
        return _before(self.table.leaving())

    @cached_property
    def censored(self) -> Ints:
        """Leads censored in all rows before."""
        return _before(self.table.censored)

    @cached_property
    def n(self) -> Ints:
        """Leads per cell."""
        return self.gone(self.starts[1:]) - self.gone(self.starts[:-1])

    def gone(self, row: Ints) -> Ints:
        """Leads that left or were censored in all rows before ``row``, of all cells."""
        gone: Ints = self.leaving[row] + self.censored[row]
        return gone

    @cached_property
    def _breaks(self) -> Bools:
        """Whether a stage must end before the row: after every bin with censoring, and at the end of every cell."""
        breaks = np.zeros(len(self.table.cell) + 1, dtype=np.bool_)
        breaks[1:] = self.table.censored > 0
        breaks[self.starts] = True
        return breaks

    def stages(self, *ends: Ints) -> Stages:
        """The fewest stages that also end before each of the rows ``ends``."""
        breaks = self._breaks.copy()
        for rows in ends:
            breaks[rows] = True
        breaks[0] = False
        end = np.flatnonzero(breaks)
        begin = np.concatenate([np.zeros(1, dtype=np.int64), end[:-1]])[: len(end)]
        cell = self.table.cell[end - 1]
        return Stages(
            cell=cell,
            end=end,
            n=self.n.astype(np.float64),
            at_risk=(self.n[cell] - self.gone(begin) + self.gone(self.starts[cell])).astype(np.float64),
            of_interest=(self.of_interest[end] - self.of_interest[begin]).astype(np.float64),
            leaving=(self.leaving[end] - self.leaving[begin]).astype(np.float64),
            censored=(self.censored[end] - self.censored[begin]).astype(np.float64),
        )

    def every_bin(self) -> Stages:
        """One stage per row."""
        return self.stages(np.arange(1, len(self.table.cell) + 1))


def _before(counts: Ints) -> Ints:
    before = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=before[1:])
    return before
