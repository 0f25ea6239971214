from __future__ import annotations

from collections.abc import Iterator

import pytest

from accord.engines.base import Engine
from accord.engines.duckdb import DuckDBEngine
from accord.engines.postgres import PostgresEngine


@pytest.fixture(params=["duckdb, added here", "duckdb", "postgres"])
def way(request: pytest.FixtureRequest) -> Iterator[tuple[Engine, bool]]:
    """An engine, and whether its rows are fetched and added up here."""
    name: str = request.param
    engine: Engine = PostgresEngine(request.getfixturevalue("postgres_url")) if name == "postgres" else DuckDBEngine()
    yield engine, name.endswith("here")
    engine.close()
