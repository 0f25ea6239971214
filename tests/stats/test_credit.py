"""Credit by rules, held against a few lines of plain Python per rule, in fractions."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.stats.credit import (
    credited,
    decay_shares,
    first_shares,
    last_shares,
    linear_shares,
    paired,
    parts_of_whole,
    position_shares,
)
from accord.stats.grouped import Floats, Ints

HALF_LIFE = 7 * 24
Path = list[tuple[int, int]]
"""Hour and channel of each touch, in order of time."""


def paths(most: int = 12) -> st.SearchStrategy[list[Path]]:
    touch = st.tuples(st.integers(0, 24 * 400), st.integers(0, 4))
    return st.lists(st.lists(touch, max_size=9).map(sorted), min_size=1, max_size=most)


def by_hand(path: Path, rule: str) -> list[Fraction]:
    """The share of each touch, written out."""
    n = len(path)
    if rule in {"first", "last"}:
        return [Fraction(place == (0 if rule == "first" else n - 1)) for place in range(n)]
    if rule == "linear" or (rule == "position" and n <= 2):
        return [Fraction(1, n) for _touch in path]
    if rule == "position":
        return [Fraction(2, 5), *[Fraction(1, 5) / (n - 2)] * (n - 2), Fraction(2, 5)]
    weights = [Fraction(0.5 ** ((path[-1][0] - hour) / HALF_LIFE)) for hour, _channel in path]
    return [weight / sum(weights) for weight in weights]


RULES: dict[str, Callable[[Ints, Ints], Floats]] = {
    "first": lambda starts, at: first_shares(starts),
    "last": lambda starts, at: last_shares(starts),
    "linear": lambda starts, at: linear_shares(starts),
    "position": lambda starts, at: position_shares(starts),
    "time_decay": lambda starts, at: decay_shares(starts, at, HALF_LIFE),
}


def laid_out(found: list[Path]) -> tuple[Ints, Ints, Ints, Ints]:
    """Starts, path, hour and channel of the touches."""
    starts = np.cumsum([0, *map(len, found)])
    flat = [touch for path in found for touch in path]
    hours, channels = (np.array([touch[part] for touch in flat], dtype=np.int64) for part in (0, 1))
    return starts, np.repeat(np.arange(len(found)), np.diff(starts)), hours, channels


@pytest.mark.parametrize("rule", RULES)
@given(found=paths())
def test_each_touch_gets_what_the_rule_says(rule: str, found: list[Path]) -> None:
    starts, _path, hours, _channel = laid_out(found)
    expected = [float(share) for path in found for share in by_hand(path, rule)]
    # Both round the same sums of at most nine numbers near 1.
    np.testing.assert_allclose(RULES[rule](starts, hours), expected, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("rule", RULES)
@given(found=paths(), data=st.data())
def test_credit_adds_up_to_the_last_cent(rule: str, found: list[Path], data: st.DataObject) -> None:
    amounts = data.draw(
        st.lists(st.integers(-(10**9), 10**12), min_size=len(found), max_size=len(found)), label="amounts"
    )
    starts, path, hours, channel = laid_out(found)
    shares, pairs = RULES[rule](starts, hours), paired(path, channel, 5)
    answer = credited(np.array(amounts), pairs, shares)
    assert answer.parts.sum() == sum(amount for amount, path in zip(amounts, found, strict=True) if path)
    due = [Fraction(0)] * 5
    squares = [0.0] * 5
    for amount, touches in zip(amounts, found, strict=True):
        mine = [Fraction(0)] * 5
        for (_hour, code), share in zip(touches, by_hand(touches, rule), strict=True):
            mine[code] += amount * share
        for code in range(5):
            due[code] += mine[code]
            squares[code] += float(mine[code]) ** 2
    size = sum(map(abs, amounts)) + 1
    for code in range(5):
        # Whole cents, next to what is due; binary fractions are off by 2 ** -50 of all amounts.
        assert abs(answer.parts[code] - due[code]) <= 1 + size * 2.0**-50
    # Squares are kept in steps of 2 ** -31 of the largest, one per path.
    np.testing.assert_allclose(answer.square, squares, rtol=1e-8)


@given(found=paths(6), seed=st.integers(0, 99))
def test_the_order_of_the_paths_changes_nothing(found: list[Path], seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(found))
    answers = []
    for chosen in (found, [found[place] for place in order]):
        starts, path, hours, channel = laid_out(chosen)
        share = decay_shares(starts, hours, HALF_LIFE)
        answers.append(credited(np.ones(len(chosen), dtype=np.int64), paired(path, channel, 5), share, unit=10**6))
    for name in ("parts", "square", "largest", "paths"):
        assert getattr(answers[0], name).tolist() == getattr(answers[1], name).tolist()


def test_credit_in_parts_of_one() -> None:
    starts, path, _hours, channel = laid_out([[(0, 0), (1, 1), (2, 2)]])
    answer = credited(np.array([1]), paired(path, channel, 3), linear_shares(starts), unit=100)
    assert answer.parts.tolist() == [34, 33, 33]


@given(
    weights=st.lists(st.fractions(min_value=0, max_value=1000), min_size=1, max_size=9), whole=st.integers(-99, 9999)
)
def test_parts_are_whole_and_next_to_what_is_exact(weights: list[Fraction], whole: int) -> None:
    total = sum(weights) or Fraction(1)
    exact = [weight / total * whole for weight in weights] if sum(weights) else [Fraction(whole)]
    parts = parts_of_whole(whole, exact)
    assert parts.sum() == whole
    assert all(abs(part - due) < 1 for part, due in zip(parts.tolist(), exact, strict=True))
