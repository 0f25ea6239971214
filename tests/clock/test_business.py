"""Business time: the table that engines join against the slow walk through every minute, and known cases by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from accord.agreement.model import Calendar
from accord.clock import (
    BusinessDays,
    business_day_seconds,
    business_days,
    business_seconds_between,
    seconds_of_day,
)
from accord.clock.offsets import THREE_DAYS, constant_offsets
from clock.calendars import ZONES, calendars

HOUR = 3600
OFFICE = Calendar()


def utc(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


def clock_of(days: BusinessDays, moment: datetime, name: str = "it") -> float:
    """B(t), read from the table as an engine reads it."""
    rows = [row for row in days.table.to_pylist() if row["calendar"] == name and row["day"] == moment.date()]
    assert len(rows) == 1
    row = rows[0]
    second = (moment - datetime(moment.year, moment.month, moment.day)).total_seconds()  # noqa: DTZ001
    spans = [(row[f"open{k}_s"], row[f"close{k}_s"]) for k in range(1, days.intervals + 1)]
    return float(row["before_s"] + sum(min(max(second - opens, 0), closes - opens) for opens, closes in spans))


def between(calendar: Calendar, timezone: str, start: datetime, end: datetime) -> float:
    days = business_days({"it": calendar}, timezone, start.date(), end.date())
    return clock_of(days, end) - clock_of(days, start)


@settings(max_examples=150)
@given(
    calendar=calendars(),
    timezone=st.sampled_from(ZONES),
    # Around both changes of the clock on both hemispheres, and around the change of the year.
    near=st.sampled_from(
        [date(2024, 3, 10), date(2024, 3, 31), date(2024, 10, 27), date(2024, 11, 3), date(2024, 1, 1)]
    ),
    offset=st.integers(-5 * 86400, 3 * 86400),
    length=st.integers(0, 9 * 86400),
)
@example(Calendar(hours={"sunday": (("02:30", "04:00"),)}), "Europe/Paris", date(2024, 3, 31), -86400, 2 * 86400)
@example(Calendar(hours={"sunday": (("00:00", "02:30"),)}), "Europe/Paris", date(2024, 10, 27), -86400, 2 * 86400)
@example(Calendar(hours={"sunday": (("01:15", "01:45"),)}), "Australia/Lord_Howe", date(2024, 4, 7), -86400, 2 * 86400)
@example(Calendar(hours={"friday": (("00:00", "24:00"),)}), "Pacific/Apia", date(2011, 12, 30), -2 * 86400, 4 * 86400)
def test_the_table_agrees_with_every_minute(
    calendar: Calendar, timezone: str, near: date, offset: int, length: int
) -> None:
    start = datetime(near.year, near.month, near.day) + timedelta(seconds=offset)  # noqa: DTZ001
    end = start + timedelta(seconds=length)
    assert between(calendar, timezone, start, end) == business_seconds_between(calendar, timezone, start, end)


@given(calendar=calendars(), timezone=st.sampled_from(ZONES))
def test_the_table_keeps_its_shape(calendar: Calendar, timezone: str) -> None:
    days = business_days({"it": calendar, "office": OFFICE}, timezone, date(2024, 3, 1), date(2024, 4, 10))
    table = days.table
    table.validate(full=True)
    assert table.num_rows == 2 * 41
    assert sum(column.null_count for column in table.columns) == 0
    used = 0
    for name in ("it", "office"):
        rows = [row for row in table.to_pylist() if row["calendar"] == name]
        assert [row["day"] for row in rows] == [date(2024, 3, 1) + timedelta(days=n) for n in range(41)]
        open_seconds = 0
        for row in rows:
            assert row["before_s"] == open_seconds
            spans = [(row[f"open{k}_s"], row[f"close{k}_s"]) for k in range(1, days.intervals + 1)]
            real = [span for span in spans if span[0] < span[1]]
            assert spans == real + [(0, 0)] * (days.intervals - len(real)), "used first, in order, then 0 to 0"
            flat = [second for span in real for second in span]
            assert flat == sorted(set(flat)), "apart from each other"
            assert not flat or (flat[0] >= 0 and flat[-1] <= 86400)
            open_seconds += sum(closes - opens for opens, closes in real)
            used = max(used, len(real))
    assert days.intervals == max(used, 1), "no wider than needed"


@settings(max_examples=40)
@given(calendar=calendars(), seconds=st.lists(st.integers(0, 30 * 86400), min_size=3, max_size=3))
def test_the_clock_never_runs_backwards_and_adds_up(calendar: Calendar, seconds: list[int]) -> None:
    first, second, third = (utc(2024, 3, 15) + timedelta(seconds=n) for n in sorted(seconds))
    one = between(calendar, "Europe/Paris", first, second)
    two = between(calendar, "Europe/Paris", second, third)
    assert one >= 0
    assert two >= 0
    assert one + two == between(calendar, "Europe/Paris", first, third)
    assert one <= (second - first).total_seconds()


def test_an_engine_reads_it_with_one_join() -> None:
    calendar = Calendar(timezone="Europe/Paris", hours={"monday": (("09:00", "12:00"), ("13:30", "18:00"))})
    days = business_days({"it": calendar}, "UTC", date(2026, 7, 1), date(2026, 7, 31))
    moments = [utc(2026, 7, 6, 6, 59), utc(2026, 7, 6, 9, 15), utc(2026, 7, 6, 11, 0), utc(2026, 7, 13, 20, 0)]
    terms = " + ".join(
        f"greatest(least(s - open{k}_s, close{k}_s - open{k}_s), 0)" for k in range(1, days.intervals + 1)
    )
    with duckdb.connect() as engine:
        engine.register("days", days.table)
        found = engine.execute(
            f"SELECT before_s + {terms} FROM (SELECT unnest(?) AS t) "
            "JOIN LATERAL (SELECT epoch(t) - epoch(t::DATE::TIMESTAMP) AS s) ON true "
            "JOIN days ON day = t::DATE ORDER BY t",
            [moments],
        ).fetchall()
    assert [row[0] for row in found] == [0, 2.25 * HOUR, 3 * HOUR, 15 * HOUR]


@pytest.mark.parametrize(
    ("calendar", "timezone", "start", "end", "hours"),
    [
        pytest.param(OFFICE, "UTC", utc(2026, 7, 3, 17), utc(2026, 7, 6, 10), 2, id="over a weekend"),
        pytest.param(OFFICE, "Europe/Paris", utc(2026, 7, 3, 7), utc(2026, 7, 3, 16), 9, id="summer time"),
        pytest.param(OFFICE, "Europe/Paris", utc(2026, 1, 5, 8), utc(2026, 1, 5, 17), 9, id="winter time"),
        pytest.param(OFFICE, "Asia/Kolkata", utc(2026, 7, 3, 3, 30), utc(2026, 7, 3, 12, 30), 9, id="half-hour zone"),
        pytest.param(
            Calendar(country="FR"), "Europe/Paris", utc(2026, 7, 13), utc(2026, 7, 15, 22), 18, id="14 July is closed"
        ),
        pytest.param(
            Calendar(country="FR", open=(date(2026, 7, 14),)),
            "Europe/Paris",
            utc(2026, 7, 13),
            utc(2026, 7, 15, 22),
            27,
            id="14 July is worked all the same",
        ),
        pytest.param(
            Calendar(closed=(date(2026, 7, 14),)), "UTC", utc(2026, 7, 13), utc(2026, 7, 16), 18, id="closed by hand"
        ),
        pytest.param(
            Calendar(hours={"saturday": (("00:00", "24:00"),), "sunday": (("00:00", "24:00"),)}),
            "Europe/Paris",
            utc(2026, 3, 27),
            utc(2026, 3, 31),
            47,
            id="the weekend that loses an hour",
        ),
        pytest.param(
            Calendar(hours={"saturday": (("00:00", "24:00"),), "sunday": (("00:00", "24:00"),)}),
            "Europe/Paris",
            utc(2026, 10, 23),
            utc(2026, 10, 27),
            49,
            id="the weekend that gains an hour",
        ),
        pytest.param(OFFICE, "UTC", utc(2026, 7, 6, 10), utc(2026, 7, 3, 17), -2, id="backwards"),
    ],
)
def test_known_delays(calendar: Calendar, timezone: str, start: datetime, end: datetime, hours: float) -> None:
    assert business_seconds_between(calendar, timezone, start, end) == hours * HOUR
    first, last = sorted((start, end))
    days = business_days({"it": calendar}, timezone, first.date(), last.date())
    assert clock_of(days, end) - clock_of(days, start) == hours * HOUR


def test_a_calendar_with_its_own_zone_does_not_follow_the_agreement() -> None:
    calendar = Calendar(timezone="America/New_York")
    assert business_seconds_between(calendar, "Europe/Paris", utc(2026, 7, 6, 13), utc(2026, 7, 6, 22)) == 9 * HOUR


def test_public_holidays_of_a_subdivision_are_closed_there_only() -> None:
    start, end = utc(2026, 6, 4), utc(2026, 6, 5)  # Corpus Christi: Bavaria has it, Berlin has not
    bavaria, berlin = (Calendar(country="DE", subdivision=code) for code in ("BY", "BE"))
    assert business_seconds_between(bavaria, "UTC", start, end) == 0
    assert business_seconds_between(berlin, "UTC", start, end) == 9 * HOUR


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ({"monday": (("09:00", "18:00"),)}, 9),
        ({"monday": (("09:00", "12:00"), ("13:00", "18:00"))}, 8),
        (dict.fromkeys(("monday", "tuesday"), (("09:00", "18:00"),)) | {"friday": (("09:00", "16:00"),)}, 9),
        ({"monday": (("09:00", "18:00"),), "saturday": (("10:00", "13:00"),)}, 9),  # as many of each: the longer
        ({"saturday": (("00:00", "24:00"),)}, 24),
    ],
)
def test_a_business_day_is_the_usual_one(hours: dict[str, object], expected: float) -> None:
    assert business_day_seconds(Calendar.model_validate({"hours": hours})) == expected * HOUR


def test_a_calendar_that_never_opens_has_no_business_day() -> None:
    with pytest.raises(ValueError, match="never opens"):
        business_day_seconds(Calendar.model_construct(hours={}))


def test_24_00_is_the_end_of_the_day() -> None:
    assert seconds_of_day("24:00") == 86400
    assert seconds_of_day("09:30") == 9.5 * HOUR


def test_no_calendar_gives_an_empty_table_of_the_same_shape() -> None:
    days = business_days({}, "UTC", date(2026, 1, 1), date(2026, 1, 2))
    assert days.table.num_rows == 0
    assert days.table.schema == business_days({"it": OFFICE}, "UTC", date(2026, 1, 1), date(2026, 1, 2)).table.schema


def test_days_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ValueError, match="before"):
        business_days({"it": OFFICE}, "UTC", date(2026, 1, 2), date(2026, 1, 1))


def test_ten_years_of_fifty_calendars_are_laid_out_day_by_day() -> None:
    zones = sorted(available_timezones())
    places = {f"team {n}": Calendar(timezone=zones[n * 11], country=("FR", "US", "DE")[n % 3]) for n in range(50)}
    days = business_days(places, "UTC", date(2016, 1, 1), date(2025, 12, 31))
    assert days.table.num_rows == 50 * 3653


@pytest.mark.slow
def test_no_change_of_any_zone_is_overlooked() -> None:
    # The table looks at a zone every twelve hours. That no zone changes twice in between is a fact of the zones, not of
    # our code: looked at every three hours, over the years that data come from, the offsets must be the same.
    start, end = date(2000, 1, 1), date(2035, 12, 31)
    hours = (end - start).days * 24
    begin = datetime(start.year, 1, 1, tzinfo=UTC)
    first = int(begin.timestamp())
    for zone in ZONES:
        stretches = constant_offsets(zone, first, first + (hours + 24) * 3600)
        assert stretches[0][0] == begin.timestamp()
        assert all(one[1] == two[0] and one[2] != two[2] for one, two in pairwise(stretches))
        place = 0
        for hour in range(0, hours, 3):
            moment = begin + timedelta(hours=hour)
            while stretches[place][1] <= moment.timestamp():
                place += 1
            offset = moment.astimezone(ZoneInfo(zone)).utcoffset()
            assert offset is not None
            assert offset.total_seconds() == stretches[place][2], (zone, moment)


@pytest.mark.parametrize(
    "zone", ["America/Noronha", "America/Recife", "Asia/Gaza", "Africa/Casablanca", "Europe/Paris"]
)
def test_three_days_are_fine_enough_since_1970(zone: str) -> None:
    # In 2000 Brazil's islands put the clocks forward and, a week less an hour later, back.
    assert constant_offsets(zone, 0, 2_240_524_800, THREE_DAYS) == constant_offsets(zone, 0, 2_240_524_800)
