"""Pipedrive: leads, deals and activities. Its exports name each column "Object - Field"."""

from __future__ import annotations

from accord.ingest.mapping.model import AnyOf, Filled, FirstOf, FromColumn, IsOneOf, Joined, TableRule, Words
from accord.ingest.systems.model import EMPTY, Export, Trap
from accord.language import mark

__all__ = ["EXPORTS"]

NO_ACCEPTANCE = mark(
    "Pipedrive records neither the handing over of a lead nor its acceptance or refusal; a lead that was seen or "
    "archived "
    "is neither. Acceptance can be measured by action only, and only with a handoff from elsewhere."
)

LEADS = Export(
    system="Pipedrive",
    what="leads",
    meanings={
        "id": ("Lead - ID", "Prospect - ID", "ID"),
        "title": ("Lead - Title", "Prospect - Titre", "Lead - Titre", "title"),
        "created": (
            "Lead - Lead created",
            "Lead - Creation date",
            "Lead - Add time",
            "Prospect - Date de création",
            "Prospect - Prospect créé",
            "Prospect - Date d'ajout",
            "Lead - Date de création",
            "Lead - Date d'ajout",
            "add_time",
        ),
        "owner": ("Lead - Owner", "Prospect - Propriétaire", "Lead - Propriétaire", "owner_id"),
        "source": (
            "Lead - Source channel",
            "Prospect - Source du lead",
            "Prospect - Canal source",
            "Lead - Canal source",
            "Lead - Source du lead",
            "source_name",
        ),
        "labels": ("Lead - Labels", "Prospect - Étiquettes", "Lead - Étiquettes", "label_ids"),
        "person": (
            "Lead - Contact person",
            "Prospect - Personne à contacter",
            "Lead - Personne à contacter",
            "person_id",
        ),
        "organization": ("Lead - Organization", "Prospect - Organisation", "Lead - Organisation", "organization_id"),
        "seen": ("was_seen", "Lead - Seen"),
        "archived": ("is_archived", "Lead - Archived", "Lead - Archive status"),
        "value": ("Lead - Value", "Prospect - Valeur", "Lead - Valeur", "value"),
    },
    anchors=(("title",), ("owner", "source"), ("labels", "seen", "archived", "source")),
    tables=(
        TableRule(
            "leads",
            {
                "lead_id": FirstOf((FromColumn("id"), Joined((FromColumn("title"), FromColumn("created"))))),
                "created_at": FromColumn("created"),
                "channel": FromColumn("source"),
                "company": FromColumn("organization"),
                "budget": FromColumn("value"),
            },
        ),
    ),
    traps=(
        Trap("seen", mark("A lead that was seen was not accepted: it is kept as a column only.")),
        Trap("archived", mark("An archived lead was not refused with a reason: it is kept as a column only.")),
    ),
    limits=(NO_ACCEPTANCE,),
)

