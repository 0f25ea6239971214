"""Instants and local days: naive UTC in, the right day out, also where clocks jump over midnight."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from accord.clock import local_date, parse_as_of, utc_of_local_midnight
from accord.errors import UsageError
from clock.calendars import ZONES


def utc(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


@pytest.mark.parametrize(
    ("instant", "timezone", "day"),
    [
        (utc(2026, 7, 31, 21, 59, 59), "Europe/Paris", date(2026, 7, 31)),
        (utc(2026, 7, 31, 22), "Europe/Paris", date(2026, 8, 1)),
        (utc(2026, 1, 31, 22), "Europe/Paris", date(2026, 1, 31)),
        (utc(2026, 1, 1, 4, 59), "America/New_York", date(2025, 12, 31)),
        (utc(2011, 12, 30, 9, 59), "Pacific/Apia", date(2011, 12, 29)),
        (utc(2011, 12, 30, 10), "Pacific/Apia", date(2011, 12, 31)),  # there was no 30 December
    ],
)
def test_the_local_day_of_an_instant(instant: datetime, timezone: str, day: date) -> None:
    assert local_date(instant, timezone) == day


@pytest.mark.parametrize(
    ("day", "timezone", "begins"),
    [
        (date(2026, 7, 31), "Europe/Paris", utc(2026, 7, 30, 22)),
        (date(2022, 3, 27), "Asia/Beirut", utc(2022, 3, 26, 22)),  # 00:00 did not exist: the day began at 01:00
        (date(2017, 10, 15), "America/Sao_Paulo", utc(2017, 10, 15, 3)),
        (date(2020, 11, 1), "America/Havana", utc(2020, 11, 1, 4)),  # 00:00 came twice: the first
        (date(1919, 3, 31), "America/Toronto", utc(1919, 3, 31, 4, 30)),  # clocks went from 23:30 to 00:30
        (date(2011, 12, 30), "Pacific/Apia", utc(2011, 12, 30, 10)),  # the day did not exist: where it would have begun
    ],
)
def test_where_a_day_begins(day: date, timezone: str, begins: datetime) -> None:
    assert utc_of_local_midnight(day, timezone) == begins


@given(day=st.dates(date(1975, 1, 1), date(2035, 12, 31)), timezone=st.sampled_from(ZONES))
@example(date(2022, 3, 27), "Asia/Beirut")
def test_a_day_begins_at_its_first_instant(day: date, timezone: str) -> None:
    begins = utc_of_local_midnight(day, timezone)
    assert local_date(begins, timezone) >= day
    assert local_date(begins - timedelta(seconds=1), timezone) < day


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-08-01", utc(2026, 7, 31, 22)),
        ("2026-08-01T18:00", utc(2026, 8, 1, 16)),
        ("2026-08-01 18:00:30", utc(2026, 8, 1, 16, 0, 30)),
        ("2026-08-01T18:00Z", utc(2026, 8, 1, 18)),
        ("2026-08-01T18:00:00.250Z", datetime(2026, 8, 1, 18, 0, 0, 250_000)),  # noqa: DTZ001
        ("2026-08-01T18:00+02:00", utc(2026, 8, 1, 16)),
        ("2026-08-01T18:00-05:30", utc(2026, 8, 1, 23, 30)),
        (" 2026-08-01T18:00Z ", utc(2026, 8, 1, 18)),
        ("2026-10-25T02:30", utc(2026, 10, 25, 0, 30)),  # comes twice: the first
        ("2026-03-29T02:30", utc(2026, 3, 29, 1, 30)),  # does not exist: as if the clocks had not changed yet
    ],
)
def test_moments_that_the_command_line_understands(text: str, instant: datetime) -> None:
    assert parse_as_of(text, "Europe/Paris") == instant


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2080, 1, 1)),  # noqa: DTZ001
    st.sampled_from(ZONES),
    st.sampled_from(ZONES),
)
def test_an_offset_wins_over_the_zone(instant: datetime, written_in: str, read_in: str) -> None:
    text = instant.replace(tzinfo=UTC).astimezone(ZoneInfo(written_in)).isoformat()
    assert parse_as_of(text, read_in) == instant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-08-01T25:00",
        "2026-08-01T18",
        "18:00",
        "01/08/2026 10:00",
        "2026-W31",
        "20260801",
        "9999-12-31T23:00-08:00",
    ],
)
def test_a_moment_that_is_none_is_said_with_what_is_allowed(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_as_of(text, "Europe/Paris")
    assert repr(text) in str(caught.value)
    assert "2026-08-01T18:00+02:00" in str(caught.value)
    assert "Europe/Paris" in str(caught.value)


def test_a_moment_on_a_day_that_never_was_is_said_to_be_none() -> None:
    for text in ("2026-02-30", "2026-02-30T10:00", "2026-02-30T10:00Z"):
        with pytest.raises(UsageError, match=r"^2026-02-30 is not in the calendar: 2026-02 has 28 days\.$"):
            parse_as_of(text, "Europe/Paris")
