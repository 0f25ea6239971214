"""What money is counted by, one entry per lead, per handoff and per order.

Leads that were merged are one. Times are microseconds since 1970 UTC, :data:`NEVER` where nothing happened by
``as_of``. The arrays stand on the source's shelf, so that the next process need not ask the engine for them again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from accord.acceptance.measure import definition_that_counts
from accord.agreement.model import Definition
from accord.late import Late
from accord.readmodel.source import Source
from accord.stats.grouped import Bools, Ints
from accord.value.names import Names

if TYPE_CHECKING:
    from accord.value import fetching
else:
    fetching = Late("accord.value.fetching")

__all__ = ["NOBODY", "Coded", "Facts", "HandoffFacts", "Ints", "LeadFacts", "OrderFacts", "gather", "latest"]

T = TypeVar("T")

NOBODY = -1
"""The lead of an order that belongs to none."""


@dataclass(frozen=True)
class Coded:
    """For each row the place (``codes``) of its value in ``values``, which are sorted."""

    codes: Ints
    values: tuple[str, ...]


@dataclass(frozen=True)
class LeadFacts:
    """One entry per lead: its times, its local day and month of creation, channel, campaign and segments.

    ``…_late_us``: the last instant that a date without an hour can mean. ``undated``: the win has no date of its own.
    """

    created: Ints
    created_late: Ints
    handed: Ints
    handed_late: Ints
    accepted: Ints
    opportunity: Ints
    opportunity_late: Ints
    won: Ints
    won_late: Ints
    undated: Bools
    day: Ints
    month: Ints
    channel: Coded
    campaign: Coded
    segments: tuple[Coded, ...]
    identifiers: Names

    def __len__(self) -> int:
        return len(self.created)

    def named(self, places: Ints) -> list[str]:
        """The ids of the leads at ``places``."""
        return [self.identifiers[place] for place in places.tolist()]


@dataclass(frozen=True)
class HandoffFacts:
    """One entry per handoff up to ``as_of`` of a lead that is there: its lead, its local month, what became of it.

    ``others``: how many handoffs there are of leads that are not there, by channel and month.
    """

    lead: Ints
    month: Ints
    refused: Bools
    never_worked: Bools
    others: Mapping[tuple[str, int], int]


@dataclass(frozen=True)
class OrderFacts:
    """One entry per order up to ``as_of``, by order_id. ``lead``: its place among the leads, or :data:`NOBODY`.

    ``payer``: the same number for orders of one customer, and of one lead. ``stray``: it names a lead that is not
    there. ``earlier``: its customer became a lead only after it. ``late``: the last instant its date can mean.
    """

    identifiers: Names
    lead: Ints
    payer: Ints
    at: Ints
    late: Ints
    day: Ints
    amount: npt.NDArray[np.float64]
    currency: Coded
    stray: Bools
    earlier: Bools


@dataclass(frozen=True)
class Facts:
    """Leads, handoffs and orders of a source at its moment, under the definition of acceptance that counts.

    ``derived``: what was worked out from them alone, for the next report that is made of them.
    """

    leads: LeadFacts
    handoffs: HandoffFacts
    orders: OrderFacts
    definition: Definition
    won_by_orders: bool
    derived: dict[object, Any] = field(default_factory=dict, compare=False, repr=False)

    def once(self, name: object, make: Callable[[], T]) -> T:
        """What ``make`` returned when ``name`` was first asked for; it follows from these facts and the name alone."""
        if name not in self.derived:
            self.derived[name] = make()
        found: T = self.derived[name]
        return found


def gather(source: Source, dimensions: Sequence[str]) -> Facts:
    """Everything, off the shelf as far as it stands there, else fetched."""
    definition, _because = definition_that_counts(source)
    by_orders = not source.recorded.get("opportunities") and bool(source.recorded.get("orders"))
    further = [name for name in dimensions if name not in {"channel", "campaign"}]

    @cache
    def fetch() -> fetching.Fetching:
        return fetching.Fetching(source, definition, further)

    leads = _leads(*source.kept(f"value leads {definition}", lambda: fetch().leads()))
    names = leads.identifiers
    numbered = f"{definition} {names.token}"  # what follows speaks of leads by their numbers

    def segment(name: str) -> Coded:
        if name in {"channel", "campaign"}:
            return leads.channel if name == "channel" else leads.campaign
        found, note = source.kept(f"value by {name} {numbered}", lambda: fetch().dimension(name, names, leads.created))
        return Coded(_whole(found["codes"]), tuple(note["values"]))

    segments = tuple(segment(name) for name in dimensions)
    handoffs = _handoffs(*source.kept(f"value handoffs {numbered}", lambda: fetch().handoffs()))
    orders = _orders(
        *source.kept(
            f"value orders {source.agreement.currency} {numbered}",
            lambda: fetch().orders(names, leads.created, leads.won),
        )
    )
    leads = replace(leads, segments=segments)
    if by_orders:
        leads = _won_with_first_order(leads, orders)
    return Facts(leads, handoffs, orders, definition, by_orders)


def latest(source: Source, dimensions: Sequence[str]) -> tuple[Facts, tuple[str, ...]]:
    """What :func:`gather` returned last, where it holds these dimensions, else what it returns now; and the dimensions
    it was gathered with. A report that asks for several spans and cuts fetches once. Only the latest is kept, for a
    million leads weigh a hundred megabytes.
    """
    held: dict[tuple[str, ...], Facts] = source.noted("value facts", dict)
    for gathered, facts in held.items():
        if set(dimensions) <= set(gathered):
            return facts, gathered
    held.clear()
    key = tuple(dimensions)
    held[key] = gather(source, key)
    return held[key], key


def _leads(found: Mapping[str, npt.NDArray[Any]], note: Mapping[str, Any]) -> LeadFacts:
    reached = ("handed", "handed_late", "accepted", "opportunity", "opportunity_late", "won", "won_late")
    times = ("created", "created_late", *reached)
    return LeadFacts(
        **{name: found[name] for name in times},
        undated=found["undated"],
        day=_whole(found["day"]),
        month=_whole(found["month"]),
        channel=Coded(_whole(found["channel"]), tuple(note["channel"])),
        campaign=Coded(_whole(found["campaign"]), tuple(note["campaign"])),
        segments=(),
        identifiers=Names(found["letters"], found["ends"]),
    )


def _handoffs(found: Mapping[str, npt.NDArray[Any]], note: Mapping[str, Any]) -> HandoffFacts:
    return HandoffFacts(
        lead=_whole(found["lead"]),
        month=_whole(found["month"]),
        refused=found["refused"],
        never_worked=found["never_worked"],
        others={(channel, month): count for channel, month, count in note["others"]},
    )


def _orders(found: Mapping[str, npt.NDArray[Any]], note: Mapping[str, Any]) -> OrderFacts:
    return OrderFacts(
        identifiers=Names(found["letters"], found["ends"]),
        **{name: found[name] for name in ("lead", "payer", "at", "late", "day", "amount", "stray", "earlier")},
        currency=Coded(_whole(found["currency"]), tuple(note["currency"])),
    )


def _whole(values: npt.NDArray[Any]) -> Ints:
    """Numbers that what is worked out with them cannot outgrow; on the shelf they are short."""
    return values.astype(np.int64)


def _won_with_first_order(leads: LeadFacts, orders: OrderFacts) -> LeadFacts:
    """Where no deal is recorded, a lead is won with the first order that its customer paid."""
    bought = (orders.amount > 0) & (orders.lead > NOBODY)
    times, late = leads.won.copy(), leads.won_late.copy()
    np.minimum.at(times, orders.lead[bought], orders.at[bought])
    np.minimum.at(late, orders.lead[bought], orders.late[bought])
    return replace(leads, won=times, won_late=late)
