"""HubSpot: contacts, companies and owners, exported from the application, by the API, or to a warehouse."""

from __future__ import annotations

from accord.ingest.mapping.model import (
    Constant,
    Filled,
    FirstOf,
    FromColumn,
    Joined,
    Lookup,
    TableRule,
)
from accord.ingest.systems.model import Export, Trap
from accord.ingest.systems.stage_dates import MARKETING_QUALIFIED, SALES_QUALIFIED
from accord.language import mark

__all__ = ["EXPORTS", "HANDED_OVER"]

HANDED_OVER = "mql"
"""How the ids of handoffs end that contacts give, after the contact's own: what a later import knows them by."""

CONTACT_ID, CREATED, OWNER = FromColumn("id"), FromColumn("created"), FromColumn("owner")

CREATE_DATE = (
    "Create Date",
    "createdate",
    "Date de création",
    "Date de création du contact",
    "Créé le",
    "property_createdate",
)
BECAME_A_LEAD = (
    "Became a Lead Date",
    "hs_lifecyclestage_lead_date",
    "hs_v2_date_entered_lead",
    "property_hs_lifecyclestage_lead_date",
)
BECAME_QUALIFIED = (
    "Became a Marketing Qualified Lead Date",
    "hs_lifecyclestage_marketingqualifiedlead_date",
    "hs_v2_date_entered_marketingqualifiedlead",
    "property_hs_lifecyclestage_marketingqualifiedlead_date",
)

