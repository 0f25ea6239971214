"""All files of an import read and checked, nothing applied yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from accord.errors import DataError, Fault
from accord.ingest import sqltext as sql
from accord.ingest.as_stored import keep_identifiers
from accord.ingest.headings import heading_faults
from accord.ingest.inputs import TABLE_NAMES, Candidate, PassedOver, open_candidates
from accord.ingest.learn import order_in_file
from accord.ingest.lookups import Known, looked_up
from accord.ingest.mapping.compile import left_out_query
from accord.ingest.mapping.load import MappingFile
from accord.ingest.mapping.model import Reading
from accord.ingest.mending import Quarantine, numbers_in, reading_to_mend, table_to_mend
from accord.ingest.moved import note_of_moved
from accord.ingest.outcome import FileReport, column_reports, constants_of, refusal_counts
from accord.ingest.own_columns import FILE
from accord.ingest.provenance import Provenance
from accord.ingest.recognise import Asked, How, Match, match_sources
from accord.ingest.scan import scanning
from accord.ingest.source import CELL, Source
from accord.ingest.stage import FirstRows, Job, Staging, first_rows_of, stage
from accord.ingest.systems.stored import counted_twice, stored_exports
from accord.ingest.tell import limits_of, note_of_local_times, notes_of_match, notes_of_reading, notes_of_staging
from accord.language import gettext as _
from accord.language import ngettext
from accord.readmodel.generation import Generation
from accord.tables.schema import stored_columns
from accord.typed import as_typed

__all__ = ["Ears", "Staged", "stage_all"]

FIRST = ("reps", "leads")
"""Tables in which others look something up are read before them."""


@dataclass(frozen=True, slots=True)
class Ears:
    """Who wants to hear how an import gets on.

    ``reading``: the file, units read of it, and how many there are. ``writing``: rows written and to write.
    ``waiting``: another import has the turn.
    """

    reading: Callable[[str, int, int], None] = lambda _file, _done, _total: None
    writing: Callable[[int, int], None] = lambda _done, _total: None
    waiting: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Staged:
    """Everything that was read: the rows of each table of each file, and what there is to say about the files."""

    stagings: tuple[Staging, ...]
    files: tuple[FileReport, ...]
    passed_over: tuple[PassedOver, ...]
    notes: tuple[str, ...]
    mended: tuple[int, ...]
    """Numbers in quarantine of the rows that came back."""
    recorded: frozenset[str]
    """Tables that have rows, with this import."""


def stage_all(
    connection: duckdb.DuckDBPyConnection,
    candidates: Sequence[Candidate],
    *,
    table: str | None,
    mapping: MappingFile | None,
    timezone: str,
    there: Generation | None,
    folder: Path,
    ears: Ears,
    guess: bool = False,
    sheet: str | None = None,
    agreed: bool = True,
    quarantine: Quarantine | None = None,
) -> Staged:
    """Read all ``candidates``; ``there`` is what is stored already, for lookups and for what can be told.

    ``guess``: a file that nobody can be sure of is not read, and told of with what it might be. ``sheet``: of
    workbooks, only this one. ``agreed``: ``timezone`` stands in an agreement and is no default. ``quarantine``: what
    is known of rows that come back mended.

    ``DataError`` with the faults of every file.
    """
    opened, passed_over = open_candidates(candidates, mapping, sheet)
    beginnings = {source.name: first_rows_of(source) for _candidate, source in opened}
    opened, spoilt = _with_good_headings(opened, beginnings)
    passed_over += spoilt
    numbers = {source.name: numbers_in(connection, source) for _candidate, source in opened}
    asked = [
        _asked(candidate, source, beginnings[source.name], table, quarantine, numbers[source.name])
        for candidate, source in opened
    ]
    stored = there.relations if there else {}
    matches, unknown = match_sources(asked, mapping, guess=guess, stored=stored_exports(connection, stored))
    _check_for_rows(matches, beginnings)
    refused = [
        fault
        for match in matches
        if match.found is not None and (fault := counted_twice(connection, stored, match.found, match.source.name))
    ]
    if refused and not guess:
        raise DataError(*refused)
    known = Known([source for _candidate, source in opened], stored)
    stagings: dict[str, list[Staging]] = {match.source.name: [] for match in _corrected_first(matches)}
    orders = {
        match.source.name: order_in_file(connection, beginnings[match.source.name].rows, len(match.source.headings))
        for match in matches
        if match.fault is None and len(match.rule.tables) > 1
    }
    for match, alone in _jobs(matches, timezone):
        job = replace(alone, order_elsewhere=orders.get(match.source.name))
        with looked_up(connection, job.query.lookups, known):
            watch = _watch(ears, match)
            staging = stage(connection, job, beginnings[match.source.name], folder, watch)
        known.staged.append(staging.staged)
        stagings[match.source.name].append(staging)
    everything = [staging for found in stagings.values() for staging in found]
    told = [(match, staging) for match in matches for staging in stagings[match.source.name]]
    keep_identifiers(connection, told, stored)
    before = {name for name, rows in (there.rows.items() if there else ()) if rows}
    came = {staging.staged.table for staging in everything if staging.staged.read > staging.staged.refused}
    surroundings = _Surroundings(everything, frozenset(came | before))
    files = tuple(
        _file_report(connection, match, stagings[match.source.name], beginnings[match.source.name], surroundings)
        for match in matches
    )
    if not everything and not guess:
        raise DataError(*([_gives_nothing(report) for report in files] or [_nothing_understood(candidates)]))
    notes = (
        *note_of_local_times(everything, agreed=agreed),
        *limits_of(came, before, _dates(connection, everything)),
        *note_of_moved(connection, told, stored),
        *map(str, refused),
    )
    came_back = [number for match in matches for number in numbers[match.source.name]]
    mended: tuple[int, ...] = ()
    if quarantine is not None:
        mended = quarantine.made_obsolete(connection, [staging.staged for staging in everything], came_back)
    return Staged(tuple(everything), files, (*passed_over, *unknown), notes, mended, surroundings.recorded)


def _corrected_first(matches: Sequence[Match]) -> list[Match]:
    """``matches`` in their order, but for those that another of them knows better: the last row of a key counts."""
    found = [match.found.export for match in matches if match.found is not None]
    corrected = {name for export in found for name in export.corrects}
    return sorted(matches, key=lambda match: match.found is None or match.found.export.name not in corrected)


def _with_good_headings(
    opened: Sequence[tuple[Candidate, Source]], beginnings: dict[str, FirstRows]
) -> tuple[list[tuple[Candidate, Source]], list[PassedOver]]:
    """The sources whose headings can be told apart, and the sheets passed over because theirs cannot.

    ``DataError`` where a file has no other sheet, or where the sheet is named for a table.
    """
    faults = {
        source.name: found
        for _candidate, source in opened
        if (found := heading_faults(source, beginnings[source.name].rows, complete=beginnings[source.name].complete))
    }
    good = [entry for entry in opened if entry[1].name not in faults]
    readable = {candidate.path for candidate, _source in good}
    fatal = [
        fault
        for candidate, source in opened
        if candidate.path not in readable or source.stem.lower() in TABLE_NAMES
        for fault in faults.get(source.name, ())
    ]
    if fatal:
        raise DataError(*fatal)
    return good, [PassedOver(name, found[0].message) for name, found in faults.items()]


def _asked(  # noqa: PLR0917 - all that is known of one source
    candidate: Candidate,
    source: Source,
    beginning: FirstRows,
    table: str | None,
    quarantine: Quarantine | None,
    numbers: Sequence[int],
) -> Asked:
    rows = beginning.rows.slice(0, 1).to_pylist()
    cells = {heading: rows[0][CELL.format(number)] for number, heading in enumerate(source.headings)} if rows else {}
    mended = table_to_mend(source.headings, cells)
    reading = reading_to_mend(cells) if mended else Reading()
    kept = quarantine.rule_of(numbers, source.name) if quarantine is not None and mended and numbers else None
    first_file = Path((cells.get(FILE) or "").partition("[")[0]).name if mended else ""
    return Asked(source, candidate.path, candidate.named, table or mended, reading, beginning.rows, kept, first_file)


def _check_for_rows(matches: Sequence[Match], beginnings: dict[str, FirstRows]) -> None:
    empty = [match.source.name for match in matches if not beginnings[match.source.name].rows.num_rows]
    if matches and len(empty) == len(matches):
        raise DataError(
            *(
                Fault(
                    _("There is a heading and not one row below it."),
                    name,
                    hint=_("Export it again; the filter may have kept nothing."),
                )
                for name in empty
            )
        )


def _jobs(matches: Sequence[Match], timezone: str) -> list[tuple[Match, Job]]:
    jobs = [
        (
            match,
            Job.of(
                match.source,
                rule,
                match.rule.reading,
                timezone,
                with_faults=number == 0,
                # The contract's own headings say by themselves what they are.
                provenance=Provenance()
                if match.how is How.CONTRACT
                else Provenance(match.rule.tables, match.rule.reading),
            ),
        )
        for match in matches
        if match.fault is None
        for number, rule in enumerate(match.rule.tables)
    ]
    order = {name: number for number, name in enumerate(FIRST)}
    return sorted(jobs, key=lambda entry: order.get(entry[1].table.name, len(order)))


def _watch(ears: Ears, match: Match) -> Callable[[int], None]:
    done = 0

    def watch(read: int) -> None:
        nonlocal done
        done += read
        ears.reading(match.source.name, done, match.source.size)

    watch(0)
    return watch


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What a file is told beside: all that was staged, and the tables that have rows with this import."""

    everything: Sequence[Staging]
    recorded: frozenset[str]


