"""What the product says of the real data sets, against plain SQL on the files they came in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from examples.raw import Bpi, Hubspot, Olist
from examples.workspaces import Example

MINUTE = 1 / 60
"""Delays below three days are exact to the minute: a curve steps at the end of the minute."""


def findings(example: Example) -> dict[str, Any]:
    return {check["code"]: check for check in example.asked("audit")["checks"]}


def grades(example: Example) -> dict[str, Any]:
    return {name: grade.get("grade") for name, grade in example.asked("audit")["grades"].items()}


def test_bpi_keeps_every_row(bpi: Example, shared_data: Path) -> None:
    raw = Bpi(shared_data)
    data = bpi.imported["data"]
    for table in ("leads", "handoffs", "activities"):
        assert data[table] == {"read": 4_755, "added": 4_755, "updated": 0, "unchanged": 0, "quarantined": 0}
    assert bpi.sql("SELECT count(DISTINCT rep_id) FROM handoffs") == [(raw.reps(),)]
    assert bpi.sql("SELECT count(*) FROM decisions WHERE outcome = 'accepted'") == [(raw.pre_accepted(),)]


def test_bpi_acceptance_is_pre_acceptance(bpi: Example, shared_data: Path) -> None:
    raw = Bpi(shared_data)
    totals = bpi.asked("acceptance")["totals"]
    assert (totals["handed"], totals["accepted"]) == (4_755, raw.pre_accepted())
    assert totals["rejected"] == totals["disqualified"] == raw.refused_without_pre_acceptance()
    assert totals["open"] == totals["expired"] == 0
    assert totals["raw_rate"]["value"] == raw.pre_accepted() / 4_755
    assert totals["rate"]["value"] == pytest.approx(totals["raw_rate"]["value"])
    assert round(totals["rate"]["value"], 3) == 0.529


def test_bpi_leads_are_taken_as_fast_as_the_log_says(bpi: Example, shared_data: Path) -> None:
    raw = Bpi(shared_data)
    totals = bpi.asked("acceptance", "--definition", "action")["totals"]
    delays = raw.taken_after_hours()
    assert totals["accepted"] == 4_755
    for name in ("p50", "p90"):
        assert delays[name] <= totals["delay_hours"][name]["value"] + 1e-9 <= delays[name] + 2 * MINUTE
    for hours in (24, 48):
        assert totals["within"][f"{hours}h"]["value"] == pytest.approx(raw.taken_within(hours) / 4_755)


def test_bpi_reps_differ_as_the_log_says(bpi: Example, shared_data: Path) -> None:
    raw = Bpi(shared_data).rate_by_rep(100)
    rows = bpi.asked("acceptance", "--by", "rep_id")["rows"]
    found = {
        row["segment"]["rep_id"]: (row["handed"], row["accepted"])
        for row in rows
        if row["handed"] >= 100 and row["segment"]["rep_id"] != "(none)"
    }
    assert found == raw
    rates = [accepted / handed for handed, accepted in found.values()]
    assert (round(min(rates), 2), round(max(rates), 2)) == (0.44, 0.61)
    assert sum(row["handed"] for row in rows) == 4_755


def test_bpi_audit_says_what_the_log_lacks(bpi: Example) -> None:
    found = findings(bpi)
    assert (found["owner_missing"]["affected"], found["owner_missing"]["of"]) == (611, 4_755)
    assert found["one_activity_per_lead"]["affected"] == 4_755
    assert found["silent_calls"]["severity"] == "critical"  # the length of no call is known
    assert grades(bpi)["rate"] == "A"
    assert grades(bpi)["token"] == "D"
    assert grades(bpi)["by_team"] is None
    assert not {"decisions_before_handoff", "night_masses", "shifted_clock", "batch_decisions"} & found.keys()


def test_olist_wins_by_origin(olist: Example, shared_data: Path) -> None:
    raw = Olist(shared_data).won_by_origin()
    found = olist.sql(
        "SELECT l.origin, count(*) AS leads, count(o.opportunity_id) AS won "
        "FROM leads l LEFT JOIN opportunities o ON o.lead_id = l.lead_id AND o.won GROUP BY l.origin"
    )
    assert {origin: (leads, won) for origin, leads, won in found} == raw
    assert (sum(row[1] for row in found), sum(row[2] for row in found)) == (8_000, 842)
    assert 842 / 8_000 == 0.10525
    assert "unknown" in raw  # a real origin here, the one that converts best, and no null word
    assert None in raw


def test_olist_sellers_and_sales(olist: Example, shared_data: Path) -> None:
    raw = Olist(shared_data)
    ((sellers, items, price),) = olist.sql(
        "SELECT count(DISTINCT customer_id) AS sellers, count(*) AS items, sum(amount) AS price FROM orders"
    )
    assert (sellers, items) == (raw.sellers_that_sold(), raw.sold()[0]) == (380, 5_044)
    assert price == pytest.approx(raw.sold()[1], abs=0.005)
    ((known,),) = olist.sql(
        "SELECT count(DISTINCT o.customer_id) AS known FROM orders o JOIN leads l ON l.customer_id = o.customer_id"
    )
    assert known == 380
    assert olist.sql("SELECT count(customer_id) AS won FROM leads") == [(842,)]


def test_olist_has_no_handoff_and_the_product_says_so(olist: Example) -> None:
    found = findings(olist)
    assert (found["nothing_handed_over"]["affected"], found["nothing_handed_over"]["of"]) == (8_000, 8_000)
    assert found["deals_before_lead"]["affected"] == 1  # one win before its first contact
    graded = grades(olist)
    assert graded["conversion"] == graded["revenue"] == "A"
    assert graded["rate"] is None
    totals = olist.asked("acceptance")["totals"]
    assert totals["handed"] == 0
    assert totals["rate"]["unknown"] == "not_recorded"


def test_hubspot_is_recognised(hubspot: Example, shared_data: Path) -> None:
    raw = Hubspot(shared_data)
    data = hubspot.imported["data"]
    assert data["leads"]["added"] == raw.contacts_count() == 950
    kinds = dict(hubspot.sql("SELECT kind, count(*) AS n FROM activities GROUP BY kind"))
    types = raw.activities_by_type()
    assert (kinds["call"], kinds["email"]) == (types["Call"], types["Email"])
    assert kinds["meeting"] == raw.meetings_not_cancelled()
    assert kinds["task"] == raw.tasks_done()
    assert hubspot.sql("SELECT count(*) AS won FROM opportunities WHERE won") == [(raw.deals_won(),)]
    unknown = "SELECT count(*) AS n FROM activities WHERE lead_id NOT IN (SELECT lead_id FROM leads)"
    assert hubspot.sql(unknown) == [(0,)]


def test_hubspot_has_no_handoff_and_the_product_says_so(hubspot: Example) -> None:
    found = findings(hubspot)
    assert found["nothing_handed_over"]["affected"] == 950
    assert found["activity_dates"]["affected"] == found["activity_dates"]["of"] == 1_207
    assert "No lead was ever handed over to sales" in hubspot.told("audit")
    assert hubspot.asked("acceptance")["totals"]["rate"]["unknown"] == "not_recorded"


@pytest.mark.parametrize("name", ["bpi", "olist", "hubspot"])
def test_the_audit_speaks_french_of_real_data(name: str, request: pytest.FixtureRequest) -> None:
    example: Example = request.getfixturevalue(name)
    assert example.told("audit", "--lang", "fr") != example.told("audit")
