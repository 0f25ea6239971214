"""How many leads it takes before outcomes teach anything."""

from __future__ import annotations

import math

import numpy as np

from accord.learning.frame import Booleans
from accord.values import Reason, Unknown

__all__ = ["FEWEST_LEADS", "FEWEST_OF_A_KIND", "HELD_OUT", "missing"]

FEWEST_LEADS = 200
FEWEST_OF_A_KIND = 50
"""Good leads, and bad ones, among those learnt from: ten for each of the five criteria of the smallest useful scorecard
(Peduzzi et al. 1996, J. Clin. Epidemiol. 49, 1373–1379).
"""

HELD_OUT = 0.2


def missing(good: Booleans) -> Unknown | None:
    """``Unknown(too_few, need)`` where ``good`` (from the oldest to the newest) is too little to learn from.

    ``need`` is the number of leads with a known outcome that would do at the share of good ones seen so far.
    """
    older = good[: good.size - round(good.size * HELD_OUT)]
    rarer = min(int(older.sum()), int((~older).sum()))
    if good.size >= FEWEST_LEADS and rarer >= FEWEST_OF_A_KIND:
        return None
    share = (min(int(good.sum()), int((~good).sum())) + 0.5) / (good.size + 1)
    need = max(FEWEST_LEADS, math.ceil(FEWEST_OF_A_KIND / share / (1 - HELD_OUT)))
    return Unknown(Reason.TOO_FEW, max(need, int(np.ceil(good.size * 1.05)) if rarer < FEWEST_OF_A_KIND else need))
