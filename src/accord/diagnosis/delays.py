"""Whose a delay is: the system's (qualified to handed over), the queue's, or the person's who had room.

The promise runs from the handoff, so what the system takes comes before it and is counted apart, in hours. Of the
answers that came late, the queue's are those that would have come in time had the owner received no more than can be
worked: in weeks above capacity (without a recorded capacity: in weeks with clearly more leads than the owner's usual
week) the share that is late, less the share that the same owner is late with in other weeks. Owners are pooled by the
risk difference of Mantel and Haenszel (Greenland & Robins 1985, Biometrics 41, 55–68), so that somebody who is slow and
always full does not pass for a queue. What is left came late though there was room: the person's, or of something that
nobody records.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from accord.diagnosis.cases import Cases, Floats, Rows
from accord.diagnosis.figuring import share
from accord.diagnosis.lateness import by_reading, late_share, readings
from accord.diagnosis.questions import held_to_promise
from accord.diagnosis.report import Delays, Evidence, Texts
from accord.language import LANGUAGES
from accord.metrics.cells import MISSING
from accord.values import MINIMUM_COUNT, Estimate, Figure, Reason, Unknown

__all__ = ["SYSTEM", "delays_of", "evidence_of", "handed_late", "middle", "said_whose"]

CLEARLY_MORE = 1.25
"""Times an owner's usual week from which a week is full where nobody recorded a capacity."""

TWO_SIDED = 1.959964

SYSTEM: Texts = dict.fromkeys(LANGUAGES, "system")

MOSTLY = 0.5
"""Share of late answers from which the queue, or the person, is named first."""


def delays_of(cases: Cases, rows: Rows, promise_hours: float) -> Delays:
    """The three delays among the cases in ``rows``."""
    promised = held_to_promise(cases) & rows
    parts = [_of_late(cases, promised, late) for late in readings(cases)]
    queue, people = (by_reading([part[place] for part in parts]) for place in (0, 1))
    known = rows & np.isfinite(cases.handed_after)
    if not np.isfinite(cases.handed_after).any():
        hours: Figure = Unknown(Reason.NOT_RECORDED)
        late: Figure = hours
    else:
        hours = middle(cases.handed_after[known] * 24)
        late = share(handed_late(cases, promise_hours), known)
    return Delays(
        promise_hours=promise_hours,
        late=late_share(cases, promised),
        handed_after_hours=hours,
        handed_late=late,
        from_queue=queue,
        from_people=people,
    )


def handed_late(cases: Cases, promise_hours: float) -> Rows:
    """Cases that were handed over later after they qualified than an answer is promised after the handoff."""
    return np.nan_to_num(cases.handed_after, nan=0.0) * 24 > promise_hours


def said_whose(delays: Delays) -> Texts:
    """Whose most of the late answers are: the same code in every language; empty where the data do not say."""
    for name, figure in (("queue", delays.from_queue), ("people", delays.from_people)):
        if isinstance(figure, Estimate) and min(figure.low, (figure.date_bounds or figure).low) > MOSTLY:
            return dict.fromkeys(LANGUAGES, name)
    return dict.fromkeys(LANGUAGES, "")


def evidence_of(delays: Delays) -> tuple[Evidence, ...]:
    """The system's delay, and the greater part of the late answers, as evidence of a finding: to say of a queue that
    it explains none of them would be no evidence of what does."""
    queue, people = Evidence("late_from_queue", delays.from_queue), Evidence("late_from_people", delays.from_people)
    parts: tuple[Evidence, ...] = (queue, people)
    if isinstance(queue.value, Estimate) and isinstance(people.value, Estimate):
        parts = (queue,) if queue.value.value > people.value.value else (people,)
    return (
        Evidence("hours_to_hand_over", delays.handed_after_hours),
        Evidence("handed_over_late", delays.handed_late),
        *parts,
    )


