"""A small company with money: every oddity that sums of money meet, as plain rows."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any

Row = dict[str, Any]
START = datetime(2025, 9, 1, 6, 30)  # noqa: DTZ001 - naive UTC
AS_OF = datetime(2026, 7, 15, 21, 0)  # noqa: DTZ001 - naive UTC
CHANNELS = ("webinar", "search", "partner", None)
CAMPAIGNS = ("alpha", "beta", None)


def company(seed: int, leads: int = 900) -> dict[str, list[Row]]:
    """Leads of eleven months with handoffs, decisions, deals, orders and spend; times are naive UTC, or dates."""
    chance = random.Random(seed)
    tables: dict[str, list[Row]] = {
        name: []
        for name in ("leads", "handoffs", "decisions", "activities", "reps", "opportunities", "orders", "spend")
    }
    for number in range(leads):
        created = START + timedelta(seconds=chance.uniform(0, 320 * 86_400))
        lead = f"l{number:04}"
        tables["leads"].append(
            {
                "lead_id": lead,
                "created_at": created.date() if chance.random() < 0.1 else created,
                "channel": chance.choice(CHANNELS),
                "campaign": chance.choice(CAMPAIGNS),
                "sector": chance.choice(["steel", "food", None]),
                "employees": chance.choice([None, 4, 30, 400]),
                "customer_id": f"c{chance.randrange(leads // 3)}" if chance.random() < 0.4 else None,
                "merged_into": f"l{chance.randrange(leads):04}" if chance.random() < 0.05 else None,
            }
        )
        _sales(chance, tables, lead, created, number)
    for number in range(leads // 2):
        tables["orders"].append(_order(chance, number, leads))
    tables["spend"] = _spend(chance)
    return tables


def _sales(chance: random.Random, tables: dict[str, list[Row]], lead: str, created: datetime, number: int) -> None:
    at = created + timedelta(days=chance.expovariate(1 / 4))
    if chance.random() < 0.7:
        handoff = f"h{number:04}"
        tables["handoffs"].append({"handoff_id": handoff, "lead_id": lead, "at": at, "band": chance.choice("AB")})
        if chance.random() < 0.8:
            tables["decisions"].append(
                {
                    "decision_id": f"d{number:04}",
                    "handoff_id": handoff,
                    "at": at + timedelta(days=chance.expovariate(1 / 3)),
                    "outcome": chance.choice(["accepted", "accepted", "rejected", "recycled"]),
                }
            )
        if chance.random() < 0.6:
            tables["activities"].append(
                {"activity_id": f"a{number:04}", "lead_id": lead, "at": at + timedelta(hours=5), "kind": "call"}
            )
    for place in range(chance.choice([0, 0, 1, 2])):
        opened = at + timedelta(days=chance.uniform(-6, 40))
        closed = opened + timedelta(days=chance.uniform(1, 90))
        won = chance.choice([True, True, False, None])
        closed_at = None if won is None or chance.random() < 0.05 else closed
        tables["opportunities"].append(
            {
                "opportunity_id": f"o{number:04}{place}",
                "lead_id": lead,
                "created_at": opened,
                "closed_at": closed_at.date() if closed_at and chance.random() < 0.3 else closed_at,
                "won": won,
                "amount": 100.0,
            }
        )


def _order(chance: random.Random, number: int, leads: int) -> Row:
    at = START + timedelta(days=chance.uniform(20, 340))
    amount = round(chance.lognormvariate(5, 1), 2)
    return {
        "order_id": f"p{number:04}",
        "lead_id": f"l{chance.randrange(int(leads * 1.02)):04}" if chance.random() < 0.7 else None,
        "customer_id": f"c{chance.randrange(leads // 3)}" if chance.random() < 0.6 else None,
        "at": at.date() if chance.random() < 0.2 else at,
        "amount": -amount if chance.random() < 0.06 else amount,
        "currency": chance.choice([None, "EUR", "EUR", "USD", "GBP"]),
    }


def _spend(chance: random.Random) -> list[Row]:
    rows = []
    for number in range(60):
        start = date(2025, 8, 20) + timedelta(days=chance.randrange(340))
        rows.append(
            {
                "start": start,
                "end": start + timedelta(days=chance.choice([0, 6, 29, 90, 364])),
                "channel": chance.choice(["webinar", "search", "radio"]),
                "campaign": chance.choice(["alpha", "gamma", None]),
                "amount": round(chance.uniform(-50 if number == 7 else 10, 5_000), 2),
                "currency": chance.choice([None, "EUR", "USD", "GBP"]),
            }
        )
    return rows
