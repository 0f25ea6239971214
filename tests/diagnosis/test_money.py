"""What a handed-over lead cost: against a plain count of days and handoffs, and against what accord value says."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from accord.diagnosis.cases import fetch_cases
from accord.diagnosis.figuring import money_lost
from accord.diagnosis.habits import definition_gaps
from accord.engines.duckdb import DuckDBEngine
from accord.metrics.outcomes import Observation
from accord.readmodel.episodes import materialise_episodes
from accord.readmodel.inputs import BusinessClockAt
from accord.readmodel.source import Source
from accord.tables.times import microseconds
from accord.value.measure import measure_value
from accord.value.rates import EVER, Rates
from accord.values import Estimate, Unknown
from diagnosis.companies import AGREEMENT, AS_OF, Row, plain_company
from episodes.data import arrow_table

RATES = Rates("EUR", {"USD": [(EVER, Decimal("0.5"))]})
DAYS = 430
"""Two months more than a diagnosis looks at: the first month it sees is cut off in the middle."""


def spent(start: date, end: date, amount: float, channel: str = "web", **more: Any) -> Row:
    return {"start": start, "end": end, "channel": channel, "amount": amount} | more


def company() -> dict[str, list[Row]]:
    tables = plain_company(1_500, rate=0.6, days=DAYS, channel=lambda k: ("web", "fair", "none")[k % 3])
    tables["spend"] = [
        *(spent(date(2025, m, 1), date(2025, m, 28), 1_000.0 + m) for m in range(1, 13)),
        *(spent(date(2026, m, 1), date(2026, m, 28), 2_000.0, currency="eur") for m in range(1, 6)),
        spent(date(2026, 6, 20), date(2026, 7, 9), 5_000.0),  # half of it after the moment described
        spent(date(2025, 1, 1), date(2026, 12, 31), 73_000.0, "fair", currency="USD"),
        spent(date(2026, 1, 1), date(2026, 12, 31), 900.0, "fair", currency="CHF"),  # nobody said what it is worth
    ]
    return tables


def source_over(tables: dict[str, list[Row]]) -> Source:
    engine = DuckDBEngine()
    for name, rows in tables.items():
        engine.keep(name, arrow_table(name, rows))
    materialise_episodes(engine, AGREEMENT)
    return Source(engine, AGREEMENT, AS_OF, {name: len(rows) for name, rows in tables.items()})


def local_month(moment: datetime) -> tuple[int, int]:
    # The company hands nothing over in the last two hours of a month, so that Paris and UTC agree on it.
    return moment.year, moment.month


def by_hand(tables: dict[str, list[Row]]) -> dict[tuple[str, tuple[int, int]], float]:
    """Cost of one handed-over lead by channel and month: day by day, no shortcut."""
    worth = {"EUR": 1.0, "USD": 0.5}
    money: Counter[tuple[str, tuple[int, int]]] = Counter()
    for row in tables["spend"]:
        days = (row["end"] - row["start"]).days + 1
        rate = worth.get((row.get("currency") or "EUR").upper())
        for number in range(days):
            day = row["start"] + timedelta(days=number)
            if rate is not None and day <= AS_OF.date():
                money[row["channel"], (day.year, day.month)] += row["amount"] * rate / days
    channel = {lead["lead_id"]: lead["channel"] for lead in tables["leads"]}
    handed = Counter((channel[row["lead_id"]], local_month(row["at"])) for row in tables["handoffs"])
    return {key: money[key] / count for key, count in handed.items() if key in money}


def test_a_lead_costs_its_channels_money_of_the_month_by_all_who_were_handed_over_then() -> None:
    tables = company()
    moments = [row["at"] for row in tables["handoffs"]]
    tables["handoffs"] = [
        row for row in tables["handoffs"] if (row["at"] + timedelta(hours=2)).month == row["at"].month
    ]
    assert len(tables["handoffs"]) > 0.98 * len(moments)
    clock = BusinessClockAt(AGREEMENT, AS_OF)
    observation = Observation("explicit", AGREEMENT.acceptance, microseconds(AS_OF), clock)
    with source_over(tables) as source:
        cases = fetch_cases(source, observation, RATES)
        without_rates = fetch_cases(source, observation)
        wasted = measure_value(source, rates=RATES).totals.costs.refused
    expected = by_hand(tables)
    channel = cases.dimension("channel")
    assert channel is not None
    assert cases.first.day > 1, "the first month is cut off, and its money is shared by those before the cut as well"
    for place in range(len(cases)):
        year, month = divmod(int(cases.month[place]), 12)
        key = channel.values[channel.code[place]], (year, month + 1)
        found = float(cases.cost[place])
        assert found == pytest.approx(expected.get(key, math.nan), abs=0.01, nan_ok=True)
    fair = channel.code == channel.values.index("fair")
    assert np.isnan(without_rates.cost[fair]).all()
    # accord value looks at more than a year; what it says of every refusal is the same cost, summed.
    assert isinstance(wasted, Estimate)
    assert wasted.value == pytest.approx(_of_every_refusal(tables, expected), rel=1e-4)


def test_what_was_lost_on_leads_without_recorded_spend_is_in_no_sum() -> None:
    clock = BusinessClockAt(AGREEMENT, AS_OF)
    with source_over(company()) as source:
        cases = fetch_cases(source, Observation("explicit", AGREEMENT.acceptance, microseconds(AS_OF), clock), RATES)
    everything = np.ones(len(cases), dtype=np.bool_)
    priced = np.isfinite(cases.cost)
    assert 0.6 < priced.mean() < 0.7, "a channel of three has no spend"
    every = float(len(cases))
    cost = money_lost(cases, everything, Estimate(every, every / 2, every, len(cases)))
    assert isinstance(cost, Estimate)
    assert cost.value == pytest.approx(cases.cost[priced].sum()), "all leads lost cost what all leads cost, no more"
    assert cost.low == pytest.approx(cost.value / 2)
    assert cost.n == priced.sum()
    assert isinstance(money_lost(cases, ~priced, Estimate(every, every, every, len(cases))), Unknown)


def _of_every_refusal(tables: dict[str, list[Row]], cost: dict[tuple[str, tuple[int, int]], float]) -> float:
    handed = {row["handoff_id"]: row for row in tables["handoffs"]}
    channel = {lead["lead_id"]: lead["channel"] for lead in tables["leads"]}
    refused = [row for row in tables["decisions"] if row["outcome"] == "rejected" and row["handoff_id"] in handed]
    keys = [
        (channel[handed[row["handoff_id"]]["lead_id"]], local_month(handed[row["handoff_id"]]["at"])) for row in refused
    ]
    return sum(cost.get(key, 0.0) for key in keys)


def test_leads_never_decided_everywhere_are_counted_among_those_that_were_worked() -> None:
    clock = BusinessClockAt(AGREEMENT, AS_OF)
    with source_over(company()) as source:
        cases = fetch_cases(source, Observation("explicit", AGREEMENT.acceptance, microseconds(AS_OF), clock), RATES)
    chance = np.random.default_rng(5).random(len(cases))
    worked, silent = chance < 0.3, chance < 0.075
    undecided = replace(cases, flags={**cases.flags, "silent_of": worked, "silent": silent})
    (finding,) = definition_gaps(undecided, AGREEMENT).findings
    assert isinstance(finding.effect, Estimate)
    assert (finding.where, finding.effect.n) == ({}, worked.sum())
    assert finding.effect.value == pytest.approx(silent.sum() / worked.sum())
    assert finding.evidence[0].value == finding.effect
