"""DuckDB in memory over Parquet files: the embedded engine."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING
from uuid import uuid4

import duckdb
import pyarrow as pa

from accord.engines.arrays import texts
from accord.engines.base import compile_sql
from accord.engines.types import arrow_schema, ibis_schema
from accord.errors import EngineError
from accord.language import gettext as _
from accord.late import Late

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir
else:
    ibis = Late("ibis")

__all__ = ["DuckDBEngine"]

MEMORY_LIMIT = "2GB"
"""What one session may hold before it spills to disk; leaves room for the arrays that statistics work on."""

WRITTEN = "(FORMAT parquet, COMPRESSION lz4, DICTIONARY_SIZE_LIMIT 1000, PARQUET_VERSION v2)"
"""Most columns of facts are numbers and identifiers that hardly repeat: a dictionary of more words only costs time."""


class DuckDBEngine:
    """An in-memory DuckDB session; ``relations`` maps a table's name to the DuckDB relation that reads it."""

    dialect = "duckdb"

    def __init__(self, relations: Mapping[str, str] | None = None, *, memory_limit: str = MEMORY_LIMIT) -> None:
        self.connection = duckdb.connect(
            # What does not fit in memory spills there, and not into the folder the user happens to stand in; each
            # session into a folder of its own, for it names its files without looking whether others do.
            config={"memory_limit": memory_limit, "temp_directory": str(Path(gettempdir()) / _folder_to_spill())}
        )
        self.connection.execute("SET TimeZone = 'UTC'")
        # In a notebook DuckDB would draw a bar among the answers, by its own guess of how long a query takes.
        self.connection.execute("SET enable_progress_bar = false")
        self._names: set[str] = set()
        self._relations: dict[str, str] = {}
        self._tables: dict[str, ir.Table] = {}
        self._columns: dict[str, Sequence[str]] = {}
        self._types: dict[str, Mapping[str, str]] = {}
        for name, relation in (relations or {}).items():
            self.view(name, relation)

    def view(self, name: str, relation: str) -> None:
        """Name a DuckDB relation (``SELECT …`` text or a table function call)."""
        body = relation if relation.lstrip().upper().startswith(("SELECT", "WITH", "FROM")) else f"FROM {relation}"
        self.connection.execute(f'CREATE OR REPLACE TEMP VIEW "{name}" AS {body}')
        self._relations[name] = body
        self._forget(name)

    def has(self, name: str) -> bool:
        """Whether a table or view of that name stands there."""
        return name in self._names

    def table(self, name: str) -> ir.Table:
        """The unbound Ibis table of that name; ``EngineError`` when there is none."""
        if name not in self._tables:
            self._tables[name] = ibis.table(dict(self.types(name)), name=name)
        return self._tables[name]

    def types(self, name: str) -> Mapping[str, str]:
        """That table's columns with their types, without loading what queries are written with."""
        if name not in self._names:
            raise EngineError(_("The read model has no table {name}.").format(name=name))
        if name not in self._types:
            self._types[name] = ibis_schema(self.connection.sql(f'FROM "{name}" LIMIT 0').to_arrow_table().schema)
        return self._types[name]

    def columns(self, name: str) -> Sequence[str]:
        """The names of that table's columns, without loading what queries are written with."""
        if name not in self._names:
            raise EngineError(_("The read model has no table {name}.").format(name=name))
        if name not in self._columns:
            self._columns[name] = [row[0] for row in self.connection.execute(f'DESCRIBE "{name}"').fetchall()]
        return self._columns[name]

    def run(self, expression: ir.Table) -> pa.Table:
        """The rows of ``expression``; ``EngineError`` with DuckDB's own words when it refuses."""
        return self.run_sql(compile_sql(expression, self.dialect)).cast(arrow_schema(expression))

    def run_sql(self, text: str) -> pa.Table:
        """The rows of a query in DuckDB's SQL."""
        try:
            return self.connection.sql(text).to_arrow_table()
        except duckdb.Error as error:
            raise EngineError(_("DuckDB refused a query: {reason}").format(reason=error)) from error

    def write_parquet(self, query: str, path: Path) -> None:
        """Write the rows of a query to a Parquet file; ``EngineError`` when DuckDB cannot (a full disk, no access)."""
        target = str(path).replace("'", "''")
        try:
            # The order of rows in a file means nothing, and keeping it costs memory; while reading, it is kept.
            self.connection.execute("SET preserve_insertion_order = false")
            # Which side of a join goes into memory is as written: DuckDB's guess takes many rows for few.
            self.connection.execute("SET disabled_optimizers = 'build_side_probe_side,in_clause'")
            self.connection.execute(f"COPY ({query}) TO '{target}' {WRITTEN}")
        except duckdb.Error as error:
            raise EngineError(_("{path} cannot be written: {reason}").format(path=path, reason=error)) from error
        finally:
            self.connection.execute("SET preserve_insertion_order = true")
            self.connection.execute("SET disabled_optimizers = ''")

    def keep(self, name: str, rows: pa.Table) -> None:
        """Make ``rows`` available as table ``name`` for this session."""
        self.connection.register("_incoming", rows)
        self.connection.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS FROM _incoming')
        self.connection.unregister("_incoming")
        self._forget(name)

    def materialise(self, name: str, expression: ir.Table) -> None:
        """Compute ``expression`` once and keep it as table ``name`` for this session."""
        self.materialise_sql(name, compile_sql(expression, self.dialect))

    def materialise_sql(self, name: str, text: str) -> None:
        """The same for a query in DuckDB's SQL."""
        try:
            self.connection.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {text}')
        except duckdb.Error as error:
            raise EngineError(_("DuckDB refused a query: {reason}").format(reason=error)) from error
        self._forget(name)

    def drop(self, name: str) -> None:
        """Let go of a table that was kept for this session, and of its memory."""
        self.connection.execute(f'DROP TABLE IF EXISTS "{name}"')
        self._forget(name)
        self._names.discard(name)

    def without_values(self, name: str, column: str, values: Sequence[str]) -> None:
        """Show nothing in a view's ``column`` where one of ``values`` stands, for the rest of this session."""
        hidden = f"accord_hidden_{name}_{column}"
        self.keep(hidden, pa.table({"value": texts(values)}))
        shown = f'CASE WHEN "{column}" NOT IN (SELECT value FROM "{hidden}") THEN "{column}" END AS "{column}"'
        self.view(name, f"SELECT * REPLACE ({shown}) FROM ({self._relations[name]})")

    def close(self) -> None:
        """Let go of the session."""
        self.connection.close()

    def _forget(self, name: str) -> None:
        self._names.add(name)
        self._tables.pop(name, None)
        self._columns.pop(name, None)
        self._types.pop(name, None)


def _folder_to_spill() -> str:
    return f"accord-{os.getpid()}-{uuid4().hex[:12]}"
