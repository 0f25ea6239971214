"""What people read for the reasons that sales gives for a no (contract, section 3); the codes are the agreement's."""

from __future__ import annotations

from types import MappingProxyType

from accord.agreement.reasons import DISQUALIFICATION_REASONS, REJECTION_REASONS
from accord.language import mark

__all__ = ["DISQUALIFICATION_REASONS", "FIT_REASONS", "OTHER", "REASON_LABELS", "REJECTION_REASONS"]

FIT_REASONS = frozenset((*REJECTION_REASONS["definitional"], "no_need", "no_budget", "no_authority", "no_fit"))
"""Reasons that say something of the lead itself. The rest is about routing, data or timing, and says nothing of fit."""

OTHER = "other: "
"""What a reason in somebody's own words is kept behind."""

REASON_LABELS = MappingProxyType(
    {
        "wrong_territory": mark("Wrong territory"),
        "wrong_team": mark("Wrong team"),
        "already_owned": mark("Already owned"),
        "duplicate": mark("Duplicate"),
        "existing_customer": mark("Existing customer"),
        "overloaded": mark("Overloaded"),
        "bad_email": mark("Invalid e-mail"),
        "bad_phone": mark("Invalid phone number"),
        "missing_data": mark("Missing data"),
        "fake_or_test": mark("Fake or test"),
        "company_size": mark("Company size"),
        "sector": mark("Sector"),
        "geography": mark("Geography"),
        "role": mark("Role not relevant"),
        "below_threshold": mark("Below the threshold"),
        "competitor_or_partner": mark("Competitor or partner"),
        "unreachable": mark("Unreachable"),
        "no_need": mark("No need"),
        "no_budget": mark("No budget"),
        "no_authority": mark("No authority to decide"),
        "bad_timing": mark("Bad timing"),
        "chose_competitor": mark("Chose a competitor"),
        "no_fit": mark("No fit"),
        "do_not_contact": mark("Do not contact"),
    }
)
"""Code → what people read; translate it where it is shown."""
