"""The parts of a qualification: criteria, overrides, disqualifiers, bands, and what must hold for each by itself."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from accord.agreement.conditions import Condition
from accord.agreement.findings import ANY, Finding, broken, nearest, shown
from accord.agreement.kinds import (
    MOST_POINTS,
    MOST_WITHIN_DAYS,
    WHOLE,
    Cells,
    Days,
    Fraction,
    Identifier,
    Points,
    Text,
    Threshold,
    Where,
    doubles,
)
from accord.agreement.part import Part
from accord.agreement.reasons import REASON_CODES
from accord.language import gettext as _

__all__ = [
    "AXES",
    "Axes",
    "Axis",
    "AxisLimit",
    "Band",
    "Channels",
    "Criterion",
    "Disqualifier",
    "Exploration",
    "Grid",
    "Override",
    "QualificationParts",
    "Touches",
    "Wording",
]

Axis = Literal["fit", "need", "budget", "authority", "engagement"]
AXES: tuple[Axis, ...] = ("fit", "need", "budget", "authority", "engagement")

Most = Annotated[float, Field(gt=0, le=MOST_POINTS, allow_inf_nan=False)]
"""An upper limit of points."""

Within = Annotated[int, Field(ge=1, le=MOST_WITHIN_DAYS), WHOLE]
Times = Annotated[int, Field(ge=1, le=10_000), WHOLE]


def _reason(value: str) -> str:
    if value not in REASON_CODES:
        message = _("{key} is {found}, which is not a reason.")
        hint = nearest(value, REASON_CODES) or _("Known: {words}.").format(words=", ".join(REASON_CODES))
        raise broken(Finding(message, {"found": shown(value)}, hint))
    return value


Reason = Annotated[str, AfterValidator(_reason), WithJsonSchema({"type": "string", "enum": list(REASON_CODES)})]


class Wording(Part):
    """A text in both languages."""

    en: Text
    """In English."""

    fr: Text
    """In French."""


class AxisLimit(Part):
    """What one axis can give."""

    most: Annotated[Most | None, Field(alias="max")] = None
    """The most points this axis gives, whatever its criteria add up to; without one, no limit."""


class Axes(Part):
    """The five axes of qualification."""

    fit: AxisLimit = AxisLimit()
    """Whether the company and the person are whom we sell to: sector, size, country, function."""

    need: AxisLimit = AxisLimit()
    """How clear, mature and urgent the need is."""

    budget: AxisLimit = AxisLimit()
    """Whether there is money."""

    authority: AxisLimit = AxisLimit()
    """Whether someone who decides takes part."""

    engagement: AxisLimit = AxisLimit()
    """What the prospect did, over all channels."""


class Touches(Part):
    """Which touches count, how far back, how often, and how their points fade."""

    kind: Cells = ()
    """Kinds of touches that count; without any, every kind."""

    channel: Cells = ()
    """Channels whose touches count; without any, every channel."""

    within_days: Within | None = None
    """Touches of the last so many times 24 hours count; without it, those of ten years."""

    half_life_days: Days | None = None
    """Days after which a touch gives half its points, and half of that after as many again; without it, all of them."""

    at_most: Times | None = None
    """How many touches count at most: the newest."""

    at_most_a_day: Times | None = None
    """How many touches of one local day count at most: the newest."""


class Channels(Part):
    """Points for each distinct channel the prospect was active on, from the ``at_least``-th on."""

    within_days: Within | None = None
    """Touches of the last so many times 24 hours count; without it, those of ten years."""

    at_least: Annotated[int, Field(ge=1, le=100), WHOLE] = 2
    """The number of distinct channels that gives points once; each further one gives them again."""

    kind: Cells = ()
    """Kinds of touches that count; without any, every kind."""


class Criterion(Part):
    """One thing that gives or takes points: a condition on the lead, touches, or distinct channels."""

    id: Identifier
    """What programs, overrides and reports call it."""

    axis: Axis
    """The axis its points count on: fit, need, budget, authority or engagement."""

    label: Wording
    """What people call it, in both languages."""

    why: Wording
    """Why it counts, in both languages: what both sides agreed on."""

    points: Points
    """Points it gives, negative to take them: once for a condition, per touch, or per channel."""

    when: Condition | None = None
    """The condition under which it gives its points."""

    touches: Touches | None = None
    """The touches it gives its points for."""

    channels: Channels | None = None
    """The distinct channels it gives its points for."""

    cap: Most | None = None
    """The most points it gives in all; with negative points, the most it takes. Not with a condition, which gives its
    points once."""

    @model_validator(mode="after")
    def _counts_one_thing(self) -> Criterion:
        forms = [name for name in ("when", "touches", "channels") if getattr(self, name) is not None]
        rests_on = ("when", "touches", "channels")
        if not forms:
            message = _("{key} counts nothing.")
            hint = _("Give it when (a condition), touches or channels.")
            raise broken(Finding(message, {}, hint, rests_on=rests_on))
        if len(forms) > 1:
            message = _("{key} has {forms}; a criterion has one of them.")
            hint = _("Make a criterion of each.")
            raise broken(Finding(message, {"forms": ", ".join(forms)}, hint, rests_on=rests_on))
        if self.when is not None and self.cap is not None:
            message = _("{key} limits a condition, which gives its points once.")
            raise broken(Finding(message, {}, _("Remove it, or change the points."), within=("cap",)))
        return self


class Override(Part):
    """Other points or another threshold for some leads; the first override that matches and names a thing wins."""

    name: Text
    """What these leads are called in explanations."""

    where: Annotated[Where, Field(min_length=1)]
    """Columns of the lead and the values that select it: each column named has one of its values."""

    points: dict[Text, Points] = {}  # noqa: RUF012
    """Points of criteria that differ, by the criterion's id."""

    threshold: Threshold | None = None
    """The threshold for these leads; without one, that of all."""


