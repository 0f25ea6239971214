"""What a scenario answers: frozen figures of a world as it is and as it would be, never text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from accord.value.levers import Lever, Supposition
from accord.values import Figure

__all__ = ["LINES", "OF_REVENUE", "OF_SPEND", "Assumption", "Line", "Moved", "Scenario"]

Line = Literal["leads", "accepted", "won", "revenue", "spend", "cost_per_accepted_lead", "cac", "return_on_spend"]
LINES: tuple[Line, ...] = get_args(Line)
"""What is told of both worlds, in this order."""

OF_SPEND = frozenset({"spend", "cost_per_accepted_lead", "cac", "return_on_spend"})
"""The figures, and levers, that lack the spend that nobody said the worth of."""

OF_REVENUE = frozenset({"revenue", "return_on_spend"})
"""The figures that lack the orders that nobody said the worth of."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A figure now and then, and the difference: ``cautious`` is the difference where added acceptances win only as
    the lowest-scored third of those accepted today does (None where it is no other question)."""

    now: Figure
    then: Figure
    change: Figure
    cautious: Figure | None = None


@dataclass(frozen=True, slots=True)
class Assumption:
    """What the scenario takes for granted, by its code; ``figure`` is what it rests on."""

    code: str
    figure: Figure | float | None = None


@dataclass(frozen=True)
class Scenario:
    """The whole answer, about ``leads`` of the segment ``where`` once they are ``horizon_days`` old.

    ``levers``: what is moved, and the lever itself now and then. Amounts are in the report's currency, in its units.
    ``spend_left_out``, ``orders_left_out``: of these leads, what nobody said the worth of, by currency in its units.
    """

    suppositions: tuple[Supposition, ...]
    where: Mapping[str, str]
    leads: int
    horizon_days: int
    levers: Mapping[Lever, Moved]
    lines: Mapping[Line, Moved]
    assumptions: tuple[Assumption, ...]
    spend_left_out: Mapping[str, float] = field(default_factory=dict)
    orders_left_out: Mapping[str, float] = field(default_factory=dict)
