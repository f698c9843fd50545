from django.db import migrations

from imr_archive.search.fulltext.schema import TakeGivenVectors
from imr_archive.search.fulltext.tables import ITEMS, SUMMARIES


class Migration(migrations.Migration):
    dependencies = [("imr_archive", "0010_note_letters_once")]

    operations = [TakeGivenVectors(ITEMS), TakeGivenVectors(SUMMARIES)]
