"""``accord recycle``: leads that came back from sales, what following them up brings, and whom to relaunch now."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from accord.cli.asking import days_asked, moment_asked, workspace_asked, write_file, write_table
from accord.cli.figure_options import (
    PERIODS,
    READERS,
    TO_STANDARD_OUTPUT,
    FigureCommand,
    check_choice,
    check_days,
    check_one_output,
    csv_for_option,
    csv_option,
    handed_over_by,
    handed_over_from,
    handed_over_period,
    html_option,
    limit_option,
    reader_of,
    to_option,
)
from accord.cli.options import HERE, as_of_option, json_option, words, workspace_option
from accord.cli.output import print_for_programs
from accord.cli.program import Program
from accord.errors import UsageError
from accord.language import gettext as _

if TYPE_CHECKING:
    from accord.readmodel.source import Source
    from accord.recycle.figures import PeriodUnit, RecycleReport

__all__ = ["register"]

USUAL_ROWS, USUAL_LEADS = 40, 10
"""Rows and leads that a terminal shows unless told otherwise."""

LEADS_OF_A_PAGE = 25


def register(app: Program) -> None:
    """Add the command."""
    app.command(
        "recycle",
        cls=FigureCommand,
        help=_("Say which leads came back from sales, what following them up brings, and whom to relaunch now."),
    )(recycle)


def recycle(
    *,
    by: Annotated[list[str] | None, handed_over_by()] = None,
    period: Annotated[str, handed_over_period()] = "",
    start: Annotated[str, handed_over_from()] = "",
    end: Annotated[str, to_option()] = "",
    within: Annotated[
        int,
        typer.Option(
            "--within",
            metavar=_("DAYS"),
            show_default=False,
            help=_("Days after a follow-up by which opportunities and wins are counted (default: 90)."),
        ),
    ] = 90,
    limit: Annotated[
        int | None,
        limit_option(_("List the first N leads to relaunch only; 0 lists all (default: 10 as text, 100 elsewhere).")),
    ] = None,
    as_json: Annotated[bool, json_option()] = False,
    csv: Annotated[str, csv_option(_("Write the ledger, one line per handoff, to FILE or to standard output."))] = "",
    relaunch: Annotated[
        str,
        typer.Option(
            "--list",
            metavar=_("FILE"),
            show_default=False,
            help=_("Write the leads worth relaunching now as a table to FILE (all of them unless --limit says less)."),
        ),
    ] = "",
    html: Annotated[
        str,
        html_option(
            _("Write the report as one page to FILE, with the first 25 leads to relaunch unless --limit says more.")
        ),
    ] = "",
    csv_for: Annotated[str, csv_for_option()] = "",
    workspace: Annotated[Path, workspace_option()] = HERE,
    as_of: Annotated[str, as_of_option()] = "",
) -> None:
    """Parse, measure, render; a file that was asked for is named on standard error."""
    from accord.readmodel.opening import open_source
    from accord.recycle.figures import DEFAULT_LIMIT
    from accord.recycle.keeping import recycled

    check_choice("--period", period, PERIODS)
    check_choice("--csv-for", csv_for, READERS)
    check_days("--within", within, least=1)
    check_one_output(csv, as_json=as_json)
    _check_files({"--csv": csv, "--list": relaunch, "--html": html})
    place = workspace_asked(workspace)
    moment = moment_asked(place, as_of)
    first, last = days_asked(start, end)
    asked: dict[str, Any] = {
        "by": words(by),
        "period": cast("PeriodUnit | None", period or None),
        "start": first,
        "end": last,
        "within_days": within,
        "limit": limit if limit is not None else 0 if relaunch else DEFAULT_LIMIT,
    }
    with open_source(place, moment) as source:
        report = _with_ledger(source, asked, csv, csv_for) if csv else recycled(source, **asked)
    if relaunch:
        from accord.report.recycle.files import relaunch_csv

        reader = reader_of(relaunch, csv_for)
        write_table(relaunch, relaunch_csv(report, reader), reader)
    if html:
        from accord.report.recycle.page import recycle_page

        write_file(html, recycle_page(_first(report, limit, LEADS_OF_A_PAGE)))
    if as_json:
        _json(report, limit)
    elif not (csv or relaunch or html):
        _text(report, limit)


def _with_ledger(source: Source, asked: Mapping[str, Any], csv: str, csv_for: str) -> RecycleReport:
    """The report; the ledger that it is counted from is written."""
    from accord.recycle.measure import measure_recycling
    from accord.report.recycle.files import ledger_csv

    found = measure_recycling(source, **asked)
    reader = reader_of(csv, csv_for)
    write_table(csv, ledger_csv(found.ledger.entries(found.rows), reader), reader)
    return found.report


def _check_files(files: Mapping[str, str]) -> None:
    """``UsageError`` where one file would be written twice, so that only the last would be left."""
    written: dict[Path, str] = {}
    for option, file in files.items():
        if not file or file == TO_STANDARD_OUTPUT:
            continue
        before = written.setdefault(Path(file).resolve(), option)
        if before != option:
            raise UsageError(
                _("{one} and {other} name the same file, {file}: give each its own.").format(
                    one=before, other=option, file=file
                )
            )


def _first(report: RecycleReport, limit: int | None, usual: int) -> RecycleReport:
    shown = usual if limit is None else limit
    if not shown:
        return report
    return replace(report, relaunch=replace(report.relaunch, leads=report.relaunch.leads[:shown]))


def _json(report: RecycleReport, limit: int | None) -> None:
    from accord.recycle.figures import DEFAULT_LIMIT
    from accord.report.envelope import dumps
    from accord.report.recycle.answer import recycle_json

    print_for_programs(dumps(recycle_json(_first(report, limit, DEFAULT_LIMIT))))


def _text(report: RecycleReport, limit: int | None) -> None:
    from accord.report.look import Look
    from accord.report.recycle.text import recycle_text

    report = _first(report, limit, USUAL_LEADS)
    rows = report.rows if limit == 0 else report.rows[:USUAL_ROWS]
    look = Look.of(sys.stdout, os.environ)
    more = len(report.rows) - len(rows)
    sys.stdout.write(recycle_text(replace(report, rows=rows), look, more_rows=more))
