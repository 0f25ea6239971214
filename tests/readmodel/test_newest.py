"""The moment the data describe: the same from the read model, asked in its own words, and from a warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from accord.agreement.model import Agreement
from accord.engines.base import Engine
from accord.engines.duckdb import DuckDBEngine
from accord.engines.postgres import PostgresEngine
from accord.readmodel.opening import newest_moment
from episodes.data import arrow_table

PARIS = Agreement(timezone="Europe/Paris")
FIRST = datetime(2026, 3, 1, 10)  # noqa: DTZ001 - naive UTC, as all of these
NEVER = datetime(2100, 1, 1)  # noqa: DTZ001
DAY = datetime(2026, 3, 3)  # noqa: DTZ001 - a date without an hour; its midnight in Paris is 23:00 UTC of the day before


@pytest.fixture(params=["duckdb", "postgres"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    made: Engine = (
        DuckDBEngine() if request.param == "duckdb" else PostgresEngine(request.getfixturevalue("postgres_url"))
    )
    yield made
    made.close()


def keep(engine: Engine, name: str, *moments: tuple[datetime, bool]) -> None:
    identifier = {"activities": "activity_id", "handoffs": "handoff_id", "leads": "lead_id"}[name]
    time = "created_at" if name == "leads" else "at"
    rows: list[dict[str, Any]] = [
        {identifier: str(number), "lead_id": "a", time: at.date() if is_date else at}
        for number, (at, is_date) in enumerate(moments)
    ]
    engine.keep(name, arrow_table(name, rows))


@pytest.mark.parametrize(
    ("moments", "newest"),
    [
        (((FIRST, False),), FIRST),
        (((FIRST, False), (NEVER, False)), FIRST),  # the future does not exist
        (((FIRST, False), (DAY, True)), DAY - timedelta(hours=1)),
        (((DAY - timedelta(minutes=59), False), (DAY, True)), DAY - timedelta(minutes=59)),
        (((FIRST, False), (NEVER, True)), FIRST),
    ],
)
def test_the_newest_moment_is_the_same_wherever_it_is_asked(
    engine: Engine, moments: tuple[tuple[datetime, bool], ...], newest: datetime
) -> None:
    keep(engine, "handoffs", (FIRST - timedelta(days=9), False))
    keep(engine, "activities", *moments)
    assert newest_moment(engine, PARIS) == newest


def test_where_nobody_did_anything_the_newest_lead_tells(engine: Engine) -> None:
    keep(engine, "handoffs")
    keep(engine, "leads", (FIRST, False))
    assert newest_moment(engine, PARIS) == FIRST


@pytest.mark.parametrize(
    ("spent", "until"),
    [
        ([(date(2026, 1, 1), date(2026, 2, 28)), (date(2026, 1, 1), date(2026, 1, 31))], date(2026, 3, 1)),
        ([(date(2026, 1, 1), date(2026, 2, 28)), (date(2099, 1, 1), date(2099, 2, 1))], date(2026, 3, 1)),
    ],
)
def test_where_there_is_only_spend_the_last_day_that_it_covers_tells(
    engine: Engine, spent: list[tuple[date, date]], until: date
) -> None:
    _spend(engine, spent)
    # the end of that day in Paris
    assert newest_moment(engine, PARIS) == datetime(until.year, until.month, until.day) - timedelta(hours=1)  # noqa: DTZ001


def test_of_spend_that_is_not_over_the_days_that_are_over_tell(engine: Engine) -> None:
    _spend(engine, [(date(2026, 1, 1), date(2026, 12, 31))])
    assert newest_moment(engine, PARIS, before=FIRST) == datetime(2026, 2, 28, 23)  # noqa: DTZ001


def test_spend_that_has_not_begun_tells_nothing(engine: Engine) -> None:
    _spend(engine, [(date(2099, 1, 1), date(2099, 12, 31))])
    assert newest_moment(engine, PARIS) == datetime(1970, 1, 1)  # noqa: DTZ001


def _spend(engine: Engine, spent: list[tuple[date, date]]) -> None:
    rows = [{"start": start, "end": end, "channel": "ads", "amount": 5.0} for start, end in spent]
    engine.keep("spend", arrow_table("spend", rows))
