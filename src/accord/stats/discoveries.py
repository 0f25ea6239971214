"""Many questions at once: which answers may be believed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["false_discovery_rate"]


def false_discovery_rate(p_values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Benjamini and Hochberg's adjusted p-values, in the order given: keep those below the share of errors allowed.

    >>> false_discovery_rate([0.01, 0.04, 0.03, 0.5]).round(4)
    array([0.04  , 0.0533, 0.0533, 0.5   ])

    Reference: Benjamini & Hochberg (1995), J. R. Statist. Soc. B 57, 289–300.
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p)
    scaled = p[order] * p.size / np.arange(1, p.size + 1)
    adjusted = np.empty(p.size)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return adjusted
