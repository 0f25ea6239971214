"""Several processors at once: the same answers in the same order, and nobody waits for each other."""

from __future__ import annotations

import threading

import numpy as np
import numpy.typing as npt
import pytest

from accord.language import current_language, use_language
from accord.stats import side_by_side as module
from accord.stats.effects import Crossed
from accord.stats.side_by_side import LONG, meanwhile, side_by_side


@pytest.fixture(autouse=True)
def three_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_processors", lambda: 3)


def test_answers_keep_the_order_of_their_parts() -> None:
    assert side_by_side(lambda part: part * part, range(100), LONG) == [part * part for part in range(100)]


def test_long_arrays_go_to_several_at_once_and_short_ones_stay_here() -> None:
    together = threading.Barrier(3)

    def meets_the_others(_part: int) -> str:
        together.wait(timeout=60)
        return threading.current_thread().name

    def who(_part: int) -> bool:
        return threading.current_thread() is threading.main_thread()

    assert len(set(side_by_side(meets_the_others, range(3), LONG))) == 3
    assert all(side_by_side(who, range(5), LONG - 1))


def test_who_is_done_helps_whoever_asks_for_several_in_turn() -> None:
    """Three parts of one question asked within another meet, though the other has as many parts as processors."""
    together = threading.Barrier(3)

    def inner(_part: int) -> int:
        together.wait(timeout=60)
        return 1

    def outer(part: int) -> int:
        return sum(side_by_side(inner, range(3), LONG)) if part == 1 else 0

    assert side_by_side(outer, range(3), LONG) == [0, 3, 0]


def test_several_threads_may_ask_at_once() -> None:
    answers: list[bool] = []

    def ask() -> None:
        answers.append(side_by_side(lambda part: -part, range(200), LONG) == [-part for part in range(200)])

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [True] * 4


def test_what_is_begun_meanwhile_runs_beside_what_comes_next() -> None:
    begun = threading.Event()

    def work() -> str:
        assert begun.wait(timeout=60)
        return "done"

    answer = meanwhile(work)
    begun.set()  # it waits for what is done here
    assert answer() == "done"
    assert answer() == "done"


def test_what_is_begun_meanwhile_raises_where_its_answer_is_asked_for() -> None:
    answer = meanwhile(lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        answer()


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
    codes = [rng.integers(0, width, size) for width in sizes]
    values, effects, happened = rng.random(size), rng.standard_normal(sum(sizes) + 1), rng.random(size) < 0.3

    def worked_out() -> list[npt.NDArray[np.float64]]:
        design = Crossed(codes, sizes, [0] * len(sizes), np.ones((size, 1)))
        state, totals = design.state(effects, values, happened.astype(np.float64))
        return [design.sums(values), design.predictor(effects), *design.packed.products(values), state.residual, totals]

    many = worked_out()
    monkeypatch.setattr(module, "_processors", lambda: 1)
    one = worked_out()
    for here, there in zip(many, one, strict=True):
        np.testing.assert_array_equal(here, there)  # to the last bit


def test_what_goes_on_meanwhile_speaks_the_language_of_who_began_it() -> None:
    use_language("fr")
    try:
        assert meanwhile(current_language)() == "fr"
    finally:
        use_language("en")
