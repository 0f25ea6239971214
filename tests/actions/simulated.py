"""Handoffs whose truth is known: what an action changes, and all that else moves acceptance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from accord.actions.groups import Measuring
from accord.actions.leads import Handed
from accord.actions.model import CorrectiveAction

__all__ = ["EPOCH", "START", "World", "action", "measuring"]

START = date(2026, 1, 5)
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class World:
    """Channels with their rates; ``leads`` a week each; the first is touched and gains ``effect`` (a share).

    ``spread`` and ``lasting``: what moves each channel's own weeks and how much of it is left a week later; ``season``:
    log-odds by which the year moves all channels alike. ``drop``: log-odds that the first loses ``broken`` weeks before
    the action, and never finds again by itself.
    """

    rates: tuple[float, ...] = (0.45, 0.5, 0.6, 0.55, 0.4)
    leads: int = 15
    effect: float = 0.0
    spread: float = 0.04
    lasting: float = 0.5
    season: float = 0.3
    back: int = 44
    on: int = 20
    drop: float = 0.0
    broken: int = 8


def measuring(world: World, seed: int, actions: tuple[CorrectiveAction, ...]) -> Measuring:
    """The handoffs of a world, all of them old enough to be judged."""
    rng = np.random.default_rng(seed)
    weeks = np.arange(-world.back, world.on)
    phase = rng.uniform(0, 2 * np.pi)
    season = world.season * np.sin(2 * np.pi * weeks / 52 + phase)
    day, channel, accepted = [], [], []
    for place, rate in enumerate(world.rates):
        moved = lasting_noise(rng, weeks.size, world.spread, world.lasting)
        lost = world.drop * (weeks >= -world.broken) if place == 0 else 0.0
        level = 1 / (1 + np.exp(-(np.log(rate / (1 - rate)) + season - lost))) + moved
        if place == 0:
            level = level + world.effect * (weeks >= 0)
        leads = rng.poisson(world.leads, weeks.size)
        week = np.repeat(weeks, leads)
        day.append(week * 7 + rng.integers(0, 7, week.size))
        accepted.append(rng.random(week.size) < np.repeat(np.clip(level, 0.01, 0.99), leads))
        channel.append(np.full(week.size, place))
    days, hits = np.concatenate(day) + (START - EPOCH).days, np.concatenate(accepted)
    handed = Handed(
        day=days,
        age=np.full(days.size, 400.0),
        accepted_after=np.where(hits, 1.0, np.inf),
        late=rng.random(days.size) >= 0.6,
        codes={"channel": np.concatenate(channel)},
        values={"channel": tuple(f"c{place}" for place in range(len(world.rates)))},
    )
    return Measuring(handed, actions, START + timedelta(weeks=world.on), 30, 24.0)


def lasting_noise(rng: np.random.Generator, size: int, spread: float, lasting: float) -> np.ndarray:
    """A stationary series of which ``lasting`` is left in the next week."""
    fresh, moved = rng.normal(size=size), np.zeros(size)
    moved[0] = spread * fresh[0]
    for week in range(1, size):
        moved[week] = lasting * moved[week - 1] + spread * np.sqrt(1 - lasting**2) * fresh[week]
    return moved


def action(action_id: str = "A1", start: date = START, **where: str) -> CorrectiveAction:
    """An action in one segment."""
    return CorrectiveAction(action_id, "train", "Train them", where or {"channel": "c0"}, "Ann", start)
