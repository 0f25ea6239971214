"""The sales force: who works where since when, and who receives which lead."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from accord.demo.chance import Codes, Floats, draw_given
from accord.demo.company import Company
from accord.demo.vocabulary import COUNTRIES, FIRST_NAMES, LAST_NAMES, TEAMS, TERRITORIES

__all__ = ["TEAM_OF_TERRITORY", "Reps", "assign", "recruit"]

_TEAM_NAMES = tuple(name for name, _, _ in TEAMS)
TEAM_OF_TERRITORY = np.array([_TEAM_NAMES.index(territory.team) for territory in TERRITORIES], dtype=np.int16)
_COUNTRY_CODES = tuple(country.code for country in COUNTRIES)


@dataclass(frozen=True)
class Reps:
    """The sales force, one element per rep. ``hired_day``: days since 1970; ``load``: share of a usual week's leads.

    ``ease``: logits by which they accept more than the average rep; ``pace``: business seconds they typically take.
    """

    identifiers: tuple[str, ...]
    names: tuple[str, ...]
    territory: Codes
    hired_day: NDArray[np.int64]
    capacity: Floats
    load: Floats
    ease: Floats
    pace: Floats

    @property
    def team(self) -> Codes:
        """Position in ``TEAMS``."""
        return np.asarray(TEAM_OF_TERRITORY[self.territory])


def recruit(company: Company, handoffs: int, first_day: int, rng: np.random.Generator) -> Reps:
    """Enough reps for ``handoffs`` a year; at least two in each territory, a tenth of them hired during the year."""
    wanted = max(2 * len(TERRITORIES), round(handoffs / 52 / company.leads_per_rep_week))
    country_share = {country.code: country.share for country in COUNTRIES}
    shares = np.array([territory.share * country_share[territory.country] for territory in TERRITORIES])
    heads = np.maximum(2, np.round(shares * wanted)).astype(np.int64)
    territory = np.repeat(np.arange(len(TERRITORIES)), heads).astype(np.int16)
    count = territory.size
    identifiers = tuple(f"R{number:0{max(3, len(str(count)))}d}" for number in range(1, count + 1))
    # the first of each territory has been there for years, so that no territory is ever without anybody
    place_in_territory = np.arange(count) - np.repeat(np.cumsum(heads) - heads, heads)
    tenure = np.where(rng.random(count) < 0.15, rng.integers(-240, 0, count), rng.integers(60, 3000, count))
    tenure = np.where(place_in_territory == 0, np.abs(tenure) + 400, tenure)
    overload = _overload(company, identifiers, territory)
    load = rng.uniform(0.75, 1.25, count) * np.where(overload > 1, 1.6, 1.0)
    leads_of_territory = handoffs / 52 * shares[territory] / shares.sum()
    expected = leads_of_territory * load / np.bincount(territory, load)[territory]
    busiest = leads_of_territory * load / _load_shared_with(territory, load, tenure)
    return Reps(
        identifiers,
        _names(territory, rng),
        territory,
        first_day - tenure,
        np.maximum(1, np.round(np.where(overload > 1, expected / overload, _ample(busiest)))),
        load,
        company.rep_spread * rng.standard_normal(count),
        3600 * np.exp(np.log(2.2) + 0.55 * rng.standard_normal(count)),
    )


def assign(reps: Reps, territory: Codes, day: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int32]:
    """Who receives each lead: a rep of the territory, hired by that ``day``, in proportion to their load."""
    week = (day - day.min()) // 7
    weeks = np.arange(week.max() + 1) * 7 + day.min()
    receiver = np.empty(territory.size, dtype=np.int32)
    for place in range(len(TERRITORIES)):
        members = np.flatnonzero(reps.territory == place)
        mine = np.flatnonzero(territory == place)
        table = reps.load[members] * (reps.hired_day[members] <= weeks[:, None])
        receiver[mine] = members[draw_given(rng, table, week[mine])]
    return receiver


def _ample(leads: Floats) -> Floats:
    """What somebody can take who is sent so many leads in a usual week: a busy season, and chance on top of it."""
    return np.asarray(1.5 * leads + 2.5 * np.sqrt(leads))


def _load_shared_with(territory: Codes, load: Floats, tenure: NDArray[np.int64]) -> Floats:
    """Load of everybody in each rep's territory while there are fewest of them: when the rep begins, or the year does.

    Until a colleague joins, the others have the colleague's leads too, and whoever hires them knows it.
    """
    together = territory[:, None] == territory
    there = tenure >= np.minimum(tenure, 0)[:, None]
    return np.asarray((together & there) @ load)


def _overload(company: Company, identifiers: tuple[str, ...], territory: Codes) -> Floats:
    """How many times their capacity each rep receives, by a planted cause; 1 = none planted."""
    overload = np.ones(territory.size)
    teams = np.array(_TEAM_NAMES)[TEAM_OF_TERRITORY[territory]]
    for cause in company.causes:
        if cause.kind == "rep_gap" and cause.reason == "overload":
            named = (np.array(identifiers) == cause.where.get("rep_id", "")) | (teams == cause.where.get("team", ""))
            overload = np.where(named, cause.strength, overload)
    return overload


def _names(territory: Codes, rng: np.random.Generator) -> tuple[str, ...]:
    pools = {
        code: [f"{first} {last}" for first, last in product(FIRST_NAMES[code], LAST_NAMES[code])]
        for code in _COUNTRY_CODES
    }
    order = {code: rng.permutation(len(pool)) for code, pool in pools.items()}
    taken = dict.fromkeys(_COUNTRY_CODES, 0)
    names = []
    for place in territory:
        code = TERRITORIES[place].country
        again, position = divmod(taken[code], len(pools[code]))
        taken[code] += 1
        name = pools[code][order[code][position]]
        names.append(f"{name} {'I' * (again + 1)}" if again else name)
    return tuple(names)
