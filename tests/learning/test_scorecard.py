"""What is learnt: nothing from noise, the truth from enough leads, never against an axis, never from the future."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from accord.learning.candidates import candidates, column_of, matrix_of
from accord.learning.frame import Frame, Touches, number_field, words_field
from accord.learning.logistic import Prior
from accord.learning.points import fitted_scale, whole_points
from accord.learning.scorecard import complement, learn_scorecard, with_hold_out
from accord.learning.selection import Problem, bar, gains
from accord.values import Estimate
from learning.made import frame_of, true_log_odds


def test_noise_teaches_nothing() -> None:
    # At most 5 of 100 samples may yield a criterion; more than 11 of 100 would at 5 % come about once in 300 runs.
    found = [len(learn_scorecard(frame_of(seed, 600, noise=True)).criteria) for seed in range(100)]
    assert sum(count > 0 for count in found) <= 11


def test_known_weights_are_recovered() -> None:
    frame = frame_of(1, 20_000)
    card = learn_scorecard(frame)
    learned = {str(one.candidate.when): one for one in card.criteria}
    software = learned["{'field': 'sector', 'is': 'software'}"].learned
    industry = learned["{'field': 'sector', 'is': 'industry'}"].learned
    asked = learned["{'field': 'asked', 'is': True}"].learned
    for figure, truth in ((software, 1.6), (industry, 0.8), (asked, 0.9)):
        assert isinstance(figure, Estimate)
        # the interval widened by a half: the cut points of employees are quantiles, not the true 100
        half = (figure.high - figure.low) / 2
        assert abs(figure.value - truth / card.scale.step) < 1.5 * half
    assert not any("noise" in key or "colour" in key for key in learned)
    assert any("employees" in key and "at_least" in key for key in learned)
    fresh = frame_of(2, 20_000)
    assert np.corrcoef(card.scores(fresh), true_log_odds(fresh.fields))[0, 1] > 0.97


def test_points_are_whole_and_no_score_lies_below_zero() -> None:
    frame = frame_of(3, 4000)
    card = learn_scorecard(frame)
    assert card.criteria
    assert all(isinstance(one.points, int) and one.points for one in card.criteria)
    columns = matrix_of([one.candidate for one in card.criteria], frame)
    assert (columns @ np.array([one.points for one in card.criteria])).min() >= 0


def test_at_most_as_many_criteria_as_asked_for() -> None:
    assert len(learn_scorecard(frame_of(1, 20_000), most=2).criteria) == 2


def test_the_newest_leads_choose_nothing() -> None:
    frame = frame_of(5, 3000)
    older, newer = frame.split()
    turned = replace(frame, good=np.concatenate([older.good, ~newer.good]))
    assert older.size == 2400
    assert learn_scorecard(turned.split()[0]) == learn_scorecard(older)
    # they only judge: the evidence they give is the part that changes
    card = learn_scorecard(older)
    told, turned_around = with_hold_out(card, newer), with_hold_out(card, turned.split()[1])
    assert [one.points for one in told.criteria] == [one.points for one in turned_around.criteria]
    assert told != turned_around


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.floats(-2, 2), st.sampled_from([1, -1]))
def test_points_of_a_one_way_field_never_point_the_other_way(seed: int, slope: float, direction: int) -> None:
    random = np.random.default_rng(seed)
    values = random.normal(size=800)
    field = number_field("budget", values, "budget", direction)
    good = random.random(800) < expit(slope * values)
    card = learn_scorecard(Frame({"budget": field}, good, np.ones(800)))
    steps = np.linspace(values.min(), values.max(), 50)
    asked = Frame({"budget": number_field("budget", steps, "budget", direction)}, np.ones(50, bool), np.ones(50))
    assert (np.diff(card.scores(asked)) * direction >= 0).all()


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.floats(-1, 1))
def test_more_touches_never_cost_points(seed: int, slope: float) -> None:
    random = np.random.default_rng(seed)
    counts = random.poisson(1.0, 600)
    rows = np.repeat(np.arange(600), counts)
    touches = Touches(rows, np.zeros(rows.size, np.int64), ("webinar",), random.integers(0, 90, rows.size))
    good = random.random(600) < expit(slope * counts)
    card = learn_scorecard(Frame({}, good, np.ones(600), touches))
    assert all(one.points > 0 for one in card.criteria)


def test_the_score_test_is_raos() -> None:
    frame = frame_of(6, 500)
    found = candidates(frame)
    columns = matrix_of(found, frame)
    problem = Problem(
        np.ones((500, 1)), Prior.of(1), columns, np.zeros(len(found), np.int8), frame.good.astype(float), np.ones(500)
    )
    z = gains(problem, [0], problem.fit([0]))
    for number in (1, 5, len(found) - 1):
        design = np.hstack([problem.design([0]), columns[:, [number]].astype(float)])
        fit = problem.fit([0])
        chance = expit(problem.design([0]) @ fit.coefficients)
        score = design.T @ (frame.good - chance)
        information = (design * (chance * (1 - chance))[:, None]).T @ design
        # the prior's pull on the first candidate leaves its own slope a little off zero: take the last part alone
        inside = information[-1, -1] - information[-1, :-1] @ np.linalg.solve(
            information[:-1, :-1], information[:-1, -1]
        )
        assert z[number] == pytest.approx(score[-1] / np.sqrt(inside), rel=2e-3, abs=2e-3)


def test_the_bar_is_bonferronis() -> None:
    assert bar(1) == pytest.approx(1.959964**2, rel=1e-5)
    assert bar(100) > bar(10) > bar(1)


def test_whole_points_lose_next_to_nothing() -> None:
    frame = frame_of(7, 5000)
    columns = np.column_stack(
        [frame.fields["employees"].values >= 100, frame.fields["sector"].codes == 0, frame.fields["asked"].codes == 1]
    ).astype(float)
    log_odds = np.array([1.23, -0.47, 0.91])
    points = whole_points(columns, log_odds, frame.good, frame.weights)
    scale = fitted_scale(columns @ points, frame.good, frame.weights)
    best = fitted_scale(columns @ log_odds, frame.good, frame.weights)

    def explained(chance: np.ndarray) -> float:
        return float(np.where(frame.good, np.log(chance), np.log1p(-chance)).sum())

    assert explained(scale.chance(columns @ points)) >= explained(best.chance(columns @ log_odds))


@pytest.mark.parametrize(
    "when",
    [
        {"field": "asked", "is": True},
        {"field": "employees", "at_least": 100},
        {"field": "employees", "exists": True},
        {"field": "sector", "is": "software"},
    ],
    ids=str,
)
def test_the_opposite_condition_holds_where_the_condition_does_not(when: dict[str, object]) -> None:
    frame = frame_of(8, 300)
    frame.fields["employees"].values[:30] = np.nan
    found = next(one for one in candidates(frame) if one.fields == (when["field"],))
    full = {name: bool(one.filled.all()) for name, one in frame.fields.items()}
    opposite = replace(found, when=complement(when, full))
    assert (column_of(replace(found, when=when), frame) + column_of(opposite, frame) == 1).all()


def test_a_condition_on_a_missing_cell_gives_nothing() -> None:
    cells = [None, "a", "b"] * 40
    frame = Frame({"x": words_field("x", cells)}, np.ones(120, bool), np.ones(120))
    for one in candidates(frame):
        if one.when is not None and "is" in one.when:
            assert column_of(one, frame)[0] == 0
