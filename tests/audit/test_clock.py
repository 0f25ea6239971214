"""The local clock of a table, against zoneinfo one row at a time."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from accord.agreement.model import Agreement, Calendar
from accord.audit.clock import open_share, profile
from accord.audit.evidence import Evidence
from accord.engines.duckdb import DuckDBEngine
from accord.tables.schema import TABLES
from audit.company import LoadedSource, arrow_table

START = datetime(2026, 1, 5)  # noqa: DTZ001 - naive UTC, a Monday


@pytest.mark.parametrize("zone", ["UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"])
def test_hours_days_and_weeks_are_local(zone: str) -> None:
    chance = random.Random(zone)
    times = [START + timedelta(seconds=chance.uniform(0, 365 * 86_400)) for _number in range(500)]
    times += [START + timedelta(hours=chance.randrange(365 * 24)) for _number in range(100)]
    dates = [time.date() for time in times[:50]]
    rows = [
        {"decision_id": f"d{number}", "lead_id": "l", "at": time, "outcome": "accepted"}
        for number, time in enumerate([*times, *dates])
    ]
    engine = DuckDBEngine()
    for table in TABLES:
        engine.keep(table.name, arrow_table(table.name, rows if table.name == "decisions" else []))
    as_of = START + timedelta(days=400)
    clock = profile(Evidence(LoadedSource(engine, Agreement(timezone=zone), as_of)), "decisions")
    local = [time.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)) for time in times]
    assert clock.total == len(times)  # dates without a time have no hour
    assert dict(enumerate(clock.by_hour())) == {hour: sum(one.hour == hour for one in local) for hour in range(24)}
    sharp = [one for one in times if (one.minute, one.second, one.microsecond) == (0, 0, 0)]
    assert int(clock.sharp_by_hour().sum()) == len(sharp)
    assert clock.per_local_day() == dict(Counter(one.date() for one in local))
    week = clock.by_week()
    for one in local:
        assert week[one.weekday(), (60 * one.hour + one.minute) // 15] > 0
    assert int(week.sum()) == len(times)
    engine.close()


def test_open_hours_are_those_of_the_calendar() -> None:
    week = np.zeros((7, 96), dtype=np.int64)
    week[0, 36] = 3  # Monday 09:00
    week[0, 71] = 2  # Monday 17:45
    week[0, 72] = 4  # Monday 18:00
    week[5, 40] = 1  # Saturday 10:00
    assert open_share(week, Calendar()) == pytest.approx(5 / 10)
    assert open_share(week, Calendar(), shift_hours=-1) == pytest.approx(6 / 10)  # 08:00, 16:45, 17:00
    assert open_share(week, Calendar(), shift_hours=14) == 0.0
    halves = Calendar(hours={"monday": (("09:05", "09:10"),)})
    assert open_share(week, halves) == pytest.approx(3 / 10 / 3)  # a third of that quarter is open
    assert open_share(np.zeros((7, 96), dtype=np.int64), Calendar()) == 0.0
