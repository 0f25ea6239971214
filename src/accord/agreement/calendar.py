"""Open hours as they are agreed; :mod:`accord.clock` turns them into business time."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, model_validator

from accord.agreement.days import Dates, OpenDay, Weekday, open_some_day
from accord.agreement.findings import Finding, broken, nearest, shown
from accord.agreement.kinds import Country, Text, TimeZone
from accord.agreement.part import Part
from accord.clock.public_holidays import subdivisions
from accord.language import gettext as _

__all__ = ["Calendar"]


class Calendar(Part):
    """Open hours: per weekday the stretches of local time that are open, and the days that are closed."""

    timezone: TimeZone | None = None
    """Time zone of the hours; without one, the agreement's."""

    hours: Annotated[dict[Weekday, OpenDay], AfterValidator(open_some_day)] = {  # noqa: RUF012
        "monday": (("09:00", "18:00"),),
        "tuesday": (("09:00", "18:00"),),
        "wednesday": (("09:00", "18:00"),),
        "thursday": (("09:00", "18:00"),),
        "friday": (("09:00", "18:00"),),
    }
    """Open hours per weekday, as 09:00-18:00 in local time, several stretches where there is a break. Days that are not
    named are closed."""

    country: Country | None = None
    """ISO 3166 code of the country whose public holidays are closed; without one, no holidays."""

    subdivision: Text | None = None
    """Part of the country with holidays of its own, such as a state or a department."""

    closed: Dates = ()
    """More dates that are closed."""

    open: Dates = ()
    """Public holidays that are worked all the same, with the hours of their weekday."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Calendar:
        findings = [
            Finding(
                _("{key} is {day}, which is also listed as open."),
                {"day": day},
                within=("closed", place),
                rests_on=("open",),
            )
            for place, day in enumerate(self.closed)
            if day in self.open
        ]
        if self.subdivision is not None:
            findings += self._subdivision_findings(self.subdivision)
        if findings:
            raise broken(*findings)
        return self

    def _subdivision_findings(self, subdivision: str) -> list[Finding]:
        if self.country is None:
            message = _("{key} is {found}, but no country is named.")
            return [Finding(message, {"found": shown(subdivision)}, within=("subdivision",), rests_on=("country",))]
        known = subdivisions(self.country)
        if subdivision in known:
            return []
        message = _("{key} is {found}, which is not a part of {country} with known holidays.")
        allowed = _("It may be: {words}.").format(words=", ".join(known)) if known else _("Leave it out.")
        values = {"found": shown(subdivision), "country": self.country}
        return [Finding(message, values, nearest(subdivision, known) or allowed, within=("subdivision",))]
