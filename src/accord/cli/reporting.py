"""``accord report``: the board report of a month or a quarter, as a page, a PDF, or JSON."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from accord.cli.asking import moment_asked, workspace_asked, write_file
from accord.cli.figure_options import rates_option, say_written
from accord.cli.options import HERE, as_of_option, json_option, workspace_option
from accord.cli.output import print_for_programs
from accord.cli.program import Command, Program
from accord.errors import UsageError
from accord.language import gettext as _

if TYPE_CHECKING:
    from accord.report.board.parts import Board

__all__ = ["register"]

FILES = ("--html", "--pdf")
USUAL_PLACE = "."


class ReportCommand(Command):
    """``--html`` and ``--pdf`` need no file: without one they are written here, under the usual name."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Write the usual place out before the parser reads the words."""
        written: list[str] = []
        for place, word in enumerate(args):
            written.append(word)
            following = args[place + 1] if place + 1 < len(args) else "--"
            if word in FILES and following.startswith("-"):
                written.append(USUAL_PLACE)
        return super().parse_args(ctx, written)


def register(app: Program) -> None:
    """Add the command."""
    app.command(
        "report",
        cls=ReportCommand,
        help=_("Write the board report of a month or a quarter: one page to read, print or send, or a PDF."),
    )(report)


def report(
    *,
    month: Annotated[
        str,
        typer.Option(
            "--month",
            metavar=_("MONTH"),
            show_default=False,
            help=_("The month it is about, as in 2026-06 (default: the latest whose leads are settled)."),
        ),
    ] = "",
    quarter: Annotated[
        str,
        typer.Option(
            "--quarter",
            metavar=_("QUARTER"),
            show_default=False,
            help=_("The quarter it is about, as in 2026-Q2."),
        ),
    ] = "",
    html: Annotated[
        str,
        typer.Option(
            "--html",
            metavar=_("[FILE]"),
            show_default=False,
            help=_("Write one page that needs nothing beside it (default: board-MONTH.html, here)."),
        ),
    ] = "",
    pdf: Annotated[
        str,
        typer.Option(
            "--pdf",
            metavar=_("[FILE]"),
            show_default=False,
            help=_("Write a PDF of A4 pages (default: board-MONTH.pdf, here); needs accord[pdf]."),
        ),
    ] = "",
    rates: Annotated[str, rates_option()] = "",
    as_json: Annotated[bool, json_option()] = False,
    workspace: Annotated[Path, workspace_option()] = HERE,
    as_of: Annotated[str, as_of_option()] = "",
) -> None:
    """Parse, gather, render; every file is named on standard error."""
    # The matrices of a diagnosis are small: threads of the linear algebra would only wait for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from accord.readmodel.opening import open_source
    from accord.report.board.gathering import board_of
    from accord.report.board.periods import period_asked

    asked = period_asked(month, quarter)
    if html and pdf and not Path(html).is_dir():
        _refuse_one_file(Path(html), Path(pdf))
    if pdf:
        from accord.report.board.pdf import check_pdf

        check_pdf()  # what is missing is said before anybody waits for figures
    place = workspace_asked(workspace)
    moment = moment_asked(place, as_of)
    with open_source(place, moment) as source:
        board = board_of(place, source, asked, rates or None, touches=as_json)
    if html and pdf:
        _refuse_one_file(_path(html, board, "html"), _path(pdf, board, "pdf"))
    if html or not (pdf or as_json):
        from accord.report.board.page import board_page

        write_file(str(_path(html or USUAL_PLACE, board, "html")), board_page(board))
    if pdf:
        from accord.report.board.page import board_paper
        from accord.report.board.pdf import boxes_sentence, pdf_of
        from accord.report.files import write_whole_bytes

        path = _path(pdf, board, "pdf")
        lacking: list[str] = []
        write_whole_bytes(path, pdf_of(board_paper(board), lacking.append))
        say_written(str(path))
        for letters in lacking:
            print(boxes_sentence(letters), file=sys.stderr)
    if as_json:
        from accord.report.board.answer import board_json
        from accord.report.envelope import dumps

        print_for_programs(dumps(board_json(board)))
    else:
        from accord.report.board.text import board_text
        from accord.report.look import Look

        sys.stdout.write(board_text(board, Look.of(sys.stdout, os.environ)))


def _path(given: str, board: Board, ending: str) -> Path:
    """The file that was named; in a folder, the usual name."""
    path = Path(given)
    return path / f"board-{board.period.label}.{ending}" if path.is_dir() else path


def _refuse_one_file(html: Path, pdf: Path) -> None:
    if html.resolve() == pdf.resolve():
        raise UsageError(
            _("--html and --pdf name the same file, {file}: one would replace the other. Name two files.").format(
                file=html
            )
        )
