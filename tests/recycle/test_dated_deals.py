"""A deal dated by the day counts for the handoff of that day: what can have followed it, followed it."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from acceptance.sources import source_of
from accord.agreement.model import Acceptance, Agreement
from accord.engines.base import Engine
from accord.engines.duckdb import DuckDBEngine
from accord.engines.postgres import PostgresEngine
from accord.readmodel.source import Source
from accord.recycle.measure import measure_recycling
from recycle.company import AS_OF, START, Row, company, empty
from recycle.oracle import becomes, counts, followed, ledger
from recycle.test_ledger import told

PARIS = ZoneInfo("Europe/Paris")
AGREEMENT = Agreement(timezone="Europe/Paris", acceptance=Acceptance(definition="explicit"))
FIRST = START.replace(day=10, hour=9)
BACK = START.replace(day=12, hour=15)
AGAIN = START.replace(month=4, day=20, hour=10)
Deal = tuple[datetime | date, datetime | date | None, bool | None]
Opening = Callable[[dict[str, list[Row]]], Source]


def relaunched(*deals: Deal) -> dict[str, list[Row]]:
    """A lead refused, handed over again, and its deals: opened, closed, won or not."""
    tables = empty()
    tables["leads"] = [{"lead_id": "l", "created_at": START}]
    tables["handoffs"] = [
        {"handoff_id": name, "lead_id": "l", "at": at} for name, at in (("first", FIRST), ("again", AGAIN))
    ]
    tables["decisions"] = [{"decision_id": "d", "handoff_id": "first", "at": BACK, "outcome": "rejected"}]
    tables["opportunities"] = [
        {"opportunity_id": str(number), "lead_id": "l", "created_at": opened, "closed_at": closed, "won": won}
        for number, (opened, closed, won) in enumerate(deals)
    ]
    return tables


@pytest.mark.parametrize(
    ("deals", "first", "again"),
    [
        # opened and won with the handoff before, on a day before the new one
        ([(BACK, (AGAIN - timedelta(days=1)).date(), True)], (1, 1), (0, 0)),
        # won on the day of the new handoff: by the hour where it is known, else after it
        ([(BACK, AGAIN.date(), True)], (1, 0), (0, 1)),
        ([(BACK, AGAIN - timedelta(hours=1), True)], (1, 1), (0, 0)),
        ([(BACK, AGAIN + timedelta(hours=1), True)], (1, 0), (0, 1)),
        # opened and won on that day
        ([(AGAIN.date(), AGAIN.date(), True)], (0, 0), (1, 1)),
        ([(AGAIN.date(), None, True)], (0, 0), (1, 1)),
        ([(AGAIN.date(), None, None)], (0, 0), (1, 0)),
        # won before the handoff was made, so opened before it too
        ([(AGAIN.date(), AGAIN - timedelta(hours=1), True)], (1, 1), (0, 0)),
        # the day of the first handoff
        ([(FIRST.date(), FIRST.date(), True)], (1, 1), (0, 0)),
        # won before the return, and once more after it
        ([(FIRST, BACK - timedelta(hours=1), True), (BACK, AGAIN.date(), True)], (1, 1), (0, 1)),
        ([(FIRST, BACK.date(), True), (AGAIN.date(), AGAIN + timedelta(days=3), True)], (1, 1), (1, 1)),
    ],
)
def test_a_deal_of_the_day_of_a_handoff_is_of_that_handoff(
    deals: list[Deal], first: tuple[int, int], again: tuple[int, int]
) -> None:
    with source_of(DuckDBEngine(), relaunched(*deals), AGREEMENT, AS_OF) as source:
        rows = measure_recycling(source).report.by_attempt
    found = {row.segment["attempt"]: (row.follow.opportunities, row.follow.won) for row in rows}
    assert found == {"1": first, "2": again}


def test_where_no_deal_is_recorded_an_order_of_the_day_is_of_that_handoff_too() -> None:
    tables = relaunched()
    tables["orders"] = [{"order_id": "o", "lead_id": "l", "at": AGAIN.date(), "amount": 10.0}]
    with source_of(DuckDBEngine(), tables, AGREEMENT, AS_OF) as source:
        totals = measure_recycling(source).report.totals
    assert (totals.came_back, totals.follow.won) == (1, 1)


def test_a_day_begins_on_the_local_clock() -> None:
    """Half past midnight in Paris is the evening before by UTC."""
    tables = relaunched((BACK, AGAIN.date(), True))
    tables["handoffs"][1]["at"] = AGAIN.replace(day=19, hour=22, minute=30)
    with source_of(DuckDBEngine(), tables, AGREEMENT, AS_OF) as source:
        assert measure_recycling(source).report.totals.follow.won == 1


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
@pytest.mark.parametrize("seed", range(3))
def test_many_deals_with_and_without_hours(seed: int, engine: str, request: pytest.FixtureRequest) -> None:
    """Against the plain loops, for which each date is set by hand to the time that it stands for."""
    tables = company(seed, 400)
    chance, at = random.Random(seed), _handoffs(tables)
    dated, settled = [], []
    for deal in tables["opportunities"]:
        row, own = dict(deal), at(deal["lead_id"])
        if own and chance.random() < 0.6:  # many on the very day of a handoff
            row["created_at"] = chance.choice(own) + timedelta(hours=chance.choice([-9, -2, 0, 3]))
            row["closed_at"] = None if row["won"] is None else chance.choice([*own, row["created_at"]])
        if row["closed_at"] is not None:
            row["closed_at"] = max(row["closed_at"], row["created_at"])
        loose = dict(row)
        for name in ("created_at", "closed_at"):
            if row[name] is not None and chance.random() < 0.7:
                loose[name] = _local(row[name])
        dated.append(loose)
        settled.append(_settled(loose, own))
    tables["orders"] = []
    with source_of(_engine(engine, request), {**tables, "opportunities": dated}, AGREEMENT, AS_OF) as source:
        report = measure_recycling(source).report
    known = ledger({**tables, "opportunities": settled}, AS_OF)
    assert told(report.totals) == counts(known)
    assert sum(after.won is not None for _before, after in followed(known)) > 5
    midnight = [_settled(loose, []) for loose in dated]
    assert counts(known) != counts(ledger({**tables, "opportunities": midnight}, AS_OF))


def _engine(name: str, request: pytest.FixtureRequest) -> Engine:
    return PostgresEngine(request.getfixturevalue("postgres_url")) if name == "postgres" else DuckDBEngine()


def _handoffs(tables: dict[str, list[Row]]) -> Callable[[str], list[datetime]]:
    canonical = becomes(tables)
    made: dict[str, list[datetime]] = {}
    for row in tables["handoffs"]:
        if row["at"] <= AS_OF:
            made.setdefault(canonical[row["lead_id"]], []).append(row["at"])
    return lambda lead: made.get(canonical[lead], [])


def _local(moment: datetime) -> date:
    return moment.replace(tzinfo=UTC).astimezone(PARIS).date()


def _settled(deal: Row, handoffs: list[datetime]) -> Row:
    """The same deal with an hour wherever it has none: that of the last handoff it may have followed, else midnight."""
    row: dict[str, Any] = dict(deal)
    for name in ("closed_at", "created_at"):
        day = deal[name]
        if day is None or isinstance(day, datetime):
            continue
        midnight, following = (
            datetime(each.year, each.month, each.day, tzinfo=PARIS).astimezone(UTC).replace(tzinfo=None)
            for each in (day, day + timedelta(days=1))
        )
        if name == "created_at":  # nothing is closed before it is opened
            closed = deal["closed_at"]
            if isinstance(closed, datetime) and midnight <= closed < following:
                following = closed + timedelta(microseconds=1)
        row[name] = max((at for at in handoffs if midnight <= at < following), default=midnight)
    return row