class Disqualifier(Part):
    """A condition under which a lead is not handed over, whatever its score."""

    id: Identifier
    """What programs and reports call it."""

    label: Wording
    """What people call it, in both languages."""

    when: Condition
    """The condition that disqualifies."""

    reason: Reason
    """The reason that is given, a code of the contract such as competitor_or_partner."""


class Band(Part):
    """A range of scores with a name."""

    name: Text
    """What the band is called."""

    lowest: Annotated[Points | None, Field(alias="from")] = None
    """The lowest score of the band; the last band has none, and holds all that is lower."""


def _ascending(steps: tuple[float, ...]) -> tuple[float, ...]:
    message = _("{key} is {value}, not above the {before} before it.")
    findings = [
        Finding(message, {"value": f"{step:g}", "before": f"{before:g}"}, None, (place,), (ANY,))
        for place, (before, step) in enumerate(pairwise(steps), 1)
        if step <= before
    ]
    if findings:
        raise broken(*findings)
    return steps


Steps = Annotated[tuple[Points, ...], Field(min_length=1), AfterValidator(_ascending)]


class Grid(Part):
    """Bands by fit and engagement together, instead of by the score alone."""

    fit: Steps
    """The lowest points of fit of each row, ascending; what is below the first is in the first row too."""

    engagement: Steps
    """The lowest points of engagement of each column, ascending; what is below the first is in the first column too."""

    bands: Annotated[tuple[tuple[Text, ...], ...], Field(min_length=1)]
    """The band of each cell: a list for each row of fit, with a name for each column of engagement."""

    @model_validator(mode="after")
    def _complete(self) -> Grid:
        rows, columns = len(self.fit), len(self.engagement)
        findings = []
        if len(self.bands) != rows:
            message = _("{key} must have a row for each step of fit: {rows}, not {n}.")
            values = {"n": len(self.bands), "rows": rows}
            findings.append(Finding(message, values, None, ("bands",), ("fit", "bands")))
        message = _("{key} must have a name for each step of engagement: {columns}, not {n}.")
        findings += [
            Finding(message, {"n": len(row), "columns": columns}, None, ("bands", place), ("engagement", "bands"))
            for place, row in enumerate(self.bands)
            if len(row) != columns
        ]
        if findings:
            raise broken(*findings)
        return self


class Exploration(Part):
    """Leads below the threshold that are handed over all the same, so that one learns what the threshold misses."""

    share: Fraction = 0
    """The share of them; which ones follows from their id and the version, not from chance or anybody's choice."""


def _called_alike(parts: tuple[Any, ...], key: str) -> list[Finding]:
    found = doubles([getattr(part, key) for part in parts])
    return [Finding(each.message, each.values, None, (*each.within, key)) for each in found]


def _called_apart(parts: tuple[Any, ...], key: str) -> tuple[Any, ...]:
    if found := _called_alike(parts, key):
        raise broken(*found)
    return parts


def _ids_apart(parts: tuple[Any, ...]) -> tuple[Any, ...]:
    return _called_apart(parts, "id")


def _names_apart(parts: tuple[Any, ...]) -> tuple[Any, ...]:
    return _called_apart(parts, "name")


def _from_high_to_low(bands: tuple[Band, ...]) -> tuple[Band, ...]:
    found = _called_alike(bands, "name")
    before: float | None = None
    for place, band in enumerate(bands):
        if band.lowest is None:
            continue
        if before is not None and band.lowest >= before:
            message = _("{key} is {lowest}, not below the {before} of the band before it, so the two overlap.")
            values = {"lowest": f"{band.lowest:g}", "before": f"{before:g}"}
            found.append(Finding(message, values, _("List bands from high to low."), (place, "from")))
        before = band.lowest if before is None else min(before, band.lowest)
    if found:
        raise broken(*found)
    return bands


class QualificationParts(Part):
    """Everything a qualification says, each part sound by itself."""

    lists: dict[Text, Cells] = {}  # noqa: RUF012
    """Lists of values by name, for conditions with in_list."""

    axes: Axes = Axes()
    """The five axes, and the most each can give."""

    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1), AfterValidator(_ids_apart)]
    """What gives and takes points."""

    ideal_profile: Condition | None = None
    """The condition that leads of the ideal customer profile meet; their share is a figure of its own."""

    overrides: Annotated[tuple[Override, ...], AfterValidator(_names_apart)] = ()
    """Other points or thresholds for some leads."""

    disqualifiers: Annotated[tuple[Disqualifier, ...], AfterValidator(_ids_apart)] = ()
    """What keeps a lead from being handed over, whatever its score."""

    threshold: Threshold
    """The score from which a lead is qualified."""

    bands: Annotated[tuple[Band, ...], AfterValidator(_from_high_to_low)] = ()
    """Ranges of scores, from high to low; the last has no lowest score."""

    grid: Grid | None = None
    """Bands by fit and engagement together; then the lowest scores of the bands do not matter."""

    exploration: Exploration = Exploration()
    """Leads below the threshold that are handed over all the same."""
