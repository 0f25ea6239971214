"""Exports in which a CRM says when a lead was handed over: Salesforce's lead history, HubSpot's leads."""

# ruff: noqa: DTZ001 - a naive moment is UTC

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from datetime import datetime
from itertools import permutations
from pathlib import Path

import pytest

from accord.cli.main import run
from accord.readmodel.opening import open_source
from accord.workspace import Workspace
from support.reading import Read, read

HISTORY = ("Id", "LeadId", "Field", "OldValue", "NewValue", "CreatedDate")
BY_NAME = ("2", "L1", "Owner", "Inbound", "Bea Roy", "2026-03-01T09:00:00.000+0000")
BY_ID = ("3", "L1", "Owner", "00G1", "0050A", "2026-03-01T09:00:00.000+0000")
LATER = ("4", "L1", "Owner", "0050A", "0050B", "2026-03-05T09:00:00.000+0000")
USERS = [("Id", "Name", "Email", "IsActive"), ("0050A", "Bea Roy", "bea@example.com", "true")]


def written(folder: Path, name: str, lines: Sequence[Sequence[str]]) -> Path:
    path = folder / f"{name}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(lines)
    return path


def handed(found: Read) -> dict[str, dict[str, object]]:
    """The last row of each key counts, as it does when it is applied."""
    return {row["handoff_id"]: row for row in found.rows["handoffs"]}


@pytest.mark.parametrize("lines", list(permutations([BY_NAME, BY_ID, LATER])))
def test_a_change_of_owner_that_salesforce_writes_twice_is_one_handoff_to_the_id(
    tmp_path: Path, lines: tuple[tuple[str, ...], ...]
) -> None:
    found = read([written(tmp_path, "LeadHistory", [HISTORY, *lines])])
    assert found.read["handoffs"] == 3  # each row of the file once
    assert sorted((str(row["at"]), row["rep_id"]) for row in handed(found).values()) == [
        ("2026-03-01 09:00:00", "0050A"),
        ("2026-03-05 09:00:00", "0050B"),
    ]


def test_a_report_of_names_alone_takes_ids_from_the_users_beside_it(tmp_path: Path) -> None:
    history = written(tmp_path, "LeadHistory", [HISTORY, BY_NAME])
    (alone,) = handed(read([history])).values()
    assert alone["rep_id"] == "Bea Roy"
    (beside,) = handed(read([history, written(tmp_path, "User", USERS)])).values()
    assert beside["rep_id"] == "0050A"


def test_an_opportunity_of_salesforce_finds_the_lead_that_became_it(tmp_path: Path) -> None:
    leads = [
        ("Id", "Company", "LeadSource", "Status", "OwnerId", "CreatedDate", "IsConverted", "ConvertedOpportunityId"),
        ("00Q1", "Acme", "Web", "Closed - Converted", "0050A", "2026-03-01T08:00:00Z", "true", "0061"),
    ]
    deals = [
        ("Id", "AccountId", "Name", "StageName", "Amount", "CloseDate", "IsClosed", "IsWon", "CreatedDate"),
        ("0061", "0011", "Deal", "Closed Won", "1000.5", "2026-06-01", "true", "true", "2026-03-04T10:00:00Z"),
        ("0062", "0012", "Other", "Prospecting", "10", "2026-06-01", "false", "false", "2026-03-04T10:00:00Z"),
    ]
    found = read([written(tmp_path, "Opportunity", deals), written(tmp_path, "Lead", leads)])
    assert [(row["lead_id"], row["won"]) for row in found.rows["opportunities"]] == [("00Q1", True), ("0012", None)]


