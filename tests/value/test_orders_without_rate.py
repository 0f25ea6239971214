"""Orders that nobody said the worth of: every figure made of revenue says so itself, in its own row."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from acceptance.sources import source_of
from accord.agreement.model import Agreement
from accord.engines.duckdb import DuckDBEngine
from accord.report.look import Look
from accord.report.value.answer import value_json
from accord.report.value.attribution_tables import attribution_tables
from accord.report.value.formats import number
from accord.report.value.records import value_csv
from accord.report.value.scenario import scenario_block
from accord.report.value.scenario_text import scenario_text
from accord.report.value.short import return_lines
from accord.report.value.tables import plain_tables
from accord.report.value.text import value_text
from accord.value.figures import ValueReport
from accord.value.levers import suppositions_of
from accord.value.measure import measure_value
from accord.value.rates import EVER, Rates
from accord.value.supposing import Supposed
from accord.values import MINIMUM_COUNT, Estimate, Reason, Unknown

MADE = datetime(2026, 1, 5, 10)  # noqa: DTZ001 - naive UTC
AS_OF = datetime(2026, 6, 1)  # noqa: DTZ001 - naive UTC
CHANNELS = ("ads", "fair", "web")
WITHOUT_LEAD = 1


def company(dollars_spent_on: str = "") -> dict[str, list[dict[str, Any]]]:
    """Three channels of twenty leads, all won and each with an order; of ads' orders five more are in dollars."""
    names = [(channel, f"{channel}{n}") for channel in CHANNELS for n in range(20)]
    orders = [(lead, 100, "EUR") for _channel, lead in names] + [(f"ads{n}", 50, "USD") for n in range(5)]
    orders.append(("", 70, "USD"))
    tables: dict[str, list[dict[str, Any]]] = {
        "leads": [{"lead_id": lead, "created_at": MADE, "channel": channel} for channel, lead in names],
        "opportunities": [
            {"opportunity_id": f"o-{lead}", "lead_id": lead, "created_at": MADE, "closed_at": MADE, "won": True}
            for _channel, lead in names
        ],
        "orders": [
            {"order_id": f"p{n:03}", "lead_id": lead or None, "at": MADE + timedelta(days=20), "amount": amount}
            | {"currency": currency}
            for n, (lead, amount, currency) in enumerate(orders)
        ],
        "spend": [
            {"start": date(2026, 1, 1), "end": date(2026, 1, 31), "channel": channel, "amount": 500, "currency": "EUR"}
            for channel in CHANNELS
        ],
    }
    if dollars_spent_on:
        tables["spend"].append(tables["spend"][0] | {"channel": dollars_spent_on, "currency": "USD"})
    return tables


@pytest.fixture
def engine() -> Iterator[DuckDBEngine]:
    made = DuckDBEngine()
    yield made
    made.close()


def measured(engine: DuckDBEngine, rates: Rates | None = None, dollars_spent_on: str = "") -> ValueReport:
    nothing: dict[str, list[dict[str, Any]]] = {name: [] for name in ("handoffs", "decisions", "activities", "reps")}
    source = source_of(engine, nothing | company(dollars_spent_on), Agreement(), AS_OF)
    return measure_value(source, by=["channel"], rates=rates)


def test_each_row_counts_its_own(engine: DuckDBEngine) -> None:
    report = measured(engine)
    assert {row.segment["channel"]: row.customers.unpriced for row in report.rows} == {"ads": 5, "fair": 0, "web": 0}
    assert report.totals.customers.unpriced == sum(row.customers.unpriced for row in report.rows)
    assert report.revenue.unpriced == report.totals.customers.unpriced + WITHOUT_LEAD
    data: Any = value_json(report)["data"]
    assert [row["revenue_without_rate"] for row in data["rows"]] == [True, False, False]
    assert [row["orders_without_rate"] for row in data["rows"]] == [5, 0, 0]
    lines = list(csv.DictReader(io.StringIO(value_csv(report))))
    assert [line["orders_without_rate"] for line in lines] == ["5", "0", "0"]


def test_with_a_rate_nothing_is_short_and_the_sums_hold_it(engine: DuckDBEngine) -> None:
    report = measured(engine, Rates("EUR", {"USD": ((EVER, Decimal("0.8")),)}))
    assert not any(row.customers.unpriced for row in (*report.rows, report.totals))
    assert report.totals.customers.revenue == 100 * (20 * 3 * 100) + 5 * 50 * 80
    assert "too low" not in value_text(report, Look(width=140))


