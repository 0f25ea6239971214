"""Odoo: ``crm.lead``, which holds leads and opportunities, by technical names or by the labels of its export."""

from __future__ import annotations

from accord.ingest.mapping.model import (
    AllOf,
    AnyOf,
    Constant,
    Filled,
    FirstOf,
    FromColumn,
    IsOneOf,
    Joined,
    Not,
    Only,
    TableRule,
    Words,
)
from accord.ingest.systems.model import EMPTY, Export, Trap
from accord.language import mark

__all__ = ["EXPORTS"]

OWNER, TEAM = FromColumn("owner"), FromColumn("team")
LEAD = FirstOf((FromColumn("id"), Joined((FromColumn("title"), FromColumn("created")))))
OPPORTUNITY = IsOneOf("type", ("opportunity", "opportunité"))
WON = AnyOf((IsOneOf("won_status", ("won", "gagné")), IsOneOf("stage", ("Won", "Gagné"))))
LOST = AllOf(
    (
        AnyOf(
            (
                IsOneOf("won_status", ("lost", "perdu")),
                AllOf((IsOneOf("active", ("false", "0", "faux")), Filled("lost_reason"))),
            )
        ),
        Not(WON),  # a deal that was won is put away too
    )
)

LEADS = Export(
    system="Odoo",
    what="leads",
    meanings={
        "id": ("External ID", "ID", "id", "Identifiant externe", "ID externe"),
        "type": ("type", "Type"),
        "title": ("Opportunity", "name", "Opportunité"),
        "active": ("active", "Active", "Actif"),
        "owner": ("Salesperson", "user_id", "Vendeur", "Commercial", "Responsable commercial"),
        "team": ("Sales Team", "team_id", "Équipe commerciale"),
        "created": ("Created on", "create_date", "Créé le", "Créée le", "Date de création"),
        "assigned": (
            "Assignment Date",
            "date_open",
            "Date d'affectation",
            "Date d'assignation",
            "Date d'attribution",
            "Assigné le",
        ),
        "converted": ("Conversion Date", "date_conversion", "Date de conversion"),
        "closed": ("Closed Date", "date_closed", "Date de clôture", "Date de fermeture"),
        "lost_reason": ("Lost Reason", "lost_reason_id", "lost_reason", "Motif de perte", "Raison de la perte"),
        "won_status": ("won_status", "Is Won"),
        "stage": ("Stage", "stage_id", "Étape"),
        "probability": ("Probability", "probability", "Probabilité"),
        "revenue": ("Expected Revenue", "expected_revenue", "Revenu espéré", "Revenu attendu", "Revenu prévu"),
        "source": ("Source", "source_id"),
        "medium": ("Medium", "medium_id", "Moyen"),
        "campaign": ("Campaign", "campaign_id", "Campagne"),
        "company": ("Company Name", "partner_name", "Nom de la société"),
        "country": ("Country", "country_id", "Pays"),
        "function": ("Job Position", "function", "Poste", "Poste occupé"),
        "customer": ("Customer", "partner_id", "Client"),
        "days_to_assign": ("Days to Assign", "day_open", "Jours pour attribuer", "Jours pour assigner"),
    },
    anchors=(
        ("id", "title"),
        ("created",),
        ("assigned", "converted", "days_to_assign", "lost_reason", "medium", "won_status", "revenue"),
        ("owner", "team"),
    ),
    tables=(
        TableRule(
            "leads",
            {
                "lead_id": LEAD,
                "created_at": FromColumn("created"),
                "origin": FromColumn("source"),
                "channel": FromColumn("medium"),
                "campaign": FromColumn("campaign"),
                "company": FromColumn("company"),
                "country": FromColumn("country"),
                "job_function": FromColumn("function"),
                "customer_id": FromColumn("customer"),
            },
        ),
        TableRule(
            "handoffs",
            {
                "handoff_id": Joined((LEAD, Constant("assigned"))),
                "lead_id": LEAD,
                "at": FromColumn("assigned"),
                "rep_id": OWNER,
                "team": TEAM,
            },
            when=Filled("assigned"),
            keep=(),
        ),
        TableRule(
            "decisions",
            {
                "decision_id": Joined((LEAD, Constant("converted"))),
                "lead_id": LEAD,
                "at": FromColumn("converted"),
                "rep_id": OWNER,
                "outcome": Constant("accepted"),
            },
            when=Filled("converted"),
            keep=(),
        ),
        TableRule(
            "decisions",
            {
                "decision_id": Joined((LEAD, Constant("lost"))),
                "lead_id": LEAD,
                "at": FromColumn("closed"),
                "rep_id": OWNER,
                "outcome": Constant("disqualified"),
                "reason": FromColumn("lost_reason"),
            },
            when=AllOf((Not(Filled("converted")), Filled("closed"), LOST)),
            keep=(),
            # A deal that was won is closed too; and one that was lost later had been accepted, by its conversion.
            needs=(("converted",), ("lost_reason", "active", "won_status")),
        ),
        TableRule(
            "opportunities",
            {
                "opportunity_id": LEAD,
                "lead_id": LEAD,
                "created_at": FirstOf((FromColumn("converted"), FromColumn("created"))),
                "stage": FromColumn("stage"),
                "amount": FromColumn("revenue"),
                "closed_at": FromColumn("closed"),
                "won": FirstOf(
                    (
                        Words(
                            FromColumn("won_status"),
                            {"won": "true", "gagné": "true", "lost": "false", "perdu": "false"},
                            otherwise=EMPTY,
                        ),
                        Words(FromColumn("stage"), {"Won": "true", "Gagné": "true"}, otherwise=EMPTY),
                        # Nested: without a column of reasons, to be closed is not to be lost.
                        Only(Only(Constant("false"), Filled("closed")), Filled("lost_reason")),
                    )
                ),
            },
            when=OPPORTUNITY,
            keep=(),
            needs=(("type",),),  # or every lead would be one
        ),
    ),
    traps=(
        Trap(
            "assigned",
            mark(
                "The assignment date is read as the handoff. Odoo assigns a lead to whoever creates it: a handoff in "
                "the same second as the creation counts like any other, and the audit says how many there are. "
                "Versions of Odoo differ in whether it is the first or the last assignment."
            ),
        ),
        Trap(
            "converted",
            mark(
                "Conversion to an opportunity is read as acceptance. Teams that skip the lead stage have none to "
                "convert."
            ),
        ),
        Trap(
            "lost_reason",
            mark("A lead lost before it was converted is read as disqualified, on the day it was closed."),
        ),
    ),
)

EXPORTS = (LEADS,)
