"""XLSX as sources: one for every visible sheet that holds a table."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zipfile import BadZipFile, ZipFile

import numpy as np
import pyarrow as pa
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from accord.errors import DataError, Fault
from accord.ingest.arrow_text import text_array
from accord.ingest.heading_row import MOST_ROWS_ABOVE, Above, heading_row
from accord.ingest.kinds import InputFile
from accord.ingest.sheet_errors import Errors, errors_of, place_of
from accord.ingest.source import SourceTraits, Watch, batch_of_rows
from accord.language import gettext as _
from accord.language import ngettext

__all__ = ["XlsxSource", "open_xlsx"]

ROWS_OF_A_BATCH = 20_000
HOURS_BESIDE = 500
"""So many hours stand beside a midnight that is one: of times to the minute one in 1,440 is."""

EXACT_INTEGERS = 2**53

WORKBOOK = "xl/workbook.xml"
FROM_1904 = re.compile(rb"<(?:\w+:)?workbookPr\b[^>]*\bdate1904\s*=\s*[\"'](?:1|true|on)[\"']")
"""A workbook whose day 0 is 1 January 1904 (ECMA-376, part 1, 18.2.28)."""


def open_xlsx(file: InputFile, sheet: str | None = None, headings_line: int | None = None) -> list[XlsxSource]:
    """The sheets of ``file`` that hold anything, or the one called ``sheet``; ``DataError`` when there is none.

    ``headings_line``: the row with the headings, where somebody said so.
    """
    try:
        book = CalamineWorkbook.from_path(str(file.path))
        tables = [entry for entry in book.sheets_metadata if entry.typ is SheetTypeEnum.WorkSheet]
        names = [entry.name for entry in tables if entry.visible is SheetVisibleEnum.Visible]
        hidden = [entry.name for entry in tables if entry.visible is not SheetVisibleEnum.Visible]
        if sheet is not None and sheet not in names + hidden:
            raise DataError(
                Fault(
                    _("There is no sheet {sheet}.").format(sheet=sheet),
                    str(file.path),
                    hint=_("There are: {names}.").format(names=", ".join(names + hidden)),
                )
            )
        wanted = names if sheet is None else [sheet]
        traits = SourceTraits(days_from_1904=_counts_from_1904(file))
        sources = [
            XlsxSource(
                file,
                book.get_sheet_by_name(name),
                traits,
                alone=names == [name],
                headings_line=headings_line,
            )
            for name in wanted
        ]
    except CalamineError as error:
        raise DataError(
            Fault(
                _("The XLSX file cannot be read ({reason}).").format(reason=error),
                str(file.path),
                hint=_("Open it in a spreadsheet and save it again, without a password."),
            )
        ) from error
    filled = [source for source in sources if source.headings]
    if not filled:
        raise DataError(
            Fault(
                _("No sheet of this workbook holds anything."),
                str(file.path),
                hint=_("Write the headings in the first row, and one row per record below them."),
            )
        )
    if hidden and sheet is None:
        filled[0].notes += (_unread(hidden),)
    return filled


def _unread(hidden: Sequence[str]) -> str:
    return ngettext(
        "The hidden sheet {names} was not read. If it holds rows that count, show it in the spreadsheet or name it "
        "(--sheet).",
        "The hidden sheets {names} were not read. If they hold rows that count, show them in the spreadsheet or name "
        "one (--sheet).",
        len(hidden),
    ).format(names=", ".join(hidden))


def _counts_from_1904(file: InputFile) -> bool:
    """Whether the workbook says so. Cells formatted as dates are read right by the library; bare numbers are ours."""
    try:
        with ZipFile(file.path) as archive:
            return FROM_1904.search(archive.read(WORKBOOK)) is not None
    except (BadZipFile, KeyError, NotImplementedError, RuntimeError):  # the library could read it all the same
        return False


class XlsxSource:
    """A sheet; a line is a row of the sheet, as the spreadsheet numbers it. ``size``: rows."""

    def __init__(
        self,
        file: InputFile,
        sheet: CalamineSheet,
        traits: SourceTraits,
        *,
        alone: bool,
        headings_line: int | None = None,
    ) -> None:
        self.file, self.sheet, self.traits, self.alone = file, sheet, traits, alone
        self.errors = errors_of(file.path, sheet.name)
        self.size = sheet.total_height
        first_rows = list(islice(_filled_rows(sheet, self.errors), max(MOST_ROWS_ABOVE, headings_line or 0) + 1))
        row = _heading_row(first_rows, headings_line)
        self.header_line, self.headings = 0, tuple[str, ...]()
        self.notes: tuple[str, ...] = ()
        if first_rows:
            self.header_line, self.headings = first_rows[row][0], _headings(first_rows[row][1])
        if row:
            title = " ".join(heading for heading in _headings(first_rows[0][1]) if heading)
            self.notes = (Above(row, title, self.header_line).said,)
        places = [
            place_of(line, column)
            for line, cells in self.errors.items()
            for column in cells
            if line > self.header_line and column < len(self.headings) and self.headings[column]
        ]
        if places:
            self.traits = replace(traits, with_errors=True)
            self.notes += (_without_value(sheet.name, places),)

    @property
    def name(self) -> str:
        """The file, and the sheet when there are several."""
        return str(self.file.path) if self.alone else f"{self.file.path}[{self.sheet.name}]"

    @property
    def stem(self) -> str:
        """The name of the sheet, unless the workbook has only one: then the file's."""
        return self.file.stem if self.alone else self.sheet.name

    def read(self, watch: Watch) -> Generator[pa.RecordBatch]:
        """All rows after the headings but blank ones."""
        with_time = self._columns_with_time()
        rows = (row for row in _filled_rows(self.sheet, self.errors) if row[0] > self.header_line)
        width = len(self.headings)
        while batch := list(islice(rows, ROWS_OF_A_BATCH)):
            columns = [
                text_array([_text(cells[number], with_time=with_time[number]) for _line, cells in batch])
                for number in range(width)
            ]
            yield batch_of_rows(columns, np.array([line for line, _cells in batch], np.int64))
            watch(len(batch))

    def _columns_with_time(self) -> list[bool]:
        """Columns in which dates without an hour are as rare as midnight is among hours: there, they are midnights.

        The spreadsheet does not say which of the two a cell is. Elsewhere a date is a date, also beside hours.
        """
        dates, hours = [0] * len(self.headings), [0] * len(self.headings)
        for line, cells in _filled_rows(self.sheet, self.errors):
            if line <= self.header_line:
                continue
            for number, cell in enumerate(cells):
                if isinstance(cell, datetime):
                    hours[number] += 1
                elif isinstance(cell, date):
                    dates[number] += 1
        return [date_cells * HOURS_BESIDE <= hour_cells for date_cells, hour_cells in zip(dates, hours, strict=True)]


