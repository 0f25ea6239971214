"""Whom to relaunch: who is left out, in which order, and whether the chances come true."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from accord.recycle.figures import RecycleReport
from accord.recycle.measure import measure_recycling
from accord.report.recycle.answer import recycle_json
from accord.report.recycle.text import rule_words
from accord.values import Estimate, Reason, Unknown
from recycle.company import AS_OF, START, Row, empty
from recycle.conftest import Opening


def lead(tables: dict[str, list[Row]], name: str, *, days_ago: float = 60, reason: str = "bad_timing") -> str:
    """A lead that was handed over and refused so many days before the moment."""
    at = AS_OF - timedelta(days=days_ago)
    tables["leads"].append({"lead_id": name, "created_at": at - timedelta(days=2), "channel": "ads"})
    tables["handoffs"].append({"handoff_id": f"h-{name}", "lead_id": name, "at": at - timedelta(hours=1)})
    decide(tables, f"h-{name}", at, "recycled", reason)
    return name


def decide(tables: dict[str, list[Row]], handoff: str, at: Any, outcome: str, reason: str | None = None) -> None:
    tables["decisions"].append(
        {
            "decision_id": f"d-{handoff}",
            "handoff_id": handoff,
            "lead_id": None,
            "at": at,
            "outcome": outcome,
            "reason": reason,
        }
    )


def deal(tables: dict[str, list[Row]], name: str, *, won: bool | None) -> None:
    opened = AS_OF - timedelta(days=30)
    closed = None if won is None else opened + timedelta(days=5)
    tables["opportunities"].append(
        {"opportunity_id": f"o-{name}", "lead_id": name, "created_at": opened, "closed_at": closed, "won": won}
    )


def test_who_is_left_out_and_why(opened: Opening) -> None:
    tables = empty()
    lead(tables, "waiting")
    lead(tables, "refused_contact", reason="do_not_contact")
    lead(tables, "competitor", reason="competitor_or_partner")
    lead(tables, "wrong_number", reason="bad_phone")
    lead(tables, "wrong_address", reason="bad_email")
    lead(tables, "invented", reason="fake_or_test")
    lead(tables, "owned", reason="existing_customer")
    lead(tables, "copy", reason="duplicate")
    lead(tables, "recent", days_ago=5)
    lead(tables, "recent_but_stirring", days_ago=5)
    touched = {"touch_id": "t", "lead_id": "recent_but_stirring", "at": AS_OF - timedelta(days=1), "kind": "form"}
    tables["touches"].append(touched)
    deal(tables, lead(tables, "customer"), won=True)
    deal(tables, lead(tables, "in_progress"), won=None)
    deal(tables, lead(tables, "lost_since"), won=False)
    lead(tables, "again")
    tables["handoffs"].append({"handoff_id": "h-again-2", "lead_id": "again", "at": AS_OF - timedelta(days=3)})
    lead(tables, "duplicate")
    tables["leads"][-1]["merged_into"] = "waiting"
    paid = {"order_id": "p", "lead_id": lead(tables, "buyer"), "at": AS_OF - timedelta(days=400), "amount": 9.0}
    tables["orders"].append({**paid, "customer_id": None})
    report = measure_recycling(opened(tables)).report
    listed = [found.lead_id for found in report.relaunch.leads]
    assert sorted(listed) == ["lost_since", "recent_but_stirring", "waiting"]
    assert listed[0] == "recent_but_stirring"  # nothing to learn from: who stirred last comes first
    assert report.relaunch.left_out == {
        "asked_not_to_be_contacted": 1,
        "customer": 1,  # the one who won is no longer waiting
        "open_opportunity": 1,
        "no_waiting_mends_it": 4,
        "contact_data_wrong": 2,
        "beyond_the_stop_rule": 0,
        "returned_too_recently": 1,
    }
    assert {found.chance for found in report.relaunch.leads} == {Unknown(Reason.TOO_FEW, 50)}


@pytest.mark.parametrize(
    ("first", "then", "second", "listed"),
    [
        ("duplicate", "recycled", "bad_timing", False),  # nobody said since that it is none
        ("duplicate", "accepted", None, True),  # sales took it and gave it back: it was none
        ("bad_phone", "recycled", "bad_timing", True),  # somebody spoke to them: it was mended
        ("bad_timing", "recycled", "bad_email", False),
    ],
)
def test_a_reason_ends_a_lead_until_sales_knows_better(
    opened: Opening, first: str, then: str, second: str | None, listed: bool
) -> None:
    tables = empty()
    lead(tables, "twice", days_ago=90, reason=first)
    again = AS_OF - timedelta(days=60)
    tables["handoffs"].append({"handoff_id": "h-2", "lead_id": "twice", "at": again})
    decide(tables, "h-2", again + timedelta(hours=1), then, second)
    if then == "accepted":
        back = {"decision_id": "back", "handoff_id": "h-2", "lead_id": None, "at": again + timedelta(days=2)}
        tables["decisions"].append({**back, "outcome": "recycled", "reason": "bad_timing"})
    found = measure_recycling(opened(tables)).report.relaunch
    assert [one.lead_id for one in found.leads] == (["twice"] if listed else [])


def taught(opened: Opening, seed: int, size: int = 1200) -> tuple[RecycleReport, dict[str, float]]:
    """Past follow-ups of which those that were badly timed are accepted far more often; and waiting leads of both."""
    chance, tables, truth = random.Random(seed), empty(), {}
    for number in range(size):
        name, reason = f"l{number:04}", chance.choice(["bad_timing", "no_need"])
        taken = {"bad_timing": 0.75, "no_need": 0.25}[reason]
        at = START + timedelta(hours=chance.uniform(0, 24 * 200))
        tables["leads"].append({"lead_id": name, "created_at": at, "channel": chance.choice(["ads", "fair"])})
        tables["handoffs"].append({"handoff_id": f"h{name}", "lead_id": name, "at": at})
        decide(tables, f"h{name}", at + timedelta(hours=5), "recycled", reason)
        if chance.random() < 0.6:
            again = at + timedelta(days=chance.uniform(35, 110))
            tables["handoffs"].append({"handoff_id": f"h{name}-2", "lead_id": name, "at": again})
            outcome = "accepted" if chance.random() < taken else "rejected"
            decide(tables, f"h{name}-2", again + timedelta(days=1), outcome)
        else:
            truth[name] = taken
    return measure_recycling(opened(tables), limit=0).report, truth


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_chances_are_the_planted_ones(opened: Opening, seed: int) -> None:
    report, truth = taught(opened, seed)
    leads = [found for found in report.relaunch.leads if found.lead_id in truth]
    assert len(leads) > 300
    errors, held = [], []
    for found in leads:
        assert isinstance(found.chance, Estimate)
        errors.append(found.chance.value - truth[found.lead_id])
        held.append(found.chance.low <= truth[found.lead_id] <= found.chance.high)
    # some 720 follow-ups teach it: a standard error of 2.5 points in either half
    assert abs(sum(errors) / len(errors)) < 0.06
    assert sum(held) / len(held) > 0.85
    strongest = {found.reason: found.because[0] for found in leads if found.days_waiting <= 110}
    for reason, because in strongest.items():
        assert because.what == "returned_because"
        assert (because.effect > 0) == (reason == "bad_timing")
    untried = [bool(found.days_waiting > 180) for found in report.relaunch.leads]
    assert untried == sorted(untried)  # who waits longer than any who was ever tried comes last


def test_the_list_is_as_long_as_asked_and_the_surest_come_first(opened: Opening) -> None:
    report, _truth = taught(opened, 4)
    whole = report.relaunch.leads
    assert report.relaunch.candidates == len(whole)
    known = [found.chance.low for found in whole if isinstance(found.chance, Estimate) and found.days_waiting <= 180]
    assert known == sorted(known, reverse=True)


def test_many_follow_ups_that_gain_nothing_end_the_row(opened: Opening) -> None:
    report, _truth = taught(opened, 5)  # no deal is ever opened …
    assert report.stop_rule.attempts[0].shows == "not_known"
    assert report.stop_rule.last_worthwhile is None
    chance, tables = random.Random(6), empty()
    for number in range(2400):
        name = f"l{number:04}"
        at = START + timedelta(hours=chance.uniform(0, 24 * 150))
        tables["leads"].append({"lead_id": name, "created_at": at})
        tables["handoffs"].append({"handoff_id": f"h{name}", "lead_id": name, "at": at})
        decide(tables, f"h{name}", at + timedelta(hours=5), "recycled", "no_need")
        if number % 2:
            again = at + timedelta(days=chance.uniform(10, 60))
            tables["handoffs"].append({"handoff_id": f"h{name}-2", "lead_id": name, "at": again})
            decide(tables, f"h{name}-2", again + timedelta(days=1), "rejected", "no_need")
        if chance.random() < 0.1:  # … now as many come by themselves as after a follow-up
            opened_at = at + timedelta(days=chance.uniform(61, 150))
            row = {"opportunity_id": f"o{name}", "lead_id": name, "created_at": opened_at, "closed_at": None}
            tables["opportunities"].append({**row, "won": None})
    rule = measure_recycling(opened(tables)).report.stop_rule
    assert [found.shows for found in rule.attempts] == ["no_gain"]
    assert (rule.last_worthwhile, rule.stop_before) == (1, 2)
    assert (rule.worthwhile, rule.need) == (0.03, 100)
    # The same shares in a sixth of the leads leave room for a gain worth having: nobody is told to stop.
    sixth = {name: [row for row in rows if _of_a_sixth(row)] for name, rows in tables.items()}
    rule = measure_recycling(opened(sixth)).report.stop_rule
    assert isinstance(rule.attempts[0].compared.gain, Estimate)
    assert rule.attempts[0].compared.gain.n > 50
    assert [found.shows for found in rule.attempts] == ["not_known"]
    assert (rule.last_worthwhile, rule.stop_before) == (None, None)
    # What it takes is more than what is there: an interval as wide as the gain worth having, its width falling with
    # the root of the follow-ups.
    gain = rule.attempts[0].compared.gain
    assert rule.need > gain.n
    assert (gain.high - gain.low) * (gain.n / rule.need) ** 0.5 <= rule.worthwhile + 1e-12
    assert (gain.high - gain.low) * (gain.n / (rule.need - 1)) ** 0.5 > rule.worthwhile
    report = measure_recycling(opened(sixth)).report
    data: Any = recycle_json(report)["data"]
    assert data["stop_rule"]["stop_before_attempt"] == {"unknown": "too_few", "need": rule.need}
    words = rule_words(report)
    assert words.startswith("Whether handoff 2 by itself gains something is not known yet; in points: ")
    assert f"n\u00a0=\u00a0{gain.n}" in words
    assert "too few" not in words
    # A later handoff that does gain is told beside it.
    third = replace(rule.attempts[0], attempt=3, shows="gain")
    more = replace(report, stop_rule=replace(rule, attempts=(*rule.attempts, third)))
    assert "Handoff 3 does gain; in points: " in rule_words(more)
    # Sales refuses every one of them: no number of such follow-ups teaches a chance before some are accepted.
    found = report.relaunch
    assert found.sure is None
    assert found.learned_from > 50
    assert data["waiting_leads"]["chance_reaches_floor"] == {"unknown": "too_few", "need": found.need}
    assert found.need == math.ceil(10 / (3 / found.learned_from))


def _of_a_sixth(row: Row) -> bool:
    name = str(row.get("lead_id") or row["handoff_id"])
    return int(name.lstrip("hl").split("-")[0]) < 400


def tried_again() -> dict[str, list[Row]]:
    """Leads sent back for later, half of them handed over again, which surely gains something."""
    chance, tables = random.Random(9), empty()
    for number in range(700):
        name = f"l{number:03}"
        at = START + timedelta(hours=chance.uniform(0, 24 * 340))
        tables["leads"].append({"lead_id": name, "created_at": at})
        tables["handoffs"].append({"handoff_id": f"h{name}", "lead_id": name, "at": at})
        decide(tables, f"h{name}", at + timedelta(hours=5), "recycled", "no_need")
        if number % 2:
            again = at + timedelta(days=chance.uniform(10, 60))
            tables["handoffs"].append({"handoff_id": f"h{name}-2", "lead_id": name, "at": again})
            taken = chance.random() < 0.7
            decide(tables, f"h{name}-2", again + timedelta(days=1), "accepted" if taken else "recycled", "no_need")
            if taken:  # a deal for half of those that sales takes, and for nobody that is left alone
                opened_at = again + timedelta(days=chance.uniform(5, 80))
                row = {"opportunity_id": f"o{name}", "lead_id": name, "created_at": opened_at}
                tables["opportunities"] += [{**row, "closed_at": None, "won": None}] * chance.choice([0, 1])
    return tables


def test_those_whose_next_handoff_surely_gains_come_first_and_are_counted(opened: Opening) -> None:
    report = measure_recycling(opened(tried_again()), limit=0).report
    assert report.stop_rule.last_worthwhile == 2
    found = report.relaunch
    tried_ages = 60 + 30  # handed over again within 60 days of the return: classes up to 90 days were tried
    worth = [one for one in found.leads if one.attempts == 1 and one.days_waiting <= tried_ages]
    assert worth
    assert {one.attempts for one in found.leads} == {1, 2}
    assert found.gains == len(worth)
    assert list(found.leads[: found.gains]) == worth
    reaching = [one for one in worth if isinstance(one.chance, Estimate) and one.chance.low >= 0.5]
    assert found.sure == len(reaching)
    assert found.floor == 0.5


def test_of_a_way_to_come_back_after_which_nobody_was_tried_no_gain_is_claimed(opened: Opening) -> None:
    tables = tried_again()
    for number in range(30):
        name = lead(tables, f"g{number:03}", days_ago=40 + number / 10)
        given_back = tables["decisions"][-1]
        taken = given_back["at"] - timedelta(minutes=30)
        tables["decisions"].append(given_back | {"decision_id": f"a-{name}", "at": taken, "outcome": "accepted"})
    report = measure_recycling(opened(tables), limit=0).report
    before = measure_recycling(opened(tried_again()), limit=0).report
    assert report.stop_rule.last_worthwhile == before.stop_rule.last_worthwhile == 2
    found = report.relaunch
    assert found.candidates == before.relaunch.candidates + 30
    assert found.gains == before.relaunch.gains > 0
    assert not any(one.returned == "given_back" for one in found.leads[: found.gains])
    assert sum(one.returned == "given_back" for one in found.leads) == 30
