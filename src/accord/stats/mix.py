"""Why a rate moved: because the leads were others, or because like leads fared differently."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["MixAndRate", "mix_and_rate"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class MixAndRate:
    """What each value adds to the change of the whole rate; the three parts of all values add up to ``change``.

    ``mix``: its share of leads changed, at its rate before, against the whole's; ``rate``: its rate changed, at its
    share before; ``interaction``: both at once.
    """

    mix: Floats
    rate: Floats
    interaction: Floats
    change: float

    @property
    def totals(self) -> tuple[float, float, float]:
        """Mix, rate and interaction of the whole."""
        return float(self.mix.sum()), float(self.rate.sum()), float(self.interaction.sum())


def mix_and_rate(
    leads_before: npt.ArrayLike,
    accepted_before: npt.ArrayLike,
    leads_after: npt.ArrayLike,
    accepted_after: npt.ArrayLike,
) -> MixAndRate:
    r"""Split a change between two periods, value by value of one dimension.

    .. math:: R_1 - R_0 = Σ_v Δs_v (r_{0v} - R_0) + Σ_v s_{0v} Δr_v + Σ_v Δs_v Δr_v

    with shares s and rates r. A value without leads in one period has no rate there: the one of the other period stands
    for it, so that its coming or going counts as mix. In plain words: had only the shares changed, had only the rates
    changed, and what only both together did.

    >>> split = mix_and_rate([80, 20], [64, 4], [50, 50], [40, 10])
    >>> [round(part, 3) for part in split.totals], round(split.change, 3)
    ([-0.18, 0.0, 0.0], -0.18)

    Raises ``ValueError`` where a period has no leads at all. Reference: Kitagawa (1955), JASA 50, 1168–1194.
    """
    n0, k0, n1, k1 = (
        np.asarray(part, dtype=np.float64) for part in (leads_before, accepted_before, leads_after, accepted_after)
    )
    if n0.sum() <= 0 or n1.sum() <= 0:
        raise ValueError("both periods need leads")
    with np.errstate(divide="ignore", invalid="ignore"):
        r0, r1 = k0 / n0, k1 / n1
    r0, r1 = np.where(n0 > 0, r0, np.where(n1 > 0, r1, 0.0)), np.where(n1 > 0, r1, np.where(n0 > 0, r0, 0.0))
    s0, s1 = n0 / n0.sum(), n1 / n1.sum()
    whole = float(k0.sum() / n0.sum())
    return MixAndRate(
        (s1 - s0) * (r0 - whole), s0 * (r1 - r0), (s1 - s0) * (r1 - r0), float(k1.sum() / n1.sum()) - whole
    )
