"""Calendars that people really have, and random ones; the zones where clocks do odd things."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from accord.agreement.model import Calendar
from accord.clock import WEEKDAYS

ZONES = (
    "UTC",
    "Europe/Paris",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",  # changes by half an hour
    "America/St_Johns",  # changed at 00:01 until 2011
    "Africa/Casablanca",  # four changes a year, around Ramadan
    "Asia/Beirut",  # changes at midnight
    "Pacific/Apia",  # left out a whole day in 2011
    "Pacific/Kiritimati",  # UTC+14
    "Pacific/Pago_Pago",  # UTC-11
)


def clock_time(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


@st.composite
def days(draw: st.DrawFn) -> tuple[tuple[str, str], ...]:
    """Up to three stretches that do not overlap, sometimes touching, sometimes the whole day."""
    bounds = sorted(draw(st.lists(st.integers(0, 24 * 60), min_size=2, max_size=6, unique=True)))
    pairs = list(zip(bounds[::2], bounds[1::2], strict=False))
    if len(pairs) > 1 and draw(st.booleans()):
        pairs[1] = (pairs[0][1], pairs[1][1])
    return tuple((clock_time(opens), clock_time(closes)) for opens, closes in pairs)


@st.composite
def calendars(draw: st.DrawFn, around: date = date(2024, 3, 1)) -> Calendar:
    hours = draw(st.dictionaries(st.sampled_from(WEEKDAYS), days(), min_size=1))
    near = st.integers(-40, 40).map(lambda days: around + timedelta(days=days))
    closed = draw(st.lists(near, max_size=5, unique=True))
    worked = draw(st.lists(near.filter(lambda day: day not in closed), max_size=5, unique=True))
    country, subdivision = draw(
        st.sampled_from([(None, None), ("FR", None), ("US", "CA"), ("DE", "BY"), ("IN", None), ("AU", "NSW")])
    )
    return Calendar.model_validate(
        {
            "timezone": draw(st.sampled_from([None, *ZONES])),
            "hours": hours,
            "country": country,
            "subdivision": subdivision,
            "closed": closed,
            "open": worked,
        }
    )
