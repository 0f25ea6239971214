"""Exports of known systems are recognised by their headings, in English and French; their traps are avoided."""

# ruff: noqa: DTZ001 - a naive moment is UTC

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from accord.errors import DataError
from accord.ingest.systems.catalogue import SYSTEMS, recognise
from accord.ingest.systems.resolve import resolved
from accord.tables.schema import table_named
from support.reading import Read, read


def export(folder: Path, name: str, rows: list[dict[str, str]], delimiter: str = ",", **settings: Any) -> Read:
    return read([written(folder, name, rows, delimiter)], **settings)


def written(folder: Path, name: str, rows: list[dict[str, str]], delimiter: str = ",") -> Path:
    path = folder / f"{name}.csv"
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.parametrize("described", SYSTEMS, ids=lambda described: described.name)
def test_every_description_holds_together(described: Any) -> None:
    # With all its headings an export is recognised as itself, and gives every table it describes.
    headings = [names[0] for names in described.meanings.values()]
    found = recognise(headings)
    assert found is not None
    assert found.export.name == described.name
    rules = resolved(found, {})
    assert [rule.table for rule in rules] == [rule.table for rule in described.tables]
    for rule in rules:
        known = {column.name for column in table_named(rule.table).columns}
        assert set(rule.columns) <= known
    for meaning in (*(m for group in described.anchors for m in group), *(trap.meaning for trap in described.traps)):
        assert meaning in described.meanings


@pytest.mark.parametrize(
    ("headings", "name"),
    [
        (["Record ID", "Email", "Create Date", "Lifecycle Stage", "Contact owner"], "HubSpot contacts"),
        (["ID de fiche d’informations", "E-mail", "Date de création", "Phase du cycle de vie"], "HubSpot contacts"),
        (["ID de fiche d'informations", "Nom de la transaction", "Montant", "Date de fermeture"], "HubSpot deals"),
        (["Lead ID", "Lead Owner", "Company", "Lead Source", "Lead Status", "Created Date"], "Salesforce leads"),
        (["ID de piste", "Statut de la piste", "Origine de la piste", "Date de création"], "Salesforce leads"),
        (["id", "who_id", "task_subtype", "is_closed", "activity_date", "priority"], "Salesforce tasks"),
        (["Deal - Title", "Deal - Value", "Deal - Status", "Deal - Creation date"], "Pipedrive deals"),
        (["Affaire - Titre", "Affaire - Valeur", "Affaire - Statut", "Affaire - Affaire créée"], "Pipedrive deals"),
        (["Activity - Subject", "Activity - Type", "Activity - Done", "Activity - Due date"], "Pipedrive activities"),
        (["Opportunity", "Salesperson", "Created on", "Assignment Date", "Lost Reason"], "Odoo leads"),
        (["id", "name", "user_id", "create_date", "date_open", "lost_reason_id"], "Odoo leads"),
        (["LEADID", "Lead Owner", "Company", "Lead Source", "Lead Status", "Created Time"], "Zoho leads"),
    ],
)
def test_headings_are_recognised(headings: list[str], name: str) -> None:
    found = recognise(headings)
    assert found is not None
    assert found.export.name == name


def test_a_hubspot_contact_is_a_lead_a_handoff_a_touch_and_an_acceptance(tmp_path: Path) -> None:
    found = export(
        tmp_path,
        "all-contacts",
        [
            {
                "Record ID": "1",
                "Email": "a@x.org",
                "Create Date": "2026-07-01 10:00",
                "Contact owner": "Ann",
                "Original Source": "Paid Search",
                "Number of Employees": "12",
                "Lifecycle Stage": "Sales Qualified Lead",
                "Became a Marketing Qualified Lead Date": "2026-07-02 09:30",
                "Became a Sales Qualified Lead Date": "2026-07-03 11:00",
                "First Conversion Date": "2026-07-01 10:00",
                "HubSpot Score": "42",
            },
            {
                "Record ID": "2",
                "Email": "b@x.org",
                "Create Date": "2026-07-01 10:00",
                "Contact owner": "Ann",
                "Original Source": "Direct Traffic",
                "Number of Employees": "",
                "Lifecycle Stage": "Lead",
                "Became a Marketing Qualified Lead Date": "",
                "Became a Sales Qualified Lead Date": "",
                "First Conversion Date": "",
                "HubSpot Score": "",
            },
        ],
        timezone="Europe/Paris",
    )
    assert [(row["lead_id"], row["origin"], row["employees"]) for row in found.rows["leads"]] == [
        ("1", "Paid Search", 12),
        ("2", "Direct Traffic", None),
    ]
    (handoff,) = found.rows["handoffs"]
    assert (handoff["lead_id"], handoff["rep_id"], handoff["score"]) == ("1", "Ann", 42.0)
    assert handoff["at"] == datetime(2026, 7, 2, 7, 30)
    (decision,) = found.rows["decisions"]
    assert (decision["lead_id"], decision["outcome"], decision["at"]) == ("1", "accepted", datetime(2026, 7, 3, 9))
    assert [row["kind"] for row in found.rows["touches"]] == ["form"]
    assert "The owner is today's" in found.said


