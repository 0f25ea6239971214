from django.db import migrations, models

from accord.store import never_changed


def second_format(apps, schema_editor):
    apps.get_model("store", "Format").objects.using(schema_editor.connection.alias).update(version=2)


class Migration(migrations.Migration):
    dependencies = [("store", "0001_the_store")]

    operations = [
        migrations.CreateModel(
            name="AgreementVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.TextField(unique=True)),
                ("name", models.TextField()),
                ("version", models.TextField(unique=True)),
                ("content", models.TextField()),
                ("source", models.TextField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "agreement_versions",
            },
        ),
        migrations.CreateModel(
            name="AgreementSignature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.TextField()),
                ("side", models.TextField()),
                ("name", models.TextField()),
                ("note", models.TextField()),
                ("signed_at", models.DateTimeField()),
            ],
            options={
                "db_table": "agreement_signatures",
                "constraints": [
                    models.UniqueConstraint(fields=["digest", "side"], name="one_signature_a_side"),
                    models.CheckConstraint(condition=models.Q(side__in=["marketing", "sales"]), name="two_sides"),
                ],
            },
        ),
        never_changed.KeepForEver(
            unique={
                "agreement_versions": (("id",), ("digest",), ("version",)),
                "agreement_signatures": (("id",), ("digest", "side")),
            },
            child="agreement_signatures",
            parent="agreement_versions",
            column="digest",
        ),
        migrations.RunPython(second_format, migrations.RunPython.noop),
    ]
