"""Which tables of the contract a file gives, and from which of its columns: told, named, recognised, or proposed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fnmatch import fnmatch
from pathlib import Path

import pyarrow as pa

from accord.errors import DataError, Fault
from accord.ingest.draft import Proposal
from accord.ingest.folding import fold, nearest
from accord.ingest.inputs import PassedOver
from accord.ingest.mapping.load import MappingFile
from accord.ingest.mapping.model import FileRule, FromColumn, Reading, TableRule, columns_of
from accord.ingest.profile import words_of
from accord.ingest.propose import propose
from accord.ingest.ranges import without_ranges
from accord.ingest.source import Source, headings_named
from accord.ingest.synonyms import alike
from accord.ingest.systems.catalogue import Recognised, recognise
from accord.ingest.systems.resolve import Neighbours, lacking_columns, resolved
from accord.language import gettext as _
from accord.tables.schema import TABLES, Table, table_named
from accord.typed import as_typed

SEVERAL = re.compile(r"\w[:^~#!/\\\s]+\w+[:^~#!/\\\s]+\w")
"""Three words with signs between them: what a heading looks like whose delimiter is none."""

BESIDE_TABLES = frozenset(
    {
        *("note", "notes", "readme", "lisez", "help", "aide", "instructions", "legend", "legende"),
        *("glossary", "glossaire"),
        *("pivot", "tcd", "chart", "charts", "graph", "graphique", "graphiques", "summary", "synthese", "sommaire"),
        *("parameters", "parametres", "settings", "lists", "listes", "dashboard", "todo", "comments", "commentaires"),
    }
)
"""Words in the names of sheets that people put beside their tables."""

TO_BE_NAMED = "name the column"
"""Stands in a proposed mapping where a column is needed and none was found."""

__all__ = ["Asked", "How", "Match", "match_sources"]


class How(StrEnum):
    """How a file was understood, and how sure that is."""

    TOLD = "told"
    """A mapping file says so."""
    CONTRACT = "contract"
    """Its columns are the contract's."""
    SYSTEM = "system"
    """Its headings are those of a system we know."""
    ALIKE = "alike"
    """Its headings mean what the contract's do, in other words."""
    MENDED = "mended"
    """Its rows were refused before, and are read as they were then."""
    GUESSED = "guessed"
    """Nothing says what it is; the nearest table is proposed, for a person to complete."""

    @property
    def confidence(self) -> float:
        """From 0 to 1."""
        known = {How.SYSTEM: 0.95, How.ALIKE: 0.8, How.GUESSED: 0.4}
        return known.get(self, 1.0)


@dataclass(frozen=True, slots=True)
class Match:
    """A source and what it gives. ``found``: the export it was recognised as; ``lacking``: tables it nearly gives,
    each with the columns that are missing.
    """

    source: Source
    rule: FileRule
    how: How
    found: Recognised | None = None
    lacking: Mapping[str, tuple[str, ...]] | None = None
    fault: Fault | None = None
    """Why it cannot be imported as it is; only in a rehearsal."""
    proposal: Proposal | None = None
    """What a mapping could make of it, where that is more than what it gives by itself."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A source, the file it is in, whether somebody asked for it by name, and the table it is said to be.

    ``rows``: the first of the source, to judge unknown columns by. Of rows that come back mended: ``kept``, the rule by
    which they were read, where it was kept; ``first_file``, the file that they came from.
    """

    source: Source
    file: Path
    named: bool
    table: str | None
    reading: Reading
    rows: pa.Table
    kept: FileRule | None = None
    first_file: str = ""


