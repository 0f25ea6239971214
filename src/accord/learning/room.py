"""How many of the leads that judge sales could have taken, in the weeks in which they were handed over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from accord.agreement.model import Agreement
from accord.clock import local_date
from accord.qualification.capacity import Capacity, capacity_of_sales, people_hired_by
from accord.readmodel.source import Source

__all__ = ["Room", "room_in_weeks", "room_of"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_DAYS = 7


@dataclass(frozen=True, slots=True)
class Room:
    """What sales can take against what came, in the weeks of the leads that judge.

    ``weeks``: from the day of the first of them to that of the last, both included. ``handed``: everything handed over
    between those two; ``judging``: what of it has a known outcome.
    """

    capacity: Capacity
    weeks: float
    handed: int
    judging: int

    @property
    def leads(self) -> float | None:
        """Leads that sales could take in those weeks; None where no capacity is recorded."""
        return None if self.capacity.a_week is None else self.capacity.a_week * self.weeks

    @property
    def for_the_judging(self) -> int | None:
        """The part of that room which falls to leads that judge: the others need theirs too, in proportion."""
        return None if self.leads is None else max(1, round(self.leads * self.judging / self.handed))


def room_of(source: Source, at: npt.NDArray[np.int64], judging: npt.NDArray[np.int64]) -> Room:
    """The room for leads that were handed over at the moments ``judging`` (microseconds since 1970 UTC, sorted), where
    ``at`` are those of all. Whoever was hired after the last of them is not counted.
    """
    people = people_hired_by(source, _moment(int(judging[-1])))
    return room_in_weeks(source.agreement, capacity_of_sales(source.agreement.handoff, people), at, judging)


def room_in_weeks(
    agreement: Agreement, capacity: Capacity, at: npt.NDArray[np.int64], judging: npt.NDArray[np.int64]
) -> Room:
    """The same where it is known what sales can take in a week."""
    first, last = int(judging[0]), int(judging[-1])
    days = (local_date(_moment(last), agreement.timezone) - local_date(_moment(first), agreement.timezone)).days + 1
    return Room(capacity, days / _DAYS, int(((at >= first) & (at <= last)).sum()), int(judging.size))


def _moment(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)
