"""Identifiers of Salesforce: 15 characters in reports, 18 elsewhere, one row."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.errors import DataError
from accord.ingest.mapping.load import read_mapping
from accord.ingest.mapping.long_id import long_id
from support.reading import read

SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CAPITAL, SMALL = "00Q5g00000AbCdF", "00Q5g00000AbCdf"
OWNER = "0055g000001AaBb"


def longer(short: str) -> str:
    """By hand: one letter for each five signs, by which of them are capitals, the first counting least."""
    bits = ["".join(str(int(sign.isupper())) for sign in reversed(short[start : start + 5])) for start in (0, 5, 10)]
    return short + "".join("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[int(number, 2)] for number in bits)


def as_stored(cells: Sequence[str]) -> list[str]:
    rows = duckdb.execute(
        f"SELECT {long_id('cell')} FROM (SELECT unnest($cells) AS cell, generate_subscripts($cells, 1) AS n) "
        "ORDER BY n",
        {"cells": list(cells)},
    ).fetchall()
    return [row[0] for row in rows]


@given(st.lists(st.text(SIGNS, min_size=14, max_size=14).map("0{}".format), min_size=1, max_size=20))
def test_a_short_identifier_becomes_the_long_one_and_that_stays(ids: list[str]) -> None:
    expected = [longer(short) for short in ids]
    assert as_stored(ids) == expected
    assert as_stored(expected) == expected


@pytest.mark.parametrize("cell", ["", "Maximilien Roux", "MaximilienRouxx", "0055g000001AAA", "00Q5g00000AbCé1", "L1"])
def test_what_is_no_identifier_stays(cell: str) -> None:
    assert as_stored([cell]) == [cell]


def written(folder: Path, name: str, *lines: Sequence[str]) -> Path:
    path = folder / f"{name}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(lines)
    return path


def test_reports_and_exports_name_the_same_lead(tmp_path: Path) -> None:
    leads = written(
        tmp_path,
        "Lead",
        ("Id", "Company", "LeadSource", "Status", "OwnerId", "CreatedDate", "IsConverted", "ConvertedDate"),
        *(
            (longer(lead), "Acme", "Web", "Open", longer(OWNER), "2026-03-01T08:00:00Z", converted, day)
            for lead, converted, day in ((CAPITAL, "true", "2026-03-04"), (SMALL, "false", ""))
        ),
    )
    history = written(
        tmp_path,
        "LeadHistory",
        ("Lead ID", "Field / Event", "Old Value", "New Value", "Edit Date"),
        (CAPITAL, "Owner", "", OWNER, "2026-03-02T08:00:00Z"),
        (SMALL, "Owner", "", "Bea Roy", "2026-03-02T09:00:00Z"),
        (CAPITAL, "Lead Status", "Open", "Closed - Converted", "2026-03-04T10:00:00Z"),
    )
    users = written(tmp_path, "User", ("Id", "Name", "Email", "IsActive"), (OWNER, "Bea Roy", "b@example.com", "true"))
    tasks = written(
        tmp_path,
        "Task",
        ("Id", "WhoId", "OwnerId", "TaskSubtype", "Status", "IsClosed", "ActivityDate", "CompletedDateTime"),
        ("00T5g00000AbCdF", SMALL, OWNER, "Call", "Completed", "true", "2026-03-02", "2026-03-02T11:00:00Z"),
    )
    rows = read([leads, history, users, tasks]).rows
    assert {row["lead_id"] for row in rows["leads"]} == {longer(CAPITAL), longer(SMALL)}
    assert [(row["lead_id"], row["rep_id"]) for row in rows["handoffs"]] == [
        (longer(SMALL), longer(OWNER)),  # found by the name, in the users
        (longer(CAPITAL), longer(OWNER)),
    ]
    assert {(row["decision_id"], row["lead_id"]) for row in rows["decisions"]} == {
        (f"{longer(CAPITAL)}-converted", longer(CAPITAL))
    }
    assert [(row["lead_id"], row["rep_id"]) for row in rows["activities"]] == [(longer(SMALL), longer(OWNER))]
    assert [row["rep_id"] for row in rows["reps"]] == [longer(OWNER)]
    assert "Id" not in rows["leads"][0]["extra"]  # it is the lead's identifier, not kept a second time


@pytest.mark.parametrize(("of_lead", "of_deal"), [(str, str), (longer, longer), (longer, str)])
def test_a_deal_of_a_report_finds_the_lead_that_became_it(tmp_path: Path, of_lead: type, of_deal: type) -> None:
    deal = "0065g00000XyZab"
    leads = written(
        tmp_path,
        "Lead",
        ("Id", "Company", "LeadSource", "Status", "OwnerId", "CreatedDate", "ConvertedOpportunityId"),
        (of_lead(SMALL), "Acme", "Web", "Open", OWNER, "2026-03-01T08:00:00Z", of_lead(deal)),
    )
    deals = written(
        tmp_path,
        "Opportunity",
        ("Id", "AccountId", "Name", "StageName", "Amount", "CloseDate", "IsClosed", "IsWon", "CreatedDate"),
        (of_deal(deal), "0011", "D", "Closed Won", "10", "2026-06-01", "true", "true", "2026-03-04T10:00:00Z"),
    )
    (found,) = read([leads, deals]).rows["opportunities"]
    assert (found["opportunity_id"], found["lead_id"]) == (longer(deal), longer(SMALL))


@pytest.mark.parametrize("recipe", ["{constant: web, salesforce_id: true}", "{column: a, salesforce_id: perhaps}"])
def test_a_mapping_says_it_of_a_column_or_a_lookup_only(recipe: str) -> None:
    text = f"files:\n- tables:\n  - table: leads\n    columns: {{lead_id: a, created_at: b, origin: {recipe}}}\n"
    with pytest.raises(DataError, match=r"m\.yaml:4: salesforce_id: true stands beside column or lookup"):
        read_mapping(text.encode(), Path("m.yaml"))
