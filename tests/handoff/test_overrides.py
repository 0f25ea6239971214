"""Overrides: recorded for good beside the score, obeyed by handing over, and measured against the score."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accord.errors import DataError, UsageError
from accord.language import gettext as _
from accord.language import use_language
from accord.qualification.handoff import hand_over
from accord.qualification.judging import in_force, override_lead, overrides_of
from accord.qualification.overrides import EffectOfOverrides, effect_of_overrides
from accord.readmodel.erasure import erase
from accord.readmodel.opening import open_source
from accord.report.handoff.override_text import GROUPS, effect_text
from accord.report.look import Look
from accord.stats.intervals import jeffreys
from accord.store import overrides
from accord.store.database import open_store
from accord.values import Estimate, Reason, Unknown
from accord.workspace import Workspace
from handoff.company import NOON, agree, fill, leads

DAY = timedelta(days=1)


def judge(workspace: Workspace, lead: str, judgement: str, at: datetime = NOON, reason: str = "why") -> None:
    override_lead(workspace, lead, judgement, reason=reason, name="Ann", at=at)


@pytest.fixture
def written_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Set the store's clock, which says when a judgement was written down."""

    def clock_at(moment: datetime) -> None:
        monkeypatch.setattr(overrides, "now", lambda: moment.replace(tzinfo=UTC))

    return clock_at


def test_up_hands_over_below_the_threshold_and_says_who_and_why(workspace: Workspace) -> None:
    fill(workspace, **leads(3, webinars=0))
    judge(workspace, "L001", "up", reason="Met them at the fair.")
    report = hand_over(workspace, NOON)
    (handed,) = report.handed
    assert (handed.lead_id, handed.kind) == ("L001", "judged")
    assert handed.why[0].sentence() == "Ann put it forward by hand: Met them at the fair."
    trace = json.loads(handed.trace)
    assert (trace["score"], trace["qualified"], trace["judgement"]["judgement"]) == (20, False, "up")
    assert hand_over(workspace, NOON + DAY).handed == ()


def test_the_score_stays_what_it_is(here: Workspace) -> None:
    fill(here, **leads(2))
    plain = json.loads(hand_over(here, NOON, dry_run=True, lead="L001").handed[0].trace)
    judge(here, "L001", "up")
    judged = json.loads(hand_over(here, NOON, dry_run=True, lead="L001").handed[0].trace)
    assert judged == plain, "it crosses by its score; a judgement that agrees adds nothing"


@pytest.mark.parametrize(("judgement", "code"), [("hold", "held"), ("down", "judged_down")])
def test_hold_and_down_keep_back_until_cleared(here: Workspace, judgement: str, code: str) -> None:
    fill(here, **leads(1))
    judge(here, "L001", judgement)
    assert hand_over(here, NOON).counts == {"handed": 0, code: 1}
    judge(here, "L001", "clear", NOON + DAY)
    assert hand_over(here, NOON).counts == {"handed": 0, code: 1}, "at that moment it was still held"
    assert hand_over(here, NOON + DAY).counts == {"handed": 1}


def test_nobody_puts_forward_what_the_agreement_rules_out(here: Workspace) -> None:
    fill(here, **leads(1, sector="rival"))
    judge(here, "L001", "up")
    assert hand_over(here, NOON).counts == {"disqualified": 1, "handed": 0}


def test_the_history_is_kept_and_cannot_be_rewritten(workspace: Workspace) -> None:
    fill(workspace, **leads(1))
    for judgement, days in (("up", 0), ("hold", 1), ("clear", 2)):
        judge(workspace, "L001", judgement, NOON + days * DAY, f"for {judgement}")
    found = overrides_of(workspace, "L001")
    assert [(each.judgement, each.reason, each.name, each.at) for each in found] == [
        ("up", "for up", "Ann", NOON),
        ("hold", "for hold", "Ann", NOON + DAY),
        ("clear", "for clear", "Ann", NOON + 2 * DAY),
    ]
    assert [in_force(found, NOON + days * DAY).get("L001") for days in (-1, 0, 1, 2)] == [None, *found[:2], None]
    with open_store(workspace.database_url) as store, pytest.raises(Exception, match="never rewritten"):
        store.session.execute("UPDATE lead_overrides SET reason = 'another'")


