"""The agreement as the rest of the code sees it: frozen, complete, every default of the contract filled in.

The sentence below each key is what the JSON Schema publishes. Values are checked when they are built, so an agreement
that exists is sound; :func:`accord.agreement.load.load_agreement` reports everything that is wrong in a file at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from accord.agreement.calendar import Calendar
from accord.agreement.criteria import Wording
from accord.agreement.days import Day, Weekday
from accord.agreement.findings import ANY, Finding, broken
from accord.agreement.handing import Handoff
from accord.agreement.kinds import (
    MOST_DAYS,
    UNIQUE,
    WHOLE,
    AttributionRule,
    Currency,
    Days,
    Fraction,
    Hours,
    Text,
    TimeZone,
    Weight,
    Where,
    all_different,
    doubles,
)
from accord.agreement.part import Part
from accord.agreement.qualification import Qualification
from accord.clock.hours import business_day_seconds, counts_days
from accord.language import gettext as _

__all__ = [
    "Acceptance",
    "Agreement",
    "Calendar",
    "Commitments",
    "Definition",
    "HandlingWeights",
    "Handoff",
    "LeadClassPromise",
    "Materiality",
    "MonthlyCommitment",
    "Qualification",
    "RealAction",
    "SizeBand",
    "TokenRule",
    "Weekday",
]

FINE_HOURS = 72
"""Time is counted to the minute up to here and to the hour beyond, and a promise falls on such a step."""

Definition = Literal["explicit", "action", "worked", "tacit"]


class RealAction(Part):
    """What counts as sales really working a lead (contract, section 2)."""

    kinds: Annotated[
        tuple[Literal["call", "email", "meeting", "message", "visit"], ...],
        Field(min_length=1),
        UNIQUE,
        AfterValidator(all_different),
    ] = ("call", "email", "meeting", "message", "visit")
    """Kinds of activity that are real actions; a task never is one."""

    min_call_seconds: Annotated[int, Field(ge=0, le=3600), WHOLE] = 30
    """A call whose duration is known must last at least this many seconds."""

    by: Literal["owner", "team", "anyone"] = "team"
    """Whose activity counts: the owner's, anyone's of the owner's team, or anyone's."""


class TokenRule(Part):
    """When an acceptance is only a token: one call, short or unanswered, within this many days, and nothing else."""

    within_days: Days = 7
    """Days after the acceptance in which a real effort is looked for."""


class LeadClassPromise(Part):
    """A promise for one class of leads: every column named in ``where`` has one of the values given."""

    name: Text
    """What the class is called in reports."""

    label: Wording | None = None
    """What reports call it in each language; without it, the name in both."""

    where: Annotated[Where, Field(min_length=1)]
    """Columns of the lead and the values that select it: each column named has one of its values."""

    within_hours: Hours
    """Hours after the handoff by which sales has answered."""

    clock: Literal["elapsed", "business"] = "elapsed"
    """Whether the hours run around the clock, or only while the business is open: then up to a business day's open
    hours, or 24 for one business day, 48 for two."""


def _named_apart(parts: tuple[Any, ...]) -> tuple[Any, ...]:
    all_different([part.name for part in parts])
    return parts


def _in_order(hours: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(sorted(all_different(hours)))


class Acceptance(Part):
    """What acceptance means here, and what is promised and expected of it."""

    definition: Definition | None = None
    """The definition that counts: explicit, action, worked or tacit. Without one: explicit if the workspace has any
    decision, else action."""

    window_days: Annotated[int, Field(ge=1, le=MOST_DAYS), WHOLE] = 30
    """Days after the handoff in which an outcome counts."""

    promises_hours: Annotated[tuple[Hours, ...], Field(min_length=1), UNIQUE, AfterValidator(_in_order)] = (24, 48)
    """Hours within which leads are promised to be accepted; each becomes a column of every report."""

    promises: Annotated[tuple[LeadClassPromise, ...], AfterValidator(_named_apart)] = ()
    """Promises for classes of leads, such as a demo request within one hour."""

    ghost_after_days: Days = 7
    """Days after which an acceptance without a real action is a ghost, and within which `worked` wants the action."""

    tacit_after_hours: Hours = 72
    """Hours of silence after which `tacit` takes a lead as accepted."""

    real_action: RealAction = RealAction()
    """What counts as sales really working a lead."""

    token: TokenRule = TokenRule()
    """When an acceptance is only a token."""

    calendar: Calendar = Calendar()
    """The open hours that business time runs in."""

    team_calendars: dict[Text, Calendar] = {}  # noqa: RUF012
    """Open hours of teams that differ, by the team's name; each replaces the calendar above as a whole."""

    floor: Fraction = 0.50
    """Acceptance rate below which there is an alarm."""

    target: Fraction = 0.80
    """Acceptance rate both sides aim for."""

    def _promised(self) -> Iterator[tuple[tuple[str | int, ...], float]]:
        yield from ((("promises_hours", place), hours) for place, hours in enumerate(self.promises_hours))
        for place, promise in enumerate(self.promises):
            yield ("promises", place, "within_hours"), promise.within_hours

    def _beyond_a_business_day(self) -> list[Finding]:
        """24 is one business day, which is fewer open hours than 23: what lies between would be kept less often."""
        day = min(business_day_seconds(calendar) for calendar in (self.calendar, *self.team_calendars.values())) / 3600
        message = _("{key} is {hours} open hours, more than the {day} of a business day.")
        hint = _("Write business days as 24, 48 and so on; each 24 is one.")
        return [
            Finding(
                message,
                {"hours": f"{promise.within_hours:g}", "day": f"{day:g}"},
                hint,
                ("promises", place, "within_hours"),
            )
            for place, promise in enumerate(self.promises)
            if promise.clock == "business" and not counts_days(promise.within_hours) and promise.within_hours > day
        ]

    @model_validator(mode="after")
    def _makes_sense(self) -> Acceptance:
        findings = []
        if self.floor > self.target:
            values = {"floor": self.floor, "target": self.target}
            if "floor" in self.model_fields_set:
                message = _("{key} is {floor}, above the target of {target}.")
                findings.append(Finding(message, values, None, ("floor",), ("target",)))
            else:
                message = _("{key} is {target}, below the floor of {floor}.")
                findings.append(Finding(message, values, _("Lower the floor too."), ("target",), ("floor",)))
        if "promises_hours" in self.model_fields_set:
            message = _("{key} has {hours} hours, but the window closes after {days} days.")
            findings += [
                Finding(
                    message,
                    {"hours": f"{hours:g}", "days": self.window_days},
                    None,
                    ("promises_hours",),
                    ("window_days",),
                )
                for hours in self.promises_hours
                if hours > self.window_days * 24
            ]
        message = _("{key} is {hours} hours; beyond {fine} hours promises are whole hours.")
        findings += [
            Finding(message, {"hours": f"{hours:g}", "fine": FINE_HOURS}, None, within)
            for within, hours in self._promised()
            if hours > FINE_HOURS and hours != int(hours)
        ]
        findings += self._beyond_a_business_day()
        message = _("{key} is {hours}, but the window closes after {days} days.")
        findings += [
            Finding(
                message,
                {"hours": f"{promise.within_hours:g}", "days": self.window_days},
                within=("promises", place, "within_hours"),
                rests_on=("window_days",),
            )
            for place, promise in enumerate(self.promises)
            if promise.within_hours > self.window_days * 24
        ]
        if findings:
            raise broken(*findings)
        return self


