"""Salesforce: leads, their history, contacts and accounts; report headings and API names."""

from __future__ import annotations

from collections.abc import Mapping

from accord.ingest.mapping.model import (
    AllOf,
    AnyOf,
    Constant,
    Filled,
    FirstOf,
    FromColumn,
    IsOneOf,
    Joined,
    Lookup,
    Not,
    Recipe,
    StartsWith,
    TableRule,
    Words,
)
from accord.ingest.systems.model import Export, Trap
from accord.language import mark

__all__ = ["EXPORTS"]

YES = ("true", "1", "yes", "oui", "vrai")
ID, OWNER = FromColumn("id", salesforce_id=True), FromColumn("owner", salesforce_id=True)
LEAD, BY = FromColumn("lead", salesforce_id=True), FromColumn("by", salesforce_id=True)

CONVERTED = "converted"
"""A lead is converted once: the day on the lead and the moment in its history are one decision."""

LEADS = Export(
    system="Salesforce",
    what="leads",
    meanings={
        "id": ("Lead ID", "ID de piste", "ID de la piste", "ID piste", "Id"),
        "created": ("Created Date", "Create Date", "Date de création", "Créé le", "CreatedDate"),
        "owner": ("Lead Owner", "Propriétaire de la piste", "OwnerId", "Owner Alias"),
        "source": ("Lead Source", "Origine de la piste", "LeadSource"),
        "status": ("Lead Status", "Statut de la piste", "Status"),
        "company": ("Company / Account", "Company", "Société/Compte", "Société / Compte", "Société"),
        "industry": ("Industry", "Secteur d'activité"),
        "employees": ("No. of Employees", "Employees", "Nombre d'employés", "NumberOfEmployees"),
        "country": ("Country", "Pays", "CountryCode"),
        "converted": ("Converted", "Converti", "Convertie", "IsConverted"),
        "converted_at": ("Converted Date", "Date de conversion", "ConvertedDate"),
        "account": ("Converted Account ID", "ConvertedAccountId", "ID du compte converti"),
        "master": ("MasterRecordId", "Master Record ID"),
        "deleted": ("IsDeleted",),
        "last_activity": ("Last Activity", "Dernière activité", "LastActivityDate"),
        "unread": ("Unread", "IsUnreadByOwner", "Non lu"),
    },
    anchors=(("id",), ("created",), ("status", "converted", "owner"), ("company", "source")),
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
                "customer_id": FromColumn("account", salesforce_id=True),
                "merged_into": FromColumn("master", salesforce_id=True),
            },
        ),
        TableRule(
            "decisions",
            {
                "decision_id": Joined((ID, Constant(CONVERTED))),
                "lead_id": ID,
                "at": FromColumn("converted_at"),
                "rep_id": OWNER,
                "outcome": Constant("accepted"),
            },
            when=AllOf((IsOneOf("converted", YES), Filled("converted_at"))),
            keep=(),
            keep_hours=True,  # which the history gave
        ),
    ),
    traps=(
        Trap(
            "converted_at",
            mark(
                "Conversion is read as acceptance. Where its date has no hour, promises in hours come out as an "
                "interval; and a refusal has no date in this export: import the lead history for both."
            ),
        ),
        Trap(
            "status",
            mark("{column} has no date of its own: it is kept as a column. The lead history has the dates."),
        ),
        Trap("owner", mark("The owner is today's; when the lead was handed over stands in the lead history only.")),
        Trap(
            "last_activity",
            mark("{column} is the due date of the latest task or event, done or not. It is kept as a column only."),
        ),
    ),
)

_OWNER_CHANGED = (
    IsOneOf("field", ("Owner", "Lead Owner", "Propriétaire", "Propriétaire de la piste")),
    Filled("new"),
)
_IS_ID = StartsWith("new", ("005", "00G"))
"""How the ids of Salesforce's users and queues begin."""

_STATUS_CHANGED = IsOneOf("field", ("Status", "Lead Status", "Statut", "Statut de la piste"))
_WAS_CONVERTED = AnyOf(
    (
        IsOneOf("field", ("leadConverted", "Lead Converted", "Converted", "Piste convertie", "Convertie", "Converti")),
        AllOf((_STATUS_CHANGED, IsOneOf("new", ("Closed - Converted", "Fermée - Convertie", "Clôturée - Convertie")))),
    )
)

_HANDED_TO_ID: Mapping[str, Recipe] = {
    "handoff_id": Joined((FromColumn("at"), LEAD)),
    "lead_id": LEAD,
    "at": FromColumn("at"),
    "rep_id": FromColumn("new", salesforce_id=True),
}
_HANDED_TO_NAME: Mapping[str, Recipe] = {
    **_HANDED_TO_ID,
    "rep_id": FirstOf(
        (
            Lookup(FromColumn("new"), "name", "id", file="Salesforce users", salesforce_id=True),
            FromColumn("new", salesforce_id=True),
        )
    ),
}

