"""How a CSV file separates its cells, and what its headings are."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import dropwhile
from typing import Literal

from accord.ingest.folding import fold
from accord.ingest.heading_row import Above, heading_row
from accord.tables.schema import TABLES

__all__ = ["Dialect", "sniff"]

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_RECORDS = 50
FEWEST_ROWS = 2
"""Rows that must end alike before that is the habit of a file."""

KNOWN_HEADINGS = frozenset(fold(column.name) for table in TABLES for column in table.columns)


Trailing = Literal["rows", "headings"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """``delimiter`` between cells; ``header_line``: 1-based line of the headings; ``first_line``: of the first row
    after them. ``above``: what stands above the headings. ``trailing``: the rows end with a delimiter and the headings
    do not (a last heading without a name stands for it), or the headings do and the rows do not (it is left out).
    """

    delimiter: str
    headings: tuple[str, ...]
    header_line: int
    first_line: int
    above: Above | None = None
    trailing: Trailing | None = None


def sniff(sample: str, delimiter: str | None = None, headings_line: int | None = None) -> Dialect | None:
    """The dialect of the text that ``sample`` begins, or None when it holds no line but blank ones.

    Of the delimiters that split the heading line at all, the one under which most of the first rows have as many cells
    as the headings; more headings win over fewer. A spreadsheet's ``sep=;`` line decides by itself. ``headings_line``:
    on which line the headings are, where somebody said so.
    """
    told, skipped = _told(sample)
    body = sample.split("\n", skipped)[skipped] if skipped else sample
    candidates = DELIMITERS if not (told or delimiter) else (delimiter or told or ",",)
    tried = [(candidate, list(dropwhile(_is_blank, _records(body, candidate)))) for candidate in candidates]
    placed = [
        (candidate, records, _heading_row(records, headings_line, skipped)) for candidate, records in tried if records
    ]
    if not placed:
        return None
    best, records, row = max(placed, key=lambda found: _plausibility(found[1][found[2] :]))
    start, headings, following = records[row]
    above = None
    if row:
        above = Above(row, " ".join(cell.strip() for cell in records[0][1] if cell.strip()), start + skipped)
    names, trailing = _without_trailing(tuple(heading.strip() for heading in headings), records[row + 1 :])
    return Dialect(best, names, start + skipped, following + skipped, above, trailing)


def _without_trailing(
    headings: tuple[str, ...], rows: Sequence[tuple[int, list[str], int]]
) -> tuple[tuple[str, ...], Trailing | None]:
    """The headings for as many cells as every one of the first rows has, where a delimiter at the end of the line is
    all that tells the two apart. A single row that differs is no habit of the file: that one has slipped.
    """
    widths = {len(cells) for _line, cells, _after in rows if any(cell.strip() for cell in cells)}
    ends = {cells[-1].strip() for _line, cells, _after in rows}
    if len(rows) < FEWEST_ROWS:
        return headings, None
    if len(headings) > 1 and headings[-1] and widths == {len(headings) + 1} and ends == {""}:
        return (*headings, ""), "rows"
    if len(headings) > 2 and not headings[-1] and all(headings[:-1]) and widths == {len(headings) - 1}:
        return headings[:-1], "headings"
    return headings, None


def _is_blank(record: tuple[int, list[str], int]) -> bool:
    return not any(cell.strip() for cell in record[1])


def _heading_row(records: Sequence[tuple[int, list[str], int]], told: int | None, skipped: int) -> int:
    """Which of the records holds the headings; with ``told``, a line of the file, the first that is not above it."""
    if told is None:
        return heading_row([cells for _line, cells, _after in records])
    return next((number for number, (line, _cells, _after) in enumerate(records) if line + skipped >= told), 0)


def _told(sample: str) -> tuple[str | None, int]:
    first = sample.split("\n", 1)[0].strip()
    if first.lower().startswith("sep=") and len(first) == 5:
        return first[4], 1
    return None, 0


def _records(text: str, delimiter: str) -> list[tuple[int, list[str], int]]:
    """(line, cells, line after it) of the first records; the last may be cut and is left out when there are others."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    records: list[tuple[int, list[str], int]] = []
    before = 1
    try:
        for cells in reader:
            if cells:
                records.append((before, cells, reader.line_num + 1))
            before = reader.line_num + 1
            if len(records) > SAMPLE_RECORDS:
                break
    except csv.Error:  # a cell beyond the module's limit: what came before it is enough
        pass
    return records


def _plausibility(records: list[tuple[int, list[str], int]]) -> tuple[bool, int, float, int]:
    headings = records[0][1]
    rows = records[1:]
    alike = sum(len(cells) == len(headings) for _, cells, _ in rows) / len(rows) if rows else 1.0
    return len(headings) > 1, _known(headings), round(alike, 1), len(headings)


def _known(headings: Iterable[str]) -> int:
    return sum(fold(heading) in KNOWN_HEADINGS for heading in headings)
