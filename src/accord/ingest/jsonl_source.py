"""JSON lines as a source: one object per line, each key a column, numbers kept as they are written."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa

from accord.errors import DataError, Fault
from accord.ingest.arrow_text import text_array
from accord.ingest.kinds import InputFile
from accord.ingest.own_columns import FAULTY, WHOLE_ROW
from accord.ingest.source import INFINITE, NOTHING_KNOWN, SourceTraits, Watch, batch_of_rows, batch_of_spoilt
from accord.ingest.survey import Survey, survey, utf8_chunks
from accord.language import gettext as _
from accord.values import Json

__all__ = ["JsonLinesSource", "open_json_lines"]

ROWS_OF_A_BATCH = 50_000
MOST_KEYS = 5_000
"""An export with more columns is not a table; its keys are data."""


def open_json_lines(file: InputFile) -> JsonLinesSource:
    """Look ``file`` over and collect its keys; ``DataError`` when no line holds an object."""
    found = survey(file)
    keys: dict[str, None] = {}
    for _line, row, _text, _double in _rows(file, found, lambda _read: None):
        if row is not None:
            keys.update(dict.fromkeys(row))
        if len(keys) > MOST_KEYS:
            raise DataError(
                Fault(
                    _("The objects have more than {most} different keys.").format(most=MOST_KEYS),
                    file.path.name,
                    hint=_("Each key is a column; write one object per row, with the same keys."),
                )
            )
    if not keys:
        raise DataError(
            Fault(
                _("No line holds a JSON object."),
                str(file.path),
                hint=_("Write one object per line, as in {example}").format(example='{"lead_id": "L1", …}'),
            )
        )
    return JsonLinesSource(file, found, tuple(keys))


@dataclass(frozen=True)
class JsonLinesSource:
    """A file of JSON lines; a key that a line does not have is an empty cell."""

    file: InputFile
    survey: Survey
    headings: tuple[str, ...]
    traits: SourceTraits = NOTHING_KNOWN
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The file as it was named."""
        return str(self.file.path)

    @property
    def stem(self) -> str:
        """The file's name without folder and endings."""
        return self.file.stem

    @property
    def size(self) -> int:
        """Bytes, decompressed."""
        return self.survey.size

    def read(self, watch: Watch) -> Generator[pa.RecordBatch]:
        """All lines but blank ones."""
        good: list[tuple[int, dict[str, Any]]] = []
        spoilt: list[tuple[int, str, str]] = []
        for line, row, text, double in _rows(self.file, self.survey, watch):
            if row is None:
                spoilt.append((line, "not_an_object", json.dumps({WHOLE_ROW: text}, ensure_ascii=False)))
            elif double is not None:
                cells = {key: _text(value) or "" for key, value in row.items() if key != double}
                raw = {**cells, WHOLE_ROW: text, FAULTY: double}
                spoilt.append((line, "double_key", json.dumps(raw, ensure_ascii=False)))
            else:
                good.append((line, row))
            if len(good) + len(spoilt) >= ROWS_OF_A_BATCH:
                yield from self._batches(good, spoilt)
                good, spoilt = [], []
        yield from self._batches(good, spoilt)

    def _batches(
        self, good: list[tuple[int, dict[str, Any]]], spoilt: list[tuple[int, str, str]]
    ) -> Iterator[pa.RecordBatch]:
        if spoilt:
            yield batch_of_spoilt(len(self.headings), spoilt)
        if good:
            columns = [text_array([_text(row.get(key)) for _line, row in good]) for key in self.headings]
            yield batch_of_rows(columns, np.array([line for line, _row in good], np.int64))


def _rows(file: InputFile, found: Survey, watch: Watch) -> Iterator[tuple[int, dict[str, Any] | None, str, str | None]]:
    """(line, object, text, a key it has twice) of each line that is not blank; no object where the line holds none."""
    rest, line = b"", 0
    for chunk in chain(utf8_chunks(file, found, watch), [None]):
        pieces = (rest + (chunk or b"")).split(b"\n")
        rest = pieces.pop() if chunk is not None else b""
        for piece in pieces:
            line += 1
            if stripped := piece.strip():
                row, double = _object(stripped)
                yield line, row, stripped.decode("utf-8", "replace").replace("\x00", "␀"), double


def _object(text: bytes) -> tuple[dict[str, Any] | None, str | None]:
    """The object, and a key that it or one within it has twice."""
    doubles: list[str] = []

    def told_apart(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) < len(pairs):
            names = [name for name, _inner in pairs]
            doubles.append(next(name for name in names if names.count(name) > 1))
        return value

    try:
        value = json.loads(text, parse_float=str, parse_int=str, parse_constant=_as_told, object_pairs_hook=told_apart)
    except (ValueError, RecursionError):
        return None, None
    if not isinstance(value, dict):
        return None, None
    nested = [key for key, inner in value.items() if isinstance(inner, (dict, list))]
    if nested:
        plain = json.loads(text)
        value |= {key: json.dumps(plain[key], ensure_ascii=False) for key in nested}
    return value, doubles[0] if doubles else None


def _as_told(word: str) -> str | None:
    """NaN is how programs write "missing"; an infinite number is none that could be stored, and is refused."""
    return {"Infinity": INFINITE, "-Infinity": f"-{INFINITE}"}.get(word)


def _text(value: Json) -> str | None:
    match value:
        case None:
            return None
        case str():
            return value.encode("utf-8", "replace").decode().replace("\x00", "␀")  # "\ud800" alone is no character
        case bool():
            return "true" if value else "false"
        case _:
            return json.dumps(value, ensure_ascii=False)
