from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from acceptance.sources import source_of
from accord.engines.base import Engine
from accord.engines.duckdb import DuckDBEngine
from accord.engines.postgres import PostgresEngine
from accord.readmodel.source import Source
from recycle.company import AGREEMENT, AS_OF, Row, company

Opening = Callable[[dict[str, list[Row]]], Source]


@pytest.fixture(params=["duckdb", "postgres"])
def source(request: pytest.FixtureRequest) -> Iterator[Source]:
    postgres = request.param == "postgres"
    engine: Engine = PostgresEngine(request.getfixturevalue("postgres_url")) if postgres else DuckDBEngine()
    with source_of(engine, company(1), AGREEMENT, AS_OF) as made:
        yield made


@pytest.fixture
def opened() -> Iterator[Opening]:
    """What makes a source of plain rows."""
    with ExitStack() as stack:

        def open_(tables: dict[str, list[Row]]) -> Source:
            return stack.enter_context(source_of(DuckDBEngine(), tables, AGREEMENT, AS_OF))

        yield open_
