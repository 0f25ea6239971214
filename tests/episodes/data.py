"""Small, nasty data sets: few leads, few moments, so that ties, straddles and orphans are common."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa

from accord.tables.schema import TABLES, Type

Row = dict[str, Any]
START = datetime(2026, 3, 20, 9, 0)  # noqa: DTZ001 - naive UTC; a clock change in Europe lies within the month

_ARROW = {
    Type.TEXT: pa.string(),
    Type.INTEGER: pa.int64(),
    Type.NUMBER: pa.float64(),
    Type.BOOLEAN: pa.bool_(),
    Type.TIME: pa.timestamp("us"),
    Type.DATE: pa.date32(),
}


def random_tables(seed: int, leads: int = 40) -> dict[str, list[Row]]:
    """A data set of the contract as plain rows; a time is a naive UTC datetime, or a date."""
    chance = random.Random(seed)

    def moment(span_days: float = 45.0, dates: float = 0.15) -> datetime | date:
        if chance.random() < 0.3:  # a coarse grid, so that instants coincide
            time = START + timedelta(hours=12 * chance.randrange(int(span_days * 2)))
        else:
            time = START + timedelta(seconds=chance.uniform(0, span_days * 86_400))
        return time.date() if chance.random() < dates else time

    reps = [{"rep_id": f"r{i}", "team": chance.choice(["north", "south", None])} for i in range(6)]
    lead_ids = [f"l{i:03}" for i in range(leads)]
    lead_rows = [
        {
            "lead_id": lead,
            "created_at": START - timedelta(days=3),
            "merged_into": chance.choice([*lead_ids, "nowhere"]) if chance.random() < 0.15 else None,
            "employees": chance.choice([None, 3, 10, 49, 50, 700, 5000]),
            "need": chance.choice([None, "none", "defined", "urgent"]),
            "channel": chance.choice(["webinar", "email", None]),
        }
        for lead in lead_ids
    ]
    handoffs = [
        {
            "handoff_id": f"{chance.choice('hH')}{i:03}",
            "lead_id": chance.choice([*lead_ids, "unknown"]),
            "at": moment(),
            "rep_id": chance.choice(["r0", "r1", "r2", "r3", "r9", None]),
            "team": chance.choice(["north", "south", None, None]),
            "band": chance.choice(["A", "B", "C", None]),
        }
        for i in range(leads * 2)
    ]
    decisions = []
    for i in range(leads * 3):
        handoff = chance.choice(handoffs)
        named = chance.random() < 0.6
        decisions.append(
            {
                "decision_id": f"{chance.choice('dD')}{i:03}",
                "handoff_id": (handoff["handoff_id"] if chance.random() < 0.95 else "h999") if named else None,
                "lead_id": handoff["lead_id"] if not named or chance.random() < 0.5 else None,
                "at": moment(60),
                "outcome": chance.choice(["accepted", "accepted", "rejected", "disqualified", "recycled"]),
            }
        )
    activities = [
        {
            "activity_id": f"a{i:04}",
            "lead_id": chance.choice([*lead_ids, "unknown"]),
            "at": moment(60),
            "rep_id": chance.choice(["r0", "r1", "r2", "r3", "r9", None]),
            "kind": chance.choice(["call", "call", "email", "meeting", "task", "visit"]),
            "direction": chance.choice(["out", "out", "in", None]),
            "duration_s": chance.choice([None, 0, 29, 30, 300]),
            "outcome": chance.choice([None, "no_answer", "voicemail", "held", "booked"]),
            "automated": chance.choice([None, False, True]),
        }
        for i in range(leads * 6)
    ]
    return {
        "leads": lead_rows,
        "handoffs": handoffs,
        "decisions": decisions,
        "activities": activities,
        "reps": reps,
    }


def arrow_table(name: str, rows: list[Row]) -> pa.Table:
    """The stored shape of ``rows``: every column of the contract, times with their companions."""
    table = next(table for table in TABLES if table.name == name)
    columns: dict[str, pa.Array] = {}
    for column in table.columns:
        values = [row.get(column.name) for row in rows]
        if column.type is Type.TIME:
            dates = [value is not None and not isinstance(value, datetime) for value in values]
            times = [
                datetime(value.year, value.month, value.day) if value and is_date else value  # noqa: DTZ001 - a local date
                for value, is_date in zip(values, dates, strict=True)
            ]
            columns[column.name] = pa.array(times, _ARROW[Type.TIME])
            columns[f"{column.name}_is_date"] = pa.array(dates, pa.bool_())
        else:
            columns[column.name] = pa.array(values, _ARROW[column.type])
    return pa.table(columns)
