"""How files were understood, as a mapping that can be edited."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from accord.ingest.mapping.model import FileRule, Mapping
from accord.ingest.outcome import FileReport, ImportReport
from accord.language import gettext as _

__all__ = ["proposed"]


def proposed(report: ImportReport) -> Mapping:
    """The mapping that gives what ``report`` tells of: a rule for every file that gave a table, with its notes.

    A file of which a mapping can make more than it gives by itself is written with all of it.
    """
    rules = tuple(_rule(file) for file in report.files if file.match.rule.tables)
    systems = list(dict.fromkeys(file.system.split()[0] for file in report.files if file.system))
    notes = [_("Each column of a table, and the column of the file it comes from.")]
    for file in report.files:
        said = [*file.notes, *(file.match.proposal.notes if file.match.proposal is not None else ())]
        notes += [f"{Path(file.name).name}: {note}" for note in dict.fromkeys(said)]
    name = ", ".join(systems) or ", ".join(dict.fromkeys(Path(file.name).stem for file in report.files))
    return Mapping(rules, name, tuple(notes))


def _rule(file: FileReport) -> FileRule:
    rule = file.match.rule
    if file.match.proposal is not None:
        rule = replace(rule, tables=file.match.proposal.rules)
    name, bracket, sheet = Path(file.name).name.partition("[")
    if bracket:
        rule = replace(rule, reading=replace(rule.reading, sheet=sheet.removesuffix("]")))
    return replace(rule, match=name)
