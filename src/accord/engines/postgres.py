"""PostgreSQL where views or tables of the contract's shape stand: figures computed where the data already is."""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pyarrow as pa

from accord.engines.base import compile_sql
from accord.engines.types import arrow_schema
from accord.engines.unreachable import why_no_connection
from accord.errors import EngineError
from accord.language import gettext as _
from accord.late import Late

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir
    import psycopg
else:
    ibis = Late("ibis")

__all__ = ["PostgresEngine"]

_TYPES = {
    "text": "string",
    "varchar": "string",
    "bpchar": "string",
    "uuid": "string",
    "name": "string",
    "int2": "int64",
    "int4": "int64",
    "int8": "int64",
    "float4": "float64",
    "float8": "float64",
    "numeric": "float64",
    "bool": "boolean",
    "timestamp": "timestamp(6)",
    "timestamptz": "timestamp('UTC', 6)",
    "date": "date",
}
_EXTRA_TYPES = {"integer": "int8", "number": "float8", "boolean": "bool", "time": "timestamp", "date": "date"}
"""Types of columns of leads in Accord's own store, by its word for them; any other is text."""
_VIEW = "accord_bytewise_"
_ARROW_TO_SQL = {
    "string": "text",
    "int64": "bigint",
    "double": "double precision",
    "bool": "boolean",
    "date32[day]": "date",
    "timestamp[us]": "timestamp",
}

NO_COMPILER = "jit=off"
"""The server's compiler takes longer over many columns than their rows do: ten of a diagnosis' fifteen seconds."""


