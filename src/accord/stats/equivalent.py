r"""The complete sample that would tell as much as an incomplete one: what intervals of curves are made from."""

from __future__ import annotations

import numpy as np

from accord.stats.grouped import Bools, Floats, running_total, total
from accord.stats.stages import Stages

__all__ = ["equivalent_sample"]


def equivalent_sample(stages: Stages, seen: Bools, survivors: Floats) -> tuple[Floats, Floats]:
    r"""Accepted leads x and leads n of the complete sample that carries as much information, per cell.

    .. math:: F \approx B(x + ½,\; n - x + ½)

    ``seen`` marks the stages up to the horizon; ``survivors`` counts, per cell, the leads seen beyond it. In plain
    words: before looking we imagine one lead that is watched right up to the horizon and then accepted with even odds.
    That is the Jeffreys prior of a share, and the same prior spread over a curve: a Dirichlet process with total mass
    1 on (time, outcome), whose posterior under right-censoring is a chain of Dirichlet steps, one per stage. Of the
    leads at risk in stage j (the imagined one included, :math:`T_j = Y_j + 1`), the shares that are accepted, that
    leave otherwise, and that go on are :math:`Dir(a_j, d_j - a_j, T_j - d_j)`; those who reach the horizon are the
    imagined lead and the survivors. Mean and mean square of F follow exactly from the chain

    .. math:: R_j = h_j + s_j R_{j+1}, \qquad
              E R_j^2 = E h_j^2 + 2 E(h_j s_j) E R_{j+1} + E s_j^2\, E R_{j+1}^2

    and the Beta distribution of that mean and variance is the answer. With nothing censored the chain telescopes and
    the answer *is* the Jeffreys posterior of accepted out of n. With much censored, n shrinks to the leads that still
    speak about the horizon; the last lead alone at risk never passes for certainty, as it does in the variance of
    Aalen or Greenwood.

    Source: Dirichlet process under censoring: Susarla & Van Ryzin (1976), J. Amer. Statist. Assoc. 71, 897–902;
    Jeffreys interval: Brown, Cai & DasGupta (2001). Coverage: docs/method/acceptance-rate.md.
    """
    cell, cells = stages.cell, len(stages.n)
    at_risk = stages.at_risk + 1
    going_on = at_risk - stages.leaving
    # Means of "reached this stage" and of its square: telescoped, so that only censoring multiplies.
    reached = at_risk / (stages.n[cell] + 1) * stages.lost(1)
    reached_square = reached * (at_risk + 1) / (stages.n[cell] + 2) * stages.lost(2)
    pairs = at_risk * (at_risk + 1)
    here = np.where(seen, reached * stages.of_interest / at_risk, 0.0)
    beyond_stage = reached * going_on / at_risk
    beyond = _at_last_seen(beyond_stage, seen, stages)
    beyond_square = _at_last_seen(reached_square * going_on * (going_on + 1) / pairs, seen, stages)
    final = 0.5 / (1 + survivors)
    mean = total(here, cell, cells) + beyond * final
    to_come = (mean[cell] - running_total(here, stages.starts)) / beyond_stage
    square_here = reached_square * stages.of_interest * (stages.of_interest + 1 + 2 * going_on * to_come) / pairs
    square = total(np.where(seen, square_here, 0.0), cell, cells) + beyond_square * final * 1.5 / (2 + survivors)
    weight = mean * (1 - mean) / (square - mean**2)  # of the Beta distribution, plus 1
    trials = np.maximum(weight - 2, 0.0)
    return np.clip(mean * (weight - 1) - 0.5, 0.0, trials), trials


def _at_last_seen(values: Floats, seen: Bools, stages: Stages) -> Floats:
    """``values`` in each cell's last stage up to the horizon; 1 where there is none."""
    stages_seen = np.bincount(stages.cell[seen], minlength=len(stages.n))
    picked = np.ones(len(stages.n))
    picked[stages_seen > 0] = values[(stages.starts[:-1] + stages_seen - 1)[stages_seen > 0]]
    return picked