def match_sources(
    asked: Sequence[Asked], mapping: MappingFile | None, *, guess: bool = False, stored: Neighbours | None = None
) -> tuple[list[Match], list[PassedOver]]:
    """A match for every source, and why the others were passed over. ``guess``: propose where nothing is certain.
    ``stored``: exports imported before.

    ``DataError`` with every fault: a file that was asked for and cannot be understood, a column that a mapping names
    and the file does not have.
    """
    exports = [recognise(entry.source.headings) for entry in asked]
    neighbours = dict(stored or {}) | {
        found.export.name: (Path(entry.source.name).name, found)
        for entry, found in zip(asked, exports, strict=True)
        if found is not None
    }
    matches: list[Match] = []
    passed_over: list[PassedOver] = []
    faults: list[Fault] = []
    answers = [_match_of(entry, found, mapping, neighbours) for entry, found in zip(asked, exports, strict=True)]
    proposals = [
        None if isinstance(answer, Match) or _is_beside(entry) else propose(entry.source.headings, entry.rows)
        for entry, answer in zip(asked, answers, strict=True)
    ]
    if guess and not any(isinstance(answer, Match) for answer in answers):
        asked = _all_asked_for(asked, proposals)
    understood = {entry.file for entry, answer in zip(asked, answers, strict=True) if isinstance(answer, Match)}
    told_of = understood | {
        entry.file for entry, proposal in zip(asked, proposals, strict=True) if proposal is not None
    }
    for entry, answer, proposal in zip(asked, answers, proposals, strict=True):
        # A workbook is imported for its tables; beside them stand sheets of notes and pivot tables.
        beside = entry.file in (understood if proposal else told_of) and _named_table(entry.source.stem) is None
        if isinstance(answer, Match):
            matches.append(answer)
        elif beside:
            passed_over.append(
                PassedOver(entry.source.name, _("it is no table of Accord. A mapping (sheet) can say what it is."))
            )
        elif guess and entry.named and len(answer.faults) == 1:
            matches.append(_guessed(entry, proposal, answer.faults[0]))
        elif entry.named:
            faults += answer.faults
        else:
            passed_over.append(PassedOver(entry.source.name, answer.faults[0].message))
    if faults:
        raise DataError(*faults)
    return matches, passed_over


def _all_asked_for(asked: Sequence[Asked], proposals: Sequence[Proposal | None]) -> list[Asked]:
    """A folder in which nothing is understood was given for what is in it: each of its files of which something can be
    made counts as asked for; all of them, where nothing can be made of any.
    """
    some = any(entry.named or proposal is not None for entry, proposal in zip(asked, proposals, strict=True))
    return [
        replace(entry, named=entry.named or proposal is not None or not some)
        for entry, proposal in zip(asked, proposals, strict=True)
    ]


def _is_beside(entry: Asked) -> bool:
    """Whether a source is a sheet of a workbook whose name says that it goes with the tables and is none."""
    is_sheet = entry.source.name != str(entry.file)
    return is_sheet and not BESIDE_TABLES.isdisjoint(words_of(entry.source.stem))


def _match_of(
    entry: Asked,
    found: Recognised | None,
    mapping: MappingFile | None,
    neighbours: Mapping[str, tuple[str, Recognised]],
) -> Match | DataError:
    """What the source is, or why that cannot be told."""
    try:
        told = _told(entry, mapping) if mapping is not None else None
        if told is not None:
            return told
        if entry.kept is not None:
            return _mended(entry, entry.kept)
        match = _understood(entry, found, neighbours)
    except DataError as error:
        return error
    match = replace(match, rule=replace(match.rule, reading=entry.reading))
    return replace(match, proposal=_more_of(entry, match))


def _more_of(entry: Asked, match: Match) -> Proposal | None:
    """What a mapping could make of a file that has the columns of leads, where handoffs stand in it as well."""
    if match.how is not How.CONTRACT or entry.table is not None or match.rule.tables[0].table != "leads":
        return None
    proposal = propose(entry.source.headings, entry.rows)
    return proposal if proposal and any(rule.table == "handoffs" for rule in proposal.rules) else None


def _guessed(entry: Asked, proposal: Proposal | None, fault: Fault) -> Match:
    """What the words of the headings and the first cells make of it; else the table of which most columns are there,
    with the columns that are needed and missing to be named.
    """
    source = entry.source
    named = table_named(entry.table) if entry.table else _named_table(source.stem)
    if proposal is not None and (named is None or any(rule.table == named.name for rule in proposal.rules)):
        return Match(source, FileRule(proposal.rules), How.GUESSED, fault=fault, proposal=proposal)
    tables = [named] if named else TABLES
    best = max(tables, key=lambda known: len(alike(known, source.headings)))
    columns = alike(best, source.headings)
    columns |= _misspelt(best, source.headings, columns)
    needed = [column.name for column in best.columns if column.required]
    if named is None and 2 * len(columns.keys() & set(needed)) <= len(needed):
        if len(source.headings) > 1:
            fault = Fault(_("No table of Accord can be made of it. If it is one, name it with --table."), source.name)
        return Match(source, FileRule(()), How.GUESSED, fault=fault)
    recipes = {
        column.name: FromColumn(columns.get(column.name, TO_BE_NAMED))
        for column in best.columns
        if column.name in columns or column.required or any(column.name in group for group in best.any_of)
    }
    return Match(source, FileRule((TableRule(best.name, recipes),)), How.GUESSED, fault=fault)


