"""What every engine can do: hand out unbound tables, run an Ibis expression, keep a small table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa

from accord.late import Late

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.sql import compilers
    from ibis.expr.operations import Node

    from accord.engines import casts
else:
    compilers, casts = Late("ibis.backends.sql.compilers"), Late("accord.engines.casts")

__all__ = ["Engine", "compile_sql"]


class Engine(Protocol):
    """A place where tables of the contract's shape stand and SQL runs.

    Instants are naive UTC, the session's time zone is UTC.
    """

    dialect: str

    def has(self, name: str) -> bool:
        """Whether a table or view of that name stands there."""

    def table(self, name: str) -> ir.Table:
        """The unbound Ibis table of that name with its columns' types; ``EngineError`` when there is none."""

    def columns(self, name: str) -> Sequence[str]:
        """The names of that table's columns, in order; ``EngineError`` when there is none."""

    def types(self, name: str) -> Mapping[str, str]:
        """That table's columns in order, each with Ibis's name of its type; ``EngineError`` when there is none."""

    def run(self, expression: ir.Table) -> pa.Table:
        """The rows of ``expression``, with the types that Ibis gives its columns."""

    def keep(self, name: str, rows: pa.Table) -> None:
        """Make ``rows`` (a small table of constants) available as table ``name`` for this session."""

    def materialise(self, name: str, expression: ir.Table) -> None:
        """Compute ``expression`` once and keep it as table ``name`` for this session."""

    def materialise_sql(self, name: str, text: str) -> None:
        """The same for a query in the engine's own SQL."""

    def without_values(self, name: str, column: str, values: Sequence[str]) -> None:
        """Show nothing in that table's ``column`` where one of ``values`` stands, for the rest of this session."""

    def close(self) -> None:
        """Let go of the connection."""


def compile_sql(expression: ir.Table, dialect: str) -> str:
    """The SQL text of ``expression``; compiled once per expression and dialect in a process."""
    return _compiled(expression.op(), dialect)


@lru_cache(maxsize=1024)  # an audit alone asks a hundred queries of each engine under each agreement
def _compiled(operation: Node, dialect: str) -> str:
    # By operation: two tables that say the same are not equal, as ``==`` is kept for columns; their operations are.
    if dialect == "postgres":
        operation = casts.whole_numbers_of_truths(operation)
    # As ``ibis.to_sql``, less two copies of what nobody else holds: a quarter of its time. For PostgreSQL the text is
    # made by changing the tree, whose parts stand in several places: one copy puts each in its own, or whole numbers
    # would be divided to whole ones.
    compiler = getattr(compilers, dialect).compiler
    tree = compiler.to_sqlglot(operation.to_expr())
    return str(tree.sql(dialect=compiler.dialect, pretty=False, copy=dialect == "postgres"))
