"""Draws from what is known of a figure, for what is made of several figures that were estimated apart."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from accord.stats.grouped import Floats
from accord.values import LEVEL, Estimate

__all__ = ["conditional_trials", "figure_draws", "middle_of", "share_draws"]


def share_draws(chance: np.random.Generator, share: float, trials: float, size: int) -> Floats:
    r"""Draws of a share that so many ``trials`` tell of: :math:`B(x + ½,\; n - x + ½)`, x = ``share`` · ``trials``.

    In plain words: where the true share may lie after what was seen, by the Jeffreys posterior whose interval Accord
    shows beside every share. Without trials anything between 0 and 1 may be true.

    >>> draws = share_draws(np.random.default_rng(1), 0.3, 100, 10_000)
    >>> np.quantile(draws, [0.025, 0.975]).round(1)
    array([0.2, 0.4])
    """
    seen = min(max(share, 0.0), 1.0) * trials
    return chance.beta(seen + 0.5, trials - seen + 0.5, size)


def conditional_trials(part: float, part_trials: float, whole: float, whole_trials: float) -> float:
    r"""How large a sample tells of part ÷ whole, of two shares of the same leads, the part within the whole.

    .. math:: \frac{1 - w}{w\,n} = \frac{1 - q}{q\,n_q} - \frac{1 - p}{p\,n_p}, \qquad w = q / p

    Whether a lead comes as far as p, and whether it then goes on, are told by separate factors of the likelihood, so
    relative variances take each other away. With nothing censored n is the number of leads that came as far as p; it
    is never more than that. With no part at all there is no variance to take, and that number is the answer.

    >>> conditional_trials(0.1, 1000, 0.4, 1000)
    400.0
    """
    among = whole * whole_trials
    if part <= 0 or part >= whole or among <= 0 or part_trials <= 0:
        return max(among, 0.0)
    ratio = part / whole
    spread = (1 - part) / (part * part_trials) - (1 - whole) / (whole * whole_trials)
    return min(round((1 - ratio) / (ratio * spread), 9), among) if spread > 0 else among


def figure_draws(chance: np.random.Generator, figure: Estimate, size: int) -> Floats:
    """Draws whose middle 95 % lie between the ends of the figure's interval, half of them below its value.

    Two halves of normal distributions, on the scale of the logarithm where the whole interval is above 0: an amount of
    money is uncertain by a factor.

    >>> draws = figure_draws(np.random.default_rng(1), Estimate(100.0, 50.0, 400.0, 20), 100_000)
    >>> np.quantile(draws, [0.025, 0.5, 0.975]).round(-1)
    array([ 50., 100., 400.])
    """
    logarithm = figure.low > 0
    low, value, high = (np.log(end) if logarithm else end for end in (figure.low, figure.value, figure.high))
    normal = chance.standard_normal(size)
    reach = -ndtri((1 - figure.level) / 2)
    moved: Floats = value + normal / reach * np.where(normal < 0, value - low, high - value)
    return np.exp(moved) if logarithm else moved


def middle_of(draws: Floats, level: float = LEVEL) -> tuple[float, float]:
    """The ends between which the middle ``level`` of the draws lie.

    >>> middle_of(np.arange(1001.0), 0.5)
    (250.0, 750.0)
    """
    tail = (1 - level) / 2
    low, high = np.quantile(draws, [tail, 1 - tail])
    return float(low), float(high)