def test_what_makes_no_sense_is_refused(here: Workspace, tmp_path: Any) -> None:
    fill(here, **leads(1))
    with pytest.raises(UsageError, match=r"sideways is no judgement"):
        judge(here, "L001", "sideways")
    with pytest.raises(UsageError, match="needs a reason"):
        judge(here, "L001", "up", reason=" ")
    with pytest.raises(UsageError, match="needs a name"):
        override_lead(here, "L001", "up", reason="why", name="", at=NOON)
    with pytest.raises(UsageError, match="no override of L001 to clear"):
        judge(here, "L001", "clear")
    with pytest.raises(DataError, match="no lead L77"):
        judge(here, "L77", "up")
    assert overrides_of(here) == []
    (tmp_path / "nothing").mkdir()
    assert overrides_of(Workspace(tmp_path / "nothing")) == []


def test_erasing_a_person_erases_traces_and_judgements(workspace: Workspace) -> None:
    fill(workspace, **leads(2))
    judge(workspace, "L001", "up")
    hand_over(workspace, NOON)
    erased = erase(workspace, "L001")
    assert (erased["handoff_traces"], erased["lead_overrides"]) == (1, 1)
    with open_store(workspace.database_url) as store:
        assert store.session.rows("SELECT lead_id FROM handoff_traces") == [("L002",)]
    assert overrides_of(workspace) == []


# The measure -------------------------------------------------------------------------------------------------------

START = NOON - 100 * DAY


def handed(
    prefix: str, number: int, accepted: int, score: float | None, *, won: int = 0, at: datetime = START
) -> dict[str, Any]:
    """Handoffs that some other system wrote, so many accepted, the first so many won."""
    ids = [f"{prefix}{place:02}" for place in range(number)]
    return {
        "leads": [{"lead_id": lead, "created_at": START - DAY, "employees": 80} for lead in ids],
        "handoffs": [{"handoff_id": f"H{lead}", "lead_id": lead, "at": at, "score": score} for lead in ids],
        "decisions": [
            {
                "decision_id": f"D{lead}",
                "handoff_id": f"H{lead}",
                "at": at + DAY,
                "outcome": "accepted" if place < accepted else "rejected",
            }
            for place, lead in enumerate(ids)
        ],
        "opportunities": [
            {
                "opportunity_id": f"O{lead}",
                "lead_id": lead,
                "created_at": at + 2 * DAY,
                "closed_at": at + 9 * DAY,
                "won": True,
            }
            for lead in ids[:won]
        ],
    }


def effect(workspace: Workspace, moment: datetime = NOON, margin: float = 10) -> EffectOfOverrides:
    with open_source(workspace, moment) as source:
        return effect_of_overrides(workspace, source, margin)


def test_people_against_the_score(here: Workspace, written_at: Callable[[datetime], None]) -> None:
    written_at(START)
    fill(here, **handed("U", 20, 14, 12.0, won=5))
    fill(here, **handed("N", 30, 12, 34.5, won=3))
    fill(here, **handed("F", 30, 30, 40.0))
    fill(here, **handed("D", 12, 3, 35.0))
    fill(here, **handed("Y", 15, 15, 12.0, at=NOON - 5 * DAY))
    for place in range(20):
        judge(here, f"U{place:02}", "up", START - timedelta(hours=1))
    for place in range(12):
        judge(here, f"D{place:02}", "down", START)
    for place in range(15):
        judge(here, f"Y{place:02}", "up", START)
    found = effect(here)
    forward, near, against = found.groups
    assert [(each.handed, each.over) for each in found.groups] == [(35, 20), (30, 30), (12, 12)]
    for group, accepted, won in ((forward, 14, 5), (near, 12, 3), (against, 3, 0)):
        for figure, yes in ((group.acceptance, accepted), (group.win, won)):
            assert isinstance(figure, Estimate)
            interval = jeffreys(yes, group.over)
            assert (figure.value, figure.low, figure.high, figure.n) == pytest.approx(
                (yes / group.over, float(interval.low), float(interval.high), group.over)
            )
    better = found.better_accepted
    assert isinstance(better, Estimate)
    assert isinstance(forward.acceptance, Estimate)
    assert isinstance(near.acceptance, Estimate)
    assert better.value == pytest.approx(0.7 - 0.4)
    assert better.low == pytest.approx(
        0.3 - ((0.7 - forward.acceptance.low) ** 2 + (near.acceptance.high - 0.4) ** 2) ** 0.5
    )
    assert (found.recorded, found.kept_back) == (47, 0)
    assert effect(here, margin=4).groups[1].handed == 0, "34.5 is not within 4 points of 30"


def test_judgements_after_the_handoff_say_nothing_of_it(here: Workspace) -> None:
    fill(here, **handed("U", 12, 6, 12.0))
    fill(here, **handed("N", 12, 6, 31.0))
    for place in range(12):
        judge(here, f"U{place:02}", "up", START + DAY)
        judge(here, f"N{place:02}", "hold", START + DAY)
    assert [each.handed for each in effect(here).groups] == [0, 12, 0]


