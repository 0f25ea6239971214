"""The acceptance curve: which share of the leads has been accepted by each time, open ones counted fairly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from accord.stats.equivalent import Stages, equivalent_sample
from accord.stats.grouped import Bools, Floats, Ints, running_total, starts_of, total
from accord.stats.risk import CAUSES, RiskTable

__all__ = ["Curve", "IncidenceAt", "incidence_at"]


@dataclass(frozen=True, eq=False)
class IncidenceAt:
    """The curve of every cell read at some horizons: arrays of shape (cells, horizons), ``n`` of shape (cells,).

    ``value``: share of all leads handed over that was accepted by the horizon, between 0 and 1.
    ``variance``: its estimated variance.
    ``at_risk``: leads seen right up to the horizon (neither gone nor censored before it).
    ``followed``: how many leads would have been seen right up to the horizon had nobody decided anything; ``n`` when
    nothing was censored before it. This is the sample that surely speaks about the horizon.
    ``successes``, ``trials``: the complete sample that would tell as much as this one: accepted and n themselves when
    nothing was censored, fewer otherwise, with fractions (see :func:`~accord.stats.equivalent.equivalent_sample`).
    ``identified``: whether the curve can be read there at all. Where it cannot, ``value`` is where the curve breaks
    off (a lower bound) and ``value + undecided`` the upper bound.
    ``undecided``: share of the leads that nothing is known to have happened to by the horizon.
    """

    value: Floats
    variance: Floats
    at_risk: Ints
    followed: Floats
    successes: Floats
    trials: Floats
    identified: Bools
    undecided: Floats
    n: Ints


@dataclass(frozen=True, eq=False)
class Curve:
    r"""Aalen–Johansen cumulative incidence of leaving for ``causes``, all cells at once.

    .. math:: \hat F(t) = \sum_{t_j \le t} \hat S(t_j^-) \frac{a_j}{Y_j}, \qquad
              \hat S(t) = \prod_{t_j \le t} \Bigl(1 - \frac{d_j}{Y_j}\Bigr)

    Of the :math:`Y_j` leads under observation in bin :math:`t_j`, :math:`a_j` are accepted and :math:`d_j` leave for
    any cause (accepted, rejected, expired). :math:`\hat S` is the share still waiting. In plain words: each lead that
    is still open today hands its weight on to the leads that were followed longer, so recent leads make the figure
    neither lower (as accepted ÷ handed over does) nor higher (as accepted ÷ decided does).

    It is computed in an equal form without a product over events. With :math:`\hat G(t_j^-)` the Kaplan–Meier estimate
    of "not censored before :math:`t_j`" (events first within a bin), :math:`\hat S(t_j^-)\,\hat G(t_j^-) = Y_j / n`, so
    :math:`\hat F(t) = \frac1n \sum_{t_j \le t} a_j / \hat G(t_j^-)`. With nothing censored :math:`\hat G` is 1 and
    :math:`\hat F` is accepted ÷ n to the last digit.

    Row arrays are parallel to ``table``; ``starts`` has ``cells + 1`` offsets into them.

    Ten leads: five accepted in hour 1, one censored in hour 2, two of the other four accepted in hour 3, two expired.

    >>> table = RiskTable(1, [0, 0, 0, 0], [1, 2, 3, 720], accepted=[5, 0, 2, 0], rejected=[0, 0, 0, 0],
    ...                   expired=[0, 0, 0, 2], censored=[0, 1, 0, 0])
    >>> Curve(table).incidence
    array([0.5 , 0.5 , 0.75, 0.75])

    References: Aalen & Johansen (1978), Scand. J. Statist. 5, 141–150; Putter, Fiocco & Geskus (2007), Statist. Med.
    26, 2389–2430; for the equal form Satten & Datta (2001), Am. Statist. 55, 207–210.
    """

    table: RiskTable
    causes: tuple[str, ...] = ("accepted",)

    def __post_init__(self) -> None:
        if not self.causes or (strange := [cause for cause in self.causes if cause not in CAUSES]):
            raise ValueError(f"causes {self.causes!r} must be some of {', '.join(CAUSES)}; {strange} is not")

    @cached_property
    def starts(self) -> Ints:
        """Offsets of the cells' rows."""
        return starts_of(self.table.cell, self.table.cells)

    @cached_property
    def n(self) -> Ints:
        """Leads per cell."""
        return self.table.n()

    @cached_property
    def of_interest(self) -> Ints:
        """Leads leaving for one of ``causes``, per row (the formula's a)."""
        counts: Ints = sum((getattr(self.table, cause) for cause in self.causes), np.zeros_like(self.table.cell))
        return counts

    @cached_property
    def at_risk(self) -> Ints:
        """Leads under observation in the row's bin (the formula's Y)."""
        gone = self.table.leaving() + self.table.censored
        before = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(gone)])
        since_start = before[:-1] - before[self.starts[self.table.cell]]
        at_risk: Ints = self.n[self.table.cell] - since_start
        return at_risk

    @cached_property
    def stages(self) -> Stages:
        """The bins in the form that :mod:`accord.stats.equivalent` computes with."""
        return Stages(
            cell=self.table.cell,
            starts=self.starts,
            n=self.n.astype(np.float64),
            at_risk=self.at_risk.astype(np.float64),
            of_interest=self.of_interest.astype(np.float64),
            leaving=self.table.leaving().astype(np.float64),
            censored=self.table.censored.astype(np.float64),
        )

    @cached_property
    def uncensored(self) -> Floats:
        """Share that would not have been censored before the row's bin (the formula's G)."""
        return 1.0 / self.stages.lost(0)

    @cached_property
    def incidence(self) -> Floats:
        """Share accepted by the row's bin, the bin included (the formula's F)."""
        weight = running_total(self.of_interest / self.uncensored, self.starts)
        share: Floats = np.minimum(weight / self.n[self.table.cell], 1.0)
        return share

    @cached_property
    def waiting(self) -> Floats:
        """Share still undecided just before the row's bin (the formula's S at t−)."""
        share: Floats = self.at_risk / (self.n[self.table.cell] * self.uncensored)
        return share

    def at(self, horizons: npt.ArrayLike) -> IncidenceAt:
        r"""The curve read at ``horizons``: one row of them for all cells, or an array (cells, horizons).

        ``variance`` is the delta-method variance with multinomial increments (Dinse & Larson 1986; the Aalen-type
        estimator of Putter et al. 2007 without its Poisson approximation), which with nothing censored is
        :math:`F(1-F)/n` exactly:

        .. math:: \sum_{t_j \le t} \Bigl\{ [\hat F(t) - \hat F(t_j)]^2 \frac{d_j}{Y_j (Y_j - d_j)}
                  + \hat S(t_j^-)^2 \frac{a_j (Y_j - a_j)}{Y_j^3}
                  - 2 [\hat F(t) - \hat F(t_j)] \hat S(t_j^-) \frac{a_j}{Y_j^2} \Bigr\}

        A horizon is *identified* when somebody was under observation up to it, or when by then everybody is decided:
        that is, unless the last to leave before it was censored. An empty cell is never identified.
        """
        wanted = np.asarray(horizons, dtype=np.float64)
        wanted = np.broadcast_to(wanted, (self.table.cells, wanted.shape[-1]))
        readings = [self._read(column) for column in wanted.T]

        def side_by_side(name: str) -> npt.NDArray[Any]:
            return np.stack([reading[name] for reading in readings], axis=1)

        return IncidenceAt(
            value=side_by_side("value"),
            variance=side_by_side("variance"),
            at_risk=side_by_side("at_risk"),
            followed=side_by_side("followed"),
            successes=side_by_side("successes"),
            trials=side_by_side("trials"),
            identified=side_by_side("identified"),
            undecided=side_by_side("undecided"),
            n=self.n,
        )

    def _read(self, horizon: Floats) -> dict[str, npt.NDArray[Any]]:
        table, leaving = self.table, self.table.leaving()
        limit = horizon[table.cell]
        seen = table.time <= limit
        last = self.starts[:-1] + _count(seen, table) - 1  # the last row up to the horizon
        following = self.starts[:-1] + _count(table.time < limit, table)  # the first row at it or after
        something_before, somebody_after = last >= self.starts[:-1], following < self.starts[1:]
        value = np.where(something_before, _pick(self.incidence, last), 0.0)
        still_waiting = _pick(self.waiting * (self.at_risk - leaving) / self.at_risk, last)
        all_decided = something_before & ~somebody_after & (_pick(self.at_risk - leaving, last) == 0)
        followed = np.where(somebody_after, _pick(self.uncensored, following), 0.0)
        followed = np.where(all_decided, _pick(self.uncensored, last), followed)
        whole = followed >= 1.0  # nothing censored before the horizon: a plain share of n
        accepted = total(np.where(seen, self.of_interest, 0), table.cell, table.cells)
        successes, trials = equivalent_sample(self.stages, seen, self._survivors(limit))
        return {
            "value": value,
            "variance": np.where(whole, value * (1 - value) / np.maximum(self.n, 1), self._variance(value, seen)),
            "at_risk": np.where(somebody_after, _pick(self.at_risk, following), 0.0).astype(np.int64),
            "followed": followed * self.n,
            "successes": np.where(whole, accepted, successes),
            "trials": np.where(whole, self.n, trials),
            "identified": somebody_after | all_decided,
            "undecided": np.where(something_before, still_waiting, np.minimum(self.n, 1)),
        }

    def _survivors(self, limit: Floats) -> Floats:
        """Leads seen beyond the horizon; those censored in its very bin were seen up to its end."""
        table = self.table
        later = np.where(table.time > limit, table.leaving() + table.censored, 0)
        return total(later + np.where(table.time == limit, table.censored, 0), table.cell, table.cells)

    def _variance(self, value: Floats, seen: Bools) -> Floats:
        table = self.table
        at_risk = self.at_risk.astype(np.float64)
        leaving = table.leaving()
        to_come = np.where(seen, value[table.cell] - self.incidence, 0.0)
        # Where everybody leaves at once nothing is to come: the term is 0, not 0 × infinity.
        greenwood = np.zeros(len(at_risk))
        np.divide(leaving, at_risk * (at_risk - leaving), out=greenwood, where=leaving < at_risk)
        share = self.waiting * self.of_interest / at_risk
        own = np.where(seen, self.waiting * share * (at_risk - self.of_interest) / at_risk**2, 0.0)
        terms = to_come**2 * greenwood + own - 2 * to_come * share / at_risk
        return np.maximum(total(terms, table.cell, table.cells), 0.0)


def _count(rows: Bools, table: RiskTable) -> Ints:
    return np.bincount(table.cell[rows], minlength=table.cells)


def _pick(values: npt.NDArray[Any], rows: Ints) -> Floats:
    """``values`` at ``rows``; 0 for a row that is not there."""
    there = (rows >= 0) & (rows < len(values))
    picked = np.zeros(len(rows))
    picked[there] = values[rows[there]]
    return picked


def incidence_at(table: RiskTable, horizons: npt.ArrayLike, causes: Sequence[str] = ("accepted",)) -> IncidenceAt:
    """The cumulative incidence of ``causes`` in every cell of ``table``, read at ``horizons`` (its unit of time).

    ``horizons`` is one sequence for all cells, or an array (cells, horizons). With every cause in ``causes`` it is the
    share of leads that somehow left. See :class:`Curve` for formula, meaning and source.

    >>> import numpy as np
    >>> table = RiskTable(1, [0, 0, 0], [1, 5, 9], accepted=[2, 1, 0], rejected=[0, 0, 1],
    ...                   expired=[0, 0, 0], censored=[0, 0, 0])
    >>> incidence_at(table, [1, 24]).value
    array([[0.5 , 0.75]])
    """
    return Curve(table, tuple(causes)).at(horizons)
