import uuid

from django.db import migrations, models

import accord.store.fields
from accord.store import version_table


def first_format(apps, schema_editor):
    apps.get_model("store", "Format").objects.using(schema_editor.connection.alias).create(
        version=1, identity=uuid.uuid4().hex
    )


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Format",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.IntegerField()),
                ("identity", models.TextField()),
            ],
            options={
                "db_table": "accord_format",
            },
        ),
        migrations.CreateModel(
            name="LeadColumn",
            fields=[
                ("name", accord.store.fields.WordField(primary_key=True, serialize=False)),
                ("type", models.TextField()),
            ],
            options={
                "db_table": "lead_columns",
            },
        ),
        migrations.CreateModel(
            name="Import",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.TextField(unique=True)),
                ("source", models.TextField()),
                ("state", models.TextField()),
                ("position", models.BigIntegerField(null=True, unique=True)),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("accounting", models.TextField(default="{}")),
                ("changed", models.TextField(default="{}")),
                ("timezone", models.TextField(default="")),
                ("fingerprint", models.TextField(null=True)),
                ("process", models.BigIntegerField()),
                ("host", models.TextField()),
                ("accord", models.TextField()),
            ],
            options={
                "db_table": "imports",
                "indexes": [
                    models.Index(fields=["state"], name="imports_state"),
                    models.Index(fields=["fingerprint"], name="imports_fingerprint"),
                ],
            },
        ),
        migrations.CreateModel(
            name="QuarantinedRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("import_id", models.BigIntegerField()),
                ("table", models.TextField()),
                ("file", models.TextField()),
                ("line", models.BigIntegerField()),
                ("raw", models.TextField()),
                ("reasons", models.TextField()),
                ("digest", models.TextField(unique=True)),
                ("mended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "quarantine",
                "indexes": [models.Index(fields=["import_id"], name="quarantine_import")],
            },
        ),
        version_table.CreateVersionTable(
            name="ActivitiesVersion",
            fields=[
                ("activity_id", accord.store.fields.WordField()),
                ("lead_id", models.TextField(null=True)),
                ("at", accord.store.fields.InstantField(null=True)),
                ("at_is_date", models.BooleanField(null=True)),
                ("rep_id", models.TextField(null=True)),
                ("kind", models.TextField(null=True)),
                ("direction", models.TextField(null=True)),
                ("duration_s", models.BigIntegerField(null=True)),
                ("outcome", models.TextField(null=True)),
                ("automated", models.BooleanField(null=True)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "activity_id", "import_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("extra", models.TextField(null=True)),
                ("import_id", models.BigIntegerField()),
            ],
            options={
                "db_table": "activities_versions",
            },
        ),
        version_table.CreateVersionTable(
            name="DecisionsVersion",
            fields=[
                ("decision_id", accord.store.fields.WordField()),
                ("handoff_id", models.TextField(null=True)),
                ("lead_id", models.TextField(null=True)),
                ("at", accord.store.fields.InstantField(null=True)),
                ("at_is_date", models.BooleanField(null=True)),
                ("rep_id", models.TextField(null=True)),
                ("outcome", models.TextField(null=True)),
                ("reason", models.TextField(null=True)),
                ("note", models.TextField(null=True)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "decision_id", "import_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("extra", models.TextField(null=True)),
                ("import_id", models.BigIntegerField()),
            ],
            options={
                "db_table": "decisions_versions",
            },
        ),
        version_table.CreateVersionTable(
            name="HandoffsVersion",
            fields=[
                ("handoff_id", accord.store.fields.WordField()),
                ("lead_id", models.TextField(null=True)),
                ("at", accord.store.fields.InstantField(null=True)),
                ("at_is_date", models.BooleanField(null=True)),
                ("rep_id", models.TextField(null=True)),
                ("team", models.TextField(null=True)),
                ("score", models.FloatField(null=True)),
                ("band", models.TextField(null=True)),
                ("agreement", models.TextField(null=True)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "handoff_id", "import_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("extra", models.TextField(null=True)),
                ("import_id", models.BigIntegerField()),
            ],
            options={
                "db_table": "handoffs_versions",
            },
        ),
        version_table.CreateVersionTable(
            name="LeadsVersion",
            fields=[
                ("lead_id", accord.store.fields.WordField()),
                ("created_at", accord.store.fields.InstantField(null=True)),
                ("created_at_is_date", models.BooleanField(null=True)),
                ("origin", models.TextField(null=True)),
                ("channel", models.TextField(null=True)),
                ("campaign", models.TextField(null=True)),
                ("lead_type", models.TextField(null=True)),
                ("sector", models.TextField(null=True)),
                ("employees", models.BigIntegerField(null=True)),
                ("country", models.TextField(null=True)),
                ("territory", models.TextField(null=True)),
                ("job_function", models.TextField(null=True)),
                ("seniority", models.TextField(null=True)),
                ("decision_maker", models.BooleanField(null=True)),
                ("budget", models.FloatField(null=True)),
                ("currency", models.TextField(null=True)),
                ("need", models.TextField(null=True)),
                ("timeline_days", models.BigIntegerField(null=True)),
                ("company", models.TextField(null=True)),
                ("customer_id", models.TextField(null=True)),
                ("merged_into", models.TextField(null=True)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "lead_id", "import_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("extra", models.TextField(null=True)),
                ("import_id", models.BigIntegerField()),
            ],
            options={
                "db_table": "leads_versions",
            },
        ),
        version_table.CreateVersionTable(
            name="OpportunitiesVersion",
            fields=[
                ("opportunity_id", accord.store.fields.WordField()),
                ("lead_id", models.TextField(null=True)),
                ("created_at", accord.store.fields.InstantField(null=True)),
                ("created_at_is_date", models.BooleanField(null=True)),
                ("stage", models.TextField(null=True)),
                ("amount", models.FloatField(null=True)),
                ("currency", models.TextField(null=True)),
                ("closed_at", accord.store.fields.InstantField(null=True)),
                ("closed_at_is_date", models.BooleanField(null=True)),
                ("won", models.BooleanField(null=True)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "opportunity_id", "import_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("extra", models.TextField(null=True)),
                ("import_id", models.BigIntegerField()),
            ],
            options={
                "db_table": "opportunities_versions",
            },
        ),
        version_table.CreateVersionTable(
            name="OrdersVersion",
            fields=[
                ("order_id", accord.store.fields.WordField()),
                ("lead_id", models.TextField(null=True)),
                ("customer_id", models.TextField(null=True)),
                ("at", accord.store.fields.InstantField(null=True)),
                ("at_is_date", models.BooleanField(null=True)),
                ("amount", models.FloatField(null=True)),
                ("currency", models.TextField(null=True)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "order_id", "import_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("extra", models.TextField(null=True)),
                ("import_id", models.BigIntegerField()),
            ],
            options={
                "db_table": "orders_versions",
            },
        ),
        version_table.CreateVersionTable(
            name="RepsVersion",
            fields=[
                ("rep_id", accord.store.fields.WordField()),
                ("name", models.TextField(null=True)),
                ("email", models.TextField(null=True)),
                ("team", models.TextField(null=True)),
                ("territory", models.TextField(null=True)),
                ("hired_at", accord.store.fields.InstantField(null=True)),
                ("hired_at_is_date", models.BooleanField(null=True)),
                ("capacity", models.FloatField(null=True)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "rep_id", "import_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("extra", models.TextField(null=True)),
                ("import_id", models.BigIntegerField()),
            ],
            options={
                "db_table": "reps_versions",
            },
        ),
        version_table.CreateVersionTable(
            name="SpendVersion",
            fields=[
                ("row_key", accord.store.fields.WordField()),
                ("start", accord.store.fields.DayField(null=True)),
                ("end", accord.store.fields.DayField(null=True)),
                ("channel", models.TextField(null=True)),
                ("campaign", models.TextField(null=True)),
                ("amount", models.FloatField(null=True)),
                ("currency", models.TextField(null=True)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "row_key", "import_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("extra", models.TextField(null=True)),
                ("import_id", models.BigIntegerField()),
            ],
            options={
                "db_table": "spend_versions",
            },
        ),
        version_table.CreateVersionTable(
            name="TouchesVersion",
            fields=[
                ("touch_id", accord.store.fields.WordField()),
                ("lead_id", models.TextField(null=True)),
                ("at", accord.store.fields.InstantField(null=True)),
                ("at_is_date", models.BooleanField(null=True)),
                ("kind", models.TextField(null=True)),
                ("channel", models.TextField(null=True)),
                ("value", models.FloatField(null=True)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "touch_id", "import_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("extra", models.TextField(null=True)),
                ("import_id", models.BigIntegerField()),
            ],
            options={
                "db_table": "touches_versions",
            },
        ),
        migrations.RunPython(first_format, migrations.RunPython.noop),
    ]
