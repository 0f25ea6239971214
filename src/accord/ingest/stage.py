"""From a source and a rule to typed, checked rows on disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from accord.ingest import sqltext as sql
from accord.ingest.judge import Judgement, judged
from accord.ingest.learn import ColumnPlan, Shapes, count_shapes, families, families_left, plan_columns
from accord.ingest.mapping.compile import CellsQuery, compile_rule
from accord.ingest.mapping.model import Reading, TableRule
from accord.ingest.scan import sample_of, scanning
from accord.ingest.source import Source, Watch
from accord.ingest.staged import StagedTable
from accord.tables.schema import Table, table_named

__all__ = ["Staging", "stage"]

PARQUET = "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"


@dataclass(frozen=True, slots=True)
class Staging:
    """What became of one table of one source. ``local_times``: rows with a time that had no offset. ``samples``:
    column → a few of its cells as they stood.
    """

    staged: StagedTable
    plans: tuple[ColumnPlan, ...]
    local_times: int


@dataclass(frozen=True, slots=True)
class _Job:
    connection: duckdb.DuckDBPyConnection
    source: Source
    query: CellsQuery
    table: Table
    reading: Reading
    timezone: str
    watch: Watch


def stage(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    rule: TableRule,
    *,
    reading: Reading,
    timezone: str,
    folder: Path,
    watch: Watch,
    sample: tuple[pa.Table, bool] | None = None,
    with_faults: bool = True,
) -> Staging:
    """Read ``source`` as ``rule`` says and leave its rows in ``folder``.

    ``timezone``: of times without an offset, unless ``reading`` names one. Lookups of the rule must stand ready in
    ``connection`` under the names that the compiled rule gives them (see :mod:`accord.ingest.lookups`).
    """
    table = table_named(rule.table)
    query = compile_rule(rule, table, source.headings, reading.null_words, with_faults=with_faults)
    job = _Job(connection, source, query, table, reading, reading.timezone or timezone, watch)
    first_rows, complete = sample or sample_of(source)
    shapes, plans = _look_at(job, first_rows)
    if not complete:
        shapes, plans = _look_again(job, shapes, families_left(plans, shapes))
    staging = _write(job, plans, folder)
    if staging.staged.refused and not complete:
        # The first rows were all plain and later ones are not: learn from the whole file how they are written.
        whole = {name: kinds for name, kinds in families(query, table).items() if table.column(name) is not None}
        _shapes, again = _look_again(job, shapes, whole)
        if again != plans:
            staging = _write(job, again, folder)
    return staging


def _look_at(job: _Job, first_rows: pa.Table) -> tuple[Shapes, tuple[ColumnPlan, ...]]:
    job.connection.register("scan", first_rows)
    try:
        shapes = count_shapes(job.connection, job.query, families(job.query, job.table))
    finally:
        job.connection.unregister("scan")
    return shapes, _plans(job, shapes)


def _look_again(
    job: _Job, shapes: Shapes, wanted: Mapping[str, Sequence[str]]
) -> tuple[Shapes, tuple[ColumnPlan, ...]]:
    if not wanted:
        return shapes, _plans(job, shapes)
    with scanning(job.connection, job.source, lambda _read: None):
        recounted = count_shapes(job.connection, job.query, wanted)
    together = {**shapes, **recounted}
    return together, _plans(job, together)


def _plans(job: _Job, shapes: Shapes) -> tuple[ColumnPlan, ...]:
    return plan_columns(
        job.query, job.table, shapes, reading=job.reading, traits=job.source.traits, timezone=job.timezone
    )


def _write(job: _Job, plans: tuple[ColumnPlan, ...], folder: Path) -> Staging:
    rows = folder / f"{job.table.name}-{len(list(folder.iterdir()))}.parquet"
    judgement = judged(job.query, job.table, plans, job.source.headings, job.timezone)
    with scanning(job.connection, job.source, job.watch):
        job.connection.execute(f"COPY ({judgement.rows}) TO {sql.text(str(rows))} {PARQUET}")
    ((read, refused, local_times),) = job.connection.execute(
        f"SELECT count(*), count_if(refused), count_if(without_offset) FROM read_parquet({sql.text(str(rows))})"
    ).fetchall()
    quarantined = None
    if refused:
        rows, quarantined = _part(job, judgement, rows)
    staged = StagedTable(
        table=job.table.name,
        source=job.source.name,
        rows=rows,
        present=tuple(plan.name for plan in plans if not plan.extra),
        extra_types={plan.name: plan.type for plan in plans if plan.extra},
        read=read,
        refused=refused,
        quarantined=quarantined,
    )
    return Staging(staged, plans, local_times)


def _part(job: _Job, judgement: Judgement, rows: Path) -> tuple[Path, Path]:
    """Good rows and refused rows, each in a file of their own."""
    good, refused = rows.with_name(f"{rows.stem}-good.parquet"), rows.with_name(f"{rows.stem}-refused.parquet")
    everything = f"read_parquet({sql.text(str(rows))})"
    job.connection.execute(f"CREATE TEMP VIEW scan AS SELECT line, unnest(scanned) FROM {everything} WHERE refused")
    try:
        job.connection.execute(
            f"COPY (SELECT {sql.text(job.source.name)} AS file, line, raw::VARCHAR AS raw, reasons::VARCHAR AS reasons "
            f"FROM ({judgement.reasons}) AS refused ORDER BY line) TO {sql.text(str(refused))} {PARQUET}"
        )
    finally:
        job.connection.execute("DROP VIEW scan")
    job.connection.execute(
        f"COPY (SELECT * EXCLUDE (refused, scanned) FROM {everything} WHERE NOT refused) "
        f"TO {sql.text(str(good))} {PARQUET}"
    )
    rows.unlink()
    return good, refused
