"""``accord acceptance``: how many of the leads handed over sales accepts, how fast, and where not."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from accord.cli.figure_options import (
    PERIODS,
    TO_STANDARD_OUTPUT,
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
    say_written,
    to_option,
)
from accord.cli.notice import say_draft
from accord.cli.options import HERE, as_of_option, existing, json_option, words, workspace_option
from accord.cli.output import print_for_programs
from accord.cli.program import Program
from accord.language import gettext as _

if TYPE_CHECKING:
    from accord.acceptance.figures import AcceptanceReport
    from accord.agreement.model import Definition
    from accord.readmodel.source import Source
    from accord.report.audit.grading import Grading
    from accord.workspace import Workspace

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
    from accord.clock import parse_as_of, parse_day
    from accord.readmodel.opening import open_source
    from accord.report.acceptance.arrangement import SORTS, arranged
    from accord.report.spreadsheets import SPREADSHEETS
    from accord.workspace import Workspace

    check_choice("--period", period, PERIODS)
    check_choice("--definition", definition, DEFINITIONS)
    check_choice("--sort", sort, list(SORTS))
    check_choice("--csv-for", csv_for, list(SPREADSHEETS))
    check_one_output(csv, as_json=as_json)
    place = Workspace(existing(workspace))
    say_draft(place)
    moment = parse_as_of(as_of, place.agreement.timezone) if as_of else None
    asked: dict[str, Any] = {
        "by": words(by),
        "period": period or None,
        "start": parse_day(start, "--from") if start else None,
        "end": parse_day(end, "--to") if end else None,
    }
    with open_source(place, moment) as source:
        if html:
            from accord.report.acceptance.gathering import brief
            from accord.report.acceptance.page import page_html
            from accord.report.files import write_whole

            one = cast("Definition | None", definition if definition not in {"", "all"} else None)
            write_whole(Path(html), page_html(brief(source, **asked, definition=one), _grading(place, source)))
            say_written(html)
            if not (as_json or csv):
                return
        wanted = cast("Definition | Literal['all'] | None", definition or None)
        report = measure(source, **asked, definition=wanted)
        grading = None if as_json or csv else _grading(place, source)
    if csv:
        _csv(arranged(report, sort, limit or 0).report, csv, csv_for)
    if as_json:
        _json(arranged(report, sort, limit or 0).report, every_definition=definition == "all")
    elif not csv:
        _text(report, sort, limit, grading)


def _grading(place: Workspace, source: Source) -> Grading:
    """What an audit says of the figures, for who reads them; programs ask accord audit --json."""
    from accord.audit.workspace import grades_beside
    from accord.report.audit.grading import Grading

    return Grading(grades_beside(place, source))


def _json(report: AcceptanceReport, *, every_definition: bool) -> None:
    from accord.report.acceptance.answer import acceptance_json
    from accord.report.envelope import dumps

    print_for_programs(dumps(acceptance_json(report, every_definition=every_definition)))


def _csv(report: AcceptanceReport, file: str, reader: str) -> None:
    from accord.report.acceptance.records import acceptance_csv
    from accord.report.files import write_whole

    if file == TO_STANDARD_OUTPUT:
        print_for_programs(acceptance_csv(report, reader_of(file, reader)))
        return
    write_whole(Path(file), acceptance_csv(report, reader_of(file, reader)))
    say_written(file, reader_of(file, reader))


def _text(report: AcceptanceReport, sort: str, limit: int | None, grading: Grading | None) -> None:
    from accord.report.acceptance.arrangement import arranged
    from accord.report.acceptance.text import terminal_text
    from accord.report.look import Look

    shown = arranged(report, sort or "handed", USUAL_LIMIT if limit is None else limit)
    look = Look.of(sys.stdout, os.environ)
    text = terminal_text(shown.report, look, sorted_by=sort, more_segments=shown.more_segments, grading=grading)
    sys.stdout.write(text)
