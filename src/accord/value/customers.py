"""What the customers won bring: revenue so far and at equal age, whether they stay, how often they buy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from accord.metrics.outcomes import NEVER
from accord.stats.curve import Curve
from accord.stats.figures import figures, incidence_figures, share_figures
from accord.stats.grouped import Floats
from accord.stats.risk import RiskTable
from accord.stats.sums import rate_interval
from accord.tables.times import DAY, HOUR
from accord.value.amounts import figure_list, means_of
from accord.value.cells import OUTSIDE
from accord.value.conversion import AGES
from accord.value.facts import Ints
from accord.value.figures import Customers
from accord.value.purchases import Asked, Bools, Ground, Purchases
from accord.values import MINIMUM_COUNT, Estimate, Figure, Reason, Unknown

__all__ = ["MONTH_DAYS", "RETAINED_AT", "customers_of", "lifetimes"]

MONTH_DAYS = 30.4375
"""A month of exposure: a twelfth of 365.25 days."""

RETAINED_AT = (90, 180, 365, 540, 730)
"""Days after the first purchase at which the retention curve is read, from the rule's own on: until then it is 1."""


@dataclass(frozen=True)
class _Lifetimes:
    """One entry per customer with a purchase, by lead: hours from first purchase until lost or not seen longer.

    ``age``: hours from first purchase to the moment the data describe, lost or not.
    """

    lead: Ints
    hours: Ints
    age: Ints
    lost: Bools
    purchases: Ints


