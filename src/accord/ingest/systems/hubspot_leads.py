"""HubSpot's leads: the object with which one person of sales works one contact, once."""

from __future__ import annotations

import re

from accord.ingest.mapping.model import Before, Constant, Filled, FirstOf, FromColumn, Joined, Lookup, TableRule, Words
from accord.ingest.systems.model import Export, Trap
from accord.language import mark

__all__ = ["EXPORTS"]

ID = FromColumn("id")

NAMED = "hubspot-lead"
"""How the ids of its handoffs begin, by which a later import knows that they are there."""

LEAD = FirstOf((Before(FromColumn("contact"), ";"), ID))
"""The contact is the lead: its activities, its touches and a second lead of HubSpot's are of the same person."""

QUALIFIED = re.compile(r"(?<!non )(?<!marketing )(?<!sales )\b(qualified|qualifiee?s?)\b(?! lead)")
DISQUALIFIED = re.compile(r"\b(unqualified|disqualified|disqualifiee?s?|non qualifiee?s?)\b")
"""The names of the stages that answer, as :func:`~accord.ingest.systems.stage_dates.plain_words` leaves them."""

REASONS = {
    "Bad Timing": "bad_timing",
    "Mauvais moment": "bad_timing",
    "Budget Constraints": "no_budget",
    "Contraintes budgétaires": "no_budget",
    "No Decision-making Power": "no_authority",
    "Competitor Preference": "chose_competitor",
    "Not a Good Fit": "no_fit",
    "No Commercial Interest": "no_need",
    "No Response": "unreachable",
    "Pas de réponse": "unreachable",
}
"""Those that the contract has a word for; any other is kept as it is."""

LEADS = Export(
    system="HubSpot",
    what="leads",
    meanings={
        "id": ("Record ID", "Lead ID", "hs_object_id", "ID de fiche d'informations", "ID du lead", "id"),
        "name": ("Lead name", "hs_lead_name", "property_hs_lead_name", "Nom du lead"),
        "type": ("Lead Type", "hs_lead_type", "property_hs_lead_type", "Type de lead", "Type du lead"),
        "label": (
            *("Lead Label", "hs_lead_label", "property_hs_lead_label"),
            *("Étiquette du lead", "Étiquette de lead", "Libellé du lead"),
        ),
        "stage": (
            *("Lead Stage", "Lead pipeline stage", "hs_pipeline_stage", "property_hs_pipeline_stage"),
            *("Étape du lead", "Phase du lead"),
        ),
        "owner": ("Lead owner", "hubspot_owner_id", "property_hubspot_owner_id", "Propriétaire du lead"),
        "team": ("hubspot_team_id", "HubSpot Team", "property_hubspot_team_id", "Équipe HubSpot"),
        "created": ("Create Date", "hs_createdate", "property_hs_createdate", "Date de création"),
        "contact": (
            *("Associated Contact IDs", "Primary Contact ID", "hs_primary_contact_id"),
            *("property_hs_primary_contact_id", "Associated Contact ID", "ID des contacts associés"),
            "ID du contact principal",
        ),
        "company": ("hs_associated_company_name", "Associated Company Name", "Nom de l'entreprise associée"),
        "reason": (
            *("Lead Disqualification Reason", "hs_lead_disqualification_reason", "Disqualification reason"),
            *("property_hs_lead_disqualification_reason", "Motif de disqualification du lead"),
            *("Raison de disqualification du lead", "Motif de disqualification"),
        ),
        "note": ("Lead Disqualification Note", "hs_lead_disqualification_note", "Note de disqualification du lead"),
        "first_outreach": (
            *("First outreach date", "hs_lead_first_outreach_date", "Lead first outreach date"),
            "Date de la première prise de contact",
        ),
        "qualified": ('Date entered "Qualified (Lead Pipeline)"', "hs_v2_date_entered_qualified_stage_id"),
        "disqualified": ('Date entered "Disqualified (Lead Pipeline)"', "hs_v2_date_entered_unqualified_stage_id"),
    },
    anchors=(
        ("id",),
        ("created",),
        ("name", "label", "type"),
        ("stage", "reason", "qualified", "disqualified", "first_outreach"),
        ("owner", "contact", "label", "team"),
    ),
    stages={"qualified": QUALIFIED, "disqualified": DISQUALIFIED},
    tables=(
        TableRule(
            "leads",
            {
                "lead_id": LEAD,
                "created_at": FirstOf(
                    (
                        Lookup(Before(FromColumn("contact"), ";"), "id", "created", file="HubSpot contacts"),
                        FromColumn("created"),
                    )
                ),
                "lead_type": FromColumn("type"),
                "company": FromColumn("company"),
            },
        ),
        TableRule(
            "handoffs",
            {
                "handoff_id": Joined((Constant(NAMED), ID)),
                "lead_id": LEAD,
                "at": FromColumn("created"),
                "rep_id": FromColumn("owner"),
                "team": FromColumn("team"),
            },
            keep=(),
        ),
        TableRule(
            "decisions",
            {
                "decision_id": Joined((Constant(NAMED), ID, Constant("qualified"))),
                "handoff_id": Joined((Constant(NAMED), ID)),
                "lead_id": LEAD,
                "at": FromColumn("qualified"),
                "rep_id": FromColumn("owner"),
                "outcome": Constant("accepted"),
            },
            when=Filled("qualified"),
            keep=(),
        ),
        TableRule(
            "decisions",
            {
                "decision_id": Joined((Constant(NAMED), ID, Constant("disqualified"))),
                "handoff_id": Joined((Constant(NAMED), ID)),
                "lead_id": LEAD,
                "at": FromColumn("disqualified"),
                "rep_id": FromColumn("owner"),
                "outcome": Constant("disqualified"),
                "reason": Words(FromColumn("reason"), REASONS),
                "note": FromColumn("note"),
            },
            when=Filled("disqualified"),
            keep=(),
        ),
    ),
    traps=(
        Trap(
            "created",
            mark(
                "A lead of HubSpot's is a handoff: the day it was created, a contact was given to sales. Contacts "
                "imported with it or later then give no handoff of their own; where contacts imported before have, "
                "leads are not imported, lest each counts twice."
            ),
        ),
        Trap("contact", mark("The contact is the lead, so that its activities are found.")),
        Trap(
            "qualified",
            mark(
                "Reaching the stage Qualified is read as acceptance, reaching Disqualified as disqualification, each "
                "with its date. Other stages are no answer."
            ),
        ),
        Trap(
            "first_outreach",
            mark(
                "First outreach has a date and neither a kind nor an author: it is kept as a column only. Import "
                "calls, e-mails and meetings to measure real actions."
            ),
        ),
        Trap("owner", mark("The owner is today's: reassigning a lead rewrites who received it.")),
    ),
)

EXPORTS = (LEADS,)
