"""Arrow's types and Ibis's types, for the handful that the contract and its figures use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    import ibis.expr.datatypes as dt
    import ibis.expr.types as ir

__all__ = ["arrow_schema", "ibis_schema"]


def ibis_schema(schema: pa.Schema) -> dict[str, str]:
    """Ibis's names of the types of an Arrow schema."""
    return {field.name: _ibis_name(field.type) for field in schema}


def _ibis_name(kind: pa.DataType) -> str:
    if pa.types.is_dictionary(kind):
        return _ibis_name(kind.value_type)
    if pa.types.is_timestamp(kind):
        return f"timestamp('{kind.tz}', 6)" if kind.tz else "timestamp(6)"
    if pa.types.is_decimal(kind):
        return "float64"
    for check, name in (
        (pa.types.is_boolean, "boolean"),
        (pa.types.is_integer, "int64"),
        (pa.types.is_floating, "float64"),
        (pa.types.is_date, "date"),
    ):
        if check(kind):
            return name
    return "string"


def arrow_schema(expression: ir.Table) -> pa.Schema:
    """The Arrow schema of an expression's rows."""
    return pa.schema([(name, _arrow_type(kind)) for name, kind in expression.schema().items()])


def _arrow_type(kind: dt.DataType) -> pa.DataType:
    if kind.is_timestamp():
        return pa.timestamp("us")
    for matches, arrow in (
        (kind.is_boolean(), pa.bool_()),
        (kind.is_int8(), pa.int8()),
        (kind.is_int32(), pa.int32()),
        (kind.is_integer(), pa.int64()),
        (kind.is_floating(), pa.float64()),
        (kind.is_date(), pa.date32()),
    ):
        if matches:
            return arrow
    return pa.string()
