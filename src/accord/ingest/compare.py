"""Staged rows against the rows that are there: new, different, or the same. All rows at once, in DuckDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import duckdb

from accord.ingest.staged import Accounting, StagedTable
from accord.readmodel.extra_columns import pointer, with_extra_columns
from accord.readmodel.incoming import REPLACES
from accord.readmodel.segments import internal_columns
from accord.readmodel.workbench import DUCKDB_TYPES, identifier, literal
from accord.store.lead_columns import known_as
from accord.store.physical import VersionTable
from accord.store.streaming import EXTRA
from accord.tables.schema import Type

__all__ = ["Compared", "Comparison", "staged_rows"]

_WRITTEN = "(FORMAT parquet, COMPRESSION snappy)"


@dataclass(frozen=True, slots=True)
class Compared:
    """What an import does to one table: ``file`` holds ``rows`` new or changed rows, sorted by key, each whole."""

    file: Path
    rows: int
    accounting: Accounting


@dataclass(frozen=True)
class Comparison:
    """Compares the files that one import has for one table, in their order, with the rows that are there.

    ``current``: the relation of the rows there now (see ``stored`` in :mod:`accord.readmodel.generation`), of which
    there are ``current_rows``. ``types``: every extra column of leads, known or new. ``folder`` is for passing files.
    """

    connection: duckdb.DuckDBPyConnection
    table: VersionTable
    current: str
    current_rows: int
    types: Mapping[str, Type]
    folder: Path

    def compare(self, staged: Sequence[StagedTable], target: Path) -> Compared:
        """Write what is new or differs to ``target`` and account for every row."""
        together = Accounting()
        before = self.folder / f"{self.table.contract.name}-nothing-yet.parquet"
        groups = [list(group) for _alike, group in groupby(staged, key=_alike)]
        for number, group in enumerate(groups):
            last = number == len(groups) - 1
            layer = self.folder / f"{self.table.contract.name}-{number}.parquet"
            there, rows = self._there(before) if number else (self.current, self.current_rows)
            layered = _Layer(self, group, there, rows)
            together += layered.write(target if last and not number else layer, final=last and not number)
            if number:
                combined = target if last else self.folder / f"{self.table.contract.name}-{number}-all.parquet"
                self._combine(before, layer, combined, final=last)
                layer = combined
            before = layer
        return Compared(target, self.count(target), together)

    def count(self, file: Path, what: str = "count(*)") -> int:
        """A count over a Parquet file."""
        found = self.connection.execute(f"SELECT {what} FROM read_parquet({literal(file)})").fetchone()
        assert found is not None
        return int(found[0])

    @property
    def key(self) -> str:
        """The key column, quoted."""
        return identifier(self.table.key)

    def copy(self, query: str, target: Path, *, final: bool) -> None:
        """Write a query to a file; the ``final`` one gets the extra columns of leads as columns of their own."""
        relation = with_extra_columns(f"({query})", self.types) if final else f"({query})"
        self.connection.execute(f"COPY (FROM {relation}) TO {literal(target)} {_WRITTEN}")

    def _there(self, changed: Path) -> tuple[str, int]:
        columns = ", ".join(identifier(column.name) for column in internal_columns(self.table))
        relation = (
            f"(SELECT {columns} FROM read_parquet({literal(changed)}) UNION ALL SELECT {columns} FROM {self.current} "
            f"AS before ANTI JOIN (SELECT {self.key} FROM read_parquet({literal(changed)})) AS changed "
            f"USING ({self.key}))"
        )
        return relation, self.current_rows + self.count(changed, f"count(*) FILTER (NOT {REPLACES})")

    def _combine(self, before: Path, layer: Path, target: Path, *, final: bool) -> None:
        """Both layers as one; the layer in which a key first came knows whether it was there before the import."""
        earlier, later = (f"read_parquet({literal(file)})" for file in (before, layer))
        columns = [identifier(column.name) for column in internal_columns(self.table)]
        query = (
            f"SELECT {', '.join(f'later.{name}' for name in columns)}, "
            f"coalesce(earlier.{REPLACES}, later.{REPLACES}) AS {REPLACES} FROM {later} AS later "
            f"LEFT JOIN {earlier} AS earlier ON earlier.{self.key} = later.{self.key} "
            f"UNION ALL SELECT {', '.join(columns)}, {REPLACES} FROM {earlier} AS earlier "
            f"ANTI JOIN {later} AS later USING ({self.key})"
        )
        if final:
            # What one file changed and a later one changed back is as it was: nothing is written of it.
            query = (
                f"SELECT * FROM ({query}) AS layered WHERE NOT ({REPLACES} AND EXISTS (SELECT 1 FROM {self.current} "
                f"AS there WHERE there.{self.key} = layered.{self.key} AND "
                f"{self._same('there', 'layered')})) ORDER BY {self.key}"
            )
        self.copy(query, target, final=final)

    def _same(self, one: str, other: str) -> str:
        names = [identifier(column.name) for column in internal_columns(self.table)]
        return " AND ".join(
            f"NOT {_differ(f'{one}.{name}', f'{other}.{name}')}"
            if name == identifier(EXTRA)
            else f"{one}.{name} IS NOT DISTINCT FROM {other}.{name}"
            for name in names
        )


def _alike(staged: StagedTable) -> object:
    # Files with the same columns of the contract and no others can be taken as one; where extra columns come in, or
    # what is known counts for more than the file, each file is laid on what the one before it left.
    return id(staged) if staged.extra_types or staged.keeps_hours else frozenset(staged.present)


@dataclass(frozen=True)
class _Layer:
    """Files with the same columns, against what is there."""

    comparison: Comparison
    staged: Sequence[StagedTable]
    there: str
    there_rows: int

    def write(self, target: Path, *, final: bool) -> Accounting:
        connection, key = self.comparison.connection, self.comparison.key
        connection.execute(f"CREATE OR REPLACE TEMP VIEW incoming AS {self._incoming()}")
        ordered = len(self.staged) == 1 and self._comes_sorted()
        repeated = 0 if ordered else self._set_repeated_apart()
        source = (
            "incoming" if not repeated else f"(FROM incoming ANTI JOIN repeated_keys USING ({key}) UNION ALL {_LAST})"
        )
        order = "" if ordered and not self.there_rows else f" ORDER BY {key}"
        self.comparison.copy(f"{self._changed(source)}{order if final else ''}", target, final=final)
        return self._account(target)

    def _incoming(self) -> str:
        table, types = self.comparison.table, self.comparison.types
        selects = [
            f"SELECT *, {number} AS accord_file FROM {staged_rows(table, staged, types)}"
            for number, staged in enumerate(self.staged)
        ]
        return " UNION ALL ".join(selects)

    def _comes_sorted(self) -> bool:
        """Whether every key is greater than the one before it: then none repeats, and nothing needs sorting."""
        key = self.comparison.key
        found = self.comparison.connection.execute(
            f"SELECT 1 FROM (SELECT {key} AS key, lag({key}) OVER () AS before FROM incoming) "
            "WHERE key <= before LIMIT 1"
        )
        return found.fetchone() is None

    def _set_repeated_apart(self) -> int:
        connection, key = self.comparison.connection, self.comparison.key
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE repeated_keys AS SELECT {key} FROM incoming GROUP BY ALL HAVING count(*) > 1"
        )
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE repeated AS SELECT *, "
            f"row_number() OVER (PARTITION BY {key} ORDER BY accord_file DESC, line DESC) AS accord_from_last, "
            f"row_number() OVER (PARTITION BY {key}, accord_file ORDER BY line DESC) AS accord_from_last_in_file "
            f"FROM incoming SEMI JOIN repeated_keys USING ({key})"
        )
        return _one(connection, "SELECT count(*) FROM repeated_keys")

    def _changed(self, source: str) -> str:
        """The rows of ``source`` that are new or differ, each completed with what is there and not in the file."""
        table, present = self.comparison.table, self._present
        given = [column.name for column in table.columns if column.name in present]
        if not self.there_rows:
            columns = [
                f"given.{identifier(column.name)}"
                if column.name in present
                # An absent column of a new row has no value to keep.
                else f"CAST(NULL AS {DUCKDB_TYPES[column.type]}) AS {identifier(column.name)}"
                for column in table.columns
            ]
            extra = f"{_patched('NULL')} AS {EXTRA}"
            return f"SELECT {', '.join([*columns, extra])}, false AS {REPLACES} FROM {source} AS given"
        columns = [
            f"{'given' if column.name in present else 'there'}.{identifier(column.name)}" for column in table.columns
        ]
        extra = _patched(f"there.{EXTRA}") if self._has_extra else f"there.{EXTRA}"
        key = self.comparison.key
        differs = [f"given.{identifier(name)} IS DISTINCT FROM there.{identifier(name)}" for name in given]
        if self._has_extra:
            differs.append(_differ(extra, f"there.{EXTRA}"))
        return (
            f"SELECT {', '.join(columns)}, {extra} AS {EXTRA}, there.{key} IS NOT NULL AS {REPLACES} "
            f"FROM {source} AS given LEFT JOIN {self.there} AS there ON given.{key} = there.{key} "
            f"WHERE there.{key} IS NULL OR ({' OR '.join(differs)}){self._unless_known_better()}"
        )

    def _unless_known_better(self) -> str:
        """Nothing is changed by a date where the moment is known: of two sources, the other is closer to it."""
        time = self.comparison.table.contract.time
        if not self.staged[0].keeps_hours or time not in self._present:
            return ""
        is_date, at = identifier(f"{time}_is_date"), identifier(time)
        known = f"there.{at} IS NOT NULL AND NOT coalesce(there.{is_date}, false)"
        return f" AND NOT ({known} AND coalesce(given.{is_date}, false))"

    @property
    def _present(self) -> set[str]:
        table, present = self.comparison.table, set(self.staged[0].present)
        times = {column.name for column in table.contract.columns if column.type is Type.TIME}
        own = {table.key} if table.composite else set()
        return present | {f"{name}_is_date" for name in present & times} | own

    @property
    def _has_extra(self) -> bool:
        return any(staged.extra_types for staged in self.staged)

    def _account(self, target: Path) -> Accounting:
        connection = self.comparison.connection
        read = sum(staged.read for staged in self.staged)
        refused = sum(staged.refused for staged in self.staged)
        changed = self.comparison.count(target)
        updated = self.comparison.count(target, f"count(*) FILTER ({REPLACES})")
        added = changed - updated
        if _one(connection, "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'repeated'"):
            # Rows that a later one of the same file overrides were, for a moment, an update; where several files have
            # the key, each is compared with the one before it.
            updated += _one(connection, "SELECT count(*) FROM repeated WHERE accord_from_last_in_file > 1")
            steps = self._steps_between_files(target)
            added, updated = added + steps[0], updated + steps[1]
            connection.execute("DROP TABLE repeated; DROP TABLE repeated_keys")
        return Accounting(read, added, updated, read - refused - added - updated, refused)

    def _steps_between_files(self, target: Path) -> tuple[int, int]:
        """Corrections of added and updated for keys that several files have: so far only the last one was compared."""
        if len(self.staged) == 1:
            return 0, 0
        connection, key = self.comparison.connection, self.comparison.key
        given = [identifier(c.name) for c in self.comparison.table.columns if c.name in self._present]
        values = "struct_pack(" + ", ".join(f"{name} := {name}" for name in given) + ")"
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE steps AS SELECT *, "
            f"row_number() OVER whole AS accord_step, count(*) OVER (PARTITION BY {key}) AS accord_steps, "
            f"{values} IS DISTINCT FROM lag({values}) OVER whole AS accord_differs "
            f"FROM repeated WHERE accord_from_last_in_file = 1 "
            f"WINDOW whole AS (PARTITION BY {key} ORDER BY accord_file)"
        )
        firsts = "(FROM steps WHERE accord_step = 1 AND accord_steps > 1)"
        several = f"(SELECT DISTINCT {key} FROM steps WHERE accord_steps > 1)"
        last_added, last_updated = _two(
            connection,
            f"SELECT {_COUNTS} FROM read_parquet({literal(target)}) SEMI JOIN {several} AS several USING ({key})",
        )
        first_added, first_updated = _two(connection, f"SELECT {_COUNTS} FROM ({self._changed(firsts)})")
        (later,) = _row(connection, "SELECT count(*) FROM steps WHERE accord_step > 1 AND accord_differs")
        connection.execute("DROP TABLE steps")
        return first_added - last_added, first_updated + later - last_updated


_COUNTS = f"count(*) FILTER (NOT {REPLACES}), count(*) FILTER ({REPLACES})"

_LAST = "SELECT * EXCLUDE (accord_from_last, accord_from_last_in_file) FROM repeated WHERE accord_from_last = 1"


def staged_rows(table: VersionTable, staged: StagedTable, types: Mapping[str, Type]) -> str:
    """The relation of a file's rows: key, the columns it has, ``extra`` spelt as its columns are known, ``line``."""
    times = {column.name for column in table.contract.columns if column.type is Type.TIME}
    columns = [name for column in table.contract.columns if (name := column.name) in staged.present]
    selected = [identifier(name) for column in columns for name in _with_companion(column, times)]
    if table.composite:
        selected.insert(0, f"{_composite_key(table, columns)} AS {identifier(table.key)}")
    extra = _respelt(staged, types) if staged.extra_types else "CAST(NULL AS VARCHAR)"
    return f"(SELECT {', '.join(selected)}, {extra} AS extra, line FROM read_parquet({literal(staged.rows)}))"


