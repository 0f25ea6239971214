"""The area under the curve and its interval, against counting every pair, scikit-learn and simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm
from sklearn.metrics import roc_auc_score

from accord.learning.discrimination import auc, auc_difference, placements, weighted_auc
from accord.values import Estimate, Reason, Unknown


def by_pairs(scores: list[int], good: list[bool]) -> tuple[float, float]:
    """Area and DeLong's variance, written as the paper has them: every good against every bad lead."""
    goods = [score for score, is_good in zip(scores, good, strict=True) if is_good]
    bads = [score for score, is_good in zip(scores, good, strict=True) if not is_good]

    def stands_before(one: int, other: int) -> float:
        return 1.0 if one > other else 0.5 if one == other else 0.0

    of_good = [sum(stands_before(one, other) for other in bads) / len(bads) for one in goods]
    of_bad = [sum(stands_before(one, other) for one in goods) / len(goods) for other in bads]
    area = sum(of_good) / len(goods)
    variance = sum((value - area) ** 2 for value in of_good) / (len(goods) - 1) / len(goods)
    variance += sum((value - area) ** 2 for value in of_bad) / (len(bads) - 1) / len(bads)
    return area, variance


leads = st.lists(st.tuples(st.integers(-3, 3), st.booleans()), min_size=4, max_size=60).filter(
    lambda rows: 2 <= sum(good for _score, good in rows) <= len(rows) - 2
)


@given(leads)
def test_ranks_give_what_every_pair_gives(rows: list[tuple[int, bool]]) -> None:
    scores, good = [score for score, _good in rows], [good for _score, good in rows]
    area, variance = by_pairs(scores, good)
    found = placements(scores, good)
    assert found.area == pytest.approx(area, abs=1e-12)
    assert found.variance == pytest.approx(variance, abs=1e-12)
    assert found.area == pytest.approx(roc_auc_score(good, scores), abs=1e-12)


def estimate(figure: object) -> Estimate:
    assert isinstance(figure, Estimate)
    return figure


def test_the_interval_covers_the_true_area() -> None:
    # Good leads score one standard deviation higher, so the true area is known: Φ(1/√2).
    true = float(norm.cdf(1 / np.sqrt(2)))
    random = np.random.default_rng(11)
    covered = 0
    for _sample in range(1000):
        good = random.random(120) < 0.3
        figure = estimate(auc(random.normal(size=120) + good, good))
        covered += figure.low <= true <= figure.high
    assert 0.93 <= covered / 1000 <= 0.97  # 95 % ± three standard errors of 1,000 draws


def test_the_paired_difference_is_narrower_than_two_areas_apart_and_covers() -> None:
    random = np.random.default_rng(12)
    covered = 0
    for _sample in range(600):
        good = random.random(200) < 0.4
        shared = random.normal(size=200) + good
        one, other = shared + 0.5 * random.normal(size=200), shared + 0.5 * random.normal(size=200)
        figure = estimate(auc_difference(one, other, good))
        covered += figure.low <= 0 <= figure.high  # both scores are equally good
    assert 0.92 <= covered / 600 <= 0.98
    apart = placements(one, good).variance + placements(other, good).variance
    assert (figure.high - figure.low) / 2 < 1.96 * apart**0.5


def test_a_weight_of_three_is_three_leads() -> None:
    random = np.random.default_rng(13)
    good = random.random(80) < 0.5
    scores, weights = random.integers(0, 9, 80) + good, random.integers(1, 4, 80)
    many = estimate(auc(np.repeat(scores, weights), np.repeat(good, weights)))
    assert estimate(weighted_auc(scores, good, weights)).value == pytest.approx(many.value, abs=1e-12)


def test_the_bootstrap_of_equal_weights_is_about_delongs_interval() -> None:
    random = np.random.default_rng(14)
    good = random.random(500) < 0.4
    scores = random.normal(size=500) + good
    plain, bootstrapped = estimate(auc(scores, good)), estimate(weighted_auc(scores, good, np.ones(500)))
    assert bootstrapped.value == pytest.approx(plain.value, abs=1e-12)
    # 400 resamples know a quantile to about a tenth of the interval's half width
    assert bootstrapped.low == pytest.approx(plain.low, abs=0.012)
    assert bootstrapped.high == pytest.approx(plain.high, abs=0.012)


def test_perfect_order_leaves_doubt() -> None:
    figure = estimate(auc(range(40), [number >= 20 for number in range(40)]))
    assert (figure.value, figure.high) == (1.0, 1.0)
    assert 0.8 < figure.low < 0.9


def test_too_few_of_a_kind() -> None:
    assert auc([1] * 40, [True] * 4 + [False] * 36) == Unknown(Reason.TOO_FEW, 92)
