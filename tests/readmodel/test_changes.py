"""Leads that a change touches: every lead whose episodes can differ is named, found by comparing all of them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.readmodel import changes
from accord.readmodel.changes import changed_leads
from accord.readmodel.refresh import catch_up
from accord.store.single import write_rows
from accord.workspace import Workspace
from support.staging import MOMENT, fresh_sqlite, queried

LEADS = ("L1", "L2", "L3", "L4")
WRITES = st.one_of(
    st.fixed_dictionaries(
        {"lead_id": st.sampled_from(LEADS), "channel": st.sampled_from(["a", "b"])},
        optional={"merged_into": st.sampled_from([None, *LEADS])},
    ).map(lambda row: ("leads", {"created_at": MOMENT, **row})),
    st.fixed_dictionaries(
        {"handoff_id": st.sampled_from(["H1", "H2", "H3"]), "lead_id": st.sampled_from(LEADS)},
        optional={"rep_id": st.sampled_from(["R1", "R2"])},
    ).map(lambda row: ("handoffs", {"at": MOMENT, **row})),
    st.fixed_dictionaries(
        {
            "decision_id": st.sampled_from(["D1", "D2"]),
            "handoff_id": st.sampled_from([None, "H1", "H2", "H3"]),
            "lead_id": st.sampled_from([None, *LEADS]),
            "outcome": st.sampled_from(["accepted", "rejected"]),
        }
    ).map(lambda row: ("decisions", {"at": MOMENT + timedelta(hours=1), **row})),
    st.fixed_dictionaries(
        {"activity_id": st.sampled_from(["A1", "A2"]), "lead_id": st.sampled_from(LEADS), "kind": st.just("call")},
        optional={"duration_s": st.integers(0, 2)},
    ).map(lambda row: ("activities", {"at": MOMENT + timedelta(hours=2), **row})),
    st.builds(
        lambda lead: ("touches", {"touch_id": "T1", "lead_id": lead, "at": MOMENT, "kind": "form"}),
        st.sampled_from(LEADS),
    ),
)


def facts(workspace: Workspace) -> dict[str, set[tuple[object, ...]]]:
    """Per lead everything its episodes could be made from."""
    relations = catch_up(workspace).relations
    decisions, handoffs = relations["decisions"], relations["handoffs"]
    named = f"SELECT d.*, h.lead_id AS of FROM {decisions} AS d JOIN {handoffs} AS h USING (handoff_id)"
    queries = [
        f"SELECT lead_id, * FROM {relations[table]}" for table in ("leads", "handoffs", "activities", "decisions")
    ]
    queries.append(f"SELECT of, * FROM ({named})")
    found: dict[str, set[tuple[object, ...]]] = {}
    for query in queries:
        for lead, *fact in queried(query):
            found.setdefault(str(lead), set()).add(tuple(fact))
    return found


@settings(max_examples=25)
@given(before=st.lists(WRITES, max_size=8), after=st.lists(WRITES, max_size=4))
def test_no_lead_is_forgotten(
    before: list[tuple[str, dict[str, object]]], after: list[tuple[str, dict[str, object]]]
) -> None:
    with TemporaryDirectory() as folder:
        url, workspace = fresh_sqlite(Path(folder)), Workspace(Path(folder))
        for table, row in before:
            write_rows(url, table, [row])
        was, position = facts(workspace), catch_up(workspace).position
        for table, row in after:
            write_rows(url, table, [row])
        now, found = facts(workspace), changed_leads(workspace, position)
        assert found is not None
        differ = {lead for lead in {*was, *now} if was.get(lead) != now.get(lead)} - {"None"}
        assert differ <= set(found["lead_id"].to_pylist())


def test_only_what_is_touched(workspace: Workspace) -> None:
    url = workspace.database_url
    for lead in LEADS:
        write_rows(url, "leads", [{"lead_id": lead, "created_at": MOMENT}])
        write_rows(url, "handoffs", [{"handoff_id": f"H{lead}", "lead_id": lead, "at": MOMENT}])
    position = catch_up(workspace).position
    decision = {"decision_id": "D1", "handoff_id": "HL3", "at": MOMENT, "outcome": "accepted"}
    write_rows(url, "decisions", [decision])
    write_rows(url, "touches", [{"touch_id": "T", "lead_id": "L1", "at": MOMENT, "kind": "form"}])
    found = changed_leads(workspace, position)
    assert found is not None
    assert found.to_pylist() == [{"lead_id": "L3"}]
    write_rows(url, "handoffs", [{"handoff_id": "HL3", "lead_id": "L4"}])
    found = changed_leads(workspace, position + 2)
    assert found is not None
    assert found.to_pylist() == [{"lead_id": "L3"}, {"lead_id": "L4"}], "the lead before and the lead now"


def test_a_rep_may_touch_every_episode(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    url = workspace.database_url
    write_rows(url, "leads", [{"lead_id": "L1", "created_at": MOMENT}])
    found = changed_leads(workspace, 0)
    assert found is not None
    monkeypatch.setattr(changes, "_MOST_ROWS", 0)
    assert changed_leads(workspace, 0) is None, "so much that computing all is faster"
    monkeypatch.setattr(changes, "_MOST_ROWS", 100)
    write_rows(url, "reps", [{"rep_id": "R1", "team": "north"}])
    assert changed_leads(workspace, 0) is None
