"""The extra columns of leads, out of their JSON text into typed columns."""

from __future__ import annotations

from collections.abc import Mapping

from accord.readmodel.workbench import DUCKDB_TYPES, identifier, literal
from accord.store.streaming import EXTRA
from accord.tables.schema import Type

__all__ = ["pointer", "with_extra_columns"]


def pointer(name: str) -> str:
    """The JSON pointer to a member, whatever characters its name has."""
    return "/" + name.replace("~", "~0").replace("/", "~1")


def with_extra_columns(relation: str, types: Mapping[str, Type]) -> str:
    """``relation`` with one more column for each extra column, in one pass over the JSON text."""
    if not types:
        return relation
    pointers = "[" + ", ".join(literal(pointer(name)) for name in types) + "]"
    cells = ", ".join(
        # What does not fit the type cannot be: types are widened before a value arrives that would not fit.
        f"TRY_CAST(accord_cells[{number}] AS {DUCKDB_TYPES[kind]}) AS {identifier(name)}"
        for number, (name, kind) in enumerate(types.items(), 1)
    )
    return (
        f"(SELECT * EXCLUDE (accord_cells), {cells} FROM "
        f"(SELECT *, json_extract_string({EXTRA}, {pointers}) AS accord_cells FROM {relation}))"
    )