def _of_late(cases: Cases, promised: Rows, answered_late: Rows) -> tuple[Figure, Figure]:
    """Shares of the late answers that the queue explains, and that came late though there was room."""
    full, known = _full_weeks(cases)
    of = promised & known
    late = int((answered_late & of).sum())
    if not known.any():
        unknown = Unknown(Reason.NOT_RECORDED)
        return unknown, unknown
    if late < MINIMUM_COUNT:
        few = Unknown(Reason.TOO_FEW, MINIMUM_COUNT)
        return few, few
    if not (of & full).any():  # nothing came in a full week
        none = share(np.zeros(len(cases), dtype=np.bool_), answered_late & of)
        assert isinstance(none, Estimate)
        return none, _rest(none)
    excess = _excess(cases, of, full, answered_late)
    if excess is None:
        unknown = Unknown(Reason.NOT_IDENTIFIED)  # nobody has both: nothing tells what a full week adds
        return unknown, unknown
    each = int((of & full).sum()) / late
    low, value, high = (float(np.clip((excess[0] + k * excess[1]) * each, 0, 1)) for k in (-TWO_SIDED, 0, TWO_SIDED))
    if (low, high) == (0.0, 1.0):  # as where everybody is nearly always full: anything from none of them to all
        nothing = Unknown(Reason.NOT_IDENTIFIED)
        return nothing, nothing
    if low == high:  # none of them, or all: how far so few answers can tell, as for any share
        alike = share(np.full(len(cases), bool(value)), answered_late & of)
        assert isinstance(alike, Estimate)
        low, high = alike.low, alike.high
    queue = Estimate(value, low, high, late)
    return queue, _rest(queue)


def _rest(part: Estimate) -> Estimate:
    """What is left of the whole."""
    return Estimate(1 - part.value, 1 - part.high, 1 - part.low, part.n)


def _excess(cases: Cases, of: Rows, full: Rows, late: Rows) -> tuple[float, float] | None:
    """How much more often answers are late in full weeks than in other weeks of the same owner, and its error."""
    reps = cases.dimension("rep_id")
    owner = np.zeros(len(cases), dtype=np.int64) if reps is None else reps.code
    size = 1 if reps is None else len(reps.values)

    def count(rows: Rows) -> Floats:
        return np.bincount(owner[rows], minlength=size).astype(np.float64)

    n1, n0 = count(of & full), count(of & ~full)
    both = (n1 > 0) & (n0 > 0)
    if not both.any():
        return None
    late1, late0 = count(of & full & late)[both], count(of & ~full & late)[both]
    n1, n0 = n1[both], n0[both]
    weight = n1 * n0 / (n1 + n0)
    share_of = (late1 + late0) / (n1 + n0)
    difference = float((weight * (late1 / n1 - late0 / n0)).sum() / weight.sum())
    return difference, float((weight * share_of * (1 - share_of)).sum() ** 0.5 / weight.sum())


def middle(values: Floats) -> Figure:
    """The median and its interval by order statistics."""
    if values.size < MINIMUM_COUNT:
        return Unknown(Reason.TOO_FEW, MINIMUM_COUNT)
    ordered, half = np.sort(values), TWO_SIDED * values.size**0.5 / 2
    low = max(int(np.floor(values.size / 2 - half)), 0)
    high = min(int(np.ceil(values.size / 2 + half)), values.size - 1)
    return Estimate(float(np.median(ordered)), float(ordered[low]), float(ordered[high]), int(values.size))


def _full_weeks(cases: Cases) -> tuple[Rows, Rows]:
    """Cases that came in a full week of their owner, and those of which that is known."""
    reps = cases.dimension("rep_id")
    measured = np.isfinite(cases.load)
    if measured.any():
        return np.nan_to_num(cases.load, nan=0.0) > 1, measured
    if reps is None:
        nobody = np.zeros(len(cases), dtype=np.bool_)
        return nobody, nobody
    week = (cases.day + 3) // 7
    week = week - week.min()
    weeks = int(week.max()) + 1
    received = np.bincount(reps.code * weeks + week, minlength=len(reps.values) * weeks).reshape(-1, weeks)
    usual = np.array([_usual(row) for row in received])
    named = np.array([value != MISSING for value in reps.values])
    return received[reps.code, week] > CLEARLY_MORE * usual[reps.code], named[reps.code]


def _usual(received: npt.NDArray[np.int64]) -> float:
    """An owner's usual week: the median of those in which anything came."""
    some: Floats = received[received > 0].astype(np.float64)
    return float(np.median(some)) if some.size else 0.0
