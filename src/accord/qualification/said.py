"""Reasons for what is done with a lead: a code and values for programs, a sentence in both languages for people.

The sentences are kept with a handoff, so they are finished here: days and numbers as each language writes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from babel.dates import format_date
from babel.numbers import format_decimal

from accord.agreement.criteria import Wording
from accord.language import LANGUAGES, both, current_language, mark
from accord.values import Json

__all__ = ["SENTENCES", "Labelled", "Said", "Value"]

SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        # why a lead goes
        "crossed": mark("Its score of {score} reaches the threshold of {threshold}."),
        "crossed_again": mark("It was given back on {given_back}, was active again on {active}, and crosses again."),
        "judged_up": mark("{name} put it forward by hand: {reason}"),
        "explored": mark(
            "It is below the threshold of {threshold} and one of the share that is handed over all the same, so that "
            "one learns what the threshold misses."
        ),
        # why a lead stays
        "below": mark("Its score of {score} is below the threshold of {threshold}."),
        "disqualified": mark("It is disqualified: {labels}."),
        "held": mark("{name} holds it back: {reason}"),
        "judged_down": mark("{name} judged it down: {reason}"),
        "with_sales": mark("Sales has it since {handed} and has not answered yet."),
        "accepted": mark("Sales has accepted it on {decided}."),
        "refused": mark("Sales refused it on {decided}; only leads that are given back cross again."),
        "unanswered": mark("It was handed over on {handed} and nobody answered; only leads given back cross again."),
        "not_active_again": mark("It was given back on {given_back} and has not been active since."),
        "deal": mark("A deal is open or won with it already."),
        "handed_later": mark("It was handed over later, on {handed}."),
        "meanwhile": mark("It changed while this ran; the next run looks at it again."),
        "beyond_limit": mark("More leads cross than --limit lets through."),
        # to whom it goes
        "route": mark("Route {number} of the agreement sends leads with {where} there."),
        "route_of_all": mark("Route {number} of the agreement sends every lead there that no route before it takes."),
        "named": mark("The route names {rep}."),
        "own_territory": mark("{rep} works its territory, {territory}."),
        "territory_full": mark("Everybody who works its territory, {territory}, is full this week."),
        "territory_of_nobody": mark("Nobody works its territory, {territory}."),
        "works_everywhere": mark("{rep} has no territory and works everywhere."),
        "all_the_same": mark("{rep} takes it all the same."),
        "only_one": mark("Nobody else could take it."),
        "only_room": mark("Of those who could take it, only {rep} has room this week."),
        "least_used": mark(
            "{rep} has used the smallest share of their week, {given} of {capacity}; {n} could take it."
        ),
        "least_given": mark("{rep} was given the fewest leads this week, {given}; {n} could take it."),
        "fewest_open": mark("Others had as small a share; {rep} has the fewest open leads, {open}."),
        "drawn": mark("Others were level with {rep}; the lot drawn from the ids decided."),
        "beyond_capacity": mark("Everybody is full this week, and the agreement says to hand over all the same."),
        "no_people": mark("Nobody of sales is in the data, so nobody is named."),
        "team_without_people": mark("Nobody of team {team} is in the data, so the team is named and no person."),
        # why it waits
        "week_full": mark("As many leads were handed over this week as the agreement allows: {n}."),
        "team_full": mark("Team {team} was given as many leads this week as the agreement allows: {n}."),
        "teams_full": mark("Every team that could take it has as many leads this week as the agreement allows."),
        "all_full": mark("Everybody who could take it ({n}) has as many leads this week as their capacity."),
        "rep_full": mark(
            "{rep} has as many leads this week as their capacity ({given}), and the route names nobody else."
        ),
        "none_takes_leads": mark("Everybody who could take it has a capacity of 0."),
        "no_such_person": mark("Route {number} names {rep}, who is not in the data."),
        "territory_unworked": mark("Nobody works its territory, {territory}, and the agreement lets nobody else."),
    }
)
"""What each reason says; ``{…}`` are its values."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """Something that the agreement names: its id for programs, its label for people."""

    id: str
    label: Wording


Value = str | int | float | date | tuple[Labelled, ...]
"""What fills a sentence; a number stands for itself, a day for a local day."""


@dataclass(frozen=True, slots=True)
class Said:
    """A reason: its code in :data:`SENTENCES`, and what fills the sentence."""

    code: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def sentence(self) -> str:
        """In the language in use."""
        return self._texts()[current_language()]

    def to_json(self) -> dict[str, Json]:
        """``{"code", "values", "text": {"en", "fr"}}``; days in ISO form, of what has a label the ids."""
        values: dict[str, Json] = {name: _plain(value) for name, value in self.values.items()}
        return {"code": self.code, "values": values, "text": dict(self._texts())}

    def _texts(self) -> dict[str, str]:
        texts = {}
        for language in LANGUAGES:
            values = {name: _written(value, language) for name, value in self.values.items()}
            texts[language] = both(SENTENCES[self.code], **values)[language]
        return texts


def _plain(value: Value) -> Json:
    if isinstance(value, tuple):
        return [each.id for each in value]
    return value.isoformat() if isinstance(value, date) else value


def _written(value: Value, language: str) -> str:
    if isinstance(value, tuple):
        return ", ".join(each.label.fr if language == "fr" else each.label.en for each in value)
    if isinstance(value, date):
        day = format_date(value, "d MMM y", locale=language)
        return f"1er{day[1:]}" if language == "fr" and day.startswith("1 ") else day
    return value if isinstance(value, str) else format_decimal(value, "#,##0.##", locale=language)
