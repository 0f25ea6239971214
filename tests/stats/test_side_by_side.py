"""Several processors at once: the same answers in the same order, and nobody waits for each other."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from accord.stats import side_by_side as module
from accord.stats.packed import packed
from accord.stats.side_by_side import LONG, side_by_side


@pytest.fixture(autouse=True)
def three_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_processors", lambda: 3)


def test_answers_keep_the_order_of_their_parts() -> None:
    assert side_by_side(lambda part: part * part, range(100), LONG) == [part * part for part in range(100)]


def test_long_arrays_go_to_others_and_short_ones_stay_here() -> None:
    def who(_part: int) -> bool:
        return threading.current_thread() is threading.main_thread()

    assert not any(side_by_side(who, range(5), LONG))
    assert all(side_by_side(who, range(5), LONG - 1))


def test_parts_that_ask_for_several_at_once_in_turn_do_not_wait_for_each_other() -> None:
    def nested(part: int) -> int:
        return sum(side_by_side(lambda inner: part * inner, range(10), LONG))

    assert side_by_side(nested, range(50), LONG) == [part * 45 for part in range(50)]
    assert side_by_side(nested, range(50), LONG) == [part * 45 for part in range(50)]  # and are free again afterwards


def test_what_one_part_raises_is_raised_and_the_next_question_is_answered() -> None:
    def work(part: int) -> float:
        return 1 / part

    with pytest.raises(ZeroDivisionError):
        side_by_side(work, [1, 0], LONG)
    assert side_by_side(work, [1, 2], LONG) == [1.0, 0.5]


def test_sums_do_not_depend_on_the_number_of_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(7)
    size = LONG + 1
    sizes = [5, 9, 40, 300]
    design = packed([rng.integers(0, width, size) for width in sizes], sizes)
    values, effects = rng.random(size), rng.standard_normal(sum(sizes))
    many = design.sums(values), design.predictor(effects), *design.products(values)
    monkeypatch.setattr(module, "_processors", lambda: 1)
    one = design.sums(values), design.predictor(effects), *design.products(values)
    for here, there in zip(many, one, strict=True):
        np.testing.assert_array_equal(here, there)  # to the last bit
