"""The real files are the ones whose facts are known; everything else in this folder is held against them."""

from __future__ import annotations

from pathlib import Path

import pytest

from examples.raw import Bpi, Hubspot, Olist


def test_bpi2012(shared_data: Path) -> None:
    bpi = Bpi(shared_data)
    assert bpi.handed() == 4_755
    assert bpi.reps() == 44
    assert round(bpi.pre_accepted() / bpi.handed(), 3) == 0.529
    delays = bpi.taken_after_hours()
    assert {name: round(hours, 2) for name, hours in delays.items()} == {"p50": 0.71, "p75": 9.87, "p90": 14.80}
    rates = [accepted / handed for handed, accepted in bpi.rate_by_rep(100).values()]
    assert (round(min(rates), 2), round(max(rates), 2)) == (0.44, 0.61)


def test_olist(shared_data: Path) -> None:
    olist = Olist(shared_data)
    origins = olist.won_by_origin()
    assert sum(leads for leads, _won in origins.values()) == 8_000
    assert sum(won for _leads, won in origins.values()) == 842
    assert origins[None] == (60, 14)
    published = {
        "unknown": 0.163,
        "paid_search": 0.123,
        "organic_search": 0.118,
        "direct_traffic": 0.112,
        "referral": 0.085,
        "social": 0.056,
        "display": 0.051,
        "email": 0.030,
    }
    assert {name: round(origins[name][1] / origins[name][0], 3) for name in published} == published
    assert olist.sellers_that_sold() == 380
    items, price = olist.sold()
    assert items == 5_044
    assert price == pytest.approx(676_851.48)


def test_hubspot(shared_data: Path) -> None:
    hubspot = Hubspot(shared_data)
    assert hubspot.contacts_count() == 950
    assert hubspot.activities_by_type() == {"Meeting": 412, "Note": 403, "Call": 402, "Email": 398, "Task": 385}
    assert hubspot.deals_won() == 71
