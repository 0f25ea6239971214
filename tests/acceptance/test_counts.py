"""Counts and risk tables of every definition, on every engine, against plain Python."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import get_args

import numpy as np
import pyarrow as pa
import pytest

from acceptance.oracle import count, outcome
from acceptance.sources import source_of
from accord.acceptance.state import Gathered
from accord.acceptance.summed_by_engine import sum_by_engine
from accord.acceptance.summed_here import sum_here
from accord.agreement.model import Acceptance, Agreement, Definition
from accord.engines.base import Engine
from accord.engines.duckdb import DuckDBEngine
from accord.metrics.acceptance import COUNTS
from accord.metrics.cells import EPISODE_ROW, PeriodUnit
from accord.metrics.outcomes import Observation
from accord.readmodel.inputs import business_clock_at
from accord.readmodel.source import Source
from accord.tables.times import microseconds
from episodes.data import START, random_tables
from episodes.oracle import episodes as by_hand

MOMENTS = [START + timedelta(days=10, hours=3), START + timedelta(days=40), START + timedelta(days=120)]


def gathered_by(
    source: Source, observation: Observation, by: Sequence[str], period: PeriodUnit | None, *, fetch: bool
) -> Gathered:
    if fetch:
        return sum_here(source, observation, by, period)
    return sum_by_engine(source.engine, source.episodes, observation, by, period)


AGREEMENT = Agreement(timezone="Europe/Paris", acceptance=Acceptance(window_days=14))


@pytest.mark.parametrize("definition", get_args(Definition))
def test_counts_are_those_of_the_contract(way: tuple[Engine, bool], definition: Definition) -> None:
    engine, fetch = way
    tables = random_tables(11, leads=60)
    facts = by_hand(tables, AGREEMENT)
    lead_channel = {row["lead_id"]: row["channel"] or "(none)" for row in tables["leads"]}
    for as_of in MOMENTS:
        source = source_of(engine, tables, AGREEMENT, as_of)
        observation = Observation(
            definition, AGREEMENT.acceptance, microseconds(as_of), business_clock_at(AGREEMENT, as_of)
        )
        gathered = gathered_by(source, observation, ["channel"], "month", fetch=fetch)
        found = {}
        for index in range(len(gathered.cells)):
            cell = (gathered.cells.segments[index][0], gathered.cells.periods[index])
            found[cell] = {name: int(values[index]) for name, values in gathered.counts.items() if name != "dated"}
        expected = {}
        groups: dict[tuple[str, str], list[dict[str, object]]] = {}
        for row in facts.values():
            if row["at_us"] <= as_of:
                cell = (lead_channel[row["lead_id"]], f"{row['local_day']:%Y-%m}")
                groups.setdefault(cell, []).append(row)
        names = [item.name for item in COUNTS if item.name != "dated"]
        for cell, rows in groups.items():
            counted = count(rows, definition, AGREEMENT.acceptance, as_of)
            expected[cell] = {name: counted[name] for name in names}
        assert found == expected
        for row in found.values():
            assert row["handed"] == row["accepted"] + row["rejected"] + row["expired"] + row["open"]


@pytest.mark.parametrize("definition", get_args(Definition))
def test_risk_tables_hold_every_lead_once_in_its_bin(way: tuple[Engine, bool], definition: Definition) -> None:
    engine, fetch = way
    tables = random_tables(12, leads=60)
    facts = by_hand(tables, AGREEMENT)
    as_of = MOMENTS[1]
    source = source_of(engine, tables, AGREEMENT, as_of)
    observation = Observation(
        definition, AGREEMENT.acceptance, microseconds(as_of), business_clock_at(AGREEMENT, as_of)
    )
    risk = gathered_by(source, observation, [], None, fetch=fetch).risk("elapsed")
    expected: Counter[tuple[float, str]] = Counter()
    for row in facts.values():
        if row["at_us"] > as_of:
            continue
        name, time = outcome(row, definition, AGREEMENT.acceptance, as_of)
        rounding = math.floor if name == "open" else math.ceil
        minutes = rounding(time / timedelta(minutes=1))
        hours = minutes / 60 if minutes <= 72 * 60 else rounding(time / timedelta(hours=1))
        expected[hours, "censored" if name == "open" else name] += 1
    found: Counter[tuple[float, str]] = Counter()
    for name in ("accepted", "rejected", "expired", "censored"):
        for hours, number in zip(risk.time.tolist(), getattr(risk, name).tolist(), strict=True):
            if number:
                found[hours, name] += number
    assert found == expected
    assert np.array_equal(risk.n(), [len([1 for row in facts.values() if row["at_us"] <= as_of])])


def test_a_promise_hour_is_the_edge_of_a_bin(way: tuple[Engine, bool]) -> None:
    """An acceptance exactly 24 h after the handoff keeps a promise of 24 h; one microsecond later it does not."""
    engine, fetch = way
    at = datetime(2026, 3, 2, 10)  # noqa: DTZ001 - naive UTC
    tables = {
        "leads": [{"lead_id": "l", "created_at": at}, {"lead_id": "m", "created_at": at}],
        "handoffs": [{"handoff_id": "h", "lead_id": "l", "at": at}, {"handoff_id": "i", "lead_id": "m", "at": at}],
        "decisions": [
            {"decision_id": "d", "handoff_id": "h", "at": at + timedelta(hours=24), "outcome": "accepted"},
            {
                "decision_id": "e",
                "handoff_id": "i",
                "at": at + timedelta(hours=24, microseconds=1),
                "outcome": "accepted",
            },
        ],
        "activities": [],
        "reps": [],
    }
    as_of = at + timedelta(days=60)
    source = source_of(engine, tables, Agreement(), as_of)
    observation = Observation("explicit", Acceptance(), microseconds(as_of), business_clock_at(Agreement(), as_of))
    risk = gathered_by(source, observation, [], None, fetch=fetch).risk("elapsed")
    assert risk.time.tolist() == [24.0, 24.0 + 1 / 60]


class Shuffling(DuckDBEngine):
    """Hands out rows in another order each time, as an engine may that reads in parallel."""

    turn = 0

    def run_sql(self, text: str) -> pa.Table:
        rows = super().run_sql(text)
        Shuffling.turn += 1
        return rows.take(pa.array(np.random.default_rng(self.turn).permutation(rows.num_rows)))


def test_columns_asked_for_one_by_one_belong_to_the_same_episode_whatever_order_rows_come_in() -> None:
    tables, as_of = random_tables(5, leads=80), MOMENTS[1]
    plain, shuffling = DuckDBEngine(), Shuffling()
    observation = Observation(
        "explicit", AGREEMENT.acceptance, microseconds(as_of), business_clock_at(AGREEMENT, as_of)
    )
    expected = gathered_by(
        source_of(plain, tables, AGREEMENT, as_of), observation, ["channel", "team"], "week", fetch=False
    )
    source = source_of(shuffling, tables, AGREEMENT, as_of)
    numbered = f"SELECT *, row_number() OVER () AS {EPISODE_ROW} FROM episodes"
    shuffling.keep("episodes", shuffling.connection.sql(numbered).to_arrow_table())
    found = gathered_by(source, observation, ["channel", "team"], "week", fetch=True)
    assert found.cells.segments == expected.cells.segments
    assert len(found.cells) > 20
    for name, values in expected.counts.items():
        assert found.counts[name].tolist() == values.tolist(), name
    plain.close()
    shuffling.close()
