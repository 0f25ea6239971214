"""A source of figures: the engine, the agreement, and the moment the data describe. What every use case is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from accord.agreement.model import Agreement
from accord.engines.base import Engine
from accord.readmodel.shelf import Kept, Shelf
from accord.stats.side_by_side import LONG, meanwhile

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["Source"]

T = TypeVar("T")

EPISODES = "episodes"

MOST_FETCHED = 20_000_000
"""About 1 GB of narrow rows; beyond it the engine adds up."""

MOST_REMEMBERED = 12
"""Narrow columns a source keeps between questions; the definitions' facts and the dimensions' codes."""

MOST_NOTED = 100
"""Finished answers it keeps: a few kilobytes each."""


@dataclass(frozen=True)
class Source:
    """Everything figures are computed from.

    ``engine`` has the contract's tables and :data:`EPISODES`. ``as_of`` is naive UTC: everything later does not
    exist. ``recorded`` counts the rows of each table of the contract; ``left_out`` the rows no episode can use, by
    reason. ``state`` names the state of the database that the tables show: what was worked out from it once holds for
    as long as the name does; None where nobody can tell. A source is a context manager; leaving it waits for what is
    being put on the shelf, and closes the engine. ``shelf`` keeps arrays for the sources of later processes.
    """

    engine: Engine
    agreement: Agreement
    as_of: datetime
    recorded: Mapping[str, int]
    left_out: Mapping[str, int] = field(default_factory=dict)
    state: str | None = None
    shelf: Shelf | None = None
    _arrays: dict[str, Kept] = field(default_factory=dict, compare=False, repr=False)
    _notes: dict[object, Any] = field(default_factory=dict, compare=False, repr=False)
    _passing: list[Callable[[], None]] = field(default_factory=list, compare=False, repr=False)

    @property
    def fetches_rows(self) -> bool:
        """Whether one narrow row per episode may be fetched: the engine is embedded and they fit in memory."""
        return self.engine.dialect == "duckdb" and self.recorded.get("handoffs", 0) <= MOST_FETCHED

    def kept(self, name: str, make: Callable[[], Kept]) -> Kept:
        """The arrays that ``make`` returned when ``name`` was first asked for: by this source or, where there is a
        shelf, by any before it over the same data at the same moment."""
        found: Kept = _recalled(self._arrays, name, lambda: self._from_shelf(name, make), MOST_REMEMBERED)
        return found

    def noted(self, name: object, make: Callable[[], T]) -> T:
        """What ``make`` returned when ``name`` was first asked for."""
        answer: T = _recalled(self._notes, name, make, MOST_NOTED)
        return answer

    def _from_shelf(self, name: str, make: Callable[[], Kept]) -> Kept:
        if self.shelf is None:
            return make()
        found = self.shelf.get(name)
        if found is None:
            found = make()
            self._put(self.shelf, name, found)
        return found

    def _put(self, shelf: Shelf, name: str, made: Kept) -> None:
        """Put it on the shelf; what takes a while to be on disk, beside whatever is asked next."""
        if max((values.size for values in made[0].values()), default=0) < LONG:
            shelf.put(name, *made)
        else:
            self._passing.append(meanwhile(lambda: shelf.put(name, *made)))

    @property
    def episodes(self) -> ir.Table:
        """The episodes as an unbound Ibis table (see :mod:`accord.tables.episodes`)."""
        return self.engine.table(EPISODES)

    @property
    def columns(self) -> Sequence[str]:
        """The names of the episodes' columns."""
        return self.engine.columns(EPISODES)

    def __enter__(self) -> Source:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            while self._passing:
                self._passing.pop()()
        finally:
            self.engine.close()


def _recalled(memory: dict[Any, Any], name: object, make: Callable[[], Any], most: int) -> Any:
    """What the memory holds under ``name``, made when it does not; the ``most`` that were asked for last stay."""
    memory[name] = memory.pop(name) if name in memory else make()
    while len(memory) > most:
        del memory[next(iter(memory))]
    return memory[name]
