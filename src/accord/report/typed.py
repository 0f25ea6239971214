"""What a person typed, to name the next command as they would type it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Typed", "command_for"]


def command_for(workspace: Path, *words: str) -> str:
    """``accord`` with ``words`` as one would type it next, on the same ``workspace``; without it where that is here."""
    return Typed(workspace="" if workspace == Path() else str(workspace)).command(*words)


@dataclass(frozen=True, slots=True)
class Typed:
    """Paths and options of an ``accord import``; empty where they were not given."""

    paths: tuple[str, ...] = ()
    workspace: str = ""
    write_map: str = ""
    mapping: str = ""
    sheet: str = ""
    table: str = ""

    def command(self, *words: str) -> str:
        """``accord`` with ``words``, on the same workspace."""
        where = ["--workspace", self.workspace] if self.workspace else []
        return shlex.join(["accord", *words, *where])

    def import_command(self, *options: str, as_typed: bool = False) -> str:
        """``accord import`` of the same paths. ``as_typed``: with the same mapping and table as well."""
        before = []
        if self.sheet:
            before += ["--sheet", self.sheet]
        if as_typed:
            before += ["--table", self.table] if self.table else []
            before += ["--map", self.mapping] if self.mapping else []
        return self.command("import", *(self.paths or ("FILE",)), *before, *options)
