"""Real data: Olist's marketing funnel, against what is known of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from examples.workspaces import Example

FACTS = {
    "unknown": 0.163,
    "paid_search": 0.123,
    "organic_search": 0.118,
    "direct_traffic": 0.112,
    "referral": 0.085,
    "social": 0.056,
    "display": 0.051,
    "email": 0.030,
}


@pytest.fixture(scope="module")
def olist(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Example:
    return Example.make(tmp_path_factory.mktemp("olist"), shared_data / "olist", "olist.md", "olist/mapping.yaml")


def test_conversion_by_origin(olist: Example) -> None:
    data = olist.asked("value", "--by", "origin")
    rows = {row["segment"]["origin"]: row for row in data["rows"]}
    assert {name: round(rows[name]["conversion_so_far"]["won"]["value"], 3) for name in FACTS} == FACTS
    assert (rows["(none)"]["leads"], rows["(none)"]["won"]) == (60, 14)
    totals = data["totals"]
    assert (totals["leads"], totals["won"]) == (8000, 842)
    assert totals["conversion_so_far"]["won"]["value"] == pytest.approx(0.10525)


def test_volume_by_month(olist: Example) -> None:
    rows = {row["period"]: row["leads"] for row in olist.asked("value", "--period", "month")["rows"]}
    assert (rows["2017-12"], rows["2018-01"]) == (200, 1141)


def test_revenue_and_repeat_purchase(olist: Example) -> None:
    totals = olist.asked("value")["totals"]
    assert (totals["revenue"], totals["orders"], totals["buyers"]) == (676_851.48, 5044, 380)
    assert round(totals["repeat"]["value"], 2) == 0.78


def test_wins_that_the_time_to_win_does_not_hold_are_told(olist: Example) -> None:
    text = " ".join(olist.told("value").split())
    assert "n = 838. 4 wins that took longer than 365 days are not counted in that." in text


def test_what_cannot_be_said_is_not_recorded(olist: Example) -> None:
    totals = olist.asked("value")["totals"]
    for name in ("cost_per_lead", "cost_per_qualified_lead", "cost_per_accepted_lead", "cac", "return_on_spend"):
        assert totals[name]["unknown"] == "not_recorded"
    assert totals["conversion"]["qualified"]["unknown"] == "not_recorded"
    assert olist.asked("value")["noticed"][0]["what"] == "wins_before_lead"
