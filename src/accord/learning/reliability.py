"""Whether a stated chance is the true one: calibration curve, expected error, and what chance alone would show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from accord.stats.intervals import jeffreys
from accord.values import MINIMUM_COUNT, Estimate, Figure, Reason, Unknown

__all__ = ["BINS", "Calibration", "CalibrationBin", "calibration", "expected_error", "perfect_error"]

Floats = npt.NDArray[np.float64]

BINS = 10


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
    of 100 samples of this size with these chances. ``usual``: what it shows on average.
    """

    bins: tuple[CalibrationBin, ...]
    error: float
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

    Equal chances are kept in their order where a border falls among them, so that the bins stay equal.
    """
    stated, is_good = np.asarray(chances, dtype=np.float64), np.asarray(good, dtype=bool)
    if stated.size < bins * MINIMUM_COUNT:
        return Unknown(Reason.TOO_FEW, bins * MINIMUM_COUNT)
    parts = _parts(stated, bins)
    errors = perfect_error(stated, bins=bins, simulations=simulations, seed=seed)
    return Calibration(
        tuple(_bin(stated[part], is_good[part]) for part in parts),
        expected_error(stated, is_good, bins=bins),
        float(np.quantile(errors, 0.95)),
        float(errors.mean()),
        stated.size,
    )


def expected_error(chances: npt.ArrayLike, good: npt.ArrayLike, *, bins: int = BINS) -> float:
    r"""Expected calibration error: :math:`\sum_b \frac{n_b}{n}\,|\overline{p}_b - \overline{y}_b|` over bins of equal
    count.

    In plain words: by how much, on average, the share that turned out well differs from the chance that was stated.

    >>> expected_error([0.5] * 20, [True] * 5 + [False] * 15, bins=1)
    0.25

    Reference: Naeini, Cooper & Hauskrecht (2015), AAAI, 2901–2907 (with equal counts instead of equal widths).
    """
    stated, happened = np.asarray(chances, dtype=np.float64), np.asarray(good, dtype=np.float64)
    gaps = [abs(float((stated[part] - happened[part]).sum())) for part in _parts(stated, bins)]
    return sum(gaps) / stated.size


def perfect_error(
    chances: npt.ArrayLike, *, bins: int = BINS, simulations: int = 2000, seed: int = 1
) -> npt.NDArray[np.float64]:
    """Expected calibration errors of ``simulations`` samples drawn from the stated chances themselves: what a perfectly
    calibrated score shows for want of more leads.
    """
    stated = np.asarray(chances, dtype=np.float64)
    random = np.random.default_rng(seed)
    total = np.zeros(simulations)
    for part in _parts(stated, bins):
        own = stated[part]
        drawn = np.array([(random.random(own.size) < own).sum() for _simulation in range(simulations)])
        total += np.abs(own.sum() - drawn)
    return total / stated.size


def _parts(stated: Floats, bins: int) -> list[npt.NDArray[np.int64]]:
    return np.array_split(np.argsort(stated, kind="stable"), bins)


def _bin(stated: Floats, good: npt.NDArray[np.bool_]) -> CalibrationBin:
    interval = jeffreys(int(good.sum()), good.size)
    happened = Estimate(float(good.mean()), float(interval.low), float(interval.high), good.size)
    return CalibrationBin(float(stated[0]), float(stated[-1]), float(stated.mean()), happened)
