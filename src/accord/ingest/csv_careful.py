"""Reading CSV records one by one where a quote, a byte or a line break is out of place.

A record that is well formed by RFC 4180 is read as such. A quote in the middle of an unquoted cell is a letter, as it
is to spreadsheets. Text after a closing quote, or a quote that is never closed, spoils only the line on which the
record starts; reading goes on with the next line, so that one slip never swallows the rest of a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

__all__ = ["LINE_BREAK", "MOST_BYTES_OF_A_RECORD", "CarefulReader", "Record", "cells_of"]

MOST_BYTES_OF_A_RECORD = 1024 * 1024
"""A quoted cell that has not ended after this much text was never closed."""

LINE_BREAK = re.compile("(\r\n|\n|\r)")
STRAY_BYTE = re.compile("[\udc80-\udcff]")
"""A byte that is not UTF-8, as ``surrogateescape`` shows it."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record read with care: its cells, or the fault that spoils it with the text as it stands."""

    line: int
    cells: tuple[str, ...] = ()
    fault: str | None = None
    text: str = ""


class CarefulReader:
    """Walks over physical lines; ``position`` is the first line not yet read for good."""

    def __init__(self, lines: list[str], breaks: list[str], line: int, delimiter: str, *, last: bool) -> None:
        self.lines, self.breaks, self.line, self.delimiter, self.last = lines, breaks, line, delimiter, last
        self.position = 0
        self.suspicious = any("\x00" in text or STRAY_BYTE.search(text) for text in lines)

    def text(self, first: int, after: int) -> str:
        """Lines ``first`` to before ``after`` with the breaks that end them."""
        pairs = zip_longest(self.lines[first:after], self.breaks[first:after], fillvalue="")
        return "".join(text + end for text, end in pairs)

    def __iter__(self) -> Iterator[Record]:
        while self.position < len(self.lines):
            text = self.lines[self.position]
            if not text:
                self.position += 1
                continue
            if '"' not in text:
                cells: list[str] | None = text.split(self.delimiter)
                following = self.position + 1
            else:
                cells, following = self._quoted(self.position)
                if following > len(self.lines):
                    return  # the closing quote may stand in text that has not been read yet
            yield self._record(cells, following)
            self.position = following

    def _record(self, cells: list[str] | None, following: int) -> Record:
        line = self.line + self.position
        if cells is not None and not self.suspicious:
            return Record(line, tuple(cells))
        text = self.text(self.position, following).rstrip("\r\n")
        stray = STRAY_BYTE.search(text) is not None
        if stray:
            text = text.encode("utf-8", "surrogateescape").decode("cp1252", "replace")
        if "\x00" in text:
            return Record(line, fault="zero_byte", text=text.replace("\x00", "␀"))
        if stray:
            return Record(line, fault="not_utf8", text=text)
        if cells is None:
            return Record(line, fault="broken_quotes", text=text)
        return Record(line, tuple(cells))

    def _quoted(self, first: int) -> tuple[list[str] | None, int]:
        """The cells of the record that starts on line ``first``, None when its quotes are broken, and the line after
        it.
        """
        cells: list[str] = []
        number, position = first, 0
        while True:
            text = self.lines[number]
            if text.startswith('"', position):
                cell, number, position = self._quoted_cell(first, number, position + 1)
                if cell is None:
                    return None, number
                text = self.lines[number]
            else:
                end = text.find(self.delimiter, position)
                end = len(text) if end < 0 else end
                cell, position = text[position:end], end
            cells.append(cell)
            if position == len(text):
                return cells, number + 1
            if not text.startswith(self.delimiter, position):
                return None, first + 1
            position += 1

    def _quoted_cell(self, first: int, number: int, position: int) -> tuple[str | None, int, int]:
        """The text up to the closing quote, and where that ends; None and the line to go on with when there is no
        end.
        """
        parts: list[str] = []
        taken = 0
        while True:
            text = self.lines[number]
            end = text.find('"', position)
            if end < 0:
                parts += text[position:], self.breaks[number] if number < len(self.breaks) else ""
                taken, number, position = taken + len(text), number + 1, 0
                if taken > MOST_BYTES_OF_A_RECORD or (self.last and number == len(self.lines)):
                    return None, first + 1, 0
                if number == len(self.lines):
                    return None, number + 1, 0
            elif text.startswith('"', end + 1):
                parts.append(text[position : end + 1])
                position = end + 2
            else:
                parts.append(text[position:end])
                return "".join(parts), number, end + 1


def cells_of(text: str, delimiter: str) -> tuple[str, ...]:
    """The cells of one well-formed record."""
    parts = LINE_BREAK.split(text)
    (record,) = CarefulReader(parts[0::2], parts[1::2], 1, delimiter, last=True)
    return record.cells
