"""Points that outcomes support: found again where they are known, silent where the score is right."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit

from accord.stats.scorecurve import bent, departures, supported, unlike


def company(
    rng: np.random.Generator, size: int, factor: float, slope: float = 0.04
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Score, what one criterion gave of it, and outcomes: it gives ``factor`` times what it should."""
    other = rng.normal(60, 14, size)
    deserved = 6.0 * rng.poisson(0.9, size)
    worth = other + deserved
    score = other + factor * deserved
    happened = rng.random(size) < expit(0.4 + slope * (worth - 62) - 0.05 * np.clip(50 - worth, 0, 30))
    return score, factor * deserved, happened


@pytest.mark.parametrize("factor", [0.4, 1.0, 3.0])
def test_the_points_that_outcomes_support_are_found_again(factor: float) -> None:
    rng, inside, found = np.random.default_rng(7), 0, []
    for _ in range(60):
        score, given, happened = company(rng, 4_000, factor)
        answer = supported(score, given, happened, np.zeros(score.size))
        found.append(answer.factor)
        inside += answer.low <= 1 / factor <= answer.high
    # 95 % intervals, of 60: two standard errors of 2.8 % below; the grid of factors rounds a little
    assert inside / 60 >= 0.88
    assert np.median(found) == pytest.approx(1 / factor, rel=0.2)


def test_chance_alone_departs_by_a_standard_normal() -> None:
    rng, z = np.random.default_rng(8), []
    for _ in range(200):
        score, given, happened = company(rng, 2_000, 1.0)
        delta, error = departures(score, np.stack([given, score - given], axis=1), happened, np.zeros(score.size))
        z.append(delta[0] / error[0])
    assert abs(np.mean(z)) < 3 / 200**0.5
    assert np.std(z) == pytest.approx(1.0, abs=3 / 400**0.5)


def test_leads_lifted_by_far_too_many_points_are_unlike_others_of_their_score_where_the_slope_is_flat() -> None:
    """A criterion worth 9 points is given 40: among the qualified, the score hardly orders the leads any more."""
    apart, missed = [], []
    for seed in range(20):
        rng = np.random.default_rng(100 + seed)
        other, has = rng.normal(60, 14, 6_000), rng.random(6_000) < 0.35
        happened = rng.random(6_000) < expit(0.4 + 0.05 * (other + 9 * has - 62))
        score = other + 40 * has
        kept = score >= 60
        given, nothing = 40.0 * has[kept, None], np.zeros(int(kept.sum()))
        apart.append(unlike(score[kept], given > 0, happened[kept], nothing)[0])
        delta, error = departures(score[kept], given, happened[kept], nothing)
        missed.append(delta[0] / error[0])
    assert np.mean(apart) < -8, "their true worth is two thirds of a logit and more below others of their score"
    assert np.mean(missed) > np.mean(apart) / 2, "by the slope, nearly nothing"
    by_chance = [
        unlike(score, given[:, None] > 0, happened, np.zeros(score.size))[0]
        for score, given, happened in (company(np.random.default_rng(seed), 2_000, 1.0) for seed in range(200))
    ]
    assert abs(np.mean(by_chance)) < 3 / 200**0.5
    assert np.std(by_chance) == pytest.approx(1.0, abs=3 / 400**0.5)


def test_a_criterion_that_nobody_met_says_nothing() -> None:
    score, _, happened = company(np.random.default_rng(9), 500, 1.0)
    delta, error = departures(score, np.zeros((500, 1)), happened, np.zeros(500))
    assert delta[0] == 0
    assert np.isinf(error[0])


def test_the_curve_is_the_optimum_of_its_likelihood() -> None:
    """Against a general optimiser on single leads: cells of equal scores lose next to nothing."""
    score, _, happened = company(np.random.default_rng(10), 3_000, 1.0)
    score = np.round(score)
    curve, likelihood = bent(score, happened, np.zeros(score.size))
    points = np.unique(np.concatenate([curve.knots, [score.min(), score.max()]]))

    def loss(values: np.ndarray) -> float:
        eta = np.interp(score, points, values)
        return float(np.logaddexp(0, eta).sum() - eta[happened].sum())

    best = minimize(loss, np.zeros(points.size), method="BFGS")
    assert -likelihood == pytest.approx(best.fun, abs=1.5)  # of 3,000 leads: the prior
    middle = np.quantile(score, [0.1, 0.5, 0.9])
    np.testing.assert_allclose(curve.at(middle), np.interp(middle, points, best.x), atol=0.08)
