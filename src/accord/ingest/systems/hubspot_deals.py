"""HubSpot: deals, and the table of a warehouse copy that ties contacts to them."""

from __future__ import annotations

from accord.ingest.mapping.model import (
    AnyOf,
    Before,
    FirstOf,
    FromColumn,
    IsOneOf,
    Lookup,
    Only,
    TableRule,
    Words,
)
from accord.ingest.systems.model import EMPTY, Export, Trap
from accord.language import mark

__all__ = ["EXPORTS"]

DEALS = Export(
    system="HubSpot",
    what="deals",
    meanings={
        "id": (
            "Record ID",
            "Deal ID",
            "ID de fiche d'informations",
            "ID de la transaction",
            "ID de transaction",
            "ID Transaction",
            "hs_object_id",
            "deal_id",
        ),
        "name": ("Deal Name", "Nom de la transaction", "dealname", "property_dealname"),
        "stage": (
            "Deal Stage",
            "Phase de la transaction",
            "Étape de la transaction",
            "dealstage",
            "property_dealstage",
            "deal_pipeline_stage_id",
        ),
        "amount": ("Amount", "Montant", "property_amount"),
        "closed": ("Close Date", "Date de fermeture", "Date de clôture", "closedate", "property_closedate"),
        "created": ("Create Date", "Date de création", "createdate", "property_createdate"),
        "contact_id": (
            "Associated Contact IDs",
            "Associated Contact ID",
            "Associated Contact",
            "Id Hubspot Contact",
            "ID de contact associés",
            "ID de contact associé",
            "ID des contacts associés",
            "ID du contact associé",
        ),
        "contact_email": ("Associated Contact Email", "Associated Contact Emails"),
        "is_closed": ("hs_is_closed", "Is Closed", "property_hs_is_closed"),
        "is_won": ("hs_is_closed_won", "Is Closed Won", "property_hs_is_closed_won"),
        "currency": ("Currency", "Devise", "deal_currency_code"),
        "pipeline": ("Pipeline", "deal_pipeline_id"),
        "owner": ("Deal owner", "Propriétaire de la transaction"),
    },
    anchors=(("id",), ("name", "stage"), ("amount", "stage"), ("created", "closed")),
    tables=(
        TableRule(
            "opportunities",
            {
                "opportunity_id": FromColumn("id"),
                "lead_id": FirstOf(
                    (
                        Before(FromColumn("contact_id"), ";"),
                        Lookup(FromColumn("id"), "other", "contact", file="HubSpot deal contacts", optional=False),
                        Lookup(FromColumn("contact_email"), "Email", "lead_id", table="leads", optional=False),
                    )
                ),
                "created_at": FromColumn("created"),
                "stage": FromColumn("stage"),
                "amount": FromColumn("amount"),
                "currency": FromColumn("currency"),
                "closed_at": Only(
                    FromColumn("closed"),
                    AnyOf(
                        (
                            IsOneOf("is_closed", ("true", "1", "oui", "yes")),
                            IsOneOf(
                                "stage",
                                (
                                    "closedwon",
                                    "closed won",
                                    "closedlost",
                                    "closed lost",
                                    "fermée gagnée",
                                    "fermé gagné",
                                    "fermée perdue",
                                    "fermé perdu",
                                    "gagnée",
                                    "perdue",
                                    "conclue",
                                    "affaire conclue",
                                    "affaire perdue",
                                ),
                            ),
                        )
                    ),
                ),
                "won": FirstOf(
                    (
                        Only(FromColumn("is_won"), IsOneOf("is_closed", ("true", "1", "oui", "yes"))),
                        Words(
                            FromColumn("stage"),
                            {
                                "closedwon": "true",
                                "fermée gagnée": "true",
                                "fermé gagné": "true",
                                "gagnée": "true",
                                "conclue": "true",
                                "affaire conclue": "true",
                                "closedlost": "false",
                                "fermée perdue": "false",
                                "fermé perdu": "false",
                                "perdue": "false",
                                "affaire perdue": "false",
                            },
                            otherwise=EMPTY,
                        ),
                    )
                ),
            },
        ),
    ),
    traps=(
        Trap("closed", mark("The close date of an open deal is a forecast: it is taken from closed deals only.")),
        Trap(
            "stage",
            mark("Only the standard stages tell won from lost; list those of your own pipeline in the mapping."),
        ),
    ),
)

LINKS = Export(
    system="HubSpot",
    what="deal contacts",
    meanings={
        "contact": ("contact_id", "Contact ID"),
        "other": ("deal_id", "Deal ID"),
        "category": ("category", "type_id", "association_type"),
    },
    anchors=(("contact",), ("other",), ("category",)),
    limits=(mark("This ties contacts to deals: imported together with the deals, it says which lead a deal is of."),),
)


EXPORTS = (DEALS, LINKS)
