"""Among many segments that cost the same the two furthest apart look different; that alone is never told."""

from __future__ import annotations

import random
from math import exp
from types import SimpleNamespace
from typing import Any, cast

import pytest

from accord.value.apart import cheapest_and_dearest
from accord.value.figures import ValueReport
from accord.values import Estimate, Reason, Unknown

SPREAD = 0.25
"""Standard error of the logarithm of a cost: about what fifteen customers tell."""


def report(
    costs: list[Estimate | Unknown],
    *,
    period: str | None = None,
    ripe: bool = True,
    left_out: dict[str, float] | None = None,
    segments: list[dict[str, str]] | None = None,
) -> ValueReport:
    rows = [
        SimpleNamespace(
            period=period,
            ripe=ripe,
            renamed=False,
            segment=segments[n] if segments else {"n": str(n)},
            costs=SimpleNamespace(cac_at_horizon=cost, left_out=(left_out or {}) if n == 0 else {}),
        )
        for n, cost in enumerate(costs)
    ]
    return cast(ValueReport, cast(Any, SimpleNamespace(rows=rows)))


def told(chance: random.Random, truth: float) -> Estimate:
    value = truth * exp(chance.gauss(0, SPREAD))
    return Estimate(value, value * exp(-1.959964 * SPREAD), value * exp(1.959964 * SPREAD), 15)


@pytest.mark.parametrize("segments", [2, 5, 12, 40])
def test_equal_costs_are_called_different_in_one_company_of_twenty_at_most(segments: int) -> None:
    chance = random.Random(segments)
    companies = 400
    alarms = 0
    for _company in range(companies):
        apart = cheapest_and_dearest(report([told(chance, 500) for _n in range(segments)]))
        assert apart is not None
        assert apart.compared == segments
        alarms += apart.different
    assert alarms <= 0.05 * companies + 3 * (0.05 * 0.95 * companies) ** 0.5


def test_a_cost_of_four_times_the_others_is_told_among_twelve() -> None:
    chance = random.Random(1)
    found = 0
    for _company in range(100):
        apart = cheapest_and_dearest(report([*(told(chance, 500) for _n in range(11)), told(chance, 2500)]))
        assert apart is not None
        found += apart.different and apart.dearest.segment == {"n": "11"}
    assert found >= 90


def test_what_is_not_known_or_not_ripe_is_not_compared() -> None:
    chance = random.Random(2)
    known = told(chance, 500)
    assert cheapest_and_dearest(report([known, Unknown(Reason.TOO_FEW)])) is None
    assert cheapest_and_dearest(report([known, told(chance, 5000)], period="2026-01", ripe=False)) is None
    nothing_paid = Estimate(0.0, 0.0, 1.0, 5)
    apart = cheapest_and_dearest(report([known, nothing_paid]))
    assert apart is not None
    assert not apart.different


def test_a_cost_that_lacks_spend_for_want_of_a_rate_is_not_compared() -> None:
    costs = [Estimate(cost, cost * 0.9, cost * 1.1, 100) for cost in (100, 500, 520)]
    apart = cheapest_and_dearest(report([*costs], left_out={"USD": 90_000.0}))
    assert apart is not None
    assert (apart.compared, apart.different) == (2, False)


def test_what_names_no_campaign_is_compared_within_its_channel_only() -> None:
    costs: list[Estimate | Unknown] = [Estimate(cost, cost * 0.9, cost * 1.1, 100) for cost in (100, 500)]
    names = ["(none)", "spring"]
    assert cheapest_and_dearest(report(costs, segments=[{"campaign": name} for name in names])) is None
    told_apart = cheapest_and_dearest(report(costs, segments=[{"channel": "ads", "campaign": name} for name in names]))
    assert told_apart is not None
    assert told_apart.different
