"""What a channel is worth by how much would be missing without it: a Markov chain over the touches of paths."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from accord.stats.grouped import Floats, Ints

__all__ = ["Moved", "Removal", "Steps", "moved_by_paths", "removal_effects", "steps_of", "transitions_of"]

_TOGETHER = 20_000
_BITS = 62
"""Sums are added up as whole numbers below 2 ** 62: the order of the paths cannot change them."""


@dataclass(frozen=True)
class Steps:
    """The steps of paths, one after the other: ``key`` = from × (channels + 2) + to; path p begins at ``starts[p]``.

    States: the channels by their codes, then the start, then the end. ``last`` is the last channel of each path.
    """

    key: Ints
    starts: Ints
    last: Ints
    channels: int


def steps_of(starts: Ints, channel: Ints, channels: int) -> Steps:
    """The steps from the start through the touches of each path to its end; every path has one touch or more."""
    states, paths = channels + 2, len(starts) - 1
    offsets = starts + np.arange(paths + 1)
    key = np.empty(int(offsets[-1]), dtype=np.int64)
    begins = np.zeros(len(key), dtype=np.bool_)
    begins[offsets[:-1]] = True
    key[begins], key[~begins] = channels, channel
    following = np.append(key[1:], 0)
    following[offsets[1:] - 1] = channels + 1
    last = key[offsets[1:] - 1]
    key *= states
    key += following
    return Steps(key, offsets[:-1], last, channels)


def transitions_of(steps: Steps) -> Ints:
    """How often each state was followed by each: an array (states, states)."""
    states = steps.channels + 2
    return np.bincount(steps.key, minlength=states * states).reshape(states, states).astype(np.int64)


@dataclass(frozen=True)
class Removal:
    """``effect``: per channel, the part of all that was brought that would be missing without it; ``share``: of credit.

    The shares are the effects made to add up to 1. ``per_path`` is what a path brings. ``steps`` (states, states,
    channels) and ``last`` (channels, channels) are what one step between two states, and one unit brought after a
    channel, add to each share: how the shares move when a path is added.
    """

    per_path: float
    effect: Floats
    share: Floats
    steps: Floats
    last: Floats


def removal_effects(transitions: Ints, brought: Floats) -> Removal:
    r"""Removal effects of the first-order chain with these transition counts.

    A path goes from the start through its channels to the end, where it has brought something (a win, or money); the
    next state depends on the present one alone, as often as it followed. Take a channel out, so that every path that
    reaches it ends there with nothing:

    .. math:: e_c = 1 - \frac{E(\text{brought without } c)}{E(\text{brought})}
              = \frac{P(\text{ever at } c)\, h_c}{h_0}, \qquad s_c = e_c \big/ \textstyle\sum_d e_d

    :math:`h = (I - Q)^{-1} v` is what is yet to come from each state, Q the steps between channels, v what a path
    brings that ends after one; :math:`P(\text{ever at } c) = N_{0c} / N_{cc}` with :math:`N = (I - Q)^{-1}`: one
    inverse gives all channels. In plain words: how much of what was won passed through the channel and would not have
    come round it, as far as the order of touches tells. A touch followed by one of the same channel changes nothing.

    ``transitions`` is an array (channels + 2, channels + 2): channels, start, end; ``brought`` what the paths brought
    whose last touch was of each channel, together. Where nothing was brought, all effects and shares are 0.

    >>> import numpy as np
    >>> steps = steps_of(np.array([0, 2, 3]), np.array([0, 1, 0]), 2)
    >>> found = removal_effects(transitions_of(steps), np.array([0.0, 1.0]))
    >>> found.effect.tolist(), found.share.tolist()
    ([1.0, 1.0], [0.5, 0.5])

    References: Anderl, Becker, von Wangenheim & Schumann (2016), Int. J. Research in Marketing 33, 457–474 (the graph);
    Shao & Li (2011), KDD '11, 258–264 (credit by what would be missing); Kemeny & Snell (1960), Finite Markov Chains,
    ch. 3.
    """
    states = len(transitions)
    channels = start = states - 2
    left = transitions[: channels + 1].sum(axis=1).astype(np.float64)
    each = np.where(left > 0, 1.0 / np.where(left > 0, left, 1.0), 0.0)
    inverse = np.linalg.inv(np.eye(channels + 1) - transitions[: channels + 1, : channels + 1] * each[:, None])
    to_come = inverse[:, :channels] @ (brought * each[:channels])
    none = np.zeros(channels)
    if to_come[start] <= 0:
        return Removal(0.0, none, none, np.zeros((states, states, channels)), np.zeros((channels, channels)))
    reached = inverse[start, :channels] / np.diag(inverse)[:channels]
    effect = reached * to_come[:channels] / to_come[start]
    share = effect / effect.sum()
    steps, last = np.zeros((states, states, channels)), np.zeros((channels, channels))
    # What a step promises, over what was promised before it; the end promises nothing, it pays (``last``).
    gain = np.append(to_come, 0.0)[None, :] - to_come[:, None]
    weight = inverse * each[None, :]
    for channel in range(channels):
        # The chance of ever coming to this channel from each state, and the visits to others before that.
        ever = inverse[:, channel] / inverse[channel, channel]
        before = weight[start] - reached[channel] * weight[channel]
        ever[channel], before[channel] = 1.0, 0.0
        coming = before[:, None] * (np.append(ever, 0.0)[None, :] - ever[:, None])
        winning = reached[channel] * weight[channel] - effect[channel] * weight[start]
        steps[: channels + 1, :, channel] = coming * to_come[channel] + winning[:, None] * gain
        last[:, channel] = winning[:channels]
    scale = to_come[start] * effect.sum()
    steps = (steps - steps.sum(axis=2, keepdims=True) * share) / scale
    last = (last - last.sum(axis=1, keepdims=True) * share) / scale
    return Removal(float(to_come[start]), effect, share, steps, last)


@dataclass(frozen=True)
class Moved:
    r"""How far single paths move a channel's share of the credit: :math:`d_i`, one per path, for each channel.

    ``square`` is :math:`\sum d_i^2`, ``along`` is :math:`\sum d_i r_i`, :math:`r_i` being what a path brought.
    """

    square: Floats
    along: Floats


def moved_by_paths(removal: Removal, steps: Steps, brought: Floats) -> Moved:
    r"""The infinitesimal jackknife of the shares: what each path does to them, to first order.

    ``brought`` is what each path brought. ``square`` is the variance of a share s when the paths are drawn again; the
    tests hold it against a bootstrap. Of the credit :math:`s R` with :math:`R = \sum r_i`, where how much there is to
    share out is left to chance as well, it is

    .. math:: \sum_i (s r_i + R d_i)^2 = s^2 \textstyle\sum r_i^2 + 2 s R \sum d_i r_i + R^2 \sum d_i^2

    Reference: Efron (1982), The Jackknife, the Bootstrap and Other Resampling Plans, ch. 6.
    """
    square, along = np.zeros(steps.channels), np.zeros(steps.channels)
    for channel in range(steps.channels if len(steps.starts) else 0):
        moved = _by_path(removal.steps[:, :, channel].reshape(-1), steps)
        moved += removal.last[:, channel][steps.last] * brought
        square[channel], along[channel] = _exact_sum(moved * moved), _exact_sum(moved * brought)
    return Moved(square, along)


def _by_path(values: Floats, steps: Steps) -> Floats:
    """The sum of the ``values`` of the steps of each path. A part of the paths at a time, so that what is looked up
    stays in quick memory."""
    added = np.empty(len(steps.starts))
    for first in range(0, len(added), _TOGETHER):
        starts = steps.starts[first : first + _TOGETHER]
        after = steps.starts[first + _TOGETHER] if first + _TOGETHER < len(added) else len(steps.key)
        added[first : first + _TOGETHER] = np.add.reduceat(values[steps.key[starts[0] : after]], starts - starts[0])
    return added


def _exact_sum(values: Floats) -> float:
    """The sum in steps of 2 ** -62 of the largest possible: the same in whatever order the values come."""
    most = float(np.abs(values).max(initial=0.0))
    scale = 2.0 ** (_BITS - len(values).bit_length())
    return int(np.rint(values * (scale / most)).astype(np.int64).sum()) / scale * most if most else 0.0
