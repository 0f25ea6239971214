"""A migration step that adds triggers: what the database itself refuses, whoever writes to it."""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

__all__ = ["Triggers"]


class Triggers(Operation):
    """Statements for SQLite or for PostgreSQL; nothing that Django knows of changes."""

    reversible = True

    def sqlite(self) -> list[str]:
        """What SQLite is told."""
        raise NotImplementedError

    def postgres(self) -> list[str]:
        """What PostgreSQL is told."""
        raise NotImplementedError

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Nothing that Django knows of changes."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Add the triggers."""
        for statement in self.sqlite() if schema_editor.connection.vendor == "sqlite" else self.postgres():
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """They go with their tables; functions stay, unused."""
