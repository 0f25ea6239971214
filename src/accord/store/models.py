"""The store's tables as Django models. Version tables follow the contract (:mod:`accord.tables.schema`)."""

# mypy: disable-error-code="var-annotated"
# The types of Django fields need its plugin; one module does not.

from __future__ import annotations

from typing import Any

from django.db import models

from accord.store.fields import DayField, InstantField, WordField
from accord.store.physical import VERSION_TABLES, VersionTable
from accord.tables.schema import Type

__all__ = [
    "AgreementSignature",
    "AgreementVersion",
    "CorrectiveAction",
    "Format",
    "HandoffTrace",
    "Import",
    "LeadColumn",
    "LeadOverride",
    "QuarantinedRow",
]


class Format(models.Model):
    """One row: which shape the database has, and which database it is."""

    version = models.IntegerField()
    identity = models.TextField()
    """Random; tells this database from a copy of another that a read model was made from."""

    class Meta:
        """Its table."""

        db_table = "accord_format"


class Import(models.Model):
    """One import: everything it wrote becomes visible at once, when it is given its position."""

    token = models.TextField(unique=True)
    """Random; tells two imports apart that had the same id before and after a backup was put back."""
    source = models.TextField()
    state = models.TextField()
    """``running``, ``committed`` or ``abandoned``."""
    position = models.BigIntegerField(null=True, unique=True)
    """1, 2, 3 … in the order of commit; null while it runs, and for an import that changed nothing."""
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    accounting = models.TextField(default="{}")
    """JSON: table → read, added, updated, unchanged, quarantined."""
    changed = models.TextField(default="{}")
    """JSON: table → number of versions written and, in SQLite, the first and last of their row numbers."""
    timezone = models.TextField(default="")
    """Time zone in which times without an offset were read."""
    fingerprint = models.TextField(null=True)
    """Digest of the files and of how they were read, when the importer gave one."""
    process = models.BigIntegerField()
    host = models.TextField()
    accord = models.TextField()
    """Version of Accord that ran it."""

    class Meta:
        """Its table."""

        db_table = "imports"
        indexes = (
            models.Index(fields=["state"], name="imports_state"),
            models.Index(fields=["fingerprint"], name="imports_fingerprint"),
        )


class QuarantinedRow(models.Model):
    """A row that was refused, kept whole until it is mended."""

    import_id = models.BigIntegerField()
    table = models.TextField()
    file = models.TextField()
    line = models.BigIntegerField()
    raw = models.TextField()
    """JSON object: the row as it was read, every cell text."""
    reasons = models.TextField()
    """JSON array: every reason."""
    digest = models.TextField(unique=True)
    """Of table, file, line and raw: the same row refused again is the same quarantined row."""
    mended_at = models.DateTimeField(null=True)

    class Meta:
        """Its table."""

        db_table = "quarantine"
        indexes = (models.Index(fields=["import_id"], name="quarantine_import"),)


class LeadColumn(models.Model):
    """A column of leads that the contract does not know, and what its cells hold."""

    name = WordField(primary_key=True)
    type = models.TextField()

    class Meta:
        """Its table."""

        db_table = "lead_columns"


class AgreementVersion(models.Model):
    """A version of the agreement that was proposed: added, never changed, never removed."""

    digest = models.TextField(unique=True)
    """SHA-256 of ``content``."""
    name = models.TextField()
    version = models.TextField(unique=True)
    """The label, as in 1.1: it stands for one content for ever."""
    content = models.TextField()
    """The canonical content: what is signed."""
    source = models.TextField()
    """The file it was proposed from, with its comments."""
    recorded_at = models.DateTimeField()

    class Meta:
        """Its table."""

        db_table = "agreement_versions"


class AgreementSignature(models.Model):
    """One side's signature of one content: added, never changed, never removed."""

    digest = models.TextField()
    side = models.TextField()
    name = models.TextField()
    note = models.TextField()
    signed_at = models.DateTimeField()

    class Meta:
        """Its table."""

        db_table = "agreement_signatures"
        constraints = (
            models.UniqueConstraint(fields=["digest", "side"], name="one_signature_a_side"),
            models.CheckConstraint(condition=models.Q(side__in=["marketing", "sales"]), name="two_sides"),
        )


class HandoffTrace(models.Model):
    """What a lead was handed over with: added with the handoff, never rewritten."""

    handoff_id = models.TextField(unique=True)
    lead_id = models.TextField()
    digest = models.TextField()
    """SHA-256 of ``trace``."""
    trace = models.TextField()
    """JSON: score, band, every criterion that gave points, to whom and why."""
    recorded_at = models.DateTimeField()

    class Meta:
        """Its table."""

        db_table = "handoff_traces"
        indexes = (models.Index(fields=["lead_id"], name="handoff_traces_lead"),)


class LeadOverride(models.Model):
    """Somebody's judgement of a lead beside its score: added, never rewritten; the last of a lead holds."""

    lead_id = models.TextField()
    judgement = models.TextField()
    reason = models.TextField()
    name = models.TextField()
    at = models.DateTimeField()
    """From when it holds."""
    recorded_at = models.DateTimeField()

    class Meta:
        """Its table."""

        db_table = "lead_overrides"
        indexes = (models.Index(fields=["lead_id"], name="lead_overrides_lead"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(judgement__in=["up", "down", "hold", "clear"]), name="known_judgements"
            ),
        )


class CorrectiveAction(models.Model):
    """Something written down of a corrective action: added, never rewritten; the last of an action holds."""

    action = models.TextField()
    """Its id, as in A7."""
    event = models.TextField()
    """``added``, ``changed``, ``stopped`` or ``removed``."""
    content = models.TextField()
    """JSON: all that holds of it from then on."""
    name = models.TextField()
    """Who wrote it down."""
    recorded_at = models.DateTimeField()

    class Meta:
        """Its table."""

        db_table = "corrective_actions"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(event__in=["added", "changed", "stopped", "removed"]), name="known_events"
            ),
        )


_FIELDS: dict[Type, Any] = {
    Type.TEXT: models.TextField,
    Type.INTEGER: models.BigIntegerField,
    Type.NUMBER: models.FloatField,
    Type.BOOLEAN: models.BooleanField,
    Type.TIME: InstantField,
    Type.DATE: DayField,
}


def _version_model(table: VersionTable) -> type[models.Model]:
    columns: dict[str, Any] = {
        column.name: WordField() if column.name == table.key else _FIELDS[column.type](null=True)
        for column in table.columns
    }
    meta = type("Meta", (), {"db_table": table.name})
    name = table.contract.name.title() + "Version"
    body = {
        "__module__": __name__,
        "__doc__": f"Every value that rows of {table.contract.name} have had.",
        "Meta": meta,
        "pk": models.CompositePrimaryKey(table.key, "import_id"),
        **columns,
        "extra": models.TextField(null=True),
        "import_id": models.BigIntegerField(),
    }
    return type(name, (models.Model,), body)


for _table in VERSION_TABLES.values():
    _version_model(_table)