CONTACTS = Export(
    system="HubSpot",
    what="contacts",
    meanings={
        "id": (
            "Record ID",
            "Contact ID",
            "ID de fiche d'informations",
            "hs_object_id",
            "vid",
            "Id Hubspot Contact",
            "ID Contact",
            "ID du contact",
            "ID de contact",
            "Identifiant du contact",
            "ID de la fiche",
            "ID de fiche",
            "ID de l'enregistrement",
            "ID d'objet",
            "id",
        ),
        "created": (*CREATE_DATE, *BECAME_A_LEAD, *BECAME_QUALIFIED),
        "email": ("Email", "E-mail", "Adresse e-mail", "Adresse mail", "Courriel", "property_email"),
        "owner": ("Contact owner", "Propriétaire du contact", "hubspot_owner_id", "property_hubspot_owner_id"),
        "team": ("HubSpot Team", "Équipe HubSpot", "hubspot_team_id", "property_hubspot_team_id"),
        "lifecycle": (
            "Lifecycle Stage",
            "Phase du cycle de vie",
            "Phase de cycle de vie",
            "Étape du cycle de vie",
            "Étape de cycle de vie",
            "lifecyclestage",
            "property_lifecyclestage",
        ),
        "status": ("Lead Status", "Statut du lead", "Statut de lead", "hs_lead_status", "property_hs_lead_status"),
        "source": (
            "Original Source",
            "Original Traffic Source",
            "Source d'origine",
            "Source de trafic d'origine",
            "Source d'origine du trafic",
            "Source du trafic d'origine",
            "Source initiale",
            "hs_analytics_source",
            "property_hs_analytics_source",
            "Original Source Type",
            "Lead Source",
        ),
        "campaign": ("First Touch Converting Campaign",),
        "country": ("Country/Region", "Country", "Pays/Région", "Pays", "property_country"),
        "industry": ("Industry", "Secteur d'activité", "Secteur", "property_industry"),
        "employees": (
            "Number of Employees",
            "Nombre d'employés",
            "Nombre de salariés",
            "numemployees",
            "property_numemployees",
        ),
        "company": (
            "Company Name",
            "Nom de l'entreprise",
            "Entreprise",
            "Entreprise associée",
            "Associated Company",
            "property_company",
            "company",
        ),
        "company_domain": ("Associated Company Domain", "Company Domain Name", "Nom de domaine de l'entreprise"),
        "seniority": ("Seniority", "Ancienneté", "Niveau hiérarchique", "property_seniority"),
        "function": ("Job function", "Fonction", "job_function", "property_job_function"),
        "score": ("HubSpot Score", "Score HubSpot", "hubspotscore", "property_hubspotscore"),
        "mql": BECAME_QUALIFIED,
        "sql": (
            "Became a Sales Qualified Lead Date",
            "hs_lifecyclestage_salesqualifiedlead_date",
            "hs_v2_date_entered_salesqualifiedlead",
            "property_hs_lifecyclestage_salesqualifiedlead_date",
        ),
        "first_conversion": ("First Conversion", "Première conversion", "first_conversion_event_name"),
        "first_conversion_at": (
            "First Conversion Date",
            "Date de la première conversion",
            "Date de première conversion",
            "first_conversion_date",
            "property_first_conversion_date",
        ),
        "recent_conversion_at": ("Recent Conversion Date", "Date de conversion récente", "recent_conversion_date"),
        "first_outreach": ("First outreach date", "hs_first_outreach_date"),
        "first_engagement": ("Date of first engagement", "hs_sa_first_engagement_date", "Lead response time"),
        "last_contacted": ("Last Contacted", "Dernière prise de contact", "notes_last_contacted"),
        "merged": (
            "Merged contact IDs",
            "Merged record IDs",
            "ID des contacts fusionnés",
            "ID de contacts fusionnés",
            "ID des fiches d'informations fusionnées",
            "hs_merged_object_ids",
            "property_hs_merged_object_ids",
            "hs_calculated_merged_vids",
            "property_hs_calculated_merged_vids",
            "Calculated merged vids",
        ),
    },
    anchors=(
        ("id",),
        ("created",),
        ("email", "lifecycle", "mql"),
        ("lifecycle", "status", "owner", "source", "mql", "first_conversion_at"),
    ),
    stages={"mql": MARKETING_QUALIFIED, "sql": SALES_QUALIFIED},
    better_told=mark(
        "What was handed over, and what was answered, is taken from HubSpot's leads, in this import or stored: the "
        "contacts give no handoff and no decision."
    ),
    better={"handoffs": "HubSpot leads", "decisions": "HubSpot leads"},
    tables=(
        TableRule(
            "leads",
            {
                "lead_id": CONTACT_ID,
                "created_at": CREATED,
                "origin": FromColumn("source"),
                "campaign": FromColumn("campaign"),
                "country": FromColumn("country"),
                "sector": FirstOf(
                    (
                        FromColumn("industry"),
                        Lookup(FromColumn("company_domain"), "domain", "industry", file="HubSpot companies"),
                    )
                ),
                "employees": FirstOf(
                    (
                        FromColumn("employees"),
                        Lookup(FromColumn("company_domain"), "domain", "employees", file="HubSpot companies"),
                    )
                ),
                "company": FirstOf(
                    (
                        FromColumn("company"),
                        Lookup(FromColumn("company_domain"), "domain", "company", file="HubSpot companies"),
                    )
                ),
                "seniority": FromColumn("seniority"),
                "job_function": FromColumn("function"),
            },
        ),
        TableRule(
            "handoffs",
            {
                "handoff_id": Joined((CONTACT_ID, Constant(HANDED_OVER))),
                "lead_id": CONTACT_ID,
                "at": FromColumn("mql"),
                "rep_id": OWNER,
                "team": FromColumn("team"),
                "score": FromColumn("score"),
            },
            when=Filled("mql"),
            keep=(),
        ),
        TableRule(
            "decisions",
            {
                "decision_id": Joined((CONTACT_ID, Constant("sql"))),
                "lead_id": CONTACT_ID,
                "at": FromColumn("sql"),
                "rep_id": OWNER,
                "outcome": Constant("accepted"),
            },
            when=Filled("sql"),
            keep=(),
        ),
        TableRule(
            "touches",
            {
                "touch_id": Joined((CONTACT_ID, Constant("first-conversion"))),
                "lead_id": CONTACT_ID,
                "at": FromColumn("first_conversion_at"),
                "kind": Constant("form"),
            },
            when=Filled("first_conversion_at"),
            keep=(),
        ),
    ),
    traps=(
        Trap(
            "created",
            mark(
                "The file does not say when a contact was created: it counts from {column}; a contact without that is "
                "refused."
            ),
            unless=CREATE_DATE,
        ),
        Trap(
            "mql",
            mark("The handoff is the day the contact became a marketing qualified lead: HubSpot records no other."),
        ),
        Trap(
            "sql",
            mark(
                "The acceptance is the day the contact became a sales qualified lead. HubSpot records no refusal "
                "with a "
                "date, so explicit acceptance knows acceptances and silence only."
            ),
        ),
        Trap("owner", mark("The owner is today's: reassigning a contact rewrites who received it.")),
        Trap(
            "status",
            mark("{column} has no date of its own, so no decision is made of it. It is kept as a column of the lead."),
        ),
        Trap(
            "first_outreach",
            mark("{column} is the first ever, not the first since the handoff. It is kept as a column only."),
        ),
        Trap(
            "first_engagement",
            mark(
                "First engagement is of today's owner and is cleared when the owner changes. It is kept as a column "
                "only."
            ),
        ),
        Trap(
            "merged",
            mark(
                "The merged contacts have no row of their own, and nothing says when they were created: what was "
                "recorded under their ids does not find its lead. Their list is kept as a column only. Leads imported "
                "with lead_id, created_at and merged_into make them one."
            ),
        ),
        Trap("last_contacted", mark("{column} is the last contact, not the first. It is kept as a column only.")),
    ),
)

