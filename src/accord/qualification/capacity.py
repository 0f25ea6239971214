"""How many leads a week sales can take: of the people who were there, and of each team."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import ibis

from accord.agreement.handing import Handoff
from accord.engines.shape import contract_tables
from accord.qualification.routing import Person, capacity_of, most_leads
from accord.readmodel.source import Source
from accord.scoring.zone import zone_of
from accord.tables.times import DAY, instant, microseconds

__all__ = ["Capacity", "capacity_of_sales", "capacity_of_teams", "people_hired_by"]

_BACK = 3 * 366 * DAY
"""How far back a date without an hour is read with the offset of its day; before, one hour more or less is nothing."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """Leads a week that sales can take in all.

    ``a_week`` is None where neither anybody's capacity is recorded nor the agreement names any. ``people``: how many
    there are; ``without``: how many of them have no capacity that is known, and are in ``a_week`` with nothing.
    """

    a_week: float | None
    people: int
    without: int


def people_hired_by(source: Source, moment: datetime) -> list[Person]:
    """Everybody in sales who was hired by ``moment`` (naive UTC), or of whom nobody knows since when, by their id."""
    now = microseconds(moment)
    reps = contract_tables(source.engine, ("reps",))["reps"]
    offsets = zone_of(source.agreement.timezone).around(now - _BACK, now)
    hired = instant(reps.hired_at, reps.hired_at_is_date, offsets) <= now
    here = reps.filter(ibis.coalesce(hired, ibis.literal(value=True)))
    rows = source.engine.run(here.select("rep_id", "team", "territory", "capacity").order_by("rep_id")).to_pylist()
    return [Person(row["rep_id"], row["team"], row["territory"], row["capacity"]) for row in rows]


def capacity_of_teams(rules: Handoff, people: Sequence[Person]) -> dict[str | None, float]:
    """Whole leads a week that the people of each team can take, as handing over counts them, and no more than the
    agreement lets the team have.

    Where nobody's capacity is recorded and the agreement names none, a team is not in it.
    """
    found: dict[str | None, float] = {}
    for person in people:
        if (capacity := most_leads(capacity_of(person, rules))) is not None:
            found[person.team] = found.get(person.team, 0.0) + capacity
    for team, most in rules.team_at_most_a_week.items():
        found[team] = min(found.get(team, most), most)
    return found


def capacity_of_sales(rules: Handoff, people: Sequence[Person]) -> Capacity:
    """All teams together, and no more than the agreement lets be handed over in a week."""
    teams = capacity_of_teams(rules, people)
    known = [*([sum(teams.values())] if teams else []), *([rules.at_most_a_week] if rules.at_most_a_week else [])]
    without = sum(
        most_leads(capacity_of(person, rules)) is None and person.team not in rules.team_at_most_a_week
        for person in people
    )
    return Capacity(float(min(known)) if known else None, len(people), without)
