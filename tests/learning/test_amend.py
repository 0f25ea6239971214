"""What would change in an agreement: nothing where it is right, the wrong points and only those where it is not."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from accord.learning.amend import Current, amended, supported_points
from accord.learning.frame import Frame
from accord.values import Estimate
from learning.made import fields_of

STEP = 0.08
TRUE = np.array([20.0, 10.0, 12.0, 8.0])
"""What sector software, sector industry, 100 employees and having asked deserve, in points of 0.08 log-odds."""


def company(seed: int, size: int, points: np.ndarray, *, blind: bool = False) -> tuple[Current, Frame]:
    random = np.random.default_rng(seed)
    fields = fields_of(random, size)
    sector = np.array([str(fields["sector"].words[code]) for code in fields["sector"].codes])
    units = np.column_stack(
        [sector == "software", sector == "industry", fields["employees"].values >= 100, fields["asked"].codes == 1]
    ).astype(np.float64)
    log_odds = np.full(size, -0.4) if blind else -1.8 + STEP * (units @ TRUE)
    good = random.random(size) < expit(log_odds)
    current = Current(units, points, np.array([False, False, False, True]), units @ points)
    return current, Frame(fields, good, np.ones(size))


def test_an_agreement_that_is_right_stays() -> None:
    # At most 5 of 100 samples may change anything; more than 11 of 100 would come about once in 300 runs at 5 %.
    changed = 0
    for seed in range(100):
        found = amended(*company(seed, 900, TRUE))
        assert found is not None
        changed += bool(found.new) or list(found.moved) != TRUE.tolist()
    assert changed <= 11


def test_wrong_points_are_found_and_mended_and_no_others() -> None:
    wrong = TRUE * [1, 1, 1, 4]  # having asked: 32 points instead of 8
    mended, more = [], 0
    for seed in range(20):
        current, frame = company(seed, 6000, wrong)
        found = amended(current, frame)
        assert found is not None
        assert list(found.moved[:3]) == TRUE[:3].tolist()
        more += bool(found.new)
        assert found.moved[3] is not None
        mended.append(found.moved[3])
        there, _new = supported_points(current, frame, found)
        assert isinstance(there[3], Estimate)
    assert more <= 4  # 1 expected of 20; five or more come about once in 400 runs
    # moved from 32 as far as the outcomes insist: to the upper end of an interval around 8 of about ± 3
    assert 8 < np.mean(mended) < 14


def test_an_interval_of_supported_points_holds_the_truth() -> None:
    wrong = TRUE * [1, 1, 1, 4]
    held = 0
    for seed in range(100):
        current, frame = company(seed, 3000, wrong)
        found = amended(current, frame)
        assert found is not None
        figure = supported_points(current, frame, found)[0][3]
        assert isinstance(figure, Estimate)
        held += figure.low <= 8 <= figure.high
    assert held >= 88  # 95 expected; fewer than 88 come about once in 300 runs


def test_what_the_agreement_overlooks_is_added() -> None:
    current, frame = company(1, 8000, TRUE)
    blind = Current(
        current.units[:, [0, 2]], TRUE[[0, 2]], np.array([False, False]), current.units[:, [0, 2]] @ TRUE[[0, 2]]
    )
    found = amended(blind, frame)
    assert found is not None
    added = {str(candidate.when): points for candidate, points in found.new}
    assert added.keys() >= {"{'field': 'sector', 'is': 'industry'}", "{'field': 'asked', 'is': True}"}
    assert 5 <= added["{'field': 'sector', 'is': 'industry'}"] <= 11  # deserved: 10


def test_points_on_a_one_way_axis_never_turn_negative() -> None:
    # Having asked is worth less than nothing here; its axis says more is never worse, so it goes.
    current, frame = company(2, 6000, TRUE)
    random = np.random.default_rng(3)
    log_odds = -1.0 + STEP * (current.units @ np.array([20.0, 10.0, 12.0, -14.0]))
    turned = Frame(frame.fields, random.random(frame.size) < expit(log_odds), frame.weights)
    found = amended(current, turned)
    assert found is not None
    assert found.moved[3] is None


def test_a_score_that_says_nothing_is_no_scale() -> None:
    assert amended(*company(4, 2000, TRUE, blind=True)) is None
