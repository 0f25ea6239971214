"""What people call the columns of the contract when they make a table by hand, in English and French."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from accord.ingest.folding import fold
from accord.tables.schema import Table

__all__ = ["alike"]

_LEAD = (
    "lead",
    "lead number",
    "lead no",
    "mql id",
    "prospect id",
    "prospect",
    "contact id",
    "identifiant du lead",
    "piste",
)
_REP = (
    "rep",
    "owner",
    "owner id",
    "sales rep",
    "salesperson",
    "sdr",
    "sdr id",
    "assigned to",
    "commercial",
    "propriétaire",
)
_AT = ("date", "time", "timestamp", "datetime", "when", "occurred at", "date time", "horodatage", "heure", "le")
_CHANNEL = ("canal", "medium", "utm medium", "source channel", "canal d'acquisition")
_AMOUNT = ("value", "total", "revenue", "price", "montant", "valeur", "prix", "chiffre d'affaires")

SYNONYMS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "leads": {
        "lead_id": ("id", *_LEAD),
        "created_at": (
            "created",
            "created date",
            "create date",
            "creation date",
            "date created",
            "created on",
            "created time",
            "first contact date",
            "date",
            "date de création",
            "créé le",
            "date d'ajout",
        ),
        "origin": (
            "source",
            "lead source",
            "lead origin",
            "original source",
            "origine",
            "provenance",
            "source du lead",
            "source d'origine",
            "origine du lead",
            "origine de la piste",
            "original traffic source",
        ),
        "channel": _CHANNEL,
        "campaign": ("campaign name", "utm campaign", "campagne"),
        "lead_type": ("type", "lead category", "type de lead"),
        "sector": ("industry", "business segment", "industry sector", "secteur", "secteur d'activité", "industrie"),
        "employees": (
            "number of employees",
            "no. of employees",
            "number of staff",
            "headcount",
            "company size",
            "effectif",
            "nombre d'employés",
            "salariés",
        ),
        "country": ("country name", "country/region", "pays", "pays/région"),
        "territory": ("region", "sales territory", "territoire", "région"),
        "job_function": ("function", "department", "fonction"),
        "seniority": ("level", "niveau hiérarchique", "séniorité"),
        "decision_maker": ("is decision maker", "décideur"),
        "need": ("besoin",),
        "company": (
            *("company name", "account", "account name", "company / account", "organization", "organisation"),
            *("société", "société / compte", "entreprise", "raison sociale", "nom de l'entreprise"),
            *("nom de la société", "nom du compte"),
        ),
        "customer_id": ("customer", "client", "account id", "id client"),
        "merged_into": ("master record id", "duplicate of", "fusionné avec"),
    },
    "touches": {
        "touch_id": ("id", "event id", "interaction id"),
        "lead_id": _LEAD,
        "at": _AT,
        "kind": ("type", "event", "event type", "interaction", "nature"),
        "channel": _CHANNEL,
        "value": ("score", "points", "valeur"),
    },
    "handoffs": {
        "handoff_id": ("id", "assignment id", "transmission id"),
        "lead_id": _LEAD,
        "at": (*_AT, "assigned at", "transmitted at", "handed over at", "assignment date", "date de transmission"),
        "rep_id": _REP,
        "team": ("sales team", "équipe"),
        "score": ("lead score", "points"),
        "band": ("grade", "score band", "classe"),
    },
    "decisions": {
        "decision_id": ("id",),
        "handoff_id": ("handoff", "assignment id", "transmission id"),
        "lead_id": _LEAD,
        "at": (*_AT, "decided at", "date de décision"),
        "rep_id": _REP,
        "outcome": ("decision", "status", "verdict", "décision", "statut"),
        "reason": ("reason code", "rejection reason", "motif", "raison", "motif de rejet"),
        "note": ("comment", "notes", "commentaire", "remarque"),
    },
    "activities": {
        "activity_id": ("id", "event id", "task id"),
        "lead_id": _LEAD,
        "at": (*_AT, "activity date", "completed at", "date de l'activité"),
        "rep_id": _REP,
        "kind": ("type", "activity type", "type d'activité", "nature"),
        "direction": ("sens",),
        "duration_s": ("duration", "duration seconds", "durée", "durée en secondes"),
        "outcome": ("result", "résultat"),
        "automated": ("automatic", "is automated", "automatique"),
    },
    "opportunities": {
        "opportunity_id": ("id", "deal id", "opportunity", "deal", "identifiant de l'opportunité"),
        "lead_id": _LEAD,
        "created_at": ("created", "created date", "create date", "date de création", "créé le", "open date"),
        "stage": ("deal stage", "étape", "phase"),
        "amount": _AMOUNT,
        "currency": ("devise", "monnaie"),
        "closed_at": ("closed", "close date", "closed date", "won date", "date de clôture"),
        "won": ("is won", "gagné", "gagnée"),
    },
    "orders": {
        "order_id": ("id", "order", "order number", "invoice id", "commande", "numéro de commande"),
        "lead_id": _LEAD,
        "customer_id": ("customer", "client", "id client", "account id"),
        "at": (*_AT, "order date", "date de commande", "invoice date"),
        "amount": _AMOUNT,
        "currency": ("devise", "monnaie"),
    },
    "spend": {
        "start": ("start date", "from", "date de début", "début", "du"),
        "end": ("end date", "to", "date de fin", "fin", "au"),
        "channel": _CHANNEL,
        "campaign": ("campaign name", "campagne"),
        "amount": ("cost", "spend", "budget", "coût", "dépense", "montant"),
        "currency": ("devise", "monnaie"),
    },
    "reps": {
        "rep_id": ("id", "user id", *_REP),
        "name": ("full name", "nom"),
        "email": ("e-mail", "mail", "adresse e-mail"),
        "team": ("sales team", "équipe", "department"),
        "territory": ("region", "territoire", "région"),
        "hired_at": ("hire date", "start date", "date d'embauche"),
        "capacity": ("weekly capacity", "capacité"),
    },
}


def alike(table: Table, headings: Sequence[str]) -> dict[str, str]:
    """Column of ``table`` → the heading that means it: its own name first, then what people also call it.

    A heading stands for one column only; case, accents and punctuation do not count.
    """
    left = {fold(heading): heading for heading in reversed(headings) if heading}
    found: dict[str, str] = {}
    for column in table.columns:
        if fold(column.name) in left:
            found[column.name] = left.pop(fold(column.name))
    for column in table.columns:
        for name in SYNONYMS[table.name].get(column.name, ()):
            if column.name not in found and fold(name) in left:
                found[column.name] = left.pop(fold(name))
    return found
