"""A warehouse table in the contract's shape: missing columns, dates and zoned times made uniform."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from accord.engines.base import Engine
from accord.late import Late
from accord.tables.schema import Table, Type, table_named

if TYPE_CHECKING:
    import ibis
    import ibis.expr.datatypes as dt
    import ibis.expr.types as ir
else:
    ibis = Late("ibis")
    dt = Late("ibis.expr.datatypes")

__all__ = ["contract_table", "contract_tables"]

_TYPES = {
    Type.TEXT: "string",
    Type.INTEGER: "int64",
    Type.NUMBER: "float64",
    Type.BOOLEAN: "boolean",
    Type.TIME: "timestamp(6)",
    Type.DATE: "date",
}


def contract_tables(engine: Engine, names: tuple[str, ...]) -> dict[str, ir.Table]:
    """:func:`contract_table` of each name."""
    return {name: contract_table(engine, table_named(name)) for name in names}


def contract_table(engine: Engine, table: Table, only: Collection[str] | None = None) -> ir.Table:
    """``table`` with exactly its stored columns, plus any other column where the table is open (leads).

    ``only``: the columns that are asked for, where few are; writing a query takes as long as it has columns.

    A column the engine lacks is null; a time of type date is a date without a time; a time with a zone becomes naive
    UTC; a table the engine lacks is empty.
    """
    if not engine.has(table.name):
        return _empty(table)
    source = engine.table(table.name)
    columns: dict[str, ir.Value] = {}
    for column in table.columns:
        if only is not None and column.name not in only:
            continue
        companion = f"{column.name}_is_date"
        if column.name not in source.columns:
            columns[column.name] = ibis.null(_TYPES[column.type])
            if column.type is Type.TIME:
                columns[companion] = ibis.literal(value=False)
            continue
        value = source[column.name]
        if column.type is Type.TIME:
            if companion in source.columns:
                columns[companion] = ibis.coalesce(source[companion], ibis.literal(value=False))
            else:
                columns[companion] = ibis.literal(isinstance(value.type(), dt.Date))
            value = _naive(value)
        elif not _same(value.type(), _TYPES[column.type]):
            value = value.cast(_TYPES[column.type])
        columns[column.name] = value
    if table.name == "leads":
        further = [name for name in source.columns if name not in columns and name != "extra"]
        columns |= {name: source[name] for name in further if only is None or name in only}
    return source.select(**columns)


def _same(found: dt.DataType, wanted: str) -> bool:
    return bool(found.copy(nullable=True) == dt.dtype(wanted))


def _naive(value: ir.Value) -> ir.Value:
    # Sessions run in UTC, so casting a zoned time to a plain timestamp yields the UTC wall clock.
    plain = isinstance(value.type(), dt.Timestamp) and value.type().timezone is None
    return value if plain else value.cast("timestamp(6)")


def _empty(table: Table) -> ir.Table:
    schema = {}
    for column in table.columns:
        schema[column.name] = _TYPES[column.type]
        if column.type is Type.TIME:
            schema[f"{column.name}_is_date"] = "boolean"
    # A row of a literal: an in-memory table of Ibis would need pandas.
    row = ibis.literal(0, type="int64").name("nothing").as_table()
    return row.filter(row.nothing > 0).select(**{name: ibis.null(kind) for name, kind in schema.items()})
