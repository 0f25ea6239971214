"""A person who is erased is nowhere any more; everybody else is as before."""

from __future__ import annotations

from pathlib import Path

from accord.ingest.apply import apply_import
from accord.readmodel.erasure import erase
from accord.readmodel.refresh import catch_up
from accord.store.database import open_store
from accord.store.single import write_rows
from accord.workspace import Workspace
from support.staging import MOMENT, queried, stage

GONE, STAYS = "gone-4711", "stays-4712"


def fill(workspace: Workspace, folder: Path) -> None:
    url = workspace.database_url
    leads = [{"lead_id": lead, "created_at": MOMENT, "company": f"of {lead}"} for lead in (GONE, STAYS)]
    apply_import(
        workspace, [stage(folder, "leads", leads, refused=[{"lead_id": GONE}, {"lead_id": STAYS}])], source="x"
    )
    for lead in (GONE, STAYS):
        write_rows(url, "leads", [{"lead_id": lead, "company": f"later of {lead}"}])
        write_rows(url, "handoffs", [{"handoff_id": f"H-{lead}", "lead_id": lead, "at": MOMENT}])
        decision = {"decision_id": f"D-{lead}", "handoff_id": f"H-{lead}", "at": MOMENT, "outcome": "accepted"}
        write_rows(url, "decisions", [{**decision, "note": f"about {lead}"}])
    # One activity was moved from the person to another, one the other way.
    for number, order in enumerate([(GONE, STAYS), (STAYS, GONE)]):
        for lead in order:
            row = {"activity_id": f"A{number}", "lead_id": lead, "at": MOMENT, "kind": "call"}
            write_rows(url, "activities", [row])


def test_nothing_is_left_of_a_person(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "staging").mkdir()
    fill(workspace, tmp_path / "staging")
    catch_up(workspace)
    erased = erase(workspace, GONE)
    assert erased == {"leads": 2, "handoffs": 1, "decisions": 1, "activities": 3, "quarantine": 1}
    generation = catch_up(workspace)
    assert {table: rows for table, rows in generation.rows.items() if rows} == {
        "leads": 1,
        "handoffs": 1,
        "decisions": 1,
        "activities": 1,
    }
    assert queried(f"SELECT activity_id, lead_id FROM {generation.relations['activities']}") == [("A0", STAYS)]
    with open_store(workspace.database_url) as store:
        assert len(store.history("leads", STAYS)) == 2
        assert store.history("leads", GONE) == []
        assert [row.raw for row in store.quarantined()] == [{"lead_id": STAYS}]
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path.parent.name != "staging"]
    assert files
    assert not [path.name for path in files if GONE.encode() in path.read_bytes()]


def test_erasing_nobody_changes_nobody(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "staging").mkdir()
    fill(workspace, tmp_path / "staging")
    before = catch_up(workspace).rows
    assert erase(workspace, "nobody%") == {}
    assert catch_up(workspace).rows == before
