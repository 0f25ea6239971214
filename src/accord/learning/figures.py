"""What learning answers: what was learnt from, the leaks, the proposal with its evidence, and how good it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from accord.learning.leaks import Leak
from accord.learning.points import Scale
from accord.learning.quality import BandRate, Judged, TurnedAway
from accord.learning.room import Room
from accord.values import Figure, Unknown

__all__ = ["Change", "LearningReport", "Material", "Proposal", "ProposedCriterion", "Scorer"]

Change = Literal["added", "changed", "removed", "kept"]
Scorer = str
"""``proposal``, ``current``, ``logistic``, ``boosting``, or the name of a column that holds another score."""


@dataclass(frozen=True)
class Material:
    """What was learnt from.

    ``outcomes``: what makes a lead good. ``leads`` with a known outcome, ``good`` of them; ``left_out``: leads without
    one, by reason. ``older`` leads taught, the ``newer`` ones judge; ``border``: the order (a time, a number) of the
    first that judges. ``skipped``: columns that could not be used, by reason. ``explored``: leads that the lot drew
    below the threshold, which ``stand_for`` so many leads together; ``exploration_share``: as agreed now.
    ``horizons``: days in which a deal had to come.
    """

    outcomes: tuple[str, ...]
    leads: int
    good: int
    left_out: Mapping[str, int]
    older: int
    newer: int
    border: str
    skipped: Mapping[str, str]
    explored: int = 0
    stand_for: float = 0.0
    exploration_share: float = 0.0
    horizons: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ProposedCriterion:
    """One criterion of the proposal, or of the agreement it would replace.

    ``before`` and ``after``: points, None where it is not there. ``written``: ``{"when": …}`` or ``{"touches": …}`` as
    accord.yaml has it; empty for a criterion that is there already. ``learned`` and ``held_out``: the points that the
    outcomes support, on the leads learnt from and on the newest. ``with_it`` and ``without_it``: outcome rates of the
    leads learnt from.
    """

    id: str
    axis: str
    change: Change
    before: float | None
    after: float | None
    written: Mapping[str, Any]
    label: Mapping[str, str]
    why: Mapping[str, str]
    learned: Figure
    held_out: Figure
    with_it: Figure
    without_it: Figure


@dataclass(frozen=True)
class Proposal:
    """A new version: criteria, threshold, bands. ``considered``: candidates that were looked at. ``bands_before``: the
    agreement's, where its bands move.

    ``scale``: the chance a score stands for. ``changes`` is empty where the outcomes do not insist on anything.
    """

    criteria: tuple[ProposedCriterion, ...]
    threshold_before: float | None
    threshold: float
    bands: tuple[tuple[str, float | None], ...]
    scale: Scale
    considered: int
    bands_before: tuple[tuple[str, float | None], ...] = ()

    @property
    def says_nothing(self) -> bool:
        """Whether nothing was agreed and nothing was learnt: there is no score to speak of."""
        return not self.criteria and self.threshold_before is None

    @property
    def changes(self) -> tuple[ProposedCriterion, ...]:
        """The criteria that differ."""
        return tuple(one for one in self.criteria if one.change != "kept")


@dataclass(frozen=True)
class LearningReport:
    """The whole answer.

    ``proposal`` is unknown below the minimum of leads, and says how many it takes. ``judged``: every way to score, on
    the newest leads; ``capacity`` of them could be taken, by the ``room`` that sales had, or where its capacity is not
    known (as in a plain table) as many as are let through. ``compared``: per column with another score, how many of the
    newest leads have one; on them that score and the proposal are judged (``<column>`` and ``proposal on <column>``).
    """

    material: Material
    leaks: tuple[Leak, ...]
    proposal: Proposal | Unknown
    judged: Mapping[Scorer, Judged]
    capacity: int
    bands: tuple[BandRate, ...]
    turned_away: Mapping[Scorer, TurnedAway]
    compared: Mapping[str, int]
    boosting_available: bool
    room: Room | None = None
