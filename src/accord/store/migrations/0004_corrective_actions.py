from django.db import migrations, models

from accord.store import never_rewritten


def fourth_format(apps, schema_editor):
    apps.get_model("store", "Format").objects.using(schema_editor.connection.alias).update(version=4)


class Migration(migrations.Migration):
    dependencies = [("store", "0003_traces_and_overrides")]

    operations = [
        migrations.CreateModel(
            name="CorrectiveAction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("action", models.TextField()),
                ("event", models.TextField()),
                ("content", models.TextField()),
                ("name", models.TextField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "corrective_actions",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(event__in=["added", "changed", "stopped", "removed"]), name="known_events"
                    )
                ],
            },
        ),
        never_rewritten.NeverRewrite(table="corrective_actions"),
        migrations.RunPython(fourth_format, migrations.RunPython.noop),
    ]
