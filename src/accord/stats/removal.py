"""What a channel is worth by how many wins would be missing without it: a Markov chain over the touches of paths."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from accord.stats.grouped import Bools, Floats, Ints

__all__ = ["Removal", "Steps", "removal_effects", "share_squares", "steps_of", "transitions_of"]

_BITS = 62
"""Squares are added up as whole numbers below 2 ** 62: the order of the paths cannot change the sum."""


@dataclass(frozen=True)
class Steps:
    """The steps of paths, one after the other: ``key`` = from × (channels + 3) + to; path p starts at ``starts[p]``.

    States: the channels by their codes, then the start, then won, then lost.
    """

    key: Ints
    starts: Ints
    channels: int


def steps_of(starts: Ints, channel: Ints, won: Bools, channels: int) -> Steps:
    """The steps from the start through the touches of each path to won or lost; every path has one touch or more."""
    states, begin, length = channels + 3, channels, np.diff(starts)
    paths = len(length)
    offsets = starts + np.arange(paths + 1)
    here = np.empty(int(offsets[-1]), dtype=np.int64)
    following = np.empty(len(here), dtype=np.int64)
    begins = np.zeros(len(here), dtype=np.bool_)
    begins[offsets[:-1]] = True
    here[begins], here[~begins] = begin, channel
    following[:-1] = here[1:]
    following[offsets[1:] - 1] = np.where(won, channels + 1, channels + 2)
    here *= states
    here += following
    return Steps(here, offsets[:-1], channels)


def transitions_of(steps: Steps) -> Ints:
    """How often each state was followed by each: an array (states, states)."""
    states = steps.channels + 3
    return np.bincount(steps.key, minlength=states * states).reshape(states, states).astype(np.int64)


@dataclass(frozen=True)
class Removal:
    """``effect``: per channel, the part of all wins that would be missing without it; ``share``: of the credit.

    The shares are the effects made to add up to 1. ``steps`` is what one step between two states adds to each share
    (states, states, channels): how the shares move when a path is added. ``won`` is the share of paths that were won.
    """

    won: float
    effect: Floats
    share: Floats
    steps: Floats


def removal_effects(transitions: Ints) -> Removal:
    r"""Removal effects of the first-order chain with these transition counts.

    A path goes from the start through its channels to won or lost; the chance of the next state depends on the present
    one alone, and is how often it followed. Take a channel out, so that every path that reaches it is lost:

    .. math:: e_c = 1 - \frac{P(\text{won without } c)}{P(\text{won})} = \frac{P(\text{ever at } c)\, h_c}{h_0},
              \qquad s_c = e_c \big/ \textstyle\sum_d e_d

    :math:`h = (I - Q)^{-1} q` is the chance of being won from each state, Q the steps between channels, q those to won;
    :math:`P(\text{ever at } c) = N_{0c} / N_{cc}` with :math:`N = (I - Q)^{-1}`. One inverse gives all channels. In
    plain words: how much of what was won passed through the channel and would not have come round it, as far as the
    order of touches tells. A touch that is followed by one of the same channel changes nothing.

    ``transitions`` is an array (channels + 3, channels + 3): channels, start, won, lost. Without a win all effects are
    0, and so are the shares.

    >>> import numpy as np
    >>> steps = steps_of(np.array([0, 2, 3]), np.array([0, 1, 0]), np.array([True, False]), 2)
    >>> found = removal_effects(transitions_of(steps))
    >>> found.effect.tolist(), found.share.tolist()
    ([1.0, 1.0], [0.5, 0.5])

    References: Anderl, Becker, von Wangenheim & Schumann (2016), Int. J. Research in Marketing 33, 457–474 (the graph);
    Shao & Li (2011), KDD '11, 258–264 (credit by what would be missing); Kemeny & Snell (1960), Finite Markov Chains,
    ch. 3.
    """
    channels = len(transitions) - 3
    moving = channels + 1  # the channels and the start
    left = transitions[:moving].sum(axis=1).astype(np.float64)
    seen = left > 0
    chance = transitions[:moving] / np.where(seen, left, 1.0)[:, None]
    inverse = np.linalg.inv(np.eye(moving) - chance[:, :moving])
    win = inverse @ chance[:, channels + 1]
    start, visits = channels, inverse[channels]
    if win[start] <= 0:
        nothing = np.zeros(channels)
        return Removal(0.0, nothing, nothing, np.zeros((len(transitions), len(transitions), channels)))
    reached = visits[:channels] / np.diag(inverse)[:channels]
    effect = reached * win[:channels] / win[start]
    share = effect / effect.sum()
    moved = np.zeros((len(transitions), len(transitions), channels))
    value = np.concatenate([win, [1.0, 0.0]])
    each = np.where(seen, 1.0 / np.where(seen, left, 1.0), 0.0)
    gain = value[None, :] - win[:, None]  # of what a step promises, over what was promised before it
    overall = visits[:, None] * each[:, None] * gain / win[start]
    for channel in range(channels):
        if effect[channel] <= 0:
            continue
        # Chance of ever coming to this channel, from each state; and the visits to others before that.
        ever = inverse[:, channel] / inverse[channel, channel]
        ever[channel] = 1.0
        before = visits - reached[channel] * inverse[channel]
        before[channel] = 0.0
        coming = (before * each)[:, None] * (np.concatenate([ever, [0.0, 0.0]])[None, :] - ever[:, None])
        winning = (inverse[channel] * each)[:, None] * gain
        moved[:moving, :, channel] = effect[channel] * (coming / reached[channel] + winning / win[channel] - overall)
    moved = (moved - moved.sum(axis=2, keepdims=True) * share) / effect.sum()
    return Removal(float(win[start]), effect, share, moved)


def share_squares(removal: Removal, steps: Steps, amount: Floats | None = None) -> Floats:
    r"""Per channel :math:`\sum_i d_i^2`, :math:`d_i` being how far path i moves the channel's share of the credit.

    The infinitesimal jackknife: the sum is the variance of the share when the paths are drawn again, to first order;
    the tests hold it against a bootstrap. With ``amount`` (per path: 1 for a win, or the revenue) it is the variance of
    the credit share × amount instead, as how much there is to share out is left to chance as well.
    """
    states = steps.channels + 3
    squares = np.zeros(steps.channels)
    whole = 1.0 if amount is None else float(np.sum(amount))
    for channel in range(steps.channels):
        table = removal.steps[:, :, channel].reshape(states * states)
        moved = np.add.reduceat(table[steps.key], steps.starts) if len(steps.starts) else np.zeros(0)
        if amount is not None:
            moved = moved * whole + amount * removal.share[channel]
        moved *= moved
        most = float(moved.max(initial=0.0))
        scale = 2.0 ** (_BITS - len(moved).bit_length())
        squares[channel] = int(np.rint(moved * (scale / most)).astype(np.int64).sum()) / scale * most if most else 0.0
    return squares