def test_a_conversion_on_the_lead_and_in_its_history_is_one_decision_at_the_history_s_moment(tmp_path: Path) -> None:
    leads = [
        ("Id", "Company", "LeadSource", "Status", "OwnerId", "CreatedDate", "IsConverted", "ConvertedDate"),
        ("00Q1", "Acme", "Web", "Closed - Converted", "0050A", "2026-03-01T08:00:00Z", "true", "2026-03-02"),
        ("00Q2", "Dupré", "Web", "Closed - Converted", "0050A", "2026-03-01T08:00:00Z", "true", "2026-03-03"),
        ("00Q3", "Older", "Web", "Closed - Converted", "0050A", "2024-03-01T08:00:00Z", "true", "2024-03-03"),
    ]
    history = [
        HISTORY,
        ("1", "00Q1", "Status", "Open", "Closed - Converted", "2026-03-02T16:17:00Z"),
        ("2", "00Q1", "leadConverted", "", "", "2026-03-02T16:17:00Z"),
        ("3", "00Q2", "leadConverted", "", "", "2026-03-03T10:00:00Z"),
    ]
    for name in ("AAA", "ZZZ"):  # whichever file is read first
        found = read([written(tmp_path, "Lead", leads), written(tmp_path, name, history)])
        decided = {row["lead_id"]: row for row in found.rows["decisions"]}  # the last row of a key counts
        assert len({row["decision_id"] for row in found.rows["decisions"]}) == 3
        assert decided["00Q1"]["at"] == datetime(2026, 3, 2, 16, 17)
        assert decided["00Q2"]["at"] == datetime(2026, 3, 3, 10)
        assert (decided["00Q3"]["at"], decided["00Q3"]["at_is_date"]) == (datetime(2024, 3, 3), True)
        assert {row["outcome"] for row in decided.values()} == {"accepted"}


