"""Records as CSV text: for programs, or for the spreadsheet of somebody who opens it with a double click."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from accord.acceptance.figures import AcceptanceReport
from accord.report.records import Record, acceptance_records, fields

__all__ = ["SPREADSHEETS", "Reader", "csv_text"]

Reader = Literal["programs", "excel-en", "excel-fr"]


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

_BYTE_ORDER_MARK = "\ufeff"
_LIKE_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(report: AcceptanceReport, reader: Reader = "programs") -> str:
    """The report's records as CSV for ``reader``; an empty cell for what is missing."""
    how = SPREADSHEETS[reader]
    text = io.StringIO()
    names = [field.name for field in fields(report)]
    ending = "\r\n" if how.by_hand else "\n"
    writer = csv.DictWriter(text, names, delimiter=how.delimiter, lineterminator=ending)
    writer.writeheader()
    writer.writerows(_for_hands(record, how) if how.by_hand else record for record in acceptance_records(report))
    return (_BYTE_ORDER_MARK if how.by_hand else "") + text.getvalue()


def _for_hands(record: Record, how: Spreadsheet) -> Record:
    written: Record = {}
    for name, value in record.items():
        if isinstance(value, float):
            written[name] = str(value).replace(".", how.point)
        elif isinstance(value, str) and value.startswith(_LIKE_A_FORMULA):
            written[name] = f"'{value}"
        else:
            written[name] = value
    return written
