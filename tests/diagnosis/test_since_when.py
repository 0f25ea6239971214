"""Was it always so, or did it begin in some week: asked beside a lasting gap, of after against before."""

from __future__ import annotations

import numpy as np
import pytest

from accord.diagnosis.cases import Dimension
from accord.diagnosis.questions import ACCEPTANCE
from accord.diagnosis.search import Found, Question, search
from accord.diagnosis.since_when import Explained, explained
from accord.stats.effects import Crossed, Spread, evidence, fit
from accord.stats.steps import LEAST_SIDE

WEEKS, CHANNELS = 52, 6
FEW = 40
"""Leads of the channel in the weeks before its volume grows."""


def company(*, lucky: bool, gap: float, worse: float, begins: int, seed: int = 3) -> Question:
    """A channel (c0) whose few leads of the first ten weeks are followed by many; six in ten of others are accepted.

    ``gap``: what it always loses, ``worse``: what more it loses from the week ``begins`` on, in logits. ``lucky``: its
    first leads were accepted six times in ten all the same.
    """
    rng = np.random.default_rng(seed)
    week = np.concatenate([rng.integers(WEEKS, size=5_000), rng.integers(10, size=FEW), rng.integers(10, WEEKS, 700)])
    code = np.concatenate([rng.integers(1, CHANNELS, 5_000), np.zeros(FEW + 700, dtype=np.int64)])
    order = np.argsort(week, kind="stable")
    week, code = week[order], code[order]
    odds = 0.4 + (code == 0) * (gap + worse * (week >= begins))
    happened = rng.random(week.size) < 1 / (1 + np.exp(-odds))
    if lucky:
        first = np.flatnonzero((code == 0) & (week < 10))
        happened[first] = np.arange(first.size) % 10 < 6
    named = tuple(f"c{k}" for k in range(CHANNELS))
    others = Dimension("country", rng.integers(4, size=week.size), tuple("abcd"))
    return Question(
        happened,
        [Dimension("channel", code, named), others],
        week,
        np.zeros(week.size),
        np.zeros((week.size, 0)),
        ACCEPTANCE,
        deepest=1,
    )


def of_the_channel(question: Question) -> list[Found]:
    return [found for found in search(question).found if found.where == (("channel", "c0"),)]


def asked(question: Question) -> Explained:
    ones = np.ones((question.week.size, 1))
    codes, sizes = [each.code for each in question.dimensions], [len(each.values) for each in question.dimensions]
    design = Crossed([*codes, question.week], [*sizes, WEEKS], [0, 0, 2], ones)
    model = fit(question.happened, design, question.spreads, question.offset)
    rows = np.flatnonzero(question.dimensions[0].code == 0)
    return explained(model, design, rows, question.week[rows], WEEKS)


def test_few_lucky_leads_before_many_bad_ones_are_no_drop() -> None:
    """The step explains more than the gap, by more than weeks cost; but no change is seen."""
    lucky = company(lucky=True, gap=-1.0, worse=0.0, begins=0)
    told = asked(lucky)
    assert told.step.max() > told.gap + 4.7
    assert told.changed < 12.7
    assert [found.since for found in of_the_channel(lucky)] == [None]


def test_a_fall_after_few_leads_is_one_where_it_shows() -> None:
    question = company(lucky=False, gap=0.0, worse=-1.1, begins=16)
    told = asked(question)
    assert told.changed > 12.7
    assert told.lasts_too < 8.0
    assert told.falls()[0] == pytest.approx(16, abs=2)
    assert [found.since for found in of_the_channel(question)] == [pytest.approx(16, abs=2)]


def test_a_gap_that_became_worse_is_both() -> None:
    question = company(lucky=False, gap=-1.0, worse=-1.2, begins=34)
    told = asked(question)
    assert told.changed > 25
    assert told.lasts_too > 15
    assert {found.since is None for found in of_the_channel(question)} == {True, False}


def test_a_gap_that_closed_is_no_fall() -> None:
    told = asked(company(lucky=False, gap=-1.0, worse=1.0, begins=30))
    assert told.changed < 6


@pytest.mark.parametrize("seed", [1, 2])
def test_each_explanation_is_what_a_dense_fit_of_its_columns_says(seed: int) -> None:
    rng = np.random.default_rng(seed)
    size, weeks = 400, 20
    codes = [rng.integers(3, size=size), rng.integers(4, size=size), np.sort(rng.integers(weeks, size=size))]
    design = Crossed(codes, [3, 4, weeks], [0, 0, 1], np.ones((size, 1)))
    happened = rng.random(size) < np.where(codes[0] == 0, 0.3, 0.6)
    model = fit(happened, design, [Spread(0.2, 0.1, 0.5), Spread(0.1, 0.05, 0.3)], np.zeros(size))
    rows = rng.permutation(np.flatnonzero(codes[0] == 0))  # in whatever order
    told = explained(model, design, rows, codes[2][rows], weeks)

    laid = np.concatenate(
        [np.ones((size, 1)), *(np.eye(n)[code] for n, code in zip((3, 4, weeks), codes, strict=True))], 1
    )
    penalty = np.linalg.inv(np.stack([model.inverse.times(row) for row in np.eye(laid.shape[1])]))
    weight = np.diag(model.weight)
    held = weight - weight @ laid @ np.linalg.solve(penalty, laid.T @ weight)
    inside = np.isin(np.arange(size), rows).astype(float)
    for week in range(1, weeks):
        columns = np.stack([inside, inside * (codes[2] >= week)], axis=1)
        known, score = columns.T @ held @ columns, columns.T @ model.residual
        share = model.weight[(columns[:, 1] > 0)].sum() / model.weight[rows].sum()
        if not LEAST_SIDE <= share <= 1 - LEAST_SIDE:
            assert told.step[week] == told.both[week] == 0
            continue
        assert told.gap == pytest.approx(score[0] ** 2 / known[0, 0])
        assert told.step[week] == pytest.approx(score[1] ** 2 / known[1, 1])
        assert told.both[week] == pytest.approx(score @ np.linalg.solve(known, score))
        assert told.beside[week] == pytest.approx(np.linalg.solve(known, score)[1])
        effect, error = evidence(model, design, rows[codes[2][rows] >= week])
        assert told.effect[week] == pytest.approx(effect)
        assert told.step[week] == pytest.approx((effect / error) ** 2)
