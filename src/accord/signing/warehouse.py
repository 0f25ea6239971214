"""What stands in a warehouse of one's own, for whoever checks an agreement against the data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from accord.engines.shape import contract_table
from accord.errors import AccordError
from accord.late import Late
from accord.tables.schema import Type, table_named

if TYPE_CHECKING:
    import ibis.expr.datatypes as dt
    import ibis.expr.types as ir

    from accord.engines import postgres
    from accord.engines.base import Engine
    from accord.workspace import Workspace
else:
    postgres = Late("accord.engines.postgres")

__all__ = ["columns_in_warehouse", "kinds_of", "warehouse_of"]


@contextmanager
def warehouse_of(workspace: Workspace) -> Iterator[Engine | None]:
    """The engine where the data stand; None where that is the workspace's own store.

    Raises ``EngineError`` where it is out of reach.
    """
    if not workspace.engine_url.startswith(("postgres://", "postgresql://")):
        yield None
        return
    engine = postgres.PostgresEngine(workspace.engine_url)
    try:
        yield engine
    finally:
        engine.close()


def columns_in_warehouse(workspace: Workspace) -> dict[str, str] | None:
    """Column of the leads → what it holds, in the words of the contract; None where no leads stand in a warehouse, or
    nobody can tell.
    """
    try:
        with warehouse_of(workspace) as engine:
            if engine is None or not engine.has("leads"):
                return None
            return kinds_of(contract_table(engine, table_named("leads")))
    except AccordError:
        return None


def kinds_of(leads: ir.Table) -> dict[str, str]:
    """What each column of the leads holds, in the words of the contract."""
    return {name: _kind(kind).value for name, kind in leads.schema().items() if not name.endswith("_is_date")}


def _kind(kind: dt.DataType) -> Type:
    if kind.is_boolean():
        return Type.BOOLEAN
    if kind.is_numeric():
        return Type.NUMBER
    return Type.TIME if kind.is_timestamp() or kind.is_date() else Type.TEXT