def test_every_figure_made_of_revenue_is_marked_where_it_stands(engine: DuckDBEngine) -> None:
    report = measured(engine)
    (brings,) = [table for table in plain_tables(report) if "bring" in table.title]
    cells = {names[0]: dict(zip(brings.headings, figures, strict=True)) for names, figures, _young in brings.rows}
    assert cells["ads"]["revenue"] == ("€2,000", "more, no rate")
    assert cells["ads"]["per customer"][0] == "€100, too low"
    assert cells["ads"]["return on spend"][0] == "4.0, too low"
    assert cells["fair"]["revenue"] == ("€2,000", "")
    assert cells["fair"]["per customer"][0] == "€100"
    assert cells["fair"]["return on spend"][0] == "4.0"
    told = value_text(report, Look(width=140)).splitlines()
    for name in ("revenue of these leads so far", "revenue of these days, all orders"):
        (line,) = [line for line in told if name in line]
        assert line.endswith("€6,000, and more without a rate")
    for name in ("return on spend so far", "revenue per customer so far", "within 30 days of the win"):
        (line,) = [line for line in told if name in line]
        assert line.endswith(", too low")


def test_every_cost_of_a_row_that_lacks_spend_is_marked(engine: DuckDBEngine) -> None:
    report = measured(engine, dollars_spent_on="fair")
    (costs,) = [table for table in plain_tables(report) if "leads cost" in table.title]
    cells = {names[0]: dict(zip(costs.headings, figures, strict=True)) for names, figures, _young in costs.rows}
    assert cells["fair"]["spend"] == ("€500", "more, no rate")
    known = [name for name, (value, _beneath) in cells["fair"].items() if value.startswith("€") and name != "spend"]
    assert "per lead" in known
    assert "CAC so far" in known
    for name in known:
        assert cells["fair"][name][0].endswith(", too low")
        assert cells["ads"][name][0] == cells["fair"][name][0].removesuffix(", too low"), "as much was spent there"


@pytest.mark.parametrize(("dollars_spent_on", "ads", "fair"), [("fair", "low", "high"), ("ads", "not whole", "")])
def test_a_return_says_which_of_its_parts_is_short(
    engine: DuckDBEngine, dollars_spent_on: str, ads: str, fair: str
) -> None:
    rows = {row.segment["channel"]: row for row in measured(engine, dollars_spent_on=dollars_spent_on).rows}
    assert isinstance(rows["ads"].costs.return_on_spend, Estimate)
    assert return_lines(rows["ads"], number(1))[0].endswith(ads)
    assert return_lines(rows["fair"], number(1))[0].removeprefix("4.0") == (f", too {fair}" if fair else "")


def with_touches(dollars_spent_on: str = "") -> dict[str, list[dict[str, Any]]]:
    """Every lead of ads also met the fair, before its win."""
    tables = company(dollars_spent_on)
    tables["touches"] = [
        {
            "touch_id": f"t{place}-{lead['lead_id']}",
            "lead_id": lead["lead_id"],
            "at": MADE - timedelta(days=9 - place),
            "kind": "event",
            "channel": channel,
        }
        for lead in tables["leads"]
        for place, channel in enumerate([lead["channel"], *(["fair"] if lead["channel"] == "ads" else [])])
    ]
    return tables


def attributed(engine: DuckDBEngine, tables: dict[str, list[dict[str, Any]]], rule: str) -> ValueReport:
    nothing: dict[str, list[dict[str, Any]]] = {name: [] for name in ("handoffs", "decisions", "activities", "reps")}
    source = source_of(engine, nothing | tables, Agreement(), AS_OF)
    return measure_value(source, attribution=rule)


