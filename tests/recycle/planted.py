"""Leads left alone or followed up, simulated with a known truth: what docs/method/recycle.md reports was made with it.

``python -m recycle.planted`` in ``tests`` prints its table.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from accord.stats.left_alone import Alone, Compared, Tried, against_left_alone
from accord.values import Estimate

HORIZON = 60
OWN = np.array([0.0004, 0.0008, 0.0012, 0.002, 0.003, 0.005])
"""Chance a day, by stratum, that a lead comes by itself; half of it from day 60 on."""
FOLLOWED = np.array([0.02, 0.012, 0.008, 0.005, 0.004, 0.003])
"""Chance a day that it is followed up: those that do worst most."""
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Seen:
    """What one company shows, the planted gain, and what the ever followed up have over the never."""

    compared: Compared
    truth: float
    wrong: float


def company(chance: np.random.Generator, leads: int, effect: float) -> Seen:
    """``effect``: the share of follow-ups that bring something within fifty days, whatever would have come anyway."""
    stratum = chance.integers(0, len(OWN), leads)
    rate = OWN[stratum]

    def expected(day: Floats) -> Floats:
        return np.where(day < 60, rate * day, rate * 60 + (day - 60) * rate / 2)

    spent, early = chance.exponential(1, leads), rate * 60
    own = np.where(spent < early, spent / rate, 60 + (spent - early) / (rate / 2))
    tried, seen = chance.exponential(1 / FOLLOWED[stratum]), chance.uniform(5, 400, leads)
    followed = (tried < own) & (tried < seen)
    brought = np.where(chance.random(leads) < effect, tried + chance.uniform(0, 50, leads), np.inf)
    event = np.minimum(own, brought)
    until = np.minimum(np.minimum(own, tried), seen)
    one = np.zeros(leads, dtype=np.int64)
    rows = np.flatnonzero(followed & (tried + HORIZON <= seen))
    compared = against_left_alone(
        Alone([stratum, one], np.floor(until).astype(np.int64), (own < tried) & (own < seen)),
        Tried(
            [stratum[rows], one[rows]],
            np.floor(tried[rows]).astype(np.int64),
            event[rows] <= tried[rows] + HORIZON,
            rows,
        ),
        HORIZON,
    )
    alone = 1 - np.exp(-(expected(tried + HORIZON) - expected(tried)))[rows]
    never = ~followed & (seen > HORIZON)
    ever = (event[followed] <= np.minimum(HORIZON, seen[followed])).mean()
    return Seen(compared, float((effect * (1 - alone)).mean()), float(ever - (own[never] <= HORIZON).mean()))


@dataclass(frozen=True)
class Judged:
    """Over many companies: share of intervals that hold the truth, mean error, share that shows a gain, mean wrong."""

    held: float
    bias: float
    gains: float
    wrong: float


def judged(companies: int, leads: int, effect: float, seed: int = 1) -> Judged:
    """How the comparison does on so many companies."""
    chance = np.random.default_rng(seed)
    held, errors, gains, wrong = [], [], [], []
    for _number in range(companies):
        seen = company(chance, leads, effect)
        gain = seen.compared.gain
        assert isinstance(gain, Estimate)
        held.append(gain.low <= seen.truth <= gain.high)
        errors.append(gain.value - seen.truth)
        gains.append(gain.low > 0)
        wrong.append(seen.wrong)
    return Judged(*(float(np.mean(values)) for values in (held, errors, gains, wrong)))


def main() -> None:
    """Print the table."""
    for leads in (300, 1500):
        for effect in (0.0, 0.2):
            print(leads, effect, judged(200, leads, effect))


if __name__ == "__main__":
    main()
