"""Cutting CSV text into records: all at once where every quote is in its place, one by one with care where not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from accord.ingest.csv_careful import LINE_BREAK, MOST_BYTES_OF_A_RECORD, CarefulReader, Record

__all__ = ["Careful", "Plain", "cut"]

QUOTE, LINE_FEED, RETURN = 34, 10, 13


@dataclass(frozen=True, slots=True)
class Plain:
    """Whole, well-formed records: ``data`` goes to the fast parser.

    ``lines``: the physical line on which each record starts, blank lines left out; None when they simply follow each
    other from ``line`` on. ``quoted``: there are quotes, so a cell may hold line breaks.
    """

    data: bytes
    line: int
    lines: npt.NDArray[np.int64] | None
    quoted: bool


@dataclass(frozen=True, slots=True)
class Careful:
    """Records among which at least one needed care."""

    records: tuple[Record, ...]


def cut(data: bytes, line: int, delimiter: str, *, last: bool) -> tuple[Plain | Careful | None, bytes, int]:
    """The whole records at the start of ``data``, what is left, and the line on which that starts.

    ``line``: the line on which ``data`` starts. ``last``: no more text follows, so what is there is whole. None: not
    one whole record yet.
    """
    lone_return = b"\r" in data and data.count(b"\r") != data.count(b"\r\n")
    if lone_return or b"\x00" in data or not _is_utf8(data, last=last):
        return _cut_with_care(data, line, delimiter, last=last)
    if b'"' in data:
        return _cut_quoted(data, line, delimiter, last=last)
    end = len(data) if last else data.rfind(b"\n") + 1
    if not end:
        return None, data, line
    whole, rest = data[:end], data[end:]
    lines = None
    if whole.startswith((b"\n", b"\r\n")) or b"\n\n" in whole or b"\n\r\n" in whole:
        text = np.frombuffer(whole, np.uint8)
        ends = np.flatnonzero(text == LINE_FEED)
        lines = _lines_of_filled(text, ends, np.arange(len(ends)), line)
    return Plain(whole, line, lines, quoted=False), rest, line + whole.count(b"\n")


def _is_utf8(data: bytes, *, last: bool) -> bool:
    if data.isascii():
        return True
    try:
        (data if last else data[: data.rfind(b"\n") + 1]).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _cut_quoted(data: bytes, line: int, delimiter: str, *, last: bool) -> tuple[Plain | Careful | None, bytes, int]:
    """A line feed ends a record when an even number of quotes stands before it: true when every quote is in its
    place.
    """
    text = np.frombuffer(data, np.uint8)
    quotes, feeds = np.flatnonzero(text == QUOTE), np.flatnonzero(text == LINE_FEED)
    outside = np.flatnonzero(np.searchsorted(quotes, feeds) % 2 == 0)
    if last:
        end = len(data)
    elif len(outside):
        end = int(feeds[outside[-1]]) + 1
    else:
        end = 0
    quotes = quotes[: np.searchsorted(quotes, end)]
    overdue = len(data) - end > MOST_BYTES_OF_A_RECORD
    if overdue or len(quotes) % 2 or not _all_in_place(text, quotes, end, ord(delimiter)):
        return _cut_with_care(data, line, delimiter, last=last)
    if not end:
        return None, data, line
    lines = _lines_of_filled(text[:end], feeds[outside], outside, line)
    breaks = int(np.searchsorted(feeds, end))
    return Plain(data[:end], line, lines, quoted=True), data[end:], line + breaks


def _all_in_place(text: npt.NDArray[np.uint8], quotes: npt.NDArray[np.int64], end: int, delimiter: int) -> bool:
    """Every first quote opens a cell, every second closes one; two in a row within a cell are a quote as a letter."""
    opening, closing = quotes[0::2], quotes[1::2]
    before = np.where(opening > 0, text[np.maximum(opening - 1, 0)], LINE_FEED)
    after = np.where(closing + 1 < end, text[np.minimum(closing + 1, end - 1)], LINE_FEED)
    opens = (before == delimiter) | (before == LINE_FEED) | (before == QUOTE)
    closes = (after == delimiter) | (after == LINE_FEED) | (after == RETURN) | (after == QUOTE)
    return bool(opens.all() and closes.all())


def _lines_of_filled(
    text: npt.NDArray[np.uint8], ends: npt.NDArray[np.int64], order: npt.NDArray[np.int64], line: int
) -> npt.NDArray[np.int64]:
    """The line on which each record starts, for those that are not blank.

    ``ends``: where the line feeds that end records are; ``order``: which line feeds of the text those are.
    """
    starts = np.concatenate([[0], ends + 1])
    stops = np.concatenate([ends, [len(text)]])
    lines = np.concatenate([[0], order + 1]) + line
    first = text[np.minimum(starts, len(text) - 1)]
    blank = (stops == starts) | ((stops - starts == 1) & (first == RETURN))
    filled: npt.NDArray[np.int64] = lines[~blank].astype(np.int64)
    return filled


def _cut_with_care(data: bytes, line: int, delimiter: str, *, last: bool) -> tuple[Plain | Careful | None, bytes, int]:
    if not last:
        whole = data.rfind(b"\n") + 1
        data, tail = data[:whole], data[whole:]
    else:
        tail = b""
    # A carriage return alone ends a line too.
    parts = LINE_BREAK.split(data.decode("utf-8", "surrogateescape"))
    lines, breaks = parts[0::2], parts[1::2]
    if lines[-1] == "":
        lines.pop()
    reader = CarefulReader(lines, breaks, line, delimiter, last=last)
    records = tuple(reader)
    rest = reader.text(reader.position, len(lines)).encode("utf-8", "surrogateescape") + tail
    return (Careful(records) if records else None), rest, line + reader.position