def _with_companion(column: str, times: set[str]) -> tuple[str, ...]:
    return (column, f"{column}_is_date") if column in times else (column,)


def _composite_key(table: VersionTable, columns: Sequence[str]) -> str:
    """The same text as :func:`accord.store.physical.composite_key` makes, rows of a file that are alike numbered."""
    parts = []
    for name in table.contract.key:
        column = table.contract.column(name)
        if name not in columns or column is None:
            parts.append("''")
        elif column.type is Type.DATE:
            parts.append(f"coalesce(CAST({identifier(name)} AS VARCHAR), '')")
        else:
            escaped = rf"replace(replace({identifier(name)}, '\', '\\'), '|', '\|')"
            parts.append(f"coalesce('=' || {escaped}, '')")
    key = " || '|' || ".join(parts)
    place = f"row_number() OVER (PARTITION BY {key} ORDER BY line)"
    return f"{key} || CASE WHEN {place} > 1 THEN '|#' || {place} ELSE '' END"


def _respelt(staged: StagedTable, types: Mapping[str, Type]) -> str:
    """``extra`` with each column under the spelling by which it is known already."""
    spellings = {name: known_as(types, name) or name for name in staged.extra_types}
    if all(name == known for name, known in spellings.items()):
        return "CAST(extra AS VARCHAR)"
    members = ", ".join(
        f"CASE WHEN json_exists(extra, {literal(pointer(name))}) THEN "
        f"CAST(to_json({literal(known)}) AS VARCHAR) || ':' || "
        f"CAST(json_extract(extra, {literal(pointer(name))}) AS VARCHAR) END"
        for name, known in spellings.items()
    )
    return f"'{{' || array_to_string(list_filter([{members}], lambda member: member IS NOT NULL), ',') || '}}'"


def _patched(old: str) -> str:
    """The old extra columns with the row's own laid over them; a JSON null takes a column away."""
    return f"nullif(CAST(json_merge_patch(coalesce({old}, '{{}}'), coalesce(given.extra, '{{}}')) AS VARCHAR), '{{}}')"


def _differ(one: str, other: str) -> str:
    """Whether two sets of extra columns differ. Neither the order in which a file has its columns is a difference, nor
    that a cell was a number or a yes where another row of the file makes the column text.

    Text is compared first, because it is nearly always equal, and taking JSON apart is many times slower.
    """
    members = [
        f"list_sort(map_entries(CAST(CAST({extra} AS JSON) AS MAP(VARCHAR, VARCHAR))))" for extra in (one, other)
    ]
    return f"(CASE WHEN {one} IS NOT DISTINCT FROM {other} THEN false ELSE {' IS DISTINCT FROM '.join(members)} END)"


def _row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[int, ...]:
    found = connection.execute(query).fetchone()
    assert found is not None
    return tuple(int(value) for value in found)


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    return _row(connection, query)[0]


def _two(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[int, int]:
    first, second = _row(connection, query)
    return first, second
