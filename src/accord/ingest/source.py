"""A source: one table as it stands in a file, every cell still text, to be read as often as needed."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from accord.ingest.arrow_text import int_array, text_array
from accord.language import ngettext

__all__ = [
    "CELL",
    "INFINITE",
    "NOTHING_KNOWN",
    "Source",
    "SourceTraits",
    "Watch",
    "batch_of_rows",
    "batch_of_spoilt",
    "headings_named",
    "scan_schema",
]

CELL = "accord_cell_{}"
"""Name of the n-th column of a scan, counted from 0."""

INFINITE = "1e999"
"""How an infinite number is written: one that no computer holds, so that it is refused and makes no text of a column of
numbers."""

MOST_NAMED = 30
"""Headings that a message names; exports have hundreds."""

Watch = Callable[[int], None]
"""Hears how many more units (see :attr:`Source.size`) have been read."""


@dataclass(frozen=True, slots=True)
class SourceTraits:
    """What is known of how a source writes its values.

    ``canonical``: numbers, times and booleans were typed in the file and are written in one form here, so there is
    nothing to guess. ``decimal_comma_likely``: the file separates cells by semicolons, as spreadsheets do where the
    comma is the decimal sign. ``days_from_1904``: day numbers are counted from 1 January 1904, as workbooks made on a
    Macintosh may have it. ``with_errors``: some cells hold an error of the spreadsheet or a formula without a result,
    as :mod:`accord.ingest.sheet_errors` writes them.
    """

    canonical: bool = False
    decimal_comma_likely: bool = False
    days_from_1904: bool = False
    with_errors: bool = False


NOTHING_KNOWN = SourceTraits()


class Source(Protocol):
    """One table in a file."""

    @property
    def name(self) -> str:
        """What to call it in messages: ``leads.csv``, or ``book.xlsx[Deals]``."""
        ...

    @property
    def stem(self) -> str:
        """The name that may say which table it is: ``leads``."""
        ...

    @property
    def headings(self) -> tuple[str, ...]:
        """The names of the columns as they stand, without the blanks around them."""
        ...

    @property
    def traits(self) -> SourceTraits:
        """What is known of how it writes its values."""
        ...

    @property
    def size(self) -> int:
        """How many units :meth:`read` will report."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know about how it was read."""
        ...

    def read(self, watch: Watch) -> Generator[pa.RecordBatch]:
        """All rows, in batches of :func:`scan_schema`; every row of the file is in it exactly once."""
        ...


def scan_schema(width: int) -> pa.Schema:
    """The columns of a scan: the cells as text, the ``line`` on which the row starts, and for a row that cannot be
    cut into cells its ``fault`` (a code of :mod:`accord.ingest.refusals`) and ``raw`` (JSON object text), with no
    cells.
    """
    return pa.schema(
        [
            *((CELL.format(number), pa.string()) for number in range(width)),
            ("line", pa.int64()),
            ("fault", pa.string()),
            ("raw", pa.string()),
        ]
    )


def batch_of_rows(columns: Sequence[pa.Array], lines: npt.NDArray[np.int64]) -> pa.RecordBatch:
    """A batch of rows that were cut into cells."""
    nothing = pa.nulls(len(lines), pa.string())
    return pa.RecordBatch.from_arrays([*columns, int_array(lines), nothing, nothing], schema=scan_schema(len(columns)))


def batch_of_spoilt(width: int, spoilt: Sequence[tuple[int, str, str]]) -> pa.RecordBatch:
    """A batch of rows that could not be cut into cells: (line, fault, raw) each."""
    lines, faults, raws = zip(*spoilt, strict=True)
    empty = [pa.nulls(len(spoilt), pa.string())] * width
    return pa.RecordBatch.from_arrays(
        [*empty, int_array(np.array(lines, np.int64)), text_array(faults), text_array(raws)],
        schema=scan_schema(width),
    )


def headings_named(headings: Sequence[str]) -> str:
    """The headings in a line; of very many the first, and how many more."""
    filled = [heading for heading in headings if heading]
    more = len(filled) - MOST_NAMED
    if more <= 1:
        return ", ".join(filled)
    return ", ".join([*filled[:MOST_NAMED], ngettext("{n} more", "{n} more", more).format(n=more)])
