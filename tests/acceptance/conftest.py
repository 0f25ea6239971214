from __future__ import annotations

from collections.abc import Iterator

import pytest

from accord.engines.base import Engine
from accord.engines.duckdb import DuckDBEngine
from accord.engines.postgres import PostgresEngine


@pytest.fixture(params=["duckdb", "postgres"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    chosen: Engine
    chosen = DuckDBEngine() if request.param == "duckdb" else PostgresEngine(request.getfixturevalue("postgres_url"))
    yield chosen
    chosen.close()
