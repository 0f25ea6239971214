"""Where the figures come from a warehouse, the plan is the same; only writing is refused."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from accord.errors import WorkspaceError
from accord.qualification.handoff import hand_over
from accord.qualification.judging import override_lead
from accord.store.database import open_store
from accord.workspace import Workspace
from handoff.company import NOON, agree, fill, leads

DAY = timedelta(days=1)


def test_the_plan_is_the_same_on_postgresql(tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCORD_DATABASE", postgres_url)
    open_store(Workspace(tmp_path).database_url, create=True).close()
    workspace = agree(
        tmp_path, "  exploration: {share: 0.3}\nhandoff: {routes: [{where: {sector: health}, team: b}]}\n"
    )
    fill(
        workspace,
        **leads(12, but={"L002": {"sector": "rival"}, "L003": {"sector": "health"}, "L004": {"territory": "north"}}),
        reps=[
            {"rep_id": "R1", "team": "a", "territory": "north", "capacity": 5},
            {"rep_id": "R2", "team": "b", "capacity": 30},
        ],
        handoffs=[
            {"handoff_id": f"H{place}", "lead_id": f"L{place:03}", "at": (NOON - place * DAY).date(), "rep_id": "R2"}
            for place in range(5, 9)
        ],
        decisions=[
            {"decision_id": "D7", "handoff_id": "H7", "at": NOON - 3 * DAY, "outcome": "recycled"},
            {"decision_id": "D8", "lead_id": "L008", "at": (NOON - 3 * DAY).date(), "outcome": "rejected"},
        ],
        opportunities=[{"opportunity_id": "O9", "lead_id": "L009", "created_at": NOON - DAY}],
    )
    fill(workspace, leads=[{"lead_id": "old", "created_at": NOON - 9 * DAY, "merged_into": "L010"}])
    fill(workspace, **leads(20, first=50, webinars=0))
    override_lead(workspace, "old", "hold", reason="why", name="Ann", at=NOON - DAY)
    embedded = hand_over(workspace, NOON, dry_run=True)
    monkeypatch.setenv("ACCORD_ENGINE", postgres_url)
    warehouse = Workspace(tmp_path)
    there = hand_over(warehouse, NOON, dry_run=True)
    assert there.handed == embedded.handed
    assert there.stays == embedded.stays
    assert there.people == embedded.people
    assert {"handed", "with_sales", "refused", "deal", "held", "disqualified"} <= embedded.counts.keys()
    assert {each.kind for each in embedded.handed} == {"crossed", "explored"}
    with pytest.raises(WorkspaceError, match="does not write to"):
        hand_over(warehouse, NOON)