@pytest.mark.parametrize(
    ("rule", "ads", "fair"), [("first", 250, 0), ("last", 0, 250), ("linear", 125, 125), ("lead_channel", 250, 0)]
)
def test_a_rule_credits_orders_without_a_rate_as_it_does_others(
    engine: DuckDBEngine, rule: str, ads: float, fair: float
) -> None:
    report = attributed(engine, with_touches("fair"), rule)
    assert report.attribution is not None
    assert report.attribution.by_rule is not None
    rows = {row.channel: row for row in report.attribution.by_rule[report.attribution.rule.name]}
    wanted = {"ads": ads, "fair": fair, "web": 0}
    assert {name: row.orders_left_out for name, row in rows.items()} == {
        name: {"USD": amount} if amount else {} for name, amount in wanted.items()
    }
    assert {name: row.spend_left_out for name, row in rows.items()} == {"ads": {}, "fair": {"USD": 500}, "web": {}}
    for credited in report.attribution.by_rule.values():  # whatever the rule, nothing is lost
        assert sum(row.orders_left_out.get("USD", 0) for row in credited) == 250
    answer: Any = value_json(report)["data"]
    assert [row["orders_left_out"] for row in answer["attribution"]["rows"]] == [
        dict(row.orders_left_out) for row in rows.values()
    ]
    assert [row["spend_without_rate"] for row in answer["attribution"]["rows"]] == [False, True, False]
    assert list(csv.DictReader(io.StringIO(value_csv(report, lines_of="attribution"))))


def test_attribution_marks_what_lacks_a_rate(engine: DuckDBEngine) -> None:
    report = attributed(engine, with_touches("fair"), "first")
    ((credit, notes), *_others) = attribution_tables(report)
    cells = {names[0]: dict(zip(credit.headings, figures, strict=True)) for names, figures, _young in credit.rows}
    assert cells["ads"]["revenue"][1] == "more, no rate"
    assert cells["ads"]["return on spend"][0].endswith(", too low")
    assert cells["fair"]["spend"][1] == "more, no rate"
    assert "too low" not in " ".join(map(str, cells["web"].values()))
    (note,) = [note for note in notes if "want of a rate" in note]
    assert note == "Left out for want of a rate: ads (orders $250.00); fair (spend $500.00)."
    told = " ".join(value_text(report, Look(width=140)).split())
    assert note in told
    assert "more, no rate" in told


def test_a_channel_with_foreign_spend_alone_is_listed_and_has_no_cost(engine: DuckDBEngine) -> None:
    tables = with_touches()
    tables["spend"] = [row for row in tables["spend"] if row["channel"] != "web"]
    tables["spend"] += [tables["spend"][0] | {"channel": name, "currency": "USD"} for name in ("web", "radio")]
    report = attributed(engine, tables, "last")
    assert report.attribution is not None
    assert report.attribution.by_rule is not None
    rows = {row.channel: row for row in report.attribution.by_rule["last"]}
    for name in ("web", "radio"):
        assert (rows[name].recorded, rows[name].spend_left_out) == (False, {"USD": 500})
        assert rows[name].cac == rows[name].return_on_spend == Unknown(Reason.NOT_IDENTIFIED)


def supposed(engine: DuckDBEngine, where: dict[str, str], dollars_spent_on: str = "") -> ValueReport:
    """Every other lead is accepted and won three days later; the others are refused, not won and order nothing."""
    tables = company(dollars_spent_on)
    accepted = {lead["lead_id"] for lead in tables["leads"][1::2]}
    tables |= {
        "opportunities": [
            row | {"closed_at": MADE + timedelta(days=3)}
            for row in tables["opportunities"]
            if row["lead_id"] in accepted
        ],
        "orders": [row for row in tables["orders"] if row["lead_id"] in accepted | {None}],
        "handoffs": [
            {"handoff_id": f"h-{lead['lead_id']}", "lead_id": lead["lead_id"], "at": MADE} for lead in tables["leads"]
        ],
        "decisions": [
            {
                "decision_id": f"d-{lead['lead_id']}",
                "handoff_id": f"h-{lead['lead_id']}",
                "lead_id": lead["lead_id"],
                "at": MADE + timedelta(hours=2),
                "outcome": "accepted" if lead["lead_id"] in accepted else "rejected",
            }
            for lead in tables["leads"]
        ],
        "activities": [],
        "reps": [],
    }
    source = source_of(engine, tables, Agreement(), AS_OF)
    return measure_value(source, suppose=Supposed(suppositions_of(["acceptance=-10%"]), where))


