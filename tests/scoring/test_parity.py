"""One meaning: a lead alone, DuckDB, PostgreSQL and the slow, obvious way agree on every point and on why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings

from accord.agreement.qualification import AXES
from accord.engines.base import Engine
from accord.engines.duckdb import DuckDBEngine
from accord.engines.postgres import PostgresEngine
from accord.scoring.assembling import assembled
from accord.scoring.batch import scored
from accord.scoring.one import score_one
from accord.scoring.result import Scored, Touch
from accord.scoring.rules import Rules, prepare
from accord.tables.times import microseconds
from scoring import naive
from scoring.companies import World, worlds
from support.postgres import PostgresServer


def one_by_one(world: World, rules: Rules) -> dict[str, Scored]:
    """Each lead scored alone; which leads there are, and whose touches, is what the slow way says."""
    zone = rules.reading.zone
    known = {
        lead["lead_id"]: lead
        for lead in world.leads
        if zone.instant(lead["created_at"], is_date=lead["created_at_is_date"]) <= microseconds(world.as_of)
    }
    final = naive.becomes(world, known)
    answers = {}
    for name, lead in known.items():
        if final[name] != name:
            continue
        touches = [
            Touch(zone.instant(touch["at"], is_date=touch["at_is_date"]), touch["kind"], touch["channel"])
            for touch in world.touches
            if final.get(touch["lead_id"]) == name
        ]
        answers[name] = score_one(rules, lead, touches, world.as_of)
    return answers


def all_at_once(world: World, rules: Rules, engine: Engine) -> dict[str, Scored]:
    engine.keep("the_leads", world.lead_table())
    engine.keep("the_touches", world.touch_table())
    merged = any(lead["merged_into"] for lead in world.leads)
    leads, touches = engine.table("the_leads"), engine.table("the_touches")
    rows = engine.run(scored(leads, touches, rules, world.as_of, has_merges=merged)).to_pylist()
    moment = microseconds(world.as_of)
    answers = {row["lead_id"]: assembled(rules, row, moment) for row in rows}
    assert len(answers) == len(rows), "a lead is there twice"
    return answers


def plain(answer: Scored) -> dict[str, Any]:
    """What the slow way answers too, in its terms: points as hundredths."""
    epoch = date(1970, 1, 1)
    trace = {}
    for each in answer.trace:
        if each.touches is None:
            why: dict[str, Any] = {"fields": {field for field, _value in each.fields}}
        else:
            assert each.last is not None
            last = epoch + timedelta(days=each.last)
            why = {"touches": each.touches, "last": last, "channels": each.channels}
        trace[each.criterion] = {"points": each.points, **why}
    return {
        "score": answer.score,
        "axes": dict(zip(AXES, answer.axes, strict=True)),
        "trace": trace,
        "missing": set(answer.missing),
        "disqualified": list(answer.disqualified),
        "threshold": answer.threshold,
        "qualified": answer.qualified,
        "band": answer.band,
        "ideal": answer.ideal,
    }


def in_hundredths(answer: dict[str, Any]) -> dict[str, Any]:
    return {
        **answer,
        "score": answer["score"] * 100,
        "threshold": answer["threshold"] * 100,
        "axes": {axis: points * 100 for axis, points in answer["axes"].items()},
        "trace": {name: {**why, "points": why["points"] * 100} for name, why in answer["trace"].items()},
    }


@settings(max_examples=300)
@given(worlds())
def test_one_lead_alone_is_scored_as_the_method_says(world: World) -> None:
    alone = one_by_one(world, prepare(world.agreement))
    expected = naive.scores(world)
    assert {name: plain(answer) for name, answer in alone.items()} == {
        name: in_hundredths(answer) for name, answer in expected.items()
    }


@pytest.fixture(scope="module")
def duck() -> Iterator[DuckDBEngine]:
    engine = DuckDBEngine()
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def elephant(postgres_server: PostgresServer) -> Iterator[PostgresEngine]:
    name = postgres_server.create_database()
    engine = PostgresEngine(postgres_server.url(name))
    yield engine
    engine.close()
    postgres_server.drop_database(name)


@settings(max_examples=50)
@given(world=worlds())
def test_duckdb_says_of_every_lead_what_it_is_alone(duck: DuckDBEngine, world: World) -> None:
    rules = prepare(world.agreement)
    assert all_at_once(world, rules, duck) == one_by_one(world, rules)


@settings(max_examples=25)
@given(world=worlds())
def test_postgresql_says_of_every_lead_what_it_is_alone(elephant: PostgresEngine, world: World) -> None:
    rules = prepare(world.agreement)
    assert all_at_once(world, rules, elephant) == one_by_one(world, rules)
