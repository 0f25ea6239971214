"""``accord acceptance``: how many of the leads handed over sales accepts, how fast, and where not."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from accord.cli.asking import days_asked, grading_beside, moment_asked, workspace_asked, write_file, write_table
from accord.cli.figure_options import (
    PERIODS,
    USUAL_LIMIT,
    FigureCommand,
    check_choice,
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
from accord.language import gettext as _

if TYPE_CHECKING:
    from accord.acceptance.figures import AcceptanceReport
    from accord.agreement.model import Definition
    from accord.report.audit.grading import Grading

__all__ = ["register"]

DEFINITIONS = ("explicit", "action", "worked", "tacit", "all")


def register(app: Program) -> None:
    """Add the command."""
    app.command(
        "acceptance",
        cls=FigureCommand,
        help=_("Say how many of the leads handed over sales accepts, how fast, and where not."),
    )(acceptance)


def acceptance(
    *,
    by: Annotated[list[str] | None, handed_over_by()] = None,
    period: Annotated[str, handed_over_period()] = "",
    start: Annotated[str, handed_over_from()] = "",
    end: Annotated[str, to_option()] = "",
    definition: Annotated[
        str,
        typer.Option(
            "--definition",
            metavar=_("NAME"),
            show_default=False,
            help=_(
                "What counts as accepted: explicit, action, worked, tacit, or all (default: what the agreement says)."
            ),
        ),
    ] = "",
    sort: Annotated[
        str,
        typer.Option(
            "--sort",
            metavar=_("ORDER"),
            show_default=False,
            help=_("Order of segments: handed, rate (lowest first), lost, open, delay (slowest first) or name."),
        ),
    ] = "",
    limit: Annotated[
        int | None, limit_option(_("Show the first N segments only; 0 shows all (default: 40 as text, all elsewhere)."))
    ] = None,
    as_json: Annotated[bool, json_option()] = False,
    csv: Annotated[str, csv_option()] = "",
    csv_for: Annotated[str, csv_for_option()] = "",
    html: Annotated[str, html_option()] = "",
    workspace: Annotated[Path, workspace_option()] = HERE,
    as_of: Annotated[str, as_of_option()] = "",
) -> None:
    """Parse, measure, render; a file that was asked for is named on standard error."""
    from accord.acceptance.measure import measure
    from accord.readmodel.opening import open_source
    from accord.report.acceptance.arrangement import SORTS, arranged
    from accord.report.spreadsheets import SPREADSHEETS

    check_choice("--period", period, PERIODS)
    check_choice("--definition", definition, DEFINITIONS)
    check_choice("--sort", sort, list(SORTS))
    check_choice("--csv-for", csv_for, list(SPREADSHEETS))
    check_one_output(csv, as_json=as_json)
    place = workspace_asked(workspace)
    moment = moment_asked(place, as_of)
    first, last = days_asked(start, end)
    asked: dict[str, Any] = {"by": words(by), "period": period or None, "start": first, "end": last}
    with open_source(place, moment) as source:
        if html:
            from accord.report.acceptance.gathering import brief
            from accord.report.acceptance.page import page_html

            one = cast("Definition | None", definition if definition not in {"", "all"} else None)
            write_file(html, page_html(brief(source, **asked, definition=one), grading_beside(place, source)))
            if not (as_json or csv):
                return
        wanted = cast("Definition | Literal['all'] | None", definition or None)
        report = measure(source, **asked, definition=wanted)
        grading = None if as_json or csv else grading_beside(place, source)
    if csv:
        from accord.report.acceptance.records import acceptance_csv

        reader = reader_of(csv, csv_for)
        write_table(csv, [acceptance_csv(arranged(report, sort, limit or 0).report, reader)], reader)
    if as_json:
        _json(arranged(report, sort, limit or 0).report, every_definition=definition == "all")
    elif not csv:
        _text(report, sort, limit, grading)


def _json(report: AcceptanceReport, *, every_definition: bool) -> None:
    from accord.report.acceptance.answer import acceptance_json
    from accord.report.envelope import dumps

    print_for_programs(dumps(acceptance_json(report, every_definition=every_definition)))


def _text(report: AcceptanceReport, sort: str, limit: int | None, grading: Grading | None) -> None:
    from accord.report.acceptance.arrangement import arranged
    from accord.report.acceptance.text import terminal_text
    from accord.report.look import Look

    shown = arranged(report, sort or "handed", USUAL_LIMIT if limit is None else limit)
    look = Look.of(sys.stdout, os.environ)
    text = terminal_text(shown.report, look, sorted_by=sort, more_segments=shown.more_segments, grading=grading)
    sys.stdout.write(text)
