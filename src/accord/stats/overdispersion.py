"""How much do people, teams or sites ordinarily differ, beyond what chance makes of their numbers?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["spread_between"]

CAPPED = 0.1
"""Share at either end that is drawn in: those who stand out are not to widen what is taken for ordinary."""

LEFT = 0.678655
"""What drawing in the tenths leaves of the mean square of normal numbers: 0.8 - 2 q f(q) + 0.2 q², q = 1.2816."""


def spread_between(gap: npt.ArrayLike, variance: npt.ArrayLike) -> float:
    r"""Standard deviation between units beyond chance: 0 where chance explains all.

    .. math:: \hat\tau^2 = \max\Bigl(0, \frac{I\hat\varphi - (I - 1)}{\sum w_i - \sum w_i^2 / \sum w_i}\Bigr), \quad
              \hat\varphi = \frac1{cI} \sum \tilde z_i^2, \quad w_i = 1 / s_i^2

    with :math:`\tilde z_i` the standardised gaps, the tenth at either end drawn in to what bounds it, and c what that
    leaves of normal numbers' mean square. ``variance``: the :math:`s_i^2` of chance alone.

    >>> spread_between([0.1, -0.1, 0.02, -0.02], [0.0001] * 4) > 0.05
    True
    >>> spread_between([0.01, -0.01, 0.0, 0.005], [0.01] * 4)
    0.0

    Reference: Spiegelhalter (2005), Statist. Med. 24, 1185-1202, appendix A; there without c, which finds too little.
    """
    g, v = np.asarray(gap, dtype=np.float64), np.asarray(variance, dtype=np.float64)
    if g.size < 2:
        return 0.0
    z = g / np.sqrt(v)
    z = np.clip(z, *np.quantile(z, [CAPPED, 1 - CAPPED]))
    w = 1 / v
    excess = float((z**2).sum() / LEFT - (g.size - 1))
    return float(np.sqrt(max(0.0, excess / (w.sum() - (w**2).sum() / w.sum()))))