class MonthlyCommitment(Part):
    """Leads a month that marketing owes, for the leads ``where`` selects (all when empty)."""

    leads: Annotated[int, Field(ge=1, le=10_000_000), WHOLE]
    """How many leads a month."""

    name: Text = "all leads"
    """What these leads are called in reports."""

    label: Wording | None = None
    """What reports call them in each language; without it, the name in both."""

    where: Where = {}  # noqa: RUF012
    """Columns of the lead and the values that select it; without any, every lead."""


class Commitments(Part):
    """What marketing owes sales."""

    monthly: Annotated[tuple[MonthlyCommitment, ...], AfterValidator(_named_apart)] = ()
    """Leads a month that marketing owes."""


class SizeBand(Part):
    """An account size: ``name`` holds for fewer than ``below`` employees (None: no upper limit)."""

    name: Text
    """What the size is called; `account_size` holds it."""

    below: Annotated[int, Field(ge=1, le=100_000_000), WHOLE] | None = None
    """The size holds for fewer employees than this; the last has no limit."""


def _growing(bands: tuple[SizeBand, ...]) -> tuple[SizeBand, ...]:
    findings, highest = doubles([band.name for band in bands]), 0
    for place, band in enumerate(bands):
        last = place == len(bands) - 1
        if band.below is None:
            if not last:
                message = _("{key} has no limit ({name}), so no account reaches the sizes after it.")
                hint = _("Say below how many employees it ends.")
                findings.append(Finding(message, {"name": band.name}, hint, (place,), (ANY,)))
            continue
        if last:
            message = _("{key} ends below {limit}, so larger accounts have no size.")
            hint = _("Add a last size without a limit.")
            findings.append(Finding(message, {"limit": band.below}, hint, (place,), (ANY,)))
        if band.below <= highest:
            message = _("{key} is {limit}, not above the {before} of the size before it.")
            findings.append(Finding(message, {"limit": band.below, "before": highest}, None, (place, "below"), (ANY,)))
        highest = max(highest, band.below)
    if findings:
        raise broken(*findings)
    return bands