class PostgresEngine:
    """A PostgreSQL session; nothing but temporary tables is written.

    ``address`` is a ``postgresql://`` URL; its ``?schema=`` names the schema the views stand in (default: the
    connection's search path).
    """

    dialect = "postgres"

    def __init__(self, address: str) -> None:
        self._psycopg = _driver()
        self._where = _without_password(address)
        try:
            self.connection: psycopg.Connection[Any] = self._psycopg.connect(
                address, autocommit=True, connect_timeout=10, options=f"-c timezone=UTC -c {NO_COMPILER}"
            )
        except self._psycopg.OperationalError as error:
            raise EngineError(_no_connection(str(error), address)) from error
        self._tables: dict[str, ir.Table] = {}

    def has(self, name: str) -> bool:
        """Whether a table or view of that name is on the search path."""
        row = self.connection.execute("SELECT to_regclass(quote_ident(%s))", [name]).fetchone()
        return row is not None and row[0] is not None

    def table(self, name: str) -> ir.Table:
        """The unbound Ibis table of that name, columns of types not understood left out; ``EngineError`` if none."""
        if name in self._tables:
            return self._tables[name]
        rows = self.connection.execute(
            "SELECT a.attname, t.typname FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid"
            " WHERE a.attrelid = to_regclass(quote_ident(%s)) AND a.attnum > 0 AND NOT a.attisdropped"
            " ORDER BY a.attnum",
            [name],
        ).fetchall()
        if not rows:
            raise EngineError(
                _(
                    "{where} has no table or view {name}. Create a view of that name with the contract's columns."
                ).format(where=self._where, name=name)
            )
        schema = {column: _TYPES[kind] for column, kind in rows if kind in _TYPES}
        further = self._further_columns(schema) if name == "leads" else {}
        # Ties between instants are broken by identifier: byte by byte, as on every engine, not by the database's
        # collation. A view's collation carries through everything that is built on it.
        columns = ", ".join(
            f'{_quoted(column)} COLLATE "C" AS {_quoted(column)}' if kind == "string" else _quoted(column)
            for column, kind in schema.items()
        )
        schema |= {column: kind for column, (kind, _cell) in further.items()}
        columns = ", ".join([columns, *(f"{cell} AS {_quoted(column)}" for column, (_kind, cell) in further.items())])
        self.connection.execute(
            f'CREATE OR REPLACE TEMPORARY VIEW "{_VIEW}{name}" AS SELECT {columns} FROM "{name}"'.encode()
        )
        self._tables[name] = ibis.table(schema, name=f"{_VIEW}{name}")
        return self._tables[name]

    def _further_columns(self, known: Mapping[str, str]) -> dict[str, tuple[str, str]]:
        """Columns of leads that the contract does not name, where Accord's own store keeps them: name → type, SQL."""
        if "extra" not in known or not self.has("lead_columns"):
            return {}
        found = self.connection.execute("SELECT name, type FROM lead_columns ORDER BY name").fetchall()
        columns = {}
        for name, kind in found:
            cell = f"(extra::jsonb ->> {_literal(name)})"
            sql_type = _EXTRA_TYPES.get(kind)
            typed = f'{cell} COLLATE "C"' if sql_type is None else f"CAST({cell} AS {sql_type})"
            if name not in known:
                columns[name] = (_TYPES[sql_type or "text"], typed)
        return columns

    def columns(self, name: str) -> Sequence[str]:
        """The names of that table's columns; ``EngineError`` if there is none."""
        names: Sequence[str] = self.table(name).columns
        return names

    def types(self, name: str) -> Mapping[str, str]:
        """That table's columns with Ibis's names of their types; ``EngineError`` if there is none."""
        return {column: str(kind) for column, kind in self.table(name).schema().items()}

    def run(self, expression: ir.Table) -> pa.Table:
        """The rows of ``expression``; ``EngineError`` with PostgreSQL's own words when it refuses."""
        schema = arrow_schema(expression)
        try:
            rows = self.connection.execute(compile_sql(expression, self.dialect).encode()).fetchall()
        except self._psycopg.Error as error:
            raise self._refused(error) from error
        columns: list[Any] = list(zip(*rows, strict=True)) if rows else [[] for _field in schema]
        arrays = [_array(values, field.type) for values, field in zip(columns, schema, strict=True)]
        return pa.Table.from_arrays(arrays, schema=schema)

    def keep(self, name: str, rows: pa.Table) -> None:
        """Make ``rows`` available as temporary table ``name`` for this session."""
        columns = ", ".join(f'"{field.name}" {_ARROW_TO_SQL[str(field.type)]}' for field in rows.schema)
        with self.connection.transaction(), self.connection.cursor() as cursor:
            cursor.execute(f'DROP TABLE IF EXISTS pg_temp."{name}" CASCADE'.encode())
            cursor.execute(f'CREATE TEMPORARY TABLE "{name}" ({columns})'.encode())
            with cursor.copy(f'COPY pg_temp."{name}" FROM STDIN'.encode()) as copy:
                for row in rows.to_pylist():
                    copy.write_row(tuple(row.values()))
            cursor.execute(f'ANALYZE pg_temp."{name}"'.encode())
        self._tables.pop(name, None)

    def materialise(self, name: str, expression: ir.Table) -> None:
        """Compute ``expression`` once and keep it as temporary table ``name`` for this session."""
        self.materialise_sql(name, compile_sql(expression, self.dialect))

    def materialise_sql(self, name: str, text: str) -> None:
        """The same for a query in PostgreSQL's SQL."""
        try:
            with self.connection.transaction():
                self.connection.execute(f'DROP TABLE IF EXISTS pg_temp."{name}" CASCADE'.encode())
                self.connection.execute(f'CREATE TEMPORARY TABLE "{name}" AS {text}'.encode())
                self.connection.execute(f'ANALYZE pg_temp."{name}"'.encode())
        except self._psycopg.Error as error:
            raise self._refused(error) from error
        self._tables.pop(name, None)

    def without_values(self, name: str, column: str, values: Sequence[str]) -> None:
        """Show nothing in that table's ``column`` where one of ``values`` stands, for the rest of this session: in a
        temporary copy, which stands before the table on the search path."""
        where = _quoted(column)
        try:
            with self.connection.transaction():
                self.connection.execute(f'CREATE TEMPORARY TABLE "{name}" AS SELECT * FROM "{name}"'.encode())
                self.connection.execute(
                    f'UPDATE pg_temp."{name}" SET {where} = NULL WHERE {where} = ANY(%s)'.encode(), [list(values)]
                )
                self.connection.execute(f'ANALYZE pg_temp."{name}"'.encode())
        except self._psycopg.Error as error:
            raise self._refused(error) from error
        self._tables.pop(name, None)

    def close(self) -> None:
        """Let go of the connection."""
        self.connection.close()

    def _refused(self, error: Exception) -> EngineError:
        return EngineError(
            _("PostgreSQL at {where} refused a query: {reason}").format(
                where=self._where, reason=" ".join(str(error).split())
            )
        )


def _array(values: Any, kind: pa.DataType) -> pa.Array:
    if pa.types.is_floating(kind):
        values = [None if value is None else float(value) for value in values]
    elif pa.types.is_integer(kind):
        values = [None if value is None else int(value) for value in values]
    return pa.array(values, type=kind)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _driver() -> Any:
    try:
        import psycopg  # noqa: PLC0415 - an extra: installed only where PostgreSQL is used
    except ImportError as error:
        raise EngineError(
            _("PostgreSQL needs the driver psycopg. Install it with: pip install 'accord[postgres]'")
        ) from error
    return psycopg


def _no_connection(words: str, address: str) -> str:
    parts = urlsplit(address)
    secret = unquote(parts.password or "")
    return why_no_connection(
        words.replace(secret, "***") if len(secret) > 1 else words,
        host=parts.hostname or "localhost",
        port=parts.port or 5432,
        user=unquote(parts.username or "") or os.environ.get("PGUSER") or getpass.getuser(),
        database=parts.path.lstrip("/"),
    )


def _without_password(address: str) -> str:
    parts = urlsplit(address)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.hostname or 'localhost'}{port}{parts.path}"
