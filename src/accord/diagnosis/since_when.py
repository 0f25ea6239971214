"""Was it always so, or did it begin in some week? What a gap of some leads, a step, and both explain of the same leads.

A lasting gap has to be told from how much such leads ordinarily differ; a step hardly has to, for the leads of before
say what is ordinary. So where few leads came before some week, and those few fared well by chance, the step explains
more than the gap however little speaks of a change. Whether anything changed is asked *beside* the gap, therefore: of
before against after within the segment, whatever lasts. Only then is it asked what there was before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from accord.stats.effects import Crossed, Fit
from accord.stats.steps import LEAST_SIDE

__all__ = ["Explained", "explained"]

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Explained:
    """What the explanations of one segment are worth, in squares of z: twice the logarithm of how much likelier they
    make the leads than nothing does.

    ``gap``: a lasting one. The others per week: ``step``, one of ``effect`` logits from that week on and nothing
    before; ``both``, a gap and a step of ``beside`` logits. Weeks that leave too little before or after have 0, but for
    the ``effect`` from the first week on, which is the gap's.
    """

    gap: float
    step: Floats
    effect: Floats
    both: Floats
    beside: Floats

    @property
    def changed(self) -> float:
        """What the best fall beside a lasting gap explains: how surely something got worse at some time."""
        return max(float(np.where(self.beside < 0, self.both - self.gap, 0.0).max(initial=0.0)), 0.0)

    @property
    def lasts_too(self) -> float:
        """What a lasting gap explains beside the best fall, where before it everything was to be as elsewhere."""
        best = float(np.where(self.effect < 0, self.step, 0.0).max(initial=0.0))
        return float(np.where(self.beside < 0, self.both, 0.0).max(initial=0.0)) - best

    def falls(self) -> Places:
        """The weeks in which a fall may have begun, the one that explains most first."""
        order = np.argsort(-self.step, kind="stable")
        return np.asarray(order[(self.step[order] > 0) & (self.effect[order] < 0)], dtype=np.int64)


def explained(model: Fit, design: Crossed, rows: Places, week: Places, weeks: int) -> Explained:
    """Ask it of the cases in ``rows``, each of its ``week`` of so many, inside the model (one score step each)."""
    order = np.argsort(week, kind="stable")
    parts = np.split(rows[order], np.searchsorted(week[order], np.arange(1, weeks)))
    residual = np.array([model.residual[part].sum() for part in parts])
    weight = np.array([model.weight[part].sum() for part in parts])
    columns = np.array([design.sums(model.weight[part], part) for part in parts])
    # from each week on; the first is the whole
    u, v, x = (np.cumsum(each[::-1], axis=0)[::-1] for each in (residual, weight, columns))
    gap_beside = model.inverse.times(x[0])
    own = np.maximum(v - np.array([model.inverse.quadratic(each) for each in x]), 1e-12)
    shared = v - x @ gap_beside
    known = (np.minimum(v, v[0] - v) >= LEAST_SIDE * v[0]) & (v > 0)
    gap = float(u[0] ** 2 / own[0])
    effect = np.where(known, u / own, 0.0)
    effect[0] = u[0] / own[0]
    step = np.where(known, u**2 / own, 0.0)
    left = own - shared**2 / own[0]
    known &= left > 1e-9 * own
    left = np.where(known, left, 1.0)
    beside = np.where(known, (u - shared / own[0] * u[0]) / left, 0.0)
    return Explained(gap, step, effect, np.where(known, gap + beside**2 * left, 0.0), beside)
