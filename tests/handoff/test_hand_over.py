"""Handing over: who crosses goes once and for all, with what it came from; everybody else has a reason to stay."""

# ruff: noqa: DTZ001 - the store keeps naive UTC
from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accord.errors import AgreementError, DataError, WorkspaceError
from accord.qualification.crossing import lot
from accord.qualification.handoff import hand_over, moment_of_handing
from accord.qualification.judging import override_lead
from accord.qualification.planning import HandoffReport
from accord.store.database import open_store
from accord.store.handing import FrozenTrace, frozen_trace
from accord.workspace import Workspace
from handoff.company import NOON, agree, fill, leads

DAY = timedelta(days=1)


def gone(report: HandoffReport) -> list[str]:
    return [each.lead_id for each in report.handed]


def why_not(report: HandoffReport) -> dict[str, str]:
    return {each.lead_id: each.reason.code for each in report.stays}


def handoffs(workspace: Workspace) -> list[tuple[Any, ...]]:
    with open_store(workspace.database_url) as store:
        return store.session.rows("SELECT lead_id, rep_id, team, score, band, agreement FROM handoffs ORDER BY lead_id")


def trace_of(workspace: Workspace, handoff_id: str) -> FrozenTrace:
    with open_store(workspace.database_url) as store:
        found = frozen_trace(store.session, handoff_id)
    assert found is not None
    return found


def test_who_crosses_is_handed_over_and_written(workspace: Workspace) -> None:
    fill(workspace, **leads(2), reps=[{"rep_id": "R1", "team": "field", "capacity": 10}])
    fill(workspace, **leads(1, first=9, webinars=0))
    report = hand_over(workspace, NOON)
    assert gone(report) == ["L001", "L002"] or gone(report) == ["L002", "L001"]
    assert why_not(report) == {}
    assert handoffs(workspace) == [
        ("L001", "R1", "field", 30.5, "B", "1"),
        ("L002", "R1", "field", 30.5, "B", "1"),
    ]
    assert [(load.before, load.now, load.capacity) for load in report.people] == [(0, 2, 10)]
    with open_store(workspace.database_url) as store:
        record = store.imports()[-1]
        assert (record.source, record.accounting["handoffs"]["added"]) == ("handoff", 2)
        at = [str(at) for (at,) in store.session.rows('SELECT "at" FROM handoffs')]
        assert at == [NOON.isoformat(" ")] * 2


def test_twice_hands_nobody_over_twice(workspace: Workspace) -> None:
    fill(workspace, **leads(3))
    assert len(hand_over(workspace, NOON).handed) == 3
    before = handoffs(workspace)
    again = hand_over(workspace, NOON + DAY)
    assert gone(again) == []
    assert again.counts == {"handed": 0, "with_sales": 3}
    assert handoffs(workspace) == before


def test_a_rehearsal_writes_nothing(workspace: Workspace) -> None:
    fill(workspace, **leads(3))
    rehearsed = hand_over(workspace, NOON, dry_run=True)
    assert handoffs(workspace) == []
    done = hand_over(workspace, NOON)
    assert rehearsed.dry_run
    assert not done.dry_run
    assert rehearsed.handed == done.handed


def test_the_best_go_first_and_the_rest_wait(workspace: Workspace) -> None:
    fill(workspace, **leads(3), reps=[{"rep_id": "R1", "capacity": 2}])
    fill(workspace, **leads(1, first=9, webinars=2))
    report = hand_over(workspace, NOON)
    assert gone(report)[0] == "L009"
    assert report.counts == {"handed": 2, "all_full": 2}
    # Monday is a new week; the two that waited are next, and it is not over for them before.
    assert hand_over(workspace, NOON + 3 * DAY).counts == {"all_full": 2, "handed": 0, "with_sales": 2}
    monday = hand_over(workspace, datetime(2026, 3, 16, 0, 0))
    assert len(monday.handed) == 2


def test_the_week_begins_on_monday_at_midnight_there(here: Workspace) -> None:
    fill(here, **leads(2), reps=[{"rep_id": "R1", "capacity": 1}])
    assert len(hand_over(here, datetime(2026, 3, 15, 22, 59)).handed) == 1
    assert hand_over(here, datetime(2026, 3, 15, 22, 59, 59)).counts["all_full"] == 1
    assert len(hand_over(here, datetime(2026, 3, 15, 23, 0)).handed) == 1, "Monday, 00:00 in Paris"


