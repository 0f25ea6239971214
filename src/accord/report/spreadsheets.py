"""Records as CSV text: for programs, or for the spreadsheet of somebody who opens it with a double click."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

__all__ = ["BYTE_ORDER_MARK", "SPREADSHEETS", "Cell", "Reader", "Record", "csv_pieces", "csv_text"]

Reader = Literal["programs", "excel-en", "excel-fr"]
Cell = str | int | float | None
Record = dict[str, Cell]
"""A line of a file: columns by name. Names are English in every language, for programs read them."""


@dataclass(frozen=True, slots=True)
class Spreadsheet:
    """How a CSV file is written: ``delimiter`` between cells, ``point`` between whole and part of a number.

    ``by_hand``: for a spreadsheet that a person opens. It begins with a byte order mark, or Excel takes UTF-8 for the
    system's own letters; lines end as they do on Windows; and a text that begins like a formula is kept from being one.
    """

    delimiter: str = ","
    point: str = "."
    by_hand: bool = False


SPREADSHEETS: Mapping[Reader, Spreadsheet] = {
    "programs": Spreadsheet(),
    "excel-en": Spreadsheet(by_hand=True),
    "excel-fr": Spreadsheet(";", ",", by_hand=True),
}
"""Who reads the file: programs; Excel where the decimal sign is a point, or a comma."""

BYTE_ORDER_MARK = "\ufeff"
"""What a file written for Excel begins with."""
_LIKE_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_PIECE = 5_000


def csv_pieces(
    names: Sequence[str], records: Iterable[Mapping[str, Cell]], reader: Reader = "programs"
) -> Iterator[str]:
    """CSV for ``reader`` in pieces of some thousand lines, a heading first; an empty cell for what is missing."""
    how, text = SPREADSHEETS[reader], io.StringIO()
    writer = csv.DictWriter(text, names, delimiter=how.delimiter, lineterminator="\r\n" if how.by_hand else "\n")
    if how.by_hand:
        text.write(BYTE_ORDER_MARK)
    writer.writeheader()
    for number, record in enumerate(records):
        writer.writerow(_for_hands(record, how) if how.by_hand else record)
        if number % _PIECE == 0:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()


def csv_text(names: Sequence[str], records: Iterable[Mapping[str, Cell]], reader: Reader = "programs") -> str:
    """The same as one text."""
    return "".join(csv_pieces(names, records, reader))


def _for_hands(record: Mapping[str, Cell], how: Spreadsheet) -> Record:
    written: Record = {}
    for name, value in record.items():
        if isinstance(value, float):
            written[name] = str(value).replace(".", how.point)
        elif isinstance(value, str) and value.startswith(_LIKE_A_FORMULA):
            written[name] = f"'{value}"
        else:
            written[name] = value
    return written
