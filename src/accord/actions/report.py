"""What is known of corrective actions: what each is, and what it really changed. Frozen; computes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from accord.actions.model import CorrectiveAction
from accord.agreement.model import Definition
from accord.values import Figure

__all__ = [
    "ActionEffect",
    "ActionsReport",
    "Caution",
    "CautionCode",
    "PlaceboDate",
    "PlaceboSegment",
    "Rates",
    "State",
    "Stretch",
    "StretchBy",
    "Verdict",
]

State = Literal["not_begun", "in_force", "stopped"]
Verdict = Literal["better", "worse", "no_difference", "doubtful", "unknown"]
CautionCode = Literal[
    "overlap",
    "overlap_left_out",
    "untouched_changed",
    "trends_not_parallel",
    "placebo_failed",
    "fewer_leads",
    "short_horizon",
    "few_weeks",
    "begun_when_low",
    "answers_by_date",
]
StretchBy = Literal["named", "finding", "found"]
"""Who says from when on the weeks before count: a person, a finding of a drop, or these weeks themselves."""

Texts = Mapping[str, str]
"""One sentence per language: ``{"en": …, "fr": …}``."""


@dataclass(frozen=True, slots=True)
class Rates:
    """The share accepted within the horizon, where the action touched and where it did not."""

    touched: Figure
    untouched: Figure


@dataclass(frozen=True, slots=True)
class PlaceboDate:
    """The effect that the same method finds at a day on which nothing was done, from data before the action alone."""

    day: date
    effect: Figure


@dataclass(frozen=True, slots=True)
class PlaceboSegment:
    """The effect that the same method finds, at the true day, in a segment that the action did not touch."""

    where: Mapping[str, str]
    effect: Figure


@dataclass(frozen=True, slots=True)
class Stretch:
    """The weeks from a drop to the action: what an action that answers the drop is compared with.

    ``since``: the day of the drop. ``step``: by how much the gap to the untouched stepped then. ``ordinary``: the
    shares before the drop. ``all_weeks``: the effect against all weeks before, the time before the drop included.
    """

    since: date
    by: StretchBy
    text: Texts
    step: Figure
    ordinary: Rates
    all_weeks: Figure


@dataclass(frozen=True, slots=True)
class Caution:
    """Why a figure is to be read with care; ``actions``: the ids of others that it is about."""

    code: CautionCode
    text: Texts
    actions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ActionEffect:
    """An action and what it changed, by difference-in-differences.

    ``horizon_days``: a lead counts as accepted where it was within so many days of its handoff; only leads that old
    are looked at. ``effect``: change of that share in the touched segment beyond what the untouched moved by, as a
    fraction; ``n`` are the touched leads since the action. ``expected``: the share the segment would have had without
    it. ``gained``: acceptances, over the looked-at leads. ``answered``: the same effect on the share answered within
    ``promise_hours``, or ``by_class`` within what leads of their class are promised.
    ``trend``: by how much the gap to the untouched moved in four weeks, before the action.
    ``per_week_before``, ``per_week_after``: touched leads handed over a week, None where there were no whole weeks.
    ``sharing``: whether the untouched are only those that differ in one dimension. ``passed``: whether the placebo
    effects are what chance explains; None where none could be computed. ``stretch``: where the action answers a drop,
    which weeks are its “before”: ``weeks_before``, ``before``, ``per_week_before`` and ``trend`` are then of these.
    """

    action: CorrectiveAction
    state: State
    verdict: Verdict
    because: Texts
    horizon_days: int
    weeks_before: int
    weeks_after: int
    effect: Figure
    before: Rates
    after: Rates
    expected: Figure
    gained: Figure
    answered: Figure
    promise_hours: float
    by_class: bool
    trend: Figure
    per_week_before: float | None
    per_week_after: float | None
    sharing: bool
    dates: tuple[PlaceboDate, ...]
    segments: tuple[PlaceboSegment, ...]
    passed: bool | None
    cautions: tuple[Caution, ...]
    stretch: Stretch | None = None


@dataclass(frozen=True, slots=True)
class ActionsReport:
    """Every action that stands on the list, in the order in which they were added, with its effect at ``as_of``."""

    agreement_name: str
    agreement_version: str
    as_of: datetime
    definition: Definition
    window_days: int
    effects: tuple[ActionEffect, ...]
