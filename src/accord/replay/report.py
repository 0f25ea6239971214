"""What a replay answers: who enters and who leaves, what is to be expected of them, what it means for each team."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accord.agreement.diff import Change
from accord.agreement.model import Agreement
from accord.agreement.versions import AgreementVersion
from accord.replay.population import Population
from accord.values import Bounds, Figure

__all__ = ["Chosen", "Expectation", "Replay", "TeamLoad", "ThresholdRow"]


@dataclass(frozen=True, slots=True)
class Expectation:
    """A share to be expected of chosen leads, from what became of comparable ones.

    ``bounds``: what it could be, whatever the leads that were never handed over would have done; no assumption.
    ``comparable``: the share of the chosen leads that handed-over leads of about the same score stand for.
    """

    figure: Figure
    bounds: Bounds
    comparable: float


@dataclass(frozen=True, slots=True)
class Chosen:
    """The leads that one agreement would hand over: how many, how many of them were, and what to expect of them."""

    leads: int
    handed: int
    acceptance: Expectation
    conversion: Expectation


@dataclass(frozen=True, slots=True)
class ThresholdRow:
    """The draft with another threshold (points): who qualifies, who enters and leaves against what held, expectations.

    ``per_week``: leads a week.
    """

    threshold: float
    chosen: Chosen
    enter: int
    leave: int
    per_week: float
    is_draft: bool


@dataclass(frozen=True, slots=True)
class TeamLoad:
    """Leads a week of one team, before and after, beside what its people can take.

    ``team`` None: leads of which nobody can tell whose they would be. ``capacity`` leads a week, None where nobody
    recorded it. ``peak``: the fullest week after; ``weeks_over``: weeks in which the draft brings more than the team
    can take.
    """

    team: str | None
    capacity: float | None
    before: float
    after: float
    peak: int
    weeks_over: int


@dataclass(frozen=True, eq=False)
class Replay:
    """A draft applied to past leads with what was known then.

    ``start`` (None: from the first lead on) and ``end`` are naive UTC; ``weeks`` between the first and the last moment.
    ``version``: the version in force that it is compared with; None: there is none, and ``before`` is what was really
    handed over. ``by_hand``: whether ``before`` is that. ``explored``: leads handed over below the threshold they were
    under. ``definition``: what counts as accepted. ``same``: the draft says what the agreement says that it is held
    against. ``changes``: what it says otherwise, where it is held against an agreement.
    """

    draft: Agreement
    version: AgreementVersion | None
    by_hand: bool
    start: datetime | None
    end: datetime
    as_of: datetime
    weeks: float
    definition: str
    before: Chosen
    after: Chosen
    stay: int
    enter: int
    leave: int
    entering: Chosen
    leaving: Chosen
    teams: Sequence[TeamLoad]
    thresholds: Sequence[ThresholdRow]
    population: Population
    same: bool = False
    changes: Sequence[Change] = ()
