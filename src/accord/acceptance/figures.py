"""What the acceptance use case answers: one frozen row per segment and period. It holds figures, never text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from accord.agreement.model import Definition
from accord.values import Bounds, Figure

__all__ = [
    "AcceptanceAnswer",
    "AcceptanceReport",
    "AcceptanceRow",
    "MonthDelivered",
    "PeriodUnit",
    "PromiseKept",
]

PeriodUnit = Literal["week", "month", "quarter"]


@dataclass(frozen=True, slots=True)
class AcceptanceRow:
    """Acceptance of one cell: a segment (``{}`` = everything) in a cohort period (``None`` = the whole span).

    ``handed = accepted + rejected + expired + open``; ``disqualified`` and ``recycled`` are parts of ``rejected``,
    ``superseded`` of ``expired``; the two ``…_after_acceptance`` counts stand apart. Delays are hours. The mappings
    ``within``, ``business_within`` and ``answered_within`` are keyed by promise ("24h", "48h"), the delays by
    quantile ("p50", "p90", "p95").
    """

    segment: Mapping[str, str]
    period: str | None
    handed: int
    accepted: int
    rejected: int
    disqualified: int
    recycled: int
    expired: int
    superseded: int
    open: int
    disqualified_after_acceptance: int
    recycled_after_acceptance: int
    raw_rate: Figure
    open_bounds: Bounds
    rate: Figure
    shrunk: Figure
    within: Mapping[str, Figure]
    business_within: Mapping[str, Figure]
    answered_within: Mapping[str, Figure]
    delay_hours: Mapping[str, Figure]
    business_delay_hours: Mapping[str, Figure]
    weighted_delay_hours: Figure
    ghost: Figure
    silent: Figure
    token: Figure
    never_worked: Figure

    @property
    def ripe(self) -> bool:
        """Whether every episode of the cell is over: nothing about it can change any more."""
        return self.open == 0


@dataclass(frozen=True, slots=True)
class AcceptanceAnswer:
    """Acceptance under one definition: the totals and one row per cell that has anything handed over."""

    definition: Definition
    window_days: int
    totals: AcceptanceRow
    rows: tuple[AcceptanceRow, ...]


@dataclass(frozen=True, slots=True)
class PromiseKept:
    """A promise of the agreement for one class of leads: ``kept`` is the share answered within ``within_hours``.

    ``where``: the columns and values that make the class. On the ``business`` clock, whole multiples of 24 hours are
    business days, anything else open hours. ``handed``: leads of the class. ``labels``: what the class is called in
    each language, where the agreement says it.
    """

    name: str
    where: Mapping[str, tuple[str, ...]]
    within_hours: float
    clock: Literal["elapsed", "business"]
    handed: int
    kept: Figure
    labels: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class MonthDelivered:
    """What marketing delivered in a month (``2026-07``) against what it owes, in different leads: one handed over twice
    in the month counts once. ``over`` once the month is.

    ``labels``: what these leads are called in each language, where the agreement says it.
    """

    name: str
    month: str
    owed: int
    delivered: int
    over: bool
    labels: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class AcceptanceReport:
    """The whole answer: one :class:`AcceptanceAnswer` per definition asked for, and what it was asked.

    ``chosen`` is the definition that counts, ``chosen_because`` says whether the agreement named it or the data did.
    ``left_out`` counts rows that could not be used, by reason (for example handoffs whose lead is unknown).
    ``as_of`` is naive UTC; ``timezone`` is the agreement's. ``promises`` (under the definition that counts) and
    ``commitments`` are those the agreement makes for classes of leads, over the same span of handoffs.
    """

    agreement_name: str
    agreement_version: str
    as_of: datetime
    timezone: str
    currency: str
    floor: float
    target: float
    chosen: Definition
    chosen_because: Literal["agreement", "decisions_recorded", "no_decisions"]
    dimensions: tuple[str, ...]
    period: PeriodUnit | None
    start: date | None
    end: date | None
    answers: Mapping[Definition, AcceptanceAnswer]
    left_out: Mapping[str, int]
    promises: tuple[PromiseKept, ...] = ()
    commitments: tuple[MonthDelivered, ...] = ()
