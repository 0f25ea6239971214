"""How a table of the contract stands in the database: one table of versions per table, its key and its columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from accord.tables.schema import TABLES, StoredColumn, Table, Type, stored_columns

__all__ = ["ROW_KEY", "VERSION_TABLES", "VersionTable", "composite_key", "version_table"]

ROW_KEY = "row_key"
"""Key column of a table whose key in the contract has several columns, some of them possibly empty."""


@dataclass(frozen=True, slots=True)
class VersionTable:
    """The versions of one table of the contract.

    ``key``: the one column that identifies a row here. ``columns``: every column but ``import_id`` and ``extra``,
    the key first where the contract has no such column (:data:`ROW_KEY`).
    """

    contract: Table
    name: str
    key: str
    columns: tuple[StoredColumn, ...]

    @property
    def composite(self) -> bool:
        """Whether the key stands for several columns of the contract."""
        return self.key == ROW_KEY

    @property
    def names(self) -> tuple[str, ...]:
        """Names of ``columns``."""
        return tuple(column.name for column in self.columns)

    def key_of(self, values: Mapping[str, object]) -> str:
        """The key of a row given by column; a column that is missing is empty, and a key it already has stays."""
        if not self.composite or values.get(self.key) is not None:
            return str(values[self.key])
        return composite_key([values.get(name) for name in self.contract.key])


def composite_key(parts: Sequence[object]) -> str:
    """One text for several values, different for different values: ``2026-01-01|2026-01-31|=ads||=EUR``.

    An empty value is nothing between the bars; a text starts with ``=`` and has its own bars and backslashes escaped.
    Rows of one file that are alike in all of it are rows of their own: the second ends with ``|#2``, the third with
    ``|#3``. Two invoices of one month for one channel are two amounts, and the same file again is the same rows.
    """
    return "|".join(_part(part) for part in parts)


def _part(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    return "=" + str(value).replace("\\", "\\\\").replace("|", "\\|")


def _version_table(table: Table) -> VersionTable:
    columns = stored_columns(table)
    if len(table.key) == 1:
        return VersionTable(table, f"{table.name}_versions", table.key[0], columns)
    return VersionTable(table, f"{table.name}_versions", ROW_KEY, (StoredColumn(ROW_KEY, Type.TEXT), *columns))


VERSION_TABLES: Mapping[str, VersionTable] = {table.name: _version_table(table) for table in TABLES}


def version_table(name: str) -> VersionTable:
    """The versions of the contract's table of that name; ``KeyError`` when the contract has none."""
    return VERSION_TABLES[name]
