"""The tables of login events and of staff actions become append-only; indexes of revisions for lists by time."""

from django.db import migrations, models

from imr_archive.migrations._operations import RunSqlFile


class Migration(migrations.Migration):

    dependencies = [
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("imr_archive", "0011_hash_indexes"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="revision",
            index=models.Index(fields=["made_at", "id"], name="revision_newest"),
        ),
        migrations.AddIndex(
            model_name="revision",
            index=models.Index(
                condition=models.Q(("kind__in", ("correction", "correction-withdrawn", "withdrawal"))),
                fields=["kind", "made_at", "id"],
                name="revision_by_people",
            ),
        ),
        RunSqlFile("0012_append_only", vendors=("sqlite", "postgresql")),
    ]