def test_next_week_s_leads_leave_the_hour_that_the_history_gave(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    heading = ("Id", "Company", "LeadSource", "Status", "OwnerId", "CreatedDate", "IsConverted", "ConvertedDate")
    made = "2026-03-01T08:00:00Z"
    first = ("00Q1", "Acme", "Web", "Closed - Converted", "0050A", made, "true", "2026-03-02")
    renamed = ("00Q1", "Acme Ltd", "Web", "Closed - Converted", "0050C", made, "true", "2026-03-02")
    older = ("00Q3", "Older", "Web", "Closed - Converted", "0050A", "2024-03-01T08:00:00Z", "true", "2024-03-03")
    told = written(tmp_path, "history", [HISTORY, ("2", "00Q1", "leadConverted", "", "", "2026-03-02T16:17:00Z")])
    weeks = [written(tmp_path, f"week{n}", [heading, row, older]) for n, row in enumerate((first, renamed, first))]
    place = tmp_path / "company"

    def imported(*paths: Path) -> dict[str, int]:
        capfd.readouterr()
        assert run(["import", *map(str, paths), "--workspace", str(place), "--json"]) == 0
        counts: dict[str, int] = json.loads(capfd.readouterr().out)["data"]["decisions"]
        return counts

    assert imported(weeks[0])["added"] == 2
    assert imported(told)["updated"] == 1  # the hour of the day that the lead had
    assert imported(weeks[1])["unchanged"] == 2
    assert imported(weeks[0], weeks[2], told)["updated"] == 0
    with open_source(Workspace(place)) as source:
        rows = source.engine.run(source.engine.table("decisions").order_by("lead_id")).to_pylist()
    assert [(row["lead_id"], row["at"], bool(row["at_is_date"])) for row in rows] == [
        ("00Q1", datetime(2026, 3, 2, 16, 17), False),
        ("00Q3", datetime(2024, 3, 3), True),
    ]


LABELS = (
    *("Record ID", "Lead name", "Lead Type", "Lead Label", "Lead Stage", "Lead owner", "Create Date"),
    *("Lead Disqualification Reason", 'Date entered "Disqualified (Lead Pipeline)"'),
    *('Date entered "Qualified (Lead Pipeline)"', "First outreach date", "Associated Contact IDs"),
)
NAMES = (
    *("hs_object_id", "hs_lead_name", "hs_lead_type", "hs_lead_label", "hs_pipeline_stage", "hubspot_owner_id"),
    *("hs_createdate", "hs_lead_disqualification_reason", "hs_v2_date_entered_unqualified_stage_id"),
    *("hs_v2_date_entered_qualified_stage_id", "hs_lead_first_outreach_date", "hs_primary_contact_id"),
)
FRENCH = (
    *("ID de fiche d'informations", "Nom du lead", "Type de lead", "Étiquette du lead", "Étape du lead"),
    *("Propriétaire du lead", "Date de création", "Motif de disqualification du lead"),
    *("Date d'entrée dans « Non qualifié (Pipeline de leads) »", "Date d'entrée dans « Qualifié (Pipeline de leads) »"),
    *("Date de la première prise de contact", "ID des contacts associés"),
)
PEOPLE = [
    (
        "900",
        "A",
        "NEW BUSINESS",
        "HOT",
        "q",
        "7",
        "2026-03-01 10:00",
        "",
        "",
        "2026-03-02 12:00",
        "2026-03-01 12:00",
        "10",
    ),
    (
        "901",
        "B",
        "NEW BUSINESS",
        "HOT",
        "u",
        "7",
        "2026-03-02 10:00",
        "Bad Timing",
        "2026-03-04 12:00",
        "",
        "",
        "11;12",
    ),
    ("902", "C", "UPSELL", "COLD", "u", "8", "2026-03-03 10:00", "Wrong Data", "2026-03-05 12:00", "", "", ""),
    ("903", "D", "UPSELL", "COLD", "n", "8", "2026-03-04 10:00", "", "", "", "", "10"),
]


@pytest.mark.parametrize("headings", [LABELS, NAMES, FRENCH], ids=["labels", "names", "French"])
def test_a_lead_of_hubspot_is_a_handoff_with_dated_answers(tmp_path: Path, headings: tuple[str, ...]) -> None:
    found = read([written(tmp_path, "export", [headings, *PEOPLE])])
    assert [(row["handoff_id"], row["lead_id"], row["at"], row["rep_id"]) for row in found.rows["handoffs"]] == [
        ("hubspot-lead-900", "10", datetime(2026, 3, 1, 10), "7"),
        ("hubspot-lead-901", "11", datetime(2026, 3, 2, 10), "7"),
        ("hubspot-lead-902", "902", datetime(2026, 3, 3, 10), "8"),
        ("hubspot-lead-903", "10", datetime(2026, 3, 4, 10), "8"),
    ]
    assert [(row["handoff_id"], row["outcome"], row["at"], row.get("reason")) for row in found.rows["decisions"]] == [
        ("hubspot-lead-900", "accepted", datetime(2026, 3, 2, 12), None),
        ("hubspot-lead-901", "disqualified", datetime(2026, 3, 4, 12), "bad_timing"),
        ("hubspot-lead-902", "disqualified", datetime(2026, 3, 5, 12), "other: Wrong Data"),
    ]
    assert not any(found.refused.values())
    assert "activities" not in found.rows  # an outreach of no kind and by nobody is no act
    assert found.rows["leads"][0]["extra"][headings[10]] == "2026-03-01T12:00:00Z"


def test_contacts_beside_hubspot_s_leads_hand_nothing_over_themselves(tmp_path: Path) -> None:
    contacts = [
        ("Record ID", "Email", "Create Date", "Contact owner", "Became a Marketing Qualified Lead Date"),
        ("10", "a@example.com", "2026-01-01 10:00", "Ann", "2026-02-20 10:00"),
    ]
    people = written(tmp_path, "contacts", contacts)
    alone = read([people])
    assert [row["handoff_id"] for row in alone.rows["handoffs"]] == ["10-mql"]
    for name in ("aaa", "zzz"):  # whichever file is read first
        found = read([people, written(tmp_path, name, [LABELS, *PEOPLE])])
        assert {row["handoff_id"] for row in found.rows["handoffs"]} == {f"hubspot-lead-{n}" for n in range(900, 904)}
        created = {row["created_at"] for row in found.rows["leads"] if row["lead_id"] == "10"}
        assert created == {datetime(2026, 1, 1, 10)}  # the contact's, not that of its lead
        assert "HubSpot records no other" not in found.said


def test_contacts_imported_after_hubspot_s_leads_hand_nothing_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contacts = [
        ("Record ID", "Email", "Create Date", "Contact owner", "Became a Marketing Qualified Lead Date"),
        ("10", "a@example.com", "2026-01-01 10:00", "Ann", "2026-02-20 10:00"),
        ("77", "b@example.com", "2026-01-01 10:00", "Ann", "2026-02-20 10:00"),
    ]
    place = str(tmp_path / "company")
    assert run(["import", str(written(tmp_path, "export", [LABELS, *PEOPLE])), "--workspace", place, "--json"]) == 0
    handed = json.loads(capsys.readouterr().out)["data"]["handoffs"]
    assert handed["added"] == 4
    later = str(written(tmp_path, "contacts", contacts))
    assert run(["import", later, "--dry-run", "--workspace", place]) == 0
    assert "is taken from HubSpot's leads, in this import or stored" in " ".join(capsys.readouterr().out.split())
    assert run(["import", later, "--workspace", place, "--json"]) == 0
    assert "handoffs" not in json.loads(capsys.readouterr().out)["data"]


def test_hubspot_s_leads_are_refused_where_contacts_handed_over_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    contacts = [
        ("Record ID", "Email", "Create Date", "Contact owner", "Became a Marketing Qualified Lead Date"),
        ("10", "a@example.com", "2026-01-01 10:00", "Ann", "2026-02-20 10:00"),
    ]
    people, export = written(tmp_path, "contacts", contacts), written(tmp_path, "export", [LABELS, *PEOPLE])
    assert run(["import", people.name, "--workspace", "company"]) == 0
    before = handoffs_of("company", capsys)
    refusal = "HubSpot's contacts were imported before and gave 1 handoff; with its leads, it would count twice."
    for files in ((export.name,), (export.name, people.name)):  # beside its leads, the old handoff stays all the same
        assert run(["import", *files, "--workspace", "company"]) == 1
        told = capsys.readouterr().err
        assert refusal in told
        assert "accord import export.csv --dry-run --write-map mapping.yaml --workspace company" in told
    assert handoffs_of("company", capsys) == before

    rehearsal = ["import", export.name, "--dry-run", "--write-map", "mapping.yaml", "--workspace", "company"]
    assert run(rehearsal) == 0
    assert refusal in " ".join(capsys.readouterr().out.split())
    assert run(["import", export.name, people.name, "--workspace", "new"]) == 0
    assert handoffs_of("new", capsys) == len(PEOPLE)


def handoffs_of(place: str, capsys: pytest.CaptureFixture[str]) -> int:
    capsys.readouterr()
    assert run(["acceptance", "--json", "--workspace", place]) == 0
    return int(json.loads(capsys.readouterr().out)["data"]["totals"]["handed"])


def test_a_contact_that_is_qualified_again_is_said_to_lose_its_first_handoff(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    heading = (
        *("Record ID", "Email", "Create Date", "Contact owner", "Lifecycle Stage"),
        "Became a Marketing Qualified Lead Date",
    )

    def week(number: int, *dates: str) -> Path:
        lines = [(str(101 + n), f"{n}@x.org", "2026-01-02 09:00", "Ann", "Lead", when) for n, when in enumerate(dates)]
        return written(tmp_path, f"week{number}", [heading, *lines])

    place = tmp_path / "company"

    def said(*words: object) -> str:
        capfd.readouterr()
        assert run(["import", *map(str, words), "--workspace", str(place)]) == 0
        return " ".join(capfd.readouterr().out.split())

    lost = "1 handoff that is stored has another day in this export"
    assert lost not in said(week(1, "2026-01-10 10:00", "2026-01-11 10:00"))
    assert lost not in said(week(2, "2026-01-10 10:00", "2026-01-12"))  # a day without its hour
    again = week(3, "2026-03-20 10:00", "2026-01-12")
    assert lost in said(again, "--dry-run")
    assert lost in said(again)
