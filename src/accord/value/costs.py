"""What leads cost: per lead, per qualified lead, per accepted lead, per customer; one more; and what comes back."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from accord.stats.grouped import Floats
from accord.stats.slope import FEWEST_PERIODS, marginal_cost
from accord.stats.sums import sum_interval
from accord.tables.times import HOUR
from accord.value.amounts import Sums, figure_list, sums_of
from accord.value.cells import OUTSIDE
from accord.value.customers import MONTH_DAYS
from accord.value.facts import Ints
from accord.value.figures import Bounded, Costs, Funnel, Stage
from accord.value.purchases import Bools, Ground
from accord.value.refused import Wasted, wasted_sums
from accord.values import MINIMUM_COUNT, Estimate, Figure, Reason, Unknown

__all__ = ["MARGINAL", "Series", "Spent", "costs_of"]

MARGINAL = ("per_lead", "per_qualified_lead", "cac")
NOT_RECORDED = Unknown(Reason.NOT_RECORDED, MINIMUM_COUNT)
TOO_FEW_MONTHS = Unknown(Reason.TOO_FEW, FEWEST_PERIODS)
NO_RATE = Unknown(Reason.NOT_IDENTIFIED)
"""Money was spent, and nobody said what its currency is worth."""
NEGATIVE = Unknown(Reason.NOT_IDENTIFIED)
"""Credit notes outweigh what was spent: nothing costs less than nothing."""
MOST_MONTHS = 24
RULE_OF_THREE = 3


@dataclass(frozen=True)
class Series:
    """Spend and what it brought per cell and month that is ripe; ``spend`` NaN where none is recorded, or where a part
    of it has no rate.

    Arrays (cells, months), None where spend is not recorded by what the cells are cut by. ``brought`` is NaN in months
    that are not ripe.
    """

    spend: Floats
    brought: Mapping[str, Floats]


@dataclass(frozen=True)
class Spent:
    """Cents per cell and whether anybody wrote any down; months for what one more costs; what handoffs were lost.

    ``unpriced``: of each cell, the money spent on it that nobody said the worth of, by currency.
    """

    spend: Ints
    recorded: Bools
    series: Series | None
    found: Wasted | None
    unpriced: Sequence[Mapping[str, float]]


def costs_of(ground: Ground, of_lead: Ints, funnels: Sequence[Funnel], spent: Spent) -> list[Costs]:
    """One answer per cell."""
    cells, scale, asked = len(funnels), 10.0**-ground.asked.decimals, ground.asked
    spend, recorded, unrecorded = spent.spend, spent.recorded, asked.unrecorded
    back = _brought(ground, of_lead, cells)
    paid = [bool(recorded[cell]) and spend[cell] > 0 for cell in range(cells)]

    def unsaid(cell: int) -> Unknown:
        """Why a cell without spend has no cost."""
        return NO_RATE if spent.unpriced[cell] and not recorded[cell] else NOT_RECORDED

    def no_return(cell: int) -> Unknown | None:
        if asked.orders and paid[cell]:
            return NO_RATE if ground.money.all_unpriced else None
        return unsaid(cell) if asked.orders else NOT_RECORDED

    returned = figure_list(back, spend, back.units, 1.0, no_return)
    refused, never = (
        _waste(spent, which, of_lead, scale, [unsaid(cell) for cell in range(cells)])
        for which in ("refused", "never_worked")
    )
    payback = _payback(ground, of_lead, spend, [funnel.leads for funnel in funnels])
    answer = []
    for cell, funnel in enumerate(funnels):
        amount = int(spend[cell]) * scale

        def per(count: int, stage: Stage | None, amount: float = amount, cell: int = cell) -> Figure:
            if stage is not None and stage in unrecorded:
                return NOT_RECORDED
            if not recorded[cell]:
                return unsaid(cell)
            return NEGATIVE if amount < 0 else _average(amount, count)

        answer.append(
            Costs(
                spend=int(spend[cell]),
                recorded=bool(recorded[cell]),
                unpriced=bool(spent.unpriced[cell]),
                left_out=spent.unpriced[cell],
                per_lead=per(funnel.leads, None),
                per_qualified_lead=per(funnel.qualified, "qualified"),
                per_accepted_lead=per(funnel.accepted, "accepted"),
                cac=per(funnel.won, "won"),
                cac_at_horizon=_at_horizon(amount, funnel)
                if recorded[cell] and amount >= 0
                else per(funnel.won, "won"),
                marginal=_marginal(
                    spent.series, cell, scale, unrecorded, TOO_FEW_MONTHS if recorded[cell] else unsaid(cell)
                ),
                refused=refused.amounts[cell],
                never_worked=never.amounts[cell],
                refused_uncosted=int(refused.uncosted[cell]),
                never_worked_uncosted=int(never.uncosted[cell]),
                refused_unpriced=bool(refused.short[cell]),
                never_worked_unpriced=bool(never.short[cell]),
                return_on_spend=returned[cell],
                payback_months=no_return(cell) or payback[cell],
            )
        )
    return answer


def _average(amount: float, count: int) -> Figure:
    """Money ÷ how many it brought, which could have been more or fewer (a Poisson number)."""
    if not count:
        return Bounded(Reason.TOO_FEW, MINIMUM_COUNT, at_least=amount / RULE_OF_THREE)
    if count < MINIMUM_COUNT:
        return Unknown(Reason.TOO_FEW, MINIMUM_COUNT)
    interval = sum_interval(count, count, 1)
    ends = sorted((amount / float(interval.high), amount / float(interval.low)))
    return Estimate(amount / count, ends[0], ends[1], count)


def _at_horizon(amount: float, funnel: Funnel) -> Figure:
    """Money per customer once all leads are as old as the horizon: spend ÷ (leads × conversion at the horizon).

    As of every cost, the leads that the spend brought could have been more or fewer (a Poisson number), and how many
    become customers is not known to the end: the interval of the product follows from those of both, on the log scale
    (MOVER; Zou & Donner 2008, Statistics in Medicine 27, 1693-1702).
    """
    share = funnel.conversion["won"]
    if isinstance(share, Unknown):
        if isinstance(share, Bounded) and share.at_most:
            return Bounded(share.reason, MINIMUM_COUNT, at_least=amount / (funnel.leads * share.at_most))
        return share
    if funnel.won < MINIMUM_COUNT or share.low <= 0:
        return Unknown(Reason.TOO_FEW, MINIMUM_COUNT)
    leads, customers = sum_interval(funnel.leads, funnel.leads, 1), funnel.leads * share.value
    fewer = math.hypot(math.log(share.value / share.low), math.log(funnel.leads / float(leads.low)))
    more = math.hypot(math.log(share.high / share.value), math.log(float(leads.high) / funnel.leads))
    average = amount / customers
    return Estimate(average, average * math.exp(-more), average * math.exp(fewer), funnel.won)


def _marginal(
    series: Series | None, cell: int, scale: float, unrecorded: frozenset[Stage], unsaid: Unknown
) -> dict[str, Figure]:
    if series is None:
        return dict.fromkeys(MARGINAL, Unknown(Reason.NOT_IDENTIFIED))
    needs: dict[str, Stage | None] = {"per_lead": None, "per_qualified_lead": "qualified", "cac": "won"}
    answer: dict[str, Figure] = {}
    paid = ~np.isnan(series.spend[cell])
    for name in MARGINAL:
        if needs[name] in unrecorded or not paid.any():
            answer[name] = NOT_RECORDED if needs[name] in unrecorded else unsaid
            continue
        brought = series.brought[name][cell]
        known = paid & ~np.isnan(brought)
        answer[name] = marginal_cost(series.spend[cell][known] * scale, brought[known])
    return answer


@dataclass(frozen=True)
class _Waste:
    """Per cell the amount itself, ``n`` being the handoffs it is about; how many more there are that no cost is known
    of; whether any of them cost more than that, in a currency without a rate."""

    amounts: Sequence[Figure]
    uncosted: Ints
    short: Bools


def _waste(spent: Spent, which: str, of_lead: Ints, scale: float, unsaid: Sequence[Unknown]) -> _Waste:
    """``unsaid``: of each cell, why it has no cost where it has none."""
    found, cells = spent.found, len(unsaid)
    nobody, none = np.zeros(cells, dtype=np.int64), np.zeros(cells, dtype=np.bool_)
    if found is None:
        return _Waste(unsaid, nobody, none)
    if which not in found.told:
        return _Waste([NOT_RECORDED] * cells, nobody, none)
    sums, count, short = wasted_sums(found, getattr(found, which), of_lead, cells)
    priced = sums.units

    def unpriced(cell: int) -> Figure | None:
        return unsaid[cell] if count[cell] and not priced[cell] else None

    amounts = figure_list(sums, np.ones(cells, dtype=np.int64), priced, scale / 1000, unpriced)
    return _Waste(amounts, count - priced, short)


def _brought(ground: Ground, of_lead: Ints, cells: int) -> Sums:
    """Revenue so far of the leads of each cell, won or not."""
    lead, net = ground.net(ground.rows_in(of_lead))
    return sums_of(cells, of_lead[lead], net)


def _payback(ground: Ground, of_lead: Ints, spend: Ints, leads: Sequence[int]) -> list[Figure]:
    """Months after creation until the revenue of a lead has reached what a lead cost.

    Month by month, of the leads at least so old: the first month whose revenue per lead is at or above the cost, and
    the first whose interval is above it wholly or in part. ``not_mature`` where no month seen is; ``not_identified``
    where one is, and the low end of no interval: waiting alone need not settle that.
    """
    month_us = round(MONTH_DAYS * 24) * HOUR
    facts, cells = ground.facts, len(leads)
    age = ground.asked.as_of_us - facts.leads.created
    rows = ground.rows_in(of_lead)
    lead = facts.orders.lead[rows]
    since = facts.orders.at[rows] - facts.leads.created[lead]
    inside = of_lead > OUTSIDE
    reached: list[list[int | None]] = [[None, None, None] for _cell in range(cells)]
    last = [0] * cells
    units = np.zeros(cells, dtype=np.int64)
    for month in range(1, MOST_MONTHS + 1):
        old = age >= month * month_us
        count = np.bincount(of_lead[inside & old], minlength=cells)
        if not count.any():
            break
        of, net = ground.net(rows[old[lead] & (since <= month * month_us)])
        sums = sums_of(cells, of_lead[of], net)
        for cell in np.flatnonzero(count >= MINIMUM_COUNT).tolist():
            last[cell], units[cell] = month, max(units[cell], sums.units[cell])
            goal = spend[cell] / max(leads[cell], 1) * count[cell]
            ends = (sums.interval.high[cell], float(sums.total[cell]), sums.interval.low[cell])
            for place, amount in enumerate(ends):
                if reached[cell][place] is None and amount >= goal:
                    reached[cell][place] = month
    return [_months_of(reached[cell], last[cell], int(units[cell])) for cell in range(cells)]


def _months_of(reached: Sequence[int | None], last: int, units: int) -> Figure:
    soonest, value, latest = reached
    if units < MINIMUM_COUNT:
        return Unknown(Reason.TOO_FEW, MINIMUM_COUNT)
    if value is not None and soonest is not None and latest is None:
        return Bounded(Reason.NOT_IDENTIFIED, at_least=float(soonest))
    if soonest is None or value is None or latest is None:
        return Bounded(Reason.NOT_MATURE, at_least=float(soonest if soonest is not None else last))
    return Estimate(float(value), float(soonest), float(latest), units)
