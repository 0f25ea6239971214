"""Two processes at once, one that is killed, clicks in between: nobody goes twice, and nothing is half done."""

from __future__ import annotations

import random
import time
from collections import Counter
from datetime import timedelta

import pytest

from accord.qualification import handoff as module
from accord.qualification.handoff import hand_over
from accord.store.database import open_store
from accord.store.handing import write_handoffs
from accord.store.single import write_rows
from accord.workspace import Workspace
from handoff.company import NOON, fill, leads
from handoff.running import start

DAY = timedelta(days=1)


def state(workspace: Workspace) -> tuple[dict[str, int], int]:
    """Handoffs by lead, and how many traces belong to one."""
    with open_store(workspace.database_url) as store:
        by_lead = Counter(lead for (lead,) in store.session.rows("SELECT lead_id FROM handoffs"))
        traced = store.session.one(
            "SELECT COUNT(*) FROM handoff_traces t JOIN handoffs h ON h.handoff_id = t.handoff_id"
        )
    assert traced is not None
    return dict(by_lead), int(traced[0])


def test_two_processes_hand_over_once_and_keep_the_caps(workspace: Workspace) -> None:
    fill(workspace, **leads(60), reps=[{"rep_id": "R1", "capacity": 15}, {"rep_id": "R2", "capacity": 20}])
    processes = [start(workspace.root, NOON) for _each in range(2)]
    said = [int(process.communicate(timeout=120)[0]) for process in processes]
    assert sorted(said) == [0, 35]
    by_lead, traced = state(workspace)
    assert (set(by_lead.values()), len(by_lead), traced) == ({1}, 35, 35)
    with open_store(workspace.database_url) as store:
        given = dict(store.session.rows("SELECT rep_id, COUNT(*) FROM handoffs GROUP BY rep_id"))
    assert given == {"R1": 15, "R2": 20}


@pytest.mark.slow
def test_killed_at_any_moment_it_is_all_or_nothing(workspace: Workspace) -> None:
    chance = random.Random(20260311)
    fill(workspace, **leads(400))
    killed = 0
    for _round in range(4):
        process = start(workspace.root, NOON)
        time.sleep(chance.uniform(0.5, 3))
        process.kill()
        process.communicate()
        by_lead, traced = state(workspace)
        assert (len(by_lead), traced) in {(0, 0), (400, 400)}
        if by_lead:
            break
        killed += 1
    done = hand_over(workspace, NOON)
    assert len(done.handed) == (400 if killed and not by_lead else 0)
    by_lead, traced = state(workspace)
    assert (set(by_lead.values()), len(by_lead), traced) == ({1}, 400, 400)


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("handoffs", {"handoff_id": "H1", "lead_id": "L001", "at": NOON}),
        ("decisions", {"decision_id": "D1", "lead_id": "L001", "at": NOON, "outcome": "rejected"}),
        ("opportunities", {"opportunity_id": "O1", "lead_id": "L001", "created_at": NOON}),
        ("leads", {"lead_id": "L001", "merged_into": "L002"}),
    ],
)
def test_what_is_recorded_meanwhile_wins(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, table: str, row: dict[str, object]
) -> None:
    fill(workspace, **leads(2))

    def after_a_click(*arguments: object) -> frozenset[str]:
        write_rows(workspace.database_url, table, [row])
        return write_handoffs(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "write_handoffs", after_a_click)
    report = hand_over(workspace, NOON)
    assert [each.lead_id for each in report.handed] == ["L002"]
    assert {each.lead_id: each.reason.code for each in report.stays} == {"L001": "meanwhile"}
    by_lead, _traced = state(workspace)
    assert by_lead == ({"L001": 1, "L002": 1} if table == "handoffs" else {"L002": 1})


def test_a_decision_that_names_only_the_handoff_is_noticed_too(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(
        workspace,
        **leads(1),
        handoffs=[{"handoff_id": "H1", "lead_id": "L001", "at": NOON - 9 * DAY}],
        decisions=[{"decision_id": "D1", "handoff_id": "H1", "at": NOON - 5 * DAY, "outcome": "recycled"}],
    )

    def after_a_click(*arguments: object) -> frozenset[str]:
        row = {"decision_id": "D2", "handoff_id": "H1", "at": NOON, "outcome": "accepted"}
        write_rows(workspace.database_url, "decisions", [row])
        return write_handoffs(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "write_handoffs", after_a_click)
    assert hand_over(workspace, NOON).counts == {"handed": 0, "meanwhile": 1}
