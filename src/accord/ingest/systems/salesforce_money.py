"""Salesforce: opportunities, campaigns and their members, users; report headings and API names."""

from __future__ import annotations

from accord.ingest.mapping.model import (
    AllOf,
    AnyOf,
    Constant,
    Filled,
    FirstOf,
    FromColumn,
    IsOneOf,
    Lookup,
    Not,
    Only,
    TableRule,
    Words,
)
from accord.ingest.systems.model import EMPTY, Export, Trap
from accord.language import mark

__all__ = ["EXPORTS"]

YES = ("true", "1", "yes", "oui", "vrai")
ID = FromColumn("id", salesforce_id=True)
NOT_DELETED = Not(IsOneOf("deleted", YES))

OPPORTUNITIES = Export(
    system="Salesforce",
    what="opportunities",
    meanings={
        "id": ("Opportunity ID", "Id", "ID d'opportunité", "ID de l'opportunité"),
        "number": ("Opportunity Number",),
        "created": ("Created Date", "CreatedDate", "Date de création"),
        "closed": ("Close Date", "CloseDate", "Date de clôture"),
        "stage": ("Stage", "StageName", "Étape"),
        "amount": ("Amount", "Montant", "Prix total"),
        "currency": ("CurrencyIsoCode", "Amount Currency", "Currency"),
        "is_closed": ("IsClosed", "Closed", "Fermée"),
        "is_won": ("IsWon", "Won", "Gagnée"),
        "lead": ("Lead ID", "Converted Lead ID", "LeadId", "ID de piste", "Contact ID", "ContactId", "ID du contact"),
        "account": ("AccountId", "Account ID", "ID du compte"),
        "deleted": ("IsDeleted",),
        "owner": ("Opportunity Owner", "Propriétaire de l'opportunité", "OwnerId"),
        "probability": ("Probability (%)", "Probability", "Probabilité", "Probabilité (%)"),
    },
    anchors=(("id", "number"), ("stage",), ("closed",), ("owner", "probability", "is_won")),
    tables=(
        TableRule(
            "opportunities",
            {
                "opportunity_id": FirstOf((ID, FromColumn("number"))),
                "lead_id": FirstOf(
                    (
                        FromColumn("lead", salesforce_id=True),
                        # Kept with the leads as their file writes it, short or long.
                        Lookup(FromColumn("id"), "ConvertedOpportunityId", "lead_id", table="leads"),
                        Lookup(ID, "ConvertedOpportunityId", "lead_id", table="leads"),
                        FromColumn("account", salesforce_id=True),
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
                            IsOneOf("is_closed", YES),
                            IsOneOf("stage", ("Closed Won", "Closed Lost", "Fermée gagnée", "Fermée perdue")),
                        )
                    ),
                ),
                "won": FirstOf(
                    (
                        Only(FromColumn("is_won"), IsOneOf("is_closed", YES)),
                        Words(
                            FromColumn("stage"),
                            {
                                "Closed Won": "true",
                                "Closed Lost": "false",
                                "Fermée gagnée": "true",
                                "Fermée perdue": "false",
                            },
                            otherwise=EMPTY,
                        ),
                    )
                ),
            },
            when=NOT_DELETED,
            keep=(),
        ),
    ),
    traps=(
        Trap(
            "account",
            mark(
                "The lead is the one whose Converted Opportunity ID names the opportunity: import the leads before "
                "or together with it. Where there is none, the account stands in, and the deal counts for no lead."
            ),
        ),
        Trap("closed", mark("The close date of an open opportunity is a forecast: it is taken from closed ones only.")),
    ),
)

MEMBERS = Export(
    system="Salesforce",
    what="campaign members",
    meanings={
        "id": ("Id", "Campaign Member ID", "Member ID", "ID de membre de campagne"),
        "lead": ("LeadOrContactId", "LeadId", "Lead ID", "Lead/Contact ID", "ID de piste"),
        "campaign": ("CampaignId", "Campaign ID", "Campaign Name", "Nom de la campagne"),
        "responded": ("HasResponded", "Responded", "A répondu"),
        "at": ("FirstRespondedDate", "First Responded Date", "Date de première réponse"),
        "added": ("Member First Associated Date",),  # the day of being put on the list, which is no response
        "status": ("Status", "Member Status"),
    },
    anchors=(("id",), ("lead",), ("campaign",), ("at", "added")),
    tables=(
        TableRule(
            "touches",
            {
                "touch_id": ID,
                "lead_id": FromColumn("lead", salesforce_id=True),
                "at": FromColumn("at"),
                "kind": Constant("campaign_response"),
                "channel": FromColumn("campaign"),
            },
            when=AllOf((IsOneOf("responded", YES), Filled("at"))),
            keep=(),
        ),
    ),
    traps=(Trap("at", mark("The first response has a date without an hour.")),),
)

CAMPAIGNS = Export(
    system="Salesforce",
    what="campaigns",
    meanings={
        "name": ("Campaign Name", "Name", "Nom de la campagne"),
        "type": ("Type", "Campaign Type"),
        "start": ("Start Date", "StartDate", "Date de début"),
        "end": ("End Date", "EndDate", "Date de fin"),
        "cost": ("Actual Cost in Campaign", "Actual Cost", "ActualCost", "Coût réel"),
        "currency": ("CurrencyIsoCode",),
    },
    anchors=(("name",), ("start",), ("end",), ("cost",)),
    tables=(
        TableRule(
            "spend",
            {
                "start": FromColumn("start"),
                "end": FromColumn("end"),
                "channel": FirstOf((FromColumn("type"), FromColumn("name"))),
                "campaign": FromColumn("name"),
                "amount": FromColumn("cost"),
                "currency": FromColumn("currency"),
            },
            when=Filled("cost"),
            keep=(),
        ),
    ),
)

USERS = Export(
    system="Salesforce",
    what="users",
    meanings={
        "id": ("Id", "User ID"),
        "name": ("Name", "Full Name", "Nom complet"),
        "email": ("Email", "Adresse e-mail"),
        "team": ("Department", "Role", "UserRoleId", "Service"),
        "active": ("IsActive", "Active"),
        "profile": ("ProfileId", "Profile", "Profil"),
    },
    anchors=(("id",), ("name",), ("email",), ("profile", "active")),
    tables=(
        TableRule(
            "reps",
            {"rep_id": ID, "name": FromColumn("name"), "email": FromColumn("email"), "team": FromColumn("team")},
            keep=(),
        ),
    ),
)


EXPORTS = (OPPORTUNITIES, MEMBERS, CAMPAIGNS, USERS)
