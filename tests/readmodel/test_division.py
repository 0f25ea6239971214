"""Whole numbers divide to fractions on every engine, wherever else in a query the same column stands."""

from __future__ import annotations

import pyarrow as pa
import pytest

from accord.engines.base import Engine
from accord.engines.duckdb import DuckDBEngine
from accord.engines.postgres import PostgresEngine


@pytest.fixture(params=["duckdb", "postgres"])
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param == "duckdb":
        return DuckDBEngine()
    return PostgresEngine(request.getfixturevalue("postgres_url"))


def test_a_column_that_is_divided_twice_is_divided_twice(engine: Engine) -> None:
    engine.keep("halves", pa.table({"a": [7, 9], "b": [2, 4]}))
    table = engine.table("halves")
    late = (table.a / table.b) * 10 > 30
    asked = table.select("a", "b", share=table.a / table.b, third=table.a / 3, late=late, again=(table.a / table.b) * 2)
    rows = engine.run(asked.order_by("a")).to_pylist()
    engine.close()
    assert [(row["share"], row["late"], row["again"]) for row in rows] == [(3.5, True, 7.0), (2.25, False, 4.5)]
    assert [row["third"] for row in rows] == pytest.approx([7 / 3, 3.0])
