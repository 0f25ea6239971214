"""What trying again brings, against comparable cases left alone for just as long: no time is immortal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import ndtri

from accord.stats.grouped import Bools, Floats, Ints
from accord.stats.intervals import jeffreys
from accord.values import LEVEL, MINIMUM_COUNT, Estimate, Figure, Reason, Unknown

__all__ = ["Alone", "Compared", "Tried", "against_left_alone"]

FEWEST_ALONE = 3
"""A stratum speaks for a case when so many are still left alone at the end of the time that is looked at."""

LARGEST = 8_000_000
"""Strata times days that are laid out at most; a finer stratification than that is passed over."""


@dataclass(frozen=True, eq=False)
class Alone:
    """Cases left alone: each in a stratum of every stratification, finest first, from day 0 until day ``until``.

    ``happened``: whether what is looked for came on that day by itself; otherwise the case was tried again, or is no
    longer seen.
    """

    strata: Sequence[Ints]
    until: Ints
    happened: Bools


@dataclass(frozen=True, eq=False)
class Tried:
    """Cases tried again on day ``day`` of being alone; ``happened``: whether it came within the horizon.

    ``strata``: as in :class:`Alone`, numbered alike. ``cluster``: cases of one cluster (a lead) are not independent.
    """

    strata: Sequence[Ints]
    day: Ints
    happened: Bools
    cluster: Ints


@dataclass(frozen=True)
class Compared:
    """``tried`` and ``alone``: shares within the horizon; ``gain``: their difference.

    ``matched``: cases tried again that somebody left alone is like, by stratification; ``unmatched``: the others, which
    are in no figure.
    """

    tried: Figure
    alone: Figure
    gain: Figure
    matched: tuple[int, ...]
    unmatched: int


def against_left_alone(alone: Alone, tried: Tried, horizon: int, level: float = LEVEL) -> Compared:
    r"""Share within ``horizon`` days of being tried again, less the share had the same cases been left alone.

    .. math:: \hat g = \frac1n \sum_i \Bigl( Y_i - \hat F_{s_i}(a_i) \Bigr), \qquad
              \hat F_s(a) = 1 - \prod_{d=a+1}^{a+h} \Bigl(1 - \frac{e_{sd}}{r_{sd}}\Bigr)

    A case tried again on day :math:`a_i` is compared with those of its stratum :math:`s_i` that on that day were still
    left alone and had not come by themselves: :math:`e_{sd}` of :math:`r_{sd}` come by themselves on day d. Cases that
    are tried again later count as left alone until then. So nobody has to be alive, or untried, for any time to
    count on either side, which is what makes a comparison of the ever tried with the never tried wrong. Where a
    stratum has fewer than three left at the end of the horizon, the next coarser one speaks; where none speaks, the
    case is in no figure.

    The variance is that of :math:`Y_i - \hat F`, cases of one cluster added up first, plus that of the
    :math:`\hat F` by the delta method on the daily rates (Greenwood's), of all stratifications as if they moved
    together. Both are kept from vanishing where hardly anything happened: by two cases more, one of which came, and by
    one event more among the left alone.

    What it cannot do: make cases alike in what nobody wrote down.

    >>> days = np.arange(400) % 40
    >>> alone = Alone([np.zeros(400, int)], days, days % 10 == 0)
    >>> tried = Tried([np.zeros(30, int)], np.full(30, 5), np.arange(30) % 3 == 0, np.arange(30))
    >>> compared = against_left_alone(alone, tried, horizon=10)
    >>> compared.tried.value.__round__(2), compared.alone.value.__round__(2), bool(compared.gain.low > 0)
    (0.33, 0.03, True)

    References: Hernán & Robins (2016), Am. J. Epidemiol. 183, 758-764, on trials emulated from when treatment is
    given; Li, Propert & Rosenbaum (2001), J. Am. Statist. Assoc. 96, 870-882, on matching within risk sets.
    """
    count = len(tried.day)
    expected, level_of = np.zeros(count), np.full(count, -1)
    tables: list[_Table] = []
    for number, (strata, asked) in enumerate(zip(alone.strata, tried.strata, strict=True)):
        table = _Table.of(strata, asked, alone, tried, horizon)
        tables.append(table)
        if table.rate.size:
            speaks = (level_of < 0) & table.speaks
            level_of[speaks] = number
            expected[speaks] = table.expected[speaks]
    known = level_of >= 0
    matched = tuple(int((level_of == number).sum()) for number in range(len(tables)))
    n, unmatched = int(known.sum()), int(count - known.sum())
    if n < MINIMUM_COUNT:
        few = Unknown(Reason.TOO_FEW if count < MINIMUM_COUNT else Reason.NOT_IDENTIFIED, MINIMUM_COUNT)
        return Compared(few, few, few, matched, unmatched)
    happened = tried.happened[known].astype(np.float64)
    difference = happened - expected[known]
    gain, base = float(difference.mean()), float(expected[known].mean())
    spread = sum(table.deviation(level_of == number, n) for number, table in enumerate(tables) if matched[number])
    _owners, owner = np.unique(tried.cluster[known], return_inverse=True)
    totals = np.bincount(owner, difference - gain)
    smoothed = float(happened.sum() + 1) / (n + 2)
    own = max(float(totals @ totals) / n**2, smoothed * (1 - smoothed) / n)
    z = -float(ndtri((1 - level) / 2))
    width, width_alone = float(z * (own + spread**2) ** 0.5), float(z * spread)
    share = jeffreys(int(happened.sum()), n, level)
    return Compared(
        Estimate(float(happened.mean()), float(share.low), float(share.high), n, level),
        Estimate(base, max(base - width_alone, 0.0), min(base + width_alone, 1.0), n, level),
        Estimate(gain, max(gain - width, -1.0), min(gain + width, 1.0), n, level),
        matched,
        unmatched,
    )


@dataclass(frozen=True, eq=False)
class _Table:
    """Left-alone cases of one stratification by stratum and day; rows of ``tried`` placed in it."""

    rate: Floats
    risk: Floats
    running: Floats
    place: Ints
    day: Ints
    horizon: int
    speaks: Bools

    @classmethod
    def of(cls, strata: Ints, asked: Ints, alone: Alone, tried: Tried, horizon: int) -> _Table:
        nothing = np.zeros((0, 0))
        names = np.unique(asked)
        days = int(tried.day.max(initial=0)) + horizon + 1
        if not len(names) or len(names) * (days + 1) > LARGEST:
            return cls(nothing, nothing, nothing, asked, tried.day, horizon, np.zeros(len(asked), np.bool_))
        place = np.searchsorted(names, asked)
        there = np.minimum(np.searchsorted(names, strata), len(names) - 1)
        kept = names[there] == strata
        row, until, came = there[kept], np.minimum(alone.until[kept], days), alone.happened[kept]
        came = came & (alone.until[kept] < days)
        shape = (len(names), days + 1)
        left = np.bincount(row * (days + 1) + until, minlength=shape[0] * shape[1]).reshape(shape)
        events = np.bincount((row * (days + 1) + until)[came], minlength=shape[0] * shape[1]).reshape(shape)
        risk = np.cumsum(left[:, ::-1], axis=1)[:, ::-1].astype(np.float64)
        # who is tried or lost sight of in the course of a day was alone for half of it
        halved = risk - (left - events) / 2
        rate = np.divide(events, halved, out=np.zeros(shape), where=events > 0)
        rate = np.minimum(rate, 1 - 1e-9)
        running = np.cumsum(np.log1p(-rate), axis=1)
        speaks = risk[place, tried.day + horizon] >= FEWEST_ALONE
        return cls(rate, halved, running, place, tried.day, horizon, speaks)

    @cached_property
    def expected(self) -> Floats:
        """The share that would have come within the horizon of each day, left alone."""
        log = self.running[self.place, self.day + self.horizon] - self.running[self.place, self.day]
        return np.asarray(-np.expm1(log))

    def deviation(self, rows: Bools, n: int) -> float:
        """Standard deviation of what the expected shares of ``rows`` add to a mean over ``n``."""
        shape = self.rate.shape
        slope = np.zeros((shape[0], shape[1] + 1))
        left = 1 - self.expected[rows]
        place, day = self.place[rows], self.day[rows]
        np.add.at(slope, (place, day + 1), left)
        np.add.at(slope, (place, day + self.horizon + 1), -left)
        slope = np.cumsum(slope, axis=1)[:, :-1] / (1 - self.rate) / n
        each = np.divide(slope, self.risk, out=np.zeros(shape), where=self.risk > 0)
        happened = float(np.sum(each**2 * self.risk * self.rate * (1 - self.rate)))
        exposed = (slope > 0) * self.risk
        one_more = float((each**2 * exposed).sum() / exposed.sum()) if exposed.sum() else 0.0
        return float((happened + one_more) ** 0.5)
