"""Companies whose leads come back: every way to return, chains of follow-ups, merges, deals of their own."""

from __future__ import annotations

import csv
import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from accord.agreement.model import Acceptance, Agreement

Row = dict[str, Any]
AGREEMENT = Agreement(acceptance=Acceptance(definition="explicit"))
START = datetime(2025, 3, 3, 8)  # noqa: DTZ001 - naive UTC
AS_OF = datetime(2026, 2, 20, 12)  # noqa: DTZ001 - naive UTC
TABLES = ("leads", "handoffs", "decisions", "activities", "touches", "reps", "opportunities", "orders")
REASONS = ("bad_timing", "no_need", "company_size", "do_not_contact", "other: hors sujet", None)
OUTCOMES = ("accepted", "accepted", "rejected", "recycled", "disqualified")


def empty() -> dict[str, list[Row]]:
    """No row of anything."""
    return {name: [] for name in TABLES}


def written(tables: Mapping[str, list[Row]], folder: Path) -> Path:
    """The folder with the tables as files that can be imported; those without a row are not there."""
    folder.mkdir()
    for name, rows in tables.items():
        if rows and name in TABLES:
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, list(dict.fromkeys(key for row in rows for key in row)))
                writer.writeheader()
                writer.writerows(rows)
    return folder


def company(seed: int, leads: int = 250) -> dict[str, list[Row]]:
    """A year of leads, each handed over one to five times; times are naive UTC instants, some of them equal."""
    chance = random.Random(seed)
    tables = empty()
    tables["reps"] = [{"rep_id": f"r{number}", "team": "NS"[number % 2]} for number in range(3)]
    for number in range(leads):
        lead = f"l{number:04}"
        at = START + timedelta(hours=chance.randrange(24 * 340))
        tables["leads"].append(
            {
                "lead_id": lead,
                "created_at": at - timedelta(days=1),
                "channel": chance.choice(["ads", "fair", None]),
                "customer_id": f"c{number}" if chance.random() < 0.3 else None,
                "merged_into": f"l{chance.randrange(leads):04}" if chance.random() < 0.06 else None,
            }
        )
        for attempt in range(1, chance.choice([1, 1, 1, 2, 2, 3, 5]) + 1):
            at = _episode(chance, tables, lead, f"h{number:04}{attempt}", at)
        if chance.random() < 0.15:
            tables["orders"].append(
                {
                    "order_id": f"p{number}",
                    "lead_id": lead if chance.random() < 0.5 else None,
                    "customer_id": f"c{number}",
                    "at": at + timedelta(days=chance.uniform(-40, 40)),
                    "amount": chance.choice([100.0, 100.0, -20.0]),
                }
            )
    return tables


def _episode(chance: random.Random, tables: dict[str, list[Row]], lead: str, handoff: str, at: datetime) -> datetime:
    """What happens after one handoff; answers when the next one is made."""
    tables["handoffs"].append(
        {
            "handoff_id": handoff,
            "lead_id": lead,
            "at": at,
            "rep_id": chance.choice(["r0", "r1", "r2", None]),
            "band": chance.choice(["A", "B", None]),
        }
    )
    decided = at
    for place in range(chance.choice([0, 1, 1, 1, 2])):
        decided += timedelta(hours=chance.choice([0, 5, 30, 24 * 20, 24 * 29]))
        tables["decisions"].append(
            {
                "decision_id": f"{handoff}-{place}",
                "handoff_id": handoff if chance.random() < 0.7 else None,
                "lead_id": lead,
                "at": decided,
                "outcome": chance.choice(OUTCOMES),
                "reason": chance.choice(REASONS),
            }
        )
    for place in range(chance.choice([0, 1, 3])):
        kind = chance.choice(["call", "email", "meeting", "task", "message"])
        tables["activities"].append(
            {
                "activity_id": f"{handoff}a{place}",
                "lead_id": lead,
                "at": at + timedelta(hours=chance.choice([-3, 0, 1, 50, 24 * 31])),
                "rep_id": "r0",
                "kind": kind,
                "direction": chance.choice([None, "out", "in"]),
                "duration_s": chance.choice([None, 5, 400]) if kind == "call" else None,
                "outcome": chance.choice([None, "held", "no_answer", "voicemail"]),
                "automated": chance.choice([None, False, True]),
            }
        )
    for place in range(chance.choice([0, 0, 1, 2])):
        tables["touches"].append(
            {
                "touch_id": f"{handoff}t{place}",
                "lead_id": lead,
                "at": at + timedelta(hours=chance.choice([0, 10, 24 * 12, 24 * 33])),
                "kind": chance.choice(["page_view", "form", "pricing_view", "email_reply"]),
            }
        )
    if chance.random() < 0.3:
        opened = at + timedelta(days=chance.choice([0, 3, 45, 70]))
        won = chance.choice([True, False, None])
        tables["opportunities"].append(
            {
                "opportunity_id": f"{handoff}o",
                "lead_id": lead,
                "created_at": opened,
                "closed_at": opened + timedelta(days=chance.choice([1, 25, 90])) if won is not None else None,
                "won": won,
            }
        )
    return max(at, decided) + timedelta(hours=chance.choice([0, 24, 24 * 9, 24 * 40, 24 * 120]))
