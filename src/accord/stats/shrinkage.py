"""Small segments: rates drawn towards the rest of their dimension, as far as the data say the segments are alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from accord.stats.functions import special
from accord.stats.grouped import Floats, Ints
from accord.stats.intervals import jeffreys
from accord.values import LEVEL

__all__ = ["Shrunk", "deciding_count", "shrink"]

STRENGTHS = np.geomspace(0.1, 1e6, 26)
"""Grid of κ, the leads that the common mean counts for in each segment: from hardly any to "all segments are one"."""

NODES = np.linspace(-4.0, 4.0, 9)
"""Grid of the common mean, in standard deviations on the log-odds scale."""

MOST_LEADS = 1 << 20
"""Beyond this a count is not asked for: it would decide nothing within anybody's lifetime."""


@dataclass(frozen=True, eq=False)
class Shrunk:
    """Rates drawn towards their group: ``value`` with its interval per segment, in the order given.

    Per group: ``mean``, the rate its segments are drawn to; ``strength``, how many leads that mean counts for beside a
    segment's own (many where segments are alike, few where they differ); ``segments``, how many have any lead.
    """

    value: Floats
    low: Floats
    high: Floats
    level: float
    mean: Floats
    strength: Floats
    segments: Ints


def shrink(
    successes: npt.ArrayLike, trials: npt.ArrayLike, group: npt.ArrayLike, groups: int, level: float = LEVEL
) -> Shrunk:
    r"""Beta-binomial empirical Bayes: every segment's rate given its own leads and those of its group.

    .. math:: x_i \sim Bin(n_i, p_i), \qquad p_i \sim B(\mu\kappa, (1-\mu)\kappa), \qquad
              E[p_i \mid \mu, \kappa] = \frac{x_i + \mu\kappa}{n_i + \kappa}

    ``successes`` and ``trials`` are accepted (x) and leads (n) of each segment, or their equivalents under censoring
    (``IncidenceAt.successes`` and ``trials``). ``group`` numbers, from 0 to ``groups - 1``, what is comparable:
    the segments of one dimension in one period. All groups are fitted at once.

    In plain words: of a segment with 400 leads we believe its own rate; of one with 12 we believe mostly the rate of
    the others, unless the others differ so much among themselves that they say little. How much is settled by the data:
    the common mean μ and its weight κ have the likelihood

    .. math:: L(\mu, \kappa) = \prod_i
              \frac{B(x_i + \mu\kappa,\; n_i - x_i + (1-\mu)\kappa)}{B(\mu\kappa,\; (1-\mu)\kappa)}

    Answers are averages over (μ, κ) under it, not at its peak, which with few segments would pretend that they are all
    alike. Before looking, μ has the Jeffreys distribution and the correlation within segments, 1/(1 + κ), is
    uniform: equal segments are pooled strongly, two segments hardly, and a segment alone in its group not at all
    (its own rate with Jeffreys' interval). The posterior of each rate is reported as the Beta distribution of
    its mean and variance.

    Five segments of 100 leads, between 29 % and 52 %, and one with 2 accepted of 12:

    >>> shrunk = shrink([52, 35, 44, 29, 38, 2], [100, 100, 100, 100, 100, 12], [0] * 6, groups=1)
    >>> shrunk.value.round(2), shrunk.mean.round(2)
    (array([0.49, 0.36, 0.43, 0.31, 0.38, 0.29]), array([0.38]))

    References: Efron & Morris (1975), J. Amer. Statist. Assoc. 70, 311–319; Skellam (1948), J. R. Statist. Soc. B 10,
    257–261, for the likelihood; Natarajan & Kass (2000), J. Amer. Statist. Assoc. 95, 227–237, for the uniform prior.
    """
    order = np.argsort(np.asarray(group, dtype=np.int64), kind="stable")
    owner = np.asarray(group, dtype=np.int64)[order]
    won = np.asarray(successes, dtype=np.float64)[order]
    tried = np.asarray(trials, dtype=np.float64)[order]
    belief, means = _belief(won, tried, owner, groups)
    first, square = np.zeros(len(won)), np.zeros(len(won))
    for step, strength in enumerate(STRENGTHS):
        middle = (won[:, None] + means[owner, step] * strength) / (tried[:, None] + strength)
        weight = belief[owner, step]
        first += (weight * middle).sum(axis=1)
        spread = middle * (1 - middle) / (tried[:, None] + strength + 1)
        square += (weight * (middle**2 + spread)).sum(axis=1)
    total = first * (1 - first) / (square - first**2) - 1
    tail = (1 - level) / 2
    segments = np.bincount(owner[tried > 0], minlength=groups)
    alone = (segments[owner] < 2) & (tried > 0)
    own = jeffreys(won, tried, level)
    value = np.where(alone, won / np.where(tried > 0, tried, 1.0), first)
    low = np.where(alone, own.low, special.betaincinv(first * total, (1 - first) * total, tail))
    high = np.where(alone, own.high, special.betaincinv(first * total, (1 - first) * total, 1 - tail))
    back = np.argsort(order, kind="stable")
    correlation = (belief.sum(axis=2) / (1 + STRENGTHS)).sum(axis=1)
    return Shrunk(
        value=value[back],
        low=low[back],
        high=high[back],
        level=level,
        mean=(belief * means).sum(axis=(1, 2)),
        strength=1 / correlation - 1,
        segments=segments,
    )


