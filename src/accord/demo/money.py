"""What became of the leads in money: opportunities, orders, refunds, and what marketing spent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from accord.demo.chance import Booleans, Floats, Seconds, draw, expit, hit, spread
from accord.demo.clock import DAY
from accord.demo.population import WORDS
from accord.demo.verdict import ACCEPTED, Effort
from accord.demo.vocabulary import CAMPAIGN_TOPICS, CHANNELS, TOPIC_SHARES
from accord.demo.year import Year

__all__ = ["STAGES", "Opportunities", "Orders", "Spend", "opportunities", "orders", "spend"]

STAGES = ("discovery", "proposal", "negotiation", "closed_won", "closed_lost")
_MOST_ORDERS = 9


@dataclass(frozen=True)
class Opportunities:
    """One element per deal; ``closed`` 0 = still open; ``won`` -1 = open; times are UTC seconds, ``closed`` a date."""

    lead: NDArray[np.int64]
    created: Seconds
    stage: NDArray[np.int64]
    amount: Floats
    closed: Seconds
    won: NDArray[np.int8]


@dataclass(frozen=True)
class Orders:
    """One element per payment; ``lead`` -1 = an order that names no lead; ``customer`` -1 = that names no customer.

    ``amount`` is negative for a refund; ``pounds``: paid in pounds, else in euros.
    """

    lead: NDArray[np.int64]
    customer: NDArray[np.int64]
    at: Seconds
    amount: Floats
    pounds: Booleans


@dataclass(frozen=True)
class Spend:
    """What a campaign cost in a month (or the part of it that the data cover); days since 1970, both included."""

    start: NDArray[np.int64]
    last: NDArray[np.int64]
    campaign: NDArray[np.int64]
    amount: Floats


def opportunities(year: Year, rng: np.random.Generator) -> Opportunities:
    """Deals opened from accepted and worked leads before the data end, better leads more often."""
    leads, handoffs, verdicts, end = year.leads, year.handoffs, year.verdicts, year.world.end
    size = len(handoffs)
    logits = -0.9 + 0.5 * (leads.worth[handoffs.lead] - 66) / 20
    for cause, touched in zip(year.world.company.causes, year.odds.touched, strict=True):
        if cause.reason == "territory":
            logits = np.where(touched, logits - 1.2, logits)
    opened = hit(rng, expit(logits), size) & (verdicts.outcome == ACCEPTED) & (verdicts.effort == Effort.WORKED)
    created = verdicts.at + (DAY * spread(rng, 9, 0.8, size)).astype(np.int64)
    rows = np.flatnonzero(opened & (created < np.minimum(end, handoffs.next_at)))
    lead, created = handoffs.lead[rows], created[rows]
    employees = np.where(leads.employees[lead] < 0, 120, leads.employees[lead]).astype(np.float64)
    amount = np.round(spread(rng, 900 * employees**0.55, 0.6, rows.size), -1).clip(500)
    wins = hit(rng, expit(-0.75 + 0.4 * (leads.worth[lead] - 66) / 20), rows.size)
    closed = created + (DAY * spread(rng, np.where(wins, 45, 60), 0.6, rows.size)).astype(np.int64)
    is_open = closed >= end
    stage = np.where(is_open, draw(rng, (0.5, 0.3, 0.2), rows.size), np.where(wins, 3, 4))
    return Opportunities(
        lead, created, stage, amount, np.where(is_open, 0, closed), np.where(is_open, -1, wins).astype(np.int8)
    )


def orders(year: Year, deals: Opportunities, customers: int, rng: np.random.Generator) -> Orders:
    """First and repeat orders of the deals won, refunds, and sales to ``customers`` who are older than the year."""
    leads, calendar, end = year.leads, year.world.calendar, year.world.end
    won = np.flatnonzero(deals.won == 1)
    gaps = DAY * rng.gamma(2.0, 38, (won.size, _MOST_ORDERS))
    gaps[:, 0] = DAY * rng.uniform(0.5, 12, won.size)
    stays = rng.random((won.size, _MOST_ORDERS)) < 0.78
    stays[:, 0] = True
    at = deals.closed[won][:, None] + np.cumsum(gaps, axis=1).astype(np.int64)
    placed = np.logical_and.accumulate(stays, axis=1) & (at < end)
    row, order = np.nonzero(placed)
    deal = won[row]
    part = np.where(order == 0, 1.0, rng.uniform(0.08, 0.35, deal.size))
    amount = np.asarray(np.round(deals.amount[deal] * part, 2), dtype=np.float64)
    named = (order == 0) | hit(rng, 0.35, deal.size)
    lead = np.where(named, deals.lead[deal], -1)
    pounds = leads.codes["currency"][deals.lead[deal]] == WORDS["currency"].index("GBP")
    first = Orders(lead, deals.lead[deal], at[placed], amount, pounds)
    refunded = np.flatnonzero(hit(rng, 0.03, deal.size))
    back = first.at[refunded] + (DAY * rng.uniform(3, 30, refunded.size)).astype(np.int64)
    kept = refunded[back < end]
    refunded_share = np.where(hit(rng, 0.4, kept.size), 1.0, 0.25)
    refunds = Orders(
        first.lead[kept],
        first.customer[kept],
        back[back < end],
        np.asarray(-np.round(first.amount[kept] * refunded_share, 2), dtype=np.float64),
        first.pounds[kept],
    )
    others = customers * 2
    old_customer = np.where(hit(rng, 0.12, others), -1, len(leads) + rng.integers(0, max(customers, 1), others))
    elsewhere = Orders(
        np.full(others, -1),
        old_customer,
        DAY * calendar.first_day + (rng.random(others) * (end - DAY * calendar.first_day)).astype(np.int64),
        np.round(spread(rng, 2600, 0.9, others), 2),
        hit(rng, 0.19, others),
    )
    parts = (first, refunds, elsewhere)
    everything = {name: np.concatenate([vars(part)[name] for part in parts]) for name in vars(first)}
    in_order = np.argsort(everything["at"], kind="stable")
    return Orders(**{name: value[in_order] for name, value in everything.items()})


def spend(year: Year, rng: np.random.Generator) -> Spend:
    """Cost of each campaign in each month: what its channel's leads cost, give or take."""
    leads = year.leads
    months = _months(int(leads.created.min() // DAY), year.world.calendar.end_day)
    starts = np.array([start for start, _ in months])
    month = np.searchsorted(starts, leads.created // DAY, side="right") - 1
    channel = leads.codes["channel"].astype(np.int64)
    table = np.bincount(month * len(CHANNELS) + channel, minlength=len(months) * len(CHANNELS))
    cost = table.reshape(len(months), len(CHANNELS)) * np.array([channel.cost for channel in CHANNELS])
    shares = np.tile(np.array(TOPIC_SHARES), len(CHANNELS))
    amount = np.repeat(cost, len(CAMPAIGN_TOPICS), axis=1) * shares
    amount *= rng.uniform(0.85, 1.15, amount.shape)
    row, campaign = np.nonzero(amount)
    lasts = np.array([last for _, last in months])
    return Spend(starts[row], lasts[row], campaign, np.round(amount[row, campaign], 2))


def _months(first_day: int, end_day: int) -> list[tuple[int, int]]:
    """First and last day of each calendar month from ``first_day``'s on; the last month stops before ``end_day``."""
    epoch = date(1970, 1, 1)
    start = (epoch + timedelta(days=first_day)).replace(day=1)
    months = []
    while (start - epoch).days < end_day:
        following = (start + timedelta(days=32)).replace(day=1)
        months.append(((start - epoch).days, min((following - epoch).days, end_day) - 1))
        start = following
    return months
