"""The migration step that makes the database refuse to rewrite what was recorded; erasing it stays possible."""

from __future__ import annotations

from typing import Any

from accord.store.triggers import Triggers

__all__ = ["NeverRewrite"]

_WORDS = "what was recorded is never rewritten"


class NeverRewrite(Triggers):
    """Triggers: a row of ``table`` is added, and never changed. It may be removed, as a person may ask to be forgotten.

    ``unique``: the columns of which no second row may have the same, besides its number: SQLite's ``INSERT OR
    REPLACE`` would otherwise change the first without asking a trigger.
    """

    def __init__(self, table: str, unique: tuple[str, ...] = ()) -> None:
        self.table = table
        self.unique = unique

    def describe(self) -> str:
        """One line for Django's own listing."""
        return f"Refuse to rewrite rows of {self.table}"

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """How a migration file writes this step."""
        return "NeverRewrite", [], {"table": self.table, "unique": self.unique}

    def sqlite(self) -> list[str]:
        """Triggers that refuse."""
        refuse = f"BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END"
        there = " OR ".join(f"{column} = NEW.{column}" for column in ("id", *self.unique))
        known = f"EXISTS (SELECT 1 FROM {self.table} WHERE {there})"
        return [
            f"CREATE TRIGGER {self.table}_no_update BEFORE UPDATE ON {self.table} {refuse}",
            f"CREATE TRIGGER {self.table}_no_replace BEFORE INSERT ON {self.table} WHEN {known} {refuse}",
        ]

    def postgres(self) -> list[str]:
        """Triggers that call a function that refuses."""
        raising = f"BEGIN RAISE EXCEPTION '{_WORDS}'; END"
        each = "FOR EACH ROW EXECUTE FUNCTION accord_never_rewritten()"
        return [
            f"CREATE OR REPLACE FUNCTION accord_never_rewritten() RETURNS trigger LANGUAGE plpgsql AS $${raising}$$",
            f"CREATE TRIGGER {self.table}_keeps_each BEFORE UPDATE ON {self.table} {each}",
        ]
