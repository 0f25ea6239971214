"""Reproducible random draws, whole arrays at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["Booleans", "Codes", "Floats", "Seconds", "draw", "draw_given", "expit", "hit", "logit", "spread", "stream"]

Booleans = NDArray[np.bool_]
Codes = NDArray[np.int16]
"""Positions in a tuple of words; -1 = missing."""
Floats = NDArray[np.float64]
Seconds = NDArray[np.int64]
"""Seconds since 1970, in UTC or on a local clock (names say which)."""


def stream(seed: int, *key: int) -> np.random.Generator:
    """The random stream of one stage (and chunk) of one seed: independent of all the others, the same every time."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


def draw(rng: np.random.Generator, shares: Sequence[float], size: int) -> Codes:
    """``size`` positions, each with the probability its share has."""
    return draw_given(rng, np.asarray(shares, dtype=np.float64)[None, :], np.zeros(size, dtype=np.int16))


def draw_given(rng: np.random.Generator, table: Sequence[Sequence[float]] | Floats, rows: NDArray[np.integer]) -> Codes:
    """One position per element of ``rows``, with the shares that stand in that row of ``table``."""
    shares = np.asarray(table, dtype=np.float64)
    count, width = shares.shape
    edges = np.cumsum(shares, axis=1)
    edges /= edges[:, -1:]
    # row r's edges laid on the line at (r, r + 1]: one search answers for every row
    flat = (edges + np.arange(count)[:, None]).ravel()
    place = np.searchsorted(flat, rows + rng.random(rows.size), side="right") - rows * width
    return np.asarray(np.minimum(place, width - 1), dtype=np.int16)


def hit(rng: np.random.Generator, chance: float | Floats, size: int) -> Booleans:
    """True with probability ``chance``, independently for each of ``size``."""
    return np.asarray(rng.random(size) < chance)


def spread(rng: np.random.Generator, median: float | Floats, sigma: float, size: int) -> Floats:
    """Log-normal values around ``median``; ``sigma`` is the standard deviation of their logarithm."""
    return np.asarray(median * np.exp(sigma * rng.standard_normal(size)))


def expit(logits: Floats) -> Floats:
    """Probability of a log-odds."""
    return np.asarray(1.0 / (1.0 + np.exp(-logits)))


def logit(probability: float) -> float:
    """Log-odds of a probability."""
    return float(np.log(probability / (1.0 - probability)))
