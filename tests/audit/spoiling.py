"""What the scenarios share: what is expected, and ways to look at rows by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from audit.company import Row, Tables


@dataclass(frozen=True)
class Expected:
    """How many of how many; ``samples`` when they are certain; ``table`` and ``column`` where they matter."""

    affected: int
    of: int
    samples: tuple[str, ...] | None = None
    table: str | None = None
    column: str | None = None


def first_ids(rows: list[Row], key: str, n: int = 5) -> tuple[str, ...]:
    return tuple(sorted(row[key] for row in rows)[:n])


def by_key(rows: list[Row], key: str) -> dict[str, Row]:
    return {row[key]: row for row in rows}


def sales_by_lead(tables: Tables) -> dict[str, list[Row]]:
    handed = {row["lead_id"] for row in tables["handoffs"]}
    found: dict[str, list[Row]] = {}
    for row in tables["activities"]:
        if row["kind"] != "task" and row["lead_id"] in handed:
            found.setdefault(row["lead_id"], []).append(row)
    return found


def work_of(tables: Tables) -> list[Row]:
    return [*tables["decisions"], *(row for row in tables["activities"] if row["kind"] != "task")]


def outside_hours_of(work: list[Row]) -> Expected:
    """Monday to Friday, 09:00 to 18:00 in Paris; holidays are no part of a weekly rhythm."""
    local = [row["at"].replace(tzinfo=UTC).astimezone(ZoneInfo("Europe/Paris")) for row in work]
    inside = sum(moment.weekday() < 5 and 9 <= moment.hour < 18 for moment in local)
    return Expected(len(work) - inside, len(work))


def moved(tables: Tables, hours: int, *names: str) -> None:
    for name in names:
        for row in tables[name]:
            row["at"] += timedelta(hours=hours)


def dated(tables: Tables, name: str, every: int = 3) -> Expected:
    rows = tables[name][::every]
    for row in rows:
        row["at"] = row["at"].date()
    key = {"handoffs": "handoff_id", "decisions": "decision_id", "activities": "activity_id"}[name]
    return Expected(len(rows), len(tables[name]), first_ids(rows, key), table=name)


def decided_again(tables: Tables, row: Row, outcome: str, after: timedelta) -> None:
    tables["decisions"].append(
        {**row, "decision_id": row["decision_id"] + "-again", "outcome": outcome, "at": row["at"] + after}
    )


def refusals(tables: Tables) -> list[Row]:
    return [row for row in tables["decisions"] if row["outcome"] in {"rejected", "disqualified"}]
