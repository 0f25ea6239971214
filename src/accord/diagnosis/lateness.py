"""How often answers came later than promised, and habits show, and how often they may where dates have no hour.

A date leaves open when on its day something happened. So every answer is read twice more, as soon after the handoff as
the dates allow and as late: what is late in the first reading was late whatever the hours were, and what is in time in
the second was in time. Between the two nothing tells.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from accord.diagnosis.cases import Cases, Rows
from accord.diagnosis.figuring import share
from accord.diagnosis.phrases import Said, filled, number
from accord.diagnosis.report import Evidence
from accord.language import mark
from accord.values import Bounds, Estimate, Figure, Reason, Unknown

__all__ = [
    "answered_within",
    "by_reading",
    "habit_share",
    "habit_surely",
    "how_many_late",
    "late_share",
    "late_surely",
    "open_by_hours",
    "readings",
]

NEARLY_ALL = 0.9
"""Width of the bounds from which a share that dates leave open is no answer any more."""

LEAST_WAITS = 10
"""Answers from which the time that half of them took is told."""

BETWEEN = mark("between {least} and {most}")


def readings(cases: Cases) -> tuple[Rows, ...]:
    """Whether each answer was late: as the times stand; where dates leave it open, at least and at most as well."""
    if cases.hours is None:
        return (cases.late,)
    return cases.late, cases.hours.late_least, cases.hours.late_most


def late_share(cases: Cases, among: Rows) -> Figure:
    """How often answers ``among`` some cases were late, with what the dates leave open."""
    return by_reading([share(late, among) for late in readings(cases)])


def by_reading(figures: list[Figure]) -> Figure:
    """The first of ``figures``, with the least and the greatest of all as what dates leave open.

    Not identified where they leave nearly everything open; the first as it is where it is unknown.
    """
    stated, *others = figures
    known = [one.value for one in others if isinstance(one, Estimate)]
    if not isinstance(stated, Estimate) or not known:
        return stated
    low, high = min(stated.value, *known), max(stated.value, *known)
    if high - low >= NEARLY_ALL:
        return Unknown(Reason.NOT_IDENTIFIED)
    return stated if low == high else replace(stated, date_bounds=Bounds(low, high))


def late_surely(inside: Rows, outside: Rows, cases: Cases) -> tuple[float, float]:
    """By how much the difference of two shares of late answers may be less, and more, than the times say as they stand.

    Least where everything that is open was in time ``inside`` and late ``outside``, most the other way round.
    """
    if cases.hours is None:
        return 0.0, 0.0

    def moved(late: Rows, among: Rows) -> float:
        return (float(late[among].mean()) - float(cases.late[among].mean())) if among.any() else 0.0

    least, most = cases.hours.late_least, cases.hours.late_most
    return moved(least, inside) - moved(most, outside), moved(most, inside) - moved(least, outside)


def habit_share(cases: Cases, habit: str, among: Rows) -> Figure:
    """The share of a habit (``ghost``, ``silent``, ``token``) ``among`` some cases, with what the dates leave open."""
    stated = share(cases.flags[habit], among & cases.flags[f"{habit}_of"])
    if cases.hours is None or habit not in cases.hours.habits:
        return stated
    return by_reading([stated, *(share(counted, of & among) for of, counted in cases.hours.habits[habit])])


def habit_surely(cases: Cases, habit: str, inside: Rows, outside: Rows) -> tuple[float, float]:
    """By how much the difference of two shares of a habit may be less, and more, than the times say as they stand."""
    if cases.hours is None:
        return 0.0, 0.0
    (of_least, least), (of_most, most) = cases.hours.habits[habit]
    of, counted = cases.flags[f"{habit}_of"], cases.flags[habit]

    def moved(of_: Rows, counted_: Rows, among: Rows) -> float:
        if not (of_ & among).any() or not (of & among).any():
            return 0.0
        return float(counted_[of_ & among].mean()) - float(counted[of & among].mean())

    return (
        min(moved(of_least, least, inside) - moved(of_most, most, outside), 0.0),
        max(moved(of_most, most, inside) - moved(of_least, least, outside), 0.0),
    )


def how_many_late(cases: Cases, among: Rows) -> Said:
    """The late answers counted, or between which two numbers they are."""
    _stated, *open_ = [int((late & among).sum()) for late in readings(cases)]
    if not open_ or open_[0] == open_[1]:
        return number(_stated)
    return filled(BETWEEN, {"least": number(open_[0]), "most": number(open_[1])})


def open_by_hours(cases: Cases, among: Rows) -> int:
    """Of how many leads it cannot be said whether their answer was late, for want of hours."""
    if cases.hours is None:
        return 0
    return int((among & (cases.hours.late_least != cases.hours.late_most)).sum())


def answered_within(cases: Cases, among: Rows) -> tuple[Evidence, ...]:
    """Business days within which half of the answers ``among`` some cases came; nothing where too few did."""
    waited = cases.waited[among & np.isfinite(cases.waited)]
    if waited.size < LEAST_WAITS:
        return ()
    low, middle, high = np.quantile(waited, [0.25, 0.5, 0.75])
    error = 1.57 * (high - low) / waited.size**0.5
    half: Figure = Estimate(float(middle), max(float(middle - error), 0.0), float(middle + error), waited.size)
    if cases.hours is not None:
        half = _with_open_days(half, cases, among)
    return (Evidence("business_days_to_answer", half),)


def _with_open_days(half: Figure, cases: Cases, among: Rows) -> Figure:
    """The same with what the dates leave open of it; an answer that may have come too late to count took for ever."""
    assert cases.hours is not None
    assert isinstance(half, Estimate)
    came = among & np.isfinite(cases.waited)
    ends = [float(np.median(np.nan_to_num(waited[came], nan=np.inf))) for waited in cases.hours.waited]
    low, high = min(half.value, *ends), max(half.value, *ends)
    if not np.isfinite(high):
        return Unknown(Reason.NOT_IDENTIFIED)
    return half if low == high else replace(half, date_bounds=Bounds(low, high))
