from django.db import migrations

from imr_archive.search.fulltext.schema import ReadTextsOnce
from imr_archive.search.fulltext.tables import CITATIONS


class Migration(migrations.Migration):
    dependencies = [("imr_archive", "0013_run_changes")]

    operations = [ReadTextsOnce(CITATIONS)]