HISTORY = Export(
    system="Salesforce",
    what="lead history",
    corrects=("Salesforce leads",),
    meanings={
        "id": ("Id", "History ID", "Lead History ID"),
        "lead": ("LeadId", "Lead ID", "ID de piste", "ID de la piste", "ID piste"),
        "field": ("Field", "Field / Event", "Champ", "Champ / Événement", "Champ modifié"),
        "new": ("NewValue", "New Value", "Nouvelle valeur"),
        "old": ("OldValue", "Old Value", "Ancienne valeur"),
        "at": ("CreatedDate", "Edit Date", "Date de modification", "Modifié le", "Created Date"),
        "by": ("CreatedById", "Edited By", "Modifié par"),
    },
    anchors=(("lead",), ("field",), ("new",), ("at",)),
    tables=(
        # Salesforce writes a change of owner twice, by name and by id, at one instant: one handoff. The row with the
        # id, which activities and decisions name too, comes last and so counts.
        TableRule("handoffs", _HANDED_TO_NAME, when=AllOf((*_OWNER_CHANGED, Not(_IS_ID))), keep=()),
        TableRule("handoffs", _HANDED_TO_ID, when=AllOf((*_OWNER_CHANGED, _IS_ID)), keep=()),
        TableRule(
            "decisions",
            {
                "decision_id": Joined((LEAD, Constant(CONVERTED))),
                "lead_id": LEAD,
                "at": FromColumn("at"),
                "rep_id": BY,
                "outcome": Constant("accepted"),
            },
            when=_WAS_CONVERTED,
            keep=(),
        ),
        TableRule(
            "decisions",
            {
                "decision_id": FirstOf((ID, Joined((LEAD, FromColumn("at"), FromColumn("new"))))),
                "lead_id": LEAD,
                "at": FromColumn("at"),
                "rep_id": BY,
                "outcome": Words(
                    FromColumn("new"),
                    {
                        "Qualified": "accepted",
                        "Accepted": "accepted",
                        "Qualifiée": "accepted",
                        "Unqualified": "disqualified",
                        "Disqualified": "disqualified",
                        "Closed - Not Converted": "disqualified",
                        "Non qualifiée": "disqualified",
                        "Rejected": "rejected",
                        "Rejetée": "rejected",
                        "Nurturing": "recycled",
                        "Recycled": "recycled",
                    },
                ),
            },
            when=AllOf(
                (
                    _STATUS_CHANGED,
                    IsOneOf(
                        "new",
                        (
                            "Qualified",
                            "Accepted",
                            "Qualifiée",
                            "Unqualified",
                            "Disqualified",
                            "Closed - Not Converted",
                            "Non qualifiée",
                            "Rejected",
                            "Rejetée",
                            "Nurturing",
                            "Recycled",
                        ),
                    ),
                )
            ),
            keep=(),
        ),
    ),
    traps=(
        Trap(
            "field",
            mark(
                "Every change of owner is read as a handoff. Salesforce writes it twice, by name and by id, at one "
                "instant: the two rows are one handoff, to the id. Owners that are queues of marketing are not "
                "handoffs: filter them in the mapping."
            ),
        ),
        Trap(
            "new",
            mark(
                "Only the statuses that say yes or no become decisions; Working or Contacted is no answer. Add your "
                "own "
                "statuses in the mapping."
            ),
        ),
    ),
)

CONTACTS = Export(
    system="Salesforce",
    what="contacts",
    meanings={
        "id": ("Contact ID", "ID du contact", "Id"),
        "created": ("Created Date", "Date de création", "CreatedDate"),
        "account": ("Account ID", "AccountId", "ID du compte"),
        "source": ("Lead Source", "Origine de la piste", "LeadSource"),
        "company": ("Account Name", "Nom du compte"),
        "country": ("Mailing Country", "MailingCountry", "Pays (adresse d'expédition)"),
        "owner": ("Contact Owner", "Propriétaire du contact", "OwnerId"),
        "mailing": ("MailingCity", "Mailing City", "MailingStreet", "Mailing Street"),
        "reports_to": ("ReportsToId", "Reports To"),
    },
    anchors=(("id",), ("created", "account"), ("mailing", "reports_to"), ("account", "company")),
    tables=(
        TableRule(
            "leads",
            {
                "lead_id": ID,
                "created_at": FromColumn("created"),
                "origin": FromColumn("source"),
                "country": FromColumn("country"),
                "company": FromColumn("company"),
                "customer_id": FromColumn("account", salesforce_id=True),
            },
        ),
    ),
    traps=(Trap("id", mark("A contact has an identifier of its own, not that of the lead it was converted from.")),),
)

ACCOUNTS = Export(
    system="Salesforce",
    what="accounts",
    meanings={
        "id": ("Account ID", "ID du compte", "Id"),
        "name": ("Account Name", "Nom du compte", "Name"),
        "billing": ("BillingCity", "Billing City", "BillingStreet", "BillingCountry", "Ville de facturation"),
        "industry": ("Industry", "Secteur d'activité"),
        "employees": ("Employees", "NumberOfEmployees"),
        "owner": ("Account Owner", "Propriétaire du compte", "OwnerId"),
    },
    anchors=(("id",), ("name",), ("billing",)),
    limits=(mark("Accounts are no table of Accord and are not imported."),),
)


EXPORTS = (LEADS, HISTORY, CONTACTS, ACCOUNTS)
