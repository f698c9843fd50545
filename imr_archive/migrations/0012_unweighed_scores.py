from django.db import migrations
from django.db.models import F, Value
from django.db.models.functions import Replace

from imr_archive.search.fulltext.scores import outlast_changes


def keep_without_rarity(apps, schema_editor):
    """Scores are stored before the rarity of their word; SQLite's hold it, PostgreSQL's are worked out anew."""
    stored = apps.get_model("imr_archive", "FacetIndexPart").objects.filter(name__startswith="scores:")
    if outlast_changes(schema_editor.connection):
        stored.delete()
    else:
        stored.update(name=Replace(F("name"), Value("scores:"), Value("unweighed:")))


class Migration(migrations.Migration):
    dependencies = [("imr_archive", "0011_given_vectors")]

    operations = [migrations.RunPython(keep_without_rarity, migrations.RunPython.noop)]
