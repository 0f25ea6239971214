"""To whom a lead goes: routes, territory, capacity, fairness. Pure: people and leads in, choices with reasons out.

A lead's people are those of its route. Who works its territory comes first, then who has none, then the colleagues of
those who work it, then the others. Among equals it goes to whoever has used the smallest share of the leads they can
take a week, then to the one with the fewest open leads, then by a lot drawn from the ids; so nobody is ever ahead of
another by more than one lead's share.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from accord.agreement.handing import Handoff, Route
from accord.qualification.said import Said, Value

__all__ = [
    "Assigned",
    "Person",
    "Routable",
    "Router",
    "Waits",
    "as_cells",
    "by_territory",
    "capacity_of",
    "columns_read",
    "most_leads",
    "route_of",
    "weights_of",
]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in sales.

    ``capacity`` in leads a week, None where it is not recorded; ``given`` leads of this local week so far, ``open``
    leads without an answer.
    """

    rep_id: str
    team: str | None = None
    territory: str | None = None
    capacity: float | None = None
    given: int = 0
    open: int = 0


@dataclass(frozen=True, slots=True)
class Routable:
    """A lead to hand over; ``cells`` are the columns that routes and territories read, as text."""

    lead_id: str
    cells: Mapping[str, str]

    @property
    def territory(self) -> str | None:
        """Where it is; None where nobody recorded it."""
        return self.cells.get("territory")


@dataclass(frozen=True, slots=True)
class Assigned:
    """Who gets the lead: nobody by name where sales is not in the data; and why they."""

    rep_id: str | None
    team: str | None
    reasons: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Waits:
    """Nobody gets the lead now, and why."""

    reason: Said


def most_leads(capacity: float | None) -> int | None:
    """Whole leads a week that a capacity allows: 2.5 is two, and whoever takes any takes one; None: no limit."""
    if capacity is None:
        return None
    return 0 if capacity <= 0 else max(1, int(capacity))


def columns_read(rules: Handoff) -> set[str]:
    """The columns of leads that territories and routes read."""
    return {"territory", *(column for route in rules.routes for column in route.where)}


def as_cells(values: Mapping[str, object]) -> dict[str, str]:
    """Columns as the agreement writes them: true and false in small letters, 5 and never 5.0; empty ones left out."""
    return {name: _text(value) for name, value in values.items() if value is not None}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def route_of(rules: Handoff, lead: Routable) -> tuple[int, Route | None]:
    """The first route that matches ``lead`` and its number from 1 on; 0 and None where none does."""
    return next(((place, route) for place, route in enumerate(rules.routes, 1) if _matches(route, lead)), (0, None))


def by_territory(rules: Handoff, lead: Routable, people: Sequence[Person]) -> list[list[Person]]:
    """Those of ``people`` who may take ``lead``, in the order in which the agreement's word on territory asks them."""
    if rules.territory == "ignored" or lead.territory is None:
        return [list(people)]
    own = [person for person in people if person.territory == lead.territory]
    anywhere = [person for person in people if person.territory is None]
    if rules.territory == "only":
        return [own, anywhere]
    teams = {person.team for person in own} - {None}
    others = [person for person in people if person.territory not in (None, lead.territory)]
    colleagues = [person for person in others if person.team in teams]
    return [own, anywhere, colleagues, [person for person in others if person.team not in teams]]