@pytest.mark.parametrize(
    ("channel", "orders", "spend"), [("ads", {"USD": 100}, {}), ("fair", {}, {"USD": 500}), ("web", {}, {})]
)
def test_a_scenario_tells_what_of_its_segment_has_no_rate(
    engine: DuckDBEngine, channel: str, orders: dict[str, float], spend: dict[str, float]
) -> None:
    report = supposed(engine, {"channel": channel}, "fair")
    assert report.scenario is not None
    assert (report.scenario.orders_left_out, report.scenario.spend_left_out) == (orders, spend)
    found: Any = value_json(report)["data"]["scenario"]  # type: ignore[index,call-overload]
    assert (found["orders_left_out"], found["spend_left_out"]) == (orders, spend)
    marked = {line["figure"] for line in found["figures"] if line["revenue_without_rate"] or line["spend_without_rate"]}
    of_orders, of_spend = {"revenue", "return_on_spend"}, {"spend", "cost_per_accepted_lead", "cac", "return_on_spend"}
    assert marked == (of_orders if orders else set()) | (of_spend if spend else set())
    told = " ".join(scenario_text(report, report.scenario, Look(width=140)).split())
    page = json.dumps(scenario_block(report, report.scenario), ensure_ascii=False)
    for written in (told, page):
        assert ("too low" in written) == bool(orders or spend)
        assert ("too high" in written) == bool(orders or spend)
    if orders:
        assert "−€100, too high" in told, "of a fall"
        assert "Of these leads are orders of $100.00 without a rate, which are in no revenue." in told
        assert "A customer brings what those of these leads have brought so far: €100" in told
    if spend:
        assert "Of these leads and days are $500.00 of spend without a rate, which are in no cost." in told
    assert ("Nothing without a rate belongs to these leads and days." in told) == (channel == "web")


@pytest.mark.parametrize(("start", "spend"), [(date(2026, 1, 1), 500.0), (date(2026, 1, 22), 161.27), (None, None)])
def test_spend_without_a_rate_is_told_of_the_days_asked_about(
    engine: DuckDBEngine, start: date | None, spend: float | None
) -> None:
    nothing: dict[str, list[dict[str, Any]]] = {name: [] for name in ("handoffs", "decisions", "activities", "reps")}
    source = source_of(engine, nothing | company("fair"), Agreement(), AS_OF)
    report = measure_value(source, start=start, by=["channel"])
    (left,) = [left for left in report.left_out if left.table == "spend"]
    assert (left.amount, left.amount_in_span) == (500, spend)
    assert report.totals.costs.left_out == {"USD": 500.0 if spend is None else spend}
    rows = {row.segment["channel"]: row.costs.left_out for row in report.rows}
    assert rows["fair"] == report.totals.costs.left_out
    assert not any(rows[name] for name in rows if name != "fair")
    told = " ".join(value_text(report, Look(width=140)).split())
    if spend is not None:
        assert f"In this period: ${spend:,.2f} of 1 row." in told
        assert f"Of these leads and days are ${spend:,.2f} of spend without a rate, which are in no cost." in told
    assert f"fair (spend ${spend or 500:,.2f})" in told


def test_of_days_without_foreign_spend_none_is_said_to_lack_a_rate(engine: DuckDBEngine) -> None:
    nothing: dict[str, list[dict[str, Any]]] = {name: [] for name in ("handoffs", "decisions", "activities", "reps")}
    tables = company("fair")
    tables["spend"] = tables["spend"][-1:]
    report = measure_value(source_of(engine, nothing | tables, Agreement(), AS_OF), end=date(2025, 12, 1))
    assert not report.totals.costs.left_out
    assert report.totals.costs.per_lead == Unknown(Reason.NOT_RECORDED, MINIMUM_COUNT)
    told = " ".join(value_text(report, Look(width=140)).split())
    assert "None of that falls in this period." in told
    assert "The spend is in currencies without a rate" not in told
    assert "too low" not in told


def credited_back() -> dict[str, list[dict[str, Any]]]:
    """Of ads, a credit note and refunds in dollars outweigh what else is in dollars."""
    tables = company("ads")
    tables["spend"][-1] |= {"amount": -300}
    tables["orders"] += [
        tables["orders"][0] | {"order_id": f"r{n}", "lead_id": f"ads{n}", "amount": -90, "currency": "USD"}
        for n in range(5)
    ]
    return tables


