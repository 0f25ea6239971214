"""What kind of file this is, judged by its first bytes: a name can lie."""

from __future__ import annotations

import codecs
import gzip
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, cast

from accord.errors import DataError, Fault
from accord.language import gettext as _

__all__ = ["FileKind", "InputFile", "examine"]

HEAD = 8192
SUFFIXES = (".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".json", ".parquet", ".xlsx", ".xlsm")
NOT_OF_TEXT = (".xlsx", ".xlsm", ".xls", ".parquet")
JSON_SUFFIXES = (".jsonl", ".ndjson", ".json")


class FileKind(StrEnum):
    """The kinds that can be read."""

    CSV = "csv"
    JSON_LINES = "jsonl"
    PARQUET = "parquet"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read: what it is, and whether it is compressed.

    ``stem``: the name without folder and endings, ``leads`` for ``data/leads.csv.gz``.
    """

    path: Path
    kind: FileKind
    gzipped: bool

    @property
    def stem(self) -> str:
        """The name without folder and endings."""
        name = self.path.name
        if self.gzipped and name.lower().endswith(".gz"):
            name = name[:-3]
        return name[: -len(Path(name).suffix)] if Path(name).suffix.lower() in SUFFIXES else name

    @property
    def notes(self) -> tuple[str, ...]:
        """What to say where the name promises another kind of file."""
        ending = self.path.suffix.lower()
        if self.kind in (FileKind.CSV, FileKind.JSON_LINES) and ending in NOT_OF_TEXT:
            return (_("Its name ends in {ending}, but it is a text file; it was read as one.").format(ending=ending),)
        return ()

    def open(self) -> BinaryIO:
        """The bytes of the file, decompressed."""
        if self.gzipped:
            return cast("BinaryIO", gzip.open(self.path, "rb"))
        return self.path.open("rb")


def examine(path: Path) -> InputFile:
    """What ``path`` is. ``DataError`` says what it is instead, when it cannot be read, and what to do."""
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    if not head:
        raise _unusable(path, _("the file is empty."), _("Export it again, with a heading line and at least one row."))
    gzipped = head.startswith(b"\x1f\x8b")
    if gzipped:
        head = _decompressed_head(path)
    return InputFile(path, _kind(path, head), gzipped)


def _decompressed_head(path: Path) -> bytes:
    try:
        with gzip.open(path, "rb") as stream:
            head = stream.read(HEAD)
    except (OSError, EOFError, zlib.error) as error:
        raise _unusable(
            path, _("the gzip file is damaged ({reason}).").format(reason=error), _("Fetch or compress it again.")
        ) from error
    if not head:
        raise _unusable(path, _("the gzip file holds nothing."), _("Export it again."))
    return head


def _kind(path: Path, head: bytes) -> FileKind:
    if head.startswith(b"PAR1"):
        return FileKind.PARQUET
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_zip(path)
    for recognises, what, remedy in _OTHERS:
        if recognises(head):
            raise _unusable(path, what(), remedy())
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    name = path.name.lower().removesuffix(".gz")
    if text.startswith(b"{") or (name.endswith(JSON_SUFFIXES) and not text.startswith(b"[")):
        return FileKind.JSON_LINES
    if text.startswith(b"[") and (name.endswith(JSON_SUFFIXES) or text[1:].lstrip().startswith(b"{")):
        raise _unusable(
            path,
            _("this is one JSON list."),
            _(
                "Write JSON lines: one object per line, without brackets or commas around them, as jq -c '.[]' writes "
                "them."
            ),
        )
    if _looks_binary(head):
        raise _unusable(
            path,
            _("this is not a table: the file holds binary data."),
            _("Accord reads CSV, JSON lines (each also gzipped), Parquet and XLSX."),
        )
    return FileKind.CSV


def _kind_of_zip(path: Path) -> FileKind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile as error:
        raise _unusable(
            path, _("the file is cut short: it begins like an XLSX or ZIP file."), _("Fetch it again.")
        ) from error
    if "xl/workbook.xml" in names:
        return FileKind.XLSX
    if "mimetype" in names or "xl/workbook.bin" in names:
        raise _unusable(
            path, _("this is a spreadsheet in a format Accord does not read."), _("Save it as XLSX or CSV.")
        )
    shown = ", ".join(name for name in names[:3] if not name.endswith("/")) + (", …" if len(names) > 3 else "")
    raise _unusable(
        path,
        _("this is a ZIP file that holds {names}.").format(names=shown),
        _("Unpack it, then import the file or the folder that comes out."),
    )


def _looks_binary(head: bytes) -> bool:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _is_bare_utf16(head):
        return False
    control = sum(head.count(byte) for byte in (*range(9), *range(14, 32)))
    return head.count(0) > 2 + len(head) // 200 or control > 2 + len(head) // 20


def _is_bare_utf16(head: bytes) -> bool:
    """Text of the Latin alphabet in UTF-16 without a mark: a zero at every second place, and only there."""
    pairs = len(head) // 2
    even, odd = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    return pairs > 0 and min(even, odd) == 0 and max(even, odd) > 0.6 * pairs


def _starts(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(marks)


def _is_html(head: bytes) -> bool:
    return head.lstrip().lower().startswith((b"<html", b"<!doctype html", b"<table", b"<?xml"))


_OTHERS: tuple[tuple[Callable[[bytes], bool], Callable[[], str], Callable[[], str]], ...] = (
    (
        _starts(codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE),
        lambda: _("the text is in UTF-32."),
        lambda: _("Save it as CSV UTF-8."),
    ),
    (
        _starts(b"\xd0\xcf\x11\xe0"),
        lambda: _("this is an old Excel file (.xls)."),
        lambda: _("Open it and save it as XLSX or CSV UTF-8."),
    ),
    (
        _starts(b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd"),
        lambda: _("this is a compressed file."),
        lambda: _("Unpack it first; of compressed files only gzip (.gz) is read as it is."),
    ),
    (_starts(b"%PDF"), lambda: _("this is a PDF."), lambda: _("Export the table as CSV or XLSX instead.")),
    (
        _starts(b"SQLite format 3"),
        lambda: _("this is a database file."),
        lambda: _("Export its tables as CSV or Parquet."),
    ),
    (
        _is_html,
        lambda: _("this is a web page or XML, whatever its name says."),
        lambda: _("Open it in a spreadsheet and save it as XLSX or CSV UTF-8."),
    ),
)


def _unusable(path: Path, what: str, remedy: str) -> DataError:
    return DataError(Fault(what[0].upper() + what[1:], str(path), hint=remedy))
