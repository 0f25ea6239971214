"""Counts, spend and revenue of every cell against plain Python, on both engines: exact, to the cent."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest

from accord.metrics.cells import MISSING
from accord.readmodel.source import Source
from accord.report.value.answer import value_json
from accord.value.figures import PeriodUnit
from accord.value.measure import measure_value
from accord.value.rates import EVER, Rates
from value.company import AS_OF, Row
from value.conftest import AGREEMENT, DOLLAR
from value.oracle import Person, World, cents, last_instant, local_day, spend_by_day

RATES = Rates("EUR", {"USD": [(EVER, DOLLAR)]})
WORTH = {"EUR": Decimal(1), "USD": DOLLAR}


def worth(order: Row) -> int | None:
    rate = WORTH.get(order["currency"] or "EUR")
    return None if rate is None else cents(order["amount"], rate)


def spent(tables: dict[str, list[Row]]) -> dict[tuple[str, str], int]:
    """Cents by channel and local month, of the days up to the moment."""
    by_month: dict[tuple[str, str], int] = defaultdict(int)
    for row in tables["spend"]:
        if (row["currency"] or "EUR") in WORTH:
            for day, part in spend_by_day(row, WORTH[row["currency"] or "EUR"]):
                if day <= AS_OF.date():
                    by_month[row["channel"], f"{day:%Y-%m}"] += part
    return by_month


def month_of(person: Person) -> str:
    return f"{person.day:%Y-%m}"


def test_every_cohort_of_every_channel(source: Source, tables: dict[str, list[Row]], known: World) -> None:
    report = measure_value(source, by=["channel"], period="month", rates=RATES)
    people: dict[tuple[str, str], list[Person]] = defaultdict(list)
    for person in known.people.values():
        people[person.row["channel"] or MISSING, month_of(person)].append(person)
    money = spent(tables)
    assert {(row.segment["channel"], row.period) for row in report.rows} == people.keys() | money.keys()
    for row in report.rows:
        assert row.period is not None
        key = row.segment["channel"], row.period
        found = people[key]
        assert row.funnel.leads == len(found)
        assert row.funnel.qualified == sum(person.handed is not None for person in found)
        assert row.funnel.accepted == sum(person.accepted is not None for person in found)
        assert row.funnel.opportunities == sum(person.opportunity is not None for person in found)
        assert row.funnel.won == sum(person.won is not None for person in found)
        amounts = [worth(order) for person in found for order in person.orders]
        assert row.customers.revenue == sum(amount for amount in amounts if amount is not None)
        assert row.customers.orders == sum(amount is not None for amount in amounts)
        assert row.customers.refunds == -sum(amount for amount in amounts if amount is not None and amount < 0)
        assert row.costs.spend == money.get(key, 0)
        assert row.costs.recorded is (key in money)


def test_parts_add_up_to_the_whole(source: Source, tables: dict[str, list[Row]], known: World) -> None:
    cuts: tuple[tuple[list[str], PeriodUnit | None], ...] = (
        ([], None),
        (["channel", "campaign"], "quarter"),
        (["sector"], None),
        (["band"], "month"),
    )
    for by, period in cuts:
        report = measure_value(source, by=by, period=period, rates=RATES)
        rows = report.rows or (report.totals,)
        assert sum(row.costs.spend for row in rows) + report.spend.not_shared == report.totals.costs.spend
        assert report.totals.costs.spend == report.spend.counted
        assert sum(row.customers.revenue for row in rows) == report.totals.customers.revenue
        assert sum(row.funnel.won for row in rows) == report.totals.funnel.won
        assert report.spend.counted + report.spend.after_as_of == report.spend.total
        assert report.revenue.from_leads == report.totals.customers.revenue
    by_hand = [amount for order in known.orders if (amount := worth(order)) is not None]
    assert (report.revenue.total, report.revenue.orders) == (sum(by_hand), len(by_hand))
    days = [
        part
        for row in tables["spend"]
        if (row["currency"] or "EUR") in WORTH
        for part in spend_by_day(row, WORTH[row["currency"] or "EUR"])
    ]
    assert report.spend.total == sum(part for _day, part in days)


def test_spend_is_shared_among_the_leads_of_its_channel_and_month(
    embedded: Source, tables: dict[str, list[Row]], known: World
) -> None:
    """Cut by what spend does not name: each lead of a channel and month has the same, give or take a cent."""
    report = measure_value(embedded, by=["sector"], period="month", rates=RATES)
    money = spent(tables)
    leads: dict[tuple[str, str], int] = defaultdict(int)
    for person in known.people.values():
        leads[person.row["channel"] or MISSING, month_of(person)] += 1
    expected: dict[tuple[str, str], float] = defaultdict(float)
    for person in known.people.values():
        key = person.row["channel"] or MISSING, month_of(person)
        expected[person.row["sector"] or MISSING, key[1]] += money.get(key, 0) / leads[key]
    channels = 3
    for row in report.rows:
        assert row.period is not None
        assert abs(row.costs.spend - expected[row.segment["sector"], row.period]) <= channels
    assert report.spend.not_shared == sum(amount for key, amount in money.items() if not leads[key])


def test_a_span_is_days_of_creation_spend_and_orders(
    embedded: Source, tables: dict[str, list[Row]], known: World
) -> None:
    start, end = date(2026, 1, 10), date(2026, 3, 2)
    report = measure_value(embedded, start=start, end=end, rates=RATES)
    inside = [person for person in known.people.values() if start <= person.day < end]
    assert report.totals.funnel.leads == len(inside)
    days = [
        part
        for row in tables["spend"]
        if (row["currency"] or "EUR") in WORTH
        for day, part in spend_by_day(row, WORTH[row["currency"] or "EUR"])
        if start <= day < end
    ]
    assert report.spend.counted == sum(days)
    orders = [order for order in known.orders if start <= local_day(order["at"], AGREEMENT) < end]
    assert report.revenue.total == sum(amount for order in orders if (amount := worth(order)) is not None)


def test_share_of_revenue_from_qualified_leads(source: Source, known: World) -> None:
    revenue = measure_value(source, rates=RATES).revenue
    qualified = 0
    for order in known.orders:
        owner = known.owner[order["order_id"]]
        if owner and known.people[owner].handed is not None:
            qualified += worth(order) or 0
    assert revenue.from_qualified == qualified
    share = revenue.share_from_qualified
    assert share.value == pytest.approx(qualified / revenue.total)  # type: ignore[union-attr]
    payers = {
        known.owner[o["order_id"]] or o["customer_id"] or o["order_id"] for o in known.orders if worth(o) is not None
    }
    assert share.n == len(payers)  # type: ignore[union-attr]


def test_what_has_no_rate_is_left_out_and_listed(embedded: Source, tables: dict[str, list[Row]], known: World) -> None:
    left = {(found.table, found.currency): found for found in measure_value(embedded, rates=RATES).left_out}
    assert left.keys() == {("spend", "GBP"), ("orders", "GBP")}
    pounds = [row for row in tables["spend"] if row["currency"] == "GBP"]
    assert left["spend", "GBP"].rows == len(pounds)
    assert left["spend", "GBP"].amount == pytest.approx(sum(row["amount"] for row in pounds))
    paid = [order for order in known.orders if order["currency"] == "GBP"]
    assert (left["orders", "GBP"].rows, left["orders", "GBP"].examples[0]) == (len(paid), paid[0]["order_id"])
    assert left["orders", "GBP"].amount == pytest.approx(sum(order["amount"] for order in paid))
    without = {(found.table, found.currency) for found in measure_value(embedded).left_out}
    assert without == {("spend", "GBP"), ("spend", "USD"), ("orders", "GBP"), ("orders", "USD")}


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2026, 1, 10), date(2026, 3, 2)),
        (date(2026, 1, 10), None),
        (None, date(2026, 3, 2)),
        (date(2030, 1, 1), None),
    ],
)
def test_of_what_has_no_rate_it_is_told_how_much_falls_in_the_span(
    embedded: Source, tables: dict[str, list[Row]], known: World, start: date | None, end: date | None
) -> None:
    left = {(found.table, found.currency): found for found in measure_value(embedded, start=start, end=end).left_out}
    for currency in ("GBP", "USD"):
        inside = [
            order["amount"]
            for order in known.orders
            if order["currency"] == currency
            and (start or date.min) <= local_day(order["at"], AGREEMENT) < (end or date.max)
        ]
        found = left["orders", currency]
        assert found.rows_in_span == len(inside)
        assert found.amount_in_span == pytest.approx(sum(inside))
        low, high = start or date.min, min(end or date.max, AS_OF.date() + timedelta(days=1))
        here = [
            sum(part for day, part in spend_by_day(row, Decimal(1)) if low <= day < high)
            for row in tables["spend"]
            if row["currency"] == currency and row["start"] < high and low <= row["end"]
        ]
        assert left["spend", currency].rows_in_span == len(here)
        assert left["spend", currency].amount_in_span == pytest.approx(sum(here) / 100)
    whole = measure_value(embedded)
    last = AS_OF.date()
    to_come = {row["currency"] for row in tables["spend"] if row["end"] > last and row["currency"] in {"GBP", "USD"}}
    for told in whole.left_out:  # of all days there is nothing to tell apart but what is to come
        assert (told.rows_in_span is not None) is (told.table == "spend" and told.currency in to_come)
    assert json.dumps(value_json(whole)).count("rows_in_span") == len(to_come)
    assert json.dumps(value_json(measure_value(embedded, start=start, end=end))).count("rows_in_span") == 4


def test_what_is_odd_is_said_with_its_amount(embedded: Source, known: World) -> None:
    noticed = {found.what: found for found in measure_value(embedded, rates=RATES).noticed}
    owned = [(order, known.people[owner]) for order in known.orders if (owner := known.owner[order["order_id"]])]
    without_win = [order for order, person in owned if person.won is None]
    assert noticed["orders_without_win"].rows == len(without_win)
    assert noticed["orders_without_win"].amount == sum(worth(order) or 0 for order in without_win)
    before = [order for order, person in owned if person.won and last_instant(order["at"], AGREEMENT) < person.won]
    assert noticed["orders_before_win"].rows == len(before)
    assert noticed["orders_before_win"].examples == tuple(order["order_id"] for order in before[:5])
    stray = [o for o in known.orders if o["lead_id"] and o["lead_id"] >= "l0900"]
    assert noticed["orders_of_unknown_leads"].rows >= len(stray) > 0


def test_the_cost_of_refused_and_never_worked_leads(source: Source, tables: dict[str, list[Row]], known: World) -> None:
    """Σ spend of channel and month ÷ handoffs of channel and month, over the handoffs that came to nothing."""
    costs = measure_value(source, rates=RATES).totals.costs
    money = spent(tables)
    price = {key: money[key[0], key[1]] / count for key, count in known.handed.items() if key in money}
    refused = [
        price[person.row["channel"], f"{day:%Y-%m}"]
        for person in known.people.values()
        for day, was_refused, _never in person.lost
        if was_refused and (person.row["channel"], f"{day:%Y-%m}") in price
    ]
    never = [
        price[person.row["channel"], f"{day:%Y-%m}"]
        for person in known.people.values()
        for day, _refused, was_never in person.lost
        if was_never and (person.row["channel"], f"{day:%Y-%m}") in price
    ]
    assert costs.refused.value == pytest.approx(sum(refused) / 100, abs=0.01)  # type: ignore[union-attr]
    assert costs.refused.n == len(refused)  # type: ignore[union-attr]
    assert costs.never_worked.value == pytest.approx(sum(never) / 100, abs=0.01)  # type: ignore[union-attr]
    assert (len(refused) > 20, len(never) > 20) == (True, True)


def test_looking_earlier_sees_less(tables: dict[str, list[Row]], embedded: Source) -> None:
    assert max(row["end"] for row in tables["spend"]) > AS_OF.date()  # so some of it has not been spent yet
    report = measure_value(embedded, rates=RATES)
    assert report.spend.after_as_of > 0
    assert local_day(AS_OF, AGREEMENT) + timedelta(days=1) == date(2026, 7, 16)
