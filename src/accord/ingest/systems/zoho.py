"""Zoho CRM: leads, deals and calls."""

from __future__ import annotations

from accord.ingest.mapping.model import (
    AllOf,
    Constant,
    Filled,
    FirstOf,
    FromColumn,
    IsOneOf,
    Joined,
    Only,
    TableRule,
    Words,
)
from accord.ingest.systems.model import EMPTY, Export, Trap
from accord.language import mark

__all__ = ["EXPORTS"]

YES = ("true", "1", "yes", "oui")
ID = FromColumn("id")

LEADS = Export(
    system="Zoho",
    what="leads",
    meanings={
        "id": ("Record Id", "LEADID", "Lead Id", "ID d'enregistrement", "ID de l'enregistrement", "ID du prospect"),
        "created": ("Created Time", "Heure de création", "Date de création", "Date et heure de création"),
        "owner": ("Lead Owner", "Lead Owner Id", "Propriétaire du prospect", "Propriétaire de prospect"),
        "source": ("Lead Source", "Source du prospect", "Origine du prospect", "Source de prospect"),
        "status": ("Lead Status", "Statut du prospect", "Statut de prospect"),
        "company": ("Company", "Société", "Entreprise"),
        "industry": ("Industry", "Secteur", "Secteur d'activité"),
        "employees": ("No. of Employees", "No of Employees", "Nb d'employés", "Nombre d'employés"),
        "country": ("Country", "Pays"),
        "converted": ("CONVERTED", "Is Converted", "Converti", "Est converti"),
        "converted_at": (
            "Converted Date Time",
            "Converted Time",
            "Lead Conversion Time",
            "Date de conversion",
            "Heure de conversion",
        ),
        "rating": ("Rating", "Évaluation"),
        "last_activity": ("Last Activity Time", "Heure de la dernière activité"),
    },
    anchors=(("id",), ("created",), ("owner", "status"), ("source", "company")),
    tables=(
        TableRule(
            "leads",
            {
                "lead_id": ID,
                "created_at": FromColumn("created"),
                "origin": FromColumn("source"),
                "sector": FromColumn("industry"),
                "employees": FromColumn("employees"),
                "country": FromColumn("country"),
                "company": FromColumn("company"),
            },
        ),
        TableRule(
            "decisions",
            {
                "decision_id": Joined((ID, Constant("converted"))),
                "lead_id": ID,
                "at": FromColumn("converted_at"),
                "rep_id": FromColumn("owner"),
                "outcome": Constant("accepted"),
            },
            when=AllOf((IsOneOf("converted", YES), Filled("converted_at"))),
            keep=(),
        ),
    ),
    traps=(
        Trap("status", mark("{column} has no date of its own, so no decision is made of it. It is kept as a column.")),
        Trap("converted_at", mark("Conversion is read as acceptance; a refusal has no date in this export.")),
        Trap("owner", mark("The owner is today's; when the lead was handed over is not in this export.")),
    ),
)

DEALS = Export(
    system="Zoho",
    what="deals",
    meanings={
        "id": ("Record Id", "DEALID", "POTENTIALID", "Deal Id", "ID d'enregistrement", "ID de l'affaire"),
        "name": ("Deal Name", "Potential Name", "Nom de l'affaire", "Nom de la transaction"),
        "stage": ("Stage", "Étape"),
        "amount": ("Amount", "Montant"),
        "currency": ("Currency", "Devise"),
        "closed": ("Closing Date", "Date de clôture", "Date de fermeture"),
        "created": ("Created Time", "Heure de création"),
        "contact": ("Contact Name Id", "Contact Name", "Contact ID", "Nom du contact"),
        "lead": ("Lead Id", "Converted Lead Id"),
    },
    anchors=(("id",), ("name",), ("stage",), ("closed", "created")),
    tables=(
        TableRule(
            "opportunities",
            {
                "opportunity_id": ID,
                "lead_id": FirstOf((FromColumn("lead"), FromColumn("contact"))),
                "created_at": FromColumn("created"),
                "stage": FromColumn("stage"),
                "amount": FromColumn("amount"),
                "currency": FromColumn("currency"),
                "closed_at": Only(
                    FromColumn("closed"),
                    IsOneOf(
                        "stage",
                        ("Closed Won", "Closed Lost", "Closed-Lost to Competition", "Fermée gagnée", "Fermée perdue"),
                    ),
                ),
                "won": Words(
                    FromColumn("stage"),
                    {
                        "Closed Won": "true",
                        "Fermée gagnée": "true",
                        "Closed Lost": "false",
                        "Closed-Lost to Competition": "false",
                        "Fermée perdue": "false",
                    },
                    otherwise=EMPTY,
                ),
            },
            keep=(),
        ),
    ),
    traps=(
        Trap("closed", mark("The closing date of an open deal is a forecast: it is taken from closed deals only.")),
    ),
)

CALLS = Export(
    system="Zoho",
    what="calls",
    meanings={
        "id": ("Record Id", "CALLID", "Call Id", "ID d'enregistrement"),
        "type": ("Call Type", "Type d'appel"),
        "at": ("Call Start Time", "Heure de début de l'appel"),
        "seconds": ("Call Duration (in seconds)", "Call Duration in seconds", "Durée de l'appel (en secondes)"),
        "owner": ("Call Owner", "Propriétaire de l'appel"),
        "lead": ("Lead Id", "Contact Name Id", "Contact Name", "Related To", "Nom du contact", "Lié à"),
        "result": ("Call Result", "Résultat de l'appel"),
    },
    anchors=(("id",), ("type",), ("at",), ("lead",)),
    tables=(
        TableRule(
            "activities",
            {
                "activity_id": ID,
                "lead_id": FromColumn("lead"),
                "at": FromColumn("at"),
                "rep_id": FromColumn("owner"),
                "kind": Constant("call"),
                "direction": Words(
                    FromColumn("type"),
                    {"Inbound": "in", "Entrant": "in", "Missed": "in", "Outbound": "out", "Sortant": "out"},
                ),
                "duration_s": FromColumn("seconds"),
                "outcome": Words(FromColumn("result"), {"No response/Busy": "no_answer"}),
            },
            keep=(),
        ),
    ),
)

EXPORTS = (LEADS, DEALS, CALLS)
