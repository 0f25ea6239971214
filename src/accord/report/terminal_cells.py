"""What stands in the cells of a terminal report, and the lines under its tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from accord.language import gettext as _
from accord.report import formats
from accord.report.columns import Cell
from accord.report.look import Look
from accord.values import Figure, Unknown

__all__ = ["grade_cell", "graded_heading", "note_lines", "share_cell"]

_STYLES = {"": (), "C": ("yellow",), "D": ("bold", "red")}


def share_cell(figure: Figure, digits: int | None = None, *, with_n: bool = False) -> str:
    """A share with its interval, with its count where asked for; or why there is none."""
    if isinstance(figure, Unknown):
        return formats.unknown_briefly(figure)
    text = f"{formats.share(figure, digits)} ({formats.share_interval(figure, digits)})"
    return f"{text}, {formats.n(figure.n)}" if with_n else text


def grade_cell(mark: str) -> Cell:
    """An audit's grade beside a figure; nothing where it is good."""
    return Cell(mark, _STYLES[mark])


def graded_heading(heading: str, mark: str) -> str:
    """What heads figures that an audit doubts."""
    return _("{heading} (grade {grade})").format(heading=heading, grade=mark) if mark else heading


def note_lines(notes: Sequence[str], look: Look) -> Iterator[str]:
    """Why figures above are to be doubted."""
    for note in notes:
        for line in look.paragraph(note, indent=2):
            yield look.styled(line, "yellow")
