"""The migration step that makes the database itself refuse to change what was proposed and signed."""

from __future__ import annotations

from typing import Any

from accord.store.triggers import Triggers

__all__ = ["KeepForEver"]

_WORDS = "what was proposed and signed never changes"


class KeepForEver(Triggers):
    """Triggers: rows of ``tables`` are only ever added; a row of ``child`` names one of ``parent`` by ``column``.

    ``unique`` are the sets of columns, per table, of which no second row may have the same: SQLite's ``INSERT OR
    REPLACE`` would otherwise remove the first without asking a trigger. Who owns the database can still take the
    triggers away; content that does not fit its digest is then found when it is read.
    """

    def __init__(self, unique: dict[str, tuple[tuple[str, ...], ...]], child: str, parent: str, column: str) -> None:
        self.unique = unique
        self.child = child
        self.parent = parent
        self.column = column

    def describe(self) -> str:
        """One line for Django's own listing."""
        return "Refuse changes to versions of the agreement and to signatures"

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """How a migration file writes this step."""
        return (
            "KeepForEver",
            [],
            {"unique": self.unique, "child": self.child, "parent": self.parent, "column": self.column},
        )

    def sqlite(self) -> list[str]:
        """Triggers that refuse."""
        refuse = f"SELECT RAISE(ABORT, '{_WORDS}')"
        statements = []
        for table, keys in self.unique.items():
            statements += [
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN {refuse}; END"
                for verb in ("UPDATE", "DELETE")
            ]
            there = " OR ".join(
                "(" + " AND ".join(f"{column} = NEW.{column}" for column in columns) + ")" for columns in keys
            )
            statements.append(
                f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
                f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {there}) BEGIN {refuse}; END"
            )
        statements.append(
            f"CREATE TRIGGER {self.child}_of_{self.parent} BEFORE INSERT ON {self.child} "
            f"WHEN NOT EXISTS (SELECT 1 FROM {self.parent} WHERE {self.column} = NEW.{self.column}) "
            f"BEGIN SELECT RAISE(ABORT, 'no such version was proposed'); END"
        )
        return statements

    def postgres(self) -> list[str]:
        """Triggers that call a function that refuses."""
        raising = f"BEGIN RAISE EXCEPTION '{_WORDS}'; END"
        statements = [f"CREATE FUNCTION accord_never_changed() RETURNS trigger LANGUAGE plpgsql AS $${raising}$$"]
        for table in self.unique:
            for event, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
                statements.append(
                    f"CREATE TRIGGER {table}_keeps_each_{each.lower()} BEFORE {event} ON {table} "
                    f"FOR EACH {each} EXECUTE FUNCTION accord_never_changed()"
                )
        statements.append(
            f"ALTER TABLE {self.child} ADD CONSTRAINT {self.child}_of_{self.parent} "
            f"FOREIGN KEY ({self.column}) REFERENCES {self.parent} ({self.column})"
        )
        return statements