def _file_report(
    connection: duckdb.DuckDBPyConnection,
    match: Match,
    stagings: Sequence[Staging],
    beginning: FirstRows,
    surroundings: _Surroundings,
) -> FileReport:
    left_out = _left_out(connection, match)
    notes = [
        *notes_of_match(match, surroundings.recorded),
        *notes_of_reading(stagings),
        *(note for staging in stagings for note in notes_of_staging(staging)),
    ]
    rows: dict[str, int] = {}
    for staging in stagings:
        rows[staging.staged.table] = rows.get(staging.staged.table, 0) + staging.staged.read
    return FileReport(
        name=match.source.name,
        how=match.how,
        system=match.found.export.name if match.found else None,
        rows=rows,
        left_out=left_out,
        columns=column_reports(match, stagings, beginning.rows, surroundings.everything),
        constants=constants_of(match),
        refusals=tuple(count for staging in stagings for count in refusal_counts(connection, staging.staged)),
        notes=tuple(dict.fromkeys(notes)),
        match=match,
    )


def _left_out(connection: duckdb.DuckDBPyConnection, match: Match) -> int:
    """Rows of a file that no rule wants."""
    if match.fault or not match.rule.tables or any(rule.when is None for rule in match.rule.tables):
        return 0
    query = left_out_query(match.rule.tables, match.source.headings, match.rule.reading.null_words)
    with scanning(connection, match.source, lambda _read: None):
        ((count,),) = connection.execute(query).fetchall()
    return int(count)