class Router:
    """Hands leads to people one after the other, and remembers what each was given.

    ``given``: leads handed over this local week so far, in all; ``given_to_team`` by team.
    """

    def __init__(
        self,
        rules: Handoff,
        people: Iterable[Person],
        *,
        given: int = 0,
        given_to_team: Mapping[str, int] | None = None,
    ) -> None:
        self._rules = rules
        self._people = {person.rep_id: person for person in sorted(people, key=lambda person: person.rep_id)}
        self._given = Counter({rep_id: person.given for rep_id, person in self._people.items()})
        self._open = Counter({rep_id: person.open for rep_id, person in self._people.items()})
        self._in_all = given
        self._of_team = Counter(given_to_team or {})
        self._capacity = {rep_id: capacity_of(person, rules) for rep_id, person in self._people.items()}
        self._most = {rep_id: most_leads(capacity) for rep_id, capacity in self._capacity.items()}
        self._weight = weights_of(self._people.values(), rules)
        self._closed: dict[tuple[int, str | None], Waits] = {}

    def given_to(self, rep_id: str) -> int:
        """Leads of this week that this person has by now."""
        return self._given[rep_id]

    def give(self, lead: Routable) -> Assigned | Waits:
        """Who gets ``lead``; it counts for whoever does."""
        most = self._rules.at_most_a_week
        if most is not None and self._in_all >= most:
            return Waits(Said("week_full", {"n": self._in_all}))
        choice = self._choose(lead)
        if isinstance(choice, Assigned):
            self._in_all += 1
            if choice.team is not None:
                self._of_team[choice.team] += 1
            if choice.rep_id is not None:
                self._given[choice.rep_id] += 1
                self._open[choice.rep_id] += 1
        return choice

    def _choose(self, lead: Routable) -> Assigned | Waits:
        number, route = route_of(self._rules, lead)
        # Within a run people only fill up: where one lead waits, all that come after it by the same way wait too.
        way = (number, lead.territory)
        if way in self._closed:
            return self._closed[way]
        choice = self._along(number, route, lead)
        if isinstance(choice, Waits):
            self._closed[way] = choice
        return choice

    def _along(self, number: int, route: Route | None, lead: Routable) -> Assigned | Waits:
        if route is None:
            return self._of_pool(lead, list(self._people.values()), ())
        why = _why(number, route)
        if route.rep_id is not None:
            return self._to_named(route.rep_id, number, why)
        assert route.team is not None
        pool = [person for person in self._people.values() if person.team == route.team]
        if pool:
            return self._of_pool(lead, pool, (why,))
        if self._team_is_full(route.team):
            return Waits(Said("team_full", {"team": route.team, "n": self._of_team[route.team]}))
        return Assigned(None, route.team, (why, Said("team_without_people", {"team": route.team})))

    def _to_named(self, rep_id: str, number: int, why: Said) -> Assigned | Waits:
        person = self._people.get(rep_id)
        if person is None:
            return Waits(Said("no_such_person", {"number": number, "rep": rep_id}))
        if person.team is not None and self._team_is_full(person.team):
            return Waits(Said("team_full", {"team": person.team, "n": self._of_team[person.team]}))
        reasons = [why, Said("named", {"rep": rep_id})]
        if not self._has_room(person):
            if self._rules.when_full == "wait" or self._most[rep_id] == 0:
                return Waits(Said("rep_full", {"rep": rep_id, "given": self._given[rep_id]}))
            reasons.append(Said("beyond_capacity"))
        return Assigned(rep_id, person.team, tuple(reasons))

    def _of_pool(self, lead: Routable, pool: Sequence[Person], why: tuple[Said, ...]) -> Assigned | Waits:
        if not pool:
            return Assigned(None, None, (*why, Said("no_people")))
        working = self._allowed(pool)
        if isinstance(working, Waits):
            return working
        groups = [group for group in by_territory(self._rules, lead, working) if group]
        for group in groups:
            if free := [person for person in group if self._has_room(person)]:
                return self._to_one_of(lead, free, working, why)
        if groups and self._rules.when_full == "hand_over":
            return self._to_one_of(lead, groups[0], working, (*why, Said("beyond_capacity")))
        return Waits(self._why_nobody(lead, pool, groups))

    def _why_nobody(self, lead: Routable, pool: Sequence[Person], groups: Sequence[Sequence[Person]]) -> Said:
        if groups:
            return Said("all_full", {"n": sum(map(len, groups))})
        takers = [person for person in pool if self._most[person.rep_id] != 0]
        for those, reason in ((takers, "teams_full"), (pool, "none_takes_leads")):
            if any(by_territory(self._rules, lead, those)):  # somebody works it, and may not have it
                return Said(reason)
        return Said("territory_unworked", {"territory": lead.territory or ""})

    def _allowed(self, pool: Sequence[Person]) -> list[Person] | Waits:
        """Those who take leads at all, and whose team may have more this week."""
        allowed = [person for person in pool if person.team is None or not self._team_is_full(person.team)]
        if not allowed:
            teams = {person.team for person in pool if person.team is not None}
            if len(teams) > 1:
                return Waits(Said("teams_full"))
            (team,) = teams
            return Waits(Said("team_full", {"team": team, "n": self._of_team[team]}))
        working = [person for person in allowed if self._most[person.rep_id] != 0]
        return working or Waits(Said("none_takes_leads"))

    def _to_one_of(
        self, lead: Routable, group: Sequence[Person], working: Sequence[Person], why: tuple[Said, ...]
    ) -> Assigned:
        shares = {person.rep_id: self._given[person.rep_id] / self._weight[person.rep_id] for person in group}
        least = min(shares.values())
        level = [person for person in group if shares[person.rep_id] == least]
        fewest = min(self._open[person.rep_id] for person in level)
        last = [person for person in level if self._open[person.rep_id] == fewest]
        chosen = min(last, key=lambda person: _lot(lead.lead_id, person.rep_id))
        reasons = [*why, *self._of_territory(lead, chosen, working)]
        if len(group) == 1:
            if len(working) == 1:
                reasons.append(Said("only_one"))
            elif len(reasons) == len(why):
                reasons.append(Said("only_room", {"rep": chosen.rep_id}))
        else:
            reasons.append(self._of_load(chosen, len(group)))
        if len(level) > 1:
            of_open = Said("fewest_open", {"rep": chosen.rep_id, "open": fewest})
            reasons.append(of_open if len(last) == 1 else Said("drawn", {"rep": chosen.rep_id}))
        return Assigned(chosen.rep_id, chosen.team, tuple(reasons))

    def _of_territory(self, lead: Routable, chosen: Person, working: Sequence[Person]) -> list[Said]:
        if self._rules.territory == "ignored" or lead.territory is None:
            return []
        territory: dict[str, Value] = {"territory": lead.territory}
        whom: dict[str, Value] = {"rep": chosen.rep_id}
        if chosen.territory == lead.territory:
            return [Said("own_territory", {**whom, **territory})]
        worked = any(person.territory == lead.territory for person in working)
        return [
            Said("territory_full" if worked else "territory_of_nobody", territory),
            Said("works_everywhere" if chosen.territory is None else "all_the_same", whom),
        ]

    def _of_load(self, chosen: Person, among: int) -> Said:
        most = self._most[chosen.rep_id]
        values: dict[str, Value] = {"rep": chosen.rep_id, "given": self._given[chosen.rep_id], "n": among}
        return Said("least_given", values) if most is None else Said("least_used", {**values, "capacity": most})

    def _has_room(self, person: Person) -> bool:
        most = self._most[person.rep_id]
        return most is None or self._given[person.rep_id] < most

    def _team_is_full(self, team: str) -> bool:
        most = self._rules.team_at_most_a_week.get(team)
        return most is not None and self._of_team[team] >= most


