"""Leads met through several channels: which combinations sales accepts and customers come from, and one versus several.

Only what came before the first handoff counts, and the clock of every figure starts there. So a lead cannot belong to a
group because it lived long enough to be touched again, and what followed an acceptance or a win cannot explain it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from accord.metrics.outcomes import NEVER
from accord.stats.curve import Curve
from accord.stats.figures import incidence_figures, share_figures
from accord.stats.grouped import Bools, Ints
from accord.stats.risk import RiskTable
from accord.stats.strata import difference_within_strata
from accord.tables.times import DAY, HOUR
from accord.value.attribution_figures import Combination, Front, Multichannel
from accord.value.cells import OUTSIDE
from accord.value.conversion import incidence_or_bound
from accord.value.purchases import Ground
from accord.value.touch_paths import Met
from accord.values import MINIMUM_COUNT, Estimate, Figure, Reason, Unknown

__all__ = ["MOST_COMBINATIONS", "MOST_FRONTS", "multichannel"]

MOST_COMBINATIONS = 20
"""So many combinations are listed, those first from which most accepted leads came."""

MOST_FRONTS = 4
"""Leads met through so many channels or more are one group."""

_TOUCHES = (1, 2, 3, 4, 6, 9, 14, 21, 35)
"""Where classes of the number of touches begin: leads are compared with leads of the same class."""

NOT_RECORDED = Unknown(Reason.NOT_RECORDED, MINIMUM_COUNT)


@dataclass(frozen=True)
class _Group:
    """The leads handed over: what each had met, how many touches, what became of it since the handoff."""

    met: Ints
    touches: Ints
    channel: Ints
    names: tuple[str, ...]
    accepted: Ints
    """Microseconds from the handoff, or NEVER; likewise ``won``."""
    won: Ints
    age: Ints
    horizon: int

    def fronts(self) -> Ints:
        """How many channels each lead had met."""
        return np.bitwise_count(self.met).astype(np.int64)


def multichannel(ground: Ground, of_lead: Ints, met: Met) -> Multichannel:
    """The combinations and the fronts of the leads in a cell that were handed over."""
    leads, asked = ground.facts.leads, ground.asked
    handed = np.flatnonzero((of_lead > OUTSIDE) & (leads.handed < NEVER))

    def since(times: Ints) -> Ints:
        reached = times[handed] < NEVER
        return np.where(reached, np.maximum(times[handed] - leads.handed[handed], 0), NEVER)

    group = _Group(
        met.channels[handed],
        met.touches[handed],
        leads.channel.codes[handed],
        met.names,
        since(leads.accepted),
        since(leads.won),
        asked.as_of_us - leads.handed[handed],
        asked.horizon,
    )
    told = ("accepted" not in asked.unrecorded, "won" not in asked.unrecorded)
    listed, others = _combinations(group, told)
    return Multichannel(
        touches=int(group.touches.sum()),
        unnamed=int(met.unnamed[handed].sum()),
        horizon_days=asked.horizon,
        combinations=listed,
        others=others,
        fronts=_fronts(group, told),
    )


def _combinations(group: _Group, told: tuple[bool, bool]) -> tuple[tuple[Combination, ...], int]:
    kinds, kind = np.unique(group.met, return_inverse=True)
    size = len(kinds)
    handed = np.bincount(kind, minlength=size)
    accepted = np.bincount(kind[group.accepted < NEVER], minlength=size)
    won = np.bincount(kind[group.won < NEVER], minlength=size)
    order = sorted(range(size), key=lambda one: (-accepted[one], -won[one], -handed[one], kinds[one]))
    shown = order[:MOST_COMBINATIONS]
    cell = np.full(size, len(shown), dtype=np.int64)
    cell[shown] = np.arange(len(shown))
    of_accepted = share_figures(accepted, np.full(size, accepted.sum()))
    of_won = share_figures(won, np.full(size, won.sum()))
    within = [_within(group, times, cell[kind], len(shown) + 1) for times in (group.accepted, group.won)]
    listed = tuple(
        Combination(
            tuple(name for bit, name in enumerate(group.names) if int(kinds[one]) >> bit & 1),
            int(handed[one]),
            int(accepted[one]),
            int(won[one]),
            accepted=within[0][place] if told[0] else NOT_RECORDED,
            won=within[1][place] if told[1] else NOT_RECORDED,
            of_accepted=of_accepted[one] if told[0] else NOT_RECORDED,
            of_won=of_won[one] if told[1] else NOT_RECORDED,
        )
        for place, one in enumerate(shown)
    )
    return listed, int(handed.sum() - handed[shown].sum())


def _within(group: _Group, times: Ints, cell: Ints, cells: int) -> Sequence[Figure]:
    """The cumulative incidence within the horizon of the handoff, recent leads counted as far as they have come."""
    came, last = times <= group.horizon * DAY, group.horizon * 24
    hours = np.where(came, -(-np.where(came, times, 0) // HOUR), np.minimum(group.age // HOUR, last))
    size = (last + 1) * 2
    counts = np.bincount((cell * (last + 1) + hours) * 2 + came, minlength=cells * size)
    keys = np.flatnonzero(counts)
    counts, seen = counts[keys], keys % 2 == 1
    nobody = np.zeros(len(keys), dtype=np.int64)
    table = RiskTable(
        cells,
        keys // size,
        keys // 2 % (last + 1),
        accepted=np.where(seen, counts, 0),
        rejected=nobody,
        expired=nobody,
        censored=np.where(seen, 0, counts),
    )
    at = Curve(table).at([last])
    # No win is no share; that none of some handoffs was accepted is one, as it is in the acceptance rate.
    return (incidence_or_bound(at) if times is group.won else incidence_figures(at))[0]


def _fronts(group: _Group, told: tuple[bool, bool]) -> tuple[Front, ...]:
    cell, cells = np.minimum(group.fronts(), MOST_FRONTS), MOST_FRONTS + 1
    handed = np.bincount(cell, minlength=cells)
    parts = []
    for times, known in zip((group.accepted, group.won), told, strict=True):
        count = np.bincount(cell[times < NEVER], minlength=cells)
        plain: Sequence[Figure] = _within(group, times, cell, cells) if known else [NOT_RECORDED] * cells
        adjusted = [
            _difference(group, times <= group.horizon * DAY, cell, front) if known else NOT_RECORDED
            for front in range(cells)
        ]
        parts.append((count, plain, adjusted))
    return tuple(
        Front(
            channels=front,
            or_more=front == MOST_FRONTS,
            handed=int(handed[front]),
            accepted_count=int(parts[0][0][front]),
            won_count=int(parts[1][0][front]),
            accepted=parts[0][1][front],
            won=parts[1][1][front],
            accepted_adjusted=parts[0][2][front],
            won_adjusted=parts[1][2][front],
        )
        for front in range(cells)
    )


def _difference(group: _Group, came: Bools, cell: Ints, front: int) -> Figure:
    """To leads that had met one channel, within strata of own channel and number of touches; followed to the end."""
    if front < 2:
        return Unknown(Reason.NOT_IDENTIFIED)
    old = group.age >= group.horizon * DAY
    classes = np.searchsorted(np.array(_TOUCHES), group.touches, side="right")
    stratum = group.channel * (len(_TOUCHES) + 1) + classes
    size = int(stratum.max()) + 1 if len(stratum) else 0

    def counts(one: int, among: Bools) -> Ints:
        return np.bincount(stratum[old & (cell == one) & among], minlength=size)

    everybody = np.ones(len(came), dtype=np.bool_)
    figure = difference_within_strata(
        counts(front, came), counts(front, everybody), counts(1, came), counts(1, everybody)
    )
    young = bool((cell == front).any()) and not (old & (cell == front)).any()
    return (
        figure if isinstance(figure, Estimate) or not young else Unknown(Reason.NOT_MATURE, int((cell == front).sum()))
    )
