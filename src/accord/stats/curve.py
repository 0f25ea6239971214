"""The acceptance curve: which share of the leads has been accepted by each time, open ones counted fairly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from accord.stats.equivalent import equivalent_sample
from accord.stats.grouped import Bools, Floats, Ints, place_of, total
from accord.stats.risk import CAUSES, RiskTable
from accord.stats.stages import Ledger, Stages

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
    Where the horizon is not identified they are 0, or, if ``carried`` was asked for, tell how little the curve up to
    where it breaks off says about it.
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

    ``incidence``, ``waiting`` and ``uncensored`` are parallel to the rows of ``table``; ``starts`` has ``cells + 1``
    offsets into them. Reading the curve at horizons (:meth:`at`) is much cheaper than drawing it.

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
        if not self.causes or len(set(self.causes)) < len(self.causes) or not set(self.causes) <= set(CAUSES):
            raise ValueError(f"causes {self.causes!r} must be some of {', '.join(CAUSES)}, each once")

    @cached_property
    def ledger(self) -> Ledger:
        """Running counts over the table's rows."""
        return Ledger(self.table, self.causes)

    @cached_property
    def _bins(self) -> Stages:
        return self.ledger.every_bin()

    @property
    def n(self) -> Ints:
        """Leads per cell."""
        return self.ledger.n

    @property
    def starts(self) -> Ints:
        """Offsets of the cells' rows."""
        return self.ledger.starts

    @property
    def incidence(self) -> Floats:
        """Share accepted by the row's bin, the bin included (the formula's F)."""
        return self._bins.incidence

    @property
    def waiting(self) -> Floats:
        """Share still undecided just before the row's bin (the formula's S at t−)."""
        return self._bins.waiting

    @property
    def uncensored(self) -> Floats:
        """Share that would not have been censored before the row's bin (the formula's G at t−)."""
        return 1.0 / self._bins.weight

    def at(self, horizons: npt.ArrayLike, *, carried: bool = False) -> IncidenceAt:
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
        readings = [self._read(np.ascontiguousarray(column), carried) for column in wanted.T]

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

    def _read(self, horizon: Floats, carried: bool) -> dict[str, npt.NDArray[Any]]:
        ledger, n = self.ledger, self.n
        starts, ends = ledger.starts[:-1], ledger.starts[1:]
        # The rows before the horizon, and those up to and including it, end here.
        before = place_of(horizon, self.table.time, ledger.starts, after_equal=False)
        until = place_of(horizon, self.table.time, ledger.starts, after_equal=True)
        stages = ledger.stages(before, until)
        seen = stages.end <= until[stages.cell]
        last = np.searchsorted(stages.end, until, side="left")  # the last stage up to the horizon
        following = np.searchsorted(stages.end, before, side="right")  # the first stage at it or after
        any_seen, somebody_after = until > starts, before < ends
        survivors = n - ledger.gone(until) + ledger.gone(starts) + ledger.censored[until] - ledger.censored[before]
        all_decided = ~somebody_after & (n > 0) & (ledger.censored[ends] == ledger.censored[np.maximum(ends - 1, 0)])
        identified = somebody_after | all_decided
        value = np.where(any_seen, _pick(stages.incidence, last), 0.0)
        still_waiting = _pick(stages.waiting * (1 - stages.leaving / stages.at_risk), last)
        thinned = _pick(stages.weight, np.where(somebody_after, following, last))
        whole = identified & (thinned == 1.0)  # nothing censored before the horizon: a plain share of n
        accepted = ledger.of_interest[until] - ledger.of_interest[starts]
        successes, trials = equivalent_sample(stages, seen, survivors.astype(np.float64))
        return {
            "value": value,
            "variance": np.where(whole, value * (1 - value) / np.maximum(n, 1), _variance(stages, seen, value)),
            "at_risk": n - ledger.gone(before) + ledger.gone(starts),
            "followed": np.where(identified, n / np.maximum(thinned, 1.0), 0.0),
            "successes": np.where(whole, accepted, np.where(identified | carried, successes, 0.0)),
            "trials": np.where(whole, n, np.where(identified | carried, trials, 0.0)),
            "identified": identified,
            "undecided": np.where(any_seen, still_waiting, np.minimum(n, 1)),
        }


def _variance(stages: Stages, seen: Bools, value: Floats) -> Floats:
    at_risk, leaving = stages.at_risk, stages.leaving
    to_come = np.where(seen, value[stages.cell] - stages.incidence, 0.0)
    # Where everybody leaves at once nothing is to come: the term is 0, not 0 × infinity.
    greenwood = np.zeros(len(at_risk))
    np.divide(leaving, at_risk * (at_risk - leaving), out=greenwood, where=leaving < at_risk)
    share = stages.waiting * stages.of_interest / at_risk
    own = np.where(seen, stages.waiting * share * (at_risk - stages.of_interest) / at_risk**2, 0.0)
    terms = to_come**2 * greenwood + own - 2 * to_come * share / at_risk
    return np.maximum(total(terms, stages.cell, len(stages.n)), 0.0)


def _pick(values: Floats, places: Ints) -> Floats:
    """``values`` at ``places``; 0 where there is none (an empty cell)."""
    there = places < len(values)
    picked = np.zeros(len(places))
    picked[there] = values[places[there]]
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
