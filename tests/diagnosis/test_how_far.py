"""Points are advised that acceptance and deals both allow, no further than is sure to come nearer to the right ones."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from accord.diagnosis.how_far import Proposal, actions_on_points, proposal
from accord.values import Estimate, Figure, Reason, Unknown


def figure(value: float, low: float, high: float) -> Estimate:
    return Estimate(value, low, high, 200)


NO_DEALS = Unknown(Reason.NOT_RECORDED)

CASES: list[tuple[float, Estimate, Figure, float | None]] = [
    (15, figure(6.5, 0, 10.1), NO_DEALS, 6),
    (15, figure(6.5, 0, 10.1), figure(9.4, 5.5, 13.2), 6),
    (15, figure(6.5, 0, 10.1), figure(9.4, 8.2, 13.2), 8),  # not below what deals allow
    (12, figure(64, 14, 144), NO_DEALS, 16),  # two points are sure, four are advised: not fifty-two
    (12, figure(64, 14, 144), figure(22.5, 11, 34), 16),
    (12, figure(64, 50, 80), NO_DEALS, 64),  # far, and sure
    (12, figure(64, 50, 80), figure(45, 30, 60), 60),  # far, and no further than deals allow
    (12, figure(64, 50, 80), figure(22.5, 11, 34), None),  # they contradict each other
    (12, figure(64, 50, 80), figure(11, 5, 13), None),
    (12, figure(30, 11, 144), NO_DEALS, None),  # as it stands may be right
    (15, figure(0, 0, 5.6), NO_DEALS, 6),  # about the most that is allowed, rather than none
    (15, figure(0, 0, 13), NO_DEALS, 11),
    (15, figure(0, 0, 5.6), figure(-3, -9, 2.2), 2),
    (15, figure(0, 0, 0.2), figure(-3, -9, -1), 0),
    (12, figure(13.4, 12.3, 20), NO_DEALS, 13),  # the least that can be changed
    (1, figure(0.3, 0.1, 0.5), NO_DEALS, 0.3),  # a page seen: tenths
    (15, figure(6.5, 0, 10.1), figure(12, -80, 100), 6),  # deals that say nothing take nothing away
]


@pytest.mark.parametrize(("granted", "accepted", "deals", "advised"), CASES)
def test_what_is_advised(granted: float, accepted: Estimate, deals: Figure, advised: float | None) -> None:
    assert proposal(granted, accepted, deals).points == advised


def test_wherever_the_right_points_lie_the_advice_is_no_further_from_them_than_today() -> None:
    rng, moved = np.random.default_rng(5), 0
    for _ in range(2_000):
        granted = float(rng.integers(6, 40))
        low, value, high = np.sort(rng.uniform(0, 100, 3))
        deals_low, deals_value, deals_high = np.sort(rng.uniform(-20, 120, 3))
        told = proposal(granted, figure(value, low, high), figure(deals_value, deals_low, deals_high))
        if told.points is None:
            continue
        moved += 1
        assert low - 1 < told.points < high + 1
        assert deals_low - 1 < told.points < max(deals_high, 0) + 1
        for right in np.linspace(told.least, told.most, 7):
            assert abs(told.points - right) <= abs(granted - right) + 1  # a whole point is what points are told in
    assert moved > 200


def sentences(granted: float, accepted: Estimate, deals: Figure) -> list[tuple[str, str, str]]:
    told: Proposal = proposal(granted, accepted, deals)
    facts: dict[str, float | Mapping[str, str] | None] = {
        "label": {"en": "Downloads", "fr": "Téléchargements"},
        "granted": granted,
        "supported": accepted.value,
        "proposed": told.points,
        "low": accepted.low,
        "high": accepted.high,
        "cap": None,
    }
    if isinstance(deals, Estimate):
        facts |= {"deals_low": deals.low, "deals_high": deals.high}
    code = "raise_points" if accepted.value > granted else "lower_points"
    return [(one.code, one.text["en"], one.text["fr"]) for one in actions_on_points(facts, code, told)]


def test_a_first_step_says_that_it_is_one_and_why() -> None:
    ((code, english, french),) = sentences(12, figure(64, 14, 144), figure(22.5, 11, 34))
    assert code == "raise_points"
    assert english.startswith("Give “Downloads” 16 points instead of 12 as a first step: acceptance and later deals")
    assert "allow anything from 14 to 34" in english
    assert "premier pas" in french
    ((_, english, _),) = sentences(12, figure(64, 14, 144), NO_DEALS)
    assert "acceptance allows anything from 14 to 144" in english


def test_what_outcomes_support_well_is_advised_without_more_words() -> None:
    ((code, english, _),) = sentences(15, figure(6.5, 0, 10.1), NO_DEALS)
    assert (code, english) == (
        "lower_points",
        "Give “Downloads” 6 points instead of 15; replay it before both sides sign.",
    )


def test_a_few_points_where_none_are_supported_are_advised_with_the_reason() -> None:
    ((_, english, french),) = sentences(15, figure(0.2, 0, 5.6), NO_DEALS)
    assert english.startswith("Give “Downloads” 6 points instead of 15")
    assert "not sure enough to strike it" in english
    assert "pas assez sûr pour le rayer" in french


def test_opinions_that_contradict_each_other_move_no_points() -> None:
    ((code, english, french),) = sentences(12, figure(64, 50, 80), figure(22.5, 11, 34))
    assert code == "leave_points"
    assert english.startswith("Leave “Downloads” at 12 points for now: acceptance supports 50 to 80, later deals")
    assert "11 to 34" in english
    assert french.startswith("Laissez")
    ((code, english, _),) = sentences(12, figure(30, 11, 144), NO_DEALS)
    assert code == "leave_points"
    assert "Look again when more leads are decided" in english
