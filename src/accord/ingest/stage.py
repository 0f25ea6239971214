"""From a source and a rule to typed, checked rows on disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from accord.errors import DataError, Fault
from accord.ingest import sqltext as sql
from accord.ingest.judge import Judgement, judged, scanned_columns
from accord.ingest.learn import ColumnPlan, Shapes, count_shapes, families, families_left, plan_columns
from accord.ingest.mapping.compile import CellsQuery, compile_rule
from accord.ingest.mapping.model import Reading, TableRule
from accord.ingest.own_columns import FILE
from accord.ingest.provenance import Provenance
from accord.ingest.scan import sample_of, scanning
from accord.ingest.source import Source, Watch
from accord.ingest.staged import StagedTable
from accord.language import gettext as _
from accord.tables.schema import Table, Type, table_named

__all__ = ["FirstRows", "Job", "Staging", "first_rows_of", "learn", "stage"]

PARQUET = "(FORMAT parquet, COMPRESSION snappy, DICTIONARY_SIZE_LIMIT 1000)"
"""These files live for the length of an import: identifiers, all different, are not worth looking for repeats in."""


SPOILT = r"\d([.,]\d+)?E\+\d{1,3}|#(N/A|REF!|VALUE!|VALEUR!|NAME\?|NOM\?|NUM!|NOMBRE!|NULL!|NUL!|DIV/0!)"
"""A long number as a spreadsheet shortens it (1.23457E+15), and the errors of its formulas, English and French."""

NOTHING_TO_TAKE_ALONG = Provenance()


@dataclass(frozen=True, slots=True)
class Job:
    """One table that one source gives, to be read; make it with :meth:`of`."""

    source: Source
    rule: TableRule
    query: CellsQuery
    table: Table
    reading: Reading
    timezone: str
    provenance: Provenance = NOTHING_TO_TAKE_ALONG
    order_elsewhere: str | None = None
    """Which of day and month comes first in columns of the source that other jobs read."""

    @classmethod
    def of(
        cls,
        source: Source,
        rule: TableRule,
        reading: Reading,
        timezone: str,
        *,
        with_faults: bool,
        provenance: Provenance = NOTHING_TO_TAKE_ALONG,
    ) -> Job:
        """``timezone``: of times without an offset, unless ``reading`` names one. ``provenance``: what refused rows
        take along.

        ``with_faults``: rows that could not be cut into cells are refused here; a source that gives several tables
        refuses them in the first.
        """
        table = table_named(rule.table)
        query = compile_rule(rule, table, source.headings, reading.null_words, with_faults=with_faults)
        return cls(source, rule, query, table, reading, reading.timezone or timezone, provenance)

    @property
    def with_errors(self) -> bool:
        """Whether errors of a spreadsheet may stand in the cells: of a workbook, or come back to be mended."""
        return self.source.traits.with_errors or FILE in self.source.headings


@dataclass(frozen=True, slots=True)
class Staging:
    """What became of a job. ``plans``: how each column was read. ``local_times``: rows with a time that had no
    offset. ``spoilt``: identifying column → how many of its cells a spreadsheet has spoilt, and one of them.
    """

    job: Job
    staged: StagedTable
    plans: tuple[ColumnPlan, ...]
    local_times: int
    spoilt: Mapping[str, tuple[int, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FirstRows:
    """The beginning of a source; ``complete`` when that is all of it."""

    rows: pa.Table
    complete: bool


def first_rows_of(source: Source) -> FirstRows:
    """The beginning of ``source``."""
    return FirstRows(*sample_of(source))


def stage(connection: duckdb.DuckDBPyConnection, job: Job, first: FirstRows, folder: Path, watch: Watch) -> Staging:
    """Read the whole source and leave its rows in ``folder``, good ones and refused ones.

    The lookups of ``job.query`` stand ready in ``connection`` under their names (see :mod:`accord.ingest.lookups`).
    ``DataError`` where it has more columns than memory.
    """
    try:
        return _staged(connection, job, first, folder, watch)
    except duckdb.OutOfMemoryException as error:
        raise DataError(
            Fault(
                _("Its {n} columns are more than can be read at once.").format(n=len(job.query.columns)),
                job.source.name,
                hint=_(
                    "Leave out the columns that nobody will cut by or score by; about a thousand always fit. Nothing "
                    "was imported."
                ),
            )
        ) from error


def _staged(connection: duckdb.DuckDBPyConnection, job: Job, first: FirstRows, folder: Path, watch: Watch) -> Staging:
    shapes = _look_at(connection, job, first.rows)
    plans = _plans(job, shapes)
    if not first.complete:
        shapes = _look_again(connection, job, shapes, families_left(plans, shapes))
        plans = _plans(job, shapes)
    staging = _write(connection, job, plans, folder, watch)
    if staging.staged.refused and not first.complete:
        # The first rows were all plain and later ones are not: learn from the whole file how they are written.
        whole = {name: kinds for name, kinds in families(job.query, job.table).items() if job.table.column(name)}
        again = _plans(job, _look_again(connection, job, shapes, whole))
        if again != plans:
            staging = _write(connection, job, again, folder, lambda _read: None)
    return staging


def learn(connection: duckdb.DuckDBPyConnection, job: Job, first: FirstRows) -> tuple[ColumnPlan, ...]:
    """How the columns would be read, judged by the beginning of the source."""
    return _plans(job, _look_at(connection, job, first.rows))


def _look_at(connection: duckdb.DuckDBPyConnection, job: Job, first_rows: pa.Table) -> Shapes:
    connection.register("scan", first_rows)
    try:
        return count_shapes(connection, job.query, families(job.query, job.table), with_errors=job.with_errors)
    finally:
        connection.unregister("scan")


def _look_again(
    connection: duckdb.DuckDBPyConnection, job: Job, shapes: Shapes, wanted: Mapping[str, Sequence[str]]
) -> Shapes:
    if not wanted:
        return shapes
    with scanning(connection, job.source, lambda _read: None):
        return {**shapes, **count_shapes(connection, job.query, wanted, with_errors=job.with_errors)}


def _plans(job: Job, shapes: Shapes) -> tuple[ColumnPlan, ...]:
    return plan_columns(
        job.query,
        job.table,
        shapes,
        reading=job.reading,
        traits=job.source.traits,
        timezone=job.timezone,
        order_elsewhere=job.order_elsewhere,
    )


def _write(
    connection: duckdb.DuckDBPyConnection, job: Job, plans: tuple[ColumnPlan, ...], folder: Path, watch: Watch
) -> Staging:
    rows = folder / f"{job.table.name}-{len(list(folder.iterdir()))}.parquet"
    judgement = judged(job.query, job.table, plans, job.source.headings, job.timezone, with_errors=job.with_errors)
    with scanning(connection, job.source, watch):
        connection.execute(f"COPY ({judgement.rows}) TO {sql.text(str(rows))} {PARQUET}")
    identifying = [plan.name for plan in plans if plan.name in {*job.table.key, "lead_id"} and plan.type is Type.TEXT]
    spoilt_cells = [f"count_if({_spoilt(name)}), min({name}) FILTER ({_spoilt(name)})" for name in identifying]
    counts = ["count(*)", "coalesce(count_if(refused), 0)", "coalesce(count_if(without_offset), 0)", *spoilt_cells]
    ((read, refused, local_times, *found),) = connection.execute(
        f"SELECT {', '.join(counts)} FROM read_parquet({sql.text(str(rows))})"
    ).fetchall()
    spoilt = {name: (found[2 * number], found[2 * number + 1]) for number, name in enumerate(identifying)}
    quarantined = None
    if refused:
        rows, quarantined = _part(connection, job, judgement, rows)
    staged = StagedTable(
        table=job.table.name,
        source=job.source.name,
        rows=rows,
        present=tuple(plan.name for plan in plans if not plan.extra),
        extra_types={plan.name: plan.type for plan in plans if plan.extra},
        read=read,
        refused=refused,
        quarantined=quarantined,
        keeps_hours=job.rule.keep_hours,
    )
    return Staging(job, staged, plans, local_times, {name: told for name, told in spoilt.items() if told[0]})


def _spoilt(name: str) -> str:
    """Whether an identifier is what a spreadsheet makes of one: a long number shortened, or the error of a formula."""
    # Nearly no cell has either sign: the pattern is matched on those alone.
    return f"((contains({name}, 'E+') OR starts_with({name}, '#')) AND {sql.matches(name, SPOILT)})"


def _part(connection: duckdb.DuckDBPyConnection, job: Job, judgement: Judgement, rows: Path) -> tuple[Path, Path]:
    """Good rows and refused rows, each in a file of their own."""
    good, refused = rows.with_name(f"{rows.stem}-good.parquet"), rows.with_name(f"{rows.stem}-refused.parquet")
    everything = f"read_parquet({sql.text(str(rows))})"
    columns = scanned_columns(job.source.headings)
    places = ", ".join(f"'$[{number}]'" for number in range(len(columns)))
    cells = ", ".join(f"scanned[{number}] AS {name}" for number, name in enumerate(columns, 1))
    row, spoilt = (sql.text(text) for text in (job.provenance.of_row(job.rule), job.provenance.of_spoilt_row()))
    along = f"CASE WHEN whole THEN {spoilt}::JSON ELSE {row}::JSON END"
    connection.execute(
        f"CREATE TEMP VIEW scan AS SELECT line, {cells} FROM (SELECT line, json_extract_string(scanned, [{places}]) "
        f"AS scanned FROM {everything} WHERE refused)"
    )
    try:
        connection.execute(
            f"COPY (SELECT coalesce(file, {sql.text(job.source.name)}) AS file, coalesce(first_line, line) AS line, "
            f"line AS read_at, json_merge_patch(raw, {along})::VARCHAR AS raw, reasons::VARCHAR AS reasons "
            f"FROM ({judgement.reasons}) AS refused ORDER BY read_at) TO {sql.text(str(refused))} {PARQUET}"
        )
    finally:
        connection.execute("DROP VIEW scan")
    connection.execute(
        f"COPY (SELECT * EXCLUDE (refused, scanned) FROM {everything} WHERE NOT refused) "
        f"TO {sql.text(str(good))} {PARQUET}"
    )
    rows.unlink()
    return good, refused
