"""The agreement of the simulated company: the text of its ``accord.yaml``."""

from __future__ import annotations

from datetime import date, timedelta

from accord.demo.company import Company
from accord.demo.rule import AGREEMENT_VERSIONS
from accord.demo.scorecard import qualification_text
from accord.demo.vocabulary import TEAMS
from accord.language import gettext as _

__all__ = ["agreement_text"]

_HOME = TEAMS[0]


def agreement_text(company: Company, size: int, until: date) -> str:
    """What marketing and sales of ``company`` agreed on, for about ``size`` handoffs in the year before ``until``."""
    comments = {
        "file": _("The agreement of {company}, the simulated company of accord demo.").format(company=company.name),
        "edit": _("Edit it and run accord acceptance again: the figures follow."),
        "promises": _("Somebody who asks to be called should not wait as long as somebody who downloads a paper."),
        "teams": _("Teams abroad keep their own holidays."),
        "points": _("Who is handed over: the points agreed on, and the score from which a lead is qualified."),
    }
    abroad = "\n".join(
        f"    {name}: {{timezone: {zone}, country: {country}}}" for name, country, zone in TEAMS if country != _HOME[1]
    )
    return f"""# {comments["file"]}
# {comments["edit"]}
name: {company.name}
version: "{AGREEMENT_VERSIONS[-1]}"
timezone: {_HOME[2]}
currency: EUR
review_by: {until + timedelta(days=182)}

acceptance:
  definition: explicit
  window_days: 30
  promises_hours: [24, 48]
  # {comments["promises"]}
  promises:
    - name: {_("Asked to be called")}
      label: {{en: Asked to be called, fr: A demandé à être appelé}}
      where: {{lead_type: [demo_request, contact_request, call_in]}}
      within_hours: 1
      clock: business
    - name: {_("Downloaded a paper")}
      label: {{en: Downloaded a paper, fr: A téléchargé un livre blanc}}
      where: {{lead_type: [white_paper]}}
      within_hours: 48
  calendar: {{country: {_HOME[1]}}}
  # {comments["teams"]}
  team_calendars:
{abroad}
  floor: 0.5
  target: 0.8

# {comments["points"]}
{qualification_text(company)}
commitments:
  monthly:
    - {{name: {_("All leads")}, label: {{en: All leads, fr: Tous les leads}}, leads: {max(1, round(0.95 * size / 12))}}}
"""