COMPANIES = Export(
    system="HubSpot",
    what="companies",
    meanings={
        "id": ("Record ID", "Company ID", "ID de fiche d'informations", "hs_object_id", "id"),
        "company": ("Company Name", "Nom de l'entreprise", "Name", "property_name"),
        "domain": ("Company Domain Name", "Nom de domaine de l'entreprise", "domain", "property_domain"),
        "industry": ("Industry", "Secteur d'activité", "property_industry"),
        "employees": ("Number of Employees", "Nombre d'employés", "numberofemployees", "property_numberofemployees"),
        "revenue": ("Annual Revenue", "Chiffre d'affaires annuel", "annualrevenue", "property_annualrevenue"),
        "prefixed": ("property_name",),
        "named": ("Company Name", "Nom de l'entreprise"),
        "owner": ("Company owner", "Propriétaire de l'entreprise"),
        "created": ("Create Date", "Date de création", "property_createdate"),
    },
    anchors=(("id",), ("company",), ("domain", "owner", "prefixed", "named")),
    limits=(
        mark("Companies are no table of Accord; contacts imported together with them take sector and size from them."),
    ),
)

OWNERS = Export(
    system="HubSpot",
    what="owners",
    meanings={
        "id": ("owner_id", "Owner ID", "id"),
        "email": ("email", "Email"),
        "first": ("first_name", "First Name", "Prénom"),
        "last": ("last_name", "Last Name", "Nom"),
        "active_user": ("active_user_id", "userId", "primary_team_id"),
        "team": ("team", "primary_team_id", "Primary team"),
    },
    anchors=(("id",), ("email",), ("active_user",)),
    tables=(
        TableRule(
            "reps",
            {
                "rep_id": FromColumn("id"),
                "name": Joined((FromColumn("first"), FromColumn("last")), " "),
                "email": FromColumn("email"),
                "team": FromColumn("team"),
            },
            keep=(),
        ),
    ),
)

TICKETS = Export(
    system="HubSpot",
    what="tickets",
    meanings={
        "id": ("Ticket ID", "Record ID"),
        "status": ("Ticket Status", "Statut du ticket"),
        "name": ("Ticket Name", "Nom du ticket"),
        "owner": ("Ticket Owner", "Propriétaire du ticket"),
        "source": ("Ticket Source", "Source"),
        "priority": ("Ticket Priority", "Priorité"),
    },
    anchors=(("id",), ("status", "name", "owner", "source")),
    limits=(mark("Tickets say nothing about leads and are not imported."),),
)


EXPORTS = (CONTACTS, COMPANIES, OWNERS, TICKETS)
