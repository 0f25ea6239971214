"""An export without a column that tells rows apart gives none of what it cannot tell, and says so.

People choose the columns of an export. That a column is absent says nothing of the rows: a deal that was won is closed
as much as a lead that was lost, and a task that is only planned has a due date as one that was done.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from accord.errors import DataError
from support.reading import Read, read

ODOO = {
    "ID": "1",
    "Opportunity": "A",
    "Type": "Opportunity",
    "Salesperson": "Ann",
    "Created on": "2026-07-01 10:00:00",
    "Assignment Date": "2026-07-01 12:00:00",
    "Conversion Date": "",
    "Closed Date": "2026-07-20 10:00:00",
    "Stage": "Signed",
}


def export(folder: Path, rows: list[dict[str, str]]) -> Read:
    path = folder / "export.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return read([path])


def test_a_closed_deal_of_odoo_is_not_lost_for_want_of_a_column(tmp_path: Path) -> None:
    converted = {**ODOO, "ID": "2", "Conversion Date": "2026-07-02 10:00:00", "Stage": "Won"}
    found = export(tmp_path, [ODOO, converted])
    assert [(row["lead_id"], row["outcome"]) for row in found.rows["decisions"]] == [("2", "accepted")]
    assert [(row["opportunity_id"], row["won"]) for row in found.rows["opportunities"]] == [("1", None), ("2", True)]
    assert "No refusals come out of it: it has no column Lost Reason (or: " in found.said


@pytest.mark.parametrize(
    ("column", "lost", "kept"),
    [("Lost Reason", "No budget", ""), ("Active", "FALSE", "TRUE"), ("won_status", "lost", "pending")],
)
def test_any_column_that_tells_the_lost_ones_is_enough(tmp_path: Path, column: str, lost: str, kept: str) -> None:
    lead = {**ODOO, "Type": "Lead", "Stage": "New"}
    found = export(tmp_path, [{**lead, column: lost}, {**lead, "ID": "2", column: kept}])
    assert [(row["lead_id"], row["outcome"]) for row in found.rows["decisions"]] == [("1", "disqualified")]
    assert "No refusals come out" not in found.said


def test_a_deal_of_odoo_that_was_lost_may_have_been_accepted_before(tmp_path: Path) -> None:
    lost = {name: value for name, value in ODOO.items() if name != "Conversion Date"} | {"Lost Reason": "No budget"}
    found = export(tmp_path, [lost])
    assert not found.rows.get("decisions")
    assert "No decisions come out of it: it has no column Conversion Date (or: date_conversion, " in found.said


def test_without_their_type_the_leads_of_odoo_are_no_opportunities(tmp_path: Path) -> None:
    found = export(tmp_path, [{name: value for name, value in ODOO.items() if name != "Type"}])
    assert not found.rows.get("opportunities")
    assert "No opportunities come out of it: it has no column type (or: Type)." in found.said


def test_tasks_of_salesforce_that_nobody_knows_to_be_done_are_no_acts(tmp_path: Path) -> None:
    row = {
        "Id": "00T000000000001AAA",
        "WhoId": "00Q000000000001AAA",
        "OwnerId": "005000000000001AAA",
        "TaskSubtype": "Call",
        "ActivityDate": "2026-07-14",
        "Priority": "Normal",
    }
    with pytest.raises(DataError, match="No activities come out of it: it has no column IsClosed") as raised:
        export(tmp_path, [row])
    assert "recognised as Salesforce tasks, and gives no table" in str(raised.value)
    assert [act["kind"] for act in export(tmp_path, [{**row, "Status": "Completed"}]).rows["activities"]] == ["call"]


@pytest.mark.parametrize(("column", "won"), [("Stage", "Won"), ("won_status", "won"), ("Stage", "Gagné")])
def test_a_deal_of_odoo_that_was_won_and_put_away_is_not_lost(tmp_path: Path, column: str, won: str) -> None:
    found = export(tmp_path, [{**ODOO, "Active": "FALSE", column: won}])
    assert not found.rows.get("decisions")
    assert [row["won"] for row in found.rows["opportunities"]] == [True]


def test_to_be_a_member_of_a_campaign_of_salesforce_is_not_to_respond(tmp_path: Path) -> None:
    added = {
        "Campaign Member ID": "00v000000000001AAA",
        "Lead ID": "00Q000000000001AAA",
        "Campaign Name": "Webinar",
        "Member First Associated Date": "2026-07-01",
    }
    with pytest.raises(DataError, match="No touches come out of it: it has no column FirstRespondedDate"):
        export(tmp_path, [added])
    with pytest.raises(DataError, match="No touches come out of it: it has no column FirstRespondedDate"):
        export(tmp_path, [{**added, "Responded": "1"}])
    rows = [
        {**added, "First Responded Date": on, "Campaign Member ID": f"00v00000000000{n}AAA"}
        for n, on in enumerate(["2026-07-05", ""])
    ]
    assert [f"{row['at']:%d}" for row in export(tmp_path, rows).rows["touches"]] == ["05"]
