"""What an import did, or would do: counts per table, and for each file how it was understood and what was refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatch
from pathlib import Path

import duckdb
import pyarrow as pa

from accord.ingest import sqltext as sql
from accord.ingest.inputs import PassedOver
from accord.ingest.mapping.compile import kept_headings
from accord.ingest.mapping.model import Constant, FromColumn, Recipe, Words, columns_of, lookups_of
from accord.ingest.own_columns import kept_as
from accord.ingest.recognise import How, Match
from accord.ingest.source import CELL
from accord.ingest.stage import Staging
from accord.ingest.staged import Accounting, StagedTable
from accord.tables.schema import Type, table_named

__all__ = [
    "Becomes",
    "ColumnReport",
    "FileReport",
    "ImportReport",
    "RefusalCount",
    "Use",
    "column_reports",
    "refusal_counts",
]

SAMPLES = 3


class Use(StrEnum):
    """How a column of a file is used."""

    AS_IT_IS = "as_it_is"
    """Its cells are the cells of a column of the contract."""
    KEPT = "kept"
    """It comes along under its own name."""
    WORDS = "words"
    """Its words are exchanged for the contract's."""
    PART = "part"
    """It is worked into something else: joined with others, a condition on a value."""
    CHOOSES = "chooses"
    """It decides which rows count."""
    LOOKED_UP = "looked_up"
    """Rows of another file find a value by it or in it."""


@dataclass(frozen=True, slots=True)
class Becomes:
    """One thing that a column of a file becomes; ``column`` is empty where it only chooses rows."""

    table: str
    column: str
    type: Type
    how: Use


