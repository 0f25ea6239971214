"""At what local time things happened: a quarter-hour histogram of a table's times, and what it looks like shifted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import numpy.typing as npt

from accord.agreement.model import Calendar, Weekday
from accord.audit.evidence import Evidence
from accord.audit.populations import outbound_by_people
from accord.tables.times import DAY, HOUR, MINUTE

__all__ = ["ClockProfile", "open_share", "profile"]

QUARTER = 15 * MINUTE
"""Every time zone of today differs from UTC by whole quarters of an hour."""

QUARTERS_A_DAY = DAY // QUARTER
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
THURSDAY = 3  # 1970-01-01

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ClockProfile:
    """How many instants fall into each local quarter of an hour, dates without a time left out.

    ``quarter``: number of the local quarter since 1970-01-01 00:00 local; ``rows``: instants in it; ``sharp``: those of
    them exactly on the full hour.
    """

    quarter: Counts
    rows: Counts
    sharp: Counts

    @property
    def total(self) -> int:
        """All instants."""
        return int(self.rows.sum())

    def by_week(self) -> Counts:
        """Instants per weekday (Monday first) and quarter of the day: 7 × 96."""
        day, quarter = np.divmod(self.quarter, QUARTERS_A_DAY)
        table = np.zeros((7, QUARTERS_A_DAY), dtype=np.int64)
        np.add.at(table, ((day + THURSDAY) % 7, quarter), self.rows)
        return table

    def sharp_by_hour(self) -> Counts:
        """Instants exactly on the hour, per hour of the local day."""
        counts = np.zeros(24, dtype=np.int64)
        np.add.at(counts, (self.quarter % QUARTERS_A_DAY) // 4, self.sharp)
        return counts

    def by_hour(self) -> Counts:
        """Instants per hour of the local day."""
        counts = np.zeros(24, dtype=np.int64)
        np.add.at(counts, (self.quarter % QUARTERS_A_DAY) // 4, self.rows)
        return counts

    def per_local_day(self) -> dict[date, int]:
        """Instants per local day that has any."""
        days, position = np.unique(self.quarter // QUARTERS_A_DAY, return_inverse=True)
        counts = np.zeros(len(days), dtype=np.int64)
        np.add.at(counts, position, self.rows)
        first = datetime(1970, 1, 1, tzinfo=UTC).date()
        return {first + timedelta(days=int(day)): int(n) for day, n in zip(days, counts, strict=True)}


def profile(evidence: Evidence, table: str) -> ClockProfile:
    """The profile of a table's times; of activities, only people reaching out."""

    def build() -> ClockProfile:
        known = evidence.known(table)
        if table == "activities":
            known = known.filter(outbound_by_people(known))
        exact = known.filter(known.slack_us == 0)
        slots = exact.mutate(slot=(exact.time_us / QUARTER).floor().cast("int64"))
        found = evidence.arrow(
            slots.group_by("slot")
            .aggregate(n=slots.count(), sharp=slots.count(where=slots.time_us % HOUR == 0))
            .order_by("slot")
        )
        slot = found["slot"].to_numpy().astype(np.int64)
        starts = np.array([start for start, _offset in evidence.offsets], dtype=np.int64)
        shifts = np.array([offset for _start, offset in evidence.offsets], dtype=np.int64)
        which = np.maximum(np.searchsorted(starts, slot * QUARTER, side="right") - 1, 0)
        return ClockProfile(
            quarter=slot + shifts[which] // QUARTER,
            rows=found["n"].to_numpy().astype(np.int64),
            sharp=found["sharp"].to_numpy().astype(np.int64),
        )

    return evidence.once(f"clock of {table}", build)


def open_share(week: Counts, calendar: Calendar, shift_hours: int = 0) -> float:
    """Share of a weekly histogram inside the open hours of ``calendar`` if every clock were ``shift_hours`` later."""
    total = int(week.sum())
    if not total:
        return 0.0
    shifted = np.roll(week.reshape(-1), 4 * shift_hours)
    return float((shifted * _open_quarters(calendar)).sum() / total)


def _open_quarters(calendar: Calendar) -> npt.NDArray[np.float64]:
    """The part of each quarter of the week that is open."""
    parts = np.zeros(7 * QUARTERS_A_DAY)
    edges = np.arange(QUARTERS_A_DAY) * 15
    for number, weekday in enumerate(WEEKDAYS):
        for opens, closes in calendar.hours.get(weekday, ()):
            start, end = _minutes(opens), _minutes(closes)
            inside = np.clip(np.minimum(edges + 15, end) - np.maximum(edges, start), 0, 15) / 15
            parts[number * QUARTERS_A_DAY : (number + 1) * QUARTERS_A_DAY] += inside
    return np.minimum(parts, 1.0)


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return 60 * int(hours) + int(minutes)
