"""What refusals say, and where the data say otherwise, against counts by hand."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest

from accord.agreement.model import Agreement
from accord.diagnosis.report import DiagnosisReport
from accord.language import use_language
from accord.report.diagnosis.text import diagnosis_text
from accord.report.look import Look
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


def test_without_contacts_or_reasons_their_shares_are_unknown() -> None:
    tables = {**refused(), "activities": []}
    for decision in tables["decisions"]:
        decision["reason"] = None
    report = diagnosed_rows(tables)
    assert report.refusals is not None
    assert report.refusals.rejected_before_contact == Unknown(Reason.NOT_RECORDED)
    assert report.refusals.disqualified_before_contact == Unknown(Reason.NOT_RECORDED)
    assert report.refusals.without_reason == Unknown(Reason.NOT_RECORDED)
    assert "before any contact" not in diagnosis_text(report, Look(width=100))


def test_activities_that_name_nobody_are_no_contacts() -> None:
    tables = refused()
    for activity in tables["activities"]:
        activity["rep_id"] = None  # by the agreement, someone of the owner's team has to act
    report = diagnosed_rows(tables)
    assert report.refusals is not None
    assert report.refusals.disqualified_before_contact == Unknown(Reason.NOT_RECORDED)


def in_days() -> tuple[dict[str, list[dict[str, Any]]], dict[str, list[dict[str, Any]]]]:
    """Refused four hours after the handoff: with the hour of the decision, and with its day alone."""
    timed = refused()
    for decision, handoff in zip(timed["decisions"], timed["handoffs"], strict=True):
        decision["at"] = handoff["at"] + timedelta(hours=4)
    return timed, {**timed, "decisions": [{**one, "at": one["at"].date()} for one in timed["decisions"]]}


def test_what_happened_on_the_day_of_a_decision_without_an_hour_may_have_come_before_it_or_after() -> None:
    timed, dated = in_days()
    true, told = diagnosed_rows(timed).refusals, diagnosed_rows(dated).refusals
    assert true is not None
    assert told is not None
    surely, perhaps, of = 0, 0, 0
    for place, handoff in enumerate(timed["handoffs"]):
        if place >= 24 and place % 3 == 2:
            day = datetime.combine((handoff["at"] + timedelta(hours=4)).date(), time())
            calls = [handoff["at"] + timedelta(hours=1 + attempt) for attempt in range(place % 4)]
            of += 1
            surely += not any(call < day + timedelta(days=1) for call in calls)
            perhaps += not any(call <= day for call in calls)
    figure, exact = told.disqualified_before_contact, true.disqualified_before_contact
    assert isinstance(figure, Estimate)
    assert isinstance(exact, Estimate)
    assert figure.value == pytest.approx(surely / of)
    assert figure.date_bounds is not None
    assert (figure.date_bounds.low, figure.date_bounds.high) == pytest.approx((surely / of, perhaps / of))
    assert figure.date_bounds.low <= exact.value <= figure.date_bounds.high
    assert exact.date_bounds is None
    assert surely < perhaps, "the hour matters"


@pytest.mark.parametrize("reason", ["bad_email", "unreachable"])
def test_without_hours_a_contradiction_lies_between_bounds(reason: str) -> None:
    timed, dated = in_days()
    exact, figure = contradicted(diagnosed_rows(timed), reason), contradicted(diagnosed_rows(dated), reason)
    least = most = of = 0
    for place, handoff in enumerate(timed["handoffs"]):
        if place < 24 or place % 3 != (0 if reason == "bad_email" else 2):
            continue
        of += 1
        day = datetime.combine((handoff["at"] + timedelta(hours=4)).date(), time())
        hours = {0: [2], 1: [30]}.get(place % 4, []) if reason == "bad_email" else [1 + k for k in range(place % 4)]
        events = [handoff["at"] + timedelta(hours=hour) for hour in hours]
        sure, possible = sum(one <= day for one in events), sum(one < day + timedelta(days=1) for one in events)
        least += sure > 0 if reason == "bad_email" else possible <= 1
        most += possible > 0 if reason == "bad_email" else sure <= 1
    assert figure.n == exact.n == of
    assert figure.date_bounds is not None
    assert (figure.date_bounds.low, figure.date_bounds.high) == pytest.approx((least / of, most / of))
    assert figure.date_bounds.low <= exact.value <= figure.date_bounds.high
    assert figure.value in {figure.date_bounds.low, figure.date_bounds.high}, "read as having come before"


@pytest.mark.parametrize(("language", "said"), [("en", "for want of hours in some dates"), ("fr", "faute d’heures")])
def test_the_bounds_are_printed(language: str, said: str) -> None:
    report = diagnosed_rows(in_days()[1])
    use_language(language)
    try:
        assert said in " ".join(diagnosis_text(report, Look(width=100)).split())
    finally:
        use_language("en")


def test_nothing_refused_says_nothing() -> None:
    assert diagnosed_rows(plain_company(200, rate=1.0)).refusals is None


def test_a_reply_that_marketing_recorded_contradicts_a_bad_address_as_well() -> None:
    tables = refused()
    bad = [decision["handoff_id"] for decision in tables["decisions"] if decision["reason"] == "bad_email"]
    handed = {row["handoff_id"]: row for row in tables["handoffs"]}
    before, after = timedelta(days=-3), timedelta(days=9)
    tables["touches"] = [
        {"touch_id": f"t{k}", "lead_id": handed[name]["lead_id"], "at": handed[name]["at"] + when, "kind": kind}
        for k, name in enumerate(bad)
        for when, kind in [((before, "email_reply"), (after, "email_reply"), (before, "email_open"))[k % 3]]
    ]
    replied = {name for k, name in enumerate(bad) if k % 3 == 0}
    places = {decision["handoff_id"]: place for place, decision in enumerate(tables["decisions"])}
    answered = {name for name in bad if places[name] % 12 == 0}
    found = contradicted(diagnosed_rows(tables), "bad_email")
    assert (round(found.value * found.n), found.n) == (len(replied | answered), len(bad))
    without = contradicted(diagnosed_rows({**tables, "activities": []}), "bad_email")
    assert (round(without.value * without.n), without.n) == (len(replied), len(bad))


def test_a_day_without_an_hour_begins_at_midnight_of_the_agreements_zone() -> None:
    """Half past eleven in the evening in UTC is the next day in Paris: a reply on that day may have come before."""
    tables = refused()
    handed = {row["handoff_id"]: row for row in tables["handoffs"]}
    bad = [decision for decision in tables["decisions"] if decision["reason"] == "bad_email"]
    touches: list[dict[str, Any]] = []
    for place, decision in enumerate(bad):
        evening = handed[decision["handoff_id"]]["at"].date() + timedelta(days=1)
        decision["at"] = datetime.combine(evening, time(23, 30))
        lead, day = handed[decision["handoff_id"]]["lead_id"], evening + timedelta(days=1 + place % 2)
        touches.append({"touch_id": f"t{place}", "lead_id": lead, "at": day, "kind": "email_reply"})
    hour = touches[0]["at"] - timedelta(days=2)  # one that has its hour, among the days
    touches.append({**touches[0], "touch_id": "t", "at": datetime.combine(hour, time(8)), "kind": "email_open"})
    report = diagnosed_rows({**tables, "activities": [], "touches": touches}, Agreement(timezone="Europe/Paris"))
    found = contradicted(report, "bad_email")
    assert (round(found.value * found.n), found.n) == (len(bad[::2]), len(bad))
