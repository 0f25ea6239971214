"""A simulated year of a company, as arrays: leads, reps, handoffs and verdicts; everything else is told around them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from accord.demo.chance import Booleans, Seconds, hit, stream
from accord.demo.clock import DAY, open_hours_of
from accord.demo.company import Company
from accord.demo.handing import NEVER, Handoffs, hand_over, joined, superseded_by_chance
from accord.demo.people import recruit
from accord.demo.population import Calendar, Leads, populate
from accord.demo.rule import THRESHOLD
from accord.demo.verdict import RECYCLED, UNDECIDED, Odds, Verdicts, decide, odds, refused_by_resistance
from accord.demo.vocabulary import TEAMS
from accord.demo.world import Stage, World

__all__ = ["Year", "live"]

_MANUAL = 0.015
"""Share of handoffs made just below the threshold because somebody asked."""

_DUPLICATE = 0.1
"""Share of second handoffs made under a second identifier of the same lead."""


@dataclass(frozen=True)
class Year:
    """Everything that happened, in arrays. ``merged_into``: row of the lead that a duplicate became part of, or -1."""

    world: World
    leads: Leads
    merged_into: NDArray[np.int64]
    handoffs: Handoffs
    verdicts: Verdicts
    odds: Odds


def live(company: Company, size: int, seed: int, until: date) -> Year:
    """``size`` handoffs in the year that ends at midnight before ``until``."""
    calendar = _calendar(until)
    world = World(company, seed, calendar, recruit(company, size, calendar.first_day, stream(seed, Stage.PEOPLE)))
    seconds = round(size * company.again)
    replaced = round(size * company.habits.superseded)
    leads, handed = _worked_leads(world, size - seconds - replaced, round(size * company.unqualified))
    rng = stream(seed, Stage.FIRST)
    first = hand_over(world, leads, handed, leads.moment[handed], rng)
    first = superseded_by_chance(first, replaced, calendar.end, rng)
    first_odds = odds(world, leads, first)
    first_verdicts = decide(world, leads, first, first_odds, stream(seed, Stage.VERDICT, 0))
    rng = stream(seed, Stage.AGAIN)
    first = _recycled(world, first, first_verdicts, refused_by_resistance(company, first_odds, first_verdicts), seconds)
    rows = np.flatnonzero(first.next_at != NEVER)
    leads, merged_into, second_lead = _with_duplicates(company, leads, first.lead[rows], first.next_at[rows], rng)
    second = hand_over(world, leads, second_lead, first.next_at[rows], rng, second=True)
    second_odds = odds(world, leads, second)
    second_verdicts = decide(world, leads, second, second_odds, stream(seed, Stage.VERDICT, 1))
    handoffs, verdicts = joined(first, second), _joined_verdicts(first_verdicts, second_verdicts)
    return _in_order(Year(world, leads, merged_into, handoffs, verdicts, _joined_odds(first_odds, second_odds)))


def _calendar(until: date) -> Calendar:
    epoch = date(1970, 1, 1)
    first = until - timedelta(days=365)
    # the year before is there for what happened before a lead was handed over, the one after for what will not be told
    hours = open_hours_of(TEAMS, first - timedelta(days=100), until + timedelta(days=150))
    return Calendar((first - epoch).days, (until - epoch).days, hours)


def _worked_leads(world: World, handed: int, others: int) -> tuple[Leads, NDArray[np.int64]]:
    """Leads of the year in the order they were created, and the rows of those that are handed over, by time.

    ``handed`` are handed over, ``others`` are not.
    """
    company, calendar, seed = world.company, world.calendar, world.seed
    share = float(populate(company, 4000, calendar, stream(seed, Stage.PILOT)).qualified.mean())
    wanted = max(handed / max(share, 0.05), (others + _MANUAL * handed) / max(1 - share, 0.05))
    by_hand = round(_MANUAL * handed)
    for attempt, margin in enumerate((1.03, 1.3, 2.5, 6.0)):
        pool = populate(company, int(wanted * margin) + 60, calendar, stream(seed, Stage.POPULATION, attempt))
        in_time = pool.moment < calendar.end
        qualified = np.flatnonzero(pool.qualified & in_time)
        unqualified = np.flatnonzero(~pool.qualified & in_time)
        near = unqualified[pool.score[unqualified] > THRESHOLD - 10][:by_hand]
        if qualified.size >= handed - near.size and near.size == by_hand and unqualified.size >= others + by_hand:
            break
    sent = np.concatenate((qualified[: handed - near.size], near))
    kept = np.concatenate((sent, np.setdiff1d(unqualified, near, assume_unique=True)[:others]))
    order = np.argsort(pool.created[kept], kind="stable")
    leads = pool.take(kept[order])
    rows = np.flatnonzero(order < sent.size)
    return leads, rows[np.argsort(leads.moment[rows], kind="stable")]


def _recycled(world: World, first: Handoffs, verdicts: Verdicts, resisted: Booleans, wanted: int) -> Handoffs:
    """The same handoffs, ``wanted`` of those that came to nothing followed by another once they were over.

    ``resisted``: refused by somebody who resists; a colleague gets them within days.
    """
    rng = stream(world.seed, Stage.AGAIN, 0)
    undecided = verdicts.outcome == UNDECIDED
    over = np.where(undecided, first.at + 31 * DAY, verdicts.at)
    gap = np.where(resisted, rng.uniform(0.5, 5, len(first)), rng.uniform(18, 110, len(first)))
    again_at = over + (DAY * gap).astype(np.int64)
    # within open hours of a working day, as the wave that brings them
    again_at -= (again_at - 9 * 3600) % DAY - rng.integers(0, 7 * 3600, len(first))
    possible = (verdicts.outcome != 0) & (again_at < world.end) & (again_at > over) & ~first.superseded
    weight = np.where(verdicts.outcome == RECYCLED, 5.0, 1.0) * np.where(resisted, 6.0, 1.0)
    # the smallest of exponential waiting times: a draw without replacement, in proportion to the weights
    waiting = np.where(possible, rng.exponential(1, len(first)) / weight, np.inf)
    chosen = np.argsort(waiting, kind="stable")[: min(wanted, int(possible.sum()))]
    next_at = first.next_at.copy()
    next_at[chosen] = again_at[chosen]
    return replace(first, next_at=next_at)


def _with_duplicates(
    company: Company, leads: Leads, again: NDArray[np.int64], again_at: Seconds, rng: np.random.Generator
) -> tuple[Leads, NDArray[np.int64], NDArray[np.int64]]:
    """The leads with duplicates added, what each was merged into, and the lead of each second handoff."""
    before = len(leads)
    twice = np.flatnonzero(hit(rng, _DUPLICATE, again.size))
    idle = rng.integers(0, max(before, 1), max(0, round(company.habits.merged * before) - twice.size))
    originals = np.concatenate((again[twice], idle)).astype(np.int64)
    copies = leads.take(originals)
    moment = np.concatenate((again_at[twice], leads.moment[idle] - 1800))
    created = np.minimum(moment, copies.moment) - rng.integers(60, 3600, moment.size)
    copies = replace(copies, moment=moment, created=created)
    copies.touches[twice.size :] = 0
    copies.touches[twice.size :, 0] = 1
    second = again.copy()
    second[twice] = before + np.arange(twice.size)
    merged_into = np.concatenate((np.full(before, -1), originals))
    return leads.followed_by(copies), merged_into, second


def _joined_verdicts(first: Verdicts, second: Verdicts) -> Verdicts:
    return Verdicts(**{name: np.concatenate((value, getattr(second, name))) for name, value in vars(first).items()})


def _joined_odds(first: Odds, second: Odds) -> Odds:
    return Odds(
        np.concatenate((first.accept, second.accept)),
        np.concatenate((first.undecided, second.undecided)),
        np.concatenate((first.queue, second.queue)),
        tuple(np.concatenate(pair) for pair in zip(first.touched, second.touched, strict=True)),
        tuple(np.concatenate(pair) for pair in zip(first.without, second.without, strict=True)),
    )


def _in_order(year: Year) -> Year:
    """The same year, leads in the order they were created and handoffs in the order they were made."""
    lead_order = np.argsort(year.leads.created, kind="stable")
    new_row = np.empty_like(lead_order)
    new_row[lead_order] = np.arange(lead_order.size)
    merged = year.merged_into[lead_order]
    handoff_order = np.argsort(year.handoffs.at, kind="stable")
    handoffs = year.handoffs.take(handoff_order)
    chances = year.odds
    return replace(
        year,
        leads=year.leads.take(lead_order),
        merged_into=np.where(merged < 0, -1, new_row[merged]),
        handoffs=replace(handoffs, lead=new_row[handoffs.lead]),
        verdicts=Verdicts(**{name: value[handoff_order] for name, value in vars(year.verdicts).items()}),
        odds=Odds(
            chances.accept[handoff_order],
            chances.undecided[handoff_order],
            chances.queue[handoff_order],
            tuple(rows[handoff_order] for rows in chances.touched),
            tuple(rows[handoff_order] for rows in chances.without),
        ),
    )
