"""Orders as purchases and as money: converted to cents, in the order of their ids."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import numpy as np
import numpy.typing as npt
from babel.numbers import get_currency_precision

from accord.metrics.outcomes import NEVER
from accord.stats.grouped import Bools
from accord.value.facts import NOBODY, Facts, Ints, LeadFacts, OrderFacts
from accord.value.figures import LeftOut, Noticed, Stage
from accord.value.rates import EVER, Rates
from accord.value.spending import in_units

__all__ = ["Asked", "Bools", "Ground", "Money", "Purchases", "left_out_then", "money_of", "noticed_in", "purchases_of"]

EXAMPLES = 5
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Money:
    """What each order is worth in cents; ``counted`` False where nobody said what its currency is worth."""

    cents: Ints
    counted: Bools
    left_out: tuple[LeftOut, ...]

    @property
    def all_unpriced(self) -> bool:
        """Whether there are orders, and nobody said what the currency of any of them is worth."""
        return bool(len(self.counted)) and not self.counted.any()


def money_of(orders: OrderFacts, rates: Rates, target: str, decimals: int) -> Money:
    """Convert all orders, each at the rate of its own local day, each rounded to a cent once (halves away from 0)."""
    cents = np.zeros(len(orders.lead), dtype=np.int64)
    counted = np.zeros(len(orders.lead), dtype=np.bool_)
    left_out = []
    for code, currency in enumerate(orders.currency.values):
        ours = orders.currency.codes == code
        spans = rates.spans(currency, target)
        starts = np.array([0 if begins == EVER else (begins - EPOCH).days for begins, _rate in spans])
        starts[0] = np.iinfo(np.int32).min
        which = np.searchsorted(starts, orders.day, side="right") - 1
        for place, (_begins, rate) in enumerate(spans):
            here = ours & (which == place)
            if rate is not None:
                counted |= here
                cents[here] = _rounded(orders.amount[here], rate * 10**decimals)
        lost = np.flatnonzero(ours & ~counted)
        if len(lost):
            left_out.append(
                LeftOut(
                    "orders",
                    "no_rate",
                    currency,
                    len(lost),
                    _added(orders.amount[lost]),
                    tuple(orders.identifiers[place] for place in lost[:EXAMPLES]),
                )
            )
    return Money(cents, counted, tuple(left_out))


def left_out_then(money: Money, orders: OrderFacts, then: Bools) -> tuple[LeftOut, ...]:
    """The orders that no sum holds, and how much of them is among ``then``."""
    told = []
    for left in money.left_out:
        ours = orders.currency.codes == list(orders.currency.values).index(left.currency)
        here = ours & ~money.counted & then
        told.append(replace(left, rows_in_span=int(here.sum()), amount_in_span=_added(orders.amount[here])))
    return tuple(told)


def _added(amounts: npt.NDArray[np.float64]) -> float:
    """What amounts add up to as they were written: cents do not add up in binary."""
    return float(sum((Decimal(repr(float(amount))) for amount in amounts), Decimal(0)))


def _rounded(amount: npt.NDArray[np.float64], factor: Decimal) -> Ints:
    # What was written as …5 is a little below or above it in binary: a ten-millionth of a cent makes it go up.
    size = np.floor(np.abs(amount) * float(factor) + 0.5 + 1e-7).astype(np.int64)
    return np.where(amount < 0, -size, size)


@dataclass(frozen=True)
class Purchases:
    """What customers won have bought, by lead and time; refunds are none.

    A purchase is everything one customer pays for at one instant (an order may come as a row per item). ``lead``,
    ``at``: one entry per purchase, sorted by both.
    """

    lead: Ints
    at: Ints


@dataclass(frozen=True)
class Asked:
    """What figures are read with.

    ``horizon``: days at which conversion is read; ``decimals``: cents are 10 ** -decimals of the currency; ``wins``,
    ``orders``: whether any is recorded; ``unrecorded``: the stages that nobody wrote down; ``after``: the first local
    day that is not seen; ``followed``: hours from which each quantile of the time to win is told.
    """

    as_of_us: int
    after: date
    horizon: int
    inactive_after_days: int
    decimals: int
    wins: bool
    orders: bool
    unrecorded: frozenset[Stage]
    followed: tuple[float, ...]


@dataclass(frozen=True)
class Ground:
    """Everything that the figures of any cutting are finished from."""

    facts: Facts
    money: Money
    purchases: Purchases
    asked: Asked

    def rows_in(self, of_lead: Ints) -> Ints:
        """The orders that are counted and whose lead is in a cell."""
        return self._of_leads(self.money.counted, of_lead)

    def unpriced_in(self, of_lead: Ints) -> Ints:
        """The orders whose lead is in a cell, and whose currency nobody said the worth of."""
        return self._of_leads(~self.money.counted, of_lead)

    def _of_leads(self, chosen: Bools, of_lead: Ints) -> Ints:
        rows = np.flatnonzero(chosen & (self.facts.orders.lead > NOBODY))
        return rows[of_lead[self.facts.orders.lead[rows]] >= 0]

    def unpriced_amounts(self, rows: Ints, cell: Ints, cells: int) -> list[dict[str, float]]:
        """What orders without a rate amount to net, by cell and currency, in the units of each."""
        answer: list[dict[str, float]] = [{} for _cell in range(cells)]
        for currency, ours, cents in self.unpriced_cents(rows):
            sums = np.zeros(cells, dtype=np.int64)
            np.add.at(sums, cell[ours], cents)
            for place in np.unique(cell[ours]).tolist():
                answer[place][currency] = in_units(int(sums[place]), currency)
        return answer

    def unpriced_cents(self, rows: Ints) -> Iterator[tuple[str, Ints, Ints]]:
        """Each currency of orders without a rate, which of ``rows`` are in it, and their amounts in its cents."""
        orders = self.facts.orders
        for code in np.unique(orders.currency.codes[rows]).tolist():
            currency = orders.currency.values[code]
            ours = np.flatnonzero(orders.currency.codes[rows] == code)
            factor = Decimal(10) ** get_currency_precision(currency)
            yield currency, ours, _rounded(orders.amount[rows[ours]], factor)

    def net(self, rows: Ints) -> tuple[Ints, Ints]:
        """The leads of these orders and what each brought net, in cents.

        In the order of their first orders: the same whatever numbers the engine gave them.
        """
        found, first, place = np.unique(self.facts.orders.lead[rows], return_index=True, return_inverse=True)
        net = np.zeros(len(found), dtype=np.int64)
        np.add.at(net, place, self.money.cents[rows])
        order = np.argsort(first, kind="stable")
        return found[order], net[order]


def purchases_of(facts: Facts) -> Purchases:
    """The purchases of leads that were won."""
    orders = facts.orders
    won = facts.leads.won < NEVER
    ours = (orders.lead > NOBODY) & (orders.amount > 0)
    ours[ours] = won[orders.lead[ours]]
    pairs = np.unique(np.stack([orders.lead[ours], orders.at[ours]], axis=1), axis=0)
    return Purchases(pairs[:, 0], pairs[:, 1])


def noticed_in(facts: Facts, money: Money, *, by_orders: bool) -> tuple[Noticed, ...]:
    """What is odd about orders and wins, though the sums hold it."""
    orders, leads = facts.orders, facts.leads
    of_lead = np.flatnonzero(orders.lead > NOBODY)
    won = leads.won[orders.lead[of_lead]]
    found: list[Noticed] = []

    def note(what: str, places: Ints) -> None:
        if len(places):
            counted = places[money.counted[places]]
            amount = int(money.cents[counted].sum())
            examples = tuple(orders.identifiers[row] for row in places[:EXAMPLES])
            foreign = places[~money.counted[places]]
            found.append(Noticed(what, len(places), amount, examples, _by_currency(orders, foreign)))

    if not by_orders:
        note("orders_before_win", of_lead[(won < NEVER) & (orders.late[of_lead] < won)])
        note("orders_without_win", of_lead[won == NEVER])
    note("orders_before_lead", np.flatnonzero(orders.earlier & (orders.lead == NOBODY)))
    note("orders_of_unknown_leads", np.flatnonzero(orders.stray))
    found += _odd_wins(leads)
    return tuple(found)


def _by_currency(orders: OrderFacts, rows: Ints) -> dict[str, float]:
    """What these orders amount to, by currency and in its own units."""
    codes = orders.currency.codes[rows]
    return {orders.currency.values[code]: _added(orders.amount[rows[codes == code]]) for code in np.unique(codes)}


def _odd_wins(leads: LeadFacts) -> list[Noticed]:
    early = np.flatnonzero((leads.won < NEVER) & (leads.won_late < leads.created))
    dateless = np.flatnonzero(leads.undated & (leads.won < NEVER))
    return [
        Noticed(what, len(places), None, tuple(sorted(leads.named(places))[:EXAMPLES]))
        for what, places in (("wins_before_lead", early), ("wins_without_date", dateless))
        if len(places)
    ]
