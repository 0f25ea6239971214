from django.db import migrations, models

from accord.store import never_rewritten


def third_format(apps, schema_editor):
    apps.get_model("store", "Format").objects.using(schema_editor.connection.alias).update(version=3)


class Migration(migrations.Migration):
    dependencies = [("store", "0002_versions_of_the_agreement")]

    operations = [
        migrations.CreateModel(
            name="HandoffTrace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("handoff_id", models.TextField(unique=True)),
                ("lead_id", models.TextField()),
                ("digest", models.TextField()),
                ("trace", models.TextField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "handoff_traces",
                "indexes": [models.Index(fields=["lead_id"], name="handoff_traces_lead")],
            },
        ),
        migrations.CreateModel(
            name="LeadOverride",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lead_id", models.TextField()),
                ("judgement", models.TextField()),
                ("reason", models.TextField()),
                ("name", models.TextField()),
                ("at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "lead_overrides",
                "indexes": [models.Index(fields=["lead_id"], name="lead_overrides_lead")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(judgement__in=["up", "down", "hold", "clear"]), name="known_judgements"
                    )
                ],
            },
        ),
        never_rewritten.NeverRewrite(table="handoff_traces", unique=("handoff_id",)),
        never_rewritten.NeverRewrite(table="lead_overrides"),
        migrations.RunPython(third_format, migrations.RunPython.noop),
    ]
