"""``accord acceptance``: how many of the leads handed over sales accepts, how fast, and where not."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from accord.cli.notice import say_draft
from accord.cli.options import HERE, as_of_option, existing, json_option, words, workspace_option
from accord.cli.output import print_for_programs
from accord.cli.program import Command, Program
from accord.errors import UsageError
from accord.language import current_language
from accord.language import gettext as _

if TYPE_CHECKING:
    from accord.acceptance.figures import AcceptanceReport
    from accord.agreement.model import Definition
    from accord.readmodel.source import Source
    from accord.report.grading import Grading
    from accord.report.tidy import Reader
    from accord.workspace import Workspace

__all__ = ["register"]

PERIODS = ("week", "month", "quarter")
DEFINITIONS = ("explicit", "action", "worked", "tacit", "all")
TO_STANDARD_OUTPUT = "-"
USUAL_LIMIT = 40
"""Segments that a terminal shows unless told otherwise; files and programs get all."""


class AcceptanceCommand(Command):
    """``--by a b`` means ``--by a --by b``, and ``--csv`` needs no file: the command has no other plain words."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Write both out before the parser reads them."""
        return super().parse_args(ctx, _written_out(args))


def _written_out(args: Sequence[str]) -> list[str]:
    written: list[str] = []
    after_by = False
    for place, word in enumerate(args):
        if word.startswith("-") and word != TO_STANDARD_OUTPUT:
            after_by = False
        if after_by and args[place - 1] != "--by":
            written.append("--by")
        written.append(word)
        if word == "--by":
            after_by = True
        following = args[place + 1] if place + 1 < len(args) else "--"
        if word == "--csv" and following.startswith("--"):
            written.append(TO_STANDARD_OUTPUT)
    return written


def register(app: Program) -> None:
    """Add the command."""
    app.command(
        "acceptance",
        cls=AcceptanceCommand,
        help=_("Say how many of the leads handed over sales accepts, how fast, and where not."),
    )(acceptance)


def acceptance(
    *,
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by",
            metavar=_("DIMENSION ..."),
            show_default=False,
            help=_(
                "Cut by channel, origin, sector, account_size, lead_type, team, band or any column; several at once."
            ),
        ),
    ] = None,
    period: Annotated[
        str,
        typer.Option(
            "--period",
            metavar=_("UNIT"),
            show_default=False,
            help=_("Cut by the time of the handoff too: week, month or quarter."),
        ),
    ] = "",
    start: Annotated[
        str,
        typer.Option(
            "--from",
            metavar=_("DAY"),
            show_default=False,
            help=_("The first day of handoffs: 2026-07-01, 2026-W27, 2026-07 or 2026-Q3."),
        ),
    ] = "",
    end: Annotated[
        str,
        typer.Option("--to", metavar=_("DAY"), show_default=False, help=_("The first day that is left out again.")),
    ] = "",
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
        str,
        typer.Option(
            "--limit",
            metavar="N",
            show_default=False,
            help=_("Show the first N segments only; 0 shows all (default: 40 as text, all elsewhere)."),
        ),
    ] = "",
    as_json: Annotated[bool, json_option()] = False,
    csv: Annotated[
        str,
        typer.Option(
            "--csv",
            metavar=_("[FILE]"),
            show_default=False,
            help=_("Write a table for spreadsheets, to FILE or to standard output."),
        ),
    ] = "",
    csv_for: Annotated[
        str,
        typer.Option(
            "--csv-for",
            metavar=_("READER"),
            show_default=False,
            help=_(
                "Who opens the table: programs, excel-en or excel-fr (default: programs; of a FILE written in French, "
                "excel-fr)."
            ),
        ),
    ] = "",
    html: Annotated[
        str,
        typer.Option(
            "--html",
            metavar=_("FILE"),
            show_default=False,
            help=_("Write one page to read, print or send; needs nothing."),
        ),
    ] = "",
    workspace: Annotated[Path, workspace_option()] = HERE,
    as_of: Annotated[str, as_of_option()] = "",
) -> None:
    """Parse, measure, render; a file that was asked for is named on standard error."""
    from accord.acceptance.measure import measure
    from accord.clock import parse_as_of, parse_day
    from accord.readmodel.opening import open_source
    from accord.report.arrangement import SORTS, arranged
    from accord.report.tidy import SPREADSHEETS
    from accord.workspace import Workspace

    _check_choice("--period", period, PERIODS)
    _check_choice("--definition", definition, DEFINITIONS)
    _check_choice("--sort", sort, list(SORTS))
    _check_choice("--csv-for", csv_for, list(SPREADSHEETS))
    shown = _number(limit) if limit else None
    if as_json and csv == TO_STANDARD_OUTPUT:
        raise UsageError(
            _("Standard output cannot be JSON and CSV at once: give --csv a file, or leave one of them out.")
        )
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
            from accord.report.files import write_whole
            from accord.report.gathering import brief
            from accord.report.page import page_html

            one = cast("Definition | None", definition if definition not in {"", "all"} else None)
            write_whole(Path(html), page_html(brief(source, **asked, definition=one), _grading(place, source)))
            _written(html)
            if not (as_json or csv):
                return
        wanted = cast("Definition | Literal['all'] | None", definition or None)
        report = measure(source, **asked, definition=wanted)
        grading = None if as_json or csv else _grading(place, source)
    if csv:
        _csv(arranged(report, sort, shown or 0).report, csv, csv_for)
    if as_json:
        _json(arranged(report, sort, shown or 0).report, every_definition=definition == "all")
    elif not csv:
        _text(report, sort, shown, grading)


