"""A company whose data are as they should be, written row by row, and a way to audit it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa

from accord.agreement.model import Acceptance, Agreement, Calendar
from accord.audit.examine import examine
from accord.audit.report import AuditReport, CheckFinding
from accord.engines.base import Engine
from accord.engines.duckdb import DuckDBEngine
from accord.readmodel.episodes import materialise_episodes
from accord.tables.schema import TABLES, Type

Row = dict[str, Any]
Tables = dict[str, list[Row]]

AS_OF = datetime(2026, 6, 30, 15, 0)  # noqa: DTZ001 - naive UTC
AGREEMENT = Agreement(
    name="acme",
    version="3",
    timezone="Europe/Paris",
    acceptance=Acceptance(calendar=Calendar(country="FR")),
)
CHANNELS = ("webinar", "search", "referral", "event")
REASONS = ("company_size", "bad_email", "role", "no_need", "no_budget", "duplicate")

_ARROW = {
    Type.TEXT: pa.string(),
    Type.INTEGER: pa.int64(),
    Type.NUMBER: pa.float64(),
    Type.BOOLEAN: pa.bool_(),
    Type.TIME: pa.timestamp("us"),
    Type.DATE: pa.date32(),
}


def clean_company(seed: int = 1, leads: int = 600) -> Tables:
    """Five months of a healthy company in Paris: every table filled, every row possible, nothing rounded."""
    chance = random.Random(seed)
    reps = [
        {"rep_id": f"rep{i}", "name": f"Rep {i}", "team": ("north", "south")[i % 2], "capacity": 20.0} for i in range(8)
    ]
    tables: Tables = {table.name: [] for table in TABLES}
    tables["reps"] = reps
    for number in range(leads):
        created = AS_OF - timedelta(days=chance.uniform(40, 190), seconds=chance.random())
        rep = chance.choice(reps)
        lead = f"lead{number:05}"
        tables["leads"].append(
            {
                "lead_id": lead,
                "created_at": created,
                "origin": chance.choice(("inbound", "outbound")),
                "channel": chance.choice(CHANNELS),
                "lead_type": chance.choice(("demo", "white paper")),
                "sector": chance.choice(("industry", "software", "health")),
                "employees": chance.choice((5, 30, 120, 900, 4000)),
                "country": chance.choice(("FR", "BE", "CH")),
                "company": f"Company {number}",
                "customer_id": f"customer{number}" if number % 7 == 0 else None,
                "need": chance.choice(("none", "exploring", "defined", "urgent")),
                "Email": f"person{number}@company{number}.example",
            }
        )
        for touch in range(2):
            tables["touches"].append(
                {
                    "touch_id": f"touch{number}-{touch}",
                    "lead_id": lead,
                    "at": created + timedelta(hours=chance.uniform(0, 50)),
                    "kind": "webinar",
                }
            )
        handed = at_work(created + timedelta(hours=chance.uniform(1, 90)), chance)
        tables["handoffs"].append(
            {
                "handoff_id": f"handoff{number:05}",
                "lead_id": lead,
                "at": handed,
                "rep_id": rep["rep_id"],
                "team": rep["team"],
                "score": chance.uniform(0, 100),
                "band": chance.choice("ABCD"),
                "agreement": "3",
            }
        )
        _work(tables, chance, number, handed, rep)
    for month in range(1, 7):
        start = date(2026, month, 1)
        for channel in CHANNELS:
            tables["spend"].append(
                {
                    "start": start,
                    "end": start + timedelta(days=27),
                    "channel": channel,
                    "amount": 1000.0,
                    "currency": "EUR",
                }
            )
    return tables


def _work(tables: Tables, chance: random.Random, number: int, handed: datetime, rep: Row) -> None:
    lead = f"lead{number:05}"
    outcome = chance.choices(("accepted", "rejected", "disqualified", None), (60, 15, 10, 15))[0]
    acted = at_work(handed + timedelta(hours=chance.expovariate(1 / 8)), chance)
    decided = at_work(acted + timedelta(minutes=chance.uniform(1, 600)), chance)
    for attempt in range(chance.choice((1, 2, 2, 3, 4))):
        kind = chance.choice(("call", "email", "meeting", "task"))
        tables["activities"].append(
            {
                "activity_id": f"activity{number}-{attempt}",
                "lead_id": lead,
                "at": at_work(acted + timedelta(hours=20 * attempt * chance.random()), chance),
                "rep_id": rep["rep_id"],
                "kind": "call" if attempt == 0 else kind,
                "direction": "out",
                "duration_s": chance.randrange(20, 900) if kind == "call" or attempt == 0 else None,
                "automated": False,
            }
        )
    if outcome is None:
        return
    tables["decisions"].append(
        {
            "decision_id": f"decision{number:05}",
            "handoff_id": f"handoff{number:05}",
            "at": decided,
            "rep_id": rep["rep_id"],
            "outcome": outcome,
            "reason": None if outcome == "accepted" else chance.choice(REASONS),
        }
    )
    if outcome == "accepted" and chance.random() < 0.4:
        opened = at_work(decided + timedelta(days=chance.uniform(1, 10)), chance)
        won = chance.random() < 0.5
        tables["opportunities"].append(
            {
                "opportunity_id": f"deal{number}",
                "lead_id": lead,
                "created_at": opened,
                "stage": "closed",
                "amount": chance.uniform(1e3, 1e5),
                "currency": "EUR",
                "closed_at": opened + timedelta(days=chance.uniform(2, 15)),
                "won": won,
            }
        )
        if won:
            tables["orders"].append(
                {
                    "order_id": f"order{number}",
                    "lead_id": lead,
                    "at": opened + timedelta(days=20),
                    "amount": chance.uniform(1e3, 1e5),
                    "currency": "EUR",
                }
            )


def at_work(moment: datetime, chance: random.Random) -> datetime:
    """The same moment, or one during the next open hours of Paris (in summer 07:00-16:00 UTC)."""
    while moment.weekday() > 4 or not 8 <= moment.hour < 16:
        day = moment.date() + timedelta(days=0 if moment.hour < 8 else 1)
        moment = datetime(day.year, day.month, day.day, 8) + timedelta(  # noqa: DTZ001 - naive UTC
            seconds=chance.uniform(0, 8 * 3600)
        )
    return moment


def arrow_table(name: str, rows: list[Row]) -> pa.Table:
    """The stored shape of ``rows``; leads keep their other columns. A ``date`` in a time column has no time."""
    table = next(table for table in TABLES if table.name == name)
    columns: dict[str, pa.Array] = {}
    for column in table.columns:
        values = [row.get(column.name) for row in rows]
        if column.type is Type.TIME:
            dates = [value is not None and not isinstance(value, datetime) for value in values]
            values = [
                datetime(value.year, value.month, value.day) if is_date and value else value  # noqa: DTZ001
                for value, is_date in zip(values, dates, strict=True)
            ]
            columns[column.name] = pa.array(values, _ARROW[Type.TIME])
            columns[f"{column.name}_is_date"] = pa.array(dates, pa.bool_())
        else:
            columns[column.name] = pa.array(values, _ARROW[column.type])
    if name == "leads":
        for extra in sorted({key for row in rows for key in row} - set(columns)):
            columns[extra] = pa.array([row.get(extra) for row in rows], pa.string())
    return pa.table(columns)


@dataclass(frozen=True)
class LoadedSource:
    """Tables on an engine, as a source of figures."""

    engine: Engine
    agreement: Agreement
    as_of: datetime


def loaded(
    engine: Engine,
    tables: Mapping[str, list[Row]],
    agreement: Agreement = AGREEMENT,
    as_of: datetime = AS_OF,
    *,
    with_episodes: bool = True,
) -> LoadedSource:
    """``tables`` on ``engine``; building the episodes takes longest, and few checks read them."""
    for table in TABLES:
        engine.keep(table.name, arrow_table(table.name, list(tables.get(table.name, []))))
    if with_episodes:
        materialise_episodes(engine, agreement)
    return LoadedSource(engine, agreement, as_of)


def audit(
    tables: Mapping[str, list[Row]], agreement: Agreement = AGREEMENT, as_of: datetime = AS_OF, **more: Any
) -> AuditReport:
    """What the audit says of ``tables`` on DuckDB."""
    engine = DuckDBEngine()
    try:
        return examine(loaded(engine, tables, agreement, as_of), **more)
    finally:
        engine.close()


def finding(report: AuditReport, code: str, table: str | None = None) -> CheckFinding:
    """The finding of that code (and table); fails, naming what was found, when there is none."""
    found = [one for one in report.findings if one.code == code and table in {None, one.table}]
    assert len(found) == 1, f"{code}: {[(one.code, one.table, one.affected, one.of) for one in report.findings]}"
    return found[0]
