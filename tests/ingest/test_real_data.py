"""The real data sets, through the mappings that the documentation shows: the facts measured on the files come out."""

# ruff: noqa: DTZ001 - a naive moment is UTC

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from statistics import median

import pytest

from accord.ingest.systems.catalogue import recognise
from support.reading import read
from support.source import ROOT

EXAMPLES = ROOT / "docs" / "examples"


def cells(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def test_the_hubspot_dummy_export(shared_data: Path) -> None:
    folder = shared_data / "crm_exports" / "hubspot_dummy"
    found = read([folder])
    contacts, activities = cells(folder / "hubspot_contacts.csv"), cells(folder / "hubspot_activities.csv")
    by_mail = {row["Email"].lower(): row["Contact ID"] for row in contacts}
    acts = [
        row
        for row in activities
        if row["Activity Type"] != "Note"
        and row["Meeting Outcome"] != "Cancelled"
        and (row["Activity Type"] != "Task" or row["Task Status"] == "Completed")
    ]
    assert [row["lead_id"] for row in found.rows["leads"]] == [row["Contact ID"] for row in contacts]
    assert [(row["activity_id"], row["lead_id"], row["kind"]) for row in found.rows["activities"]] == [
        (row["Activity ID"], by_mail[row["Associated Contact Email"].lower()], row["Activity Type"].lower())
        for row in acts
    ]
    industries = {row["Company Domain Name"]: row["Industry"] for row in cells(folder / "hubspot_companies.csv")}
    assert [row["sector"] for row in found.rows["leads"]] == [
        industries.get(row["Associated Company Domain"]) for row in contacts
    ]
    assert set(found.rows) == {"leads", "activities", "opportunities"}
    assert Counter(row["won"] for row in found.rows["opportunities"]) == {None: 360, True: 71, False: 69}
    assert all(refused == [] for refused in found.refused.values())
    assert "There is no handoff in these data: acceptance cannot be measured." in found.said
    assert "is taken from HubSpot's leads" not in found.said  # there are none, here or stored


FIVETRAN = {
    "fivetran_hubspot/contact_data.csv": "HubSpot contacts",
    "fivetran_hubspot/company_data.csv": "HubSpot companies",
    "fivetran_hubspot/deal_data.csv": "HubSpot deals",
    "fivetran_hubspot/deal_contact_data.csv": "HubSpot deal contacts",
    "fivetran_hubspot/engagement_call_data.csv": "HubSpot activities",
    "fivetran_hubspot/engagement_contact_data.csv": "HubSpot activity contacts",
    "fivetran_hubspot/owner_data.csv": "HubSpot owners",
    "fivetran_salesforce/sf_lead_data.csv": "Salesforce leads",
    "fivetran_salesforce/sf_contact_data.csv": "Salesforce contacts",
    "fivetran_salesforce/sf_account_data.csv": "Salesforce accounts",
    "fivetran_salesforce/sf_task_data.csv": "Salesforce tasks",
    "fivetran_salesforce/sf_event_data.csv": "Salesforce events",
    "fivetran_salesforce/sf_opportunity_data.csv": "Salesforce opportunities",
    "fivetran_salesforce/sf_user_data.csv": "Salesforce users",
}


@pytest.mark.parametrize(("name", "system"), FIVETRAN.items(), ids=FIVETRAN.keys())
def test_warehouse_copies_are_recognised_by_their_field_names(shared_data: Path, name: str, system: str) -> None:
    with (shared_data / "crm_exports" / name).open(newline="", encoding="utf-8-sig") as file:
        found = recognise(next(csv.reader(file)))
    assert found is not None
    assert found.export.name == system


def test_salesforce_tasks_of_a_warehouse(shared_data: Path) -> None:
    path = shared_data / "crm_exports" / "fivetran_salesforce" / "sf_task_data.csv"
    found = read([path])
    closed = [row["id"] for row in cells(path) if row["is_closed"] == "TRUE" and row["who_id"]]
    assert [row["activity_id"] for row in found.rows["activities"]] == closed


EXPECTED = {
    "hubspot_contacts_en": ("HubSpot contacts", {"leads", "handoffs", "decisions", "touches"}),
    "hubspot_deals_en": ("HubSpot deals", {"opportunities"}),
    "hubspot_contacts_fr": ("HubSpot contacts", {"leads"}),
    "hubspot_deals_fr": ("HubSpot deals", {"opportunities"}),
    "hubspot_companies_fr": ("HubSpot companies", set()),
    "salesforce_lead_report_en": ("Salesforce leads", {"leads"}),
    "salesforce_lead_report_fr": ("Salesforce leads", {"leads"}),
    "salesforce_opportunity_report_fr": ("Salesforce opportunities", set()),
    "pipedrive_en": ("Pipedrive deals", {"opportunities"}),
    "pipedrive_fr": ("Pipedrive deals", {"opportunities"}),
    "zoho_leads_en": ("Zoho leads", {"leads"}),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_headings_seen_in_real_exports(shared_data: Path, name: str) -> None:
    from accord.ingest.systems.resolve import resolved

    dictionary = json.loads((shared_data / "crm_exports" / "header_dictionary.json").read_text(encoding="utf-8"))
    found = recognise(dictionary[name]["columns"])
    assert found is not None
    assert (found.export.name, {rule.table for rule in resolved(found, {})}) == EXPECTED[name]


def test_olist(shared_data: Path) -> None:
    folder = shared_data / "olist"
    mapping = (EXAMPLES / "olist" / "mapping.yaml").read_text(encoding="utf-8")
    found = read(sorted(folder.glob("*.csv")), mapping=mapping)
    leads, deals, orders = (found.rows[name] for name in ("leads", "opportunities", "orders"))
    assert (len(leads), len(deals), len(orders)) == (8000, 842, 5044)
    assert all(not refused for refused in found.refused.values())
    won = {deal["lead_id"] for deal in deals}
    per_origin = Counter(lead["origin"] for lead in leads)
    won_per_origin = Counter(lead["origin"] for lead in leads if lead["lead_id"] in won)
    rates = {origin: round(100 * won_per_origin[origin] / count, 1) for origin, count in per_origin.items()}
    assert rates["unknown"] == 16.3
    assert (rates["paid_search"], rates["organic_search"], rates["email"]) == (12.3, 11.8, 3.0)
    assert (per_origin[None], won_per_origin[None]) == (60, 14)
    assert sum(lead["customer_id"] is not None for lead in leads) == 842
    first = {lead["lead_id"]: lead["created_at"] for lead in leads}
    days = sorted((deal["closed_at"] - first[deal["lead_id"]]).total_seconds() / 86400 for deal in deals)
    assert round(median(days), 1) == 14.7
    assert sum(day < 0 for day in days) == 1  # one win lies before its first contact: a fact, for the audit to tell
    assert round(sum(order["amount"] for order in orders)) == 676_851
    assert len({order["customer_id"] for order in orders}) == 380
    assert all(lead["created_at_is_date"] for lead in leads)


def test_bpi_2012(shared_data: Path) -> None:
    mapping = (EXAMPLES / "bpi2012.yaml").read_text(encoding="utf-8")
    found = read([shared_data / "bpi2012" / "lead_handoffs.csv"], mapping=mapping)
    assert found.read["handoffs"] == 4755
    assert all(not refused for refused in found.refused.values())
    handoffs = {row["lead_id"]: row for row in found.rows["handoffs"]}
    assert len({row["rep_id"] for row in handoffs.values()} - {None}) == 44
    taken = sorted(
        (row["at"] - handoffs[row["lead_id"]]["at"]).total_seconds() / 3600 for row in found.rows["activities"]
    )
    assert round(median(taken), 2) == 0.71
    accepted = {row["lead_id"] for row in found.rows["decisions"] if row["outcome"] == "accepted"}
    assert round(100 * len(accepted) / 4755, 1) == 52.9
    assert handoffs["173706"]["at"] == datetime(2011, 10, 1, 7, 46, 18, 623_000)
    won = [row for row in found.rows["opportunities"] if row["won"]]
    assert len(won) == sum(bool(row["approved_at"]) for row in cells(shared_data / "bpi2012" / "lead_handoffs.csv"))