def _heading_row(rows: Sequence[tuple[int, list[Any]]], told: int | None) -> int:
    """Which of the first rows holds the headings; with ``told``, a row of the sheet, the first that is not above it."""
    if told is None:
        return heading_row([_headings(cells) for _line, cells in rows])
    return next((number for number, (line, _cells) in enumerate(rows) if line >= told), 0)


def _without_value(sheet: str, places: Sequence[str]) -> str:
    return ngettext(
        "Sheet {sheet}: cell {first} holds an error or a formula that was never calculated. A row that needs it is "
        "refused; a column that a mapping leaves out harms no row.",
        "Sheet {sheet}: {n} cells hold an error or a formula that was never calculated, the first of them {first}. "
        "Rows that need them are refused; a column that a mapping leaves out harms no row.",
        len(places),
    ).format(sheet=sheet, n=len(places), first=places[0])


def _filled_rows(sheet: CalamineSheet, errors: Errors) -> Iterator[tuple[int, list[Any]]]:
    """The rows that hold anything, each with its number; ``errors`` stand where the library sees an empty cell."""
    line = 0
    for line, read in enumerate(sheet.iter_rows(), 1):
        cells = read
        if line in errors:
            cells = [errors[line].get(column, cell) for column, cell in enumerate(read)]
        if any(cell != "" for cell in cells):
            yield line, cells
    for below in sorted(number for number in errors if number > line):  # rows of nothing but formulas, at the end
        yield below, [errors[below].get(column, "") for column in range(sheet.total_width)]


def _headings(cells: Sequence[Any]) -> tuple[str, ...]:
    """The headings; a column without one stays, without a name, for what it may hold."""
    return tuple((_text(cell, with_time=False) or "").strip() for cell in cells)


def _text(cell: Any, *, with_time: bool) -> str | None:  # noqa: PLR0911 - one for each kind of cell
    match cell:
        case "":
            return None
        case str():
            return cell.replace("\x00", "␀")
        case bool():
            return "true" if cell else "false"
        case int():
            return str(cell)
        case float():
            # A capital E, as spreadsheets write it: an identifier that was a number too long for one is told so.
            return str(int(cell)) if cell.is_integer() and abs(cell) < EXACT_INTEGERS else repr(cell).upper()
        case datetime():
            return cell.isoformat(" ")
        case date():
            return f"{cell.isoformat()} 00:00:00" if with_time else cell.isoformat()
        case time():
            return cell.isoformat()
        case timedelta():
            return str(int(cell.total_seconds()))
        case _:
            return str(cell)
