"""What a command of figures is asked about, and where it leaves its answer: the same steps for every one of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from accord.cli.figure_options import TO_STANDARD_OUTPUT, say_written
from accord.cli.notice import say_draft
from accord.cli.options import existing
from accord.cli.output import print_pieces

if TYPE_CHECKING:
    from accord.readmodel.source import Source
    from accord.report.audit.grading import Grading
    from accord.workspace import Workspace

__all__ = ["days_asked", "grading_beside", "moment_asked", "workspace_asked", "write_file", "write_table"]


def workspace_asked(folder: Path) -> Workspace:
    """The workspace in ``folder``, with a word on standard error where its figures follow a signed version and not
    the file in it.

    ``WorkspaceError`` where there is no such folder, ``AgreementError`` where its agreement cannot be read.
    """
    from accord.workspace import Workspace

    place = Workspace(existing(folder))
    say_draft(place)
    return place


def moment_asked(place: Workspace, as_of: str) -> datetime | None:
    """The moment that ``--as-of`` names, read in the agreement's time zone; None where nothing was said.

    ``UsageError`` for what is no moment.
    """
    from accord.clock import parse_as_of

    return parse_as_of(as_of, place.agreement.timezone) if as_of else None


def days_asked(start: str, end: str) -> tuple[date | None, date | None]:
    """The days that ``--from`` and ``--to`` name; ``UsageError`` for what is no day."""
    from accord.clock import parse_day

    return parse_day(start, "--from") if start else None, parse_day(end, "--to") if end else None


def grading_beside(place: Workspace, source: Source) -> Grading:
    """What an audit says of the figures, for who reads them; programs ask ``accord audit --json``."""
    from accord.audit.workspace import grades_beside
    from accord.report.audit.grading import Grading

    return Grading(grades_beside(place, source))


def write_table(file: str, pieces: Iterable[str], reader: str = "") -> None:
    """Write ``file`` whole and name it on standard error; ``-`` is standard output.

    ``reader``: who opens the table, as :func:`accord.cli.figure_options.reader_of` tells.
    """
    if file == TO_STANDARD_OUTPUT:
        print_pieces(pieces)
        return
    write_file(file, "".join(pieces), reader)


def write_file(file: str, text: str, reader: str = "") -> None:
    """Write ``file`` whole and name it on standard error; ``DataError`` where that is impossible."""
    from accord.report.files import write_whole

    write_whole(Path(file), text)
    say_written(file, reader)
