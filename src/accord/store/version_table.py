"""The migration step that lays out one version table and the view of its current rows, on either database."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState

from accord.store.fields import InstantField

__all__ = ["CreateVersionTable"]


class CreateVersionTable(migrations.CreateModel):
    """Create a version table with the keys each database wants, and the view of current rows under the contract's name.

    SQLite: rows stand in the order of writing under an integer (`version`), so that an import appends, and what an
    import wrote is a range; one unique index finds a key. PostgreSQL: the primary key finds a key, a block range index
    finds what an import wrote, at almost no cost.
    """

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Lay out table, indexes and view."""
        model: type[models.Model] = to_state.apps.get_model(app_label, self.name)
        for statement in _statements(model, schema_editor.connection):
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Take view and table away."""
        table = from_state.apps.get_model(app_label, self.name)._meta.db_table
        schema_editor.execute(f'DROP VIEW "{_view_of(table)}"')
        schema_editor.execute(f'DROP TABLE "{table}"')


def _statements(model: type[models.Model], connection: Any) -> list[str]:
    table = model._meta.db_table
    fields = [field for field in model._meta.local_concrete_fields if field.name != "pk"]
    key = next(field.name for field in fields if not field.null and field.name != "import_id")
    sqlite = connection.vendor == "sqlite"
    columns = ['"version" integer PRIMARY KEY'] if sqlite else []
    columns += [f'"{field.column}" {field.db_type(connection)}{"" if field.null else " NOT NULL"}' for field in fields]
    columns.append(f'{"UNIQUE" if sqlite else "PRIMARY KEY"} ("{key}", "import_id")')
    statements = [f'CREATE TABLE "{table}" (' + ", ".join(columns) + ")"]
    if not sqlite:
        statements.append(f'CREATE INDEX "{table}_import" ON "{table}" USING brin ("import_id")')
    shown = ", ".join(_shown(field, sqlite) for field in fields if field.name not in {"import_id", "row_key"})
    statements.append(
        f'CREATE VIEW "{_view_of(table)}" AS SELECT {shown} FROM "{table}" v '
        "JOIN imports i ON i.id = v.import_id WHERE i.position IS NOT NULL AND NOT EXISTS ("
        f'SELECT 1 FROM "{table}" newer JOIN imports j ON j.id = newer.import_id '
        f'WHERE newer."{key}" = v."{key}" AND j.position > i.position)'
    )
    return statements


def _view_of(table: str) -> str:
    return table.removesuffix("_versions")


def _shown(field: Any, sqlite: bool) -> str:
    name = f'v."{field.column}"'
    if not sqlite or not isinstance(field, InstantField):
        return name
    # Days and the rest apart: division by a million must not lose a microsecond to floating point.
    seconds = f"({name} - (({name} % 1000000) + 1000000) % 1000000) / 1000000"
    micros = f"(({name} % 1000000) + 1000000) % 1000000"
    return (
        f"CASE WHEN {name} IS NULL THEN NULL WHEN {micros} = 0 THEN datetime({seconds}, 'unixepoch') "
        f"ELSE datetime({seconds}, 'unixepoch') || printf('.%06d', {micros}) END AS \"{field.column}\""
    )
