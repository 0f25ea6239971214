"""Salesforce: tasks and events; report headings and API names."""

from __future__ import annotations

from accord.ingest.mapping.model import (
    AllOf,
    AnyOf,
    Constant,
    FirstOf,
    FromColumn,
    IsOneOf,
    Not,
    TableRule,
    Words,
)
from accord.ingest.systems.model import EMPTY, Export, Trap
from accord.language import mark

__all__ = ["EXPORTS"]

YES = ("true", "1", "yes", "oui", "vrai")
ID, OWNER = FromColumn("id", salesforce_id=True), FromColumn("owner", salesforce_id=True)
NOT_DELETED = Not(IsOneOf("deleted", YES))

TASKS = Export(
    system="Salesforce",
    what="tasks",
    meanings={
        "id": ("Activity ID", "ID d'activité", "ID de l'activité", "Id", "Task ID"),
        "lead": ("WhoId", "Lead ID", "ID de piste", "ID de la piste", "Contact ID", "ID du contact"),
        "owner": ("OwnerId", "Assigned", "Assigned To", "Assigné à", "Attribué à"),
        "subtype": ("TaskSubtype", "Task Subtype", "Sous-type de tâche"),
        "type": ("Type",),
        "closed": ("IsClosed", "Closed", "Fermé", "Fermée", "Clôturé"),
        "status": ("Status", "Statut"),
        "completed": ("CompletedDateTime", "Completed Date/Time", "Completed Date", "Date de fin"),
        "due": ("ActivityDate", "Due Date", "Date", "Date d'échéance"),
        "created": ("CreatedDate", "Created Date", "Date de création"),
        "call_type": ("CallType", "Call Type", "Type d'appel"),
        "disposition": ("CallDisposition", "Call Result", "Résultat de l'appel"),
        "seconds": (
            "CallDurationInSeconds",
            "Call Duration (seconds)",
            "Call Duration",
            "Durée de l'appel (secondes)",
        ),
        "deleted": ("IsDeleted",),
        "priority": ("Priority", "Priorité"),
    },
    anchors=(
        ("id",),
        ("lead",),
        ("subtype", "closed", "status"),
        ("due", "completed"),
        ("priority", "subtype", "seconds"),
    ),
    tables=(
        TableRule(
            "activities",
            {
                "activity_id": ID,
                "lead_id": FromColumn("lead", salesforce_id=True),
                "at": FirstOf((FromColumn("completed"), FromColumn("due"), FromColumn("created"))),
                "rep_id": OWNER,
                "kind": FirstOf(
                    (
                        Words(
                            FromColumn("subtype"),
                            {
                                "Call": "call",
                                "Email": "email",
                                "ListEmail": "email",
                                "LinkedIn": "message",
                                "Cadence": "task",
                            },
                            otherwise=EMPTY,
                        ),
                        Words(
                            FromColumn("type"),
                            {
                                "Call": "call",
                                "Appel": "call",
                                "Email": "email",
                                "E-mail": "email",
                                "Meeting": "meeting",
                                "Réunion": "meeting",
                            },
                            otherwise="task",
                        ),
                        Constant("task"),
                    )
                ),
                "direction": Words(
                    FromColumn("call_type"),
                    {"Inbound": "in", "Entrant": "in", "Outbound": "out", "Sortant": "out", "Internal": "out"},
                    otherwise=EMPTY,
                ),
                "duration_s": FromColumn("seconds"),
                "outcome": Words(
                    FromColumn("disposition"),
                    {"No answer": "no_answer", "Left voicemail": "voicemail", "Pas de réponse": "no_answer"},
                ),
                "automated": Words(FromColumn("subtype"), {"ListEmail": "true"}, otherwise=EMPTY),
            },
            when=AllOf(
                (
                    AnyOf((IsOneOf("closed", YES), IsOneOf("status", ("Completed", "Terminée", "Terminé")))),
                    NOT_DELETED,
                )
            ),
            keep=(),
            needs=(("closed", "status"),),  # or what is only planned would count as done
        ),
    ),
    traps=(
        Trap("closed", mark("Tasks that are not closed are plans, not acts: left out.")),
        Trap(
            "due",
            mark("The due date says when a task was planned for; it stands in only where no completion is recorded."),
        ),
        Trap("subtype", mark("List e-mails are automated: they never count as an act of sales.")),
    ),
)

EVENTS = Export(
    system="Salesforce",
    what="events",
    meanings={
        "id": ("Id", "Event ID", "Activity ID", "ID d'événement", "ID d'activité"),
        "lead": ("WhoId", "Lead ID", "Contact ID", "ID de piste", "ID du contact"),
        "owner": ("OwnerId", "Assigned", "Assigned To", "Assigné à", "Attribué à"),
        "at": ("StartDateTime", "Start", "ActivityDateTime", "Début"),
        "subtype": ("EventSubtype", "Event Subtype"),
        "minutes": ("DurationInMinutes", "Duration", "Durée (minutes)", "Durée"),
        "child": ("IsChild",),
        "deleted": ("IsDeleted",),
        "end": ("EndDateTime", "End", "Fin"),
    },
    anchors=(("id",), ("lead",), ("at",), ("subtype", "minutes", "end")),
    tables=(
        TableRule(
            "activities",
            {
                "activity_id": ID,
                "lead_id": FromColumn("lead", salesforce_id=True),
                "at": FromColumn("at"),
                "rep_id": OWNER,
                "kind": Constant("meeting"),
            },
            when=AllOf((Not(IsOneOf("child", YES)), NOT_DELETED)),
            keep=(),
        ),
    ),
    traps=(Trap("at", mark("An event says that a meeting was planned; Salesforce does not say whether it was held.")),),
)


EXPORTS = (TASKS, EVENTS)
