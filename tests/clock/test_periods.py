"""Cohort periods: labels, bounds, and what --from and --to accept; ISO weeks against the standard's own rules."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.clock import PERIOD_UNITS, PeriodUnit, parse_day, period_bounds, period_label, period_start
from accord.clock.periods import not_in_the_calendar
from accord.clock.written import days_written
from accord.errors import UsageError
from accord.language import use_language

DAYS = st.dates(date(1990, 1, 1), date(2089, 12, 31))


@pytest.mark.parametrize(
    ("day", "week"),
    [
        # The cases of ISO 8601 that a naive week count gets wrong.
        (date(2020, 12, 31), "2020-W53"),
        (date(2021, 1, 3), "2020-W53"),
        (date(2021, 1, 4), "2021-W01"),
        (date(2024, 12, 30), "2025-W01"),
        (date(2026, 7, 27), "2026-W31"),
        (date(2026, 8, 2), "2026-W31"),
        (date(2027, 1, 1), "2026-W53"),
    ],
)
def test_iso_weeks(day: date, week: str) -> None:
    assert period_label(day, "week") == week


@pytest.mark.parametrize(
    ("day", "month", "quarter"),
    [
        (date(2026, 1, 1), "2026-01", "2026-Q1"),
        (date(2026, 3, 31), "2026-03", "2026-Q1"),
        (date(2026, 4, 1), "2026-04", "2026-Q2"),
        (date(2026, 7, 31), "2026-07", "2026-Q3"),
        (date(2026, 12, 31), "2026-12", "2026-Q4"),
    ],
)
def test_months_and_quarters(day: date, month: str, quarter: str) -> None:
    assert period_label(day, "month") == month
    assert period_label(day, "quarter") == quarter


@given(day=DAYS, unit=st.sampled_from(PERIOD_UNITS))
def test_a_day_lies_in_its_period_and_the_periods_tile_time(day: date, unit: PeriodUnit) -> None:
    label = period_label(day, unit)
    start, after = period_bounds(label)
    assert start <= day < after
    assert start == period_start(day, unit)
    assert period_label(after - timedelta(days=1), unit) == label
    following = period_label(after, unit)
    assert following > label, "labels of one unit sort by time"
    assert period_bounds(following)[0] == after


@given(day=DAYS)
def test_the_iso_week_has_its_thursday_in_its_year(day: date) -> None:
    # The definition of ISO 8601: week 1 is the one with the year's first Thursday.
    label = period_label(day, "week")
    thursday = period_start(day, "week") + timedelta(days=3)
    assert label == f"{thursday.year}-W{(thursday.timetuple().tm_yday - 1) // 7 + 1:02d}"


@pytest.mark.parametrize("label", ["2026-W54", "2025-W53", "2026-W00", "2026-13", "2026-00", "2026-Q5", "2026-Q0"])
def test_periods_that_do_not_exist(label: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        period_bounds(label)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-08-01", date(2026, 8, 1)),
        (" 2026-08-01 ", date(2026, 8, 1)),
        ("2026-W31", date(2026, 7, 27)),
        ("2026-w31", date(2026, 7, 27)),
        ("2026-08", date(2026, 8, 1)),
        ("2026-Q3", date(2026, 7, 1)),
        ("2020-W53", date(2020, 12, 28)),
    ],
)
def test_days_that_the_command_line_understands(text: str, day: date) -> None:
    assert parse_day(text, "--from") == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("31/12/2025", date(2025, 12, 31)),
        ("31-12-2025", date(2025, 12, 31)),
        ("12/31/2025", date(2025, 12, 31)),
        ("05/05/2026", date(2026, 5, 5)),
        ("3.5.2026", date(2026, 5, 3)),
        ("2026/05/03", date(2026, 5, 3)),
        ("29/02/2028", date(2028, 2, 29)),
    ],
)
def test_a_day_written_by_hand_is_taken_where_it_can_mean_one_day_only(text: str, day: date) -> None:
    assert parse_day(text, "--from") == day
    use_language("fr")
    assert parse_day(text, "--from") == day


def test_a_day_that_may_be_two_is_asked_about_in_english_and_has_its_day_first_in_french() -> None:
    with pytest.raises(UsageError) as caught:
        parse_day("05/03/2026", "--from")
    assert str(caught.value).startswith("--from 05/03/2026 may be 2026-03-05 or 2026-05-03: write the one that is ")
    use_language("fr")
    assert parse_day("05/03/2026", "--from") == date(2026, 3, 5)


@given(day=DAYS)
def test_every_day_written_by_hand_is_that_day_or_asked_about(day: date) -> None:
    for text in (f"{day:%d/%m/%Y}", f"{day:%m/%d/%Y}", f"{day.day}-{day.month}-{day:%Y}"):
        found = days_written(text)
        assert day in found
        assert (len(found) == 1) == (day.day > 12 or day.day == day.month)
    assert days_written(f"{day:%d.%m.%Y}") == days_written(f"{day:%Y/%m/%d}") == (day,)


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "01/08/26", "31/02/2026", "31/12-2025", "20260801", "2026", "٢٠٢٦-08-01", "٣١/١٢/٢٠٢٥"],
)
def test_a_day_that_is_none_is_said_with_what_is_allowed(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_day(text, "--to")
    assert "--to" in str(caught.value)
    assert repr(text) in str(caught.value)
    assert "2026-W31" in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026-02-30", "--to: 2026-02-30 is not in the calendar: 2026-02 has 28 days."),
        ("2028-02-30", "--to: 2028-02-30 is not in the calendar: 2028-02 has 29 days."),
        ("2026-04-31", "--to: 2026-04-31 is not in the calendar: 2026-04 has 30 days."),
        ("2026-13-01", "--to: 2026-13-01 is not in the calendar."),
        ("2026-W54", "--to: 2026-W54 is not in the calendar."),
        ("2026-13", "--to: 2026-13 is not in the calendar."),
    ],
)
def test_a_day_that_never_was_is_said_to_be_none(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_day(text, "--to")
    assert str(caught.value) == said


@given(day=DAYS)
def test_no_day_of_the_calendar_is_called_impossible(day: date) -> None:
    assert not_in_the_calendar(day.isoformat()) == ""
    assert not_in_the_calendar(f"{day.isoformat()}T25:00") == ""  # the day is none of its faults
    for unit in PERIOD_UNITS:
        assert parse_day(period_label(day, unit), "--from") == period_start(day, unit)
