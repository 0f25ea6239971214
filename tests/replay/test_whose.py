"""Whose each lead of a replay is: as routes, territories and capacities send it, and as it really went."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.agreement.handing import Handoff
from accord.agreement.load import load_agreement
from accord.cli.main import run
from accord.qualification.capacity import capacity_of_teams
from accord.qualification.routing import Assigned, Person, Routable, Router
from accord.readmodel.opening import open_source
from accord.replay.run import replay
from accord.replay.whose import Ways, goes_round
from accord.workspace import Workspace

PEOPLE = [
    Person("n1", "North", "FR-N", 30),
    Person("n2", "North", "FR-N", 10),
    Person("s1", "South", "FR-S", 20),
    Person("k1", "Key", None, 10),
    Person("k2", "Key", None, 0),
]


def way(rules: Handoff, people: list[Person] | None = None, **cells: str) -> object:
    return Ways(rules, PEOPLE if people is None else people, {"FR-N": "Usual"}).of(Routable("x", cells))


def test_a_route_says_it_then_the_territory_then_everybody() -> None:
    routes = Handoff.model_validate(
        {"routes": [{"where": {"sector": ["bank"]}, "team": "Key"}, {"where": {"sector": ["toys"]}, "rep_id": "s1"}]}
    )
    assert way(routes, sector="bank", territory="FR-N") == (("Key", 1.0),)
    assert way(routes, sector="toys", territory="FR-N") == (("South", 1.0),)
    assert way(routes, territory="FR-S") == (("South", 20.0),)
    assert way(routes, territory="DE") == (("Key", 10.0),)
    assert way(routes) == (("Key", 10.0), ("North", 40.0), ("South", 20.0))
    only = Handoff.model_validate({"territory": "only"})
    assert way(only, PEOPLE[:3], territory="DE") == ()
    assert way(Handoff.model_validate({"routes": [{"rep_id": "gone"}]})) == ()
    assert way(Handoff(), [], territory="FR-N") == (("Usual", 1.0),)
    assert way(Handoff(), [Person("a", None, "FR-N", 3)], territory="FR-N") == (("Usual", 1.0),)
    assert way(Handoff(), [], territory="DE") == ()


def test_what_a_team_can_take_is_what_the_agreement_lets_it() -> None:
    rules = Handoff.model_validate({"capacity": 5, "team_at_most_a_week": {"North": 25, "Outside": 7}})
    people = [*PEOPLE, Person("o1", "Other", None, None)]
    assert capacity_of_teams(rules, people) == {"North": 25, "South": 20, "Key": 10, "Other": 5, "Outside": 7}
    assert capacity_of_teams(Handoff(), [Person("o1", "Other", None, None)]) == {}


@given(st.lists(st.integers(1, 50), min_size=2, max_size=5), st.integers(0, 300))
def test_no_team_is_a_lead_ahead_of_its_share(capacity: list[int], leads: int) -> None:
    teams = tuple((f"t{place}", float(most)) for place, most in enumerate(capacity))
    week, chosen = np.zeros(leads, dtype=np.int64), np.ones(leads, dtype=np.bool_)
    got = Counter(goes_round([teams] * leads, week, chosen))
    assert sum(got.values()) == leads
    for team, most in teams:
        # Nobody is given one more while somebody else has used less of what they can take.
        assert all((got[team] - 1) / most <= got[other] / weight for other, weight in teams if got[team])


def test_teams_go_round_as_people_do_when_leads_are_handed_over() -> None:
    people = [Person("a", "A", None, 9), Person("b", "B", None, 6), Person("c", "C", None, 3)]
    router = Router(Handoff.model_validate({"when_full": "hand_over"}), people)
    given_ = [router.give(Routable(f"l{number}", {})) for number in range(18)]
    assert all(isinstance(one, Assigned) for one in given_)
    expected = Counter(one.team for one in given_ if isinstance(one, Assigned))
    ways = [Ways(Handoff(), people, {}).of(Routable("x", {}))] * 18
    assert Counter(goes_round(ways, np.zeros(18, dtype=np.int64), np.ones(18, dtype=np.bool_))) == expected
    # A new week begins anew; who was not chosen takes nobody's turn.
    weeks, chosen = np.array([0, 0, 1, 1]), np.array([True, False, True, True])
    assert goes_round(ways[:4], weeks, chosen) == ["A", None, "A", "B"]


HELD = """\
name: Ours
version: "1"
qualification:
  criteria:
    - {id: size, axis: fit, label: {en: a, fr: b}, why: {en: a, fr: b}, points: 20,
       when: {field: employees, at_least: 50}}
  threshold: 20
handoff:
  routes: [{where: {sector: [bank]}, team: Key}]
"""


@pytest.fixture
def company(tmp_path: Path) -> Path:
    (tmp_path / "accord.yaml").write_text(HELD)
    leads = [
        ("ann", 90, "bank", "N"),  # handed to South, against the route
        ("bob", 90, "toys", "N"),  # handed to South
        ("cid", 90, "bank", "N"),  # the route: Key
        ("dee", 90, "toys", "N"),  # the territory: North
        ("eve", 90, "toys", "S"),  # the territory: South
        ("fay", 10, "toys", "S"),  # only the draft takes it
    ]
    text = "".join(f"{lead},2026-03-02T09:00Z,{size},{sector},{where}\n" for lead, size, sector, where in leads)
    (tmp_path / "leads.csv").write_text("lead_id,created_at,employees,sector,territory\n" + text)
    (tmp_path / "reps.csv").write_text("rep_id,team,territory,capacity\nn,North,N,1\ns,South,S,2\nk,Key,,9\n")
    (tmp_path / "handoffs.csv").write_text(
        "handoff_id,lead_id,at,rep_id\nh1,ann,2026-03-03T09:00Z,s\nh2,bob,2026-03-03T09:00Z,s\n"
    )
    files = [str(tmp_path / f"{name}.csv") for name in ("leads", "reps", "handoffs")]
    assert run(["import", *files, "--workspace", str(tmp_path)]) == 0
    return tmp_path


def test_loads_follow_the_routes_of_either_agreement(company: Path) -> None:
    draft = HELD.replace("at_least: 50", "at_least: 5").replace('version: "1"', 'version: "2"')
    (company / "draft.yaml").write_text(draft.replace("[bank]}, team: Key", "[toys]}, rep_id: k"))
    workspace = Workspace(company)
    with open_source(workspace) as source:
        found = replay(workspace, source, load_agreement(company / "draft.yaml").agreement)
        kept = replay(workspace, source, load_agreement(company / "accord.yaml").agreement)
    whose = dict(zip(found.population.lead, found.population.team_before, strict=True))
    assert whose == {"ann": "South", "bob": "South", "cid": "Key", "dee": "North", "eve": "South", "fay": None}
    # The draft sends toys to k, of team Key, and leaves banks to their territory: so ann and bob go elsewhere.
    whose = dict(zip(found.population.lead, found.population.team, strict=True))
    assert whose == {"ann": "North", "bob": "Key", "cid": "North", "dee": "Key", "eve": "Key", "fay": "Key"}
    loads = {load.team: (load.before, load.after, load.peak, load.weeks_over) for load in found.teams}
    assert loads == {"North": (1, 2, 2, 1), "South": (3, 0, 0, 0), "Key": (1, 4, 4, 0)}
    # Where the draft routes as before, who was handed over stays whose they were.
    assert kept.population.team == kept.population.team_before
