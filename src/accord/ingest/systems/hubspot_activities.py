"""HubSpot: activities, and the table of a warehouse copy that ties contacts to them."""

from __future__ import annotations

from accord.ingest.mapping.model import (
    AllOf,
    AnyOf,
    Before,
    FirstOf,
    FromColumn,
    IsOneOf,
    Lookup,
    Not,
    TableRule,
    Words,
)
from accord.ingest.systems.model import EMPTY, Export, Trap
from accord.language import mark

__all__ = ["EXPORTS"]

NOT_AN_ACT = ("Note", "FORWARDED_EMAIL", "FORWARDED EMAIL", "E-mail transféré")

ACTIVITIES = Export(
    system="HubSpot",
    what="activities",
    meanings={
        "id": ("Activity ID", "Record ID", "engagement_id", "ID de l'activité", "ID d'activité", "hs_object_id"),
        "type": ("Activity Type", "Type d'activité", "Engagement Type", "engagement_type", "type"),
        "at": (
            "Activity Date",
            "Date de l'activité",
            "Date d'activité",
            "hs_timestamp",
            "property_hs_timestamp",
            "occurred_timestamp",
        ),
        "owner": (
            "Activity Owner",
            "Activity assigned to",
            "Activité attribuée à",
            "Propriétaire de l'activité",
            "hubspot_owner_id",
            "property_hubspot_owner_id",
        ),
        "contact_email": ("Associated Contact Email", "Associated Contact Emails", "E-mail du contact associé"),
        "contact_id": (
            "Associated Contact IDs",
            "Associated Contact ID",
            "ID de contact associés",
            "ID des contacts associés",
            "ID du contact associé",
            "contact_id",
        ),
        "call_outcome": ("Call Outcome", "hs_call_disposition", "property_hs_call_disposition", "Résultat de l'appel"),
        "meeting_outcome": (
            "Meeting Outcome",
            "hs_meeting_outcome",
            "property_hs_meeting_outcome",
            "Résultat de la réunion",
        ),
        "task_status": ("Task Status", "hs_task_status", "property_hs_task_status", "Statut de la tâche"),
        "direction": (
            "Email Direction",
            "Call Direction",
            "hs_email_direction",
            "hs_call_direction",
            "property_hs_email_direction",
            "property_hs_call_direction",
        ),
        "milliseconds": ("Call Duration (HH:mm:ss)", "hs_call_duration", "property_hs_call_duration"),
    },
    anchors=(("id",), ("type",), ("at",)),
    tables=(
        TableRule(
            "activities",
            {
                "activity_id": FromColumn("id"),
                "lead_id": FirstOf(
                    (
                        Before(FromColumn("contact_id"), ";"),
                        Lookup(FromColumn("id"), "other", "contact", file="HubSpot activity contacts", optional=False),
                        Lookup(FromColumn("contact_email"), "Email", "lead_id", table="leads", optional=False),
                    )
                ),
                "at": FromColumn("at"),
                "rep_id": FromColumn("owner"),
                "kind": Words(
                    FromColumn("type"),
                    {
                        "CALL": "call",
                        "Appel": "call",
                        "EMAIL": "email",
                        "E-mail": "email",
                        "INCOMING_EMAIL": "email",
                        "MEETING": "meeting",
                        "Réunion": "meeting",
                        "TASK": "task",
                        "Tâche": "task",
                        "SMS": "message",
                        "WhatsApp": "message",
                        "LinkedIn message": "message",
                        "COMMUNICATION": "message",
                        "Postal mail": "message",
                    },
                ),
                "direction": FirstOf(
                    (
                        Words(FromColumn("type"), {"INCOMING_EMAIL": "in"}, otherwise=EMPTY),
                        Words(
                            FromColumn("direction"),
                            {"INCOMING_EMAIL": "in", "INBOUND": "in", "EMAIL": "out", "OUTBOUND": "out"},
                            otherwise=EMPTY,
                        ),
                    )
                ),
                "outcome": FirstOf(
                    (
                        Words(
                            FromColumn("call_outcome"),
                            {
                                "No answer": "no_answer",
                                "Busy": "no_answer",
                                "Pas de réponse": "no_answer",
                                "Left voicemail": "voicemail",
                                "Left live message": "left_message",
                                "Message vocal laissé": "voicemail",
                                "Connected": "connected",
                                "Wrong number": "wrong_number",
                            },
                        ),
                        Words(
                            FromColumn("meeting_outcome"),
                            {"Completed": "held", "Terminée": "held", "Scheduled": "booked", "Planifiée": "booked"},
                        ),
                    )
                ),
            },
            when=AllOf(
                (
                    Not(IsOneOf("type", NOT_AN_ACT)),
                    Not(IsOneOf("direction", ("FORWARDED_EMAIL",))),
                    Not(IsOneOf("meeting_outcome", ("Cancelled", "Canceled", "Annulée"))),
                    AnyOf(
                        (
                            Not(IsOneOf("type", ("TASK", "Tâche"))),
                            IsOneOf("task_status", ("Completed", "Terminée", "Terminé")),
                        )
                    ),
                )
            ),
            keep=(),
        ),
    ),
    traps=(
        Trap(
            "type",
            mark("Notes, forwarded e-mails, cancelled meetings and tasks not done are no acts of sales."),
        ),
        Trap("milliseconds", mark("Call durations come in several units; map duration_s yourself if you need it.")),
    ),
)

LINKS = Export(
    system="HubSpot",
    what="activity contacts",
    meanings={
        "contact": ("contact_id", "Contact ID"),
        "other": ("engagement_id",),
        "category": ("category", "type_id", "association_type"),
    },
    anchors=(("contact",), ("other",), ("category",)),
    limits=(
        mark("This ties contacts to activities: imported together with them, it says which lead an activity was for."),
    ),
)


EXPORTS = (ACTIVITIES, LINKS)
