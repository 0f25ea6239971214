"""What refusals say, and where the data say otherwise, against counts by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accord.diagnosis.report import DiagnosisReport
from accord.values import Estimate, Reason, Unknown
from diagnosis.companies import diagnosed_rows, plain_company


def refused(leads: int = 240) -> dict[str, list[dict[str, Any]]]:
    """All refused: a third for the e-mail, a third for the territory, a third as unreachable."""
    tables = plain_company(leads, rate=0.0, days=200, territory=lambda k: "north" if k % 2 else "south")
    for rep in tables["reps"]:
        rep["territory"] = "north"
    reasons = ("bad_email", "wrong_territory", "unreachable")
    activities: list[dict[str, Any]] = []
    for place, (decision, handoff) in enumerate(zip(tables["decisions"], tables["handoffs"], strict=True)):
        decision["reason"] = reasons[place % 3] if place >= 24 else None
        decision["outcome"] = "disqualified" if decision["reason"] == "unreachable" else "rejected"
        own = {"rep_id": handoff["rep_id"], "lead_id": handoff["lead_id"]}

        def done(hours: float, kind: str, direction: str, own: dict[str, Any] = own, at: Any = handoff["at"]) -> None:
            name = f"a{len(activities)}"
            when = at + timedelta(hours=hours)
            activities.append({"activity_id": name, "at": when, "kind": kind, "direction": direction, **own})

        if place % 3 == 0 and place % 4 == 0:
            done(2, "email", "in")  # an answer from the address that is said to be bad
        if place % 3 == 0 and place % 4 == 1:
            done(30, "email", "in")  # too late: sales had decided
        if place % 3 == 2:
            for attempt in range(place % 4):
                done(1 + attempt, "call", "out")
            done(1, "task", "out")
            done(0.5, "call", "in")
    return {**tables, "activities": activities}


def contradicted(report: DiagnosisReport, reason: str) -> Estimate:
    assert report.refusals is not None
    found = next(one.share for one in report.refusals.contradictions if one.reason == reason)
    assert isinstance(found, Estimate)
    return found


def test_reasons_that_the_data_contradict_by_hand() -> None:
    report = diagnosed_rows(refused())
    places = range(24, 240)
    email = contradicted(report, "bad_email")
    assert (round(email.value * email.n), email.n) == (
        sum(place % 12 == 0 for place in places),
        sum(place % 3 == 0 for place in places),
    )
    territory = contradicted(report, "wrong_territory")
    assert (round(territory.value * territory.n), territory.n) == (
        sum(place % 3 == 1 and place % 2 == 1 for place in places),
        sum(place % 3 == 1 for place in places),
    )
    unreachable = contradicted(report, "unreachable")
    assert (round(unreachable.value * unreachable.n), unreachable.n) == (
        sum(place % 3 == 2 and place % 4 <= 1 for place in places),
        sum(place % 3 == 2 for place in places),
    )


def test_shares_of_refusals_by_hand() -> None:
    report = diagnosed_rows(refused())
    assert report.refusals is not None
    assert report.refusals.refused == 240
    assert isinstance(report.refusals.without_reason, Estimate)
    assert report.refusals.without_reason.value == pytest.approx(24 / 240)
    assert report.refusals.levels == {"clerical": 72, "disqualification": 72, "none": 24, "procedural": 72}
    before = report.refusals.disqualified_before_contact
    assert isinstance(before, Estimate)
    assert before.value == pytest.approx(sum(p % 3 == 2 and p % 4 == 0 for p in range(24, 240)) / 72)


def test_without_activities_nothing_is_contradicted_by_them() -> None:
    report = diagnosed_rows({**refused(), "activities": []})
    assert report.refusals is not None
    shares = {one.reason: one.share for one in report.refusals.contradictions}
    assert shares["bad_email"] == Unknown(Reason.NOT_RECORDED)
    assert shares["unreachable"] == Unknown(Reason.NOT_RECORDED)
    assert isinstance(shares["wrong_territory"], Estimate)


def test_nothing_refused_says_nothing() -> None:
    assert diagnosed_rows(plain_company(200, rate=1.0)).refusals is None
