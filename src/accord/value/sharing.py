"""Spend beside leads: in the cells that name it, or shared among the leads it brought; and what matches nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from accord.metrics.cells import MISSING
from accord.stats.grouped import Bools, ranks
from accord.value.cells import OUTSIDE, Cells
from accord.value.facts import Ints, LeadFacts
from accord.value.figures import PeriodUnit, Renamed, Unmatched
from accord.value.spending import Place, Spending, in_units

__all__ = [
    "ByMonth",
    "Shared",
    "key_of",
    "keys_with_spend",
    "laid_beside",
    "places_of",
    "renamed",
    "renamed_in",
    "spend_names",
    "unmatched",
    "without_rate",
]

EPOCH = date(1970, 1, 1)
ByMonth = Mapping[tuple[str, str, int], int]
_NAMED = ("channel", "campaign")


@dataclass(frozen=True)
class Shared:
    """Cents per cell, whether any were recorded for it, and what no cell can carry."""

    spend: Ints
    recorded: Bools
    not_shared: int


def without_rate(unpriced: Mapping[str, ByMonth], leads: LeadFacts, cells: Cells) -> list[dict[str, float]]:
    """Of each cell, the money spent on it that nobody said the worth of, by currency and in its units.

    It is laid beside the leads as other spend is.
    """
    answer: list[dict[str, float]] = [{} for _cell in range(len(cells))]
    for currency, by_month in sorted(unpriced.items()):
        shared = laid_beside(by_month, leads, cells)
        for cell in np.flatnonzero(shared.recorded).tolist():
            answer[cell][currency] = in_units(int(shared.spend[cell]), currency)
    return answer


def places_of(unpriced: Mapping[str, ByMonth]) -> frozenset[tuple[str, str, int]]:
    """Channel, campaign and month of the money without a rate, whatever its currency."""
    return frozenset(place for by_month in unpriced.values() for place in by_month)


def spend_names(dimensions: Sequence[str]) -> bool:
    """Whether spend itself says which segment it belongs to."""
    return set(dimensions) <= set(_NAMED)


def key_of(
    channel: str, campaign: str, month: int, dimensions: Sequence[str], period: PeriodUnit | None
) -> tuple[tuple[str, ...], int]:
    """The cell that spend of a channel and campaign in a month (since year 0) names."""
    named = dict(zip(_NAMED, (channel, campaign), strict=True))
    number = {"month": month, "quarter": month // 3, None: 0}[period]
    return tuple(named[dimension] for dimension in dimensions), number


def keys_with_spend(
    by_month: ByMonth, dimensions: Sequence[str], period: PeriodUnit | None
) -> set[tuple[tuple[str, ...], int]]:
    """The cells that spend names; none where it does not say what they are cut by."""
    if not spend_names(dimensions):
        return set()
    return {key_of(*place, dimensions, period) for place in by_month}


def laid_beside(by_month: ByMonth, leads: LeadFacts, cells: Cells) -> Shared:
    """Where spend names the cell, it is the cell's. Else the spend of a channel in a month is shared among the leads
    that the channel brought in that month, each the same, to the cent."""
    spend = np.zeros(len(cells), dtype=np.int64)
    recorded = np.zeros(len(cells), dtype=np.bool_)
    if spend_names(cells.dimensions):
        places = {key: place for place, key in enumerate(cells.keys)}
        elsewhere = 0
        for (channel, campaign, month), cents in by_month.items():
            place = places.get(key_of(channel, campaign, month, cells.dimensions, cells.period))
            if place is None:
                elsewhere += cents
                continue
            spend[place] += cents
            recorded[place] = True
        return Shared(spend, recorded, elsewhere)
    pools: dict[tuple[str, int], int] = {}
    for (channel, _campaign, month), cents in by_month.items():
        pools[channel, month] = pools.get((channel, month), 0) + cents
    inside = np.flatnonzero(cells.of_lead > OUTSIDE)
    first = int(leads.month[inside].min()) if len(inside) else 0
    pool = leads.channel.codes[inside] + (leads.month[inside] - first) * len(leads.channel.values)
    pairs, counts = np.unique(pool * len(cells) + cells.of_lead[inside], return_counts=True)
    of_pool, cell = pairs // len(cells), pairs % len(cells)
    ends = np.searchsorted(of_pool, np.arange(int(of_pool[-1]) + 2)) if len(of_pool) else np.zeros(1, dtype=np.int64)
    code = {name: number for number, name in enumerate(leads.channel.values)}
    not_shared = 0
    for (channel, month), cents in sorted(pools.items()):
        number = code.get(channel, -1) + (month - first) * len(leads.channel.values)
        begin, end = (ends[number], ends[number + 1]) if channel in code and 0 <= number < len(ends) - 1 else (0, 0)
        if begin == end:
            not_shared += cents
            continue
        there = cell[begin:end]
        spend[there] += largest_remainder(cents, counts[begin:end])
        recorded[there] = True
    return Shared(spend, recorded, not_shared)


def largest_remainder(cents: int, weights: Ints) -> Ints:
    """``cents`` shared in proportion to ``weights``, whole, adding up: who loses most by rounding down gets one more.

    >>> largest_remainder(100, np.array([1, 1, 1])).tolist()
    [34, 33, 33]
    """
    total, size = int(weights.sum()), abs(cents)
    exact = [divmod(size * int(weight), total) for weight in weights]
    parts = np.array([whole for whole, _rest in exact], dtype=np.int64)
    rest = np.array([left for _whole, left in exact], dtype=np.int64)
    parts[np.argsort(-rest, kind="stable")[: size - int(parts.sum())]] += 1
    return parts if cents >= 0 else -parts


def unmatched(
    by_month: ByMonth, unpriced: Collection[tuple[str, str, int]], leads: LeadFacts, inside: Bools
) -> tuple[tuple[Unmatched, ...], tuple[Unmatched, ...]]:
    """Spend without leads, and leads without spend: whole channels, and campaigns of channels that have both.

    Leads whose spend is ``unpriced`` have some: what it is worth is another question.
    """
    spent: dict[Place, int] = {}
    for (channel, campaign, _month), cents in by_month.items():
        spent[channel, campaign] = spent.get((channel, campaign), 0) + cents
    brought = _counted(leads, inside)
    without_leads, without_spend = [], []
    paid, with_leads = {channel for channel, _ in spent}, {channel for channel, _ in brought}
    named_in_spend = {channel for channel, campaign in spent if campaign != MISSING}
    named_in_leads = {channel for channel, campaign in brought if campaign != MISSING}
    for channel in sorted(paid - with_leads):
        amount = sum(cents for place, cents in spent.items() if place[0] == channel)
        without_leads.append(Unmatched(channel, None, amount, 0))
    foreign = {(channel, campaign) for channel, campaign, _month in unpriced}
    for channel in sorted(with_leads - paid - {channel for channel, _campaign in foreign}):
        count = sum(number for place, number in brought.items() if place[0] == channel)
        without_spend.append(Unmatched(channel, None, 0, count))
    both = named_in_spend & named_in_leads
    for (channel, campaign), cents in sorted(spent.items()):
        if channel in both and campaign != MISSING and (channel, campaign) not in brought:
            without_leads.append(Unmatched(channel, campaign, cents, 0))
    for (channel, campaign), count in sorted(brought.items()):
        if channel in both and campaign != MISSING and (channel, campaign) not in {*spent, *foreign}:
            without_spend.append(Unmatched(channel, campaign, 0, count))
    return tuple(without_leads), tuple(without_spend) if spent else ()


def renamed_in(names: Collection[Renamed], segment: Mapping[str, str], ends: date) -> bool:
    """Whether a segment that spend names, up to a day ``ends`` that is not in it any more, holds a renamed campaign.

    Both names do, from the day of the new one on; before it the old one's spend and leads belong together. The two
    names together, as in their channel, are whole.
    """
    if "campaign" not in segment or not spend_names(tuple(segment)):
        return False
    return any(
        segment["campaign"] in (found.before, found.after)
        and segment.get("channel", found.channel) == found.channel
        and found.since < ends
        for found in names
    )


def _places(leads: LeadFacts, rows: Ints) -> tuple[Ints, Ints]:
    """The places that have leads, as numbers, and that of each row."""
    key = leads.channel.codes[rows] * len(leads.campaign.values) + leads.campaign.codes[rows]
    return ranks(key, len(leads.channel.values) * len(leads.campaign.values))


def _name(leads: LeadFacts, number: int) -> Place:
    channel, campaign = divmod(number, len(leads.campaign.values))
    return leads.channel.values[channel], leads.campaign.values[campaign]


def _counted(leads: LeadFacts, inside: Bools) -> dict[Place, int]:
    found, place = _places(leads, np.flatnonzero(inside))
    counts = np.bincount(place, minlength=len(found))
    return {_name(leads, number): count for number, count in zip(found.tolist(), counts.tolist(), strict=True)}


def renamed(spending: Spending, leads: LeadFacts, after: date) -> tuple[Renamed, ...]:
    """Campaigns that look renamed midway in one of leads and spend.

    Of two campaigns of a channel, one side knows only the first; the other has the first until some day and the second
    from a later day on, while the first side still goes on with the first.
    """
    found, place = _places(leads, np.arange(len(leads)))
    first = np.full(len(found), np.iinfo(np.int64).max)
    last = np.full(len(found), np.iinfo(np.int64).min)
    np.minimum.at(first, place, leads.day)
    np.maximum.at(last, place, leads.day)
    in_leads = {
        _name(leads, number): (EPOCH + timedelta(days=begin), EPOCH + timedelta(days=end))
        for number, begin, end in zip(found.tolist(), first.tolist(), last.tolist(), strict=True)
        if _name(leads, number)[1] != MISSING
    }
    in_spend = {place: span for place, span in spending.days(after).items() if place[1] != MISSING}
    answer = []
    for table, here, there in (("leads", in_leads, in_spend), ("spend", in_spend, in_leads)):
        lonely = [place for place in here if place not in there]
        for channel, new in sorted(lonely):
            begins = here[channel, new][0]
            old = [
                name
                for other, name in here
                if other == channel
                and (channel, name) in there
                and here[channel, name][1] < begins <= there[channel, name][1]
            ]
            if len(old) == 1:  # with several, which one it was is a guess
                answer.append(Renamed(channel, old[0], new, begins, "leads" if table == "leads" else "spend"))
    return tuple(answer)
