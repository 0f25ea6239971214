"""Cells of a workbook that hold no value though they are not empty: errors, and formulas never calculated.

The library that reads workbooks gives both as empty cells; an empty cell of a file that is imported again clears what
is stored. Hence they are read from the sheet itself and written as text: ``#DIV/0!``, ``#CALC! =B2/C2``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from posixpath import join, normpath
from typing import IO
from xml.etree.ElementTree import Element, ParseError, iterparse
from zipfile import BadZipFile, ZipFile

from accord.ingest import sqltext as sql

__all__ = ["Errors", "broken", "errors_of", "never_calculated", "place_of"]

WORDS = (
    "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!",
    "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!", "#PYTHON!", "#EXTERNAL!", "#ERROR!",
)  # fmt: skip
"""The errors of ECMA-376 (part 1, 18.18.11) and those that spreadsheets added since; the last stands for any other."""

NEVER_CALCULATED = "#CALC! ="
"""Before the formula of a cell that has no result."""

WORKBOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
SUSPECT = re.compile(rb"\bt\s*=\s*[\"']e[\"']|<(?:\w+:)?f[\s/>]")
"""In the text of a sheet: a cell that is an error, or any formula. Most sheets of values have neither."""
LONGEST_SUSPECT, CHUNK = 64, 1 << 20
CELL = re.compile(r"([A-Z]+)(\d+)")

Errors = Mapping[int, Mapping[int, str]]
"""Row of the sheet, counted from 1 → column, counted from 0 → text."""


def broken(cell: str) -> str:
    """SQL: whether ``cell`` holds such a text."""
    return f"({cell} IN {sql.text_list(WORDS)} OR {never_calculated(cell)})"


def never_calculated(cell: str) -> str:
    """SQL: whether ``cell`` holds a formula without a result."""
    return f"coalesce(starts_with({cell}, {sql.text(NEVER_CALCULATED)}), false)"


def place_of(line: int, column: int) -> str:
    """The address of a cell as spreadsheets show it: line 3, column 1 is B3."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{line}"


def errors_of(path: Path, sheet: str) -> Errors:
    """The cells of ``sheet`` without a value though not empty.

    Nothing where the workbook's own lists cannot be followed: the library could read it all the same. Only a sheet
    with an error or a formula in it is read cell by cell, a row at a time.
    """
    try:
        with ZipFile(path) as archive:
            part = _part(archive, sheet)
            if part is None:
                return {}
            with archive.open(part) as stream:
                if not _suspect(stream):
                    return {}
            with archive.open(part) as stream:
                return {line: found for line, row in _rows(stream) if (found := dict(_errors(row)))}
    except (BadZipFile, KeyError, NotImplementedError, RuntimeError, ParseError):
        return {}


def _part(archive: ZipFile, sheet: str) -> str | None:
    """The file inside the workbook that holds ``sheet``."""
    with archive.open(WORKBOOK) as stream:
        wanted = next(
            (
                next((value for name, value in element.attrib.items() if name.endswith("}id")), None)
                for _event, element in iterparse(stream)
                if _name(element) == "sheet" and element.get("name") == sheet
            ),
            None,
        )
    with archive.open(RELATIONS) as stream:
        for _event, element in iterparse(stream):
            if _name(element) == "Relationship" and element.get("Id") == wanted:
                target = element.get("Target", "")
                return target[1:] if target.startswith("/") else normpath(join("xl", target))
    return None


def _suspect(stream: IO[bytes]) -> bool:
    end = b""
    while chunk := stream.read(CHUNK):
        if SUSPECT.search(end + chunk):
            return True
        end = chunk[-LONGEST_SUSPECT:]
    return False


def _rows(stream: IO[bytes]) -> Iterator[tuple[int, Element]]:
    """Each row with its number; a row that says none follows the one before."""
    line, around = 0, None
    for event, element in iterparse(stream, ("start", "end")):
        if event == "start" and _name(element) == "sheetData":
            around = element
        elif event == "end" and _name(element) == "row":
            line = int(element.get("r") or line + 1)
            yield line, element
            if around is not None:
                around.clear()


def _errors(row: Element) -> Iterator[tuple[int, str]]:
    column = -1
    for cell in row:
        address = CELL.fullmatch(cell.get("r") or "")
        column = _column(address[1]) if address else column + 1
        parts = {_name(part): part.text or "" for part in cell}
        kind = cell.get("t")
        if kind == "e":
            yield column, parts["v"] if parts.get("v") in WORDS else "#ERROR!"
        elif "f" in parts and kind not in ("str", "inlineStr") and not parts.get("v"):
            # A result that is the empty text says that it is a text; without any result the kind is a number's.
            yield column, f"{NEVER_CALCULATED}{parts['f']}"


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]