def test_a_contact_list_without_a_handoff_says_so(tmp_path: Path) -> None:
    row = {"Contact ID": "1", "Email": "a@x.org", "Create Date": "2026-07-01", "Lead Status": "Unqualified"}
    found = export(tmp_path, "contacts", [row])
    assert set(found.rows) == {"leads"}  # a status without a date becomes no decision
    assert found.rows["leads"][0]["extra"]["Lead Status"] == "Unqualified"
    assert "There is no handoff in these data: acceptance cannot be measured." in found.said
    assert "No handoffs come out of it: it has no column Became a Marketing Qualified Lead Date (or: " in found.said


ACTIVITY = {"Activity ID": "", "Activity Type": "", "Activity Date": "2026-07-01 10:00", "Activity Owner": "Ann"}


def test_hubspot_activities_that_are_no_acts_are_left_out(tmp_path: Path) -> None:
    kinds = [
        ("Call", {"Call Outcome": "No answer"}),
        ("Note", {}),
        ("Task", {"Task Status": "Not Started"}),
        ("Task", {"Task Status": "Completed"}),
        ("Meeting", {"Meeting Outcome": "Completed"}),
        ("Meeting", {"Meeting Outcome": "Canceled"}),
        ("INCOMING_EMAIL", {}),
        ("FORWARDED_EMAIL", {}),
        ("Email", {}),
    ]
    columns = {"Call Outcome": "", "Task Status": "", "Meeting Outcome": "", "Associated Contact IDs": "7;8"}
    rows = [
        {**ACTIVITY, **columns, "Activity ID": str(n), "Activity Type": kind, **more}
        for n, (kind, more) in enumerate(kinds)
    ]
    found = export(tmp_path, "activities", rows)
    assert [
        (row["activity_id"], row["lead_id"], row["kind"], row["direction"], row["outcome"])
        for row in found.rows["activities"]
    ] == [
        ("0", "7", "call", None, "no_answer"),
        ("3", "7", "task", None, None),
        ("4", "7", "meeting", None, "held"),
        ("6", "7", "email", "in", None),
        ("8", "7", "email", None, None),
    ]
    assert found.files[0].left_out == 4


def test_activities_find_their_contact_by_e_mail_and_contacts_their_company(tmp_path: Path) -> None:
    contacts = written(
        tmp_path,
        "contacts",
        [
            {
                "Contact ID": "C1",
                "Email": "Ann@X.org",
                "Create Date": "2026-07-01",
                "Lead Status": "New",
                "Associated Company Domain": "acme.org",
            }
        ],
    )
    companies = written(
        tmp_path,
        "companies",
        [{"Company ID": "1", "Company Name": "Acme", "Company Domain Name": "ACME.org", "Industry": "Steel"}],
    )
    activities = written(
        tmp_path,
        "activities",
        [
            {**ACTIVITY, "Activity ID": "A1", "Activity Type": "Call", "Associated Contact Email": "ann@x.org"},
            {**ACTIVITY, "Activity ID": "A2", "Activity Type": "Call", "Associated Contact Email": "bob@x.org"},
        ],
    )
    found = read([activities, companies, contacts])
    assert found.rows["leads"][0]["sector"] == "Steel"
    assert [(row["activity_id"], row["lead_id"]) for row in found.rows["activities"]] == [("A1", "C1")]
    assert found.refused["activities"][0].reasons == [("no_match", "lead_id")]
    assert "Associated Contact Email (lead_id): nothing is known" in found.refused["activities"][0].messages[0]


def test_the_close_date_of_an_open_deal_is_a_forecast(tmp_path: Path) -> None:
    deal = {
        "Record ID": "",
        "Deal Name": "x",
        "Amount": "10",
        "Create Date": "2026-07-01",
        "Associated Contact IDs": "7",
    }
    stages = ["Contract Sent", "Closed Won", "closedlost", "Fermée gagnée"]
    rows = [
        {**deal, "Record ID": str(n), "Deal Stage": stage, "Close Date": "2026-09-01"} for n, stage in enumerate(stages)
    ]
    found = export(tmp_path, "deals", rows)
    closed = datetime(2026, 9, 1)
    assert [(row["won"], row["closed_at"]) for row in found.rows["opportunities"]] == [
        (None, None),
        (True, closed),
        (False, closed),
        (True, closed),
    ]


DONE = "2026-07-02T10:00:00.000Z"