def _matches(route: Route, lead: Routable) -> bool:
    return all(lead.cells.get(column) in values for column, values in route.where.items())


def _why(number: int, route: Route) -> Said:
    if not route.where:
        return Said("route_of_all", {"number": number})
    where = ", ".join(f"{column}: {' | '.join(values)}" for column, values in route.where.items())
    return Said("route", {"number": number, "where": where})


def capacity_of(person: Person, rules: Handoff) -> float | None:
    """Leads a week: the person's own, or else the agreement's; None: no limit."""
    return rules.capacity if person.capacity is None else person.capacity


def weights_of(people: Iterable[Person], rules: Handoff) -> dict[str, float]:
    """By person what one lead is measured by: the capacity; where it is not known the team's mean, and one where
    nobody's is.
    """
    known: dict[str | None, list[float]] = {}
    everybody = list(people)
    capacity = {person.rep_id: capacity_of(person, rules) for person in everybody}
    for person in everybody:
        if own := capacity[person.rep_id]:
            known.setdefault(person.team, []).append(own)
    means = {team: sum(those) / len(those) for team, those in known.items()}
    return {person.rep_id: capacity[person.rep_id] or means.get(person.team, 1.0) for person in everybody}


def _lot(lead_id: str, rep_id: str) -> bytes:
    return hashlib.sha256(f"{lead_id}\0{rep_id}".encode()).digest()
