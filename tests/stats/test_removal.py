"""Removal effects, held against chains walked step by step with the channel taken out."""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.stats.grouped import Floats
from accord.stats.removal import Removal, Steps, moved_by_paths, removal_effects, steps_of, transitions_of

Journey = tuple[list[int], bool]
CHANNELS = 4
journeys = st.lists(
    st.tuples(st.lists(st.integers(0, CHANNELS - 1), min_size=1, max_size=6), st.booleans()), min_size=1, max_size=15
)


def laid_out(found: list[Journey]) -> tuple[Steps, Floats]:
    """The steps, and what each path brought: 1 for a win."""
    starts = np.cumsum([0, *(len(touches) for touches, _won in found)])
    channel = np.array([code for touches, _won in found for code in touches], dtype=np.int64)
    return steps_of(starts, channel, CHANNELS), np.array([float(won) for _touches, won in found])


def effects(steps: Steps, brought: Floats) -> Removal:
    by_last = np.bincount(steps.last, weights=brought, minlength=CHANNELS).astype(np.float64)
    return removal_effects(transitions_of(steps), by_last)


def chance_of_winning(found: list[Journey], without: int | None) -> float:
    """Power iteration on a dictionary of counts: the mass that has arrived at won; ``without`` leads to lost."""
    followed: dict[object, Counter[object]] = {}
    for touches, won in found:
        states: list[object] = ["start", *touches, "won" if won else "lost"]
        for here, following in pairwise(states):
            followed.setdefault(here, Counter())[following] += 1
    mass: dict[object, float] = {"start": 1.0}
    arrived = 0.0
    for _step in range(20_000):
        moving: dict[object, float] = {}
        for state, amount in mass.items():
            for there, count in followed[state].items():
                moved = amount * count / followed[state].total()
                if there == "won":
                    arrived += moved
                elif there not in {"lost", without}:
                    moving[there] = moving.get(there, 0.0) + moved
        mass = moving
        if sum(mass.values()) < 1e-14:
            break
    return arrived


@given(found=journeys)
def test_effects_are_what_goes_missing(found: list[Journey]) -> None:
    steps, won = laid_out(found)
    answer = effects(steps, won)
    whole = chance_of_winning(found, None)
    # The chain of whole paths wins as often as the paths did.
    np.testing.assert_allclose([answer.per_path, whole], won.mean(), atol=1e-9)
    if not won.any():
        assert answer.effect.tolist() == answer.share.tolist() == [0.0] * CHANNELS
        return
    expected = [1 - chance_of_winning(found, code) / whole for code in range(CHANNELS)]
    np.testing.assert_allclose(answer.effect, expected, atol=1e-9)
    np.testing.assert_allclose(answer.share, np.array(expected) / sum(expected), atol=1e-9)


@given(found=journeys, seed=st.integers(0, 99))
def test_repeats_and_order_of_paths_change_nothing(found: list[Journey], seed: int) -> None:
    shuffled = random.Random(seed).sample(found, len(found))
    repeated = [([code for code in touches for _again in range(2)], won) for touches, won in shuffled]
    answers = [effects(*laid_out(given)) for given in (found, repeated)]
    np.testing.assert_allclose(answers[0].effect, answers[1].effect, atol=1e-9)
    moved = [moved_by_paths(answers[0], *laid_out(given)) for given in (found, shuffled)]
    assert moved[0].square.tolist() == moved[1].square.tolist()
    assert moved[0].along.tolist() == moved[1].along.tolist()


def test_walks_drawn_at_random_agree() -> None:
    """Walks drawn from the transitions of a known company, with and without a channel."""
    chance = random.Random(7)
    found = [
        ([chance.choice((0, 0, 1, 2, 3)) for _touch in range(chance.randint(1, 5))], False) for _lead in range(400)
    ]
    found = [(touches, chance.random() < 0.1 + 0.2 * (1 in touches)) for touches, _won in found]
    answer = effects(*laid_out(found))
    followed: dict[object, list[object]] = {}
    for touches, won in found:
        states: list[object] = ["start", *touches, "won" if won else "lost"]
        for here, there in pairwise(states):
            followed.setdefault(here, []).append(there)
    walks, kept, avoided = 40_000, 0, [0] * CHANNELS
    for _walk in range(walks):
        state, seen = chance.choice(followed["start"]), set()
        while state not in {"won", "lost"}:
            seen.add(state)
            state = chance.choice(followed[state])
        kept += state == "won"
        for code in range(CHANNELS):
            avoided[code] += state == "won" and code not in seen
    drawn = [1 - without / kept for without in avoided]
    # About 8,000 of the walks are won, so a share is off by 0.0056 once in three times; four times that once in 10,000.
    np.testing.assert_allclose(answer.effect, drawn, atol=0.022)
    assert answer.effect.argmax() == np.argmax(drawn)


@pytest.mark.parametrize("money", [False, True], ids=["wins", "money"])
def test_squares_are_the_variance_that_drawing_paths_again_shows(money: bool) -> None:
    rng = np.random.default_rng(3)
    length = rng.geometric(0.4, 1500)
    starts = np.concatenate([[0], np.cumsum(length)])
    channel = rng.choice(CHANNELS, size=starts[-1], p=[0.1, 0.2, 0.3, 0.4])
    won = rng.random(len(length)) < 0.08 + 0.1 * (np.add.reduceat(channel == 0, starts[:-1]) > 0)
    brought = won * rng.lognormal(0, 0.5, len(won)) if money else won.astype(np.float64)
    steps = steps_of(starts, channel, CHANNELS)
    answer = effects(steps, brought)
    shares, credit = [], []
    for _again in range(600):
        drawn = rng.integers(0, len(length), rng.poisson(len(length)))
        taken = np.concatenate([channel[starts[place] : starts[place + 1]] for place in drawn])
        one = effects(steps_of(np.concatenate([[0], np.cumsum(length[drawn])]), taken, CHANNELS), brought[drawn])
        shares.append(one.share)
        credit.append(one.share * brought[drawn].sum())
    # 600 draws know a spread to 3 %, and it is a first-order formula: 15 % is five times that.
    whole = brought.sum()
    moved = moved_by_paths(answer, steps, brought)
    np.testing.assert_allclose(np.sqrt(moved.square), _spread(shares), rtol=0.15)
    variance = answer.share**2 * (brought**2).sum() + 2 * answer.share * whole * moved.along + whole**2 * moved.square
    np.testing.assert_allclose(np.sqrt(variance), _spread(credit), rtol=0.15)


def _spread(samples: list[Floats]) -> Floats:
    spread: Floats = np.std(samples, axis=0)
    return spread


def test_a_channel_that_nobody_met_is_due_nothing() -> None:
    answer = effects(*laid_out([([0], True), ([0], False)]))
    assert answer.effect.tolist() == answer.share.tolist() == [1.0, 0.0, 0.0, 0.0]


@given(st.lists(st.tuples(st.integers(0, CHANNELS - 1), st.integers(1, 5), st.integers(0, 10**6)), min_size=1))
def test_where_every_path_has_one_channel_each_gets_its_own(paths: list[tuple[int, int, int]]) -> None:
    channel = np.repeat([code for code, _length, _money in paths], [length for _code, length, _money in paths])
    starts = np.cumsum([0, *(length for _code, length, _money in paths)])
    money = np.array([float(amount) for _code, _length, amount in paths])
    answer = effects(steps_of(starts, channel, CHANNELS), money)
    own = np.bincount([code for code, _length, _money in paths], weights=money, minlength=CHANNELS)
    np.testing.assert_allclose(answer.share * own.sum(), own, atol=1e-6 * (1 + own.sum()))
