"""A source of figures: the engine, the agreement, and the moment the data describe. What every use case is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType

import ibis.expr.types as ir

from accord.agreement.model import Agreement
from accord.engines.base import Engine

__all__ = ["Source"]

EPISODES = "episodes"

MOST_FETCHED = 20_000_000
"""About 1.2 GB of narrow rows; beyond it the engine adds up."""


@dataclass(frozen=True)
class Source:
    """Everything figures are computed from.

    ``engine`` has the contract's tables and :data:`EPISODES`. ``as_of`` is naive UTC: everything later does not
    exist. ``recorded`` counts the rows of each table of the contract; ``left_out`` the rows no episode can use, by
    reason. A source is a context manager; leaving it closes the engine.
    """

    engine: Engine
    agreement: Agreement
    as_of: datetime
    recorded: Mapping[str, int]
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def fetches_rows(self) -> bool:
        """Whether one narrow row per episode may be fetched: the engine is embedded and they fit in memory."""
        return self.engine.dialect == "duckdb" and self.recorded.get("handoffs", 0) <= MOST_FETCHED

    @property
    def episodes(self) -> ir.Table:
        """The episodes as an unbound Ibis table (see :mod:`accord.tables.episodes`)."""
        return self.engine.table(EPISODES)

    def __enter__(self) -> Source:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.engine.close()
