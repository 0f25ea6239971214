"""Times are read as the same instants that Python's own rules give, whatever their form; a date stays a date."""

# ruff: noqa: DTZ001 - a naive moment is UTC, or local where the test says so

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.ingest.times import Times, local_clock, read_times, tidied, time_words
from accord.ingest.zones import local_offsets
from support.reading import Read, read

ZONES = ["UTC", "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca"]


def told(cells: list[str], how: Times = Times(), timezone: str = "UTC") -> list[tuple[datetime | None, bool]]:  # noqa: B008
    """(value, is a date) of each cell."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        words = time_words("tidy", "local", timezone)
        found = connection.execute(
            f"SELECT {words.value}, {words.is_date} FROM (SELECT *, {local_clock('tidy')} AS local FROM "
            f"(SELECT {tidied('cell', how)} AS tidy FROM (SELECT unnest($1) AS cell)))",
            [cells],
        ).fetchall()
    return [(value, bool(is_date)) for value, is_date in found]


@pytest.mark.parametrize(
    ("cell", "instant"),
    [
        ("2026-07-14T10:22:00Z", datetime(2026, 7, 14, 10, 22)),
        ("2026-07-14 10:22Z", datetime(2026, 7, 14, 10, 22)),
        ("2026-07-14T10:22:00+02:00", datetime(2026, 7, 14, 8, 22)),
        ("2026-07-14T10:22:00.5-0530", datetime(2026, 7, 14, 15, 52, 0, 500_000)),
        ("2026-07-14T10:22:00.1234567Z", datetime(2026, 7, 14, 10, 22, 0, 123_456)),
        ("2026-07-14T10:22+02", datetime(2026, 7, 14, 8, 22)),
        ("2026-07-14T10:22:00", datetime(2026, 7, 14, 8, 22)),
        ("2026-1-4 9:05", datetime(2026, 1, 4, 8, 5)),
    ],
)
def test_iso_8601(cell: str, instant: datetime) -> None:
    assert told([cell], timezone="Europe/Paris") == [(instant, False)]


@pytest.mark.parametrize(
    "cell", ["2026-02-30", "2026-02-30T10:00Z", "2026-07-14T25:00Z", "2026-13-01", "2026-07-14T10:61Z"]
)
def test_what_does_not_exist_is_no_time(cell: str) -> None:
    assert told([cell])[0][0] is None


@pytest.mark.parametrize("cell", ["yesterday", "epoch", "infinity", "12", "2026-07-14 10:22 foo", "14/07/2026", ""])
def test_what_is_no_time(cell: str) -> None:
    assert told([cell])[0][0] is None


@settings(max_examples=20)  # of twenty moments each
@given(
    zone=st.sampled_from(ZONES),
    moments=st.lists(
        st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30)).map(lambda moment: moment.replace(microsecond=0)),
        min_size=1,
        max_size=20,
    ),
)
def test_local_times_are_those_of_python(zone: str, moments: list[datetime]) -> None:
    # The oracle is zoneinfo with fold=0: of two the first, and what never was, as far after the change as it says.
    expected = [
        round((moment.replace(tzinfo=ZoneInfo(zone)).utcoffset() or timedelta()).total_seconds()) for moment in moments
    ]
    found = told([moment.isoformat(" ") for moment in moments], timezone=zone)
    assert [value for value, _is_date in found] == [
        moment - timedelta(seconds=offset) for moment, offset in zip(moments, expected, strict=True)
    ]


@pytest.mark.parametrize(
    ("zone", "local", "instant"),
    [
        ("Europe/Paris", "2026-03-29 02:30", datetime(2026, 3, 29, 1, 30)),  # never was: 03:30 summer time
        ("Europe/Paris", "2026-10-25 02:30", datetime(2026, 10, 25, 0, 30)),  # was twice: the first
        ("America/New_York", "2026-11-01 01:30", datetime(2026, 11, 1, 5, 30)),
        ("Australia/Lord_Howe", "2026-04-05 01:45", datetime(2026, 4, 4, 14, 45)),  # half an hour twice
    ],
)
def test_when_clocks_change(zone: str, local: str, instant: datetime) -> None:
    assert told([local], timezone=zone) == [(instant, False)]


def test_every_change_of_a_zone_is_found() -> None:
    offsets = local_offsets("Europe/Paris")
    year = [(moment, offset) for moment, offset in offsets if moment.year == 2026]
    assert year == [(datetime(2026, 3, 29, 3), 7200), (datetime(2026, 10, 25, 3), 3600)]


DAY_FIRST, MONTH_FIRST, OTHER = Times(order="dmy"), Times(order="mdy"), Times(other=True)


@pytest.mark.parametrize(
    ("cell", "how", "value", "is_date"),
    [
        ("14/07/2026", DAY_FIRST, datetime(2026, 7, 14), True),
        ("3.4.2026", DAY_FIRST, datetime(2026, 4, 3), True),
        ("14-07-2026 10:22", DAY_FIRST, datetime(2026, 7, 14, 10, 22), False),
        ("14/07/2026 à 10:22:05", DAY_FIRST, datetime(2026, 7, 14, 10, 22, 5), False),
        ("03/04/26", DAY_FIRST, datetime(2026, 4, 3), True),
        ("07/14/2026, 1:05 PM", MONTH_FIRST, datetime(2026, 7, 14, 13, 5), False),
        ("7/14/2026 12:05:00 a.m.", MONTH_FIRST, datetime(2026, 7, 14, 0, 5), False),
        ("14 juil. 2026", OTHER, datetime(2026, 7, 14), True),
        ("1 août 2026 08:00", OTHER, datetime(2026, 8, 1, 8), False),
        ("14-Jul-2026", OTHER, datetime(2026, 7, 14), True),
        ("14-Jul-26", OTHER, datetime(2026, 7, 14), True),
        ("1 août 26 08:00", OTHER, datetime(2026, 8, 1, 8), False),
        ("Jul 14, 2026 10:22 PM", OTHER, datetime(2026, 7, 14, 22, 22), False),
        ("2026/07/14 10:22", OTHER, datetime(2026, 7, 14, 10, 22), False),
        ("2026-07-14 10:22 UTC", OTHER, datetime(2026, 7, 14, 10, 22), False),
        ("2026-07-14 10:22:00 +02:00", OTHER, datetime(2026, 7, 14, 8, 22), False),
        ("2026-07-14T10:22:00,5Z", OTHER, datetime(2026, 7, 14, 10, 22, 0, 500_000), False),
        ("2026-07-14 10:22:00 PM", OTHER, datetime(2026, 7, 14, 22, 22), False),
        ("1784024520000", Times(number="milliseconds"), datetime(2026, 7, 14, 10, 22), False),
        ("1784024520", Times(number="seconds"), datetime(2026, 7, 14, 10, 22), False),
        ("46217", Times(number="serial"), datetime(2026, 7, 14), True),
        ("46217.431944444", Times(number="serial"), datetime(2026, 7, 14, 10, 22), False),
        ("44755", Times(number="serial_1904"), datetime(2026, 7, 14), True),
        ("44755.431944444", Times(number="serial_1904"), datetime(2026, 7, 14, 10, 22), False),
        ("20260714", Times(number="compact"), datetime(2026, 7, 14), True),
        ("20260714T1022Z", Times(number="compact"), datetime(2026, 7, 14, 10, 22), False),
        ("2026-07-14", DAY_FIRST, datetime(2026, 7, 14), True),
    ],
)
def test_other_forms(cell: str, how: Times, value: datetime, is_date: bool) -> None:
    assert told([cell], how) == [(value, is_date)]


@settings(max_examples=20)  # of twenty moments each
@given(
    st.lists(st.datetimes(datetime(1960, 1, 1), datetime(2150, 1, 1)), min_size=1, max_size=20),
    st.sampled_from(["dmy", "mdy"]),
)
def test_dates_with_slashes(moments: list[datetime], order: str) -> None:
    form = "%d/%m/%Y" if order == "dmy" else "%m/%d/%Y"
    whole = [moment.replace(second=0, microsecond=0) for moment in moments]
    how = Times(order=order)
    assert told([f"{moment:{form}}" for moment in whole], how) == [
        (moment.replace(hour=0, minute=0), True) for moment in whole
    ]
    assert told([f"{moment:{form} %H:%M}" for moment in whole], how) == [(moment, False) for moment in whole]
    assert told([f"{moment:{form} %I:%M %p}" for moment in whole], how) == [(moment, False) for moment in whole]


def counted(**shapes: int) -> dict[str, int]:
    names = ("numeric", "first_over_12", "second_over_12", "other", "compact", "milliseconds", "seconds", "serial")
    return {name: shapes.get(name, 0) for name in names}


def test_which_comes_first_is_learnt_and_never_guessed_in_silence() -> None:
    def order(shapes: dict[str, int], proven: str | None = None, *, day_first: bool = True) -> tuple[str | None, bool]:
        found = read_times(shapes, 10, order=proven, day_first_likely=day_first)
        return found.order, found.guessed

    assert order(counted(numeric=10, first_over_12=4)) == ("dmy", False)
    assert order(counted(numeric=10, second_over_12=4)) == ("mdy", False)
    assert order(counted(numeric=10, first_over_12=9, second_over_12=1)) == ("dmy", False)
    assert order(counted(numeric=10), "mdy") == ("mdy", False)  # another column of the file proves it
    assert order(counted(numeric=10)) == ("dmy", True)
    assert order(counted(numeric=10), day_first=False) == ("mdy", True)
    both = read_times(counted(numeric=10, first_over_12=1, second_over_12=1), 10, order=None, day_first_likely=True)
    assert both.mixed
    assert order(counted(numeric=2)) == (None, False)  # a few strangers among ISO dates are refused, not guessed


def leads(folder: Path, dates: list[str], timezone: str = "Europe/Paris") -> Read:
    path = folder / "leads.csv"
    path.write_text("lead_id,created_at\n" + "".join(f'L{n},"{cell}"\n' for n, cell in enumerate(dates)))
    return read([path], timezone=timezone)


def test_the_import_says_what_it_assumed(tmp_path: Path) -> None:
    found = leads(tmp_path, ["2026-07-14 10:22", "2026-07-14", "2026-07-14T10:22Z"])
    rows = found.rows["leads"]
    assert [row["created_at"] for row in rows] == [
        datetime(2026, 7, 14, 8, 22),
        datetime(2026, 7, 14),
        datetime(2026, 7, 14, 10, 22),
    ]
    assert [row["created_at_is_date"] for row in rows] == [False, True, False]
    assert "1 row has a time without an offset; it was read in Europe/Paris." in found.said


def test_doubtful_dates_are_said(tmp_path: Path) -> None:
    found = leads(tmp_path, ["03/04/2026", "05/06/2026"])
    assert found.rows["leads"][0]["created_at"] == datetime(2026, 4, 3)
    assert "were read the day first; nothing in the file proves it" in found.said
    found = leads(tmp_path, ["03/04/2026", "05/06/2026"], timezone="America/Chicago")
    assert found.rows["leads"][0]["created_at"] == datetime(2026, 3, 4)
    found = leads(tmp_path, ["03/04/2026", "25/06/2026"])
    assert "dates were read the day first." in found.said


def test_one_column_proves_the_order_for_the_others(tmp_path: Path) -> None:
    path = tmp_path / "opportunities.csv"
    path.write_text(
        "opportunity_id,lead_id,created_at,closed_at\n1,a,03/04/2026,04/25/2026\n2,b,05/06/2026,05/28/2026\n"
    )
    rows = read([path], timezone="Europe/Paris").rows["opportunities"]
    assert [row["created_at"] for row in rows] == [datetime(2026, 3, 4), datetime(2026, 5, 6)]


def test_years_that_nobody_means_are_refused(tmp_path: Path) -> None:
    found = leads(tmp_path, ["9999-12-31", "0026-07-14", "2026-07-14"])
    assert len(found.rows["leads"]) == 1
    assert [refused.reasons for refused in found.refused["leads"]] == [[("impossible_date", "created_at")]] * 2


def test_a_form_that_appears_late_is_learnt_from_the_whole_file(tmp_path: Path) -> None:
    iso = ["2026-07-14T10:22:00Z"] * 150_000
    found = leads(tmp_path, [*iso, "14/07/2026 10:22"], timezone="UTC")
    assert found.refused["leads"] == []
    assert found.rows["leads"][-1]["created_at"] == datetime(2026, 7, 14, 10, 22)
    assert datetime.fromtimestamp(1_784_024_520, UTC).replace(tzinfo=None) == datetime(2026, 7, 14, 10, 22)
