"""By which mapping a row was read: refused rows take it along, so that they can be read again as they were."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from accord.errors import DataError
from accord.ingest.mapping.dump import dump_mapping
from accord.ingest.mapping.load import read_mapping
from accord.ingest.mapping.model import FileRule, Mapping, Reading, TableRule, lookups_of
from accord.ingest.own_columns import MAPPING

__all__ = ["Provenance", "files_needed", "rule_kept"]


USUAL = Reading()


@dataclass(frozen=True, slots=True)
class Provenance:
    """The rules of a file whose headings are not the contract's own; none of them: there is nothing to take along."""

    tables: tuple[TableRule, ...] = ()
    reading: Reading = USUAL

    def of_row(self, rule: TableRule) -> str:
        """JSON object text for a row that ``rule`` gave: read again, it gives that table only."""
        return self._kept((rule,))

    def of_spoilt_row(self) -> str:
        """The same for a row that could not be cut into cells: once mended, it gives all that its file gives."""
        return self._kept(self.tables)

    def _kept(self, tables: Sequence[TableRule]) -> str:
        if not self.tables:
            return "{}"
        # How the file itself is written says nothing of the file to mend.
        reading = replace(self.reading, delimiter=None, encoding=None, sheet=None, headings_line=None)
        return json.dumps({MAPPING: dump_mapping(Mapping((FileRule(tuple(tables), reading=reading),)))})


def rule_kept(text: str) -> FileRule | None:
    """The rule in a mapping that was kept with a row; None when a later Accord cannot read it any more."""
    try:
        (rule,) = read_mapping(text.encode(), Path(MAPPING)).mapping.files
    except DataError:
        return None
    return rule


def files_needed(rule: FileRule) -> list[str]:
    """The other files in which ``rule`` looks something up."""
    return list(
        dict.fromkeys(
            lookup.file
            for table in rule.tables
            for recipe in table.columns.values()
            for lookup in lookups_of(recipe)
            if lookup.file is not None
        )
    )
