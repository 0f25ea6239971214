"""One quick look over a whole text file before anything is read from it: its encoding, and that its lines have an
end.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from accord.errors import DataError, Fault
from accord.ingest.kinds import InputFile
from accord.language import gettext as _

__all__ = ["CHUNK", "MOST_BYTES_OF_A_LINE", "Survey", "survey", "utf8_chunks"]

CHUNK = 8 * 1024 * 1024
MOST_BYTES_OF_A_LINE = 16 * 1024 * 1024
"""A longer line is no row of a table; reading on would fill the memory."""

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

Watch = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Survey:
    """What a text file turned out to be.

    ``encoding``: Python's name of it. ``damaged``: it is UTF-8, but some of its lines are not. ``lone_returns``: its
    lines end with a carriage return alone, as on old Macs. ``size``: decompressed bytes.
    """

    encoding: str
    damaged: bool
    lone_returns: bool
    size: int


def survey(file: InputFile) -> Survey:
    """Look over ``file``; ``DataError`` when a line is too long to be one, or the gzip stream is damaged.

    Not UTF-8 means Windows-1252, or Latin-1 where a byte has no meaning there. A file that is mostly good UTF-8 is
    UTF-8 with damaged lines: reading it as something else would spoil the good ones.
    """
    line, length, size = 1, 0, 0
    returns = newlines = 0
    good = bad = 0
    odd_bytes = False
    marked = _marked_encoding(file)
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    for chunk in _chunks(file):
        size += len(chunk)
        count = chunk.count(b"\n")
        returns += chunk.count(b"\r") if newlines == 0 else 0
        newlines += count
        first, last = chunk.find(b"\n"), chunk.rfind(b"\n")
        end = b"\r" if newlines == 0 and returns else b"\n"
        if end == b"\r":
            first, last = chunk.find(end), chunk.rfind(end)
        if length + (first if first >= 0 else len(chunk)) > MOST_BYTES_OF_A_LINE:
            raise _too_long(file, line)
        length = len(chunk) - last - 1 if last >= 0 else length + len(chunk)
        line += count
        if marked is None and not (chunk.isascii() and decoder.getstate()[0] == b""):
            text = decoder.decode(chunk)
            replaced = text.count(REPLACEMENT) - chunk.count(REPLACEMENT.encode())
            bad += replaced
            good += len(text) - len(text.encode("ascii", "ignore")) - replaced
            odd_bytes = odd_bytes or any(byte in chunk for byte in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"))
    lone = newlines == 0 and returns > 0
    if marked is not None:
        return Survey(marked, damaged=False, lone_returns=lone, size=size)
    if bad == 0 or good >= 10 * bad:
        return Survey("utf-8", damaged=bad > 0, lone_returns=lone, size=size)
    return Survey("latin-1" if odd_bytes else "cp1252", damaged=False, lone_returns=lone, size=size)


def utf8_chunks(file: InputFile, found: Survey, watch: Watch) -> Iterator[bytes]:
    """The file's text as UTF-8 with line feeds, in pieces of about :data:`CHUNK` bytes; ``watch`` hears the bytes
    read.
    """
    plain = found.encoding == "utf-8"
    decoder = codecs.getincrementaldecoder(found.encoding)("replace")
    first = True
    for chunk in _chunks(file):
        watch(len(chunk))
        piece = chunk
        if not plain:
            piece = decoder.decode(chunk).encode("utf-8")
        if first:
            piece = piece.removeprefix(codecs.BOM_UTF8)
            first = False
        yield piece.replace(b"\r", b"\n") if found.lone_returns else piece


def _chunks(file: InputFile) -> Iterator[bytes]:
    with file.open() as stream:
        try:
            while chunk := stream.read(CHUNK):
                yield chunk
        except (EOFError, OSError) as error:
            if not file.gzipped or (isinstance(error, OSError) and error.errno is not None):
                raise
            raise DataError(
                Fault(
                    _("The gzip file is damaged ({reason}).").format(reason=error),
                    str(file.path),
                    hint=_("Fetch or compress it again."),
                )
            ) from error


def _marked_encoding(file: InputFile) -> str | None:
    """The encoding that the first bytes give away, or None when all of the file must be looked at."""
    with file.open() as stream:
        head = stream.read(4096)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    pairs = len(head) // 2
    if head[1 : 2 * pairs : 2].count(0) > pairs // 2:
        return "utf-16-le"
    if head[0 : 2 * pairs : 2].count(0) > pairs // 2:
        return "utf-16-be"
    return None


def _too_long(file: InputFile, line: int) -> DataError:
    return DataError(
        Fault(
            _("This line is longer than {limit} MB: no row of a table is.").format(
                limit=MOST_BYTES_OF_A_LINE // (1024 * 1024)
            ),
            str(file.path),
            line,
            _("Check that the file is a CSV or JSON lines export and that its line ends are not lost."),
        )
    )
