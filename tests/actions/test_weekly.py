"""The effect and its interval: against statsmodels, against the formula by hand, and on worlds whose truth is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm

from accord.actions.effect import measured
from accord.actions.weekly import Weekly, difference_in_differences, gap_trend, weekly
from accord.stats import level_shift
from accord.stats.level_shift import contrast
from accord.values import Estimate
from actions.simulated import EPOCH, START, World, action, lasting_noise, measuring

WEEKS = np.arange(-20, 12)


def even(touched: tuple[int, int], untouched: tuple[int, int], leads: int = 10) -> Weekly:
    """The same counts in every week of a side: accepted of ``leads``, before and since."""
    after = (WEEKS >= 0).astype(int)
    full = np.full(WEEKS.size, leads)
    return Weekly(WEEKS, full, np.take(touched, after), full * 2, np.take(untouched, after))


def test_it_is_the_interaction_of_a_regression_where_weeks_are_alike() -> None:
    counts = even((5, 7), (10, 11))
    found = difference_in_differences(counts)
    assert found is not None
    rows = []
    for group, (leads, hits) in enumerate(
        ((counts.untouched_leads, counts.untouched_hits), (counts.touched_leads, counts.touched_hits))
    ):
        for week, of, hit in zip(WEEKS, leads, hits, strict=True):
            rows += [(group, week >= 0, number < hit) for number in range(of)]
    touched, after, accepted = np.array(rows, dtype=float).T
    fitted = sm.OLS(accepted, np.stack([np.ones(touched.size), touched, after, touched * after], 1)).fit()
    assert found.value == pytest.approx(fitted.params[3], abs=1e-9)
    assert found.n == 12 * 10
    # weeks that do not differ at all still leave room for some that do: a little wider, never narrower
    half = (found.high - found.low) / 2
    assert 1.0 <= half / (1.96 * fitted.HC0_se[3]) <= 1.3


def test_a_movement_of_the_others_is_carried_over_at_the_segments_own_scale() -> None:
    """Before, 10 % against 50 %: 20 points of the others' are 0.09 / 0.25 of that here, but no less than half."""
    found = difference_in_differences(even((10, 20), (100, 140), leads=100))
    assert found is not None
    assert found.value == pytest.approx((0.2 - 0.1) - 0.5 * (0.7 - 0.5), abs=1e-6)
    by_hand = (0.4 - 0.2) - (0.205 * 0.795) / (0.5025 * 0.4975) * (0.6 - 0.5)
    found = difference_in_differences(even((20, 40), (100, 120), leads=100))
    assert found is not None
    assert found.value == pytest.approx(by_hand, abs=2e-3), "pooled shares are kept a little off their edges"


def test_the_contrast_is_generalised_least_squares_where_the_noise_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(7)
    week = np.array([0, 1, 2, 4, 5, 6, 7, 9, 10, 11])
    value, variance = rng.normal(0.5, 0.1, week.size), rng.uniform(0.001, 0.004, week.size)
    design = np.stack([np.ones(week.size), week >= 6, week - 5.0], 1)
    known = np.array([0.05]), np.array([0.6]), np.array([0.0])
    monkeypatch.setattr(level_shift, "_grid", lambda: known)
    found = contrast(week, value, variance, design, [0, 1, 0])
    sigma = 0.05**2 * 0.6 ** np.abs(week[:, None] - week[None, :]) + np.diag(variance)
    fitted = sm.GLS(value, design, sigma=sigma).fit()
    error = np.sqrt(np.linalg.inv(design.T @ np.linalg.inv(sigma) @ design)[1, 1])
    assert found.value == pytest.approx(fitted.params[1], abs=1e-10)
    assert found.low == pytest.approx(fitted.params[1] - 1.959964 * error, abs=1e-6)
    assert found.high == pytest.approx(fitted.params[1] + 1.959964 * error, abs=1e-6)


