"""From a workspace to a scenario: which leads it is about, what they cost, and what is known of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from accord.agreement.findings import nearest
from accord.errors import Fault, UsageError
from accord.language import gettext as _
from accord.readmodel.source import Source
from accord.value.cells import OUTSIDE, Cells, one_cell
from accord.value.chances import chances_of, first_scores
from accord.value.facts import Ints, LeadFacts
from accord.value.figures import ValueRow
from accord.value.lateness import late_and_early
from accord.value.levers import Supposition
from accord.value.purchases import Ground
from accord.value.scenario import Setting, scenario_of
from accord.value.scenario_figures import Scenario
from accord.value.sharing import ByMonth, spend_names

__all__ = ["Supposed", "segment_of", "spend_in", "supposed_of", "with_segments", "with_the_rest"]

MOST_NAMES = 8
"""Values of a dimension that an error lists."""


@dataclass(frozen=True)
class Supposed:
    """What is to be changed, and in which segment: one value of each dimension; none is everywhere."""

    suppositions: tuple[Supposition, ...]
    where: Mapping[str, str] = field(default_factory=dict)


def with_segments(leads: LeadFacts, gathered: Sequence[str], wanted: Sequence[str]) -> LeadFacts:
    """The leads with the segments of the dimensions ``wanted``, of those that were ``gathered``."""
    places = {name: place for place, name in enumerate(gathered)}
    return replace(leads, segments=tuple(leads.segments[places[name]] for name in wanted))


def segment_of(
    leads: LeadFacts, where: Mapping[str, str], by_month: ByMonth, span: tuple[date | None, date | None]
) -> Cells:
    """The one cell of the leads in ``where``. Raises ``UsageError`` for values that neither leads nor spend have."""
    whole = one_cell(leads, *span)
    there = whole.of_lead > OUTSIDE
    faults = []
    for (name, value), coded in zip(where.items(), leads.segments, strict=True):
        of_spend = {channel if name == "channel" else campaign for channel, campaign, _month in by_month}
        if not spend_names([name]):
            of_spend = set()
        if value not in coded.values and value not in of_spend:
            faults.append(Fault(_no_such(name, value, sorted({*coded.values, *of_spend}))))
            continue
        code = coded.values.index(value) if value in coded.values else -1
        there &= coded.codes == code
    if faults:
        raise UsageError(*faults)
    return Cells(tuple(where), None, ((tuple(where.values()), 0),), np.where(there, 0, OUTSIDE))


def _no_such(name: str, value: str, known: Sequence[str]) -> str:
    shown = ", ".join(known[:MOST_NAMES]) + (", …" if len(known) > MOST_NAMES else "")
    said = _("No lead has {name}={value}. There are: {known}.").format(name=name, value=value, known=shown)
    return " ".join(filter(None, (said, nearest(value, known))))


def spend_in(by_month: ByMonth, where: Mapping[str, str]) -> ByMonth:
    """The spend that names the segment."""
    named = ("channel", "campaign")
    return {
        place: cents
        for place, cents in by_month.items()
        if all(place[named.index(name)] == value for name, value in where.items())
    }


def with_the_rest(cells: Cells, everybody: Ints) -> Cells:
    """The one cell, and beside it all other leads of the span, which share the spend of a channel with it."""
    (values, number), *_none = cells.keys
    of_lead = np.where(cells.of_lead > OUTSIDE, 0, np.where(everybody > OUTSIDE, 1, OUTSIDE))
    return replace(cells, keys=((values, number), (values, number + 1)), of_lead=of_lead)


def supposed_of(source: Source, ground: Ground, row: ValueRow, of_lead: Ints, supposed: Supposed) -> Scenario:
    """The scenario of the leads of ``row``, which ``of_lead`` places in cell 0."""
    leads, asked = ground.facts.leads, ground.asked
    inside = np.flatnonzero(of_lead > OUTSIDE)
    scores = first_scores(source, leads, asked.as_of_us)
    setting = Setting(
        row,
        supposed.where,
        chances_of(
            leads,
            inside,
            scores[inside],
            as_of_us=asked.as_of_us,
            horizon_days=asked.horizon,
            unrecorded=asked.unrecorded,
        ),
        late_and_early(leads, inside, asked.as_of_us, asked.horizon),
        asked.horizon,
        asked.decimals,
    )
    return scenario_of(setting, supposed.suppositions)