def _belief(won: Floats, tried: Floats, owner: Ints, groups: int) -> tuple[Floats, Floats]:
    """Posterior weights of (κ, μ) and the values of μ they belong to, arrays (groups, strengths, nodes).

    For each κ the nodes lie around the mean that this κ suggests; ``owner`` is sorted.
    """
    shape = (groups, len(STRENGTHS), len(NODES))
    score, means = np.zeros(shape), np.zeros(shape)
    first = np.searchsorted(owner, np.unique(owner))
    rates = np.divide(won, tried, out=np.zeros_like(won), where=tried > 0)
    for step, strength in enumerate(STRENGTHS):
        counts = tried * (strength + 1) / (tried + strength)
        known = np.bincount(owner, weights=counts, minlength=groups) + 1
        centre = (np.bincount(owner, weights=counts * rates, minlength=groups) + 0.5) / known
        width = 1 / np.sqrt(known * centre * (1 - centre))
        mean = 1 / (1 + np.exp(-(np.log(centre / (1 - centre))[:, None] + width[:, None] * NODES)))
        means[:, step] = mean
        yes, no = mean * strength, (1 - mean) * strength
        per_segment = special.gammaln(won[:, None] + yes[owner]) + special.gammaln((tried - won)[:, None] + no[owner])
        per_segment += (special.gammaln(strength) - special.gammaln(yes) - special.gammaln(no))[owner]
        per_segment -= special.gammaln(tried + strength)[:, None]
        if len(owner):
            score[owner[first], step] = np.add.reduceat(per_segment, first, axis=0)
        # Jeffreys' density of μ on the log-odds scale, the distance between nodes, and the uniform correlation on the
        # scale of log κ.
        score[:, step] += 0.5 * np.log(mean * (1 - mean)) + np.log(width)[:, None]
        score[:, step] += np.log(strength) - 2 * np.log1p(strength)
    weights = np.exp(score - score.max(axis=(1, 2), keepdims=True))
    return weights / weights.sum(axis=(1, 2), keepdims=True), means


def deciding_count(
    line: npt.ArrayLike, mean: npt.ArrayLike = 0.5, strength: npt.ArrayLike = 1.0, level: float = LEVEL
) -> Ints:
    """The fewest leads that could put a rate surely on one side of ``line``: with fewer, no outcome would.

    It is the smallest n for which none or all of n accepted leaves at most (1 − ``level``) / 2 of the posterior on the
    other side, starting from the Beta distribution with ``mean`` and ``strength`` (by default Jeffreys'). ``line``,
    a floor or a target, lies strictly between 0 and 1. Arrays broadcast.

    >>> deciding_count([0.5, 0.8])
    array([4, 2])
    """
    edge, centre, weight = np.broadcast_arrays(*(np.asarray(part, dtype=np.float64) for part in (line, mean, strength)))
    if np.any((edge <= 0) | (edge >= 1)):
        raise ValueError("line must lie strictly between 0 and 1")
    tail = (1 - level) / 2
    yes, no = centre * weight, (1 - centre) * weight

    def decides(n: Ints) -> npt.NDArray[np.bool_]:
        none_above = 1 - special.betainc(yes, no + n, edge)
        all_below = special.betainc(yes + n, no, edge)
        answer: npt.NDArray[np.bool_] = np.minimum(none_above, all_below) <= tail
        return answer

    low, high = np.zeros(edge.shape, dtype=np.int64), np.full(edge.shape, MOST_LEADS, dtype=np.int64)
    while np.any(low < high):
        middle = (low + high) // 2
        enough = decides(middle)
        high, low = np.where(enough, middle, high), np.where(enough, low, middle + 1)
    return low
