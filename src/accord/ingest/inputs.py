"""From the paths on a command line to the tables in them: files opened, folders looked into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path

from accord.errors import AccordError, DataError, Fault, UsageError
from accord.ingest.csv_source import open_csv
from accord.ingest.jsonl_source import open_json_lines
from accord.ingest.kinds import SUFFIXES, FileKind, InputFile, examine
from accord.ingest.mapping.load import MappingFile
from accord.ingest.mapping.model import Reading
from accord.ingest.parquet_source import open_parquet
from accord.ingest.source import Source
from accord.ingest.xlsx_source import open_xlsx
from accord.language import gettext as _
from accord.tables.schema import TABLES

__all__ = ["TABLE_NAMES", "Candidate", "PassedOver", "find_files", "open_candidates"]

TABLE_NAMES = frozenset(table.name for table in TABLES)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may hold tables. ``named``: somebody asked for it, so it must; a file of a folder may be something
    else.
    """

    path: Path
    named: bool


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A file, folder or sheet of which nothing was read; ``reason`` is a sentence without its full stop or with it."""

    file: str
    reason: str

    @property
    def said(self) -> str:
        """Both in one sentence."""
        said = _("{file} was passed over: {reason}").format(file=self.file, reason=self.reason)
        return said if said.endswith(".") else f"{said}."


def find_files(paths: Sequence[Path]) -> tuple[list[Candidate], list[PassedOver]]:
    """The files to read, in the order given, a folder's by name; and what was passed over in folders, with the reason.

    ``UsageError`` when a path does not exist, ``DataError`` when a folder holds nothing that could be a table.
    """
    absent = [Fault(_("There is no such file or folder."), str(path)) for path in paths if not path.exists()]
    if absent:
        raise UsageError(*absent)  # the command line names what is not there: exit code 2, as for a mapping
    if not paths:
        raise UsageError(_("Name at least one file or folder to import."))
    endless = [path for path in paths if not (path.is_dir() or path.is_file())]
    if endless:  # it may never end, and nothing could be read of it twice
        hint = _("Write what comes out of it to a file, and import that.")
        said = _("This is no file that can be read twice: it is a device, a pipe or a socket.")
        raise DataError(*(Fault(said, str(path), hint=hint) for path in endless))
    found: list[Candidate] = []
    passed_over: list[PassedOver] = []
    for path in paths:
        if not path.is_dir():
            found.append(Candidate(path, named=True))
            continue
        inside = sorted(entry for entry in path.iterdir() if not entry.name.startswith((".", "~$")))
        tables = [entry for entry in inside if entry.is_file() and _may_be_table(entry)]
        if not tables:
            raise DataError(
                Fault(
                    _("The folder holds no file that could be a table."),
                    str(path),
                    hint=_(
                        "Put CSV, JSON lines, Parquet or XLSX files in it, named leads.csv, handoffs.csv and so on."
                    ),
                )
            )
        found += [Candidate(entry, named=_stem(entry) in TABLE_NAMES) for entry in tables]
        for entry in inside:
            if entry not in tables:
                what = (
                    _("a folder in a folder is not looked into; name it beside the others to import it")
                    if entry.is_dir()
                    else _("not a kind of file Accord reads")
                )
                passed_over.append(PassedOver(str(entry), what))
    return found, passed_over


def _may_be_table(path: Path) -> bool:
    name = path.name.lower().removesuffix(".gz")
    return name.endswith(SUFFIXES) or _stem(path) in TABLE_NAMES


def _stem(path: Path) -> str:
    return path.name.lower().split(".")[0]


def open_sources(file: InputFile, reading: Reading) -> list[Source]:
    """The tables in ``file``, read as ``reading`` says where it says anything."""
    match file.kind:
        case FileKind.CSV:
            return [
                open_csv(
                    file,
                    delimiter=reading.delimiter,
                    encoding=reading.encoding,
                    headings_line=reading.headings_line,
                )
            ]
        case FileKind.JSON_LINES:
            return [open_json_lines(file)]
        case FileKind.PARQUET:
            return [open_parquet(file)]
        case FileKind.XLSX:
            return list(open_xlsx(file, reading.sheet, reading.headings_line))


def open_candidates(
    candidates: Sequence[Candidate], mapping: MappingFile | None, sheet: str | None = None
) -> tuple[list[tuple[Candidate, Source]], list[PassedOver]]:
    """The tables in all files, and what was passed over; ``DataError`` with the faults of every file asked for.

    ``sheet``: of workbooks, only this one.
    """
    opened: list[tuple[Candidate, Source]] = []
    passed_over: list[PassedOver] = []
    faults: list[Fault] = []
    for candidate in candidates:
        try:
            file = examine(candidate.path)
            for reading in _readings(file, mapping, sheet):
                opened += [(candidate, source) for source in open_sources(file, reading)]
        except AccordError as error:
            if candidate.named:
                faults += error.faults
            else:
                passed_over.append(PassedOver(str(candidate.path), error.faults[0].message))
        except OSError as error:
            faults.append(
                Fault(_("The file cannot be read: {reason}.").format(reason=error.strerror), str(candidate.path))
            )
    if faults:
        raise DataError(*faults)
    return opened, passed_over


def _readings(file: InputFile, mapping: MappingFile | None, sheet: str | None) -> list[Reading]:
    """What a mapping says of how ``file`` is written: one reading, or one for each sheet of it that rules name."""
    rules = [
        rule.reading
        for rule in (mapping.mapping.files if mapping else ())
        if rule.match is None or fnmatch(file.path.name, rule.match)
    ]
    first = rules[0] if rules else Reading()
    if sheet is not None:
        return [replace(first, sheet=sheet)]
    sheets = list(dict.fromkeys(reading.sheet for reading in rules))
    if file.kind is not FileKind.XLSX or None in sheets or not sheets:
        return [replace(first, sheet=None)]
    return [replace(first, sheet=name) for name in sheets]
