"""Is a rate durably below a floor? Not one bad month, and not a good one among bad."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from accord.stats.functions import special

__all__ = ["Durability", "durably_below"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Durability:
    """Posterior probability that the rate is below the floor: of all periods ``pooled``, and ``each`` by itself."""

    pooled: float
    each: Floats

    def holds(self, pooled: float = 0.95, each: float = 0.8) -> bool:
        """Whether it is sure of the whole and likely of every period."""
        return bool(self.each.size and self.pooled >= pooled and (self.each >= each).all())


def durably_below(accepted: npt.ArrayLike, leads: npt.ArrayLike, floor: float) -> Durability:
    """``accepted`` of ``leads`` in each mature period, judged with Jeffreys' prior: P(rate < floor | data).

    >>> durably_below([40, 42, 38], [100, 100, 100], 0.5).holds()
    True
    >>> durably_below([40, 52, 38], [100, 100, 100], 0.5).holds()
    False
    """
    won, tried = np.asarray(accepted, dtype=np.float64), np.asarray(leads, dtype=np.float64)
    each = special.betainc(won + 0.5, tried - won + 0.5, floor)
    pooled = float(special.betainc(won.sum() + 0.5, (tried - won).sum() + 0.5, floor))
    return Durability(pooled, np.asarray(each))