def test_salesforce_tasks_must_be_closed_and_say_when_they_were_completed(tmp_path: Path) -> None:
    columns = (
        "Id",
        "WhoId",
        "OwnerId",
        "TaskSubtype",
        "Type",
        "IsClosed",
        "Status",
        "CompletedDateTime",
        "ActivityDate",
    )
    more = ("CallType", "CallDurationInSeconds", "IsDeleted", "Priority")
    lines = [
        (
            "1",
            "L",
            "R",
            "Call",
            "",
            "true",
            "Completed",
            "2026-07-02T10:00:00.000Z",
            "2026-07-31",
            "Outbound",
            "61",
            "false",
            "",
        ),
        ("2", "L", "R", "Call", "", "false", "Not Started", "", "2026-07-31", "", "", "false", ""),
        (
            "3",
            "L",
            "R",
            "ListEmail",
            "",
            "true",
            "Completed",
            "2026-07-02T10:00:00.000Z",
            "2026-07-31",
            "",
            "",
            "false",
            "",
        ),
        ("4", "L", "R", "Task", "Meeting", "true", "Completed", "", "2026-07-31", "", "", "false", ""),
        ("5", "L", "R", "Task", "Other", "true", "Completed", "", "2026-07-31", "Inbound", "", "false", ""),
        ("6", "L", "R", "Email", "", "true", "Completed", "", "2026-07-31", "", "", "true", ""),
    ]
    found = export(tmp_path, "task", [dict(zip((*columns, *more), line, strict=True)) for line in lines])
    assert [
        (row["activity_id"], row["kind"], row["at"], row["at_is_date"], row["direction"], row["automated"])
        for row in found.rows["activities"]
    ] == [
        ("1", "call", datetime(2026, 7, 2, 10), False, "out", None),
        ("3", "email", datetime(2026, 7, 2, 10), False, None, True),
        ("4", "meeting", datetime(2026, 7, 31), True, None, None),
        ("5", "task", datetime(2026, 7, 31), True, "in", None),
    ]
    assert found.rows["activities"][0]["duration_s"] == 61


def test_a_french_lead_report(tmp_path: Path) -> None:
    row = {
        "ID de piste": "00Q1",
        "Propriétaire de la piste": "Anne",
        "Société/Compte": "Éts Dupré",
        "Origine de la piste": "Salon",
        "Statut de la piste": "Qualifiée",
        "Converti": "1",
        "Date de conversion": "14/07/2026",
        "Date de création": "01/07/2026",
    }
    other = {**row, "ID de piste": "00Q2", "Converti": "0", "Date de conversion": ""}
    found = export(tmp_path, "pistes", [row, other], delimiter=";")
    assert [lead["origin"] for lead in found.rows["leads"]] == ["Salon", "Salon"]
    (decision,) = found.rows["decisions"]
    assert (decision["lead_id"], decision["outcome"], decision["rep_id"]) == ("00Q1", "accepted", "Anne")
    assert (decision["at"], decision["at_is_date"]) == (datetime(2026, 7, 14), True)
    assert "Decisions have a date and no hour: promises in hours come out as a range." in found.said


def test_the_history_of_salesforce_leads_holds_handoffs_and_decisions(tmp_path: Path) -> None:
    lines = [
        ("1", "L1", "Owner", "Queue", "Ann", "2026-07-01T10:00:00Z"),
        ("2", "L1", "Status", "Open - Not Contacted", "Working - Contacted", "2026-07-01T11:00:00Z"),
        ("3", "L1", "Status", "Working - Contacted", "Closed - Converted", "2026-07-02T10:00:00Z"),
        ("4", "L2", "Status", "Open - Not Contacted", "Unqualified", "2026-07-02T10:00:00Z"),
        ("5", "L2", "Rating", "Hot", "Cold", "2026-07-02T10:00:00Z"),
    ]
    names = ("Id", "LeadId", "Field", "OldValue", "NewValue", "CreatedDate")
    found = export(tmp_path, "history", [dict(zip(names, line, strict=True)) for line in lines])
    assert [(row["lead_id"], row["rep_id"]) for row in found.rows["handoffs"]] == [("L1", "Ann")]
    assert [(row["lead_id"], row["outcome"]) for row in found.rows["decisions"]] == [
        ("L1", "accepted"),
        ("L2", "disqualified"),
    ]
    assert found.files[0].left_out == 2  # Working is no answer, and a rating is nothing here


def test_pipedrive_never_gives_an_acceptance(tmp_path: Path) -> None:
    row = {
        "Lead - ID": "1",
        "Lead - Title": "Acme",
        "Lead - Owner": "Ann",
        "Lead - Source channel": "Web",
        "Lead - Labels": "Hot",
        "Lead - Lead created": "2026-07-01 10:22",
        "was_seen": "1",
        "is_archived": "1",
    }
    found = export(tmp_path, "leads-pipedrive", [row])
    assert set(found.rows) == {"leads"}
    assert found.rows["leads"][0]["channel"] == "Web"
    assert "records neither the handing over of a lead nor its acceptance or refusal" in found.said


