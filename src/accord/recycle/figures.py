"""What a recycling report holds: frozen, in the terms of the guide. Shares are fractions, durations days."""

from __future__ import annotations

import math
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from accord.agreement.model import Definition
from accord.values import Estimate, Figure

__all__ = [
    "DEFAULT_HORIZON_DAYS",
    "DEFAULT_LIMIT",
    "KINDS",
    "MOST_ATTEMPTS",
    "Attempt",
    "Because",
    "Comparison",
    "Entry",
    "FollowUpRow",
    "FollowUps",
    "HowReturned",
    "PeriodUnit",
    "RecycleReport",
    "Relaunch",
    "Relaunches",
    "ReturnRow",
    "StopRule",
    "returns_recorded",
]

DEFAULT_HORIZON_DAYS = 90
"""After so many days opportunities and wins are counted."""

DEFAULT_LIMIT = 100
"""Leads worth following up that are listed."""

PeriodUnit = Literal["week", "month", "quarter"]

HowReturned = Literal["rejected", "disqualified", "recycled", "expired", "given_back", "superseded"]

KINDS: tuple[HowReturned, ...] = ("rejected", "disqualified", "recycled", "expired", "given_back", "superseded")
"""How an episode can end without a lasting acceptance. ``given_back``: accepted, then returned. ``superseded``: handed
over again before anybody answered, so it never was without an owner, and is counted apart."""


MOST_ATTEMPTS = 5
"""Attempts from here on are one class: hardly anybody has more."""


def returns_recorded(definition: Definition, recorded: Container[str]) -> bool:
    """Whether the ``recorded`` tables can tell a lead that came back from one of which nobody wrote anything down."""
    if definition in {"explicit", "tacit"}:
        return "decisions" in recorded
    return "decisions" in recorded or "activities" in recorded


@dataclass(frozen=True)
class FollowUps:
    """Handoffs of leads that had come back, and what came of them.

    Counts so far: ``open`` (no outcome yet), ``answered`` (by the prospect), ``accepted``, ``opportunities`` and
    ``won`` (before the lead's next handoff), ``returned_again``. Shares: ``response_rate`` and ``reacceptance_rate``
    within the agreement's window, ``opportunity_rate`` and ``win_rate`` within the horizon; recent ones count as far as
    they have come. After no win at all ``win_rate`` is unknown and has its bound, as every conversion.
    """

    follow_ups: int
    open: int
    answered: int
    accepted: int
    opportunities: int
    won: int
    returned_again: int
    response_rate: Figure
    reacceptance_rate: Figure
    opportunity_rate: Figure
    win_rate: Figure


@dataclass(frozen=True)
class ReturnRow:
    """A segment and cohort of handoffs: how many came back from sales, what became of them, how they were followed up.

    ``returned`` counts episodes; ``superseded`` stands apart. ``came_back``: handed over again; ``on_their_own``: won
    before that; ``waiting``: the others. ``return_rate``: share of handoffs that comes back within the window.
    """

    segment: Mapping[str, str]
    period: str | None
    handed: int
    returned: int
    how: Mapping[HowReturned, int]
    superseded: int
    came_back: int
    on_their_own: int
    waiting: int
    return_rate: Figure
    came_back_within: Mapping[str, Figure]
    days_to_come_back: Mapping[str, Figure]
    days_waiting: float | None
    follow: FollowUps


@dataclass(frozen=True)
class FollowUpRow:
    """Follow-ups of one category."""

    segment: Mapping[str, str]
    follow: FollowUps


@dataclass(frozen=True)
class Comparison:
    """Leads followed up against comparable ones left alone at the same age, both within the horizon.

    ``event``: what is compared, since a lead that is left alone cannot be accepted. ``matched``: follow-ups by how
    finely they could be matched, finest first; ``unmatched``: without a comparable lead. ``too_young``: follow-ups not
    yet as old as the horizon.
    """

    event: Literal["opportunity", "won"]
    followed_up: Figure
    left_alone: Figure
    gain: Figure
    matched: tuple[int, ...]
    unmatched: int
    too_young: int


@dataclass(frozen=True)
class Attempt:
    """The n-th handoff of a lead, against stopping before it.

    ``shows``: ``gain``, where its interval lies above 0; ``no_gain``, where it lies below the worthwhile gain and not
    above 0; else ``not_known``.
    """

    attempt: int
    follow: FollowUps
    compared: Comparison
    shows: Literal["gain", "no_gain", "not_known"]


