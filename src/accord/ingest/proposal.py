"""How files were understood, as a mapping that can be edited."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from accord.ingest.mapping.model import Mapping
from accord.ingest.outcome import ImportReport
from accord.language import gettext as _

__all__ = ["proposed"]


def proposed(report: ImportReport) -> Mapping:
    """The mapping that gives what ``report`` tells of: a rule for every file that gave a table, with its notes."""
    rules = tuple(
        replace(file.match.rule, match=Path(file.name).name) for file in report.files if file.match.rule.tables
    )
    systems = list(dict.fromkeys(file.system.split()[0] for file in report.files if file.system))
    notes = [_("Each column of a table, and the column of the file it comes from.")]
    notes += [f"{Path(file.name).name}: {note}" for file in report.files for note in file.notes]
    name = ", ".join(systems) or ", ".join(Path(file.name).stem for file in report.files)
    return Mapping(rules, name, tuple(notes))
