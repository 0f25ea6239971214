"""How it must fail: no spend, no orders, no win, refunds, early orders, renamed campaigns. Said, located, bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from acceptance.sources import source_of
from accord.agreement.model import Agreement
from accord.engines.duckdb import DuckDBEngine
from accord.errors import UsageError
from accord.readmodel.source import Source
from accord.report.look import Look
from accord.report.value.answer import value_json
from accord.report.value.text import value_text
from accord.value.figures import Bounded, ValueReport
from accord.value.levers import suppositions_of
from accord.value.measure import measure_value
from accord.value.rates import Rates
from accord.value.supposing import Supposed
from accord.values import Estimate, Reason, Unknown

Row = dict[str, Any]
AS_OF = datetime(2026, 6, 1)  # noqa: DTZ001 - naive UTC
MADE = datetime(2026, 1, 5, 10)  # noqa: DTZ001 - naive UTC
NOT_RECORDED = Unknown(Reason.NOT_RECORDED, 10)
Make = Callable[..., Source]


@pytest.fixture
def make() -> Iterator[Make]:
    engines = []

    def source(**tables: list[Row]) -> Source:
        engines.append(DuckDBEngine())
        everything: dict[str, list[Row]] = {
            name: []
            for name in ("leads", "handoffs", "decisions", "activities", "reps", "opportunities", "orders", "spend")
        }
        return source_of(engines[-1], everything | tables, Agreement(), AS_OF)

    yield source
    for engine in engines:
        engine.close()


def leads(count: int, channel: str = "ads", **more: Any) -> list[Row]:
    return [{"lead_id": f"{channel}{n}", "created_at": MADE, "channel": channel, **more} for n in range(count)]


def won(lead: str, days: float = 10) -> Row:
    closed = MADE + timedelta(days=days)
    return {"opportunity_id": f"o-{lead}", "lead_id": lead, "created_at": MADE, "closed_at": closed, "won": True}


def paid(number: int, lead: str | None, amount: float, days: float = 20, **more: Any) -> Row:
    return {"order_id": f"p{number}", "lead_id": lead, "at": MADE + timedelta(days=days), "amount": amount, **more}


def spent(amount: float, channel: str = "ads", **more: Any) -> Row:
    return {"start": date(2026, 1, 1), "end": date(2026, 1, 31), "channel": channel, "amount": amount} | more


def unknown(figure: object) -> dict[str, Any]:
    assert isinstance(figure, Unknown), figure
    return figure.to_json()


def test_no_win_is_a_bound_and_no_division(make: Make) -> None:
    totals = measure_value(make(leads=leads(300), opportunities=[won("nobody")], spend=[spent(900)])).totals
    assert unknown(totals.costs.cac) == {"unknown": "too_few", "need": 10, "at_least": 300.0}
    assert unknown(totals.funnel.conversion["won"])["at_most"] == pytest.approx(3 / 300)
    assert unknown(totals.funnel.so_far["won"])["at_most"] == pytest.approx(3 / 300)
    assert isinstance(totals.costs.per_lead, Estimate)


def test_few_wins_are_too_few(make: Make) -> None:
    deals = [won(f"ads{n}") for n in range(9)]
    totals = measure_value(make(leads=leads(300), opportunities=deals, spend=[spent(900)])).totals
    assert unknown(totals.costs.cac) == {"unknown": "too_few", "need": 10}
    assert isinstance(totals.funnel.conversion["won"], Estimate)
    assert unknown(totals.costs.cac_at_horizon)["unknown"] == "too_few"


def test_no_spend(make: Make) -> None:
    report = measure_value(make(leads=leads(50), opportunities=[won(f"ads{n}") for n in range(20)]), by=["channel"])
    for costs in (report.totals.costs, report.rows[0].costs):
        assert {costs.per_lead, costs.cac, costs.return_on_spend, costs.payback_months} == {NOT_RECORDED}
        assert set(costs.marginal.values()) <= {NOT_RECORDED, Unknown(Reason.NOT_IDENTIFIED)}
        assert (costs.spend, costs.recorded) == (0, False)
    assert "No spend is recorded" in value_text(report, Look())


def test_what_lacks_only_a_rate_cannot_be_told_and_is_not_called_unrecorded(make: Make) -> None:
    dollars: Row = {"currency": "USD"}
    everything = {
        "leads": leads(30) + leads(30, "fair"),
        "opportunities": [won(f"ads{n}") for n in range(12)],
        "orders": [paid(n, f"ads{n}", 100, **dollars) for n in range(12)],
        "spend": [spent(900, **dollars), spent(90, "fair")],
    }
    report = measure_value(make(**everything), by=["channel"])
    cannot = Unknown(Reason.NOT_IDENTIFIED)
    rows = {row.segment["channel"]: row for row in report.rows}
    ads, fair = rows["ads"].costs, rows["fair"].costs
    assert {ads.per_lead, ads.cac, ads.cac_at_horizon, ads.return_on_spend, ads.marginal["cac"]} == {cannot}
    assert ads.per_qualified_lead == NOT_RECORDED  # no handoff is
    assert isinstance(fair.per_lead, Estimate)
    customers = report.totals.customers
    assert {customers.revenue_per_customer, customers.purchases, report.revenue.share_from_qualified} <= {
        cannot,
        NOT_RECORDED,
    }
    assert customers.revenue_per_customer == cannot
    day = (MADE + timedelta(days=20)).date()  # that of the orders
    spans = [(None, None), (day, None), (None, day), (day, day + timedelta(days=1)), (day + timedelta(days=1), None)]
    unpriced = [measure_value(make(**everything), start=low, end=high).revenue.unpriced for low, high in spans]
    assert unpriced == [12, 12, 0, 12, 0]
    text = value_text(report, Look(width=200))
    assert "no rate" in text
    assert "The orders of these days are in currencies without a rate to EUR" in text
    nothing = measure_value(make(leads=leads(30), spend=[spent(900, **dollars)])).totals.costs
    assert nothing.per_lead == cannot
    assert not nothing.recorded


def test_spend_without_a_rate_is_not_called_unrecorded(make: Make) -> None:
    rows = make(leads=leads(50), opportunities=[won(f"ads{n}") for n in range(20)], spend=[spent(9, currency="USD")])
    text = " ".join(value_text(measure_value(rows, by=["channel"]), Look()).split())
    assert "The spend is in currencies without a rate to EUR" in text
    assert "No spend is recorded" not in text


def test_no_orders(make: Make) -> None:
    report = measure_value(make(leads=leads(50), opportunities=[won(f"ads{n}") for n in range(20)], spend=[spent(9)]))
    customers = report.totals.customers
    assert {customers.revenue_per_customer, customers.repeat, customers.purchases} == {NOT_RECORDED}
    assert report.totals.costs.return_on_spend == NOT_RECORDED
    assert report.revenue.share_from_qualified == NOT_RECORDED
    assert "No order is recorded" in value_text(report, Look())


def test_nothing_at_all(make: Make) -> None:
    report = measure_value(make(), by=["channel"], period="month")
    assert (report.rows, report.totals.funnel.leads) == ((), 0)
    assert "There is no lead yet." in value_text(report, Look())
    assert value_json(report)["data"]


def test_spend_without_leads_and_leads_without_spend(make: Make) -> None:
    source = make(leads=[*leads(20), *leads(30, "fair")], spend=[spent(100), spent(50.05, "radio")])
    report = measure_value(source, by=["channel"])
    (lonely,), (free,) = report.spend.without_leads, report.spend.leads_without_spend
    assert (lonely.channel, lonely.amount, free.channel, free.leads) == ("radio", 5005, "fair", 30)
    rows = {row.segment["channel"]: row for row in report.rows}
    assert (rows["radio"].funnel.leads, rows["radio"].costs.spend) == (0, 5005)
    assert isinstance(rows["radio"].costs.per_lead, Bounded)
    assert rows["fair"].costs.per_lead == NOT_RECORDED
    assert sum(row.costs.spend for row in report.rows) == report.totals.costs.spend == 15005
    text = value_text(report, Look())
    assert "Spend without any lead, in the totals: radio €50.05." in text
    assert "Leads without any spend: fair (30 leads)." in " ".join(text.split())


def test_spend_that_no_lead_can_carry_is_shown(make: Make) -> None:
    people = leads(20, sector="steel")
    report = measure_value(make(leads=people, spend=[spent(100), spent(50, "radio")]), by=["sector"])
    assert (report.rows[0].costs.spend, report.spend.not_shared, report.spend.shared) == (10000, 5000, True)


def test_a_refund_takes_off(make: Make) -> None:
    people = leads(40)
    deals = [won(f"ads{n}") for n in range(20)]
    orders = [paid(n, f"ads{n}", 100) for n in range(20)] + [paid(90, "ads0", -250.0, 30)]
    report = measure_value(make(leads=people, opportunities=deals, orders=orders, spend=[spent(1000)]))
    customers = report.totals.customers
    assert (customers.revenue, customers.refunds, customers.buyers) == (175000, 25000, 20)
    assert isinstance(customers.revenue_per_customer, Estimate)
    assert customers.revenue_per_customer.value == pytest.approx(87.5)
    assert customers.revenue_per_customer.low < 87.5 < customers.revenue_per_customer.high
    assert (report.revenue.total, report.revenue.refunds) == (175000, 25000)


def test_an_order_before_its_win_counts_and_is_said(make: Make) -> None:
    deals = [won(f"ads{n}") for n in range(12)]
    orders = [paid(n, f"ads{n}", 10, days=2 if n == 3 else 20) for n in range(12)]
    report = measure_value(make(leads=leads(40), opportunities=deals, orders=orders))
    (noticed,) = report.noticed
    assert (noticed.what, noticed.rows, noticed.amount, noticed.examples) == ("orders_before_win", 1, 1000, ("p3",))
    assert report.totals.customers.revenue == 12000
    assert "1 order of €10.00 came before its lead was won; it counts. Here: p3." in " ".join(
        value_text(report, Look()).split()
    )


def test_what_a_customer_bought_before_there_was_a_lead_is_no_leads(make: Make) -> None:
    people = leads(20, customer_id=None)
    people[0]["customer_id"] = "c1"
    orders = [paid(1, None, 70, days=-3, customer_id="c1"), paid(2, None, 30, days=9, customer_id="c1")]
    report = measure_value(make(leads=people, opportunities=[won("ads0", 5)], orders=orders))
    assert (report.revenue.from_no_lead, report.revenue.from_leads) == (7000, 3000)
    assert [(found.what, found.amount) for found in report.noticed] == [("orders_before_lead", 7000)]


def test_orders_find_their_lead_through_merges_and_customers(make: Make) -> None:
    people = leads(20)
    people[1] |= {"merged_into": "ads0", "customer_id": "c1"}
    people[2] |= {"customer_id": "c2"}
    people[3] |= {"customer_id": "c2"}
    orders = [
        paid(1, "ads1", 1),
        paid(2, None, 2, customer_id="c1"),
        paid(3, None, 4, customer_id="c2"),
        paid(4, "ads9", 8, customer_id="c2"),
        paid(5, None, 16),
        paid(6, "gone", 32, customer_id="c2"),
    ]
    source = make(leads=people, opportunities=[won("ads3")], orders=orders)
    report = measure_value(source, by=["channel"])
    assert report.totals.funnel.leads == 19
    assert (report.revenue.from_leads, report.revenue.from_no_lead) == (4700, 1600)
    # of two leads of one customer, the order is that of the one that was won
    assert report.totals.customers.buyers == 1
    assert {found.what: found.amount for found in report.noticed} == {
        "orders_without_win": 1100,
        "orders_of_unknown_leads": 3200,
    }


def test_where_no_deal_is_recorded_the_first_order_is_the_win(make: Make) -> None:
    orders = [paid(n, f"ads{n}", 10, days=20 + n) for n in range(12)] + [paid(50, "ads30", -5)]
    report = measure_value(make(leads=leads(40), orders=orders, spend=[spent(120)]))
    assert (report.won_by, report.totals.funnel.won) == ("orders", 12)
    assert isinstance(report.totals.costs.cac, Estimate)
    assert report.totals.costs.cac.value == pytest.approx(10)
    assert report.totals.funnel.conversion["opportunity"] == NOT_RECORDED


def test_neither_deals_nor_orders(make: Make) -> None:
    report = measure_value(make(leads=leads(40), spend=[spent(120)]))
    assert (report.won_by, report.totals.costs.cac) == ("not_recorded", NOT_RECORDED)
    assert report.totals.costs.cac_at_horizon == NOT_RECORDED


def test_wins_before_their_lead_and_without_a_date_are_said(make: Make) -> None:
    deals = [won("ads0", -2), won("ads1") | {"closed_at": None}, won("ads2") | {"closed_at": MADE.date()}]
    report = measure_value(make(leads=leads(20), opportunities=deals))
    assert [(found.what, found.examples) for found in report.noticed] == [
        ("wins_before_lead", ("ads0",)),
        ("wins_without_date", ("ads1",)),
    ]
    assert report.totals.funnel.won == 3


@pytest.mark.parametrize("table", ["leads", "spend"])
def test_a_campaign_renamed_midway_is_said(make: Make, table: str) -> None:
    names = {"leads": ("spring", "printemps"), "spend": ("spring", "spring")}
    if table == "spend":
        names = {"leads": ("spring", "spring"), "spend": ("spring", "printemps")}
    later = datetime(2026, 3, 9)  # noqa: DTZ001 - naive UTC
    people = [
        {"lead_id": f"{part}{n}", "created_at": at, "channel": "ads", "campaign": names["leads"][part]}
        for part, at in enumerate((MADE, later))
        for n in range(12)
    ]
    rows = [
        spent(100, campaign=names["spend"][0]),
        spent(100, campaign=names["spend"][1], start=date(2026, 3, 1), end=date(2026, 3, 31)),
    ]
    report = measure_value(make(leads=people, spend=rows), by=["campaign"])
    (found,) = report.spend.renamed
    since = date(2026, 3, 9) if table == "leads" else date(2026, 3, 1)
    assert (found.before, found.after, found.since, found.table) == ("spring", "printemps", since, table)
    assert "seems to be called printemps" in " ".join(value_text(report, Look()).split())


def test_spend_by_day_to_year_falls_into_its_months(make: Make) -> None:
    people = leads(20) + [
        {"lead_id": f"f{n}", "created_at": MADE + timedelta(days=40), "channel": "ads"} for n in range(20)
    ]
    rows = [
        spent(365, start=date(2026, 1, 1), end=date(2026, 12, 31)),
        spent(7, start=date(2026, 2, 2), end=date(2026, 2, 2)),
    ]
    report = measure_value(make(leads=people, spend=rows), period="month")
    assert {row.period: row.costs.spend for row in report.rows} == {
        "2026-01": 3100,
        "2026-02": 3500,
        "2026-03": 3100,
        "2026-04": 3000,
        "2026-05": 3100,
    }
    assert (report.spend.after_as_of, report.spend.total) == (21400, 37200)


def test_what_cannot_be_asked(make: Make) -> None:
    source = make(leads=leads(12, sector="steel"))
    with pytest.raises(UsageError, match="Did you mean sector"):
        measure_value(source, by=["sektor"])
    with pytest.raises(UsageError, match="twice"):
        measure_value(source, by=["sector", "sector"])
    with pytest.raises(UsageError, match="empty"):
        measure_value(source, start=date(2026, 2, 1), end=date(2026, 2, 1))
    with pytest.raises(UsageError, match="'EUX' is not a currency"):
        measure_value(source, currency="EUX")


def test_a_currency_without_cents(make: Make) -> None:
    source = make(leads=leads(20), spend=[spent(1000.4, currency="JPY")])
    report: ValueReport = measure_value(source, currency="JPY")
    assert (report.decimals, report.totals.costs.spend) == (0, 1000)
    assert [found.currency for found in measure_value(source).left_out] == ["JPY"]


def test_what_lies_after_the_moment_is_in_no_figure_and_told_where_nobody_chose_it(make: Make) -> None:
    deals = [won("ads0"), won("ads1", 200)]
    orders = [paid(1, "ads0", 10), paid(2, "ads1", 25.5, 210), paid(3, "ads0", 7, 300, currency="USD")]
    source = make(leads=leads(20), opportunities=deals, orders=orders)
    told, quiet = measure_value(source, tell_later=True), measure_value(source)
    assert (told.totals.funnel.won, told.revenue.total) == (1, 1000)
    assert [(left.reason, left.currency, left.rows, left.amount, left.examples) for left in told.left_out] == [
        ("after_as_of", "EUR", 1, 25.5, ("p2",)),
        ("after_as_of", "USD", 1, 7.0, ("p3",)),
    ]
    assert [(found.what, found.rows, found.examples) for found in told.noticed] == [
        ("wins_after_as_of", 1, ("o-ads1",))
    ]
    assert (quiet.left_out, quiet.noticed) == ((), ())
    assert "1 order of €25.50 is later than the moment" in " ".join(value_text(told, Look()).split())


def test_a_late_acceptance_is_not_credited_with_wins_before_it(make: Make) -> None:
    """Thirty leads accepted after 25 days, twenty of them won on day 10: ten are left to be won, and none is."""
    late = leads(30)
    handed = [{"handoff_id": f"h{n}", "lead_id": f"ads{n}", "at": MADE} for n in range(30)]
    decided = [
        {"decision_id": f"d{n}", "handoff_id": f"h{n}", "at": MADE + timedelta(days=25), "outcome": "accepted"}
        for n in range(30)
    ]
    deals = [won(f"ads{n}") for n in range(20)]
    lever = Supposed(suppositions_of(["late_acceptances=0%"]))
    source = make(leads=late, handoffs=handed, decisions=decided, opportunities=deals)
    report = measure_value(source, within_days=30, suppose=lever)
    assert report.scenario is not None
    now = report.scenario.levers["late_acceptances"].now
    assert isinstance(now, Estimate)
    assert now.value == pytest.approx(10 / 30)
    last = report.lateness[-1]
    assert last.accepted == 10
    assert isinstance(last.won, Bounded)
    assert last.won.at_most == pytest.approx(0.3)
    # On its day without an hour, the win may have come after the acceptance.
    dated = [deal | {"closed_at": date(2026, 1, 30)} for deal in deals]
    report = measure_value(make(leads=late, handoffs=handed, decisions=decided, opportunities=dated), within_days=30)
    assert report.lateness[-1].accepted == 30


def test_nobody_is_active_or_lost_at_an_age_that_nobody_has_reached(make: Make) -> None:
    """The oldest customer bought 127 days ago; all are lost by the rule, so the curve itself would go on for ever."""
    deals, orders = [won(f"ads{n}") for n in range(30)], [paid(n, f"ads{n}", 100) for n in range(30)]
    kept = measure_value(make(leads=leads(30), opportunities=deals, orders=orders), inactive_after_days=30)
    retention = kept.totals.customers.retention
    assert isinstance(retention["90d"], Estimate)
    assert retention["90d"].value == 0
    early = Unknown(Reason.NOT_MATURE, 30)
    assert [retention[age] for age in ("180d", "365d", "540d", "730d")] == [early] * 4


def spent_on(channel: str, amount: float, start: date, end: date, currency: str = "EUR") -> Row:
    return {"start": start, "end": end, "channel": channel, "campaign": None, "amount": amount, "currency": currency}


def test_costs_without_a_part_of_the_spend_say_so_beside_each(make: Make) -> None:
    january, february = (date(2026, 1, 1), date(2026, 1, 31)), (date(2026, 2, 1), date(2026, 2, 28))
    rows = [*leads(40), *leads(20, "fair")]
    handed = [{"handoff_id": f"h{row['lead_id']}", "lead_id": row["lead_id"], "at": MADE} for row in rows]
    refused = [
        {"decision_id": f"d{n}", "handoff_id": row["handoff_id"], "at": MADE + timedelta(days=1), "outcome": "rejected"}
        for n, row in enumerate(handed)
    ]
    dollars = [spent_on("ads", 31.11, *february, "USD"), spent_on("fair", 500, *january, "USD")]
    money = [spent_on("ads", 800, *january), *dollars]
    wins = [won(f"ads{n}") for n in range(12)]
    source = make(leads=rows, handoffs=handed, decisions=refused, opportunities=wins, spend=money)
    report = measure_value(source, by=["channel"])
    costs = report.totals.costs
    assert (costs.spend, costs.recorded, costs.unpriced) == (80_000, True, True)
    assert {row.segment["channel"]: row.costs.unpriced for row in report.rows} == {"ads": True, "fair": True}
    assert costs.refused_uncosted == 20
    assert isinstance(costs.refused, Estimate)
    assert costs.refused.value == pytest.approx(800)
    assert costs.refused.n == 40
    # The leads were handed over in January: the dollars of ads came after them, those of the fair with them.
    rows_short = {row.segment["channel"]: row.costs.refused_unpriced for row in report.rows}
    assert rows_short == {"ads": False, "fair": True}
    assert costs.refused_unpriced
    # the fair has spend; nobody said what it is worth
    assert report.spend.leads_without_spend == ()
    text = value_text(report, Look(width=120))
    assert "That is too low: $531.11 of spend have no rate and are in no cost." in text
    assert ", too low" in text
    (line,) = [line for line in text.splitlines() if "spent on leads that sales refused" in line]
    assert line.endswith("n\u00a0=\u00a040, too low")
    everywhere = "What follows is told of all the data, not of these leads and days alone."
    assert everywhere not in text
    narrow = value_text(replace(report, start=date(2026, 1, 1)), Look(width=120))
    assert narrow.index(everywhere) < narrow.index("of 2 rows of spend are left out")
    assert costs.marginal["per_lead"] == Unknown(Reason.TOO_FEW, 10)  # the one month that has all its spend
    assert "left out, cost unknown" in text
    # in January the dollars of ads are not there yet
    first = measure_value(source, by=["channel"], start=january[0], end=february[0])
    assert {row.segment["channel"]: row.costs.unpriced for row in first.rows} == {"ads": False, "fair": True}
    by_month = measure_value(source, by=["channel"], period="month")
    marked = {(row.segment["channel"], row.period): row.costs.unpriced for row in by_month.rows}
    assert marked[("ads", "2026-01")] is False
    assert marked[("fair", "2026-01")] is True
    answer: Any = value_json(report)["data"]
    assert answer["totals"]["spend_without_rate"] is True
    assert answer["totals"]["refused_without_cost"] == 20


def test_a_part_of_an_amount_is_left_out_in_whole_cents(make: Make) -> None:
    source = make(leads=leads(3), spend=[spent_on("ads", 100, date(2026, 1, 1), date(2026, 1, 3), "USD")])
    rates = Rates("EUR", {"USD": ((date(2026, 1, 2), Decimal(1)),)})
    report = measure_value(source, rates=rates)
    assert [left.amount for left in report.left_out] == [33.33]


def test_what_nothing_recorded_tells_cannot_be_supposed(make: Make) -> None:
    levers = suppositions_of(["acceptance=+10%", "cost_per_lead=-5%"])
    with pytest.raises(UsageError) as caught:
        measure_value(make(leads=leads(30)), suppose=Supposed(levers))
    first, second = str(caught.value).splitlines()
    assert first.startswith("What acceptance is now, nothing recorded tells")
    assert first.endswith("import handoffs, decisions.")
    assert second.endswith("import spend.")


def test_customers_that_nobody_records_are_not_none(make: Make) -> None:
    text = value_text(measure_value(make(leads=leads(30)), by=["channel"]), Look(width=120))
    assert "customers  " not in text.split("By channel: how far")[1]
    assert "import a table opportunities" in text
