"""The small company with touches beside, and every lead's path followed in plain Python."""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta

from accord.agreement.model import Agreement
from episodes.oracle import lead_of
from value.company import Row, company
from value.oracle import World, instant, last_instant

CHANNELS = ("webinar", "webinar", "webinar", "search", "partner", "social", None)


def touched_company(seed: int, leads: int = 900) -> dict[str, list[Row]]:
    """Touches before and after everything that matters, some at one instant, some dates, some of nobody."""
    tables = company(seed, leads)
    chance = random.Random(seed + 1)
    touches: list[Row] = []
    for number in range(leads):
        if chance.random() < 0.15:
            continue
        created = datetime.combine(tables["leads"][number]["created_at"], time())
        for _touch in range(chance.choice([1, 1, 2, 3, 5, 9])):
            at = created + timedelta(days=chance.uniform(-20, 40))
            again = [at] if chance.random() < 0.9 else [at, at]
            touches += [
                {
                    "touch_id": f"t{len(touches) + place:05}",
                    "lead_id": f"l{number:04}" if chance.random() < 0.98 else "nobody",
                    "at": moment.date() if chance.random() < 0.1 else moment,
                    "kind": "page_view",
                    "channel": chance.choice(CHANNELS),
                }
                for place, moment in enumerate(again)
            ]
    tables["touches"] = touches
    return tables


Touch = tuple[datetime, str]


def touches_by_lead(
    tables: dict[str, list[Row]], known: World, agreement: Agreement, as_of: datetime
) -> dict[str, list[Touch]]:
    """Every lead's touches in order of time, at one instant by name of channel."""
    leads = {row["lead_id"]: row for row in tables["leads"]}
    found: dict[str, list[Touch]] = {lead: [] for lead in known.people}
    for touch in tables["touches"]:
        lead = lead_of(touch["lead_id"], leads) if touch["lead_id"] in leads else None
        at = instant(touch["at"], agreement)
        if lead not in found or at > as_of:
            continue
        own = known.people[lead].row.get("channel")
        found[lead].append((at, touch["channel"] or own or "(none)"))
    return {lead: sorted(touches) for lead, touches in found.items()}


def last_instant_of_win(tables: dict[str, list[Row]], agreement: Agreement, as_of: datetime) -> dict[str, datetime]:
    """The last instant that each lead's first win can mean: a day without an hour may be any of it."""
    leads = {row["lead_id"]: row for row in tables["leads"]}
    found: dict[str, datetime] = {}
    for deal in tables["opportunities"]:
        opened = instant(deal["created_at"], agreement)
        when = deal["closed_at"] or deal["created_at"]
        if deal["lead_id"] not in leads or not deal["won"] or opened > as_of or instant(when, agreement) > as_of:
            continue
        lead = lead_of(deal["lead_id"], leads)
        found[lead] = min(found.get(lead, datetime.max), last_instant(when, agreement))  # noqa: DTZ901 - later than any
    return found
