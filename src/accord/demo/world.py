"""What a simulated year happens in: the company, its sales force, the calendar, the seed."""

from __future__ import annotations

from dataclasses import dataclass

from accord.demo.company import Company
from accord.demo.people import Reps
from accord.demo.population import Calendar

__all__ = ["Stage", "World"]


class Stage:
    """Numbers of the random streams: one per thing that is drawn, so that none depends on how much another drew."""

    PILOT, PEOPLE, POPULATION, FIRST, YEAR, VERDICT, AGAIN = range(7)
    DECISIONS, ACTIVITIES, TOUCHES, MONEY, LEADS, REPS = range(7, 13)


@dataclass(frozen=True)
class World:
    """The setting that every part of the story shares."""

    company: Company
    seed: int
    calendar: Calendar
    reps: Reps

    @property
    def end(self) -> int:
        """The UTC second at which the data end; what is later is in no table."""
        return self.calendar.end
