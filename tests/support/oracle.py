"""What the store must hold, worked out by the contract's words, one row after the other, in plain Python."""

# ruff: noqa: DTZ001 - the store keeps naive UTC
from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from accord.tables.schema import Type, table_named

__all__ = ["File", "Oracle"]

Key = tuple[object, ...]


@dataclass(frozen=True)
class File:
    """A file for one table: rows by column; ``present`` and ``extra_types`` say which columns it has."""

    table: str
    rows: Sequence[Mapping[str, object]]
    present: tuple[str, ...]
    extra_types: Mapping[str, Type] = field(default_factory=dict)
    refused: int = 0


@dataclass
class Oracle:
    """Every row ever, and its extra columns; ``history`` lists the states of a row, one per import that changed it."""

    rows: dict[tuple[str, Key], dict[str, object]] = field(default_factory=dict)
    history: dict[tuple[str, Key], list[dict[str, object]]] = field(default_factory=dict)
    types: dict[str, Type] = field(default_factory=dict)

    def apply(self, files: Sequence[File]) -> dict[str, Counter[str]]:
        """One import; what became of the rows of each table."""
        before = dict(self.rows)
        counts: dict[str, Counter[str]] = {}
        for file in files:
            count = counts.setdefault(file.table, Counter())
            self._note_types(file)
            last: dict[Key, Mapping[str, object]] = {}
            alike: Counter[Key] = Counter()
            for row in file.rows:
                key = self._key(file, row)
                alike[key] += 1
                if file.table == "spend" and alike[key] > 1:
                    key = (*key, alike[key])  # spend has no identifier: lines that are alike are amounts of their own
                if key in last:
                    count["updated"] += 1
                last[key] = row
            for key, row in last.items():
                count[self._lay(file, key, row)] += 1
            count["quarantined"] += file.refused
            count["read"] += len(file.rows) + file.refused
        for key, row in self.rows.items():
            if key not in before or _typed(before[key]) != _typed(row):
                self.history.setdefault(key, []).append(row)
        return counts

    def typed_extra(self, row: Mapping[str, object], name: str) -> object:
        """An extra cell as its column's type has it."""
        value = row.get("+" + name)
        if value is None:
            return None
        if self.types[name] is Type.TEXT and not isinstance(value, str):
            return json.dumps(value)
        return float(value) if self.types[name] is Type.NUMBER else value  # type: ignore[arg-type]

    def _note_types(self, file: File) -> None:
        if file.table != "leads":
            return
        for spelt, kind in file.extra_types.items():
            name = self._known(spelt)
            old = self.types.get(name, kind)
            numbers = {old, kind} == {Type.INTEGER, Type.NUMBER}
            self.types[name] = old if old is kind else Type.NUMBER if numbers else Type.TEXT

    def _known(self, name: str) -> str:
        return next((known for known in self.types if known.lower() == name.lower()), name)

    def _key(self, file: File, row: Mapping[str, object]) -> Key:
        return tuple(row.get(name) if name in file.present else None for name in table_named(file.table).key)

    def _lay(self, file: File, key: Key, given: Mapping[str, object]) -> str:
        table = table_named(file.table)
        old = self.rows.get((file.table, key))
        new = dict(old or {})
        for name in file.present:
            column, value = table.column(name), given.get(name)
            if column is not None and column.type is Type.TIME:
                day = isinstance(value, date) and not isinstance(value, datetime)
                new[f"{name}_is_date"] = None if value is None else day
                value = datetime(value.year, value.month, value.day) if day and isinstance(value, date) else value
            new[name] = value
        for spelt in file.extra_types:
            if spelt in given:
                # The "+" keeps an extra column from being taken for one of the contract; an empty cell takes it away.
                new["+" + self._known(spelt)] = given[spelt]
        new = {name: value for name, value in new.items() if value is not None}
        self.rows[file.table, key] = new
        if old is None:
            return "added"
        return "unchanged" if _typed(old) == _typed(new) else "updated"


def _typed(row: Mapping[str, object]) -> dict[str, tuple[str, object]]:
    # 1, 1.0 and True are equal in Python; as cells of an extra column they are not.
    return {name: (type(value).__name__ if name[0] == "+" else "", value) for name, value in row.items()}