def _told(entry: Asked, mapping: MappingFile) -> Match | None:
    source = entry.source
    sheet = source.name.removeprefix(str(entry.file)).strip("[]")
    faults: list[Fault] = []
    for number, rule in enumerate(mapping.mapping.files):
        absent = [
            (target, column, position)
            for position, part in enumerate(rule.tables)
            for target, column in _columns_named(part)
            if column not in source.headings
        ]
        if rule.match is None:
            if not absent:
                return Match(source, _meant_for(rule, entry), How.TOLD)
            continue
        meant = any(fnmatch(name, rule.match) for name in (entry.file.name, entry.first_file))
        if not meant or (sheet and rule.reading.sheet not in {None, sheet}):
            continue
        if sheet and rule.reading.sheet is None and absent:
            continue  # the rule is for another sheet of the workbook
        for target, column, position in absent:
            if column == TO_BE_NAMED:
                message = _("Name the column of {file} that says this.").format(file=source.name)
                faults.append(
                    mapping.fault(("files", number, "tables", position, *target), message, _its_columns(source))
                )
                continue
            close = nearest(column, source.headings)
            faults.append(
                mapping.fault(
                    ("files", number, "tables", position, *target),
                    _("{file} has no column {column}.").format(file=source.name, column=column),
                    _("Is {close} meant?").format(close=close) if close else _its_columns(source),
                )
            )
        if faults:
            raise DataError(*faults)
        return Match(source, _meant_for(rule, entry), How.TOLD)
    return None


def _meant_for(rule: FileRule, entry: Asked) -> FileRule:
    """Of rows that come back, the part of ``rule`` for the table that they were meant for; else the whole of it."""
    own = tuple(part for part in rule.tables if part.table == entry.table)
    return replace(rule, tables=own) if entry.first_file and own else rule


def _mended(entry: Asked, rule: FileRule) -> Match:
    """Rows that come back, read by the rule they were read by; ``DataError`` for each column it needs and lacks."""
    source = entry.source
    needed = dict.fromkeys(column for part in rule.tables for _place, column in _columns_named(part))
    faults = [
        Fault(
            _("{file} has no column {column}.").format(file=source.name, column=column),
            source.name,
            hint=_("Its rows were read with it: let {quarantine} write the file again and keep all columns.").format(
                quarantine=as_typed("quarantine --csv mend.csv")
            ),
        )
        for column in needed
        if column not in source.headings
    ]
    if faults:
        raise DataError(*faults)
    learnt = entry.reading
    reading = replace(
        rule.reading,
        timezone=learnt.timezone or rule.reading.timezone,
        dates=learnt.dates or rule.reading.dates,
        decimal=learnt.decimal or rule.reading.decimal,
    )
    return Match(source, replace(rule, reading=reading), How.MENDED)


def _its_columns(source: Source) -> str:
    return _("It has: {columns}.").format(columns=", ".join(heading for heading in source.headings if heading))


def _columns_named(rule: TableRule) -> list[tuple[tuple[str, ...], str]]:
    """(where it stands in the rule, column of the file) for all columns that ``rule`` reads."""
    named: list[tuple[tuple[str, ...], str]] = [
        (("columns", target), column) for target, recipe in rule.columns.items() for column in columns_of(recipe)
    ]
    named += [(("when",), column) for column in columns_of(rule.when)]
    if not isinstance(rule.keep, str):
        named += [(("keep",), column) for column in rule.keep]
    return named


def _understood(entry: Asked, found: Recognised | None, neighbours: Mapping[str, tuple[str, Recognised]]) -> Match:
    source, table = entry.source, entry.table
    named = table_named(table) if table else _named_table(source.stem)
    if named is not None and not _lacking(named, _same(named, source.headings)):
        return Match(source, _rule(named, _same(named, source.headings), source), How.CONTRACT)
    if table is None and (best := _covered(source.headings)) is not None:
        return Match(source, _rule(best, _same(best, source.headings), source), How.CONTRACT)
    if found is not None and (table is None or entry.first_file):
        tables = without_ranges(resolved(found, neighbours), source.headings, entry.rows)
        lacking = lacking_columns(found, neighbours)
        if tables or not found.export.tables or named is None:
            return Match(source, _meant_for(FileRule(tables), entry), How.SYSTEM, found, lacking)
    if named is not None and not _lacking(named, alike(named, source.headings)):
        return Match(source, _rule(named, alike(named, source.headings), source), How.ALIKE)
    raise DataError(_not_understood(entry, named))


def _named_table(stem: str) -> Table | None:
    """The table that a file is named for: ``leads``, ``Leads 2026``, ``leads_part_1``."""
    words = stem.lower().replace("-", "_").replace(" ", "_").split("_")
    return next((table for table in TABLES if words[0] == table.name), None)