def test_credit_notes_and_refunds_without_a_rate_make_figures_too_high(engine: DuckDBEngine) -> None:
    nothing: dict[str, list[dict[str, Any]]] = {name: [] for name in ("handoffs", "decisions", "activities", "reps")}
    report = measure_value(source_of(engine, nothing | credited_back(), Agreement(), AS_OF), by=["channel"])
    rows = {row.segment["channel"]: row for row in report.rows}
    assert (rows["ads"].costs.left_out, rows["ads"].customers.left_out) == ({"USD": -300}, {"USD": -200})
    tables = {table.title: table for table in plain_tables(report)}
    (brings,) = [table for title, table in tables.items() if "bring" in title]
    cells = {names[0]: dict(zip(brings.headings, figures, strict=True)) for names, figures, _young in brings.rows}
    assert cells["ads"]["revenue"] == ("€2,000", "less, no rate")
    assert cells["ads"]["per customer"][0] == "€100, too high"
    assert cells["ads"]["return on spend"][0] == "4.0, not whole"
    told = " ".join(value_text(report, Look(width=140)).split())
    assert "That is too high: -$300.00 of spend have no rate" in told.replace("−", "-")
    assert "too low" not in told.replace("months until a lead has paid for itself", "")
    assert "Every amount of revenue lacks what is left out." in told


def test_where_credit_notes_outweigh_spend_nothing_has_a_cost(engine: DuckDBEngine) -> None:
    nothing: dict[str, list[dict[str, Any]]] = {name: [] for name in ("handoffs", "decisions", "activities", "reps")}
    tables = company()
    tables["spend"].append(tables["spend"][0] | {"amount": -900})
    source = source_of(engine, nothing | tables, Agreement(), AS_OF)
    report = measure_value(source, by=["channel"], attribution="lead_channel")
    rows = {row.segment["channel"]: row.costs for row in report.rows}
    assert rows["ads"].spend == -400 * 100
    figures = (rows["ads"].per_lead, rows["ads"].cac, rows["ads"].cac_at_horizon, rows["ads"].return_on_spend)
    assert all(isinstance(figure, Unknown) for figure in figures)
    assert isinstance(rows["fair"].cac, Estimate)
    assert report.attribution is not None
    assert report.attribution.by_rule is not None
    credited = {row.channel: row for row in report.attribution.by_rule["lead_channel"]}
    assert credited["ads"].cac == Unknown(Reason.NOT_IDENTIFIED)
    assert "A customer costs -" not in value_text(report, Look(width=140))


def test_what_is_odd_tells_all_its_money_and_which_of_it_no_sum_holds(engine: DuckDBEngine) -> None:
    nothing: dict[str, list[dict[str, Any]]] = {name: [] for name in ("handoffs", "decisions", "activities", "reps")}
    tables = company()
    early, late = MADE + timedelta(days=1), MADE + timedelta(days=30)
    tables["opportunities"] = [deal | {"closed_at": late} for deal in tables["opportunities"][5:]]
    tables["orders"] = [
        tables["orders"][0] | {"order_id": name, "lead_id": lead, "at": early, "amount": amount, "currency": currency}
        for name, lead, amount, currency in (
            ("a", "ads5", 12.5, "USD"),
            ("b", "ads0", 30, "EUR"),
            ("c", "ads1", 4, "USD"),
            ("d", "ads2", 5, "CHF"),
        )
    ]
    report = measure_value(source_of(engine, nothing | tables, Agreement(), AS_OF))
    before, never = report.noticed
    assert (before.what, before.rows, before.amount, before.left_out) == ("orders_before_win", 1, 0, {"USD": 12.5})
    assert (never.what, never.rows, never.amount) == ("orders_without_win", 3, 3000)
    assert never.left_out == {"CHF": 5, "USD": 4}
    data: Any = value_json(report)["data"]
    assert [found["left_out"] for found in data["noticed"]] == [{"USD": 12.5}, {"CHF": 5, "USD": 4}]
    told = " ".join(value_text(report, Look(width=140)).split())
    assert "1 order of $12.50 came before its lead was won; it counts. But $12.50 of that have no rate" in told
    assert "3 orders of €30.00 + CHF5.00 + $4.00 together belong to leads that were never won" in told
    assert "But CHF5.00 + $4.00 of that have no rate and are in no sum." in told
    priced = Rates("EUR", {"USD": ((EVER, Decimal("0.8")),), "CHF": ((EVER, Decimal(1)),)})
    whole = measure_value(source_of(engine, nothing | tables, Agreement(), AS_OF), rates=priced)
    assert [(found.amount, found.left_out) for found in whole.noticed] == [(1000, {}), (3820, {})]
