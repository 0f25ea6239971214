"""Who gets the credit: what each touch of a path is due by a rule, and whole sums shared out so that they add up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

import numpy as np

from accord.stats.grouped import Bools, Floats, Ints

__all__ = [
    "Credited",
    "Pairs",
    "credited",
    "decay_shares",
    "first_shares",
    "last_shares",
    "linear_shares",
    "paired",
    "parts_of_whole",
    "position_shares",
]

ENDS, BETWEEN = 0.4, 0.2
"""What the first and the last touch are due by position, each; and all those between them together."""

_BITS = 62
_SQUARES = 31
"""Sums are added up as whole numbers below 2 ** 62, and squares in steps of 2 ** -31 of the largest: the order of the
paths, which engines do not promise, cannot change them."""


def _lengths(starts: Ints) -> Ints:
    return np.diff(starts)


def first_shares(starts: Ints) -> Floats:
    """All to the first touch; ``starts`` are offsets: path p has the touches ``starts[p] … starts[p + 1] - 1``.

    >>> first_shares(np.array([0, 3, 4])).tolist()
    [1.0, 0.0, 0.0, 1.0]
    """
    shares = np.zeros(int(starts[-1]))
    shares[starts[:-1][_lengths(starts) > 0]] = 1.0
    return shares


def last_shares(starts: Ints) -> Floats:
    """All to the last touch.

    >>> last_shares(np.array([0, 3, 4])).tolist()
    [0.0, 0.0, 1.0, 1.0]
    """
    shares = np.zeros(int(starts[-1]))
    shares[starts[1:][_lengths(starts) > 0] - 1] = 1.0
    return shares


def linear_shares(starts: Ints) -> Floats:
    """To each touch of a path the same.

    >>> linear_shares(np.array([0, 2, 3])).tolist()
    [0.5, 0.5, 1.0]
    """
    length = _lengths(starts)
    return np.repeat(1.0 / np.maximum(length, 1), length)


def position_shares(starts: Ints) -> Floats:
    """Two fifths to the first touch, two fifths to the last, one fifth to those between, each the same.

    A path of two touches is halved, for nothing lies between; a path of one has it all.

    >>> position_shares(np.array([0, 4, 6, 7])).tolist()
    [0.4, 0.1, 0.1, 0.4, 0.5, 0.5, 1.0]
    """
    length = _lengths(starts)
    shares = np.repeat(BETWEEN / np.maximum(length - 2, 1), length)
    outer = np.select([length == 1, length == 2], [1.0, 0.5], ENDS)
    there = length > 0
    shares[starts[:-1][there]] = outer[there]
    shares[starts[1:][there] - 1] = outer[there]
    return shares


def decay_shares(starts: Ints, at: Ints, half_life: float) -> Floats:
    r"""To each touch in proportion to :math:`2^{-t / h}`, t being how long before the last touch it came.

    ``at`` is when each touch was and ``half_life`` (h) is in the same unit. A touch one half-life earlier is due half
    as much. Measured from the last touch or from the win, the shares are the same: the factor between them falls out.

    >>> decay_shares(np.array([0, 3]), np.array([0, 7, 14]), 7).round(3).tolist()
    [0.143, 0.286, 0.571]
    """
    length = _lengths(starts)
    if not len(at):
        return np.zeros(0)
    there = length > 0
    last = np.repeat(at[starts[1:][there] - 1], length[there])
    weight = np.exp2(-(last - at) / half_life)
    shares: Floats = weight / np.repeat(np.add.reduceat(weight, starts[:-1][there]), length[there])
    return shares


@dataclass(frozen=True)
class Pairs:
    """Which channels each path has: one entry per path and channel, made once for all rules.

    ``order`` lays the touches of a pair side by side, from ``first`` on.
    """

    order: Ints
    first: Ints
    path: Ints
    channel: Ints
    channels: int


def paired(path: Ints, channel: Ints, channels: int) -> Pairs:
    """The pairs of these touches; those of a path in the order of time."""
    key = path * channels + channel
    order = np.argsort(key, kind="stable")
    key = key[order]
    first = np.flatnonzero(np.diff(key, prepend=-1))
    return Pairs(order, first, key[first] // channels, key[first] % channels, channels)


@dataclass(frozen=True)
class Credited:
    """Per channel: what it is due of the sum, in whole ``parts`` that add up to all; and how that spreads over paths.

    ``credit`` is Σ x itself, ``square`` Σ x² and ``largest`` the largest x, x being what one path's amount gives the
    channel; ``paths`` how many paths give it anything. With these an interval is made
    (:func:`accord.stats.sums.sum_interval`).
    """

    parts: Ints
    credit: Floats
    square: Floats
    largest: Floats
    paths: Ints


def credited(amount: Ints, pairs: Pairs, share: Floats, *, unit: int = 1, counted: Bools | None = None) -> Credited:
    """Share the ``amount`` of each path among the channels of its touches; ``parts`` are in 1 ÷ ``unit``.

    ``share``: of each touch, 1 in all for a path. Amounts may be negative (refunds). Exact: whatever the order of the
    paths, the parts are the same, and they add up to the amounts of all paths that have a touch, to the last part.
    ``counted``: the paths that count as having given something, those with an amount unless said: who paid and was
    refunded in full is a payer, with an amount of 0.

    >>> touches = paired(np.array([0, 0, 1]), np.array([0, 1, 1]), 2)
    >>> credited(np.array([10, 1]), touches, np.array([0.5, 0.5, 1.0])).parts.tolist()
    [5, 6]
    """
    channel, channels = pairs.channel, pairs.channels
    due = np.add.reduceat(share[pairs.order], pairs.first) if len(pairs.first) else np.zeros(0)
    given = amount[pairs.path] * due
    scale = 2.0 ** (_BITS - 1 - int(np.abs(amount).sum()).bit_length())
    exact = _added(np.rint(given * scale).astype(np.int64), channel, channels)
    largest = np.zeros(channels)
    np.maximum.at(largest, channel, np.abs(given))
    relative = given / np.where(largest > 0, largest, 1.0)[channel]
    square = _added(np.rint(relative**2 * 2.0**_SQUARES).astype(np.int64), channel, channels)
    touched = np.zeros(len(amount), dtype=np.bool_)
    touched[pairs.path] = True
    whole = int(amount[touched].sum())
    return Credited(
        parts_of_whole(whole * unit, [part * unit / Fraction(scale) for part in exact.tolist()]),
        exact / scale,
        square / 2.0**_SQUARES * largest**2,
        largest,
        np.bincount(
            channel[(due != 0) & (amount != 0 if counted is None else counted)[pairs.path]], minlength=channels
        ),
    )


def _added(values: Ints, place: Ints, size: int) -> Ints:
    sums = np.zeros(size, dtype=np.int64)
    np.add.at(sums, place, values)
    return sums


def parts_of_whole(whole: int, exact: Sequence[Fraction]) -> Ints:
    """Whole numbers that add up to ``whole``, each next to its ``exact`` one: the largest remainders are rounded up.

    Among equal remainders the first comes first.

    >>> parts_of_whole(100, [Fraction(100, 3)] * 3).tolist()
    [34, 33, 33]
    """
    parts = [floor(part) for part in exact]
    by_remainder = sorted(range(len(parts)), key=lambda place: parts[place] - exact[place])
    for place in by_remainder[: whole - sum(parts)]:
        parts[place] += 1
    return np.array(parts, dtype=np.int64)
