"""Aligned columns of text that fit the terminal: what matters least leaves first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accord.report.look import Look, display_width

__all__ = ["Cell", "Column", "laid_out"]

_GAP = 2
_NARROWEST_NAME = 12


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a column of a row, and its style."""

    text: str
    styles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``rank`` 0 always stays, the highest rank leaves first when the terminal is too narrow."""

    heading: str
    cells: Sequence[Cell]
    right: bool = False
    rank: int = 0

    @property
    def width(self) -> int:
        """Columns of the terminal it takes."""
        return max(display_width(text) for text in (self.heading, *(cell.text for cell in self.cells)))


def laid_out(columns: Sequence[Column], look: Look, indent: int = 2) -> list[str]:
    """Lines: the headings (none when all are empty), then a line per row. The first column gives way when need be."""
    kept = [column for column in columns if any(cell.text for cell in column.cells)]
    room = look.width - indent
    while _total(kept) > room and any(column.rank for column in kept):
        kept.remove(max(kept, key=lambda column: column.rank))
    widths = [column.width for column in kept]
    widths[0] = max(min(widths[0], widths[0] - (_total(kept) - room)), min(_NARROWEST_NAME, widths[0]))
    lines = []
    if any(column.heading for column in kept):
        headings = [_set(Cell(column.heading, ("dim",)), column, width, look) for column, width in _zip(kept, widths)]
        lines.append(_line(headings, indent))
    for number in range(len(kept[0].cells)):
        cells = [_set(column.cells[number], column, width, look) for column, width in _zip(kept, widths)]
        lines.append(_line(cells, indent))
    return lines


def _zip(columns: Sequence[Column], widths: Sequence[int]) -> zip[tuple[Column, int]]:
    return zip(columns, widths, strict=True)


def _total(columns: Sequence[Column]) -> int:
    return sum(column.width for column in columns) + _GAP * (len(columns) - 1)


def _set(cell: Cell, column: Column, width: int, look: Look) -> str:
    text = cell.text
    if display_width(text) > width:
        while display_width(text) > width - 1:
            text = text[:-1]
        text += "…" if look.unicode else "."
    filler = " " * (width - display_width(text))
    styled = look.styled(text, *cell.styles)
    return filler + styled if column.right else styled + filler


def _line(cells: Sequence[str], indent: int) -> str:
    return (" " * indent + (" " * _GAP).join(cells)).rstrip()