def _grading(place: Workspace, source: Source) -> Grading:
    """What an audit says of the figures, for who reads them; programs ask accord audit --json."""
    from accord.audit.workspace import grades_beside
    from accord.report.grading import Grading

    return Grading(grades_beside(place, source))


def _json(report: AcceptanceReport, *, every_definition: bool) -> None:
    from accord.report.answer import acceptance_json
    from accord.report.envelope import dumps

    print_for_programs(dumps(acceptance_json(report, every_definition=every_definition)))


def _csv(report: AcceptanceReport, file: str, reader: str) -> None:
    from accord.report.files import write_whole
    from accord.report.tidy import csv_text

    if file == TO_STANDARD_OUTPUT:
        print_for_programs(csv_text(report, cast("Reader", reader or "programs")))
        return
    # A file is opened by a person and a pipe is read by a program: only the former follows the language.
    reader = reader or ("excel-fr" if current_language() == "fr" else "programs")
    write_whole(Path(file), csv_text(report, cast("Reader", reader)))
    _written(file)
    if reader == "excel-fr":
        line = _("For Excel: semicolons and decimal commas. Programs read it more easily with --csv-for programs.")
        print(line, file=sys.stderr)


def _text(report: AcceptanceReport, sort: str, limit: int | None, grading: Grading | None) -> None:
    from accord.report.arrangement import arranged
    from accord.report.look import Look
    from accord.report.terminal import terminal_text

    shown = arranged(report, sort or "handed", USUAL_LIMIT if limit is None else limit)
    look = Look.of(sys.stdout, os.environ)
    text = terminal_text(shown.report, look, sorted_by=sort, more_segments=shown.more_segments, grading=grading)
    sys.stdout.write(text)


def _written(file: str) -> None:
    print(_("Written: {file}").format(file=file), file=sys.stderr)


def _check_choice(option: str, value: str, allowed: Sequence[str]) -> None:
    if value and value not in allowed:
        near = get_close_matches(value, allowed, n=1)
        hint = " " + _("The nearest is {near}.").format(near=near[0]) if near else ""
        raise UsageError(
            _("{option} cannot be {value!r}: {known}.").format(option=option, value=value, known=", ".join(allowed))
            + hint
        )


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal():
        raise UsageError(_("--limit {text!r} is not a whole number from 0 on.").format(text=text))
    return int(text)
