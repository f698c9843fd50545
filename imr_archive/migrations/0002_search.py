from django.db import migrations

from imr_archive.search.fulltext.schema import CreateSearchConfiguration, CreateSearchIndex
from imr_archive.search.fulltext.tables import ITEMS, SUMMARIES


class Migration(migrations.Migration):
    dependencies = [("imr_archive", "0001_initial")]

    operations = [
        CreateSearchConfiguration(),
        CreateSearchIndex(ITEMS),
        CreateSearchIndex(SUMMARIES),
    ]
