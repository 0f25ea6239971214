"""Aligned columns of text that fit the terminal: what matters least leaves first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accord.report.look import Look, display_width

__all__ = ["Cell", "Column", "Fitted", "fitted", "laid_out"]

_GAP = 2
_NARROWEST_NAME = 12


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a column of a row, and its style."""

    text: str
    styles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``rank`` 0 always stays, the highest rank leaves first when the terminal is too narrow.

    ``shortest``: the first column may be cut to this width before columns of rank 1 leave (None: only when all have).
    """

    heading: str
    cells: Sequence[Cell]
    right: bool = False
    rank: int = 0
    shortest: int | None = None

    @property
    def width(self) -> int:
        """Columns of the terminal it takes."""
        return max(display_width(text) for text in (self.heading, *(cell.text for cell in self.cells)))


@dataclass(frozen=True, slots=True)
class Fitted:
    """A table as lines, and the headings of the columns that found no room."""

    lines: list[str]
    left_out: tuple[str, ...]


def laid_out(columns: Sequence[Column], look: Look, indent: int = 2) -> list[str]:
    """Lines: the headings (none when all are empty), then a line per row. The first column gives way when need be."""
    return fitted(columns, look, indent).lines


def fitted(columns: Sequence[Column], look: Look, indent: int = 2) -> Fitted:
    """The same, with what had to leave: who shows a table says so."""
    kept = [column for column in columns if any(cell.text for cell in column.cells)]
    room = look.width - indent
    left_out = []
    while (rank := max(column.rank for column in kept)) and _total(kept) - _slack(kept, rank) > room:
        leaving = next(column for column in kept if column.rank == rank)
        kept.remove(leaving)
        left_out.append(leaving.heading)
    widths = [column.width for column in kept]
    widths[0] = max(min(widths[0], widths[0] - (_total(kept) - room)), min(_NARROWEST_NAME, widths[0]))
    lines = []
    if any(column.heading for column in kept):
        headings = [_set(Cell(column.heading, ("dim",)), column, width, look) for column, width in _zip(kept, widths)]
        lines.append(_line(headings, indent))
    for number in range(len(kept[0].cells)):
        cells = [_set(column.cells[number], column, width, look) for column, width in _zip(kept, widths)]
        lines.append(_line(cells, indent))
    return Fitted(lines, tuple(heading for heading in reversed(left_out) if heading))


def _slack(columns: Sequence[Column], rank: int) -> int:
    """How much the first column gives way before columns of ``rank`` leave: names are cut for what matters most."""
    first = columns[0]
    return 0 if first.shortest is None or rank > 1 else max(first.width - first.shortest, 0)


def _zip(columns: Sequence[Column], widths: Sequence[int]) -> zip[tuple[Column, int]]:
    return zip(columns, widths, strict=True)


def _total(columns: Sequence[Column]) -> int:
    return sum(column.width for column in columns) + _GAP * (len(columns) - 1)


def _set(cell: Cell, column: Column, width: int, look: Look) -> str:
    text = " ".join(cell.text.splitlines()) or cell.text  # a name may hold a line break, a row may not
    if display_width(text) > width:
        while display_width(text) > width - 1:
            text = text[:-1]
        text += "…" if look.unicode else "."
    filler = " " * (width - display_width(text))
    styled = look.styled(text, *cell.styles)
    return filler + styled if column.right else styled + filler


def _line(cells: Sequence[str], indent: int) -> str:
    return (" " * indent + (" " * _GAP).join(cells)).rstrip()