def test_only_so_many_are_let_through(here: Workspace) -> None:
    fill(here, **leads(5))
    first = hand_over(here, NOON, limit=2)
    assert first.counts == {"handed": 2, "beyond_limit": 3}
    rest = hand_over(here, NOON)
    assert len(rest.handed) == 3
    assert set(gone(first)) | set(gone(rest)) == {f"L{number:03}" for number in range(1, 6)}


@pytest.mark.parametrize(
    ("decisions", "touched", "code"),
    [
        ([], 40, "with_sales"),
        ([("accepted", 1)], 40, "accepted"),
        ([("rejected", 1)], 40, "refused"),
        ([("disqualified", 1)], 40, "refused"),
        ([("recycled", 10)], 5, "not_active_again"),
        ([("recycled", 10)], 12, None),
        ([("accepted", 1), ("recycled", 10)], 12, None),
        ([("recycled", 1), ("accepted", 10)], 12, "accepted"),
    ],
)
@pytest.mark.parametrize("by", ["handoff_id", "lead_id"])
def test_what_sales_did_decides(
    here: Workspace, decisions: list[tuple[str, int]], touched: int, code: str | None, by: str
) -> None:
    start = NOON - 25 * DAY
    fill(here, **leads(1, webinars=2))
    fill(
        here,
        handoffs=[{"handoff_id": "H1", "lead_id": "L001", "at": start, "rep_id": "R1"}],
        touches=[
            {"touch_id": f"L001-{place}", "lead_id": "L001", "at": start + min(touched, 20) * DAY, "kind": "webinar"}
            for place in range(2)
        ],
        decisions=[
            {
                "decision_id": f"D{place}",
                by: "H1" if by == "handoff_id" else "L001",
                "at": start + days * DAY,
                "outcome": outcome,
            }
            for place, (outcome, days) in enumerate(decisions)
        ],
    )
    report = hand_over(here, NOON)
    if code is not None:
        assert why_not(report) == {"L001": code}
        return
    (again,) = report.handed
    assert [said.code for said in again.why] == ["crossed", "crossed_again"]
    assert json.loads(again.trace)["previous_handoff"] == "H1"
    assert hand_over(here, NOON + DAY).counts == {"handed": 0, "with_sales": 1}
    # Given back once more, and active once more: it crosses for the third time, as a handoff of its own.
    fill(
        here,
        decisions=[{"decision_id": "D9", "handoff_id": again.handoff_id, "at": NOON + 2 * DAY, "outcome": "recycled"}],
        touches=[{"touch_id": "T9", "lead_id": "L001", "at": NOON + 3 * DAY, "kind": "webinar"}],
    )
    (third,) = hand_over(here, NOON + 4 * DAY).handed
    assert third.handoff_id not in {"H1", again.handoff_id}


def test_a_lead_that_nobody_answered_waits_for_a_person(here: Workspace) -> None:
    fill(here, **leads(1), handoffs=[{"handoff_id": "H1", "lead_id": "L001", "at": NOON - 31 * DAY}])
    assert why_not(hand_over(here, NOON)) == {"L001": "unanswered"}
    override_lead(here, "L001", "up", reason="The rep had left.", name="Ann", at=NOON)
    (report,) = hand_over(here, NOON + DAY).handed
    assert report.kind == "crossed"


def test_deals_disqualifiers_and_later_handoffs_keep_back(here: Workspace) -> None:
    fill(here, **leads(5, but={"L002": {"sector": "rival"}}))
    fill(
        here,
        opportunities=[
            {"opportunity_id": "O1", "lead_id": "L001", "created_at": NOON - DAY},
            {
                "opportunity_id": "O4",
                "lead_id": "L004",
                "created_at": NOON - 9 * DAY,
                "closed_at": NOON - DAY,
                "won": False,
            },
            {
                "opportunity_id": "O5",
                "lead_id": "L005",
                "created_at": NOON - 9 * DAY,
                "closed_at": NOON + DAY,
                "won": False,
            },
        ],
        handoffs=[{"handoff_id": "H3", "lead_id": "L003", "at": NOON + DAY}],
    )
    report = hand_over(here, NOON)
    assert why_not(report) == {"L001": "deal", "L002": "disqualified", "L003": "handed_later", "L005": "deal"}
    assert gone(report) == ["L004"], "a deal that was lost is no reason"


