"""Cells whose true rate and delays are known: what coverage is measured on. Each replicate is a cell of one table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
import numpy.typing as npt

from accord.stats.risk import RiskTable

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

WINDOW = 720.0
"""Thirty days, in hours."""
RATES = (0.05, 0.10, 0.20, 0.35, 0.50, 0.65, 0.80, 0.90, 0.95)
OPEN_SHARES = (0.0, 0.10, 0.20, 0.30, 0.45, 0.60)
SHAPES = ("fast with a tail", "office hours", "slow")
ARRIVALS = ("steady", "burst")
BURST_HOURS = 72.0
MOST_RECENT = 0.92  # so that somebody has been followed to the window


@dataclass(frozen=True)
class World:
    """How leads come and what becomes of them.

    ``steady``: leads came evenly over a period that ends at the observation and is at least a window long. ``burst``: a
    share of them came in the last three days, the others more than a window ago. Either way what is open at the
    observation is ``open_share`` of all, nearly.
    """

    shape: str
    arrival: str
    open_share: float
    rate: float

    def leads(self, size: int, chance: np.random.Generator) -> tuple[Floats, Ints]:
        """Binned time and outcome (0 accepted, 1 rejected, 2 expired, 3 censored) of ``size`` leads."""
        setting = _setting(self)
        assert setting is not None, "this share of open leads is out of reach"
        return _leads(self, setting, size, chance)

    def cells(self, n: int, replicates: int, chance: np.random.Generator) -> RiskTable:
        """``replicates`` cells of ``n`` leads."""
        time, outcome = self.leads(n * replicates, chance)
        return table_of(np.repeat(np.arange(replicates), n), replicates, time, outcome)

    @property
    def within_reach(self) -> bool:
        """Whether so many leads can be open in this world: where most are decided at once, few can."""
        return _setting(self) is not None


def worlds() -> Iterator[World]:
    """Every world that can be."""
    for shape, share, rate, arrival in product(SHAPES, OPEN_SHARES, RATES, ARRIVALS):
        world = World(shape, arrival, share, rate)
        if (share or arrival == "burst") and world.within_reach:
            yield world


def table_of(cell: Ints, cells: int, time: Floats, outcome: Ints) -> RiskTable:
    """The risk table of single leads."""
    return RiskTable(
        cells, cell, time, accepted=outcome == 0, rejected=outcome == 1, expired=outcome == 2, censored=outcome == 3
    )


def delays(shape: str, size: int, chance: np.random.Generator) -> Floats:
    """Hours from handoff to decision, all within the window."""
    match shape:
        case "fast with a tail":
            hours = np.where(chance.random(size) < 0.8, chance.exponential(6, size), chance.exponential(200, size))
        case "office hours":
            hours = _office_hours(size, chance)
        case "slow":
            hours = chance.weibull(1.2, size) * 250
        case _:
            raise ValueError(shape)
    return np.minimum(hours, WINDOW - 1e-6)


def binned(hours: Floats) -> Floats:
    """Right edges of the bins: minutes below 72 hours, then hours."""
    answer: Floats = np.where(hours < 72, np.ceil(hours * 60) / 60, np.ceil(hours))
    return answer


@cache
def true_quantiles(shape: str, probabilities: tuple[float, ...]) -> Floats:
    """Quantiles of the binned delay, from four million of them."""
    hours = binned(delays(shape, 4_000_000, np.random.default_rng(1)))
    answer: Floats = np.quantile(hours, probabilities, method="inverted_cdf")
    return answer


def _office_hours(size: int, chance: np.random.Generator) -> Floats:
    """Leads come at any hour of a working day; they are decided between 9 and 18 o'clock, Monday to Friday."""
    arrived, weekday = 24 * chance.random(size), chance.integers(0, 5, size)
    days = chance.geometric(0.45, size) - 1
    hours = 24 * days + 9 + 9 * chance.random(size) - arrived
    hours = np.where(hours < 0, hours + 24, hours)
    return hours + 48 * ((weekday + hours // 24) // 5)


def _leads(world: World, setting: float, size: int, chance: np.random.Generator) -> tuple[Floats, Ints]:
    draw = chance.random(size)
    rejected_below = world.rate + 0.6 * (1 - world.rate)
    outcome = np.where(draw < world.rate, 0, np.where(draw < rejected_below, 1, 2))
    time = np.where(outcome == 2, WINDOW, delays(world.shape, size, chance))
    if world.arrival == "steady":
        age = setting * chance.random(size)
    else:
        recent = chance.random(size) < setting
        age = np.where(recent, BURST_HOURS * chance.random(size), WINDOW + 1)
    still_open = age < time
    return binned(np.where(still_open, age, time)), np.where(still_open, 3, outcome)


@cache
def _setting(world: World) -> float | None:
    """Length of the period (steady) or share of the burst that leaves ``open_share`` open; None if none does."""

    def opened(setting: float) -> float:
        _, outcome = _leads(world, setting, 40_000, np.random.default_rng(2))
        return float((outcome == 3).mean())

    # From few open to many.
    few, many = (200 * WINDOW, WINDOW) if world.arrival == "steady" else (0.0, MOST_RECENT)
    if world.open_share == 0:
        return None if world.arrival == "steady" else few
    if opened(many) < world.open_share:
        return None
    for _ in range(20):
        middle = float(np.sqrt(few * many)) if world.arrival == "steady" else (few + many) / 2
        few, many = (few, middle) if opened(middle) > world.open_share else (middle, many)
    return many
