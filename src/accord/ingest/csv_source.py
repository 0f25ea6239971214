"""CSV as a source: whole records in blocks, parsed two at a time, each row with the line on which it starts."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from accord.errors import DataError, Fault
from accord.ingest.arrow_text import text_array
from accord.ingest.csv_careful import Record, cells_of
from accord.ingest.csv_split import Careful, Plain, cut
from accord.ingest.dialect import Dialect, sniff
from accord.ingest.kinds import InputFile
from accord.ingest.own_columns import SURPLUS, WHOLE_ROW
from accord.ingest.source import CELL, SourceTraits, Watch, batch_of_rows, batch_of_spoilt
from accord.ingest.survey import Survey, survey, utf8_chunks
from accord.language import gettext as _

__all__ = ["CsvSource", "open_csv"]

SAMPLE_BYTES = 1024 * 1024
AHEAD = 2
"""Blocks that are parsed while another is being used; more would only take memory."""

ENCODING_NAMES = {"cp1252": "Windows-1252", "latin-1": "Latin-1", "utf-16": "UTF-16"}
"""As people call them, where Python has a name of its own."""

DELIMITER_NAMES = {";": "semicolon", "\t": "tab", "|": "pipe"}


def open_csv(
    file: InputFile, *, delimiter: str | None = None, encoding: str | None = None, headings_line: int | None = None
) -> CsvSource:
    """Look ``file`` over and find its headings. ``delimiter``, ``encoding`` and ``headings_line`` are found out when
    not given.

    ``DataError`` when the file holds nothing, only headings, or lines that no table has.
    """
    found = survey(file)
    if encoding is not None:
        found = Survey(encoding, damaged=False, lone_returns=found.lone_returns, size=found.size)
    sample = _sample(file, found)
    dialect = sniff(sample, delimiter, headings_line)
    if dialect is None:
        raise DataError(
            Fault(
                _("The file holds nothing but blank lines."),
                str(file.path),
                hint=_("Export it again, with a heading line and at least one row."),
            )
        )
    return CsvSource(file, found, dialect)


def _sample(file: InputFile, found: Survey) -> str:
    sample = b""
    for chunk in utf8_chunks(file, found, lambda _read: None):
        sample += chunk
        if len(sample) >= SAMPLE_BYTES:
            break
    return sample[:SAMPLE_BYTES].decode("utf-8", "replace")


@dataclass(frozen=True)
class CsvSource:
    """A CSV file whose encoding, delimiter and headings are known."""

    file: InputFile
    survey: Survey
    dialect: Dialect

    @property
    def name(self) -> str:
        """The file as it was named."""
        return str(self.file.path)

    @property
    def stem(self) -> str:
        """The file's name without folder and endings."""
        return self.file.stem

    @property
    def headings(self) -> tuple[str, ...]:
        """The cells of the first line that is not blank, or of the one below a title."""
        return self.dialect.headings

    @property
    def size(self) -> int:
        """Bytes, decompressed."""
        return self.survey.size

    @property
    def traits(self) -> SourceTraits:
        """A semicolon is how spreadsheets separate cells where the comma is the decimal sign."""
        return SourceTraits(decimal_comma_likely=self.dialect.delimiter == ";")

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """Encoding and delimiter where they are not the usual ones."""
        said = list(self.file.notes)
        if self.survey.encoding != "utf-8":
            said.append(
                _("The text is in {encoding}, not UTF-8.").format(
                    encoding=ENCODING_NAMES.get(self.survey.encoding, self.survey.encoding)
                )
            )
        if self.survey.damaged:
            said.append(_("Some lines are not UTF-8 as the others are; they are refused."))
        if self.dialect.delimiter in DELIMITER_NAMES:
            name = {"semicolon": _("a semicolon"), "tab": _("a tab"), "pipe": _("a pipe")}
            said.append(
                _("Cells are separated by {delimiter}.").format(delimiter=name[DELIMITER_NAMES[self.dialect.delimiter]])
            )
        if self.dialect.above is not None:
            said.append(self.dialect.above.said)
        if self.dialect.trailing == "rows":
            said.append(_("Every row ends with a delimiter, and the headings do not: the empty cell after it is none."))
        if self.dialect.trailing == "headings":
            said.append(_("The headings end with a delimiter, and the rows do not: no column follows it."))
        return tuple(said)

    def read(self, watch: Watch) -> Generator[pa.RecordBatch]:
        """All rows; blank lines are not rows."""
        waiting: deque[Future[list[pa.RecordBatch]]] = deque()
        with ThreadPoolExecutor(AHEAD, thread_name_prefix="csv") as pool:
            try:
                for piece in self._pieces(watch):
                    waiting.append(pool.submit(self._parse, piece))
                    while len(waiting) > AHEAD:
                        yield from waiting.popleft().result()
                while waiting:
                    yield from waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()

    def _pieces(self, watch: Watch) -> Iterator[Plain | Careful]:
        """The rows after the headings, cut into whole records."""
        chunks = utf8_chunks(self.file, self.survey, watch)
        data, line = b"", 1
        skip = self.dialect.first_line - 1
        for chunk in chain(chunks, [None]):
            data += chunk or b""
            while skip and (end := data.find(b"\n") + 1):
                data, line, skip = data[end:], line + 1, skip - 1
            if skip:
                continue
            while data:
                piece, data, following = cut(data, line, self.dialect.delimiter, last=chunk is None)
                stuck, line = following == line, following
                if piece is not None:
                    yield piece
                if chunk is not None or stuck:
                    break

    def _parse(self, piece: Plain | Careful) -> list[pa.RecordBatch]:
        batches = self._careful(piece) if isinstance(piece, Careful) else self._plain(piece)
        return [batch for batch in batches if batch.num_rows]

    def _plain(self, piece: Plain) -> Iterator[pa.RecordBatch]:
        if piece.lines is not None and not len(piece.lines):
            return
        wrong: list[tuple[int, str]] = []

        def note(row: arrow_csv.InvalidRow) -> str:
            wrong.append((row.number - 1, row.text))
            return "skip"

        names = [CELL.format(number) for number in range(len(self.headings))]
        table = arrow_csv.read_csv(
            pa.BufferReader(piece.data),
            read_options=arrow_csv.ReadOptions(
                use_threads=False, column_names=names, block_size=max(len(piece.data) + 1, 1024)
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=self.dialect.delimiter, newlines_in_values=piece.quoted, invalid_row_handler=note
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
            ),
        )
        total = table.num_rows + len(wrong)
        lines = np.arange(piece.line, piece.line + total) if piece.lines is None else piece.lines
        if wrong:
            records = [Record(int(lines[number]), cells_of(text, self.dialect.delimiter)) for number, text in wrong]
            yield from self._careful(Careful(tuple(records)))
            lines = np.delete(lines, [number for number, _text in wrong])
        if table.num_rows:
            columns = [column.combine_chunks() for column in table.combine_chunks().columns]
            yield batch_of_rows(columns, lines)

    def _careful(self, piece: Careful) -> Iterator[pa.RecordBatch]:
        width = len(self.headings)
        records = [self._with_its_end(record) for record in piece.records]
        good = [record for record in records if record.fault is None and len(record.cells) == width]
        spoilt = [
            (record.line, record.fault, _json({WHOLE_ROW: record.text}))
            if record.fault is not None
            else (record.line, *self._miscounted(record.cells))
            for record in records
            if record.fault is not None or len(record.cells) != width
        ]
        if spoilt:
            yield self._spoilt(spoilt)
        if good:
            columns = [text_array(cells) for cells in zip(*(record.cells for record in good), strict=True)]
            yield batch_of_rows(columns, np.array([record.line for record in good], np.int64))

    def _with_its_end(self, record: Record) -> Record:
        """The record with the empty cell after the last delimiter, where it alone lacks that delimiter.

        One whose last cell is empty has the delimiter, and lacks another cell.
        """
        lacks_it = record.fault is None and not self.headings[-1] and len(record.cells) == len(self.headings) - 1
        return replace(record, cells=(*record.cells, "")) if lacks_it and record.cells[-1].strip() else record

    def _miscounted(self, cells: tuple[str, ...]) -> tuple[str, str]:
        """The fault of a row with too few or too many cells, and the row."""
        row = dict(zip(self.headings, cells, strict=False))
        if len(cells) == 1 < len(self.headings) - 1:
            return "one_cell", _json(row)
        if len(cells) < len(self.headings):
            return "too_few_cells", _json(row)
        surplus = self.dialect.delimiter.join(cells[len(self.headings) :])
        return "too_many_cells", _json({**row, SURPLUS: surplus})

    def _spoilt(self, rows: list[tuple[int, str, str]]) -> pa.RecordBatch:
        return batch_of_spoilt(len(self.headings), rows)


def _json(row: dict[str, str]) -> str:
    return json.dumps(row, ensure_ascii=False)