def test_merged_leads_are_one(here: Workspace) -> None:
    fill(here, **leads(2))
    fill(
        here,
        leads=[{"lead_id": "old", "created_at": NOON - 20 * DAY, "merged_into": "L001"}],
        handoffs=[{"handoff_id": "H1", "lead_id": "old", "at": NOON - DAY}],
    )
    override_lead(here, "old", "hold", reason="Call them first.", name="Ann", at=NOON - DAY)
    report = hand_over(here, NOON)
    assert gone(report) == ["L002"]
    assert why_not(report) == {"L001": "held"}
    assert why_not(hand_over(here, NOON, lead="old", dry_run=True)) == {"L001": "held"}


def test_the_trace_never_changes(workspace: Workspace) -> None:
    fill(workspace, **leads(1, webinars=3, territory="north"), reps=[{"rep_id": "R1", "territory": "north"}])
    (handed,) = hand_over(workspace, NOON).handed
    kept = trace_of(workspace, handed.handoff_id)
    assert kept.intact
    assert kept.trace == handed.trace
    content = json.loads(kept.trace)
    assert (content["score"], content["band"], content["threshold"], content["agreement"]) == (41, "A", 30, "1")
    assert [(entry["criterion"], entry["points"]) for entry in content["trace"]] == [("large", 20), ("webinar", 21)]
    assert content["trace"][0]["because"] == {"field": "employees", "value": 80}
    assert content["trace"][1]["because"]["touches"] == 2
    assert content["trace"][0]["label"] == {"en": "Large company", "fr": "Grande entreprise"}
    assert content["to_whom"]["rep_id"] == "R1"
    assert [reason["code"] for reason in content["to_whom"]["reasons"]] == ["own_territory", "only_one"]
    assert content["agreement_digest"] == workspace.digest
    # The lead, the agreement and the handoff itself change; what it was handed over with does not.
    fill(
        workspace,
        leads=[{"lead_id": "L001", "employees": 1}],
        handoffs=[{"handoff_id": handed.handoff_id, "score": 1.0, "rep_id": "R2"}],
    )
    later = agree(workspace.root, text=(workspace.root / "accord.yaml").read_text().replace("points: 20", "points: 12"))
    assert hand_over(later, NOON + DAY).handed == ()
    assert trace_of(later, handed.handoff_id) == kept
    for statement in ("UPDATE handoff_traces SET trace = '{}'", "UPDATE handoff_traces SET digest = ''"):
        with open_store(later.database_url) as store, pytest.raises(Exception, match="never rewritten"):
            store.session.execute(statement)


def test_what_was_replaced_behind_the_schema_is_noticed(here: Workspace) -> None:
    fill(here, **leads(1))
    (handed,) = hand_over(here, NOON).handed
    with open_store(here.database_url) as store:
        store.session.execute("DROP TRIGGER handoff_traces_no_update")
        store.session.execute("UPDATE handoff_traces SET trace = '{}'")
    assert not trace_of(here, handed.handoff_id).intact
    with open_store(here.database_url) as store, pytest.raises(Exception, match="never rewritten"):
        store.session.execute(
            "INSERT OR REPLACE INTO handoff_traces (handoff_id, lead_id, digest, trace, recorded_at) "
            "VALUES (?, 'L001', '', '{}', '2026-01-01')",
            (handed.handoff_id,),
        )


def test_exploration_is_drawn_by_the_lot_and_marked(tmp_path: Any, here: Workspace) -> None:
    more = "  exploration: {share: 0.2}\nhandoff: {exploration_within_days: 25}\n"
    exploring = agree(here.root, more)
    fill(exploring, **leads(300, webinars=0, but={"L001": {"sector": "rival"}}))
    report = hand_over(exploring, NOON)
    assert {each.kind for each in report.handed} == {"explored"}
    # 299 leads, a share of 0.2: 60 expected, standard deviation 6.9
    assert 35 < len(report.handed) < 85
    assert {json.loads(each.trace)["kind"] for each in report.handed} == {"explored"}
    assert hand_over(exploring, NOON + DAY).handed == (), "the lot is drawn once"
    text = (here.root / "accord.yaml").read_text().replace('version: "1"', 'version: "2"')
    other = hand_over(agree(here.root, text=text), NOON + DAY)
    assert 20 < len(other.handed) < 85, "another version draws others"
    old = hand_over(agree(here.root, text=text.replace("days: 25", "days: 5")), NOON + DAY, dry_run=True)
    assert old.handed == ()


