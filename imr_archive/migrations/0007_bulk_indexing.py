from django.db import migrations

from imr_archive.search.fulltext.changes import HoldBackNotes
from imr_archive.search.fulltext.schema import CreateHoldingBack, IndexByStatement, ReadWordsFaster
from imr_archive.search.fulltext.tables import CITATIONS, ITEMS, SUMMARIES


class Migration(migrations.Migration):
    dependencies = [("imr_archive", "0006_facet_index")]

    operations = [
        ReadWordsFaster(),
        CreateHoldingBack(),
        HoldBackNotes(),
        IndexByStatement(ITEMS),
        IndexByStatement(SUMMARIES),
        IndexByStatement(CITATIONS),
    ]
