"""Which leads an action touched, whom they are compared with, and over which horizon."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from accord.actions.leads import Handed, Rows
from accord.actions.model import CorrectiveAction
from accord.actions.report import Caution
from accord.actions.weekly import LEAST_AFTER, LEAST_LEADS, Weekly, weekly
from accord.actions.wording import caution

__all__ = ["BACK_WEEKS", "EPOCH", "Groups", "Measuring", "accepted", "day_number", "groups_of", "horizon_of"]

EPOCH = date(1970, 1, 1)

BACK_WEEKS = 26
"""Half a year on either side: longer, and the gap between two segments has drifted for reasons of its own."""

SHORTER_HORIZONS = (14, 7)
"""Days within which acceptance is compared where the window is not over yet for enough leads."""

MOSTLY = 0.5
"""Where others touched no more of a segment than this, its other leads speak for it alone."""


@dataclass(frozen=True)
class Measuring:
    """What all effects are measured on and by: handoffs, actions, the local day of ``as_of``, the agreement's rules.

    ``longest_wait_days``: age from which a lead without an answer is late by any promise; ``by_class``: whether the
    agreement promises more than one thing.
    """

    handed: Handed
    actions: tuple[CorrectiveAction, ...]
    today: date
    window_days: int
    promise_hours: float
    longest_wait_days: float = 7.0
    by_class: bool = False


@dataclass(frozen=True)
class Groups:
    """Handoffs on either side of a comparison; ``sharing``: the untouched differ in one dimension only."""

    touched: Rows
    untouched: Rows
    sharing: bool
    cautions: tuple[Caution, ...]


def groups_of(measuring: Measuring, action: CorrectiveAction, near: Rows) -> Groups:
    """Who was touched, and who was not: neither by this action nor, around its time, by another."""
    handed = measuring.handed
    touched = handed.rows(action.where)
    cautions: list[Caution] = []
    others = [other for other in measuring.actions if other.id != action.id and _turns(other, action, measuring.today)]
    elsewhere, alone = ~touched, touched.copy()
    for other in others:
        rows = handed.rows(other.where)
        elsewhere &= ~rows
        alone &= ~rows
    overlapping = tuple(other.id for other in others if (handed.rows(other.where) & touched & near).any())
    if overlapping and (alone & near).sum() >= MOSTLY * (touched & near).sum():
        cautions.append(caution("overlap_left_out", overlapping))
        touched = alone
    elif overlapping:
        cautions.append(caution("overlap", overlapping))
    if not _comparable(handed, elsewhere & near, day_number(action.start)):
        changed = tuple(
            other.id for other in others if (handed.rows(other.where) & ~handed.rows(action.where) & near).any()
        )
        if changed:
            cautions.append(caution("untouched_changed", changed))
        elsewhere = ~handed.rows(action.where)
    sharing = _differing_in_one(handed, action.where) & elsewhere
    start = day_number(action.start)
    enough = len(action.where) > 1 and all(
        (sharing & near & side).sum() >= max((touched & near & side).sum(), LEAST_LEADS)
        for side in (handed.day < start, handed.day >= start)
    )
    return Groups(touched, sharing if enough else elsewhere, enough, tuple(cautions))


def _turns(other: CorrectiveAction, action: CorrectiveAction, today: date) -> bool:
    """Whether another action began or ended while this one is looked at."""
    back = timedelta(weeks=BACK_WEEKS)
    first, last = action.start - back, min(action.stop or date.max, today, action.start + back)
    return any(first <= day < last for day in (other.start, other.stop) if day is not None)


def _comparable(handed: Handed, rows: Rows, start: int) -> bool:
    return bool(min((rows & (handed.day < start)).sum(), (rows & (handed.day >= start)).sum()) >= LEAST_LEADS)


def _differing_in_one(handed: Handed, where: Mapping[str, str]) -> Rows:
    """Handoffs that have all but one of a segment's values."""
    alike = np.zeros(handed.day.size, dtype=np.int64)
    for name, value in where.items():
        alike += handed.rows({name: value})
    return np.asarray(alike == len(where) - 1)


def horizon_of(measuring: Measuring, groups: Groups, start: int) -> int:
    """The window where enough leads are old enough, else a shorter horizon; never by what became of them."""
    handed, window = measuring.handed, measuring.window_days
    today = day_number(measuring.today)
    horizons = [window, *(days for days in SHORTER_HORIZONS if days < window)]
    for days in horizons:
        old = groups.touched & (handed.day >= start) & (handed.age >= days)
        if today - days - start >= 7 * LEAST_AFTER and old.sum() >= LEAST_LEADS:
            return days
    return horizons[0]


def accepted(handed: Handed, groups: Groups, seen: Rows, horizon: float, start: int) -> Weekly:
    """Weekly counts of who was accepted within the horizon, among the handoffs in ``seen``."""
    hit = handed.accepted_after <= horizon
    return weekly(handed.day, hit, groups.touched & seen, groups.untouched & seen, start)


def day_number(day: date) -> int:
    """Days since 1970."""
    return (day - EPOCH).days