@dataclass(frozen=True)
class StopRule:
    """``last_worthwhile``: the last attempt of the unbroken row of those that surely gain something; 1 where the second
    does not. ``stop_before``: the first attempt that surely gains less than ``worthwhile``, a share. None where it is
    not known."""

    last_worthwhile: int | None
    stop_before: int | None
    attempts: tuple[Attempt, ...]
    worthwhile: float

    @property
    def undecided(self) -> Attempt | None:
        """The first attempt of which nothing is shown: what the answer waits for; None where every one shows gain."""
        return next((found for found in self.attempts if found.shows == "not_known"), None)

    @property
    def need(self) -> int:
        """Follow-ups that it takes. Below :math:`3 / worthwhile` none can show to gain less than that, even without
        one deal (the rule of three); where there are more, as many as make the interval of the undecided attempt no
        wider than that: then it cannot hold both nothing and a gain worth having."""
        fewest, found = math.ceil(3 / self.worthwhile), self.undecided
        if found is None or not isinstance(gain := found.compared.gain, Estimate):
            return fewest
        width = (gain.high - gain.low) / self.worthwhile
        return max(fewest, gain.n + 1, math.ceil(gain.n * width**2))


@dataclass(frozen=True)
class Because:
    """One reason for a lead's chance: what is known of it, and by how much that moves the chance (a fraction).

    ``followed_up``: how many past follow-ups had it.
    """

    what: str
    value: str
    effect: float
    followed_up: int


@dataclass(frozen=True)
class Relaunch:
    """A lead worth following up now."""

    lead_id: str
    handoff_id: str
    returned: HowReturned
    reason: str
    returned_on: date
    days_waiting: int
    attempts: int
    touches_since: int
    last_touch: str | None
    last_touch_on: date | None
    channel: str
    band: str
    chance: Figure
    because: tuple[Because, ...]


@dataclass(frozen=True)
class Relaunches:
    """Leads that may be followed up now, those most worth it first.

    ``left_out`` counts the waiting leads that may not, by reason. ``gains``: of the candidates, those whose next
    handoff surely gains something over leaving them alone, after a wait at which, and a kind of return after which,
    leads were tried before. ``sure``: of these, those whose chance reaches the agreed ``floor`` even at its low end;
    None where no chance can be given: then ``need`` says how many past follow-ups it takes.
    """

    candidates: int
    leads: tuple[Relaunch, ...]
    left_out: Mapping[str, int]
    learned_from: int
    gains: int
    sure: int | None
    floor: float
    need: int | None = None


@dataclass(frozen=True)
class Entry:
    """One line of the ledger: an episode, what became of it, and its neighbours."""

    handoff_id: str
    lead_id: str
    attempt: int
    handed_at: datetime
    previous_handoff_id: str | None
    days_since_return: float | None
    outcome: str
    returned: HowReturned | None
    reason: str | None
    returned_at: datetime | None
    next_handoff_id: str | None
    came_back_at: datetime | None
    days_to_come_back: float | None
    days_waiting: float | None


@dataclass(frozen=True)
class RecycleReport:
    """The whole answer.

    ``returned_late``: accepted, and given back after the episode had ended; no return counts them.
    """

    agreement_name: str
    agreement_version: str
    as_of: datetime
    timezone: str
    definition: Definition
    window_days: int
    horizon_days: int
    dimensions: tuple[str, ...]
    period: PeriodUnit | None
    start: date | None
    end: date | None
    recorded: frozenset[str]
    episodes: int
    leads: int
    returned_late: int
    totals: ReturnRow
    rows: tuple[ReturnRow, ...]
    by_reason: tuple[FollowUpRow, ...]
    by_attempt: tuple[FollowUpRow, ...]
    by_follow_up: tuple[FollowUpRow, ...]
    by_brought_back: tuple[FollowUpRow, ...]
    by_age: tuple[FollowUpRow, ...]
    stop_rule: StopRule
    against_left_alone: Mapping[Literal["opportunity", "won"], Comparison]
    relaunch: Relaunches

    @property
    def told(self) -> bool:
        """Whether it is recorded which leads came back; where it is not, none counts as returned."""
        return returns_recorded(self.definition, self.recorded)
