"""HubSpot's list of the contacts that were merged into one."""

from __future__ import annotations

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
