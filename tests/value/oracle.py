"""The same figures in plain Python, one row at a time, to be read against the method page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from acceptance.oracle import outcome
from accord.agreement.model import Agreement
from accord.clock import local_date, utc_of_local_midnight
from episodes.oracle import episodes as by_hand
from episodes.oracle import lead_of
from value.company import Row


@dataclass
class Person:
    """What is known by ``as_of`` of one lead; times are naive UTC."""

    row: Row
    created: datetime
    day: date
    handed: datetime | None = None
    accepted: datetime | None = None
    opportunity: datetime | None = None
    won: datetime | None = None
    won_at_latest: datetime | None = None
    """Where the day of the win has no hour, the end of that day."""
    lost: list[tuple[date, bool, bool]] = field(default_factory=list)
    """Local day of each handoff that was refused or never worked, and which of the two."""
    orders: list[Row] = field(default_factory=list)


@dataclass
class World:
    """Everybody, whom each order belongs to, and how many handoffs each channel had in each month."""

    people: dict[str, Person]
    orders: list[Row]
    owner: dict[str, str | None]
    handed: dict[tuple[str | None, str], int]


def instant(value: date, agreement: Agreement) -> datetime:
    """A date stands for its local midnight."""
    return value if isinstance(value, datetime) else utc_of_local_midnight(value, agreement.timezone)


def last_instant(value: date, agreement: Agreement) -> datetime:
    """The last instant that a date can mean."""
    if isinstance(value, datetime):
        return value
    return utc_of_local_midnight(value + timedelta(days=1), agreement.timezone) - timedelta(microseconds=1)


def local_day(value: date, agreement: Agreement) -> date:
    """The local day of a time; a date is its own."""
    return local_date(value, agreement.timezone) if isinstance(value, datetime) else value


def world(tables: dict[str, list[Row]], agreement: Agreement, as_of: datetime) -> World:
    """Follow every lead. Nobody has become a lead that is not there by the moment."""
    made = {row["lead_id"]: instant(row["created_at"], agreement) for row in tables["leads"]}
    unborn = {lead for lead, created in made.items() if created > as_of}
    apart = [{**row, "merged_into": None} if row["merged_into"] in unborn else row for row in tables["leads"]]
    tables = {**tables, "leads": apart}
    leads = {row["lead_id"]: row for row in apart}
    become = {lead: lead_of(lead, leads) for lead in leads}
    people = {
        lead: Person(row, made[lead], local_day(row["created_at"], agreement))
        for lead, row in leads.items()
        if become[lead] == lead and lead not in unborn
    }
    handed: dict[tuple[str | None, str], int] = defaultdict(int)
    channel = {row["lead_id"]: row.get("channel") for row in tables["leads"]}
    for facts in by_hand(tables, agreement).values():
        if facts["at_us"] > as_of:
            continue
        lead = facts["lead_id"]
        name, delay = outcome(facts, "explicit", agreement.acceptance, as_of)
        day = local_date(facts["at_us"], agreement.timezone)
        handed[channel[lead], f"{day:%Y-%m}"] += 1
        if lead not in people:
            continue
        person = people[lead]
        person.handed = min(filter(None, (person.handed, facts["at_us"])))
        if name == "accepted":
            person.accepted = min(filter(None, (person.accepted, facts["at_us"] + delay)))
        ended = facts["end_us"] <= as_of - facts["at_us"]
        never = ended and facts["activities"] == 0
        if name == "rejected" or never:
            person.lost.append((day, name == "rejected", never))
    for deal in tables["opportunities"]:
        opened = instant(deal["created_at"], agreement)
        owner = people.get(become.get(deal["lead_id"], ""))
        if owner is None or opened > as_of:
            continue
        owner.opportunity = min(filter(None, (owner.opportunity, opened)))
        written = deal["closed_at"] or deal["created_at"]
        closed = instant(written, agreement)
        if deal["won"] and closed <= as_of:
            owner.won = min(filter(None, (owner.won, closed)))
            owner.won_at_latest = min(filter(None, (owner.won_at_latest, last_instant(written, agreement))))
    return _with_orders(tables, agreement, as_of, World(people, [], {}, handed), become)


def _with_orders(
    tables: Mapping[str, list[Row]], agreement: Agreement, as_of: datetime, known: World, become: Mapping[str, str]
) -> World:
    customers: dict[str, str] = {}
    for row in tables["leads"]:
        lead, customer = become.get(row["lead_id"]), row.get("customer_id")
        if customer is None or lead is None or lead not in known.people:
            continue
        before = customers.get(customer)
        if before is None or _rank(known, lead) < _rank(known, before):
            customers[customer] = lead
    for order in sorted(tables["orders"], key=lambda row: row["order_id"]):
        at = instant(order["at"], agreement)
        if at > as_of:
            continue
        owner = become.get(order["lead_id"] or "")
        if owner not in known.people:
            owner = customers.get(order["customer_id"] or "")
            if owner and last_instant(order["at"], agreement) < known.people[owner].created:
                owner = None
        known.orders.append(order)
        known.owner[order["order_id"]] = owner
        if owner:
            known.people[owner].orders.append(order)
    return known


def _rank(known: World, lead: str) -> tuple[datetime, datetime, str]:
    person = known.people[lead]
    return person.won or datetime.max, person.created, lead  # noqa: DTZ901 - later than any


def cents(amount: float, rate: Decimal = Decimal(1)) -> int:
    """Rounded to a cent, halves away from 0."""
    return int((Decimal(repr(amount)) * rate * 100).quantize(Decimal(1), ROUND_HALF_UP))


def spend_by_day(row: Row, rate: Decimal = Decimal(1)) -> Iterator[tuple[date, int]]:
    """Every day of a row of spend with one rate, and its cents: the first days get the cents that are left over."""
    days = (row["end"] - row["start"]).days + 1
    whole = cents(row["amount"], rate)
    each, more = divmod(abs(whole), days)
    for number in range(days):
        part = each + (1 if number < more else 0)
        yield row["start"] + timedelta(days=number), part if whole >= 0 else -part
