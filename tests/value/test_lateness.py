"""Whether a late acceptance is worth less: like with like, against plain Python and simulation with known truth."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import numpy as np
import pytest

from accord.readmodel.source import Source
from accord.stats.strata import difference_within_strata
from accord.value.measure import measure_value
from accord.values import Estimate, Figure, Reason, Unknown
from value.company import AS_OF
from value.oracle import Person, World
from value.test_conversion import came_by, estimate

DAY = timedelta(days=1)
HORIZON = 60


def class_of(person: Person) -> int:
    assert person.accepted
    assert person.handed
    return sum(person.accepted - person.handed > days * DAY for days in (1, 3, 7, 21))


def compared(won: list[int], tried: list[int], base_won: list[int], base_tried: list[int]) -> Figure:
    return difference_within_strata(np.array(won), np.array(tried), np.array(base_won), np.array(base_tried))


def accepted(known: World) -> list[Person]:
    """Those who could still be won when they were accepted."""
    return [
        person
        for person in known.people.values()
        if person.accepted and person.handed and not (person.won_at_latest and person.won_at_latest < person.accepted)
    ]


def test_wins_since_acceptance_by_class(embedded: Source, known: World) -> None:
    """Hours rounded: less than one lead at risk of at least thirty."""
    report = measure_value(embedded, within_days=HORIZON)
    for place, late in enumerate(report.lateness):
        people = [person for person in accepted(known) if class_of(person) == place]
        assert late.accepted == len(people)
        if len(people) >= 30:
            expected = came_by(((person.accepted, person.won) for person in people if person.accepted), HORIZON)
            assert estimate(late.won).value == pytest.approx(expected, abs=1 / 30)
    assert [(late.above, late.up_to) for late in report.lateness] == [(0, 1), (1, 3), (3, 7), (7, 21), (21, None)]


def test_like_is_compared_with_like(embedded: Source, known: World) -> None:
    report = measure_value(embedded, within_days=HORIZON)
    old = [p for p in accepted(known) if p.accepted and AS_OF - p.accepted >= HORIZON * DAY]
    tried, won = Counter[tuple[int, object]](), Counter[tuple[int, object]]()
    for person in old:
        assert person.accepted
        key = class_of(person), (person.row["channel"], f"{person.day:%Y-%m}")
        tried[key] += 1
        won[key] += bool(person.won and person.won - person.accepted <= HORIZON * DAY)
    strata = {stratum for _place, stratum in tried}
    for place in (1, 2, 3):
        above = below = 0.0
        for stratum in strata:
            n, m = tried[place, stratum], tried[0, stratum]
            if n and m:
                above += (won[place, stratum] * m - won[0, stratum] * n) / (n + m)
                below += n * m / (n + m)
        assert estimate(report.lateness[place].adjusted).value == pytest.approx(above / below)


def test_a_large_stratum_has_the_variance_of_two_shares() -> None:
    found = compared([300], [1000], [500], [2000])
    assert isinstance(found, Estimate)
    width = 1.959964 * np.sqrt(0.3 * 0.7 / 1000 + 0.25 * 0.75 / 2000)
    assert found.value == pytest.approx(0.05)
    assert found.high - found.value == pytest.approx(width, rel=0.02)


def test_what_differs_between_strata_does_not_pass_for_a_difference() -> None:
    """Late acceptances pile up in strata that win less anyway: plainly 20 points worse, truly 5."""
    rng = np.random.default_rng(8)
    base = np.linspace(0.1, 0.5, 12)
    sizes, base_sizes = np.linspace(60, 5, 12).astype(int), np.linspace(5, 60, 12).astype(int)
    held, crude = 0, []
    for _trial in range(1_000):
        won, base_won = rng.binomial(sizes, base - 0.05), rng.binomial(base_sizes, base)
        found = difference_within_strata(won, sizes, base_won, base_sizes)
        assert isinstance(found, Estimate)
        held += found.low <= -0.05 <= found.high
        crude.append(won.sum() / sizes.sum() - base_won.sum() / base_sizes.sum())
    assert np.mean(crude) < -0.15
    assert 0.93 <= held / 1_000 <= 0.97


def test_groups_that_never_meet_are_not_compared() -> None:
    apart = compared([5, 0], [50, 0], [0, 9], [0, 90])
    assert apart == Unknown(Reason.NOT_IDENTIFIED)
    few = compared([1], [9], [9], [90])
    assert few == Unknown(Reason.TOO_FEW, 10)