def test_a_french_pipedrive_export(tmp_path: Path) -> None:
    row = {
        "Affaire - ID": "1",
        "Affaire - Titre": "Dupré",
        "Affaire - Valeur": "12 500,50",
        "Affaire - Devise": "EUR",
        "Affaire - Statut": "Gagnée",
        "Affaire - Étape": "Signature",
        "Affaire - Affaire créée": "2026-07-01 10:22",
        "Affaire - Date de gain": "2026-07-14 10:22",
        "Affaire - Personne à contacter": "Anne",
    }
    open_deal = {**row, "Affaire - ID": "2", "Affaire - Statut": "En cours", "Affaire - Date de gain": ""}
    found = export(tmp_path, "affaires", [row, open_deal], delimiter=";")
    assert [(deal["amount"], deal["won"]) for deal in found.rows["opportunities"]] == [(12500.5, True), (12500.5, None)]


def test_odoo_leads_hold_assignment_conversion_and_loss(tmp_path: Path) -> None:
    names = ("ID", "Opportunity", "Type", "Active", "Salesperson", "Sales Team", "Created on", "Assignment Date")
    more = ("Conversion Date", "Closed Date", "Lost Reason", "Stage", "Expected Revenue", "Source", "Medium")
    lines = [
        (
            "1",
            "A",
            "Opportunity",
            "TRUE",
            "Ann",
            "EU",
            "2026-07-01 10:00:00",
            "2026-07-01 12:00:00",
            "2026-07-02 10:00:00",
            "2026-07-20 10:00:00",
            "",
            "Won",
            "100",
            "Fair",
            "Booth",
        ),
        (
            "2",
            "B",
            "Lead",
            "FALSE",
            "Ann",
            "EU",
            "2026-07-01 10:00:00",
            "2026-07-01 12:00:00",
            "",
            "2026-07-05 10:00:00",
            "No budget",
            "New",
            "0",
            "Web",
            "Search",
        ),
        ("3", "C", "Lead", "TRUE", "", "", "2026-07-01 10:00:00", "", "", "", "", "New", "0", "Web", "Search"),
    ]
    found = export(tmp_path, "crm_lead", [dict(zip((*names, *more), line, strict=True)) for line in lines])
    assert [(row["lead_id"], row["origin"], row["channel"]) for row in found.rows["leads"]] == [
        ("1", "Fair", "Booth"),
        ("2", "Web", "Search"),
        ("3", "Web", "Search"),
    ]
    assert [(row["lead_id"], row["team"]) for row in found.rows["handoffs"]] == [("1", "EU"), ("2", "EU")]
    assert [(row["lead_id"], row["outcome"], row.get("reason")) for row in found.rows["decisions"]] == [
        ("1", "accepted", None),
        ("2", "disqualified", "no_budget"),
    ]
    assert [(row["lead_id"], row["won"]) for row in found.rows["opportunities"]] == [("1", True)]


def test_zoho_leads(tmp_path: Path) -> None:
    row = {
        "LEADID": "1",
        "Lead Owner": "Ann",
        "Company": "Acme",
        "Lead Source": "Cold Call",
        "Lead Status": "Lost Lead",
        "Created Time": "2026-07-01 10:22:00",
        "CONVERTED": "FALSE",
    }
    found = export(tmp_path, "zoho", [row])
    assert found.rows["leads"][0]["origin"] == "Cold Call"
    assert set(found.rows) == {"leads"}


def test_what_is_recognised_and_gives_nothing_says_why(tmp_path: Path) -> None:
    row = {"deal_id": "1", "property_dealname": "x", "deal_pipeline_stage_id": "2", "property_amount": "3"}
    with pytest.raises(DataError, match="recognised as HubSpot deals, and gives no table") as raised:
        export(tmp_path, "deal_data", [{**row, "property_createdate": "2026-07-01"}])
    assert "No opportunities come out of it: it has no column Associated Contact IDs" in str(raised.value)


def test_a_table_of_a_warehouse_ties_deals_to_contacts(tmp_path: Path) -> None:
    deals = written(
        tmp_path,
        "deal_data",
        [
            {
                "deal_id": "1",
                "property_dealname": "x",
                "deal_pipeline_stage_id": "s",
                "property_amount": "3",
                "property_createdate": "2026-07-01 10:00:00",
            }
        ],
    )
    links = written(
        tmp_path, "deal_contact_data", [{"contact_id": "C7", "deal_id": "1", "category": "HUBSPOT_DEFINED"}]
    )
    found = read([deals, links])
    assert [row["lead_id"] for row in found.rows["opportunities"]] == ["C7"]
