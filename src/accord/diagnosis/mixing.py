"""The rate moved because the leads are others: which value grew or shrank, since when, and what that did."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from accord.agreement.model import Materiality
from accord.diagnosis.cases import Cases, Dimension, Floats, Rows
from accord.diagnosis.dating import first_day
from accord.diagnosis.figuring import acceptances, confidence_of, money_lost, share, weeks_day
from accord.diagnosis.questions import LEAST
from accord.diagnosis.report import Evidence, Finding
from accord.diagnosis.wording import actions_for, sentence
from accord.stats.mix import mix_and_rate
from accord.stats.steps import Cuts, cuts, penalty
from accord.values import Estimate

__all__ = ["mix_shifts"]

EPOCH = date(1970, 1, 1)
LEAST_GAIN = 6.0
"""What the best cut of a share must explain beyond its price."""

LIKE_A_NORMAL = 0.4549
"""Median of a squared standard normal: the usual week's excess over chance is read off the middle, not the extremes."""


def mix_shifts(cases: Cases, materiality: Materiality) -> tuple[Finding, ...]:
    """The one shift that moves the whole rate most: when one value grows all others shrink, and say the same again."""
    mature = cases.age >= cases.window
    if int(mature.sum()) < LEAST:
        return ()
    week = (cases.day + 3) // 7
    week = week - week.min()
    weeks = int(week.max()) + 1
    handed = np.bincount(week, minlength=weeks)
    dimensions = [d for d in cases.dimensions if d.name != "rep_id"]
    values = sum(len(d.values) for d in dimensions)
    best: Finding | None = None
    for dimension in dimensions:
        size = len(dimension.values)
        counts = np.bincount(dimension.code * weeks + week, minlength=size * weeks).reshape(size, weeks)
        share_of = counts.sum(axis=1, keepdims=True) / len(cases)
        residual = counts - share_of * handed
        variance = np.maximum(share_of * (1 - share_of) * handed, 1e-9)
        scan = cuts(residual, np.where(handed > 0, variance, 1e-9))
        excess = _excess(counts.astype(np.float64), handed.astype(np.float64), scan.z**2)
        for value in range(size):
            one = Cuts(scan.z[value] / excess[value] ** 0.5, scan.effect[value], scan.information[value])
            gain = float((one.z**2).max()) - penalty(weeks) - 2 * np.log(values)
            if gain < LEAST_GAIN:
                continue
            monday = weeks_day(cases, int((one.z**2).argmax()))
            told = _told(cases, dimension, value, (monday, float(excess[value])), gain, materiality)
            if told is not None and (best is None or _moved(told) < _moved(best)):
                best = told
    return (best,) if best else ()


def _moved(shift: Finding) -> float:
    return shift.effect.value if isinstance(shift.effect, Estimate) else 0.0


def _excess(counts: Floats, handed: Floats, squares: Floats) -> Floats:
    """By how much the shares of values (rows of ``counts``) vary from week to week beyond chance; at least 1.

    Read off what is left beside each value's best cut (the largest of ``squares``): measured around one share for the
    whole year, a real step would count as ordinary variation, and hide itself the better the larger it is.
    """
    later = np.arange(handed.size) >= squares.argmax(axis=1)[:, None]
    expected = np.zeros(counts.shape)
    variance = np.zeros(counts.shape)
    for side in (later, ~later):
        share_of = (counts * side).sum(axis=1) / np.maximum((handed * side).sum(axis=1), 1)
        expected += side * share_of[:, None] * handed
        variance += side * (share_of * (1 - share_of))[:, None] * handed
    ratio = (counts - expected) ** 2 / np.maximum(variance, 1e-9)
    ratio[:, handed == 0] = np.nan
    return np.asarray(np.maximum(np.nanmedian(ratio, axis=1) / LIKE_A_NORMAL, 1.0), dtype=np.float64)


def _dated(cases: Cases, inside: Rows, monday: int, excess: float) -> tuple[int, int, int]:
    """First day of the new mix, and the first and last that might be, around the ``monday`` of the best cut."""
    first = int(cases.day.min())
    day = cases.day - first
    handed = np.bincount(day)
    share_of = float(inside.mean())
    variance = np.maximum(share_of * (1 - share_of) * handed, 1e-9)
    scan = cuts(np.bincount(day[inside], minlength=handed.size) - share_of * handed, variance)
    scan = replace(scan, z=scan.z / excess**0.5)
    week = monday - first
    best, low, high = first_day(scan, week, float(scan.z[max(week, 0)]))
    return first + best, first + low, first + high


def _told(  # noqa: PLR0917 - the whole of one search
    cases: Cases, dimension: Dimension, value: int, step: tuple[int, float], gain: float, materiality: Materiality
) -> Finding | None:
    inside = dimension.code == value
    since, earliest, latest = _dated(cases, inside, *step)
    after = cases.day >= since
    mature = cases.age >= cases.window
    rate_in, rate_out = share(cases.accepted, inside & mature), share(cases.accepted, ~inside & mature)
    before_share, after_share = share(inside, ~after), share(inside, after)
    parts = (rate_in, rate_out, before_share, after_share)
    if not all(isinstance(part, Estimate) for part in parts):
        return None
    (r1, e1), (r0, e0), (s0, f0), (s1, f1) = (
        (p.value, (p.high - p.low) / 3.92) for p in parts if isinstance(p, Estimate)
    )
    moved = mix_and_rate([s0, 1 - s0], [s0 * r1, (1 - s0) * r0], [s1, 1 - s1], [s1 * r1, (1 - s1) * r0]).totals[0]
    error = (((s1 - s0) ** 2) * (e1**2 + e0**2) + (r1 - r0) ** 2 * (f0**2 + f1**2)) ** 0.5
    leads = int(after.sum())
    effect = Estimate(moved, moved - 1.96 * error, moved + 1.96 * error, leads)
    if -100 * moved < materiality.points or -moved * leads < materiality.acceptances or effect.high >= 0:
        return None
    lost = acceptances(effect, leads)
    days = [EPOCH + timedelta(days=day) for day in (since, earliest, latest)]
    finding = Finding(
        kind="mix_shift",
        where={dimension.name: dimension.values[value]},
        confidence=confidence_of(gain, "mix_shift"),
        effect=effect,
        leads=leads,
        lost_acceptances=lost,
        cost=money_lost(cases, after, lost),
        text={},
        actions=(),
        evidence=(
            Evidence("share_after", after_share),
            Evidence("share_before", before_share),
            Evidence("rate", rate_in),
            Evidence("rate_elsewhere", rate_out),
        ),
        since=days[0],
        since_low=days[1],
        since_high=days[2],
    )
    return replace(finding, text=sentence(finding), actions=actions_for(finding))
