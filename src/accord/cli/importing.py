"""``accord import`` and ``accord quarantine``: files in, and what was refused out again to be mended."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from accord.cli.notice import say_draft
from accord.cli.options import HERE, json_option, workspace_option
from accord.cli.program import Program
from accord.errors import UsageError
from accord.language import gettext as _
from accord.typed import as_typed

if TYPE_CHECKING:
    from datetime import datetime

    from accord.ingest.outcome import ImportReport
    from accord.report.ingest.typed import Typed
    from accord.store.quarantine import QuarantinedRow
    from accord.workspace import Workspace

__all__ = ["register"]

MOST_ROWS = 20
"""Refused rows shown on a terminal when nobody asks for more."""


def register(app: Program) -> None:
    """Add the commands."""
    app.command("import", help=_("Import files or folders: tables of the contract, or exports of a CRM."))(import_)
    app.command("quarantine", help=_("List the rows that were refused, or write them to a file to mend."))(quarantine)


def import_(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar=_("PATH …"), show_default=False, help=_("Files or folders; together they are one import.")
        ),
    ],
    *,
    table: Annotated[
        str,
        typer.Option(
            "--table",
            metavar=_("NAME"),
            show_default=False,
            help=_("The table that the files are, where neither their name nor their columns say so."),
        ),
    ] = "",
    mapping: Annotated[
        str,
        typer.Option(
            "--map",
            metavar=_("FILE"),
            show_default=False,
            help=_("A mapping: which column becomes what. --dry-run --write-map proposes one."),
        ),
    ] = "",
    sheet: Annotated[
        str,
        typer.Option(
            "--sheet",
            metavar=_("NAME"),
            show_default=False,
            help=_("Of a workbook, only this sheet (default: every sheet that is a table Accord knows)."),
        ),
    ] = "",
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run",
            show_default=False,
            help=_("Change nothing; say what each column would become, and what is lost."),
        ),
    ] = False,
    write_map: Annotated[
        str,
        typer.Option(
            "--write-map",
            metavar=_("FILE"),
            show_default=False,
            help=_("With --dry-run: write how the files were understood as a mapping, to edit."),
        ),
    ] = "",
    json: Annotated[bool, json_option()] = False,
    workspace: Annotated[Path, workspace_option()] = HERE,
) -> None:
    """Import, then say what became of every row."""
    from accord.cli.progress import import_progress
    from accord.ingest.importing import import_files, rehearse
    from accord.report.ingest.typed import Typed
    from accord.workspace import Workspace

    if write_map and not dry_run:
        raise UsageError(_("--write-map goes with --dry-run: first see what a mapping would do."))
    place = Workspace(workspace)
    say_draft(place)
    with import_progress(sys.stderr) as ears:
        run = rehearse if dry_run else import_files
        told = Path(mapping) if mapping else None
        report = run(place, paths, table=table or None, mapping=told, sheet=sheet or None, ears=ears)
    if write_map:
        _write_map(report, Path(write_map))
    typed = Typed(
        tuple(map(str, paths)),
        write_map=write_map,
        mapping=mapping,
        sheet=sheet,
        table=table,
    )
    _show(report, place, typed, json=json)
    if report.every_row_refused or report.cannot_be_imported:
        raise typer.Exit(1)


def _show(report: ImportReport, place: Workspace, typed: Typed, *, json: bool) -> None:
    from accord.cli.output import print_for_programs
    from accord.report.envelope import dumps
    from accord.report.ingest.answer import import_json
    from accord.report.ingest.text import import_text
    from accord.report.look import Look

    if json:
        print_for_programs(dumps(import_json(report, place.agreement, _as_of(place))))
        if report.every_row_refused and not report.mended_before:
            said = _("Every row was refused. See: {command}")
            print(said.format(command=as_typed("quarantine")), file=sys.stderr)
    else:
        sys.stdout.write(import_text(report, Look.of(sys.stdout, os.environ), typed))


def _write_map(report: ImportReport, path: Path) -> None:
    from accord.ingest.mapping.dump import dump_mapping
    from accord.ingest.proposal import proposed
    from accord.report.files import write_whole

    mapping = proposed(report)
    if not mapping.files:
        print(_("No mapping was written: no table comes out of these files."), file=sys.stderr)
        return
    write_whole(path, dump_mapping(mapping))
    print(
        _("Written: {file}. Change it as you need, then import with --map {file}.").format(file=path), file=sys.stderr
    )


def _as_of(place: Workspace) -> datetime | None:
    """The moment the data describe after the import; None where nothing is stored."""
    from accord.engines.duckdb import DuckDBEngine
    from accord.ingest.foresee import current_rows
    from accord.readmodel.opening import newest_moment

    generation = current_rows(place)
    if generation is None or not any(generation.rows.values()):
        return None
    engine = DuckDBEngine(generation.relations)
    try:
        return newest_moment(engine, place.agreement)
    finally:
        engine.close()


def quarantine(
    *,
    table: Annotated[
        str, typer.Option("--table", metavar=_("NAME"), show_default=False, help=_("Only rows meant for this table."))
    ] = "",
    csv: Annotated[
        str,
        typer.Option(
            "--csv",
            metavar=_("FILE"),
            show_default=False,
            help=_(
                "Write the rows with their reasons to a file, or to a folder with one file per table where several "
                "wait; mend them there and import it."
            ),
        ),
    ] = "",
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", show_default=False, help=_("Rows to show (default: 20)."))
    ] = MOST_ROWS,
    json: Annotated[bool, json_option()] = False,
    workspace: Annotated[Path, workspace_option()] = HERE,
) -> None:
    """List what was refused, or write it to a file."""
    from accord.cli.output import print_for_programs
    from accord.ingest.mending import in_quarantine
    from accord.report.envelope import dumps
    from accord.report.ingest.answer import quarantine_json
    from accord.report.ingest.text import quarantine_text
    from accord.report.look import Look
    from accord.tables.schema import TABLES
    from accord.workspace import Workspace

    if table and table not in {known.name for known in TABLES}:
        raise UsageError(
            _("--table cannot be {table}: the tables are {names}.").format(
                table=table, names=", ".join(known.name for known in TABLES)
            )
        )
    place = Workspace(workspace)
    rows = in_quarantine(place, table or None)
    if csv:
        _write_rows(rows, Path(csv))
    elif json:
        print_for_programs(dumps(quarantine_json(rows, place.agreement, _as_of(place))))
    else:
        sys.stdout.write(quarantine_text(rows, Look.of(sys.stdout, os.environ), limit))


def _write_rows(rows: list[QuarantinedRow], path: Path) -> None:
    """One table waits: the file itself. Several: a folder with a file for each, for a file can hold only one."""
    from accord.ingest.mending import files_beside, mend_files
    from accord.report.files import write_whole

    files = mend_files(rows)
    if not files:
        print(_("No row is in quarantine."), file=sys.stderr)
        return
    target = path
    if len(files) == 1:
        write_whole(path, *files.values())
        said = _("Written: {file}. Mend the rows in it, then: {command}")
    else:
        target = path.with_suffix("")
        target.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            write_whole(target / f"{name}.csv", text)
        said = _(
            "Written: the folder {file} with {names}: one file for the rows of one table that are read alike. Mend "
            "the rows in them, then: {command}"
        )
    names = ", ".join(f"{name}.csv" for name in files)
    command = as_typed("import", str(target), *files_beside(rows))
    print(said.format(file=target, names=names, command=command), file=sys.stderr)
