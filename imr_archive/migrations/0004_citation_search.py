from django.db import migrations

from imr_archive.search.fulltext.schema import CreateSearchIndex
from imr_archive.search.fulltext.tables import CITATIONS, GUIDELINES


class Migration(migrations.Migration):
    dependencies = [("imr_archive", "0003_mentions_and_doubts")]

    operations = [
        CreateSearchIndex(CITATIONS),
        CreateSearchIndex(GUIDELINES),
    ]