def test_a_judgement_written_down_when_the_outcome_is_known_is_none(
    here: Workspace, written_at: Callable[[datetime], None]
) -> None:
    fill(here, **handed("U", 24, 12, 12.0))
    fill(here, **handed("N", 12, 6, 31.0))
    for place in range(24):
        # Sales decided a day after the handoff: half were written down a moment before that, half at noon of later.
        written_at(START + DAY if place < 12 else START + DAY + timedelta(seconds=1))
        judge(here, f"U{place:02}", "up", START - DAY)
    written_at(START + 2 * DAY)
    judge(here, "N00", "hold", START - DAY)
    found = effect(here)
    assert [each.handed for each in found.groups] == [12, 12, 0]
    assert found.too_late == 13
    assert "13 judgements were written down when the outcome was known" in " ".join(effect_text(found, Look()).split())


def test_nobody_judges_in_the_future(here: Workspace) -> None:
    fill(here, **leads(1))
    with pytest.raises(UsageError, match="has not come yet"):
        judge(here, "L001", "up", datetime.now(UTC).replace(tzinfo=None) + DAY)
    assert overrides_of(here) == []


def test_wins_have_the_same_time_and_belong_to_one_handoff(
    here: Workspace, written_at: Callable[[datetime], None]
) -> None:
    written_at(START)
    fill(here, **handed("U", 12, 6, 12.0, won=4))
    fill(here, **handed("N", 12, 6, 31.0, won=12))
    # Younger than 90 days: whatever they won already is not compared with others that had longer.
    fill(here, **handed("M", 12, 6, 31.0, won=12, at=NOON - 60 * DAY))
    # Handed over again before the deal was opened: the deal is the later handoff's, which is not compared.
    again = [
        {"handoff_id": f"A{place}", "lead_id": f"N{place:02}", "at": START + timedelta(days=1, hours=6), "score": 90.0}
        for place in range(5)
    ]
    fill(here, handoffs=again)
    # Won only after 90 days.
    late = [
        {
            "opportunity_id": f"OU{place:02}",
            "lead_id": f"U{place:02}",
            "created_at": START + 2 * DAY,
            "closed_at": START + 91 * DAY,
            "won": True,
        }
        for place in range(2)
    ]
    fill(here, opportunities=late)
    for place in range(12):
        judge(here, f"U{place:02}", "up", START)
    forward, near, _against = effect(here).groups
    assert isinstance(forward.win, Estimate)
    assert isinstance(near.win, Estimate)
    assert (forward.settled, near.handed, near.settled) == (12, 24, 12)
    assert (forward.win.value, near.win.value) == pytest.approx((2 / 12, 7 / 12))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_the_rows_are_is_said_in_full(
    here: Workspace, written_at: Callable[[datetime], None], language: str
) -> None:
    written_at(START)
    fill(here, **handed("U", 20, 8, 12.0, won=5))
    fill(here, **handed("N", 30, 20, 34.5, won=30))
    for place in range(20):
        judge(here, f"U{place:02}", "up", START - timedelta(hours=1))
    use_language(language)
    text = effect_text(effect(here), Look())
    assert max(map(len, text.splitlines())) <= 80
    assert "…" not in text
    names = [line[2:22].strip() for line in text.splitlines() if line.startswith("  ")]
    for name in GROUPS.values():
        assert _(name) in " ".join(names)
    assert "−27" in text
    assert re.search(r"-\d", text) is None


def test_explored_leads_are_in_no_group(here: Workspace) -> None:
    exploring = agree(here.root, "  exploration: {share: 1}\n")
    fill(exploring, **leads(12, webinars=0))
    fill(exploring, **leads(12, first=50))
    judge(exploring, "L001", "up", NOON - DAY)
    judge(exploring, "L002", "hold", NOON - DAY)
    hand_over(exploring, NOON)
    found = effect(exploring, NOON + 40 * DAY)
    assert [each.handed for each in found.groups] == [1, 12, 0]
    assert found.kept_back == 1
    assert [each.win for each in found.groups] == [Unknown(Reason.NOT_RECORDED)] * 3
    assert found.better_accepted == Unknown(Reason.TOO_FEW, 10)


def test_a_margin_is_positive(here: Workspace) -> None:
    fill(here, **leads(1))
    with pytest.raises(UsageError, match="above 0"):
        effect(here, margin=0)
