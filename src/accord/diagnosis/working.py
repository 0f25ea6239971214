"""How many leads a week some people receive, against how many they can work."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from accord.diagnosis.cases import Cases, Floats, Rows
from accord.diagnosis.reading import received_in_week

__all__ = ["Load", "load_of"]

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Load:
    """Leads a week: ``capacity`` (None = not recorded for everybody), ``over`` it on average in the ``full`` weeks.

    ``quiet``: the most that came in the quieter half of the ``weeks``. ``room``: what others of the same team could
    work beyond what they receive on average.
    """

    weeks: int
    full: int
    capacity: float | None
    over: float
    quiet: float
    room: float


def load_of(cases: Cases, rows: Rows) -> Load | None:
    """The load of those who received the leads in ``rows``; None where nobody is named or no week was whole."""
    reps = cases.dimension("rep_id")
    if reps is None or not rows.any():
        return None
    week = (cases.day + 3) // 7
    first, last = int(week.min()), int(week.max())
    whole = np.arange(last - first + 1)[1:-1]  # the first and the last week may be cut off
    if not whole.size:
        return None
    size = len(reps.values)
    capacities = _capacities(cases, reps.code, week, size)
    theirs = np.unique(reps.code[rows])
    received = np.bincount(week[np.isin(reps.code, theirs)] - first, minlength=last - first + 1)[whole]
    quiet = float(np.median(received))
    capacity = float(capacities[theirs].sum())
    if not np.isfinite(capacity):
        return Load(whole.size, 0, None, 0.0, quiet, 0.0)
    full = received > capacity
    over = float((received[full] - capacity).mean()) if full.any() else 0.0
    others = np.setdiff1d(_same_team(cases, rows, reps.code), theirs)
    usual = np.bincount(reps.code[(week > first) & (week < last)], minlength=size) / whole.size
    room = capacities[others] - usual[others]
    return Load(whole.size, int(full.sum()), capacity, over, quiet, float(room[np.isfinite(room) & (room > 0)].sum()))


def _capacities(cases: Cases, code: Codes, week: Codes, size: int) -> Floats:
    """Leads a week that each rep can work; NaN where nobody said."""
    received = received_in_week(code, week)
    known = np.isfinite(cases.load) & (cases.load > 0)
    capacities = np.full(size, np.nan)
    capacities[code[known]] = (received / np.where(known, cases.load, 1.0))[known]
    return capacities


def _same_team(cases: Cases, rows: Rows, code: Codes) -> Codes:
    team = cases.dimension("team")
    same = np.ones(len(cases), dtype=np.bool_) if team is None else np.isin(team.code, np.unique(team.code[rows]))
    return np.unique(code[same])
