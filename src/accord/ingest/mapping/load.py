"""Reading a mapping file: every fault at once, each with its line, what is allowed and the nearest known word."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import available_timezones

from accord.agreement.source import KeyPath, line_of, read_source
from accord.errors import DataError, Fault
from accord.ingest.folding import nearest
from accord.ingest.mapping.model import FileRule, Mapping, Reading, TableRule
from accord.ingest.mapping.parts import DELIMITERS, ENCODINGS, Reader
from accord.ingest.own_columns import is_taken
from accord.language import gettext as _
from accord.tables.schema import NULL_WORDS, TABLES, table_named

__all__ = ["MappingFile", "load_mapping", "read_mapping"]

READ_KEYS = ("timezone", "dates", "decimal", "null_words", "delimiter", "encoding", "sheet", "headings_line")
DATES = {"day first": "dmy", "month first": "mdy"}


@dataclass(frozen=True, slots=True)
class MappingFile:
    """A mapping, the file it came from and the line of each of its parts, for faults that show only when it is used."""

    mapping: Mapping
    path: Path
    lines: MappingOf[KeyPath, int]

    def fault(self, path: KeyPath, message: str, hint: str | None = None) -> Fault:
        """A fault of the part at ``path``."""
        return Fault(message, str(self.path), line_of(self.lines, path), hint)


def load_mapping(path: Path) -> MappingFile:
    """The mapping in ``path``; ``DataError`` with every fault."""
    return read_mapping(path.read_bytes(), path)


def read_mapping(raw: bytes, path: Path) -> MappingFile:
    """The mapping that ``raw`` says; ``path`` is for messages."""
    source = read_source(raw, str(path))
    reader = Reader(str(path), source.lines)
    mapping = _mapping(reader, source.content) if source.content is not None or not source.faults else None
    faults = [*source.faults, *reader.faults]
    if mapping is None and not faults:
        faults.append(
            Fault(_("The file is empty."), str(path), hint=_("Let --dry-run --write-map FILE propose a mapping."))
        )
    if faults or mapping is None:
        raise DataError(*sorted(faults, key=lambda fault: fault.line or 0))
    return MappingFile(mapping, path, source.lines)


def _mapping(reader: Reader, content: object) -> Mapping | None:
    if content is None:
        return None
    top = reader.keys(content, (), ("mapping", "files"), needed=("files",))
    if top is None:
        return None
    files = tuple(
        rule
        for number, part in enumerate(reader.items(top["files"], ("files",)) if "files" in top else ())
        if (rule := _file(reader, part, ("files", number))) is not None
    )
    return Mapping(files, reader.text(top.get("mapping"), ("mapping",)) or "")


def _file(reader: Reader, content: object, path: KeyPath) -> FileRule | None:
    found = reader.keys(content, path, ("match", "read", "tables"), needed=("tables",))
    if found is None:
        return None
    tables = tuple(
        rule
        for number, part in enumerate(reader.items(found["tables"], (*path, "tables")) if "tables" in found else ())
        if (rule := _table(reader, part, (*path, "tables", number))) is not None
    )
    reading = _reading(reader, found.get("read"), (*path, "read"))
    return FileRule(tables, reader.text(found.get("match"), (*path, "match")), reading)


def _table(reader: Reader, content: object, path: KeyPath) -> TableRule | None:
    found = reader.keys(content, path, ("table", "columns", "when", "keep", "keep_hours"), needed=("table", "columns"))
    if found is None:
        return None
    name = reader.word(found.get("table"), (*path, "table"), tuple(table.name for table in TABLES))
    written = found.get("columns")
    columns = {}
    table = None if name is None else table_named(name)
    if isinstance(written, dict):
        for target, value in written.items():
            becomes = None if table is None else table.column(str(target))
            recipe = reader.recipe(value, (*path, "columns", target), becomes)
            if recipe is not None:
                columns[str(target)] = recipe
    elif "columns" in found:
        reader.fault((*path, "columns"), _("columns is not a list of what each column is made of."))
    when = reader.condition(found["when"], (*path, "when")) if "when" in found else None
    keep = _keep(reader, found.get("keep", "rest"), (*path, "keep"))
    keep_hours = reader.word(found.get("keep_hours", "false"), (*path, "keep_hours"), ("true", "false")) == "true"
    if name is None:
        return None
    if isinstance(written, dict):
        _check_targets(reader, name, tuple(str(target) for target in written), (*path, "columns"))
    return TableRule(name, columns, when, keep, keep_hours)


def _check_targets(reader: Reader, name: str, targets: tuple[str, ...], path: KeyPath) -> None:
    table = table_named(name)
    known = [column.name for column in table.columns]
    for column in table.columns:
        if column.required and column.name not in targets:
            close = nearest(column.name, [target for target in targets if target not in known])
            reader.fault(
                path,
                _("{table} needs a column {column}, and nothing here gives it.").format(table=name, column=column.name),
                _("Is {close} meant?").format(close=close) if close else None,
            )
    for group in table.any_of:
        if not set(group) & set(targets):
            reader.fault(path, _("{table} needs one of {columns}.").format(table=name, columns=", ".join(group)))
    for target in targets:
        if target not in known and is_taken(target):
            message = _("{column} is a word of Accord's own here; call the column something else.")
            reader.fault((*path, target), message.format(column=target))
    if name != "leads":
        for target in targets:
            close = nearest(target, known)
            if target not in known and close and close not in targets:
                reader.fault(
                    (*path, target),
                    _("{table} has no column {column}.").format(table=name, column=target),
                    _("Is {close} meant?").format(close=close),
                )


def _keep(reader: Reader, content: object, path: KeyPath) -> tuple[str, ...] | str:
    if isinstance(content, (list, tuple)):
        return tuple(text for number, part in enumerate(content) if (text := reader.text(part, (*path, number))))
    word = reader.word(content, path, ("rest", "none"))
    return () if word == "none" else "rest"


def _reading(reader: Reader, content: object, path: KeyPath) -> Reading:
    if content is None:
        return Reading()
    found = reader.keys(content, path, READ_KEYS)
    if found is None:
        return Reading()
    null_words = NULL_WORDS
    if "null_words" in found:
        words = reader.items(found["null_words"], (*path, "null_words"), may_be_empty=True)
        null_words = frozenset(
            text for number, word in enumerate(words) if (text := reader.text(word, (*path, "null_words", number)))
        )
    dates = reader.word(found.get("dates"), (*path, "dates"), tuple(DATES), optional=True)
    return Reading(
        timezone=_timezone(reader, found.get("timezone"), (*path, "timezone")),
        dates=DATES[dates] if dates else None,
        decimal=reader.word(found.get("decimal"), (*path, "decimal"), (".", ","), optional=True),
        null_words=null_words,
        delimiter=_delimiter(reader, found.get("delimiter"), (*path, "delimiter")),
        encoding=reader.word(found.get("encoding"), (*path, "encoding"), ENCODINGS, optional=True),
        sheet=reader.text(found.get("sheet"), (*path, "sheet")),
        headings_line=_line_number(reader, found.get("headings_line"), (*path, "headings_line")),
    )


def _timezone(reader: Reader, content: object, path: KeyPath) -> str | None:
    name = reader.text(content, path)
    if name is not None and name not in available_timezones():
        close = nearest(name, available_timezones())
        reader.fault(
            path,
            _("{name} is not a time zone.").format(name=name),
            _("Is {close} meant?").format(close=close) if close else _("Write it as in Europe/Paris, or UTC."),
        )
        return None
    return name


def _line_number(reader: Reader, content: object, path: KeyPath) -> int | None:
    written = reader.text(content, path)
    if written is None:
        return None
    if not (written.isdecimal() and int(written) > 0):
        reader.fault(
            path,
            _("{written} is not the number of a line.").format(written=written),
            _("Lines are counted from 1, as a text editor and a spreadsheet number them."),
        )
        return None
    return int(written)


def _delimiter(reader: Reader, content: object, path: KeyPath) -> str | None:
    word = reader.word(content, path, (*DELIMITERS, *DELIMITERS.values()), optional=True)
    return DELIMITERS.get(word, word) if word is not None else None
