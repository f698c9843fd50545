from django.db import migrations

from imr_archive.search.schema import ReadTextsOnce
from imr_archive.search.tables import CITATIONS


class Migration(migrations.Migration):
    dependencies = [("imr_archive", "0013_run_changes")]

    operations = [ReadTextsOnce(CITATIONS)]