def _same(table: Table, headings: Sequence[str]) -> dict[str, str]:
    """Column → the heading that is its name, whatever its case and punctuation."""
    by_fold = {fold(heading): heading for heading in reversed(headings) if heading}
    return {column.name: by_fold[fold(column.name)] for column in table.columns if fold(column.name) in by_fold}


def _lacking(table: Table, columns: Mapping[str, str]) -> list[str]:
    """What ``table`` needs and ``columns`` do not have."""
    missing = [column.name for column in table.columns if column.required and column.name not in columns]
    return missing + [" / ".join(group) for group in table.any_of if not set(group) & columns.keys()]


def _covered(headings: Sequence[str]) -> Table | None:
    """The table all of whose required columns are there: the one that explains most, its key first."""
    possible = []
    for table in TABLES:
        same = _same(table, headings)
        if not _lacking(table, same):
            leading = fold(headings[0]) == fold(table.key[0])
            possible.append((sum(column.required for column in table.columns), leading, len(same), table))
    return max(possible, key=lambda entry: entry[:3])[3] if possible else None


def _rule(table: Table, columns: Mapping[str, str], source: Source) -> FileRule:
    taken: dict[str, str] = {}
    for heading in source.headings:
        meaning = next((name for name, used in columns.items() if fold(used) == fold(heading)), None)
        if meaning is not None and heading not in columns.values():
            taken[heading] = meaning
    if taken:
        raise DataError(
            *(
                Fault(
                    _("The columns {first} and {second} both mean {column}.").format(
                        first=columns[meaning], second=heading, column=meaning
                    ),
                    source.name,
                    hint=_("Rename or remove one of them."),
                )
                for heading, meaning in taken.items()
            )
        )
    recipes = {name: FromColumn(columns[name]) for name in (column.name for column in table.columns) if name in columns}
    return FileRule((TableRule(table.name, recipes),))


def _not_understood(entry: Asked, named: Table | None) -> Fault:
    source = entry.source
    headings = headings_named(source.headings)
    if len(source.headings) == 1 and SEVERAL.search(headings):
        return Fault(
            _("The whole heading is one cell: {heading}.").format(heading=headings),
            source.name,
            hint=_(
                "Separate the cells by commas, semicolons, tabs or pipes; other signs are not taken for delimiters."
            ),
        )
    if named is None:
        slips = _slips(source.headings)
        propose = _(
            "Let {propose} propose what each column is, correct that file, then {command}. If it is one table of the "
            "contract, name it with --table."
        ).format(
            propose=as_typed("import", str(entry.file), "--dry-run", "--write-map", "mapping.yaml"),
            command=as_typed("import", str(entry.file), "--map", "mapping.yaml"),
        )
        return Fault(
            _("Nothing says which table this is: neither its name nor its columns ({columns}).").format(
                columns=headings
            ),
            source.name,
            hint=" ".join([*source.notes, *_meant(slips), propose]),
        )
    columns = alike(named, source.headings)
    missing = _lacking(named, columns)
    message = _("{table} needs {columns}, and the file has: {headings}.").format(
        table=named.name, columns=", ".join(missing), headings=headings
    )
    hints = _meant(_misspelt(named, source.headings, columns))
    if entry.first_file:
        hint = _("How {file} was read was not kept with these rows. Import them with its mapping: {command}")
        command = as_typed("import", str(entry.file), "--map", "mapping.yaml")
        hints.append(hint.format(file=entry.first_file, command=command))
    else:
        hints.append(_("Rename the column, or say in a mapping (--map) which one it is."))
    return Fault(message, source.name, hint=" ".join([*source.notes, *hints]))


def _misspelt(table: Table, headings: Sequence[str], columns: Mapping[str, str]) -> dict[str, str]:
    """Required column that ``columns`` lack → the heading whose name is nearly its own."""
    spare = [heading for heading in headings if heading and heading not in columns.values()]
    missing = [column.name for column in table.columns if column.required and column.name not in columns]
    return {name: close for name in missing if (close := nearest(name, spare))}


def _slips(headings: Sequence[str]) -> dict[str, str]:
    """The misspelt columns of the table that has all it needs but for these; empty where there is none."""
    for table in TABLES:
        columns = _same(table, headings)
        near = _misspelt(table, headings, columns)
        if columns and near and not _lacking(table, {**columns, **near}):
            return near
    return {}


def _meant(near: Mapping[str, str]) -> list[str]:
    return [_("Is {close} meant for {column}?").format(close=close, column=name) for name, close in near.items()]