@dataclass(frozen=True, slots=True)
class ColumnReport:
    """One column of a file: a few of its cells, what it becomes, and how sure that is (0 to 1)."""

    heading: str
    samples: tuple[str, ...]
    becomes: tuple[Becomes, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class RefusalCount:
    """How many rows of a table were refused for one reason, with the first of them."""

    table: str
    code: str
    column: str | None
    rows: int
    line: int
    value: str | None
    message: str
    hint: str | None
    heading: str | None = None
    """What the file calls the column, where that is something else."""


@dataclass(frozen=True, slots=True)
class FileReport:
    """One table in a file: what it was taken for, the tables of the contract it gave, and what became of its columns.

    ``rows``: table → rows that went to it, refused ones included. ``left_out``: rows that gave nothing to any table.
    ``constants``: (table, column, value) that the rule adds by itself.
    """

    name: str
    how: How
    system: str | None
    rows: Mapping[str, int]
    left_out: int
    columns: tuple[ColumnReport, ...]
    constants: tuple[tuple[str, str, str], ...]
    refusals: tuple[RefusalCount, ...]
    notes: tuple[str, ...]
    match: Match


@dataclass(frozen=True, slots=True)
class ImportReport:
    """Everything there is to say about an import. ``rehearsal``: nothing was changed. ``recorded``: tables that have
    rows with it; None where nobody looked.
    """

    accounting: Mapping[str, Accounting]
    files: tuple[FileReport, ...]
    notes: tuple[str, ...]
    rehearsal: bool = False
    recorded: frozenset[str] | None = None
    passed_over: tuple[PassedOver, ...] = ()
    """Files, folders and sheets of which nothing was read."""
    waiting: int | None = None
    """Rows in quarantine, of the tables of which this import had rows refused; None where nobody looked."""

    @property
    def cannot_be_imported(self) -> bool:
        """Whether this is a rehearsal of an import that would fail: of a file, or because no table comes out of any."""
        return any(file.match.fault is not None for file in self.files) or (self.rehearsal and not self.accounting)

    @property
    def mended_before(self) -> bool:
        """Whether every row that was refused is one that was mended already, so that nothing waits."""
        return self.waiting == 0 and any(account.quarantined for account in self.accounting.values())

    @property
    def every_row_refused(self) -> bool:
        """Whether there were rows and not one of them could be used."""
        read = sum(account.read for account in self.accounting.values())
        return read > 0 and read == sum(account.quarantined for account in self.accounting.values())


def column_reports(
    match: Match, stagings: Sequence[Staging], first_rows: pa.Table, everything: Sequence[Staging]
) -> tuple[ColumnReport, ...]:
    """What became of each column of a file; ``everything``: all that was staged, for what looks something up here."""
    reports = []
    for number, heading in enumerate(match.source.headings):
        if heading:
            becomes = [part for staging in stagings for part in _becomes(heading, staging)]
            becomes += _looked_up(heading, match, everything)
            becomes += _proposed(heading, match)
            confidence = _confidence(heading, match) if becomes else 1.0
            reports.append(
                ColumnReport(heading, _samples(first_rows, number), tuple(dict.fromkeys(becomes)), confidence)
            )
    return tuple(reports)


def _confidence(heading: str, match: Match) -> float:
    known = match.proposal.sure if match.proposal is not None and match.how is How.GUESSED else {}
    return known.get(heading, match.how.confidence)


def _becomes(heading: str, staging: Staging) -> list[Becomes]:
    rule, table = staging.job.rule, staging.job.table.name
    types = {plan.name: plan.type for plan in staging.plans}
    found = [
        Becomes(table, target, types[target], _use(recipe, heading))
        for target, recipe in rule.columns.items()
        if heading in columns_of(recipe)
    ]
    if heading in kept_headings(rule, staging.job.source.headings):
        kept = heading if heading in types else kept_as(heading)
        found.append(Becomes(table, kept, types[kept], Use.KEPT))
    if heading in columns_of(rule.when):
        found.append(Becomes(table, "", Type.BOOLEAN, Use.CHOOSES))
    return found


def _use(recipe: Recipe, heading: str) -> Use:
    match recipe:
        case FromColumn():
            return Use.AS_IT_IS
        case Words(value=FromColumn(column=column)) if column == heading:
            return Use.WORDS
        case _:
            return Use.PART


def _looked_up(heading: str, match: Match, everything: Sequence[Staging]) -> list[Becomes]:
    name = Path(match.source.name).name
    return [
        Becomes(staging.job.table.name, plan.name, plan.type, Use.LOOKED_UP)
        for staging in everything
        for plan in staging.plans
        for lookup in lookups_of(staging.job.rule.columns.get(plan.name))
        if lookup.file is not None and fnmatch(name, lookup.file) and heading in (lookup.by, lookup.give)
    ]


def _proposed(heading: str, match: Match) -> list[Becomes]:
    """What a column might become in a file that nobody can be sure of."""
    if match.fault is None:
        return []
    found = []
    for rule in match.rule.tables:
        table = table_named(rule.table)
        for target, recipe in rule.columns.items():
            known = table.column(target)
            if known is not None and heading in columns_of(recipe):
                found.append(Becomes(rule.table, target, known.type, _use(recipe, heading)))
        if heading in kept_headings(rule, match.source.headings):
            found.append(Becomes(rule.table, heading, Type.TEXT, Use.KEPT))
    return found


def constants_of(match: Match) -> tuple[tuple[str, str, str], ...]:
    """What a rule adds by itself."""
    return tuple(
        (rule.table, target, recipe.text)
        for rule in match.rule.tables
        for target, recipe in rule.columns.items()
        if isinstance(recipe, Constant)
    )


def _samples(first_rows: pa.Table, number: int) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for value in first_rows.column(CELL.format(number)).slice(0, 2000).to_pylist():
        if value and value.strip():
            found[value.strip()] = None
        if len(found) == SAMPLES:
            break
    return tuple(found)


def refusal_counts(connection: duckdb.DuckDBPyConnection, staged: StagedTable) -> tuple[RefusalCount, ...]:
    """The reasons for which rows were refused, most frequent first; equals by their first row, as they stand in it."""
    if staged.quarantined is None:
        return ()
    rows = connection.execute(
        'SELECT reason.code, reason."column", count(*), min(line), arg_min(reason.value, line), '
        "arg_min(reason.message, line), arg_min(reason.hint, line), arg_min(reason.heading, line) "
        "FROM (SELECT line, unnest(found) AS reason, generate_subscripts(found, 1) AS place FROM "
        "(SELECT read_at AS line, from_json(reasons, "
        '\'[{"code":"VARCHAR","column":"VARCHAR","value":"VARCHAR","message":"VARCHAR","hint":"VARCHAR",'
        '"heading":"VARCHAR"}]\''
        f") AS found FROM read_parquet({sql.text(str(staged.quarantined))}))) "
        "GROUP BY 1, 2 ORDER BY 3 DESC, 4, arg_min(place, line), 1, 2"
    ).fetchall()
    return tuple(RefusalCount(staged.table, *row) for row in rows)
