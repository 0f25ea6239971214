"""Options that commands about figures share: how to cut, what to write where, and what is told of a wrong choice."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, cast

import typer

from accord.cli.program import Command
from accord.errors import UsageError
from accord.language import current_language
from accord.language import gettext as _

if TYPE_CHECKING:
    from accord.report.spreadsheets import Reader

__all__ = [
    "PERIODS",
    "READERS",
    "TO_STANDARD_OUTPUT",
    "USUAL_LIMIT",
    "FigureCommand",
    "by_option",
    "check_choice",
    "check_days",
    "check_one_output",
    "csv_for_option",
    "csv_option",
    "from_option",
    "handed_over_by",
    "handed_over_from",
    "handed_over_period",
    "html_option",
    "limit_option",
    "period_option",
    "rates_option",
    "reader_of",
    "say_written",
    "to_option",
    "written_out",
]

PERIODS = ("week", "month", "quarter")
"""What handoffs are cut by in time; what is created is cut by fewer where weeks say nothing."""

READERS = ("programs", "excel-en", "excel-fr")
TO_STANDARD_OUTPUT = "-"
USUAL_LIMIT = 40
"""Rows that a terminal shows unless told otherwise; files and programs get all."""

MOST_DAYS = 3660


class FigureCommand(Command):
    """``--by a b`` means ``--by a --by b``, and ``--csv`` needs no file: the command has no other plain words."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Write both out before the parser reads them."""
        return super().parse_args(ctx, written_out(args))


def written_out(args: Sequence[str]) -> list[str]:
    """The words of a command line, with every ``--by`` and the file of ``--csv`` said."""
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


def by_option(said: str) -> Any:
    """``--by DIMENSION ...``: ``said`` names what this command can be cut by."""
    return typer.Option("--by", metavar=_("DIMENSION ..."), show_default=False, help=said)


def period_option(said: str) -> Any:
    """``--period UNIT``: ``said`` names whose time it is and the units."""
    return typer.Option("--period", metavar=_("UNIT"), show_default=False, help=said)


def from_option(said: str) -> Any:
    """``--from DAY``: ``said`` names what the day is of."""
    return typer.Option("--from", metavar=_("DAY"), show_default=False, help=said)


def handed_over_by() -> Any:
    """``--by DIMENSION ...`` of handoffs."""
    return by_option(
        _("Cut by channel, origin, sector, account_size, lead_type, team, band or any column; several at once.")
    )


def handed_over_period() -> Any:
    """``--period UNIT`` of handoffs."""
    return period_option(_("Cut by the time of the handoff too: week, month or quarter."))


def handed_over_from() -> Any:
    """``--from DAY`` of handoffs."""
    return from_option(_("The first day of handoffs: 2026-07-01, 2026-W27, 2026-07 or 2026-Q3."))


def to_option() -> Any:
    """``--to DAY``."""
    return typer.Option("--to", metavar=_("DAY"), show_default=False, help=_("The first day that is left out again."))


def limit_option(said: str) -> Any:
    """``--limit N``, 0 for all: ``said`` names what is shown, and how much of it unless told."""
    return typer.Option("--limit", metavar="N", callback=_from_0_on, show_default=False, help=said)


def _from_0_on(limit: int | None) -> int | None:
    if limit is not None and limit < 0:
        raise UsageError(_("{found} cannot be below {least}.").format(found="--limit", least=0))
    return limit


def csv_option(said: str = "") -> Any:
    """``--csv [FILE]``: ``said`` names what is written, where that is not the table shown."""
    told = said or _("Write a table for spreadsheets, to FILE or to standard output.")
    return typer.Option("--csv", metavar=_("[FILE]"), show_default=False, help=told)


def csv_for_option() -> Any:
    """``--csv-for READER``."""
    return typer.Option(
        "--csv-for",
        metavar=_("READER"),
        show_default=False,
        help=_(
            "Who opens the table: programs, excel-en or excel-fr (default: programs; of a FILE written in French, "
            "excel-fr)."
        ),
    )


def rates_option() -> Any:
    """``--rates FILE``."""
    return typer.Option(
        "--rates",
        metavar=_("FILE"),
        show_default=False,
        help=_("What other currencies are worth: a CSV file (default: rates.csv in the workspace, if it is there)."),
    )


def html_option(said: str = "") -> Any:
    """``--html FILE``: ``said`` names what is particular about the page."""
    told = said or _("Write one page to read, print or send; needs nothing.")
    return typer.Option("--html", metavar=_("FILE"), show_default=False, help=told)


def check_choice(option: str, given: str, allowed: Sequence[str]) -> None:
    """``UsageError`` for what is not one of ``allowed``, with the nearest; nothing given is fine."""
    if given and given not in allowed:
        near = get_close_matches(given, allowed, n=1)
        hint = " " + _("The nearest is {near}.").format(near=near[0]) if near else ""
        raise UsageError(
            _("{option} cannot be {value!r}: {known}.").format(option=option, value=given, known=", ".join(allowed))
            + hint
        )


def check_days(option: str, days: int, *, least: int) -> None:
    """``UsageError`` for days that no figure is read at; 0 may stand for none given."""
    if not least <= days <= MOST_DAYS:
        raise UsageError(
            _("{option} cannot be {days}: write days, from 1 to {most}.").format(
                option=option, days=days, most=MOST_DAYS
            )
        )


def check_one_output(csv: str, *, as_json: bool) -> None:
    """``UsageError`` where two answers would go to standard output."""
    if as_json and csv == TO_STANDARD_OUTPUT:
        raise UsageError(
            _("Standard output cannot be JSON and CSV at once: give --csv a file, or leave one of them out.")
        )


def reader_of(file: str, reader: str) -> Reader:
    """Who opens the table: a file is opened by a person and a pipe is read by a program, so only the former follows
    the language."""
    by_hand = file != TO_STANDARD_OUTPUT and current_language() == "fr"
    return cast("Reader", reader or ("excel-fr" if by_hand else "programs"))


def say_written(file: str, reader: str = "") -> None:
    """Name on standard error what was written, and what is particular about it."""
    print(_("Written: {file}").format(file=file), file=sys.stderr)
    if reader == "excel-fr":
        line = _("For Excel: semicolons and decimal commas. Programs read it more easily with --csv-for programs.")
        print(line, file=sys.stderr)