def _nothing_understood(candidates: Sequence[Candidate]) -> Fault:
    return Fault(
        ngettext(
            "The one file that could be a table is not understood.",
            "None of the {n} files that could be a table is understood.",
            len(candidates),
        ).format(n=len(candidates)),
        hint=_("{propose} proposes, file by file, what each column may be.").format(
            propose=as_typed(_("import PATH --dry-run --write-map mapping.yaml"))
        ),
    )


def _gives_nothing(report: FileReport) -> Fault:
    tables = report.match.found.export.tables if report.match.found else ()
    meant = tables[0].table if tables else "leads"
    return Fault(
        _("This was recognised as {system}, and gives no table.").format(
            system=report.match.found.export.shown if report.match.found else report.match.how
        ),
        report.name,
        hint=" ".join(
            [
                *report.notes,
                _("If one of its columns means that under another name, {propose} proposes what each may be.").format(
                    propose=as_typed("import", report.name, "--table", meant, "--dry-run")
                ),
            ]
            if report.match.lacking
            else report.notes
        ),
    )


def _stored(staging: Staging) -> set[str]:
    return {column.name for column in stored_columns(staging.job.table)}


def _dates(connection: duckdb.DuckDBPyConnection, stagings: Sequence[Staging]) -> dict[str, bool]:
    """Table → whether all its times in this import are dates without an hour."""
    dates: dict[str, bool] = {}
    for staging in stagings:
        column = staging.job.table.time
        # spend is dated by days, which never have an hour
        usable = staging.staged.read > staging.staged.refused
        if usable and column is not None and f"{column}_is_date" in _stored(staging):
            ((only_dates,),) = connection.execute(
                f"SELECT bool_and({sql.name(f'{column}_is_date')}) FROM "
                f"read_parquet({sql.text(str(staging.staged.rows))})"
            ).fetchall()
            name = staging.staged.table
            dates[name] = bool(only_dates) and dates.get(name, True)
    return dates