def lifetimes(purchases: Purchases, as_of_us: int, inactive_after_days: int) -> _Lifetimes:
    """When each customer was lost: a customer stays until so many days after a purchase without another one.

    That day is known when it comes, so nothing is decided by hindsight: before it, a customer who has not bought for
    a while is active, and one who is not lost by ``as_of`` is censored there. Who comes back later was lost
    all the same.
    """
    lead, at = purchases.lead, purchases.at
    new = np.ones(len(lead), dtype=np.bool_)
    new[1:] = lead[1:] != lead[:-1]
    first = np.flatnonzero(new)
    if not len(first):
        nothing = np.zeros(0, dtype=np.int64)
        return _Lifetimes(nothing, nothing, nothing, nothing.astype(np.bool_), nothing)
    following = np.full(len(at), as_of_us, dtype=np.int64)
    following[:-1][~new[1:]] = at[1:][~new[1:]]
    limit = inactive_after_days * DAY
    lost_at = np.where(following - at > limit, at + limit, NEVER)
    ended = np.minimum.reduceat(lost_at, first)
    lost = ended < NEVER
    start = at[first]
    age = (as_of_us - start) // HOUR
    hours = np.where(lost, -(-(ended - start) // HOUR), age)
    return _Lifetimes(lead[first], hours, age, lost, np.diff(np.append(first, len(at))))


def customers_of(ground: Ground, of_lead: Ints, cells: int) -> list[Customers]:
    """One answer per cell; ``of_lead`` is the cell of each lead."""
    orders, asked, money = ground.facts.orders, ground.asked, ground.money
    won = (ground.facts.leads.won < NEVER) & (of_lead > OUTSIDE)
    customers = np.bincount(of_lead[won], minlength=cells)
    here = ground.rows_in(of_lead)
    cell = of_lead[orders.lead[here]]
    revenue, refunds = np.zeros(cells, dtype=np.int64), np.zeros(cells, dtype=np.int64)
    np.add.at(revenue, cell, money.cents[here])
    np.add.at(refunds, cell, -np.minimum(money.cents[here], 0))
    units, net = ground.net(here[won[orders.lead[here]]])
    sums = means_of(cells, of_lead[units], net, customers)
    lives = lifetimes(ground.purchases, asked.as_of_us, asked.inactive_after_days)
    inside = of_lead[lives.lead] > OUTSIDE
    life_cell = of_lead[lives.lead[inside]]
    buyers = np.bincount(life_cell, minlength=cells)
    repeat = np.bincount(life_cell[lives.purchases[inside] > 1], minlength=cells)
    reason = Unknown(Reason.NOT_IDENTIFIED) if money.all_unpriced and asked.wins else _unrecorded(asked)
    scale = 10.0**-asked.decimals

    def unless(values: Sequence[Figure]) -> Sequence[Figure]:
        return values if reason is None else [reason] * cells

    per_customer = unless(figure_list(sums, customers, customers, scale))
    by_age = {name: unless(column) for name, column in _by_age(ground, won, of_lead, cells).items()}
    kept = {
        name: unless(column)
        for name, column in _retention(lives, inside, life_cell, cells, asked.inactive_after_days).items()
    }
    often = unless(_often(ground, won, of_lead, cells))
    again = unless(share_figures(repeat, buyers))
    count = np.bincount(cell, minlength=cells)
    foreign = ground.unpriced_in(of_lead)
    unpriced = np.bincount(of_lead[orders.lead[foreign]], minlength=cells)
    left_out = ground.unpriced_amounts(foreign, of_lead[orders.lead[foreign]], cells)
    return [
        Customers(
            revenue=int(revenue[place]),
            refunds=int(refunds[place]),
            orders=int(count[place]),
            unpriced=int(unpriced[place]),
            left_out=left_out[place],
            buyers=int(buyers[place]),
            revenue_per_customer=per_customer[place],
            revenue_by_age={name: column[place] for name, column in by_age.items()},
            retention={name: column[place] for name, column in kept.items()},
            purchases=often[place],
            repeat=again[place],
        )
        for place in range(cells)
    ]


def _unrecorded(asked: Asked) -> Figure | None:
    return None if asked.wins and asked.orders else Unknown(Reason.NOT_RECORDED, MINIMUM_COUNT)


def _by_age(ground: Ground, won: Bools, of_lead: Ints, cells: int) -> Mapping[str, list[Figure]]:
    """Revenue per customer within so many days of the win, of the customers won at least so long ago."""
    orders, leads, asked = ground.facts.orders, ground.facts.leads, ground.asked
    rows = ground.rows_in(of_lead)
    answer: dict[str, list[Figure]] = {}
    for age in AGES:
        old = won & (asked.as_of_us - leads.won >= age * DAY)
        customers = np.bincount(of_lead[old], minlength=cells)
        lead = orders.lead[rows]
        units, net = ground.net(rows[old[lead] & (orders.at[rows] - leads.won[lead] <= age * DAY)])
        sums = means_of(cells, of_lead[units], net, customers)
        everybody = np.bincount(of_lead[won], minlength=cells)

        def too_young(cell: int, old_enough: Ints = customers, there: Ints = everybody) -> Figure | None:
            if old_enough[cell] < MINIMUM_COUNT <= there[cell]:
                return Unknown(Reason.NOT_MATURE, int(there[cell]))
            return None

        answer[f"{age}d"] = figure_list(sums, customers, customers, 10.0**-asked.decimals, too_young)
    return answer


def _retention(
    lives: _Lifetimes,
    inside: Bools,
    cell: Ints,
    cells: int,
    inactive_after_days: int,
) -> Mapping[str, list[Figure]]:
    """Kaplan–Meier: the share not lost by each age, read off the curve of those lost.

    Only at ages that somebody of the cell has reached: what nobody could be seen to do is no figure, even where the
    last one followed happens to be lost and so the curve goes on.
    """
    lost = lives.lost[inside].astype(np.int64)
    nobody = np.zeros(len(lost), dtype=np.int64)
    table = RiskTable(
        cells, cell, lives.hours[inside], accepted=lost, rejected=nobody, expired=nobody, censored=1 - lost
    )
    ages = sorted({inactive_after_days, *(age for age in RETAINED_AT if age > inactive_after_days)})
    horizons = np.array(ages) * 24
    oldest = np.zeros(cells, dtype=np.int64)
    np.maximum.at(oldest, cell, lives.age[inside])
    at = Curve(table).at(horizons.tolist())
    columns = incidence_figures(replace(at, identified=at.identified & (oldest[:, None] >= horizons)))
    return {f"{age}d": [_remaining(figure) for figure in column] for age, column in zip(ages, columns, strict=True)}


def _remaining(lost: Figure) -> Figure:
    if isinstance(lost, Unknown):
        return lost
    return Estimate(_rest(lost.value), _rest(lost.high), _rest(lost.low), lost.n, lost.level)


def _rest(share: float) -> float:
    """What is left of 1. As long as anybody of N stays, it is 1 ÷ N at least: far below that, rounding is left."""
    rest = 1 - share
    return rest if rest > 1e-12 else 0.0


def _often(ground: Ground, won: Bools, of_lead: Ints, cells: int) -> list[Figure]:
    """Purchases per customer and month, from the win (or an earlier first purchase) to now; a customer is one unit."""
    purchases = ground.purchases
    bought = np.bincount(purchases.lead, minlength=len(won))
    began = ground.facts.leads.won.copy()
    np.minimum.at(began, purchases.lead, purchases.at)
    units = np.flatnonzero(won)
    hours, count, cell = (ground.asked.as_of_us - began[units]) // HOUR, bought[units], of_lead[units]

    def total(values: Ints) -> Ints:
        added = np.zeros(cells, dtype=np.int64)
        np.add.at(added, cell, values)
        return added

    # Whole numbers, so that the sums do not depend on the order of customers.
    x, e, xx, xe, ee = (total(part) for part in (count, hours, count * count, count * hours, hours * hours))
    rate = x / np.maximum(e, 1)
    residual: Floats = xx - 2 * rate * xe + rate * rate * ee
    month = MONTH_DAYS * 24
    n = np.bincount(cell, minlength=cells)
    interval = rate_interval(x.astype(np.float64), e / month, np.maximum(residual, 0.0), n)
    return figures(rate * month, interval, n)
