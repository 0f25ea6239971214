"""The simulator's open hours against a walk minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from accord.demo.clock import open_hours

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - a local clock
HOURS = {zone: open_hours(zone, "FR", FIRST, LAST) for zone in ("Europe/Paris", "Europe/London")}
FRANCE = HOURS["Europe/Paris"]
CLOSED = {date(2026, 5, 1), date(2026, 5, 8), date(2026, 5, 14), date(2026, 5, 25)}


def is_open(moment: datetime) -> bool:
    return moment.weekday() < 5 and moment.date() not in CLOSED and 9 <= moment.hour < 18


moments = st.datetimes(datetime(2026, 4, 27), datetime(2026, 6, 1)).map(lambda at: at.replace(second=0, microsecond=0))  # noqa: DTZ001


def seconds(moment: datetime) -> np.ndarray:
    return np.array([int((moment - EPOCH).total_seconds())])


@given(moments, st.integers(0, 6000))
def test_open_time_between_two_moments_is_that_of_a_walk(start: datetime, minutes: int) -> None:
    walked = sum(is_open(start + timedelta(minutes=minute)) for minute in range(minutes))
    end = start + timedelta(minutes=minutes)
    assert FRANCE.elapsed(seconds(end))[0] - FRANCE.elapsed(seconds(start))[0] == 60 * walked


@given(moments, st.integers(1, 3000))
def test_after_open_time_lands_where_that_much_has_passed(start: datetime, minutes: int) -> None:
    due = FRANCE.after(seconds(start), np.array([60.0 * minutes]))
    assert FRANCE.elapsed(due)[0] - FRANCE.elapsed(seconds(start))[0] == 60 * minutes
    landed = EPOCH + timedelta(seconds=int(due[0]))
    assert is_open(landed - timedelta(minutes=1))


@pytest.mark.parametrize("zone", HOURS)
@given(at=st.datetimes(datetime(2026, 1, 2), datetime(2026, 12, 30)))  # noqa: DTZ001
@example(at=datetime(2026, 10, 25, 0, 30))  # noqa: DTZ001
@example(at=datetime(2026, 10, 25, 1, 0))  # noqa: DTZ001
def test_local_and_utc_agree_with_the_zone(zone: str, at: datetime) -> None:
    hours = HOURS[zone]
    utc = at.replace(microsecond=0, tzinfo=UTC)
    stamp = np.array([int(utc.timestamp())])
    local = EPOCH + timedelta(seconds=int(hours.to_local(stamp)[0]))
    assert local == utc.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    again = int(hours.to_utc(hours.to_local(stamp))[0]) - int(utc.timestamp())
    # the hour that an autumn night has twice is read as the earlier one
    assert again in {-3600, 0} if local.month == 10 and local.hour in {1, 2} else again == 0
