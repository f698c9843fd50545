"""When determinations arrived, from their first revision or, without one, their first letter.

The stored facet index has no arrivals; the first rebuild makes one that has.
"""

from django.db import migrations, models
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from imr_archive.migrations._operations import RunSqlFile


def fill(apps, schema_editor):
    """Set the arrival of every determination."""
    database = schema_editor.connection.alias

    def rows(name):
        return apps.get_model("imr_archive", name).objects.using(database)

    of_it = OuterRef("pk")
    revisions = rows("Revision").filter(determination=of_it).order_by("pk").values("made_at")
    letters = rows("SourceLetter").filter(determination=of_it).order_by("received_at", "pk").values("received_at")
    rows("Determination").update(arrived_at=Coalesce(Subquery(revisions[:1]), Subquery(letters[:1])))


class Migration(migrations.Migration):

    dependencies = [
        ("imr_archive", "0013_facet_index_checksums"),
    ]

    operations = [
        migrations.AddField(
            model_name="determination",
            name="arrived_at",
            field=models.DateTimeField(
                editable=False,
                help_text="When it came into the archive.",
                null=True,
                verbose_name="arrived",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        RunSqlFile("discard_facet_index", vendors=("sqlite", "postgresql")),
    ]
