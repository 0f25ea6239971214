"""What a person typed to import, to name the next import as they would type it."""

from __future__ import annotations

from dataclasses import dataclass

from accord.typed import as_typed

__all__ = ["Typed"]


@dataclass(frozen=True, slots=True)
class Typed:
    """Paths and options of an ``accord import``; empty where they were not given."""

    paths: tuple[str, ...] = ()
    write_map: str = ""
    mapping: str = ""
    sheet: str = ""
    table: str = ""

    def import_command(self, *options: str, again: bool = False) -> str:
        """``accord import`` of the same paths. ``again``: with the same mapping and table as well."""
        before = []
        if self.sheet:
            before += ["--sheet", self.sheet]
        if again:
            before += ["--table", self.table] if self.table else []
            before += ["--map", self.mapping] if self.mapping else []
        return as_typed("import", *(self.paths or ("FILE",)), *before, *options)
