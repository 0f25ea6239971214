"""A source of figures: the engine, the agreement, and the moment the data describe. What every use case is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any

import ibis.expr.types as ir

from accord.agreement.model import Agreement
from accord.engines.base import Engine

__all__ = ["Source"]

EPISODES = "episodes"

MOST_FETCHED = 20_000_000
"""About 1 GB of narrow rows; beyond it the engine adds up."""

MOST_REMEMBERED = 8
"""Narrow columns a source keeps between questions; the definitions' facts and the dimensions' codes."""


@dataclass(frozen=True)
class Source:
    """Everything figures are computed from.

    ``engine`` has the contract's tables and :data:`EPISODES`. ``as_of`` is naive UTC: everything later does not
    exist. ``recorded`` counts the rows of each table of the contract; ``left_out`` the rows no episode can use, by
    reason. ``state`` names the state of the database that the tables show: what was worked out from it once holds for
    as long as the name does; None where nobody can tell. A source is a context manager; leaving it closes the engine.
    """

    engine: Engine
    agreement: Agreement
    as_of: datetime
    recorded: Mapping[str, int]
    left_out: Mapping[str, int] = field(default_factory=dict)
    state: str | None = None
    _memory: dict[object, object] = field(default_factory=dict, compare=False, repr=False)

    @property
    def fetches_rows(self) -> bool:
        """Whether one narrow row per episode may be fetched: the engine is embedded and they fit in memory."""
        return self.engine.dialect == "duckdb" and self.recorded.get("handoffs", 0) <= MOST_FETCHED

    def remembered(self, name: object, make: Callable[[], Any]) -> Any:
        """What ``make`` returned when ``name`` was first asked for; only the last :data:`MOST_REMEMBERED` are kept."""
        if name in self._memory:
            self._memory[name] = self._memory.pop(name)
        else:
            self._memory[name] = make()
            while len(self._memory) > MOST_REMEMBERED:
                del self._memory[next(iter(self._memory))]
        return self._memory[name]

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
