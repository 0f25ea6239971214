"""Whether a stated chance is the true one: calibration curve, expected error, and what chance alone would show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from accord.stats.intervals import jeffreys
from accord.values import LEVEL, MINIMUM_COUNT, Estimate, Figure, Reason, Unknown

__all__ = ["BINS", "Calibration", "CalibrationBin", "calibration", "expected_error", "perfect_error"]

Floats = npt.NDArray[np.float64]

BINS = 10

_MOST_DRAWN = 5_000_000


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Leads with neighbouring chances: what was stated on average, and what happened."""

    lowest: float
    highest: float
    stated: float
    happened: Figure


@dataclass(frozen=True, slots=True)
class Calibration:
    """``error``: mean distance of stated from happened. ``limit``: what a perfectly calibrated score stays below in 95
    of 100 samples of this size with these chances. ``usual``: what it shows on average. ``low`` and ``high``: the 95 %
    interval of the error that this score has in the long run.
    """

    bins: tuple[CalibrationBin, ...]
    error: float
    low: float
    high: float
    limit: float
    usual: float
    n: int

    @property
    def sound(self) -> bool:
        """Whether the error is no worse than chance alone explains."""
        return self.error <= self.limit


def calibration(
    chances: npt.ArrayLike, good: npt.ArrayLike, *, bins: int = BINS, simulations: int = 2000, seed: int = 1
) -> Calibration | Unknown:
    """Ten bins of equal count along the stated chance; ``Unknown(too_few)`` below ten leads a bin.

    The order of leads with the same chance means nothing: where a border falls among them, each bin has its part of
    them with the share of good ones that they have together.
    """
    stated, is_good = np.asarray(chances, dtype=np.float64), np.asarray(good, dtype=bool)
    if stated.size < bins * MINIMUM_COUNT:
        return Unknown(Reason.TOO_FEW, bins * MINIMUM_COUNT)
    tied = _Tied.of(stated, bins)
    happened = tied.counted(is_good)
    errors = perfect_error(stated, bins=bins, simulations=simulations, seed=seed)
    error = float(tied.error(happened))
    return Calibration(
        tuple(tied.bin(number, happened) for number in range(bins)),
        error,
        *tied.interval(error, happened, simulations, seed),
        float(np.quantile(errors, 0.95)),
        float(errors.mean()),
        stated.size,
    )


def expected_error(chances: npt.ArrayLike, good: npt.ArrayLike, *, bins: int = BINS) -> float:
    r"""Expected calibration error: :math:`\sum_b \frac{n_b}{n}\,|\overline{p}_b - \overline{y}_b|` over bins of equal
    count, leads with the same chance having their common share of good ones.

    In plain words: by how much, on average, the share that turned out well differs from the chance that was stated.

    >>> expected_error([0.5] * 20, [True] * 5 + [False] * 15, bins=1)
    0.25

    Reference: Naeini, Cooper & Hauskrecht (2015), AAAI, 2901–2907 (with equal counts instead of equal widths).
    """
    tied = _Tied.of(np.asarray(chances, dtype=np.float64), bins)
    return float(tied.error(tied.counted(np.asarray(good, dtype=bool))))


def perfect_error(
    chances: npt.ArrayLike, *, bins: int = BINS, simulations: int = 2000, seed: int = 1
) -> npt.NDArray[np.float64]:
    """Expected calibration errors of ``simulations`` samples drawn from the stated chances themselves: what a perfectly
    calibrated score shows for want of more leads.
    """
    tied = _Tied.of(np.asarray(chances, dtype=np.float64), bins)
    random = np.random.default_rng(seed)
    at_once = max(1, _MOST_DRAWN // tied.chance.size)
    errors = [
        tied.error(random.binomial(tied.leads, tied.chance, (min(at_once, simulations - done), tied.chance.size)))
        for done in range(0, simulations, at_once)
    ]
    return np.concatenate(errors)


@dataclass(frozen=True, eq=False)
class _Tied:
    """Leads by their stated chance: ``chance`` and how many ``leads`` state it, ascending; ``place``: of each lead
    the number of its chance; ``borders``: how many leads lie before each bin.
    """

    chance: Floats
    leads: npt.NDArray[np.int64]
    place: npt.NDArray[np.int64]
    borders: npt.NDArray[np.int64]

    @classmethod
    def of(cls, stated: Floats, bins: int) -> _Tied:
        chance, place, leads = np.unique(np.clip(stated, 0.0, 1.0), return_inverse=True, return_counts=True)
        sizes = np.full(bins, stated.size // bins)
        sizes[: stated.size % bins] += 1
        return cls(chance, leads.astype(np.int64), place, np.concatenate([[0], np.cumsum(sizes)]))

    def counted(self, good: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        """Good leads of each chance."""
        return np.bincount(self.place[good], minlength=self.chance.size)

    def sums(self, of_chance: npt.NDArray[np.float64]) -> Floats:
        """Per bin, the sum of what the leads of each chance have together; the last axis is the chance's."""
        ends = np.cumsum(self.leads)
        through = np.concatenate([np.zeros((*of_chance.shape[:-1], 1)), np.cumsum(of_chance, axis=-1)], axis=-1)
        # up to each border: all chances that end before it, and of the next one its part
        whole = np.searchsorted(ends, self.borders, side="right")
        inside = np.minimum(whole, self.chance.size - 1)
        begun = self.borders - np.concatenate([[0], ends])[whole]
        share = np.where(whole < self.chance.size, begun / self.leads[inside], 0.0)
        reached = through[..., whole] + share * of_chance[..., inside]
        return np.asarray(np.diff(reached, axis=-1), dtype=np.float64)

    def error(self, good: npt.NDArray[np.int64]) -> Any:
        """Of one sample, or of many (a row each)."""
        gaps = self.sums(self.leads * self.chance - good)
        return np.abs(gaps).sum(axis=-1) / self.leads.sum()

    def interval(
        self, error: float, good: npt.NDArray[np.int64], simulations: int, seed: int, level: float = LEVEL
    ) -> tuple[float, float]:
        r"""Between what the error cannot be below and above, whatever the true shares.

        The error of the long run differs from the one seen by no more than :math:`\sum_b \frac{n_b}{n}\,|\overline{y}_b
        - p_b|`, the distance of the shares seen from the true ones (triangle inequality); the interval takes that
        distance at its 95 % quantile, good leads of each bin drawn anew at the share that was seen. It holds the truth
        at least as often as it says; a bootstrap of the error itself does not, as chance only makes gaps look wider.
        """
        leads = np.diff(self.borders)
        happened = np.clip(self.sums(good.astype(np.float64)) / leads, 0.0, 1.0)
        drawn = np.random.default_rng(seed).binomial(leads, happened, (simulations, leads.size))
        reach = float(np.quantile(np.abs(happened - drawn / leads) @ (leads / leads.sum()), level))
        return max(0.0, error - reach), error + reach

    def bin(self, number: int, good: npt.NDArray[np.int64]) -> CalibrationBin:
        low, high = int(self.borders[number]), int(self.borders[number + 1])
        ends = np.cumsum(self.leads)
        first, last = (int(np.searchsorted(ends, place, side="right")) for place in (low, high - 1))
        happened = float(self.sums(good.astype(np.float64))[number])
        interval = jeffreys(happened, high - low)
        value = happened / (high - low)
        figure = Estimate(value, min(float(interval.low), value), max(float(interval.high), value), high - low)
        stated = float(self.sums(self.leads * self.chance)[number]) / (high - low)
        return CalibrationBin(float(self.chance[first]), float(self.chance[last]), stated, figure)
