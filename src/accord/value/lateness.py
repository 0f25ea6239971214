"""Is a lead worth less the later it was accepted? Wins by how long the acceptance took, like compared with like."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from accord.metrics.outcomes import NEVER
from accord.stats.curve import Curve
from accord.stats.risk import RiskTable
from accord.stats.strata import difference_within_strata
from accord.tables.times import DAY, HOUR
from accord.value.conversion import incidence_or_bound
from accord.value.facts import Ints, LeadFacts
from accord.value.figures import Lateness
from accord.values import MINIMUM_COUNT, Estimate, Figure, Reason, Unknown

__all__ = ["CLASSES", "Late", "by_lateness", "late_and_early"]

CLASSES = ((0, 1), (1, 3), (3, 7), (7, 21), (21, None))
"""Days from handoff to acceptance: more than the first, at most the second. The first class is what others are
compared with."""


@dataclass(frozen=True)
class _Group:
    cell: Ints
    """The class of each accepted lead."""
    stratum: Ints
    hours: Ints
    won: np.ndarray[tuple[int], np.dtype[np.bool_]]
    old: np.ndarray[tuple[int], np.dtype[np.bool_]]


def by_lateness(leads: LeadFacts, inside: Ints, as_of_us: int, horizon: int, *, wins: bool) -> tuple[Lateness, ...]:
    """One entry per class, over the accepted leads at the places ``inside`` not won before they were accepted.

    ``won`` is the cumulative incidence of winning within ``horizon`` days of the acceptance. ``adjusted`` is the
    difference to the first class within strata of channel and month of creation, of the leads accepted at least
    ``horizon`` days ago.
    """
    group = _grouped(leads, _at_risk(leads, _accepted(leads, inside)), as_of_us, horizon)
    count = np.bincount(group.cell, minlength=len(CLASSES))
    won: list[Figure] = [Unknown(Reason.NOT_RECORDED, MINIMUM_COUNT)] * len(CLASSES)
    adjusted = list(won)
    if wins:
        came = group.won.astype(np.int64)
        nobody = np.zeros(len(came), dtype=np.int64)
        table = RiskTable(
            len(CLASSES), group.cell, group.hours, accepted=came, rejected=nobody, expired=nobody, censored=1 - came
        )
        won = incidence_or_bound(Curve(table).at([horizon * 24]))[0]
        adjusted = [Unknown(Reason.NOT_IDENTIFIED), *(_difference(group, place) for place in range(1, len(CLASSES)))]
    return tuple(
        Lateness(low, high, int(count[place]), won[place], adjusted[place]) for place, (low, high) in enumerate(CLASSES)
    )


@dataclass(frozen=True)
class Late:
    """Of ``accepted`` leads ``late`` were accepted more than a day after the handoff and not won before that;
    ``difference``: in their share of wins to the others, leads of one channel and month compared with each other."""

    accepted: int
    late: int
    difference: Figure


def late_and_early(leads: LeadFacts, inside: Ints, as_of_us: int, horizon: int) -> Late:
    """All late classes together, against the first: see :func:`by_lateness`."""
    accepted = _accepted(leads, inside)
    group = _grouped(leads, _at_risk(leads, accepted), as_of_us, horizon)
    together = replace(group, cell=np.minimum(group.cell, 1))
    return Late(len(accepted), int(together.cell.sum()), _difference(together, 1))


def _accepted(leads: LeadFacts, inside: Ints) -> Ints:
    return inside[(leads.accepted[inside] < NEVER) & (leads.handed[inside] < NEVER)]


def _at_risk(leads: LeadFacts, accepted: Ints) -> Ints:
    """Without the leads that were won before they were accepted: no acceptance, early or late, can win them any more.

    A win on a day without an hour may have come as late as the end of that day.
    """
    won = leads.won[accepted] < NEVER
    return accepted[~won | (leads.won_late[accepted] >= leads.accepted[accepted])]


def _grouped(leads: LeadFacts, accepted: Ints, as_of_us: int, horizon: int) -> _Group:
    delay = leads.accepted[accepted] - leads.handed[accepted]
    edges = np.array([high * DAY for _low, high in CLASSES if high is not None], dtype=np.int64)
    since = np.maximum(leads.won[accepted] - leads.accepted[accepted], 0)
    won = (leads.won[accepted] < NEVER) & (since <= horizon * DAY)
    age = as_of_us - leads.accepted[accepted]
    hours = np.where(won, -(-since // HOUR), np.minimum(age // HOUR, horizon * 24))
    months = leads.month[accepted]
    first = int(months.min()) if len(months) else 0
    return _Group(
        np.searchsorted(edges, delay, side="left").astype(np.int64),
        leads.channel.codes[accepted] + (months - first) * len(leads.channel.values),
        hours,
        won,
        age >= horizon * DAY,
    )


def _difference(group: _Group, place: int) -> Figure:
    """Of class ``place`` to the first, among leads followed for the whole horizon."""
    size = int(group.stratum.max()) + 1 if len(group.stratum) else 0

    def counts(cell: int, *, won: bool) -> Ints:
        chosen = group.old & (group.cell == cell) & (group.won if won else True)
        return np.bincount(group.stratum[chosen], minlength=size)

    figure = difference_within_strata(
        counts(place, won=True), counts(place, won=False), counts(0, won=True), counts(0, won=False)
    )
    young = len(group.cell) and not group.old.any()
    return figure if isinstance(figure, Estimate) or not young else Unknown(Reason.NOT_MATURE, len(group.cell))
