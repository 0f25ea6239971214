"""The leak detector finds what was planted, and leaves alone what is only strong."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from accord.learning.frame import Field, Frame, number_field, words_field
from accord.learning.leaks import Sign, leaks, likeness, tells
from accord.values import Estimate
from learning.made import frame_of


def company(seed: int, size: int = 1500) -> tuple[dict[str, Field], np.ndarray]:
    """Honest fields, one of them about as strong as facts get: an area of 0.75 by itself."""
    random = np.random.default_rng(seed)
    interest = random.normal(size=size)
    good = random.random(size) < expit(-0.5 + 1.35 * interest)
    fields = {
        "interest": number_field("interest", interest),
        "source": words_field("source", np.where(random.random(size) < 0.3 + 0.3 * good, "web", "fair").tolist()),
        "form": words_field("form", [None if x < 0.5 else "sent" for x in random.random(size)]),
        "colour": words_field("colour", random.choice(["red", "green", "blue"], size).tolist()),
    }
    return fields, good


def after_the_call(seed: int, good: np.ndarray) -> tuple[Field, Field]:
    """A disposition written after the call, and the last activity: both follow what was said, not only the outcome."""
    random = np.random.default_rng(seed + 10_000)
    said = random.integers(0, 3, good.size)
    words = np.array([["ringing", "no money", "no time"], ["wants it", "will sign", "asked terms"]])
    disposition = words[good.astype(int), said]
    blurred = np.where(random.random(good.size) < 0.06, "busy", disposition)
    seen = random.random(good.size) < 0.75
    last = np.where(
        seen, np.array([["call", "mail", "none"], ["text", "visit", "form"]])[good.astype(int), said], "mail"
    )
    return words_field("disposition", blurred.tolist()), words_field("last", last.tolist())


def test_fields_written_after_the_outcome_are_found_and_their_signs_told() -> None:
    fields, good = company(1)
    disposition, last = after_the_call(1, good)
    random = np.random.default_rng(2)
    reason = [
        None if is_good or x < 0.4 else "price" for is_good, x in zip(good, random.random(good.size), strict=True)
    ]
    everything = {**fields, "disposition": disposition, "lost": words_field("lost", reason)}
    found = {leak.field: leak for leak in leaks(Frame(everything, good, np.ones(good.size)))}
    assert found.keys() == {"disposition", "lost"}
    assert found["disposition"].sign is Sign.TELLS_TOO_MUCH
    assert found["lost"].sign is Sign.FILLED_AFTER
    assert found["lost"].evidence.value == 1.0
    weaker = number_field("mood", np.where(last.codes % 2 == 0, 1.0, 0.0) + random.normal(size=good.size))
    akin = leaks(Frame({**fields, "disposition": disposition, "last": last, "mood": weaker}, good, np.ones(good.size)))
    signs = {leak.field: leak.sign for leak in akin}
    assert signs["disposition"] is Sign.TELLS_TOO_MUCH
    assert "last" in signs
    assert {"interest", "source", "form", "colour"} & signs.keys() == set()


def test_a_kin_that_tells_less_is_found_by_its_kinship() -> None:
    fields, good = company(3, 4000)
    disposition, last = after_the_call(3, good)
    random = np.random.default_rng(4)
    said = np.array([str(last.words[code]) for code in last.codes])
    other = random.choice(list(map(str, last.words)), good.size)
    blurred = words_field("last", np.where(random.random(good.size) < 0.6, said, other).tolist())
    telling = tells(blurred, good)
    assert telling is not None
    assert telling.high < 0.80
    everything = {**fields, "disposition": disposition, "last": blurred}
    found = {leak.field: leak for leak in leaks(Frame(everything, good, np.ones(good.size)))}
    assert found["last"].sign is Sign.KIN
    assert found["last"].of == ("disposition",)


def test_a_company_without_leaks_gets_no_alarm() -> None:
    # 150 companies of four honest fields, one of them as strong as facts get; not one false alarm is expected.
    alarms = [leak for seed in range(150) for leak in leaks(Frame(*company(seed), np.ones(1500)))]
    assert alarms == []


def test_a_leak_accuses_no_honest_field() -> None:
    accused = 0
    for seed in range(100):
        fields, good = company(seed)
        disposition, _last = after_the_call(seed, good)
        found = leaks(Frame({**fields, "disposition": disposition}, good, np.ones(good.size)))
        accused += sum(leak.field != "disposition" for leak in found)
    assert accused == 0


def test_noise_gets_no_alarm() -> None:
    assert [leak for seed in range(100) for leak in leaks(frame_of(seed, 400, noise=True))] == []


def test_likeness_is_nothing_for_strangers_and_all_for_copies() -> None:
    random = np.random.default_rng(7)
    good = random.random(3000) < 0.4
    one = words_field("one", random.choice(list("abcd"), 3000).tolist())
    other = words_field("other", random.choice(list("wxyz"), 3000).tolist())
    assert likeness(one, other, good) < 0.01
    assert likeness(one, one, good) == pytest.approx(1, abs=0.01)


def test_a_field_of_many_values_does_not_seem_to_tell_what_it_memorised() -> None:
    random = np.random.default_rng(8)
    good = random.random(1000) < 0.5
    many = words_field("many", [f"v{number}" for number in random.integers(0, 400, 1000)])
    telling = tells(many, good)
    assert isinstance(telling, Estimate)
    assert telling.value < 0.56
