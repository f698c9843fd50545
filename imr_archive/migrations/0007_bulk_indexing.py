from django.db import migrations

from imr_archive.search.changes import HoldBackNotes
from imr_archive.search.schema import CreateHoldingBack, IndexByStatement, ReadWordsFaster
from imr_archive.search.tables import CITATIONS, ITEMS, SUMMARIES


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
