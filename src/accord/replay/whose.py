"""Whose each lead would be: what a replay says of a team's work goes the way that the agreement sends leads.

Nobody is ever full here: how much more the draft brings than people can take is what the replay is asked. Among people
of several teams the leads of a week go round by what each team's people can take, so that no team is ahead of another
by more than one lead.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from heapq import heapify, heapreplace

import numpy as np
import numpy.typing as npt

from accord.agreement.handing import Handoff
from accord.qualification.routing import (
    Person,
    Routable,
    by_territory,
    capacity_of,
    most_leads,
    route_of,
    weights_of,
)

__all__ = ["Way", "Ways", "goes_round"]

Way = tuple[tuple[str | None, float], ...]
"""The teams that share the leads of one kind, each with what its people can take; none: nobody may get them."""


class Ways:
    """The way of every lead by one agreement's section ``handoff``.

    ``usual``: by territory the team that got most of its leads; it stands in where no route names a team and nobody of
    sales is in the data.
    """

    def __init__(self, rules: Handoff, people: Sequence[Person], usual: Mapping[str, str]) -> None:
        self._rules = rules
        self._people = {person.rep_id: person for person in people}
        self._working = [person for person in people if most_leads(capacity_of(person, rules)) != 0]
        self._weights = weights_of(people, rules)
        self._usual = usual

    def of(self, lead: Routable) -> Way:
        """The teams that share leads like this one."""
        _number, route = route_of(self._rules, lead)
        if route is not None and route.team is not None:
            return ((route.team, 1.0),)
        if route is not None and route.rep_id is not None:
            person = self._people.get(route.rep_id)
            return () if person is None else ((person.team, 1.0),)
        groups = by_territory(self._rules, lead, self._working)
        shares: dict[str | None, float] = defaultdict(float)
        for person in next((group for group in groups if group), ()):
            shares[person.team] += self._weights[person.rep_id]
        if shares.keys() - {None}:
            return tuple(sorted(shares.items(), key=lambda share: (share[0] is None, share[0])))
        usual = self._usual.get(lead.territory or "") if shares or not self._people else None
        return () if usual is None else ((usual, 1.0),)


def goes_round(ways: Sequence[Way], week: npt.NDArray[np.int64], chosen: npt.NDArray[np.bool_]) -> list[str | None]:
    """The team that each of the ``chosen`` leads goes to, in their order; None where nobody gets it or is asked."""
    teams: list[str | None] = [None] * len(ways)
    rounds: dict[tuple[Way, int], _Round] = {}
    for place in np.flatnonzero(chosen).tolist():
        way = ways[place]
        if len(way) == 1:
            teams[place] = way[0][0]
        elif way:
            key = (way, int(week[place]))
            if key not in rounds:
                rounds[key] = _Round(way)
            teams[place] = rounds[key].next()
    return teams


class _Round:
    """Teams in turn: whoever has used the smallest share of what it can take, then the first by name."""

    def __init__(self, way: Way) -> None:
        self._line: list[tuple[float, int, int]] = [(0.0, place, 0) for place in range(len(way))]
        self._way = way
        heapify(self._line)

    def next(self) -> str | None:
        _used, place, given = self._line[0]
        team, weight = self._way[place]
        heapreplace(self._line, ((given + 1) / weight, place, given + 1))
        return team
