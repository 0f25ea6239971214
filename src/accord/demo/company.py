"""What a simulated company is like, and which problems are planted in it. Frozen: a company is data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

__all__ = ["DEMO", "HEALTHY", "KINDS", "SMALLEST", "Cause", "CauseKind", "Company", "Habits"]

SMALLEST = 50
"""Fewer handoffs a year than this are no company."""

CauseKind = Literal[
    "durably_low",
    "sudden_drop",
    "mix_shift",
    "segment_friction",
    "segment_model",
    "overweighted_signal",
    "underweighted_signal",
    "rep_gap",
    "slow_response",
    "token_effort",
    "rubber_stamp",
    "definition_gap",
]

KINDS: Mapping[CauseKind, str] = {
    "durably_low": "every lead is accepted less, by strength points",
    "sudden_drop": "leads in where are accepted less from the date on, by strength points",
    "mix_shift": "the share of where (channel, country or sector) is multiplied by strength from the date on",
    "segment_friction": "leads in where are accepted less, by strength points",
    "segment_model": "leads in where are accepted more, by strength points",
    "overweighted_signal": "where's criterion is given strength times the points it deserves",
    "underweighted_signal": "where's criterion is given strength (below 1) times the points it deserves",
    "rep_gap": "a rep or team accepts less, by strength points; overload: receives strength times its capacity",
    "slow_response": "leads in where wait strength times as long for an answer",
    "token_effort": "strength is the share of where's acceptances that get one short or unanswered call and no more",
    "rubber_stamp": "strength is the probability that where accepts a lead, whatever it is worth",
    "definition_gap": "strength is the share of where's leads that are worked but never decided",
}
"""What each kind of cause does; *points* are of the acceptance probability of a typical lead (0.2 = twenty points)."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One planted problem (or, for ``segment_model``, one planted success).

    ``where`` names stored values of dimensions (``{"channel": "webinar", "country": "DE"}``; ``{}`` = everything), or
    ``{"criterion": id}`` for the two signal kinds. ``weeks_before_end`` dates its start: the Monday that many weeks
    before the data end; ``None`` = it was always so. ``strength`` is in the unit that :data:`KINDS` gives. ``reason``
    says why a ``rep_gap`` exists: ``training`` holds for the leads ``where`` selects beside the rep or team,
    ``territory`` for the territory alone (and its accepted leads convert poorly), ``resistance`` everywhere (refusals
    late, vague, without effort), ``overload`` as the queue grows.
    """

    kind: CauseKind
    where: Mapping[str, str] = field(default_factory=dict)
    strength: float = 0.2
    weeks_before_end: int | None = None
    reason: Literal["territory", "training", "resistance", "overload"] | None = None


@dataclass(frozen=True, slots=True)
class Habits:
    """How untidy ordinary life is here: each is a share of the rows it speaks of."""

    superseded: float = 0.01
    """Handoffs whose lead is handed over again before anybody decided."""
    merged: float = 0.008
    """Leads that are duplicates, merged into another."""
    late: float = 0.3
    """Undecided handoffs that are closed by a decision after their window."""
    ghost: float = 0.05
    """Acceptances that nobody follows up."""
    token: float = 0.04
    """Acceptances followed by one short or unanswered call and nothing else."""
    silent: float = 0.35
    """Undecided handoffs that were worked all the same."""
    ownerless: float = 0.015
    """Handoffs to a team's queue, without a rep."""
    misrouted: float = 0.02
    """Handoffs to a territory that is not the lead's."""
    missing: float = 1.0
    """Multiplies the ordinary shares of missing cells."""
    orphans: float = 0.0
    """Decisions and activities whose handoff or lead was deleted."""
    cleanup: bool = True
    """Whether the late decisions are made in one minute, at the end of a quarter."""


@dataclass(frozen=True, slots=True)
class Company:
    """A company that sells machine monitoring to manufacturers in four countries; sizes and shares are per year.

    ``base_rate``: acceptance probability of a typical lead that somebody decides. ``heterogeneity``: standard
    deviation, in logits, of the ordinary differences between values of a dimension; ``rep_spread``: the same between
    reps. ``worth_slope``: logits gained when a lead's true worth grows by 20 points. ``undecided``: share of handoffs
    that nobody ever decides. ``growth``: volume at the end of the year relative to its start. ``unqualified``: leads
    never handed over, per handoff. ``again``: share of handoffs that are a lead's second. ``activities``: activities
    per handoff, about. ``season``: how far, in logits, acceptance swings to either side of its mean within a year,
    highest ``season_peak`` of a year after the first day; ``trend``: logits it gains from the first day to the last.
    """

    name: str = "Orvane Monitoring"
    base_rate: float = 0.74
    heterogeneity: float = 0.10
    rep_spread: float = 0.15
    worth_slope: float = 0.30
    undecided: float = 0.06
    growth: float = 1.2
    unqualified: float = 0.5
    again: float = 0.06
    activities: float = 7.0
    season: float = 0.0
    season_peak: float = 0.0
    trend: float = 0.0
    leads_per_rep_week: float = 5.0
    habits: Habits = Habits()
    causes: tuple[Cause, ...] = ()

    def with_causes(self, *causes: Cause) -> Company:
        """The same company with these causes planted, and no others."""
        return replace(self, causes=causes)


HEALTHY = Company(heterogeneity=0.04, rep_spread=0.06, worth_slope=0.2)
"""No problem planted; the ordinary differences between segments stay within about a point."""

DEMO = Company(
    habits=Habits(orphans=0.0008),
    causes=(
        Cause("overweighted_signal", {"criterion": "download"}, strength=3.0),
        Cause("sudden_drop", {"channel": "webinar"}, strength=0.28, weeks_before_end=13),
        Cause("slow_response", {"team": "DACH"}, strength=6.0),
    ),
)
"""The company of ``accord demo``: three problems to find."""
