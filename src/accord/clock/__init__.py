"""Time as the agreement sees it: cohort periods, local days, open hours. See docs/architecture.md."""

from accord.clock.business import BusinessDays, business_days
from accord.clock.hours import (
    HOURS_OF_A_DAY,
    WEEKDAYS,
    BusinessCalendar,
    business_day_seconds,
    counts_days,
    seconds_of_day,
)
from accord.clock.moments import EARLIEST, local_date, parse_as_of, utc_of_local_midnight
from accord.clock.periods import PERIOD_UNITS, PeriodUnit, parse_day, period_bounds, period_label, period_start
from accord.clock.reference import business_seconds_between

__all__ = [
    "EARLIEST",
    "HOURS_OF_A_DAY",
    "PERIOD_UNITS",
    "WEEKDAYS",
    "BusinessCalendar",
    "BusinessDays",
    "PeriodUnit",
    "business_day_seconds",
    "business_days",
    "business_seconds_between",
    "counts_days",
    "local_date",
    "parse_as_of",
    "parse_day",
    "period_bounds",
    "period_label",
    "period_start",
    "seconds_of_day",
    "utc_of_local_midnight",
]
