"""The reasons that sales gives for a no (contract, section 3), as codes in two levels. The one home of these words."""

from __future__ import annotations

from types import MappingProxyType

__all__ = ["DISQUALIFICATION_REASONS", "REASON_CODES", "REJECTION_REASONS"]

REJECTION_REASONS = MappingProxyType(
    {
        "procedural": (
            "wrong_territory",
            "wrong_team",
            "already_owned",
            "duplicate",
            "existing_customer",
            "overloaded",
        ),
        "clerical": ("bad_email", "bad_phone", "missing_data", "fake_or_test"),
        "definitional": (
            "company_size",
            "sector",
            "geography",
            "role",
            "below_threshold",
            "competitor_or_partner",
        ),
    }
)
"""Level → codes, for a lead sent back before anyone contacted it."""

DISQUALIFICATION_REASONS = (
    "unreachable",
    "no_need",
    "no_budget",
    "no_authority",
    "bad_timing",
    "chose_competitor",
    "no_fit",
    "do_not_contact",
)
"""Codes for a lead that was contacted and leads nowhere."""

REASON_CODES = (*(code for codes in REJECTION_REASONS.values() for code in codes), *DISQUALIFICATION_REASONS)
"""Every code."""