def test_the_restricted_likelihood_weighs_the_grid(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two noises, weighed by hand: density of the residuals after the design is swept out of an orthonormal basis."""
    rng = np.random.default_rng(3)
    value, variance, week = rng.normal(0, 0.1, 9), np.full(9, 0.002), np.arange(9)
    design = np.stack([np.ones(9), week >= 5], 1).astype(float)
    grid = np.array([0.02, 0.12]), np.array([0.2, 0.5]), np.log([0.3, 0.7])
    monkeypatch.setattr(level_shift, "_grid", lambda: grid)
    found = contrast(week, value, variance, design, [0, 1])
    rest = np.linalg.svd(design)[0][:, 2:]
    weights, centres = [], []
    for spread, lasting, prior in zip(*grid, strict=True):
        sigma = spread**2 * lasting ** np.abs(week[:, None] - week[None, :]) + np.diag(variance)
        inner, swept = rest.T @ sigma @ rest, rest.T @ value
        fit = swept @ np.linalg.solve(inner, swept)
        weights.append(np.exp(prior - 0.5 * (np.linalg.slogdet(inner)[1] + fit)))
        centres.append(sm.GLS(value, design, sigma=sigma).fit().params[1])
    assert found.value == pytest.approx(np.average(centres, weights=weights), abs=1e-9)
    assert found.spread == pytest.approx(np.average(grid[0], weights=weights), abs=1e-9)


def test_the_gap_before_is_a_slope() -> None:
    month = WEEKS / 4
    hits = np.round(1000 * (0.5 + 0.02 * month)).astype(int)
    full = np.full(WEEKS.size, 1000)
    found = gap_trend(Weekly(WEEKS, full, hits, full, np.full(WEEKS.size, 500)))
    assert found is not None
    assert found.value == pytest.approx(0.02, abs=1e-3)
    assert found.low > 0
    level = gap_trend(even((5, 9), (10, 10)))
    assert level is not None
    assert level.low < 0 < level.high


def test_weeks_are_counted_from_the_day_of_the_action() -> None:
    day = np.array([93, 99, 100, 106, 107, 120, 95])
    touched = np.array([True, True, True, True, True, False, False])
    counts = weekly(day, np.array([True, False, True, True, False, True, True]), touched, ~touched, start=100)
    assert counts.week.tolist() == [-1, 0, 1, 2]
    assert counts.touched_leads.tolist() == [2, 2, 1, 0]
    assert counts.touched_hits.tolist() == [1, 2, 0, 0]
    assert counts.untouched_leads.tolist() == [1, 0, 0, 1]


def test_too_little_gives_no_figure() -> None:
    whole = even((5, 7), (10, 11))
    assert difference_in_differences(whole.part(whole.week < 3)) is None
    assert difference_in_differences(whole.part(whole.week >= -7)) is None
    assert difference_in_differences(even((1, 1), (2, 2), leads=2)) is None
    assert gap_trend(whole.part(whole.week >= -7)) is None


# Truth known ---------------------------------------------------------------------------------------------------------


def worlds(world: World, number: int) -> list[Estimate]:
    """The effect that is found in so many worlds alike."""
    found = []
    for seed in range(number):
        made = measuring(world, seed, (action(),))
        near = made.handed.day >= (START - EPOCH).days - 7 * 26
        touched = made.handed.rows({"channel": "c0"})
        counts = weekly(
            made.handed.day[near],
            np.isfinite(made.handed.accepted_after[near]),
            touched[near],
            ~touched[near],
            (START - EPOCH).days,
        )
        effect = difference_in_differences(counts)
        assert effect is not None
        found.append(effect)
    return found


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    """Weeks whose noise lasts, a season in log-odds, five channels of different rates; with effects and without."""
    settings = [
        World(effect=0.1),
        World(effect=0.0, lasting=0.6, spread=0.03, leads=30),
        World(effect=-0.08, leads=40, on=12),
        World(effect=0.05, spread=0.02, lasting=0.3, season=0.5, on=16),
    ]
    inside = [each.low <= world.effect <= each.high for world in settings for each in worlds(world, 150)]
    assert 0.93 <= np.mean(inside) <= 0.97


def test_no_effect_is_seldom_found_where_there_is_none() -> None:
    settings = [World(leads=20), World(leads=60, spread=0.02, lasting=0.6, on=16)]
    false = [not each.low <= 0 <= each.high for world in settings for each in worlds(world, 200)]
    assert np.mean(false) <= 0.05


def test_a_comparison_that_believes_in_independent_weeks_would_be_wrong() -> None:
    """What the lasting noise is for: a plain z-test of the same worlds finds effects four times too often."""
    rng = np.random.default_rng(5)
    false = 0
    for _ in range(300):
        gap = lasting_noise(rng, 46, 0.05, 0.6) + rng.normal(0, 0.05, 46)
        after = np.arange(46) >= 26
        error = np.sqrt(0.05**2 * (1 / after.sum() + 1 / (~after).sum()))
        false += abs(gap[after].mean() - gap[~after].mean()) > 1.96 * error
    assert false / 300 > 0.2


def test_placebos_pass_where_nothing_else_happened_and_fail_where_much_did() -> None:
    quiet = [measured(made, made.actions[0]) for made in (measuring(World(), seed, (action(),)) for seed in range(8))]
    assert sum(bool(each.passed) for each in quiet) >= 7
    assert all(len(each.segments) == 4 and len(each.dates) == 3 for each in quiet)
    made = measuring(World(leads=60, spread=0.01), 1, (action(),))
    stirred = made.handed.accepted_after.copy()
    since = made.handed.day >= (START - EPOCH).days
    for value in ("c1", "c2"):
        stirred[since & made.handed.rows({"channel": value}) & (np.arange(since.size) % 2 == 0)] = (
            1.0 if value == "c1" else np.inf
        )
    moved = replace(made, handed=replace(made.handed, accepted_after=stirred))
    found = measured(moved, made.actions[0])
    assert found.passed is False
    assert "placebo_failed" in {each.code for each in found.cautions}
