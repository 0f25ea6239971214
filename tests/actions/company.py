"""A company of three channels whose weeks are all alike: every figure can be worked out by hand."""

# ruff: noqa: DTZ001 - the store keeps naive UTC
from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from accord.store.single import write_rows
from accord.workspace import Workspace

__all__ = ["AS_OF", "DRAFT", "START", "agree", "company", "fill"]

START = date(2026, 3, 2)
AS_OF = datetime(2026, 6, 29, 12, 0)
DRAFT: Mapping[str, object] = {
    "text": "Ask for a phone number",
    "code": "stricter_entry",
    "where": "channel=webinar",
    "owner": "Léa",
    "start": "2026-03-02",
}
ACCEPTED = {"webinar": (4, 7), "search": (6, 6), "partner": (5, 5)}
"""Of ten leads a week, how many are accepted before the action and since."""


def agree(folder: Path, more: str = "") -> Workspace:
    """The workspace at ``folder``."""
    text = f"name: small\nversion: '1'\ntimezone: UTC\nacceptance: {{definition: explicit, window_days: 30}}\n{more}"
    (folder / "accord.yaml").write_text(text, encoding="utf-8")
    return Workspace(folder)


def fill(workspace: Workspace, **tables: Any) -> None:
    """Write rows, each table as one import."""
    for name, rows in tables.items():
        write_rows(workspace.database_url, name, rows)


def company(before: int = 20, after: int = 16, accepted: Mapping[str, tuple[int, int]] = ACCEPTED) -> dict[str, Any]:
    """Ten leads a week of each channel, handed over on Tuesday, decided a day later."""
    tables: dict[str, Any] = {"leads": [], "handoffs": [], "decisions": []}
    for week in range(-before, after):
        at = datetime(START.year, START.month, START.day, 10) + timedelta(weeks=week, days=1)
        for channel, hits in accepted.items():
            for number in range(10):
                name = f"{channel}{week}.{number}"
                tables["leads"].append(
                    {"lead_id": name, "created_at": at, "channel": channel, "country": "FR" if number % 2 else "DE"}
                )
                tables["handoffs"].append({"handoff_id": name, "lead_id": name, "at": at, "team": "DACH"})
                tables["decisions"].append(
                    {
                        "decision_id": name,
                        "handoff_id": name,
                        "at": at + timedelta(days=1),
                        "outcome": "accepted" if number < hits[week >= 0] else "rejected",
                    }
                )
    return tables
