"""Which row of a table holds its headings: the first, unless a title or the filters of a report stand above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accord.ingest.synonyms import alike
from accord.ingest.systems.catalogue import recognise
from accord.language import ngettext
from accord.tables.schema import TABLES

__all__ = ["MOST_ROWS_ABOVE", "Above", "heading_row"]

MOST_ROWS_ABOVE = 30
"""Rows that may stand above the headings: the title and the filters of a report."""

FEWEST_KNOWN = 2
"""Cells that must name columns of one table before a row is believed to be its headings."""

LONGEST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Above:
    """The filled rows above the headings, which are no rows of the table: how many, what the first says, and the line
    on which the headings are.
    """

    rows: int
    first: str
    headings_line: int

    @property
    def said(self) -> str:
        """What a person should know about it."""
        first = self.first if len(self.first) <= LONGEST_SHOWN else f"{self.first[: LONGEST_SHOWN - 1]}…"
        return ngettext(
            "The headings are on line {line}; the line above them was passed over: “{first}”.",
            "The headings are on line {line}; the {count} lines above them were passed over, the first: “{first}”.",
            self.rows,
        ).format(line=self.headings_line, count=self.rows, first=first)


def heading_row(rows: Sequence[Sequence[str]]) -> int:
    """Which of the first filled ``rows`` of a file holds the headings; 0 where nothing else is certain.

    Another row than the first is believed only where its cells name columns that are known, the first row's do not,
    and it has more filled cells than every row above it: a title, a filter and a heading over several columns have
    fewer.
    """
    if not rows or _names_columns(rows[0]):
        return 0
    most = _filled(rows[0])
    for number, cells in enumerate(rows[1 : MOST_ROWS_ABOVE + 1], 1):
        filled = _filled(cells)
        if filled > max(most, FEWEST_KNOWN) and _names_columns(cells):
            return number
        most = max(most, filled)
    return 0


def _filled(cells: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in cells)


def _names_columns(cells: Sequence[str]) -> bool:
    named = [cell.strip() for cell in cells]
    return recognise(named) is not None or any(len(alike(table, named)) >= FEWEST_KNOWN for table in TABLES)