def test_explored_leads_have_their_share_of_the_room(here: Workspace) -> None:
    """Half at most: full reps take one that crosses and one that the lot drew, and the trace says its chance."""
    exploring = agree(here.root, "  exploration: {share: 1}\n")
    fill(exploring, **leads(2), reps=[{"rep_id": "R1", "capacity": 2}])
    fill(exploring, **leads(2, first=11, webinars=0))
    report = hand_over(exploring, NOON)
    first, other = sorted(("L011", "L012"), key=lot)
    (crossed,) = set(gone(report)) - {first}
    assert crossed in {"L001", "L002"}
    assert why_not(report) == {({"L001", "L002"} - {crossed}).pop(): "all_full", other: "all_full"}
    (kept,) = [json.loads(each.trace) for each in report.handed if each.lead_id == first]
    assert kept["exploration_share"] == lot(
        other
    )  # of all that were drawn, those with a lot below that of the first left


def test_routes_read_any_column(here: Workspace) -> None:
    more = (
        "handoff:\n  routes:\n    - {where: {account_size: medium, Tier: 1}, team: key}\n"
        "    - {where: {decision_maker: [true]}, rep_id: R2}\n"
    )
    routed = agree(here.root, more)
    reps = [{"rep_id": "R1", "team": "key"}, {"rep_id": "R2"}, {"rep_id": "R3"}]
    fill(routed, **leads(1, Tier=1), reps=reps)
    fill(routed, **leads(1, first=2, Tier=2, decision_maker=True))
    assert {each.lead_id: each.rep_id for each in hand_over(routed, NOON).handed} == {"L001": "R1", "L002": "R2"}


def test_one_lead_is_explained_whatever_becomes_of_it(here: Workspace) -> None:
    fill(here, **leads(1), reps=[{"rep_id": "R1"}])
    fill(here, **leads(1, first=9, webinars=0))
    below = hand_over(here, NOON, lead="L009")
    assert why_not(below) == {"L009": "below"}
    assert below.stays[0].reason.sentence() == "Its score of 20 is below the threshold of 30."
    assert gone(hand_over(here, NOON, lead="L001")) == ["L001"]
    with pytest.raises(DataError, match="There is no lead L77"):
        hand_over(here, NOON, lead="L77")


def test_who_was_hired_later_gets_nothing_yet(here: Workspace) -> None:
    fill(here, **leads(1), reps=[{"rep_id": "new", "hired_at": NOON + DAY}, {"rep_id": "old", "hired_at": NOON - DAY}])
    assert hand_over(here, NOON).handed[0].rep_id == "old"


def test_live_data_are_handed_over_now_others_when_they_end() -> None:
    long_ago = datetime(2026, 3, 1)
    assert moment_of_handing(long_ago) == long_ago
    now = datetime.now(tz=UTC).replace(tzinfo=None)
    assert abs(moment_of_handing(now - 3 * DAY) - now) < timedelta(minutes=1)


def test_what_cannot_be_done_is_said(here: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(here, **leads(1))
    (here.root / "accord.yaml").write_text("name: bare\n")
    with pytest.raises(AgreementError, match="no section qualification"):
        hand_over(Workspace(here.root), NOON)
    monkeypatch.setenv("ACCORD_ENGINE", "postgresql://user:secret@host/db")
    with pytest.raises(WorkspaceError, match="host/db") as raised:
        hand_over(agree(here.root), NOON)
    assert "secret" not in str(raised.value)


def test_without_a_database_nothing_is_created(tmp_path: Any) -> None:
    with pytest.raises(WorkspaceError, match="no database"):
        hand_over(agree(tmp_path), NOON)
    assert not (tmp_path / "accord.db").exists()
