"""To whom leads are handed over, and how many: the section ``handoff`` of ``accord.yaml``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from accord.agreement.findings import ANY, Finding, broken
from accord.agreement.kinds import WHOLE, Text, Where
from accord.agreement.part import Part
from accord.language import gettext as _

__all__ = ["Handoff", "Route"]

Leads = Annotated[int, Field(ge=1, le=1_000_000), WHOLE]


class Route(Part):
    """Leads that go to one team, or to one person."""

    where: Where = {}  # noqa: RUF012
    """Columns of the lead and the values that select it: each column named has one of its values; without any, every
    lead."""

    team: Text | None = None
    """The team whose people share these leads."""

    rep_id: Text | None = None
    """The one person who gets these leads."""

    @model_validator(mode="after")
    def _goes_to_one(self) -> Route:
        rests_on = ("team", "rep_id")
        if self.team is None and self.rep_id is None:
            raise broken(Finding(_("{key} names nobody."), {}, _("Give it a team or a rep_id."), rests_on=rests_on))
        if self.team is not None and self.rep_id is not None:
            message = _("{key} has team and rep_id; a route has one of them.")
            raise broken(Finding(message, {}, _("Keep the one that is meant."), rests_on=rests_on))
        return self


def _all_within_reach(routes: tuple[Route, ...]) -> tuple[Route, ...]:
    message = _("{key} takes every lead, so no lead comes to the routes after it.")
    findings = [
        Finding(message, {}, _("Put it last, or say in where which leads it takes."), (place,), (ANY,))
        for place, route in enumerate(routes[:-1])
        if not route.where
    ]
    if findings:
        raise broken(*findings)
    return routes


class Handoff(Part):
    """Who gets the leads that cross the threshold, and how many a week."""

    routes: Annotated[tuple[Route, ...], AfterValidator(_all_within_reach)] = ()
    """To whom leads go: the first route that matches a lead; a lead that none matches goes to anybody in sales."""

    territory: Literal["first", "only", "ignored"] = "first"
    """Whether who works the lead's territory gets it first, whether nobody else may get it, or whether it matters."""

    when_full: Literal["wait", "hand_over"] = "wait"
    """Where everybody who could take a lead has as many as their capacity this week: it waits, or goes all the same."""

    capacity: Leads | None = None
    """Leads a week of a person whose own capacity is not recorded; without it, no limit."""

    at_most_a_week: Leads | None = None
    """How many leads are handed over in a local week (from Monday) at most, by whomever."""

    team_at_most_a_week: dict[Text, Leads] = {}  # noqa: RUF012
    """The same for teams, by the team's name."""

    exploration_within_days: Annotated[int, Field(ge=1, le=366), WHOLE] = 30
    """Days since its creation in which a lead below the threshold may be handed over as part of the exploration."""