DEALS = Export(
    system="Pipedrive",
    what="deals",
    meanings={
        "id": ("Deal - ID", "Affaire - ID"),
        "title": ("Deal - Title", "Affaire - Titre"),
        "value": ("Deal - Value", "Affaire - Valeur"),
        "currency": ("Deal - Currency of value", "Affaire - Devise de la valeur", "Affaire - Devise"),
        "status": ("Deal - Status", "Affaire - Statut"),
        "stage": ("Deal - Stage", "Deal - Stage (pipeline)", "Affaire - Étape"),
        "created": (
            "Deal - Creation date",
            "Deal - Deal created",
            "Affaire - Affaire créée",
            "Affaire - Affaire créée le",
            "Affaire - Créée le",
            "Affaire - Date de création",
            "Deal - Add time",
        ),
        "won": ("Deal - Won time", "Affaire - Date de gain", "Affaire - Heure du gain"),
        "lost": ("Deal - Lost time", "Affaire - Date de perte", "Affaire - Heure de l'échec"),
        "closed": ("Deal - Closed on", "Deal - Deal closed on", "Affaire - Clôturée le"),
        "lead": (
            "Deal - Source lead ID",
            "Deal - Lead ID",
            "Affaire - ID du prospect source",
            "Affaire - ID du prospect",
        ),
        "person": ("Deal - Person ID", "Deal - Contact person", "Affaire - Personne à contacter"),
        "organization": ("Deal - Organization", "Organization - Name", "Affaire - Organisation", "Organisation - Nom"),
    },
    anchors=(("title",), ("status", "stage", "value"), ("created", "won", "value")),
    tables=(
        TableRule(
            "opportunities",
            {
                "opportunity_id": FirstOf((FromColumn("id"), Joined((FromColumn("title"), FromColumn("created"))))),
                "lead_id": FirstOf((FromColumn("lead"), FromColumn("person"), FromColumn("organization"))),
                "created_at": FromColumn("created"),
                "stage": FromColumn("stage"),
                "amount": FromColumn("value"),
                "currency": FromColumn("currency"),
                "closed_at": FirstOf((FromColumn("won"), FromColumn("lost"), FromColumn("closed"))),
                "won": Words(
                    FromColumn("status"),
                    {
                        "won": "true",
                        "gagné": "true",
                        "gagnée": "true",
                        "lost": "false",
                        "perdu": "false",
                        "perdue": "false",
                    },
                    otherwise=EMPTY,
                ),
            },
            keep=(),
        ),
    ),
    traps=(
        Trap(
            "person",
            mark(
                "The deal names a person, not a lead: it is counted for a lead only where leads are identified in "
                "the same "
                "way."
            ),
        ),
    ),
    limits=(NO_ACCEPTANCE,),
)

ACTIVITIES = Export(
    system="Pipedrive",
    what="activities",
    meanings={
        "id": ("Activity - ID", "Activité - ID"),
        "subject": ("Activity - Subject", "Activité - Objet", "Activité - Sujet"),
        "type": ("Activity - Type", "Activité - Type"),
        "done": ("Activity - Done", "Activité - Terminée", "Activité - Terminé", "Activité - Fait"),
        "done_at": (
            "Activity - Marked as done time",
            "Activité - Heure à laquelle l'activité a été marquée comme terminée",
            "Activité - Marquée comme terminée le",
        ),
        "due": ("Activity - Due date", "Activité - Date d'échéance"),
        "user": ("Activity - Assigned to user", "Activité - Attribué à l'utilisateur", "Activité - Attribuée à"),
        "lead": ("Activity - Lead ID", "Activity - Lead", "Activité - Lead"),
        "person": ("Activity - Contact person", "Activity - Person ID", "Activité - Personne à contacter"),
        "deal": ("Activity - Deal ID", "Activity - Deal"),
    },
    anchors=(("subject", "type"), ("done", "done_at"), ("type",)),
    tables=(
        TableRule(
            "activities",
            {
                "activity_id": FirstOf(
                    (
                        FromColumn("id"),
                        Joined((FromColumn("subject"), FromColumn("done_at"), FromColumn("user"))),
                        Joined((FromColumn("subject"), FromColumn("due"), FromColumn("user"))),
                    )
                ),
                "lead_id": FirstOf((FromColumn("lead"), FromColumn("person"))),
                "at": FirstOf((FromColumn("done_at"), FromColumn("due"))),
                "rep_id": FromColumn("user"),
                "kind": Words(
                    FromColumn("type"),
                    {
                        "call": "call",
                        "appel": "call",
                        "email": "email",
                        "e-mail": "email",
                        "meeting": "meeting",
                        "réunion": "meeting",
                        "lunch": "meeting",
                        "déjeuner": "meeting",
                        "task": "task",
                        "tâche": "task",
                        "deadline": "task",
                        "échéance": "task",
                    },
                ),
            },
            when=AnyOf(
                (
                    IsOneOf("done", ("done", "true", "1", "yes", "oui", "terminé", "terminée", "fait")),
                    Filled("done_at"),
                )
            ),
            keep=(),
        ),
    ),
    traps=(
        Trap("done", mark("Activities not done are plans, not acts: left out.")),
        Trap("due", mark("The due date stands in only where the moment of completion is not recorded.")),
    ),
)

EXPORTS = (LEADS, DEALS, ACTIVITIES)
