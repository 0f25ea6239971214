"""What HubSpot's contacts leave out: those that were merged into one, and when one was created."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from support.reading import read


@pytest.mark.parametrize("heading", ["Merged contact IDs", "ID des contacts fusionnés", "hs_merged_object_ids"])
def test_merged_contacts_are_told_of_and_not_made_up(tmp_path: Path, heading: str) -> None:
    path = tmp_path / "contacts.csv"
    path.write_text(
        f"Record ID,Email,Create Date,Contact owner,Lifecycle Stage,{heading}\n"
        "101,a@x.org,2026-07-01 09:12,Bea,Lead,55;56\n",
        encoding="utf-8",
    )
    found = read([path])
    (lead,) = found.rows["leads"]
    assert lead["extra"][heading] == "55;56"
    assert lead.get("merged_into") is None
    assert "The merged contacts have no row of their own" in found.said


@pytest.mark.parametrize("dated", ["Became a Lead Date", "Became a Marketing Qualified Lead Date"])
def test_contacts_that_nobody_dated_count_from_the_first_stage_they_reached(tmp_path: Path, dated: str) -> None:
    path, qualified = tmp_path / "contacts.csv", "Became a Marketing Qualified Lead Date"
    lead_date = dated != qualified
    heading = f"Record ID,Email,Lifecycle Stage,{'Became a Lead Date,' if lead_date else ''}{qualified}"
    rows = [f"1,a@x.org,Lead,{'2026-07-13 08:00,' if lead_date else ''}2026-07-14 09:00"]
    rows += [f"2,b@x.org,Lead,{',2026-07-14 09:00' if lead_date else ''}"]
    path.write_text("\n".join([heading, *rows, ""]), encoding="utf-8")
    found = read([path])
    moment = datetime(2026, 7, 13, 8) if lead_date else datetime(2026, 7, 14, 9)  # noqa: DTZ001 - naive UTC
    assert [lead["created_at"] for lead in found.rows["leads"]] == [moment]
    assert [refused.reasons for refused in found.refused["leads"]] == [[("missing", "created_at")]]
    assert f"it counts from {dated}" in found.said
    created = [heading + ",Create Date", rows[0] + ",2026-07-01 07:00", ""]
    path.write_text("\n".join(created), encoding="utf-8")
    found = read([path])
    assert found.rows["leads"][0]["created_at"] == datetime(2026, 7, 1, 7)  # noqa: DTZ001 - naive UTC
    assert "it counts from" not in found.said
