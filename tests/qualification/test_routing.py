"""Routing: every lead goes to one person or waits with a reason; caps hold, shares stay level, order is nothing."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from random import Random
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.agreement.handing import Handoff, Route
from accord.language import LANGUAGES, use_language
from accord.qualification.routing import Assigned, Person, Routable, Router, Waits, most_leads
from accord.qualification.said import SENTENCES

TERRITORIES = ("north", "south", "east")
TEAMS = ("field", "inside")


def lead(number: int = 1, **cells: str) -> Routable:
    return Routable(f"L{number}", cells)


def given_all(router: Router, leads: list[Routable]) -> list[Assigned | Waits]:
    return [router.give(each) for each in leads]


def codes(choice: Assigned | Waits) -> list[str]:
    return [said.code for said in choice.reasons] if isinstance(choice, Assigned) else [choice.reason.code]


def to(choice: Assigned | Waits) -> str | None:
    assert isinstance(choice, Assigned), codes(choice)
    return choice.rep_id


people = st.lists(
    st.builds(
        Person,
        rep_id=st.integers(0, 12).map(lambda number: f"R{number}"),
        team=st.sampled_from([None, *TEAMS]),
        territory=st.sampled_from([None, *TERRITORIES]),
        capacity=st.one_of(st.none(), st.sampled_from([0, 0.5, 1, 2.5, 3, 8])),
        given=st.integers(0, 4),
        open=st.integers(0, 5),
    ),
    max_size=8,
    unique_by=lambda person: person.rep_id,
)
leads = st.lists(
    st.builds(
        Routable,
        lead_id=st.integers(0, 1000).map(lambda number: f"L{number}"),
        cells=st.dictionaries(st.sampled_from(["territory", "sector"]), st.sampled_from([*TERRITORIES, "health"])),
    ),
    max_size=40,
    unique_by=lambda each: each.lead_id,
)
routes = st.lists(
    st.one_of(
        st.builds(Route, where=st.just({"sector": ("health",)}), team=st.sampled_from([*TEAMS, "nobody's"])),
        st.builds(Route, where=st.just({"territory": ("south",)}), rep_id=st.sampled_from(["R1", "R99"])),
    ),
    max_size=2,
)
rules = st.builds(
    Handoff,
    routes=routes.map(tuple),
    territory=st.sampled_from(["first", "only", "ignored"]),
    when_full=st.sampled_from(["wait", "hand_over"]),
    capacity=st.one_of(st.none(), st.integers(1, 5)),
    at_most_a_week=st.one_of(st.none(), st.integers(1, 30)),
    team_at_most_a_week=st.dictionaries(st.sampled_from(TEAMS), st.integers(1, 10)),
)


@given(rules, people, leads)
def test_nothing_is_lost_and_no_cap_is_passed(handoff: Handoff, staff: list[Person], waiting: list[Routable]) -> None:
    router = Router(handoff, staff)
    choices = given_all(router, waiting)
    assert len(choices) == len(waiting)
    gone = [choice for choice in choices if isinstance(choice, Assigned)]
    assert all(codes(choice) for choice in choices), "every choice has its reasons"
    if handoff.at_most_a_week is not None:
        assert len(gone) <= handoff.at_most_a_week
    of_team = Counter(choice.team for choice in gone)
    assert all(of_team[team] <= most for team, most in handoff.team_at_most_a_week.items())
    now = Counter(choice.rep_id for choice in gone)
    known = {person.rep_id: person for person in staff}
    assert {rep for rep in now if rep is not None} <= known.keys()
    for rep_id, person in known.items():
        most = most_leads(handoff.capacity if person.capacity is None else person.capacity)
        assert router.given_to(rep_id) == person.given + now[rep_id]
        if most == 0:
            assert now[rep_id] == 0, "who takes no leads gets none, full or not"
        if most is not None and handoff.when_full == "wait":
            assert now[rep_id] <= max(0, most - person.given)


@given(rules, people, leads, st.randoms(use_true_random=False))
def test_the_order_of_people_does_not_matter(
    handoff: Handoff, staff: list[Person], waiting: list[Routable], chance: Random
) -> None:
    shuffled = list(staff)
    chance.shuffle(shuffled)
    assert given_all(Router(handoff, staff), waiting) == given_all(Router(handoff, shuffled), waiting)


@given(
    st.lists(st.integers(1, 12), min_size=2, max_size=6),
    st.integers(0, 60),
)
def test_nobody_is_ahead_by_more_than_one_lead(capacities: list[int], number: int) -> None:
    """Whose share was larger got their last lead when it was not: one lead less, and they are behind or level."""
    staff = [Person(f"R{place}", capacity=each) for place, each in enumerate(capacities)]
    router = Router(Handoff(), staff)
    choices = given_all(router, [lead(each) for each in range(number)])
    assert sum(isinstance(choice, Assigned) for choice in choices) == min(number, sum(capacities))
    for one, other in combinations(staff, 2):
        for ahead, behind in ((one, other), (other, one)):
            assert ahead.capacity is not None
            assert behind.capacity is not None
            given_ahead, given_behind = router.given_to(ahead.rep_id), router.given_to(behind.rep_id)
            assert (given_ahead - 1) / ahead.capacity <= given_behind / behind.capacity


@given(people, leads)
def test_while_there_is_room_in_a_territory_nobody_else_gets_its_leads(
    staff: list[Person], waiting: list[Routable]
) -> None:
    router, known = Router(Handoff(), staff), {person.rep_id: person for person in staff}
    for each in waiting:
        own = [person for person in staff if each.territory and person.territory == each.territory]
        room = [
            person
            for person in own
            if (most := most_leads(person.capacity)) is None or router.given_to(person.rep_id) < most
        ]
        choice = router.give(each)
        if room:
            assert isinstance(choice, Assigned)
            assert choice.rep_id is not None
            assert known[choice.rep_id].territory == each.territory


@given(rules, people, leads)
def test_remembering_who_waits_changes_nothing(handoff: Handoff, staff: list[Person], waiting: list[Routable]) -> None:
    """The reason that is remembered is the one that the first who waited was given; people fill up meanwhile."""
    router, forgetful = Router(handoff, staff), Router(handoff, staff)
    for each in waiting:
        forgetful._closed.clear()
        remembered, anew = router.give(each), forgetful.give(each)
        assert remembered == anew or (isinstance(remembered, Waits) and isinstance(anew, Waits))


def test_the_first_route_decides() -> None:
    staff = [Person("R1", "field"), Person("R2", "inside"), Person("R3", "inside")]
    handoff = Handoff(
        routes=(
            Route(where={"sector": ("health", "pharma")}, team="field"),
            Route(where={"sector": ("health",)}, rep_id="R2"),
            Route(rep_id="R3"),
        )
    )
    router = Router(handoff, staff)
    assert [to(router.give(lead(each, sector=sector))) for each, sector in enumerate(["health", "retail"])] == [
        "R1",
        "R3",
    ]
    first = Router(handoff, staff).give(lead(sector="pharma"))
    assert codes(first) == ["route", "only_one"]
    assert isinstance(first, Assigned)
    assert first.reasons[0].sentence() == "Route 1 of the agreement sends leads with sector: health | pharma there."


def test_own_territory_then_everywhere_then_others() -> None:
    staff = [
        Person("own", territory="north", capacity=1),
        Person("all", capacity=1),
        Person("far", territory="south", capacity=1),
    ]
    choices = given_all(Router(Handoff(), staff), [lead(each, territory="north") for each in range(4)])
    assert [to(choice) for choice in choices[:3]] == ["own", "all", "far"]
    assert [codes(choice) for choice in choices] == [
        ["own_territory"],
        ["territory_full", "works_everywhere"],
        ["territory_full", "all_the_same"],
        ["all_full"],
    ]
    only = given_all(Router(Handoff(territory="only"), staff), [lead(each, territory="north") for each in range(3)])
    assert [codes(choice) for choice in only] == [
        ["own_territory"],
        ["territory_full", "works_everywhere"],
        ["all_full"],
    ]
    alone = Router(Handoff(territory="only"), staff[2:]).give(lead(territory="north"))
    assert codes(alone) == ["territory_unworked"]
    assert codes(Router(Handoff(), staff[2:]).give(lead(territory="west"))) == [
        "territory_of_nobody",
        "all_the_same",
        "only_one",
    ]


def test_the_smallest_share_of_capacity_then_the_fewest_open_then_a_lot() -> None:
    half = [Person("R1", capacity=10, given=5), Person("R2", capacity=4, given=1)]
    choice = Router(Handoff(), half).give(lead())
    assert (to(choice), codes(choice)) == ("R2", ["least_used"])
    level = [Person("R1", capacity=10, given=5, open=3), Person("R2", capacity=4, given=2, open=1)]
    choice = Router(Handoff(), level).give(lead())
    assert (to(choice), codes(choice)) == ("R2", ["least_used", "fewest_open"])
    same = [Person("R1", capacity=5), Person("R2", capacity=5)]
    drawn = Counter(to(Router(Handoff(), same).give(lead(each))) for each in range(400))
    # a fair lot: 200 expected, standard deviation 10
    assert 150 < drawn["R1"] < 250


def test_who_alone_has_room_gets_it() -> None:
    staff = [Person("R1", capacity=1, given=1), Person("R2", capacity=5)]
    choice = Router(Handoff(), staff).give(lead())
    assert (to(choice), codes(choice)) == ("R2", ["only_room"])


def test_full_means_wait_or_go_all_the_same() -> None:
    staff = [Person("R1", capacity=1, given=1), Person("R2", capacity=0)]
    assert codes(Router(Handoff(), staff).give(lead())) == ["all_full"]
    over = Router(Handoff(when_full="hand_over"), staff).give(lead())
    assert (to(over), codes(over)) == ("R1", ["beyond_capacity", "only_one"])
    assert codes(Router(Handoff(when_full="hand_over"), staff[1:]).give(lead())) == ["none_takes_leads"]
    named = Handoff(routes=(Route(rep_id="R1"),))
    assert codes(Router(named, staff).give(lead())) == ["rep_full"]


def test_caps_hold_even_where_capacity_does_not() -> None:
    staff = [Person("R1", "field", capacity=1)]
    handoff = Handoff(when_full="hand_over", team_at_most_a_week={"field": 2})
    router = Router(handoff, staff, given_to_team={"field": 1})
    assert [codes(choice) for choice in given_all(router, [lead(1), lead(2)])] == [["only_one"], ["team_full"]]
    assert codes(Router(Handoff(at_most_a_week=3), staff, given=3).give(lead())) == ["week_full"]


def test_without_people_nobody_is_named() -> None:
    choice = Router(Handoff(), []).give(lead())
    assert choice == Assigned(None, None, choice.reasons)  # type: ignore[union-attr]
    assert codes(choice) == ["no_people"]
    team = Router(Handoff(routes=(Route(team="field"),)), [Person("R1")]).give(lead())
    assert isinstance(team, Assigned)
    assert (team.rep_id, team.team, codes(team)) == (None, "field", ["route_of_all", "team_without_people"])
    assert codes(Router(Handoff(routes=(Route(rep_id="R9"),)), []).give(lead())) == ["no_such_person"]


@pytest.mark.parametrize(("capacity", "most"), [(None, None), (0, 0), (-1, 0), (0.5, 1), (1, 1), (2.5, 2), (30, 30)])
def test_capacity_in_whole_leads(capacity: float | None, most: int | None) -> None:
    assert most_leads(capacity) == most


def test_unknown_capacity_weighs_as_the_team_s_mean() -> None:
    staff = [Person("R1", "field", capacity=10), Person("R2", "field", capacity=20), Person("R3", "field")]
    router = Router(Handoff(), staff)
    given_all(router, [lead(each) for each in range(45)])
    assert [router.given_to(each) for each in ("R1", "R2", "R3")] == [10, 20, 15]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_can_be_said(language: str) -> None:
    use_language(language)
    for sentence in SENTENCES.values():
        names = [name for _text, name, _format, _conversion in Formatter().parse(sentence) if name is not None]
        assert sentence.format(**dict.fromkeys(names, "x"))
