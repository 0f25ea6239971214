from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from acceptance.sources import source_of
from accord.agreement.model import Agreement
from accord.engines.base import Engine
from accord.engines.duckdb import DuckDBEngine
from accord.engines.postgres import PostgresEngine
from accord.readmodel.source import Source
from value.company import AS_OF, Row, company
from value.oracle import World, world

AGREEMENT = Agreement(timezone="Europe/Paris")
DOLLAR = Decimal("0.91")
"""What a dollar is worth in the tests; nobody says what a pound is."""


@pytest.fixture(scope="session")
def tables() -> dict[str, list[Row]]:
    return company(5)


@pytest.fixture(scope="session")
def known(tables: dict[str, list[Row]]) -> World:
    return world(tables, AGREEMENT, AS_OF)


@pytest.fixture(params=["duckdb", "postgres"])
def source(request: pytest.FixtureRequest, tables: dict[str, list[Row]]) -> Iterator[Source]:
    postgres = request.param == "postgres"
    engine: Engine = PostgresEngine(request.getfixturevalue("postgres_url")) if postgres else DuckDBEngine()
    with source_of(engine, tables, AGREEMENT, AS_OF) as made:
        yield made


@pytest.fixture
def embedded(tables: dict[str, list[Row]]) -> Iterator[Source]:
    with source_of(DuckDBEngine(), tables, AGREEMENT, AS_OF) as made:
        yield made