class HandlingWeights(Part):
    """Weights of the weighted handling delay: potential (band) times urgency (need); what is not named weighs 1."""

    band: dict[Text, Weight] = {"A": 3, "B": 2, "C": 1, "D": 0.5}  # noqa: RUF012
    """Weight by score band."""

    need: dict[Text, Weight] = {"urgent": 2, "defined": 1.5}  # noqa: RUF012
    """Weight by need."""


class Materiality(Part):
    """Differences below both are not findings."""

    points: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)] = 3
    """Percentage points of the acceptance rate."""

    acceptances: Annotated[int, Field(ge=1, le=1_000_000), WHOLE] = 20
    """Acceptances lost or won."""


class Agreement(Part):
    """What marketing and sales both signed. Without a file: the contract's defaults."""

    name: Text = "default"
    """What the agreement is called; every answer carries it."""

    version: Text = "0"
    """The version in force; every handoff and every answer carries it."""

    timezone: TimeZone = "UTC"
    """Time zone of local dates, cohorts and calendars, and of times in files that have no offset."""

    currency: Currency = "EUR"
    """Currency of the amounts in reports, as an ISO 4217 code."""

    review_by: Day | None = None
    """Date by which both sides look at the agreement again."""

    acceptance: Acceptance = Acceptance()
    """What acceptance means, and what is promised and expected of it."""

    commitments: Commitments = Commitments()
    """What marketing owes sales: leads a month."""

    segments: Annotated[tuple[Text, ...], AfterValidator(all_different)] | None = None
    """Dimensions that figures are cut by. Without them: every text or boolean column with 2 to 50 values, and
    account_size, team, rep_id, band."""

    size_bands: Annotated[tuple[SizeBand, ...], Field(min_length=1), AfterValidator(_growing)] = (
        SizeBand(name="micro", below=10),
        SizeBand(name="small", below=50),
        SizeBand(name="medium", below=250),
        SizeBand(name="large", below=1000),
        SizeBand(name="enterprise"),
    )
    """Account sizes by employees, from small to large; the last has no limit."""

    weights: HandlingWeights = HandlingWeights()
    """Weights of the weighted handling delay."""

    materiality: Materiality = Materiality()
    """How large a difference must be to be worth a meeting."""

    qualification: Qualification | None = None
    """How leads are qualified and scored; without it, nothing is scored."""

    handoff: Handoff = Handoff()
    """Who gets the leads that cross the threshold, and how many a week."""

    attribution: AttributionRule | None = None
    """How money is credited to what led to it: a rule of ``accord value --attribution``, or a mapping with ``rule`` and
    ``half_life_days``. Other words are kept and signed as they are written."""


class WorkspaceSettings(Part):
    """Where this workspace keeps its data; stands in the same file, but is nobody's promise and is never signed."""

    database: Text | None = None
    """Address of the database, such as postgresql://host/name; without one, accord.db in the workspace."""

    engine: Text = "duckdb"
    """`duckdb` over the read model, or the address where views of the contract's shape stand."""


class Document(Agreement):
    """All that ``accord.yaml`` holds: the agreement, and the settings of the workspace beside it."""

    workspace: WorkspaceSettings = WorkspaceSettings()
    """Where this workspace keeps its data; not part of the agreement, never signed."""
