"""The agreement as the rest of the code sees it: frozen, complete, every default of the contract filled in."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "Acceptance",
    "Agreement",
    "Calendar",
    "Commitments",
    "Definition",
    "HandlingWeights",
    "LeadClassPromise",
    "Materiality",
    "MonthlyCommitment",
    "RealAction",
    "SizeBand",
    "TokenRule",
]

Definition = Literal["explicit", "action", "worked", "tacit"]
Hours = Annotated[float, Field(gt=0)]
Fraction = Annotated[float, Field(ge=0, le=1)]
ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RealAction(_Part):
    """What counts as sales really working a lead (contract, section 2)."""

    kinds: tuple[Literal["call", "email", "meeting", "message", "visit"], ...] = (
        "call",
        "email",
        "meeting",
        "message",
        "visit",
    )
    min_call_seconds: Annotated[int, Field(ge=0)] = 30
    by: Literal["owner", "team", "anyone"] = "team"


class TokenRule(_Part):
    """When an acceptance is only a token: one call, short or unanswered, within this many days, and nothing else."""

    within_days: Hours = 7


class Calendar(_Part):
    """Open hours: per weekday a list of ``(opens, closes)`` in local time, and the days that are closed.

    ``country`` (ISO 3166 code, optionally ``subdivision``) adds public holidays; ``closed`` adds dates; ``open`` takes
    a date back out of the holidays. ``timezone`` None means the agreement's.
    """

    timezone: str | None = None
    hours: dict[Weekday, tuple[tuple[ClockTime, ClockTime], ...]] = {
        day: (("09:00", "18:00"),) for day in ("monday", "tuesday", "wednesday", "thursday", "friday")
    }
    country: str | None = None
    subdivision: str | None = None
    closed: tuple[date, ...] = ()
    open: tuple[date, ...] = ()


class LeadClassPromise(_Part):
    """A promise for one class of leads: every column named in ``where`` has one of the values given."""

    name: str
    where: dict[str, tuple[str, ...]]
    within_hours: Hours
    clock: Literal["elapsed", "business"] = "elapsed"


class Acceptance(_Part):
    """What acceptance means here, and what is promised and expected of it."""

    definition: Definition | None = None
    """The definition that counts; None: explicit if the workspace has any decision, else action."""
    window_days: Annotated[int, Field(ge=1, le=366)] = 30
    promises_hours: tuple[Hours, ...] = (24, 48)
    promises: tuple[LeadClassPromise, ...] = ()
    ghost_after_days: Hours = 7
    tacit_after_hours: Hours = 72
    real_action: RealAction = RealAction()
    token: TokenRule = TokenRule()
    calendar: Calendar = Calendar()
    team_calendars: dict[str, Calendar] = {}
    floor: Fraction = 0.50
    target: Fraction = 0.80


class MonthlyCommitment(_Part):
    """Leads a month that marketing owes, for the leads ``where`` selects (all when empty)."""

    leads: Annotated[int, Field(ge=1)]
    name: str = "all leads"
    where: dict[str, tuple[str, ...]] = {}


class Commitments(_Part):
    """What marketing owes sales."""

    monthly: tuple[MonthlyCommitment, ...] = ()


class SizeBand(_Part):
    """An account size: ``name`` holds for fewer than ``below`` employees (None: no upper limit)."""

    name: str
    below: Annotated[int, Field(ge=1)] | None = None


class HandlingWeights(_Part):
    """Weights of the weighted handling delay: potential (band) times urgency (need); what is not named weighs 1."""

    band: dict[str, Annotated[float, Field(ge=0)]] = {"A": 3, "B": 2, "C": 1, "D": 0.5}
    need: dict[str, Annotated[float, Field(ge=0)]] = {"urgent": 2, "defined": 1.5}


class Materiality(_Part):
    """Differences below both are not findings."""

    points: Annotated[float, Field(gt=0)] = 3
    acceptances: Annotated[int, Field(ge=1)] = 20


class Agreement(_Part):
    """What marketing and sales both signed. Without a file: the contract's defaults."""

    name: str = "default"
    version: str = "0"
    timezone: str = "UTC"
    currency: str = "EUR"
    review_by: date | None = None
    acceptance: Acceptance = Acceptance()
    commitments: Commitments = Commitments()
    segments: tuple[str, ...] | None = None
    """Dimensions that figures are cut by; None: every text or boolean column with 2 to 50 values, and the usual four."""
    size_bands: tuple[SizeBand, ...] = (
        SizeBand(name="micro", below=10),
        SizeBand(name="small", below=50),
        SizeBand(name="medium", below=250),
        SizeBand(name="large", below=1000),
        SizeBand(name="enterprise"),
    )
    weights: HandlingWeights = HandlingWeights()
    materiality: Materiality = Materiality()
